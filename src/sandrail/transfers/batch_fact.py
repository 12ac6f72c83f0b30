"""A judged batch as one fact: what was asked, what gate and ledger said, what it left behind.

The columns of the main table, one entry a row::

    id_hi id_lo debit credit amount_hi amount_lo flags pending_hi pending_lo timeout_us   the row
    decision outcome                                        the gate's word and the ledger's
    kind asset debtor creditor value facts                  what the gate read
    rule breached excess                                    why

and beside it ``request.*`` (the idempotency keys answered), ``touched.*`` (balances afterwards of
every account that changed) and ``expired.*`` (holds that timed out first).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.controls import Findings, GateRows
from sandrail.journal import Frame, encode_frame
from sandrail.ledger import RowColumns

__all__ = ["KIND_BATCH", "JudgedBatch", "RequestRows", "decode_batch", "encode_batch"]

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
        expired_hi, expired_lo: u8, ids of holds that timed out before the first row.
    """

    rows: RowColumns
    asked: GateRows
    found: Findings
    outcome: npt.NDArray[np.uint8]
    requests: RequestRows
    touched: npt.NDArray[np.int64]
    balances: npt.NDArray[np.uint64]
    expired_hi: npt.NDArray[np.uint64]
    expired_lo: npt.NDArray[np.uint64]


def encode_batch(batch: JudgedBatch, *, program_hash: str) -> bytes:
    """Return the payload of a ``transfers.batch`` fact."""
    columns = batch.rows._asdict()
    columns |= batch.asked._asdict()
    columns["outcome"] = batch.outcome
    columns["rule"] = batch.found.rule
    columns["breached"] = batch.found.breached
    columns["excess"] = batch.found.excess
    columns |= {f"request.{name}": column for name, column in batch.requests._asdict().items()}
    columns["touched.account"] = batch.touched
    columns["touched.balances"] = batch.balances
    columns["expired.id_hi"] = batch.expired_hi
    columns["expired.id_lo"] = batch.expired_lo
    return encode_frame(columns, {"program": program_hash})


def decode_batch(frame: Frame) -> JudgedBatch:
    """Read the payload of a ``transfers.batch`` fact; the arrays are views and read-only."""
    column = frame.columns
    return JudgedBatch(
        rows=RowColumns(*(column[name] for name in RowColumns._fields)),
        asked=GateRows(*(column[name] for name in GateRows._fields)),
        found=Findings(column["decision"], column["rule"], column["breached"], column["excess"]),
        outcome=column["outcome"],
        requests=RequestRows(*(column[f"request.{name}"] for name in RequestRows._fields)),
        touched=column["touched.account"],
        balances=column["touched.balances"],
        expired_hi=column["expired.id_hi"],
        expired_lo=column["expired.id_lo"],
    )
