"""Double-entry books: accounts, the posting kernel, holds, balances, reconciliation."""

from sandrail.ledger.book import Balance, Book, PostResult, Transfer, TrialLine
from sandrail.ledger.chart import ART_CHART, EXCHANGE_CHART, AccountTemplate, ChartCode
from sandrail.ledger.codes import (
    ACCEPTED_MAX,
    AccountFlag,
    GateDecision,
    Outcome,
    PendingState,
    RowFlag,
)
from sandrail.ledger.errors import (
    AccountError,
    AccountInUseError,
    BalanceError,
    FourEyesError,
    HaltedError,
    InstantError,
    KeyConflictError,
    ReplayError,
    RowsError,
)
from sandrail.ledger.facts import (
    LEDGER_KINDS,
    apply_fact,
    batch_columns,
    rows_of_frame,
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
    capture_after,
    chain_outcome,
    plan_chain,
    post_row,
    refuse_row,
    undo_chain,
)
from sandrail.ledger.ledger import Ledger, Posted
from sandrail.ledger.rows import TransferRow, body_hash, row_columns, rows_of
from sandrail.ledger.state import BookState, RowColumns
from sandrail.ledger.timeouts import expire_due

__all__ = [
    "ACCEPTED_MAX",
    "ART_CHART",
    "CHAIN_CUT",
    "CHAIN_MIXED",
    "CHAIN_NONE",
    "CHAIN_POST",
    "CHAIN_REPLAY",
    "EXCHANGE_CHART",
    "LEDGER_KINDS",
    "AccountError",
    "AccountFlag",
    "AccountInUseError",
    "AccountTemplate",
    "Balance",
    "BalanceError",
    "Book",
    "BookState",
    "ChartCode",
    "FourEyesError",
    "GateDecision",
    "HaltedError",
    "InstantError",
    "KeyConflictError",
    "Ledger",
    "Outcome",
    "PendingState",
    "PostResult",
    "Posted",
    "ReplayError",
    "RowColumns",
    "RowFlag",
    "RowsError",
    "Transfer",
    "TransferRow",
    "TrialLine",
    "apply_fact",
    "batch_columns",
    "begin_batch",
    "begin_chain",
    "body_hash",
    "capture_after",
    "chain_outcome",
    "expire_due",
    "find_slot",
    "known_outcome",
    "plan_chain",
    "post_row",
    "refuse_row",
    "row_columns",
    "rows_of",
    "rows_of_frame",
    "undo_chain",
]
