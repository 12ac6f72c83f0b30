"""Batches of rows: made from columns or from single transfers, checked once at the border."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.ledger.codes import GateDecision, RowFlag
from sandrail.ledger.errors import RowsError
from sandrail.ledger.limits import BATCH_ROWS_MAX
from sandrail.ledger.state import ROW_DTYPES, RowColumns
from sandrail.money import join128, split128

__all__ = [
    "TransferRow",
    "body_hash",
    "checked_rows",
    "packed_row",
    "recorded_columns",
    "row_columns",
    "rows_of",
    "rows_of_packed",
    "transfers_of",
]

_DTYPES = {name: np.dtype(code) for name, code in ROW_DTYPES.items()}
_REQUIRED = ("id_hi", "id_lo", "debit", "credit", "amount_lo")
_RECORD = np.dtype(list(ROW_DTYPES.items()))
_pack = struct.Struct("<QQqqQQIQQqB").pack
_WORD = 2**64 - 1


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One row, for people and tests; hot paths build columns.

    Attributes:
        id: 128 bits, not zero; the same id never moves money twice.
        debit: number of the account that gives; -1 on POST and VOID for "as pending".
        credit: number of the account that takes; likewise.
        amount: minor units; zero on POST and VOID for "all of it".
        flags: what is asked.
        pending_id: on POST and VOID, the transfer that is pending.
        timeout_us: life of a pending transfer from the batch instant; 0 for ever.
        decision: what the gate said.
    """

    id: int
    debit: int
    credit: int
    amount: int
    flags: RowFlag = RowFlag.NONE
    pending_id: int = 0
    timeout_us: int = 0
    decision: GateDecision = GateDecision.ALLOW


def row_columns(columns: Mapping[str, npt.NDArray[Any]]) -> RowColumns:
    """Return a batch from columns; those left out are zero.

    Raises:
        RowsError: a required column is missing, one is unknown, has another type or length, or
            there are more than ``BATCH_ROWS_MAX`` rows.
    """
    missing = [name for name in _REQUIRED if name not in columns]
    unknown = [name for name in columns if name not in _DTYPES]
    if missing or unknown:
        raise RowsError(
            "The columns are not those of a batch.",
            why=f"Missing: {', '.join(missing) or 'none'};"
            f" unknown: {', '.join(unknown) or 'none'}.",
            fix=f"Give {', '.join(_REQUIRED)} and any of {', '.join(_DTYPES)}.",
        )
    n = len(columns["id_lo"])
    return RowColumns(
        **{
            name: _column(name, columns[name], n) if name in columns else np.zeros(n, dtype)
            for name, dtype in _DTYPES.items()
        }
    )


def _column(name: str, values: npt.NDArray[Any], n: int) -> Any:
    if values.dtype != _DTYPES[name] or values.shape != (n,) or n > BATCH_ROWS_MAX:
        raise RowsError(
            f"The column {name} has type {values.dtype} and shape {values.shape}.",
            why=f"It must be {_DTYPES[name]} with as many rows as id_lo ({n}),"
            f" at most {BATCH_ROWS_MAX}.",
            fix="Convert it with astype, or split the batch.",
        )
    # Kernels are compiled for one layout: contiguous, aligned, writable.
    if values.flags.c_contiguous and values.flags.writeable and values.flags.aligned:
        return values
    return np.array(values, dtype=_DTYPES[name], order="C")


def checked_rows(rows: RowColumns) -> RowColumns:
    """Return the batch in the layout kernels are compiled for; refuse what is no batch."""
    n = len(rows.id_lo)
    return RowColumns._make(_column(name, values, n) for name, values in _named(rows))


def packed_row(row: TransferRow) -> bytes:
    """Return a row in the layout of ``_RECORD``; packing it is also the check that it fits.

    Raises:
        AmountError: an id or amount outside 128 bits.
        RowsError: an account number or time-out outside 64 bits, or flags outside 32.
    """
    try:
        return _pack(
            row.id >> 64,
            row.id & _WORD,
            row.debit,
            row.credit,
            row.amount >> 64,
            row.amount & _WORD,
            row.flags,
            row.pending_id >> 64,
            row.pending_id & _WORD,
            row.timeout_us,
            row.decision,
        )
    except struct.error as error:
        split128((row.id, row.amount, row.pending_id))
        raise RowsError(
            "A number in the row is too large for its column.",
            why=f"{str(error).capitalize()}.",
            fix="Account numbers and time-outs fit in 64 bits, flags in 32.",
        ) from error


def rows_of_packed(rows: Sequence[bytes]) -> RowColumns:
    """Return a batch of rows that ``packed_row`` made, in order."""
    records = np.frombuffer(b"".join(rows), _RECORD)
    return RowColumns._make([records[name].copy() for name in _DTYPES])


def rows_of(transfers: Iterable[TransferRow]) -> RowColumns:
    """Return a batch of single transfers, in order.

    Raises:
        AmountError: an id or amount outside 128 bits.
        RowsError: an account number or time-out outside 64 bits, or too many rows.
    """
    return checked_rows(rows_of_packed([packed_row(row) for row in transfers]))


def transfers_of(rows: RowColumns) -> list[TransferRow]:
    """Return a batch as single transfers; the inverse of ``rows_of``."""
    ids = join128(rows.id_hi, rows.id_lo)
    amounts = join128(rows.amount_hi, rows.amount_lo)
    pending = join128(rows.pending_hi, rows.pending_lo)
    others = (rows.debit, rows.credit, rows.flags, rows.timeout_us, rows.decision)
    return [
        TransferRow(
            id=id_,
            debit=debit,
            credit=credit,
            amount=amount,
            flags=RowFlag(flags),
            pending_id=pending_id,
            timeout_us=timeout_us,
            decision=GateDecision(min(decision, GateDecision.FREEZE)),
        )
        for id_, amount, pending_id, debit, credit, flags, timeout_us, decision in zip(
            ids, amounts, pending, *(column.tolist() for column in others), strict=True
        )
    ]


def recorded_columns(rows: RowColumns) -> dict[str, npt.NDArray[Any]]:
    """Return the columns worth recording: the required ones, and others that hold any value."""
    return {
        name: column
        for name, column in _named(rows)
        if name in _REQUIRED or np.count_nonzero(column)
    }


def _named(rows: RowColumns) -> Iterable[tuple[str, npt.NDArray[Any]]]:
    columns: tuple[npt.NDArray[Any], ...] = rows
    return zip(RowColumns._fields, columns, strict=True)


def body_hash(rows: RowColumns) -> str:
    """Return the SHA-256 of what the rows ask: two batches of one body are the same request.

    The gate's decisions are no part of it; a retry may find the gate in another mood, and gets the
    first answer all the same.
    """
    stamp = hashlib.sha256(b"sandrail/batch/1\n" + len(rows.id_lo).to_bytes(8, "big"))
    for name, column in recorded_columns(rows).items():
        if name != "decision":
            stamp.update(name.encode() + b"\n")
            stamp.update(np.ascontiguousarray(column).data)
    return stamp.hexdigest()
