"""A judged batch as one fact: what was asked, what gate and ledger said, what it left behind.

The columns of the main table, one entry a row::

    id_hi id_lo debit credit amount_hi amount_lo flags pending_hi pending_lo timeout_us   the row
    decision outcome                                        the gate's word and the ledger's
    kind asset debtor creditor value facts wallet           what the gate read
    rule breached excess                                    why

and beside it ``request.*`` (the idempotency keys answered), ``touched.*`` (balances afterwards of
every account that changed) and ``expired.*`` (holds that timed out first). Columns of the row and
of the gate that hold nothing but zeros are left out. The ledger reads its part of these facts
without knowing the gate's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.controls import NO_RULE, Findings, GateRows
from sandrail.journal import Frame, encode_frame
from sandrail.ledger import ROW_DTYPES, RowColumns

GATE_DTYPES = {
    "kind": "u1",
    "asset": "<i4",
    "debtor": "<i8",
    "creditor": "<i8",
    "value": "<i8",
    "facts": "<u4",
}
_ALWAYS = ("id_hi", "id_lo", "debit", "credit", "amount_lo", "kind")
_NO_ACCOUNTS = np.zeros(0, dtype="<i8")
_NO_BALANCES = np.zeros((0, 8), dtype="<u8")

__all__ = [
    "KIND_BATCH",
    "JudgedBatch",
    "RequestRows",
    "bytes_column",
    "decode_batch",
    "encode_batch",
]

KIND_BATCH = "transfers.batch"


class RequestRows(NamedTuple):
    """The requests of a batch in the order of their rows.

    Attributes:
        key: u1[requests, 16]; body: u1[requests, 32]; rows: i8[requests].
    """

    key: npt.NDArray[np.uint8]
    body: npt.NDArray[np.uint8]
    rows: npt.NDArray[np.int64]


class JudgedBatch(NamedTuple):
    """All of a judged batch.

    Attributes:
        rows: as posted, with the gate's decision in them.
        asked: what the gate read.
        found: what the gate answered.
        outcome: u1, the ledger's ``Outcome``.
        requests: the requests answered.
        touched: i8 accounts that changed, in order of first change.
        balances: u8[touched, 8], their balances afterwards.
        expired: i8, slots of holds that timed out before the first row.
        wallet: i8, number of the wallet on the other side, 0 for none.
    """

    rows: RowColumns
    asked: GateRows
    found: Findings
    outcome: npt.NDArray[np.uint8]
    requests: RequestRows
    touched: npt.NDArray[np.int64]
    balances: npt.NDArray[np.uint64]
    expired: npt.NDArray[np.int64]
    wallet: npt.NDArray[np.int64]


def encode_batch(batch: JudgedBatch, *, program_hash: str) -> bytes:
    """Return the payload of a ``transfers.batch`` fact."""
    columns: dict[str, npt.NDArray[Any]] = {
        name: column
        for name, column in (*batch.rows._asdict().items(), *batch.asked._asdict().items())
        if name in _ALWAYS or column.any()
    }
    columns["outcome"] = batch.outcome
    if batch.wallet.any():
        columns["wallet"] = batch.wallet
    if (batch.found.rule != NO_RULE).any() or batch.found.breached.any():
        columns["rule"] = batch.found.rule
        columns["breached"] = batch.found.breached
        columns["excess"] = batch.found.excess
    columns |= {f"request.{name}": column for name, column in batch.requests._asdict().items()}
    if batch.touched.size:
        columns["touched.no"] = batch.touched
        columns["touched.balance"] = batch.balances
    if batch.expired.size:
        columns["expired.slot"] = batch.expired
    return encode_frame(columns, {"program": program_hash})


def decode_batch(frame: Frame) -> JudgedBatch:
    """Read the payload of a ``transfers.batch`` fact; the arrays are read-only."""
    columns, n = frame.columns, frame.rows

    def column(name: str, dtype: str, absent: int = 0) -> npt.NDArray[Any]:
        found = columns.get(name)
        return np.full(n, absent, dtype=dtype) if found is None else found

    decision = column("decision", "u1")
    return JudgedBatch(
        rows=RowColumns._make(column(name, ROW_DTYPES[name]) for name in RowColumns._fields),
        asked=GateRows._make(column(name, GATE_DTYPES[name]) for name in GateRows._fields),
        found=Findings(
            decision,
            column("rule", "u1", NO_RULE),
            column("breached", "<u8"),
            column("excess", "<i8"),
        ),
        outcome=columns["outcome"],
        requests=RequestRows._make(columns[f"request.{name}"] for name in RequestRows._fields),
        touched=columns.get("touched.no", _NO_ACCOUNTS),
        balances=columns.get("touched.balance", _NO_BALANCES),
        expired=columns.get("expired.slot", _NO_ACCOUNTS),
        wallet=column("wallet", "<i8"),
    )


def bytes_column(items: Sequence[bytes]) -> npt.NDArray[np.uint8]:
    """Return byte strings of equal length as one fixed-width column."""
    return np.frombuffer(b"".join(items), dtype=np.uint8).reshape(len(items), -1)
