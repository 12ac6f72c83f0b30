"""A book as bytes and back, so that opening need not replay all that ever happened.

The parts, in this order; every table is cut into frames of at most ``CHUNK_ROWS`` rows::

    header       JSON    how many rows each table has, and the instant of the last batch
    accounts     frame   asset, chart, owner, flags, balance
    transfers    frame   record: u8[6], as in ``state.TRANSFER``
    wide         frame   record: u8[6], as in ``state.WIDE``
    instants     frame   at_us, one a batch
    timeouts     frame   expires_us, slot; earliest first, only of transfers that are still pending

Two books in which the same things happened give the same bytes, whatever room they had reserved
and under whatever key their ids are indexed. What is read back may come from a stranger: kernels
check no bounds, so every number that points somewhere is checked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.journal import decode_frame, encode_frame
from sandrail.ledger.book import Book
from sandrail.ledger.codes import PendingState
from sandrail.ledger.errors import SnapshotDamagedError
from sandrail.ledger.limits import ACCOUNTS_MAX, ASSETS_MAX, INSTANT_US_MAX, TRANSFERS_MAX
from sandrail.ledger.state import IS_WIDE, TRANSFER, WIDE, at
from sandrail.world import InputError, canonical_bytes, parse_canonical

__all__ = [
    "BOOK_FORM",
    "CHUNK_ROWS",
    "book_from_parts",
    "book_to_parts",
    "keys_from_parts",
    "keys_to_parts",
]

BOOK_FORM = 1
"""Raised whenever the bytes of a book change their form or their meaning."""

CHUNK_ROWS = 131_072

Columns = Mapping[str, npt.NDArray[Any]]
Table = dict[str, npt.NDArray[Any]]

_TABLES: dict[str, tuple[tuple[str, str, int], ...]] = {
    "accounts": (
        ("asset", "<i4", 0),
        ("chart", "<i4", 0),
        ("owner", "<i8", 0),
        ("flags", "<u4", 0),
        ("balance", "<u8", 8),
    ),
    "transfers": (("record", "<u8", TRANSFER.itemsize // 8),),
    "wide": (("record", "<u8", WIDE.itemsize // 8),),
    "instants": (("at_us", "<i8", 0),),
    "timeouts": (("expires_us", "<i8", 0), ("slot", "<i8", 0)),
}
"""By table: its columns with type and width, 0 for a plain one."""

_MOST = {
    "accounts": ACCOUNTS_MAX,
    "transfers": TRANSFERS_MAX,
    "wide": TRANSFERS_MAX,
    "instants": TRANSFERS_MAX,
    "timeouts": TRANSFERS_MAX,
}


def book_to_parts(book: Book) -> list[bytes]:
    """Return the book as byte strings; equal books give equal bytes."""
    state = book.state
    transfers, batches = book.transfer_count, int(state.counters[at.EPOCH])
    wides = int(state.counters[at.WIDES])
    accounts = state.accounts[: book.account_count]
    tables: dict[str, Table] = {
        "accounts": {name: accounts[name] for name in ("asset", "chart", "owner", "flags")}
        | {"balance": state.balances[: book.account_count]},
        "transfers": {"record": _words(state.transfers[:transfers])},
        "wide": {"record": _words(state.wide[:wides])},
        "instants": {"at_us": state.instants[1 : batches + 1]},
        "timeouts": _live_timeouts(book),
    }
    rows = {name: len(next(iter(table.values()))) for name, table in tables.items()}
    parts = [canonical_bytes({"last_us": book.last_us, "rows": rows})]
    for table in tables.values():
        parts.extend(_frames(table))
    return parts


def book_from_parts(parts: Sequence[bytes]) -> Book:
    """Return the book that ``book_to_parts`` wrote.

    Raises:
        SnapshotDamagedError: the parts are no book.
    """
    rows, last_us = _read_header(parts)
    coming = iter(parts[1:])
    tables = {name: _read_table(name, rows[name], coming) for name in _TABLES}
    if next(coming, None) is not None:
        raise _damaged("More parts follow than its header counts.")
    instants = tables["instants"]["at_us"]
    if (len(instants) and not 0 <= instants[-1] <= last_us) or np.any(np.diff(instants) < 0):
        raise _damaged("Its instants are not in order.")
    book = Book()
    _fill_accounts(book, tables["accounts"])
    _fill_transfers(book, tables, last_us)
    return book


def keys_to_parts(keys: Mapping[str, int]) -> list[bytes]:
    """Return batch keys and the facts that hold their answers as byte strings, in order of use."""
    texts = [key.encode() for key in keys]
    length, seq = np.array([len(text) for text in texts], "<u2"), np.array([*keys.values()], "<i8")
    parts = []
    for start in range(0, len(texts), CHUNK_ROWS):
        chunk = slice(start, start + CHUNK_ROWS)
        text = np.frombuffer(b"".join(texts[chunk]), "u1")
        parts.append(encode_frame({"length": length[chunk], "seq": seq[chunk], "text.byte": text}))
    return parts


def keys_from_parts(parts: Sequence[bytes]) -> dict[str, int]:
    """Return what ``keys_to_parts`` wrote.

    Raises:
        SnapshotDamagedError: the parts hold no keys.
    """
    keys: dict[str, int] = {}
    for part in parts:
        try:
            found = decode_frame(part).columns
            length, seq, text = found["length"], found["seq"], found["text.byte"].tobytes()
            ends = np.cumsum(length, dtype="<i8").tolist()
            starts = [0, *ends[:-1]]
            names = [text[a:b].decode() for a, b in zip(starts, ends, strict=True)]
        except (InputError, KeyError, UnicodeDecodeError) as error:
            raise _damaged(f"Its batch keys cannot be read: {error}") from error
        if ends and ends[-1] != len(text):
            raise _damaged("Its batch keys are cut.")
        keys.update(zip(names, seq.tolist(), strict=True))
    return keys


def _words(records: npt.NDArray[Any]) -> npt.NDArray[np.uint64]:
    return (
        np.ascontiguousarray(records).view("<u8").reshape(len(records), records.dtype.itemsize // 8)
    )


def _live_timeouts(book: Book) -> Table:
    """Return the time-outs that may still come, in the order in which they come."""
    heap = book.state.heap[: int(book.state.counters[at.HEAP])]
    heap = heap[heap[:, 1] < book.transfer_count]
    heap = heap[book.state.transfers["state"][heap[:, 1]] == PendingState.OPEN]
    heap = heap[np.lexsort((heap[:, 1], heap[:, 0]))]
    once = np.ones(len(heap), dtype=bool)
    once[1:] = np.any(heap[1:] != heap[:-1], axis=1)  # a chain that was asked twice left two
    return {"expires_us": heap[once, 0], "slot": heap[once, 1]}


def _frames(table: Table) -> Iterator[bytes]:
    rows = len(next(iter(table.values())))
    for start in range(0, rows, CHUNK_ROWS):
        chunk = {name: column[start : start + CHUNK_ROWS] for name, column in table.items()}
        yield encode_frame(chunk)


def _read_header(parts: Sequence[bytes]) -> tuple[dict[str, int], int]:
    try:
        header = parse_canonical(parts[0]) if parts else None
    except InputError as error:
        raise _damaged(error.what) from error
    if not isinstance(header, dict) or set(header) != {"last_us", "rows"}:
        raise _damaged("It does not begin with its header.")
    rows, last_us = header["rows"], header["last_us"]
    whole = isinstance(rows, dict) and set(rows) == set(_TABLES)
    if not whole or not all(type(n) is int and 0 <= n <= _MOST[t] for t, n in rows.items()):
        raise _damaged("Its header counts no rows, or too many.")
    if type(last_us) is not int or not 0 <= last_us <= INSTANT_US_MAX:
        raise _damaged("Its last instant is out of range.")
    return rows, last_us


def _read_table(name: str, rows: int, coming: Iterator[bytes]) -> Table:
    chunks: dict[str, list[npt.NDArray[Any]]] = {column: [] for column, _, _ in _TABLES[name]}
    for start in range(0, rows, CHUNK_ROWS):
        part = next(coming, None)
        if part is None:
            raise _damaged(f"A part of its {name} is missing.")
        try:
            found = decode_frame(part).columns
        except InputError as error:
            raise _damaged(error.what) from error
        count = min(CHUNK_ROWS, rows - start)
        for column, dtype, width in _TABLES[name]:
            array = found.get(column)
            shape = (count, width) if width else (count,)
            if array is None or array.dtype != np.dtype(dtype) or array.shape != shape:
                raise _damaged(f"The column {column} of its {name} has another form.")
            chunks[column].append(array)
    return {
        column: np.concatenate(chunks[column])
        if chunks[column]
        else np.zeros((0, width) if width else 0, dtype)
        for column, dtype, width in _TABLES[name]
    }


def _fill_accounts(book: Book, table: Table) -> None:
    assets = table["asset"]
    if len(assets) and not (assets.min() >= 0 and assets.max() < ASSETS_MAX):
        raise _damaged("An account has an asset number out of range.")
    book.open_accounts(
        asset=assets, chart=table["chart"], owner=table["owner"], flags=table["flags"]
    )
    book.state.balances[: len(assets)] = table["balance"]


def _fill_transfers(book: Book, tables: Mapping[str, Table], last_us: int) -> None:
    transfers = tables["transfers"]["record"].view(TRANSFER).reshape(-1)
    wide = tables["wide"]["record"].view(WIDE).reshape(-1)
    instants, timeouts = tables["instants"]["at_us"], tables["timeouts"]
    is_wide = (transfers["flags"] & IS_WIDE) != 0
    places, accounts = transfers["place"], book.account_count
    pending = transfers[transfers["state"] != PendingState.NONE]
    slots = timeouts["slot"]
    if (
        not np.array_equal(places[is_wide], np.arange(len(wide)))
        or np.any(places[~is_wide] > len(instants))
        or np.any(wide["batch"] > len(instants))
        or np.any((pending["debit"] < 0) | (pending["debit"] >= accounts))
        or np.any((pending["credit"] < 0) | (pending["credit"] >= accounts))
        or np.any((slots < 0) | (slots >= len(transfers)))
        or np.any(np.diff(timeouts["expires_us"]) < 0)
    ):
        raise _damaged("A row of it points to what is not there.")
    book.reserve_for(len(transfers), wide=len(wide), instants=len(instants), heap=len(slots))
    state = book.state
    state.transfers[: len(transfers)] = transfers
    state.wide[: len(wide)] = wide
    state.instants[1 : len(instants) + 1] = instants
    state.heap[: len(slots), 0], state.heap[: len(slots), 1] = timeouts["expires_us"], slots
    state.counters[at.TRANSFERS] = len(transfers)
    state.counters[at.WIDES] = len(wide)
    state.counters[at.EPOCH] = len(instants)
    state.counters[at.HEAP] = len(slots)
    state.counters[at.LAST_US] = last_us
    book.index_ids()


def _damaged(why: str) -> SnapshotDamagedError:
    return SnapshotDamagedError(
        "The bytes are not those of a book.",
        why=why,
        fix="Replay the facts instead; a snapshot is only a shorter way.",
    )
