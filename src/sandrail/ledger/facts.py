"""What the ledger writes into the journal, and what follows from it when it is read again.

Kinds::

    ledger.asset_defined     JSON    asset_no, code, scale, kind, caip19
    ledger.accounts_opened   frame   asset, chart, owner, flags; meta first
    ledger.flags_set         frame   account, flags; meta reason
    ledger.batch             frame   the rows, outcome, what was touched and expired; meta key, body
    transfers.batch          frame   the same columns beside the gate's own; written by transfers

A batch is replayed through the kernel, and what the kernel says must be what was recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.journal import Fact, Frame, frame_of, parse_payload
from sandrail.ledger.book import Book, PostResult
from sandrail.ledger.codes import AccountFlag, Outcome
from sandrail.ledger.errors import (
    AccountError,
    AccountInUseError,
    InstantError,
    ReplayError,
    RowsError,
)
from sandrail.ledger.rows import recorded_columns, row_columns
from sandrail.ledger.state import ROW_DTYPES, RowColumns
from sandrail.money import Asset, AssetKind
from sandrail.world import InputError

__all__ = [
    "ACCOUNTS_OPENED",
    "ASSET_DEFINED",
    "BATCH",
    "BATCH_KINDS",
    "FLAGS_SET",
    "LEDGER_KINDS",
    "TRANSFERS_BATCH",
    "apply_fact",
    "asset_of_fact",
    "batch_columns",
    "columns_of",
    "differs",
    "key_of_batch",
    "rows_of_frame",
]

ASSET_DEFINED = "ledger.asset_defined"
ACCOUNTS_OPENED = "ledger.accounts_opened"
FLAGS_SET = "ledger.flags_set"
BATCH = "ledger.batch"
TRANSFERS_BATCH = "transfers.batch"

BATCH_KINDS = (BATCH, TRANSFERS_BATCH)
LEDGER_KINDS = (ASSET_DEFINED, ACCOUNTS_OPENED, FLAGS_SET, *BATCH_KINDS)

Columns = dict[str, npt.NDArray[Any]]

_BATCH_REQUIRED = ("id_hi", "id_lo", "debit", "credit", "amount_lo", "outcome")
_BATCH = {
    **ROW_DTYPES,
    "outcome": "u1",
    "touched.no": "<i8",
    "touched.balance": "<u8",
    "expired.slot": "<i8",
    "valid_us": "<i8",
}
_WIDTHS = {"touched.balance": 8}
_SCHEMAS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    ACCOUNTS_OPENED: (
        ("asset", "chart", "owner", "flags"),
        {"asset": "<i4", "chart": "<i4", "owner": "<i8", "flags": "<u4"},
    ),
    FLAGS_SET: (("account", "flags"), {"account": "<i8", "flags": "<u4"}),
    BATCH: (_BATCH_REQUIRED, _BATCH),
    TRANSFERS_BATCH: (_BATCH_REQUIRED, _BATCH),
}
"""By kind: the columns that must be there, and the types of those the ledger reads."""


def batch_columns(rows: RowColumns, result: PostResult) -> Columns:
    """Return the columns of a batch fact; a composer adds its own beside them."""
    columns = recorded_columns(rows)
    columns["outcome"] = result.outcomes
    if len(result.touched):
        columns["touched.no"] = result.touched
        columns["touched.balance"] = result.balances
    if len(result.expired):
        columns["expired.slot"] = result.expired
    return columns


def rows_of_frame(frame: Frame) -> RowColumns:
    """Return the rows of a recorded batch, ready for the kernel."""
    return row_columns({name: frame.columns[name] for name in ROW_DTYPES if name in frame.columns})


def columns_of(fact: Fact) -> Frame:
    """Return the frame of a fact that may come from a stranger, with the columns the ledger knows.

    Raises:
        ReplayError: it is no frame, or one of the columns is missing or has another type or width.
    """
    try:
        frame = frame_of(fact)
    except InputError as error:
        raise differs(fact, f"{error.what} {error.why}") from error
    required, dtypes = _SCHEMAS[fact.kind]
    for name in required:
        if name not in frame.columns:
            raise differs(fact, f"The column {name} is missing.")
    for name, code in dtypes.items():
        column = frame.columns.get(name)
        if column is None:
            continue
        width = _WIDTHS.get(name)
        shape_fits = column.ndim == 1 if width is None else column.shape[1:] == (width,)
        if column.dtype != np.dtype(code) or not shape_fits:
            raise differs(
                fact, f"The column {name} has type {column.dtype} and shape {column.shape}."
            )
    return frame


def key_of_batch(fact: Fact) -> tuple[str, str]:
    """Return the key and the body hash of a ``ledger.batch`` fact.

    Raises:
        ReplayError: it has none.
    """
    meta = columns_of(fact).meta
    key, body = meta.get("key"), meta.get("body")
    if not isinstance(key, str) or not isinstance(body, str):
        raise differs(fact, "It carries no key or no body hash.")
    return key, body


def asset_of_fact(fact: Fact) -> tuple[int, Asset]:
    """Return the number and the asset that a ``ledger.asset_defined`` fact defines.

    Raises:
        ReplayError: it defines none.
    """
    try:
        found = parse_payload(fact)
        if not isinstance(found, Mapping):
            raise differs(fact, "It is no object.")
        caip19 = found["caip19"]
        asset = Asset(
            code=str(found["code"]),
            scale=_whole(fact, found, "scale"),
            kind=AssetKind(str(found["kind"])),
            caip19=None if caip19 is None else str(caip19),
        )
        return _whole(fact, found, "asset_no"), asset
    except KeyError as error:
        raise differs(fact, f"The entry {error} is missing.") from error
    except (InputError, ValueError) as error:
        raise differs(fact, f"{error}") from error


def apply_fact(book: Book, fact: Fact) -> PostResult | None:
    """Let a fact happen to the book again; facts of other rooms are passed over.

    Raises:
        ReplayError: the fact does not follow from the facts before it.
    """
    if fact.kind not in LEDGER_KINDS or fact.kind == ASSET_DEFINED:
        return None
    frame = columns_of(fact)
    try:
        if fact.kind == ACCOUNTS_OPENED:
            _apply_accounts(book, fact, frame)
            return None
        if fact.kind == FLAGS_SET:
            _apply_flags(book, fact, frame)
            return None
        return _apply_batch(book, fact, frame)
    except (AccountError, AccountInUseError, InstantError, RowsError) as error:
        raise differs(fact, f"{error.what} {error.why}") from error


def _apply_accounts(book: Book, fact: Fact, frame: Frame) -> None:
    columns = frame.columns
    first = book.open_accounts(
        asset=columns["asset"],
        chart=columns["chart"],
        owner=columns["owner"],
        flags=columns["flags"],
    )
    said = frame.meta.get("first")
    if said != first:
        raise differs(fact, f"It opens account {said!r}; the next one is {first}.")


def _apply_flags(book: Book, fact: Fact, frame: Frame) -> None:
    book.require_instant(fact.at_us)
    accounts, flags = frame.columns["account"].tolist(), frame.columns["flags"].tolist()
    for account, bits in zip(accounts, flags, strict=True):
        book.set_flags(account, AccountFlag(bits))


def _apply_batch(book: Book, fact: Fact, frame: Frame) -> PostResult:
    columns = frame.columns
    result = book.post(rows_of_frame(frame), fact.at_us)
    recorded = columns["outcome"]
    wrong = np.flatnonzero(recorded != result.outcomes)
    if len(wrong):
        row = int(wrong[0])
        raise differs(
            fact,
            f"Row {row} is recorded as {_name(recorded[row])};"
            f" the facts before it make it {_name(result.outcomes[row])}.",
            row=row,
        )
    _require_equal(fact, columns, "expired.slot", result.expired)
    _require_equal(fact, columns, "touched.no", result.touched)
    _require_equal(fact, columns, "touched.balance", result.balances)
    return result


def _require_equal(
    fact: Fact, columns: Mapping[str, npt.NDArray[Any]], name: str, found: npt.NDArray[Any]
) -> None:
    recorded = columns.get(name)
    if recorded is None and not len(found):
        return
    if recorded is None or recorded.shape != found.shape or not np.array_equal(recorded, found):
        same = recorded is not None and recorded.shape == found.shape
        row = int(np.argwhere(recorded != found)[0][0]) if same else 0
        raise differs(fact, f"Its {name} differs from what its rows do, from entry {row} on.")


def _name(code: int) -> str:
    try:
        return Outcome(int(code)).name
    except ValueError:
        return f"unknown outcome {int(code)}"


def _whole(fact: Fact, found: Mapping[str, object], name: str) -> int:
    value = found[name]
    if not isinstance(value, int):
        raise differs(fact, f"Its {name} is no whole number.")
    return value


def differs(fact: Fact, why: str, row: int | None = None) -> ReplayError:
    """Return the error that names a fact, and a row of it, that does not follow."""
    where = "" if row is None else f" at row {row}"
    fields: dict[str, Any] = {} if row is None else {"row": row}
    return ReplayError(
        f"Fact {fact.seq} ({fact.kind}) does not follow from the facts before it{where}.",
        why=why,
        fix="Compare with another copy of the journal; the books before this fact are sound.",
        seq=fact.seq,
        **fields,
    )
