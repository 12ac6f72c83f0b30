"""The one loop in which a transfer is judged and posted, row by row.

Row n sees the limits used and the balances left by the rows before it, so no number of concurrent
callers can overshoot a limit by one unit.

A linked chain is all or none, for the gate as for the ledger. It is tried as asked; when the gate
lets one row wait, ledger and gate go back to before its first row and all of it is tried as holds.
What a chain gives back by finishing older holds is free after it, not for its own rows.
"""

from __future__ import annotations

import numpy as np

from sandrail.controls import (
    CANNOT_WAIT,
    GATED,
    NO_EVENT,
    NO_RULE,
    TORN_CHAIN,
    WITH_ITS_CHAIN,
    GateState,
    Kind,
    ProgramTable,
    check_row,
    commit_row,
    newest_event,
    release_event,
    settle_event,
    undo_event,
)
from sandrail.controls import Outcome as Decision
from sandrail.ledger import (
    ACCEPTED_MAX,
    CHAIN_NONE,
    CHAIN_POST,
    BookState,
    Outcome,
    PendingState,
    RowColumns,
    RowFlag,
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
    rewind_chain,
    undo_chain,
)
from sandrail.money import add128, sub128
from sandrail.world.jit import I64, Column, kernel, lean_part

__all__ = ["judge_and_post"]

# Typed on purpose: a bare literal is a type of its own, and its callee would be compiled twice.
_GATED, _FINISHES = np.int64(GATED), np.int64((1 << Kind.SETTLE) | (1 << Kind.RELEASE))
_ISSUE, _SETTLE = np.int64(Kind.ISSUE), np.int64(Kind.SETTLE)
_ACCEPTED = np.int64(ACCEPTED_MAX)
_POSTED, _UNSEEN = np.int64(Outcome.POSTED), np.int64(Outcome.NOT_RUN)
_LINKED_FAILED = np.int64(Outcome.LINKED_FAILED)
_OPEN, _LINKED = np.int64(PendingState.OPEN), np.int64(RowFlag.LINKED)
_HOLD, _BLOCK = np.int64(Decision.HOLD), np.int64(Decision.BLOCK)
_ACCOUNTS, _TOUCHED = np.int64(at.ACCOUNTS), np.int64(at.TOUCHED)
_CHAIN_START = np.int64(at.CHAIN_START)
_STANDS, _WAITS = np.int64(0), np.int64(1)
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
        # Limits do not count it; a stateless control may still refuse to finish a hold.
        return np.int64(found.outcome[i])
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
def count_in(
    table: ProgramTable,
    gate: GateState,
    book: BookState,
    rows: RowColumns,
    asked: Column,
    event_of: Column,
    i: I64,
    now_us: I64,
    outcome: I64,
) -> I64:
    """Count a row that the ledger took in the gate; return the party's newest event before it."""
    kinds, _, debtors, creditors, values, _ = asked
    kind = np.int64(kinds[i])
    if not (_GATED >> kind) & 1:
        return np.int64(NO_EVENT)
    party = debtors[i] if debtors[i] >= 0 else creditors[i]
    newest = newest_event(table, gate, party)
    slot = find_slot(book, rows.id_hi[i], rows.id_lo[i])
    event_of[slot] = commit_row(table, gate, kind, party, values[i], now_us, outcome == _POSTED)
    return newest


@lean_part
def finish_in(
    table: ProgramTable,
    gate: GateState,
    book: BookState,
    rows: RowColumns,
    kind: I64,
    event_of: Column,
    i: I64,
    now_us: I64,
) -> None:
    """Tell the gate that row ``i`` has finished a hold."""
    if not (_FINISHES >> kind) & 1:
        return
    event = event_of[find_slot(book, rows.pending_hi[i], rows.pending_lo[i])]
    if event != NO_EVENT:
        if kind == _SETTLE:
            settle_event(gate, event)
        else:
            release_event(table, gate, event, now_us)


@lean_part
def waits_with_next(book: BookState, slot: I64) -> bool:
    """Return whether the gate held the transfer at ``slot`` together with the one after it."""
    entry = book.transfers[slot]
    return bool(
        entry.decision == _HOLD
        and entry.outcome <= _ACCEPTED
        and np.int64(entry["flags"]) & _LINKED
    )


@lean_part
def tears_chain(
    book: BookState, rows: RowColumns, kinds: Column, first: I64, last: I64, i: I64
) -> bool:
    """Return whether row ``i`` finishes a part of a held chain.

    The rows of a chain have slots one after the other. So all of it is finished when the rows
    beside ``i``, in the chain ``first..last`` that is asked now, finish the slots beside its slot.
    """
    slot = find_slot(book, rows.pending_hi[i], rows.pending_lo[i])
    if slot < 0 or book.transfers[slot].state != _OPEN:
        return False
    before = slot > 0 and waits_with_next(book, slot - 1)
    after = waits_with_next(book, slot)
    if before or after:
        entry = book.transfers[slot]
        hi, lo = rows.amount_hi[i], rows.amount_lo[i]
        if (hi != ZERO or lo != ZERO) and (hi != entry.amount_hi or lo != entry.amount_lo):
            return True
    if before:
        if i == first or kinds[i - 1] != kinds[i]:
            return True
        if find_slot(book, rows.pending_hi[i - 1], rows.pending_lo[i - 1]) != slot - 1:
            return True
    if after:
        if i == last or kinds[i + 1] != kinds[i]:
            return True
        if find_slot(book, rows.pending_hi[i + 1], rows.pending_lo[i + 1]) != slot + 1:
            return True
    return False


@lean_part
def overrule(found: Column, i: I64, decision: I64, rule: I64) -> I64:
    """Let the chain of row ``i`` decide about it."""
    found.outcome[i] = decision
    found.rule[i] = rule
    return decision


@lean_part
def restate(book: BookState, rows: RowColumns, found: Column, i: I64) -> None:
    """Give a row seen before the decision that it got then; it is not judged again."""
    slot = find_slot(book, rows.id_hi[i], rows.id_lo[i])
    found.outcome[i] = book.transfers[slot].decision
    rows.decision[i] = book.transfers[slot].decision
    found.rule[i] = NO_RULE
    found.breached[i] = ZERO
    found.excess[i] = 0


@lean_part
def one_row(
    table: ProgramTable,
    gate: GateState,
    book: BookState,
    rows: RowColumns,
    asked: Column,
    found: Column,
    contra: Column,
    first: I64,
    last: I64,
    i: I64,
    now_us: I64,
    waits: bool,
) -> I64:
    """Judge and post row ``i`` of the chain ``first..last``, all of which waits if ``waits``."""
    known = known_outcome(book, rows, i)
    if known != _UNSEEN:
        restate(book, rows, found, i)
        return known
    kind = np.int64(asked[0][i])
    decision = judge(table, gate, book, rows, asked, found, contra, i, now_us)
    if (_FINISHES >> kind) & 1 and decision < _BLOCK:
        if waits:
            decision = overrule(found, i, _BLOCK, np.int64(CANNOT_WAIT))
        elif tears_chain(book, rows, asked[0], first, last, i):
            decision = overrule(found, i, _BLOCK, np.int64(TORN_CHAIN))
    elif waits and decision < _HOLD:
        decision = overrule(found, i, _HOLD, np.int64(WITH_ITS_CHAIN))
    rows.decision[i] = decision
    return post_row(book, rows, i, now_us, decision)


@lean_part
def refuse(
    book: BookState, rows: RowColumns, found: Column, i: I64, now_us: I64, outcome: I64
) -> I64:
    """Refuse a row of a chain that cannot stand; what the stateless controls said is kept."""
    if known_outcome(book, rows, i) != _UNSEEN:
        restate(book, rows, found, i)
    else:
        rows.decision[i] = found.outcome[i]
    return refuse_row(book, rows, i, now_us, np.int64(found.outcome[i]), outcome)


@lean_part
def forget(
    table: ProgramTable,
    gate: GateState,
    book: BookState,
    kinds: Column,
    event_of: Column,
    newest: Column,
    outcomes: Column,
    first: I64,
    last: I64,
) -> None:
    """Take back what the gate counted for the rows ``first`` to before ``last``, latest first."""
    j = last - 1
    while j >= first:
        if (_GATED >> np.int64(kinds[j])) & 1:
            undo_event(table, gate, newest[j], np.int64(outcomes[j]) == _POSTED)
            event_of[book.counters[_CHAIN_START] + j - first] = NO_EVENT
        j -= 1


@lean_part
def try_chain(
    table: ProgramTable,
    gate: GateState,
    book: BookState,
    rows: RowColumns,
    asked: Column,
    found: Column,
    contra: Column,
    event_of: Column,
    newest: Column,
    first: I64,
    last: I64,
    now_us: I64,
    outcomes: Column,
    waits: bool,
) -> I64:
    """Post the chain ``first..last`` as a whole or refuse all of it.

    Returns:
        WAITS when nothing was done yet, because the gate lets a row wait and so all of it must.
    """
    touched = book.counters[_TOUCHED]
    begin_chain(book)
    for j in range(first, last + 1):
        outcomes[j] = one_row(
            table, gate, book, rows, asked, found, contra, first, last, j, now_us, waits
        )
        failed = outcomes[j] > _ACCEPTED
        if failed or (rows.decision[j] == _HOLD and not waits):
            forget(table, gate, book, asked[0], event_of, newest, outcomes, first, j)
            if not failed:
                rewind_chain(book, touched)
                return _WAITS
            undo_chain(book, outcomes, first, j)
            for k in range(j + 1, last + 1):
                outcomes[k] = refuse(book, rows, found, k, now_us, _LINKED_FAILED)
            return _STANDS
        newest[j] = count_in(
            table, gate, book, rows, asked, event_of, j, now_us, np.int64(outcomes[j])
        )
    for j in range(first, last + 1):
        finish_in(table, gate, book, rows, np.int64(asked[0][j]), event_of, j, now_us)
    return _STANDS


@kernel
def judge_and_post(
    table: ProgramTable,
    gate: GateState,
    book: BookState,
    rows: RowColumns,
    asked: Column,
    found: Column,
    stateless: Column,
    contra: Column,
    event_of: Column,
    newest: Column,
    now_us: int,
    outcomes: Column,
    expired: Column,
) -> int:
    """Judge and post a batch in order; return how many holds timed out first.

    Args:
        asked: ``GateRows`` as a plain tuple; ``found``: ``Findings`` of the stateless controls,
            completed here; ``stateless``: a copy of them, for chains that are tried twice.
        contra: i8 per asset, the account against which units are issued.
        event_of: i8 per transfer slot, the gate's event, NO_EVENT for none.
        newest: i8[n], room to remember what a chain that fails must be taken back to.
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
        if plan == CHAIN_NONE:
            outcome = one_row(table, gate, book, rows, asked, found, contra, i, i, i, now_us, False)
            outcomes[i] = outcome
            if outcome <= _ACCEPTED:
                count_in(table, gate, book, rows, asked, event_of, i, now_us, outcome)
                finish_in(table, gate, book, rows, np.int64(asked[0][i]), event_of, i, now_us)
        elif plan == CHAIN_POST:
            waits = False
            while (
                try_chain(
                    table,
                    gate,
                    book,
                    rows,
                    asked,
                    found,
                    contra,
                    event_of,
                    newest,
                    i,
                    last,
                    now_us,
                    outcomes,
                    waits,
                )
                == _WAITS
            ):
                waits = True
                for j in range(i, last + 1):
                    found.outcome[j], found.rule[j] = stateless.outcome[j], stateless.rule[j]
                    found.breached[j] = stateless.breached[j]
                    found.excess[j] = stateless.excess[j]
        else:
            for j in range(i, last + 1):
                outcomes[j] = refuse(book, rows, found, j, now_us, chain_outcome(plan, j, last))
        i = last + 1
    return int(expired_count)
