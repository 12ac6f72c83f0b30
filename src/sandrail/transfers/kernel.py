"""The one loop in which a transfer is judged and posted, row by row.

Row n sees the limits used and the balances left by the rows before it, so no number of concurrent
callers can overshoot a limit by one unit.
"""

from __future__ import annotations

import numpy as np

from sandrail.controls import (
    GATED,
    NO_EVENT,
    NO_RULE,
    GateState,
    Kind,
    ProgramTable,
    check_row,
    commit_row,
    release_event,
    settle_event,
)
from sandrail.ledger import (
    ACCEPTED_MAX,
    CHAIN_NONE,
    CHAIN_POST,
    BookState,
    Outcome,
    RowColumns,
    at,
    begin_batch,
    begin_chain,
    chain_outcome,
    expire_due,
    find_slot,
    known_outcome,
    plan_chain,
    post_row,
    refuse_row,
    undo_chain,
)
from sandrail.money import add128, sub128
from sandrail.world.jit import I64, Column, kernel, lean_part

__all__ = ["judge_and_post"]

# Typed on purpose: a bare literal is a type of its own, and its callee would be compiled twice.
_GATED = np.int64(GATED)
_ISSUE, _SETTLE, _RELEASE = np.int64(Kind.ISSUE), np.int64(Kind.SETTLE), np.int64(Kind.RELEASE)
_ACCEPTED = np.int64(ACCEPTED_MAX)
_POSTED, _UNSEEN = np.int64(Outcome.POSTED), np.int64(Outcome.NOT_RUN)
_LINKED_FAILED = np.int64(Outcome.LINKED_FAILED)
_ACCOUNTS = np.int64(at.ACCOUNTS)
_DEBITS_PENDING, _DEBITS_POSTED = np.int64(at.DEBITS_PENDING), np.int64(at.DEBITS_POSTED)
_CREDITS_PENDING, _CREDITS_POSTED = np.int64(at.CREDITS_PENDING), np.int64(at.CREDITS_POSTED)
ZERO = np.uint64(0)


@lean_part
def units_in(
    book: BookState, account: I64, pending: I64, posted: I64, taken: I64
) -> tuple[I64, I64]:
    """Return pending + posted of one side less what the other side took, never below zero."""
    if account < 0 or account >= book.counters[_ACCOUNTS]:
        return ZERO, ZERO
    b = book.balances[account]
    hi, lo, _ = add128(b[pending], b[pending + 1], b[posted], b[posted + 1])
    hi, lo, negative = sub128(hi, lo, b[taken], b[taken + 1])
    if negative:
        return ZERO, ZERO
    return hi, lo


@lean_part
def judge(
    table: ProgramTable,
    gate: GateState,
    book: BookState,
    rows: RowColumns,
    asked: Column,
    found: Column,
    contra: Column,
    i: I64,
    now_us: I64,
) -> I64:
    """Join the answer of the stateless controls with that of the limits; return the decision."""
    kinds, assets, debtors, creditors, values, facts = asked
    kind, asset = np.int64(kinds[i]), np.int64(assets[i])
    if not (_GATED >> kind) & 1:
        return np.int64(0)
    held_hi, held_lo = units_in(
        book, rows.credit[i], _CREDITS_PENDING, _CREDITS_POSTED, _DEBITS_POSTED
    )
    supply_hi, supply_lo = units_in(
        book, contra[asset], _DEBITS_PENDING, _DEBITS_POSTED, _CREDITS_POSTED
    )
    held_hi, held_lo, _ = add128(held_hi, held_lo, rows.amount_hi[i], rows.amount_lo[i])
    if kind == _ISSUE:
        supply_hi, supply_lo, _ = add128(supply_hi, supply_lo, rows.amount_hi[i], rows.amount_lo[i])
    party = debtors[i] if debtors[i] >= 0 else creditors[i]
    outcome, rule, breached, excess = check_row(
        table,
        gate,
        kind,
        asset,
        party,
        values[i],
        np.uint64(facts[i]),
        now_us,
        held_hi,
        held_lo,
        supply_hi,
        supply_lo,
    )
    if found.excess[i] == 0:
        found.excess[i] = excess
    found.breached[i] |= breached
    if outcome > np.int64(found.outcome[i]):
        found.outcome[i] = outcome
        found.rule[i] = rule
    return np.int64(found.outcome[i])


@lean_part
def remember(
    table: ProgramTable,
    gate: GateState,
    book: BookState,
    rows: RowColumns,
    asked: Column,
    event_of: Column,
    i: I64,
    now_us: I64,
    outcome: I64,
) -> None:
    """Tell the gate about a row that the ledger took."""
    kinds, _, debtors, creditors, values, _ = asked
    kind = np.int64(kinds[i])
    if (_GATED >> kind) & 1:
        party = debtors[i] if debtors[i] >= 0 else creditors[i]
        slot = find_slot(book, rows.id_hi[i], rows.id_lo[i])
        event_of[slot] = commit_row(table, gate, kind, party, values[i], now_us, outcome == _POSTED)
    elif kind == _SETTLE or kind == _RELEASE:
        slot = find_slot(book, rows.pending_hi[i], rows.pending_lo[i])
        event = event_of[slot]
        if event != NO_EVENT:
            if kind == _SETTLE:
                settle_event(gate, event)
            else:
                release_event(table, gate, event, now_us)


@lean_part
def one_row(
    table: ProgramTable,
    gate: GateState,
    book: BookState,
    rows: RowColumns,
    asked: Column,
    found: Column,
    contra: Column,
    i: I64,
    now_us: I64,
) -> I64:
    """Judge and post row ``i``; a row seen before keeps its answer and is not judged again."""
    known = known_outcome(book, rows, i)
    if known != _UNSEEN:
        slot = find_slot(book, rows.id_hi[i], rows.id_lo[i])
        found.outcome[i] = book.transfers[slot].decision
        rows.decision[i] = book.transfers[slot].decision
        found.rule[i] = NO_RULE
        found.breached[i] = ZERO
        found.excess[i] = 0
        return known
    decision = judge(table, gate, book, rows, asked, found, contra, i, now_us)
    rows.decision[i] = decision
    return post_row(book, rows, i, now_us, decision)


@lean_part
def refuse(
    book: BookState, rows: RowColumns, found: Column, i: I64, now_us: I64, outcome: I64
) -> I64:
    """Refuse a row of a chain that cannot stand; what the stateless controls said is kept."""
    rows.decision[i] = found.outcome[i]
    return refuse_row(book, rows, i, now_us, np.int64(found.outcome[i]), outcome)


@kernel
def judge_and_post(
    table: ProgramTable,
    gate: GateState,
    book: BookState,
    rows: RowColumns,
    asked: Column,
    found: Column,
    contra: Column,
    event_of: Column,
    now_us: int,
    outcomes: Column,
    expired: Column,
) -> int:
    """Judge and post a batch in order; return how many holds timed out first.

    Args:
        asked: ``GateRows`` as a plain tuple; ``found``: ``Findings`` of the stateless controls,
            completed here.
        contra: i8 per asset, the account against which units are issued.
        event_of: i8 per transfer slot, the gate's event, NO_EVENT for none.
        outcomes: u1[n], written; ``expired``: i8 slots, written.
    """
    begin_batch(book, now_us)
    expired_count = expire_due(book, now_us, expired)
    for k in range(expired_count):
        event = event_of[expired[k]]
        if event != NO_EVENT:
            release_event(table, gate, event, now_us)
    n = rows.id_hi.shape[0]
    i = np.int64(0)
    while i < n:
        last, plan = plan_chain(book, rows, i, n)
        if plan == CHAIN_NONE or plan == CHAIN_POST:
            begin_chain(book)
            failed = False
            for j in range(i, last + 1):
                if failed:
                    outcomes[j] = refuse(book, rows, found, j, now_us, _LINKED_FAILED)
                    continue
                outcomes[j] = one_row(table, gate, book, rows, asked, found, contra, j, now_us)
                if outcomes[j] > _ACCEPTED:
                    failed = True
                    if plan == CHAIN_POST:
                        undo_chain(book, outcomes, i, j)
            # The gate hears of a chain only when all of it stands, so nothing needs undoing there.
            for j in range(i, last + 1):
                outcome = np.int64(outcomes[j])
                if outcome <= _ACCEPTED and not failed:
                    remember(table, gate, book, rows, asked, event_of, j, now_us, outcome)
        else:
            for j in range(i, last + 1):
                outcomes[j] = refuse(book, rows, found, j, now_us, chain_outcome(plan, j, last))
        i = last + 1
    return int(expired_count)
