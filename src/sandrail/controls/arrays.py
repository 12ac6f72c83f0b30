"""The gate alone in NumPy: rows that cannot feel one another are judged as arrays.

Two rows of a batch feel one another when they share a customer, or when one moves the totals of the
firm (client funds, units in issue) and the other is measured by them. Rows that share nothing are
judged in one step; the others follow in waves that keep their order, or one by one where the waves
would be thin. The answers, and everything that is remembered, are those of ``gate_batch`` to the
bit; ``bench.gate`` says what either costs. The path of money itself runs in the kernel only, since
the ledger's posting has no other form.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.controls.kernel import (
    CLIENT_FUNDS,
    EVENT_AT,
    EVENT_KIND,
    EVENT_NEXT,
    EVENT_PARTY,
    EVENT_VALUE,
    EVENTS_USED,
    INCURABLE,
    NO_EVENT,
    PER_WINDOW,
    GateState,
)
from sandrail.controls.kinds import EXITS, Kind, mask
from sandrail.controls.program import Bools, GateRows, Measure, ProgramTable
from sandrail.controls.verdict import NO_RULE, Outcome

__all__ = ["gate_arrays"]

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

THIN_WAVE = 24
"""Rows a wave must hold on average; a step over arrays costs about what so many single rows do."""

_BRINGS_FUNDS = mask(Kind.ISSUE, Kind.ON_RAMP)
_MOVES_TOTALS = np.uint32(_BRINGS_FUNDS | EXITS)
_OF_THE_FIRM = (Measure.SUPPLY, Measure.RESERVE, Measure.CLIENT_FUNDS)
_I64_MAX = 2**63 - 1
_ZERO = np.uint64(0)


class _Work(NamedTuple):
    """Everything that a step reads and writes; rows are chosen by their number."""

    table: ProgramTable
    state: GateState
    rows: GateRows
    party: Ints
    bits: npt.NDArray[np.uint32]
    amounts: Words
    holdings: Words
    supply: Words
    verdicts: Ints


def gate_arrays(
    table: ProgramTable,
    state: GateState,
    rows: GateRows,
    amounts: Words,
    holdings: Words,
    supply: Words,
    now_us: int,
    verdicts: Ints,
) -> None:
    """Do what ``gate_batch`` does, with the same arguments, without a compiler."""
    party = np.where(rows.debtor >= 0, rows.debtor, rows.creditor)
    bits = np.uint32(1) << rows.kind.astype(np.uint32)
    work = _Work(table, state, rows, party, bits, amounts, holdings, supply, verdicts)
    _expire(work, now_us)
    alone, together = _apart(work)
    for chosen in (alone, *_in_order(work, together)):
        if chosen.size:
            _step(work, chosen)
    _remember(work, now_us)


def _expire(work: _Work, now_us: int) -> None:
    """Drop what is too old from the windows of every customer who asks."""
    state = work.state
    asking = np.unique(work.party[work.party >= 0])
    for w, length_us in enumerate(work.table.window_us.tolist()):
        column, kinds = PER_WINDOW * w, work.table.window_kinds[w]
        due = asking[state.party[asking, column + 3] <= now_us - length_us]
        while due.size:
            event = state.party[due, column + 2]
            counted = (kinds >> state.events[event, EVENT_KIND].astype(np.uint32)) & 1 != 0
            state.party[due, column] -= np.where(counted, state.events[event, EVENT_VALUE], 0)
            state.party[due, column + 1] -= counted
            after = state.events[event, EVENT_NEXT]
            at_us = np.where(after >= 0, state.events[after, EVENT_AT], _I64_MAX)
            state.party[due, column + 2], state.party[due, column + 3] = after, at_us
            due = due[at_us <= now_us - length_us]


def _apart(work: _Work) -> tuple[Ints, Ints]:
    """Split the rows into those that feel no other row and those that do, both in order."""
    rows = work.rows
    customers = np.concatenate((rows.debtor, rows.creditor))
    customers = customers[customers >= 0]
    ordered = np.sort(customers)
    shared = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    feels = np.isin(rows.debtor, shared) | np.isin(rows.creditor, shared)
    firm = _feels_firm(work)
    if int(firm.sum()) > 1:
        feels |= firm
    return np.flatnonzero(~feels), np.flatnonzero(feels)


def _feels_firm(work: _Work) -> Bools:
    """Return the rows that move the firm's totals or are measured by them, if any moves them."""
    moves = (work.bits & _MOVES_TOTALS) != 0
    if not moves.any():
        return np.zeros(moves.shape, dtype=np.bool_)
    measured = np.isin(work.table.measure, _OF_THE_FIRM)
    reads = np.bitwise_or.reduce(work.table.kinds[measured], initial=np.uint32(0))
    felt: Bools = moves | ((work.bits & reads) != 0)
    return felt


def _in_order(work: _Work, rows: Ints) -> list[Ints]:
    """Cut rows that feel one another into waves; no row is in the wave of one that it feels."""
    wave_of: dict[int, int] = {}
    waves: list[list[int]] = []
    firm = _feels_firm(work)[rows].tolist()
    debtors, creditors = work.rows.debtor[rows].tolist(), work.rows.creditor[rows].tolist()
    for row, debtor, creditor, of_firm in zip(rows.tolist(), debtors, creditors, firm, strict=True):
        keys = [key for key in (debtor, creditor) if key >= 0] + ([-1] if of_firm else [])
        wave = max((wave_of.get(key, 0) for key in keys), default=0)
        for key in keys:
            wave_of[key] = wave + 1
        if wave == len(waves):
            waves.append([])
        waves[wave].append(row)
    if rows.size < THIN_WAVE * len(waves):
        return [rows[place : place + 1] for place in range(rows.size)]
    return [np.array(wave, dtype=np.int64) for wave in waves]


def _step(work: _Work, chosen: Ints) -> None:
    """Judge rows that do not feel one another, and let those that pass count."""
    asset, debtor, creditor = (
        column[chosen] for column in (work.rows.asset, work.rows.debtor, work.rows.creditor)
    )
    a_hi, a_lo = work.amounts[chosen, 0], work.amounts[chosen, 1]
    known = creditor >= 0
    held = work.holdings[np.where(known, creditor, 0), asset]
    h_hi, h_lo = _plus(held[:, 0], held[:, 1], a_hi, a_lo)
    h_hi, h_lo = np.where(known, h_hi, _ZERO), np.where(known, h_lo, _ZERO)
    s_hi, s_lo = work.supply[asset, 0], work.supply[asset, 1]
    issues = work.rows.kind[chosen] == Kind.ISSUE
    more_hi, more_lo = _plus(s_hi, s_lo, a_hi, a_lo)
    s_hi, s_lo = np.where(issues, more_hi, s_hi), np.where(issues, more_lo, s_lo)
    _check(work, chosen, (h_hi, h_lo), (s_hi, s_lo))
    moves = work.verdicts[chosen, 0] <= Outcome.HOLD
    _count(work, chosen[moves])
    gives = moves & (debtor >= 0)
    left = work.holdings[debtor[gives], asset[gives]]
    work.holdings[debtor[gives], asset[gives]] = _minus(left, a_hi[gives], a_lo[gives])
    takes = moves & known
    work.holdings[creditor[takes], asset[takes], 0] = h_hi[takes]
    work.holdings[creditor[takes], asset[takes], 1] = h_lo[takes]
    exits = (work.bits[chosen] & np.uint32(EXITS)) != 0
    for place in np.flatnonzero(moves & (issues | exits)).tolist():
        # At most one row of a step moves the totals.
        line = np.array([[s_hi[place], s_lo[place]]], dtype=np.uint64)
        if exits[place]:
            line = _minus(line, a_hi[place : place + 1], a_lo[place : place + 1])
        work.supply[asset[place]] = line[0]


def _check(
    work: _Work, chosen: Ints, holding: tuple[Words, Words], issued: tuple[Words, Words]
) -> None:
    """Write the verdicts of the chosen rows: every limit in order, the strictest answer wins."""
    table, n = work.table, chosen.size
    outcome, rule = np.zeros(n, dtype=np.int64), np.full(n, NO_RULE, dtype=np.int64)
    breached, excess = np.zeros(n, dtype=np.uint64), np.zeros(n, dtype=np.int64)
    value, facts = work.rows.value[chosen], work.rows.facts[chosen]
    for k in range(table.rule.shape[0]):
        applies = (work.bits[chosen] & table.kinds[k]) != 0
        if table.asset[k] >= 0:
            applies &= work.rows.asset[chosen] == table.asset[k]
        if table.unless[k] != 0:
            applies &= (facts & table.unless[k]) != table.unless[k]
        if not applies.any():
            continue
        over, level, by = _level(work, k, chosen, holding, issued)
        over &= applies
        warns = applies & ~over & (level >= table.warn_at[k])
        breached[over | warns] |= np.uint64(1) << np.uint64(table.rule[k])
        hopeless = over & ((by == INCURABLE) | (by > value))
        curable = over & ~hopeless & (excess != INCURABLE)
        excess[curable] = np.maximum(excess[curable], by[curable])
        excess[hopeless] = INCURABLE
        for told, answer in ((over, int(table.outcome[k])), (warns, int(Outcome.WARN))):
            stricter = told & (outcome < answer)
            outcome[stricter], rule[stricter] = answer, table.rule[k]
    work.verdicts[chosen, 0], work.verdicts[chosen, 1] = outcome, rule
    work.verdicts[chosen, 2], work.verdicts[chosen, 3] = breached.view(np.int64), excess


def _level(
    work: _Work, k: int, chosen: Ints, holding: tuple[Words, Words], issued: tuple[Words, Words]
) -> tuple[Bools, Ints, Ints]:
    """Return which rows pass limit ``k``, where they stand, and by how much they pass it."""
    table, state, measure = work.table, work.state, Measure(int(work.table.measure[k]))
    if measure in (Measure.HOLDING, Measure.SUPPLY, Measure.RESERVE):
        hi, lo = holding if measure is Measure.HOLDING else issued
        most_hi = np.full(chosen.size, table.limit_hi[k])
        most_lo = np.full(chosen.size, table.limit_lo[k])
        if measure is Measure.RESERVE:
            asset = work.rows.asset[chosen]
            most_hi, most_lo = state.cover_hi[asset], state.cover_lo[asset]
        over: Bools = (hi > most_hi) | ((hi == most_hi) & (lo > most_lo))
        gap = lo - most_lo
        near = over & (hi == most_hi) & (gap <= np.uint64(_I64_MAX))
        small = (hi == 0) & (lo <= np.uint64(_I64_MAX))
        reached = np.where(small, lo.view(np.int64), np.full(1, _I64_MAX))
        return over, reached, np.where(near, gap.view(np.int64), np.int64(INCURABLE))
    level: Ints = work.rows.value[chosen].copy()
    if measure in (Measure.WINDOW_SUM, Measure.WINDOW_COUNT):
        party = work.party[chosen]
        column = PER_WINDOW * int(table.window[k]) + (measure is Measure.WINDOW_COUNT)
        used: Ints = np.where(party >= 0, state.party[np.maximum(party, 0), column], 0)
        asks: Ints = np.ones_like(level) if measure is Measure.WINDOW_COUNT else level
        level = used + asks
    elif measure is Measure.CLIENT_FUNDS:
        level += state.totals[CLIENT_FUNDS]
    over = level > table.limit[k]
    by = level - table.limit[k]
    if measure is Measure.WINDOW_COUNT:
        by[:] = INCURABLE
    return over, level, np.where(over, by, np.int64(INCURABLE))


def _count(work: _Work, passed: Ints) -> None:
    """Let rows that passed use up their customers' windows and move the client funds."""
    state, bits = work.state, work.bits[passed]
    value, party = work.rows.value[passed], work.party[passed]
    brings, takes = bits & np.uint32(_BRINGS_FUNDS) != 0, bits & np.uint32(EXITS) != 0
    state.totals[CLIENT_FUNDS] += value[brings].sum() - value[takes].sum()
    for w in range(work.table.window_us.shape[0]):
        counted = (party >= 0) & ((bits & work.table.window_kinds[w]) != 0)
        state.party[party[counted], PER_WINDOW * w] += value[counted]
        state.party[party[counted], PER_WINDOW * w + 1] += 1


def _remember(work: _Work, now_us: int) -> None:
    """Write the events of all rows that passed, in order, and thread them by customer."""
    state, windows = work.state, work.table.window_us.shape[0]
    passed = np.flatnonzero(work.verdicts[:, 0] <= Outcome.HOLD)
    first = int(state.totals[EVENTS_USED])
    event = first + np.arange(passed.size)
    state.totals[EVENTS_USED] = first + passed.size
    party = work.party[passed]
    state.events[event, EVENT_AT] = now_us
    state.events[event, EVENT_VALUE] = work.rows.value[passed]
    state.events[event, EVENT_NEXT] = NO_EVENT
    state.events[event, EVENT_KIND] = work.rows.kind[passed]
    state.events[event, EVENT_PARTY] = party
    order = np.argsort(party, kind="stable")
    order = order[party[order] >= 0]
    if not order.size:
        return
    mine, events = party[order], event[order]
    same = mine[1:] == mine[:-1]
    state.events[events[:-1][same], EVENT_NEXT] = events[1:][same]
    starts, ends = np.concatenate(([True], ~same)), np.concatenate((~same, [True]))
    tail = PER_WINDOW * windows
    newest = state.party[mine[starts], tail]
    state.events[newest[newest >= 0], EVENT_NEXT] = events[starts][newest >= 0]
    state.party[mine[ends], tail] = events[ends]
    for w in range(windows):
        empty = state.party[mine[starts], PER_WINDOW * w + 2] < 0
        state.party[mine[starts][empty], PER_WINDOW * w + 2] = events[starts][empty]
        state.party[mine[starts][empty], PER_WINDOW * w + 3] = now_us


def _plus(hi: Words, lo: Words, a_hi: Words, a_lo: Words) -> tuple[Words, Words]:
    """Add 128-bit numbers; what does not fit is lost, as in the kernel."""
    low = lo + a_lo
    return hi + a_hi + (low < lo), low


def _minus(line: Words, a_hi: Words, a_lo: Words) -> Words:
    """Subtract from 128-bit numbers, never below zero."""
    hi, lo = line[:, 0], line[:, 1]
    short = (hi < a_hi) | ((hi == a_hi) & (lo < a_lo))
    left = np.stack((hi - a_hi - (lo < a_lo), lo - a_lo), axis=1)
    left[short] = 0
    return left
