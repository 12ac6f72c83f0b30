"""What is asked of the desk: instructions as columns, one entry an instruction."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.controls import Kind
from sandrail.money import split128
from sandrail.transfers.errors import InstructionError
from sandrail.transfers.limits import BATCH_ROWS_MAX
from sandrail.world import TransferId

__all__ = [
    "Instruction",
    "InstructionBatch",
    "batch_of",
    "batch_of_packed",
    "body_hash",
    "body_hash_of_one",
    "check_single",
    "checked",
    "packed_of",
]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, for callers that have one; the desk turns it into a batch of one.

    Attributes:
        id: 128-bit id chosen by the caller; it never moves money twice.
        kind: what is asked.
        asset: index of the asset on the desk.
        amount_minor: units of the asset; 0 on SETTLE and RELEASE for all of it.
        debtor: party that gives, -1 for the firm.
        creditor: party that receives, -1 for the firm.
        facts: bits of ``RowFact``: what is known about it.
        pending: id of the hold that SETTLE or RELEASE finishes.
        timeout_us: life of the hold; 0 means until a person or a rail decides.
        two_step: the ledger holds it until the rail confirms.
        linked: it stands or falls with the next instruction of the batch.
        debit, credit: account numbers, for LEG, SWEEP and the firm's own side; -1 otherwise.
        wallet: number of the wallet on the other side, 0 for none.
    """

    id: TransferId
    kind: Kind
    asset: int = 0
    amount_minor: int = 0
    debtor: int = -1
    creditor: int = -1
    facts: int = 0
    pending: int = 0
    timeout_us: int = 0
    two_step: bool = False
    linked: bool = False
    debit: int = -1
    credit: int = -1
    wallet: int = 0


class InstructionBatch(NamedTuple):
    """Instructions as columns of equal length; the fields are those of ``Instruction``."""

    id_hi: npt.NDArray[np.uint64]
    id_lo: npt.NDArray[np.uint64]
    kind: npt.NDArray[np.uint8]
    asset: npt.NDArray[np.int32]
    amount_hi: npt.NDArray[np.uint64]
    amount_lo: npt.NDArray[np.uint64]
    debtor: npt.NDArray[np.int64]
    creditor: npt.NDArray[np.int64]
    facts: npt.NDArray[np.uint32]
    pending_hi: npt.NDArray[np.uint64]
    pending_lo: npt.NDArray[np.uint64]
    timeout_us: npt.NDArray[np.int64]
    two_step: npt.NDArray[np.uint8]
    linked: npt.NDArray[np.uint8]
    debit: npt.NDArray[np.int64]
    credit: npt.NDArray[np.int64]
    wallet: npt.NDArray[np.int64]

    @property
    def rows(self) -> int:
        """How many instructions there are."""
        return int(self.id_hi.shape[0])


_BODY_TAG = b"sandrail/request/1\n"
_BODY_OF_ONE = _BODY_TAG + (1).to_bytes(8, "little")
_KIND_MAX = int(max(Kind))
_ONE_ROW = struct.Struct("<QQBiQQqqIQQqBBqqq")

DTYPES: dict[str, str] = {
    "id_hi": "<u8",
    "id_lo": "<u8",
    "kind": "u1",
    "asset": "<i4",
    "amount_hi": "<u8",
    "amount_lo": "<u8",
    "debtor": "<i8",
    "creditor": "<i8",
    "facts": "<u4",
    "pending_hi": "<u8",
    "pending_lo": "<u8",
    "timeout_us": "<i8",
    "two_step": "u1",
    "linked": "u1",
    "debit": "<i8",
    "credit": "<i8",
    "wallet": "<i8",
}
_ROW = np.dtype(list(DTYPES.items()))


def batch_of(instructions: Sequence[Instruction]) -> InstructionBatch:
    """Return instructions as columns."""
    wide = {"id": "id", "amount": "amount_minor", "pending": "pending"}
    columns: dict[str, Any] = {}
    for name, attribute in wide.items():
        halves = split128([getattr(item, attribute) for item in instructions])
        columns[f"{name}_hi"], columns[f"{name}_lo"] = halves
    try:
        for name, dtype in DTYPES.items():
            if name not in columns:
                values = [getattr(item, name) for item in instructions]
                columns[name] = np.array(values, dtype=dtype)
    except OverflowError as error:
        raise _too_large(error) from error
    return InstructionBatch(**columns)


def checked(batch: InstructionBatch, *, assets: int) -> InstructionBatch:
    """Return the batch with its exact types, or say which column cannot be used.

    Raises:
        InstructionError: too many rows, unequal columns, a type that would lose digits, an unknown
            kind or asset, or a linked chain with different time-outs.
    """
    rows = batch.rows
    if not 1 <= rows <= BATCH_ROWS_MAX:
        raise InstructionError(
            f"The batch has {rows} instructions.",
            why=f"A batch has 1 to {BATCH_ROWS_MAX}.",
            fix="Cut it into several batches, each with its own key.",
        )
    columns = []
    column: Any
    for (name, code), column in zip(DTYPES.items(), batch, strict=True):
        dtype = np.dtype(code)
        if column.shape != (rows,) or not np.can_cast(column.dtype, dtype, "same_kind"):
            raise InstructionError(
                f"The column {name} has type {column.dtype} and shape {column.shape}.",
                why=f"It must be {rows} values of type {dtype}.",
                fix="Build the batch with batch_of, or convert the column.",
                column=name,
            )
        as_kept = np.ascontiguousarray(column, dtype=dtype)
        if column.dtype != dtype and (as_kept != column).any():
            row = int((as_kept != column).argmax())
            raise _too_large(OverflowError(f"The column {name} holds {column[row]} in row {row}"))
        columns.append(as_kept)
    exact = InstructionBatch(*columns)
    _refuse_unknown(exact, assets)
    _refuse_uneven_chains(exact)
    return exact


def check_single(item: Instruction, *, assets: int) -> None:
    """Refuse an instruction that cannot stand in a batch of its own.

    Raises:
        InstructionError: unknown asset or kind, or it is linked to a next one that is not there.
    """
    if not 0 <= item.asset < assets or not 0 <= item.kind <= _KIND_MAX or item.linked:
        checked(batch_of([item]), assets=assets)
        raise InstructionError(
            "A single instruction is linked to a next one.",
            why="Linked instructions stand or fall together and so come in one batch.",
            fix="Submit the chain as one batch.",
        )


def packed_of(item: Instruction) -> bytes:
    """Return the columns of a batch of one, one after the other.

    Raises:
        InstructionError: a number does not fit its column.
    """
    low = 2**64 - 1
    try:
        return _ONE_ROW.pack(
            item.id >> 64,
            item.id & low,
            item.kind,
            item.asset,
            item.amount_minor >> 64,
            item.amount_minor & low,
            item.debtor,
            item.creditor,
            item.facts,
            item.pending >> 64,
            item.pending & low,
            item.timeout_us,
            item.two_step,
            item.linked,
            item.debit,
            item.credit,
            item.wallet,
        )
    except struct.error as error:
        raise _too_large(error) from error


def batch_of_packed(rows: Sequence[bytes]) -> InstructionBatch:
    """Return what ``batch_of`` would return for the instructions that were packed."""
    table = np.frombuffer(b"".join(rows), dtype=_ROW)
    return InstructionBatch._make(table[name].copy() for name in DTYPES)


def body_hash_of_one(packed: bytes) -> bytes:
    """Return the same hash as ``body_hash`` of a batch of one, without building the batch."""
    return hashlib.sha256(_BODY_OF_ONE + packed).digest()


def body_hash(batch: InstructionBatch) -> bytes:
    """Return the SHA-256 that tells two bodies under one idempotency key apart."""
    state = hashlib.sha256(_BODY_TAG + batch.rows.to_bytes(8, "little"))
    column: Any
    for column in batch:
        state.update(column)
    return state.digest()


def _too_large(error: Exception) -> InstructionError:
    return InstructionError(
        "A number of the instruction does not fit its column.",
        why=f"{error}.",
        fix="Ids and amounts have 128 bits, parties and accounts 64, facts 32, kinds 8.",
    )


def _refuse_unknown(batch: InstructionBatch, assets: int) -> None:
    unknown = (batch.asset < 0) | (batch.asset >= assets)
    if unknown.any():
        row = int(unknown.argmax())
        raise InstructionError(
            f"Instruction {row} names asset number {int(batch.asset[row])}.",
            why=f"The desk has {assets} assets, numbered from 0.",
            fix="Look the asset up by its code.",
            code="transfers.unknown_asset",
            row=row,
        )
    strange = batch.kind > max(Kind)
    if strange.any():
        row = int(strange.argmax())
        raise InstructionError(
            f"Instruction {row} is of kind {int(batch.kind[row])}.",
            why=f"Kinds are numbered 0 to {int(max(Kind))}.",
            fix="Use one of " + ", ".join(kind.name for kind in Kind) + ".",
            row=row,
        )


def _refuse_uneven_chains(batch: InstructionBatch) -> None:
    """A chain that the gate holds expires as a whole, so its rows have one life."""
    if not batch.linked.any():
        return
    follows = np.concatenate(([False], batch.linked[:-1] != 0))
    starts = np.maximum.accumulate(np.where(follows, 0, np.arange(batch.rows)))
    finishing = np.isin(batch.kind, (Kind.SETTLE, Kind.RELEASE))
    asked = np.where(finishing, -1, batch.timeout_us)
    longest = np.full(batch.rows, -1, dtype=np.int64)
    np.maximum.at(longest, starts, asked)
    uneven = ~finishing & (asked != longest[starts])
    if uneven.any():
        row = int(uneven.argmax())
        raise InstructionError(
            "The instructions of a linked chain have different time-outs.",
            why=f"Instruction {row} has {int(batch.timeout_us[row])} microseconds; a chain that is"
            " held is given back as a whole.",
            fix="Give every instruction of a chain the same timeout_us.",
            code="transfers.uneven_chain",
            row=row,
        )
