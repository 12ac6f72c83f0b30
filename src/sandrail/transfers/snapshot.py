"""A floor as bytes and back, so that opening a desk need not judge again all that it ever judged.

The parts, in this order; every table is cut into frames of at most ``PART_BYTES`` each::

    header       JSON    form of the state, the code and the pack it was derived by, sizes of tables
    state        JSON    terms, rulings, the firm's file, wallets: all that is small, cut
    requests     frames  keys, bodies and places of the requests answered
    parties …    frames  customers, the gate's memory, flows between wallets
    book         as the ledger writes it

Two floors on which the same things happened give the same bytes. What is read back may come from a
stranger: kernels check no bounds, so every number that points somewhere is checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

import sandrail
from sandrail.controls import NO_EVENT, Consent, FirmBook, gate_columns, gate_of_columns
from sandrail.journal import decode_frame, encode_frame
from sandrail.ledger import book_from_parts, book_to_parts
from sandrail.rulebook import Pack, Permission
from sandrail.transfers.errors import DeskSnapshotDamaged
from sandrail.transfers.floor import Floor
from sandrail.transfers.limits import SNAPSHOT_PART_BYTES
from sandrail.transfers.requests import BODY_BYTES, KEY_BYTES, Place
from sandrail.transfers.terms import DeskTerms
from sandrail.transfers.wallet_snapshot import (
    restore_wallets,
    wallets_as_columns,
    wallets_as_plain,
)
from sandrail.world import MALFORMED, InputError, SandrailError, canonical_bytes, parse_canonical

__all__ = ["code_hash", "floor_from_parts", "floor_to_parts"]

Columns = dict[str, npt.NDArray[Any]]

_ROOMS = (
    "controls", "journal", "ledger", "money", "rulebook", "screening", "transfers", "wallets",
    "world",
)  # fmt: skip
_PARTY_COLUMNS = ("status", "screen", "customer_class", "consent", "accounts")


@cache
def code_hash() -> str:
    """Return the hash of the code that derives a floor; what other code derived is not believed.

    Every module of the rooms below counts, so that nobody has to remember which ones do.
    """
    whole = hashlib.sha256()
    root = Path(sandrail.__file__).parent
    for room in _ROOMS:
        for source in sorted((root / room).rglob("*.py")):
            name = source.relative_to(root).as_posix()
            whole.update(name.encode() + b"\0" + source.read_bytes())
    return whole.hexdigest()


def floor_to_parts(floor: Floor) -> list[bytes]:
    """Return the floor as byte strings; equal floors give equal bytes."""
    tables = _columns_of(floor)
    state = canonical_bytes(_plain_of(floor))
    states = [state[k : k + SNAPSHOT_PART_BYTES] for k in range(0, len(state), SNAPSHOT_PART_BYTES)]
    frames: list[bytes] = []
    cut: list[list[object]] = []
    for name, column in tables.items():
        mine = list(_cut(column))
        cut.append([name, len(mine), *column.shape[1:]])
        frames += mine
    header: dict[str, object] = {
        "code": code_hash(),
        "pack": floor.terms.pack.content_hash,
        "states": len(states),
        "frames": cut,
    }
    return [canonical_bytes(header), *states, *frames, *book_to_parts(floor.book)]


def floor_from_parts(parts: Sequence[bytes], pack: Pack) -> Floor:
    """Return the floor that ``floor_to_parts`` wrote.

    Raises:
        DeskSnapshotDamaged: the parts are no floor, or other code or another pack gave them.
    """
    try:
        header = _header_of(parts, pack)
        states = 1 + header["states"]
        plain = cast("dict[str, Any]", parse_canonical(b"".join(parts[1:states])))
        columns: Columns = {}
        for name, count, *width in header["frames"]:
            pieces = [decode_frame(part).columns["it"] for part in parts[states : states + count]]
            columns[name] = np.concatenate(pieces).reshape(-1, *width)
            states += count
        return _floor_of(plain, columns, parts[states:], pack)
    except DeskSnapshotDamaged:
        raise
    except (SandrailError, *MALFORMED) as error:
        raise _damaged(f"{type(error).__name__}: {error}.") from error


def _header_of(parts: Sequence[bytes], pack: Pack) -> dict[str, Any]:
    try:
        header = parse_canonical(parts[0]) if parts else None
    except InputError as error:
        raise _damaged(error.what) from error
    if not isinstance(header, dict):
        raise _damaged("It does not begin with its header.")
    if header.get("code") != code_hash():
        raise _damaged("Other code derived it.")
    if header.get("pack") != pack.content_hash:
        raise _damaged("It was derived under another pack.")
    return header


def _plain_of(floor: Floor) -> dict[str, object]:
    return {
        "terms": floor.terms.as_plain(),
        "rulings": [[ruled.as_plain(), at_us] for ruled, at_us in floor.rulings],
        "names": [floor.parties.ref(number) for number in range(floor.parties.count)],
        "reserve": [str(minor) for minor in floor.reserve_minor],
        "attested_us": floor.attested_us.tolist(),
        "lists": [floor.list_version, floor.lists_published_us],
        "paused": floor.paused,
        "now_us": floor.now_us,
        "consents": [[one.version, list(one.languages)] for one in floor.consents if one],
        "firm": floor.firm.as_plain(),
        "wallets": wallets_as_plain(floor.wallets),
    }


def _columns_of(floor: Floor) -> Columns:
    count, requests = floor.parties.count, floor.requests.items()
    places = [place for _, _, place in requests]
    columns: Columns = {
        "request.key": _bytes([key for key, _, _ in requests], KEY_BYTES),
        "request.body": _bytes([body for _, body, _ in requests], BODY_BYTES),
        "request.place": np.array(places, dtype=np.int64).reshape(-1, 3),
        "event": floor.events(),
    }
    for name in _PARTY_COLUMNS:
        columns[f"party.{name}"] = getattr(floor.parties, name)[:count]
    for name, column in gate_columns(floor.gate, parties=count).items():
        columns[f"gate.{name}"] = column
    for name, column in wallets_as_columns(floor.wallets).items():
        columns[f"wallet.{name}"] = column
    return columns


def _floor_of(
    plain: Mapping[str, Any], columns: Columns, book: Sequence[bytes], pack: Pack
) -> Floor:
    terms = DeskTerms.from_plain(plain["terms"], pack)
    rulings = [(Permission.from_plain(ruled), at_us) for ruled, at_us in plain["rulings"]]
    floor = Floor.ruled(terms, rulings)
    floor.book = book_from_parts(book)
    _restore_parties(floor, plain["names"], columns)
    _restore_gate(floor, columns)
    floor.reserve_minor = [int(minor) for minor in plain["reserve"]]
    floor.attested_us[:] = plain["attested_us"]
    floor.list_version, floor.lists_published_us = plain["lists"]
    floor.paused, floor.now_us = plain["paused"], plain["now_us"]
    floor.firm = FirmBook.from_plain(plain["firm"], floor.firm.setting)
    floor.set_consents([Consent(version, tuple(many)) for version, many in plain["consents"]])
    if int(floor.parties.consent.max(initial=0)) >= len(floor.consents):
        raise _damaged("A customer gave a consent that is not there.")
    _restore_requests(floor, columns)
    wallets = {name.removeprefix("wallet."): column for name, column in columns.items()}
    restore_wallets(floor.wallets, plain["wallets"], wallets, customers=len(plain["names"]))
    return floor


def _restore_parties(floor: Floor, names: Sequence[str], columns: Columns) -> None:
    accounts, last = columns["party.accounts"], floor.book.account_count - 1
    if accounts.shape != (len(names), len(floor.terms.assets)):
        raise _damaged("The customers' accounts are not one an asset.")
    if accounts.size and not 0 <= int(accounts.min()) <= int(accounts.max()) <= last:
        raise _damaged("A customer has an account that is not there.")
    floor.parties.add(names, columns["party.customer_class"], accounts)
    for name in _PARTY_COLUMNS:
        getattr(floor.parties, name)[: len(names)] = columns[f"party.{name}"]


def _restore_gate(floor: Floor, columns: Columns) -> None:
    kept = {name[5:]: column for name, column in columns.items() if name.startswith("gate.")}
    floor.gate = gate_of_columns(
        kept,
        windows=len(floor.program.windows),
        assets=len(floor.terms.assets),
        parties=floor.parties.count,
    )
    events, used = columns["event"], kept["events"].shape[0]
    known = (events == NO_EVENT) | ((events >= 0) & (events < used))
    if events.shape != (floor.book.transfer_count,) or not known.all():
        raise _damaged("A transfer was counted under an event that is not there.")
    floor.set_events(events)


def _restore_requests(floor: Floor, columns: Columns) -> None:
    keys, bodies = columns["request.key"].tobytes(), columns["request.body"].tobytes()
    for number, place in enumerate(columns["request.place"].tolist()):
        key = keys[KEY_BYTES * number : KEY_BYTES * (number + 1)]
        body = bodies[BODY_BYTES * number : BODY_BYTES * (number + 1)]
        floor.requests.add(key, body, Place(*cast("list[int]", place)))


def _bytes(items: Sequence[bytes], width: int) -> npt.NDArray[np.uint8]:
    return np.frombuffer(b"".join(items), dtype=np.uint8).reshape(-1, width)


def _cut(column: npt.NDArray[Any]) -> Iterator[bytes]:
    """Yield a column in frames, at least one, so that its type is known even when it is empty."""
    width = max(column.itemsize * int(np.prod(column.shape[1:])), 1)
    step = max(SNAPSHOT_PART_BYTES // width, 1)
    for start in range(0, max(len(column), 1), step):
        yield encode_frame({"it": np.ascontiguousarray(column[start : start + step])})


def _damaged(why: str) -> DeskSnapshotDamaged:
    return DeskSnapshotDamaged(
        "The bytes are not those of a desk.",
        why=why,
        fix="Replay the facts instead; a snapshot is only a shorter way.",
    )
