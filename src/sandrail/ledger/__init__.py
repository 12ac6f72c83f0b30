"""Double-entry books: accounts, the posting kernel, holds, balances, reconciliation."""

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
    "BookState",
    "GateDecision",
    "Outcome",
    "PendingState",
    "RowColumns",
    "RowFlag",
    "begin_batch",
    "begin_chain",
    "chain_outcome",
    "expire_due",
    "find_slot",
    "known_outcome",
    "plan_chain",
    "post_row",
    "refuse_row",
    "undo_chain",
]
