"""Double-entry books: accounts, the posting kernel, holds, balances, reconciliation."""

from sandrail.ledger.book import Balance, Book, PostResult, Transfer, TrialLine
from sandrail.ledger.codes import (
    ACCEPTED_MAX,
    AccountFlag,
    GateDecision,
    Outcome,
    PendingState,
    RowFlag,
)
from sandrail.ledger.id_index import find_slot, known_outcome
from sandrail.ledger.kernel import (
    CHAIN_CUT,
    CHAIN_MIXED,
    CHAIN_NONE,
    CHAIN_POST,
    CHAIN_REPLAY,
    begin_batch,
    begin_chain,
    chain_outcome,
    plan_chain,
    post_row,
    refuse_row,
    undo_chain,
)
from sandrail.ledger.rows import TransferRow, body_hash, row_columns, rows_of
from sandrail.ledger.state import BookState, RowColumns
from sandrail.ledger.timeouts import expire_due

__all__ = [
    "ACCEPTED_MAX",
    "CHAIN_CUT",
    "CHAIN_MIXED",
    "CHAIN_NONE",
    "CHAIN_POST",
    "CHAIN_REPLAY",
    "AccountFlag",
    "Balance",
    "Book",
    "BookState",
    "GateDecision",
    "Outcome",
    "PendingState",
    "PostResult",
    "RowColumns",
    "RowFlag",
    "Transfer",
    "TransferRow",
    "TrialLine",
    "begin_batch",
    "begin_chain",
    "body_hash",
    "chain_outcome",
    "expire_due",
    "find_slot",
    "known_outcome",
    "plan_chain",
    "post_row",
    "refuse_row",
    "row_columns",
    "rows_of",
    "undo_chain",
]
