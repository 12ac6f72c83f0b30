"""The stateful half of the gate, row by row, exact to the unit.

``check_row`` asks, ``commit_row`` remembers, ``settle_event`` and ``release_event`` finish a hold.
They are kernel parts: the transfers room composes them with the ledger's posting in one loop, so
that row n sees what rows before it did. ``reference.py`` says the same in plain Python.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sandrail.controls.kinds import EXITS, Kind
from sandrail.controls.program import Measure, ProgramTable
from sandrail.controls.verdict import NO_RULE, Outcome
from sandrail.money import add128, lt128, sub128
from sandrail.world.jit import I64, U64, Column, kernel, lean_part

__all__ = [
    "NO_EVENT",
    "PER_WINDOW",
    "GateState",
    "check_row",
    "commit_row",
    "gate_batch",
    "newest_event",
    "release_event",
    "rethread_events",
    "settle_event",
    "undo_event",
    "warm_party",
]

NO_EVENT = -1
INCURABLE = -1

# Columns of GateState.events.
EVENT_AT, EVENT_VALUE, EVENT_NEXT, EVENT_KIND, EVENT_PARTY = 0, 1, 2, 3, 4
EVENT_COLUMNS = 5

# Columns of GateState.party for each window: sum, count, oldest event, its instant.
PER_WINDOW = 4

# Entries of GateState.totals.
EVENTS_USED, CLIENT_FUNDS, WARMTH = 0, 1, 2
TOTALS = 3

_ALLOW, _WARN, _HOLD = int(Outcome.ALLOW), int(Outcome.WARN), int(Outcome.HOLD)
_VALUE, _SUM, _COUNT = int(Measure.VALUE), int(Measure.WINDOW_SUM), int(Measure.WINDOW_COUNT)
_HOLDING, _SUPPLY, _RESERVE = int(Measure.HOLDING), int(Measure.SUPPLY), int(Measure.RESERVE)
_LEG, _ISSUE, _ON_RAMP = int(Kind.LEG), int(Kind.ISSUE), int(Kind.ON_RAMP)
_BRINGS_FUNDS = (1 << _ISSUE) | (1 << _ON_RAMP)
_TAKES_FUNDS = int(EXITS)
_I64_MAX = 2**63 - 1


class GateState(NamedTuple):
    """What the gate remembers; plain arrays, grown by the owner before a batch.

    Attributes:
        party: i8[parties, 4 * windows + 1]; per window the sum, the count, the oldest event still
            inside and its instant, then the newest event.
        events: i8[capacity, 5]; instant, value, next event of the party, kind, party.
        totals: i8[3]; events used, client funds, and a number nobody reads (see ``warm_party``).
        cover_hi, cover_lo: u8 per asset; units that the attested reserve covers.
    """

    party: Column
    events: Column
    totals: Column
    cover_hi: Column
    cover_lo: Column


@lean_part
def expire_party(table: ProgramTable, state: GateState, party: I64, now_us: I64) -> None:
    """Drop from each window of a party the events that are no longer younger than its length."""
    for w in range(table.window_us.shape[0]):
        column = PER_WINDOW * w
        oldest_us = now_us - table.window_us[w]
        # The instant stands in the party's own row, so that most rows read no event at all.
        if state.party[party, column + 3] > oldest_us:
            continue
        event = state.party[party, column + 2]
        while event >= 0 and state.events[event, EVENT_AT] <= oldest_us:
            kind = state.events[event, EVENT_KIND]
            if (table.window_kinds[w] >> np.uint32(kind)) & np.uint32(1):
                state.party[party, column] -= state.events[event, EVENT_VALUE]
                state.party[party, column + 1] -= 1
            event = state.events[event, EVENT_NEXT]
        state.party[party, column + 2] = event
        state.party[party, column + 3] = state.events[event, EVENT_AT] if event >= 0 else _I64_MAX


@lean_part
def warm_party(state: GateState, party: I64) -> None:
    """Read a party's row and newest event before its turn comes.

    A loop of nothing but these reads lets the processor fetch many parties from memory at once;
    the sequential loop after it then finds them in its cache.
    """
    row = state.party[party]
    tail = row[row.shape[0] - 1]
    if tail >= 0:
        state.totals[WARMTH] ^= state.events[tail, EVENT_NEXT]
    state.totals[WARMTH] ^= row[0]


@lean_part
def check_row(
    table: ProgramTable,
    state: GateState,
    kind: I64,
    asset: I64,
    party: I64,
    value: I64,
    facts: U64,
    now_us: I64,
    holding_hi: U64,
    holding_lo: U64,
    supply_hi: U64,
    supply_lo: U64,
) -> tuple[I64, I64, U64, I64]:
    """Judge one row against every limit; change nothing but expired windows.

    Args:
        party: the initiating customer, -1 for the firm.
        holding_hi, holding_lo: units on the credited account if the row passes.
        supply_hi, supply_lo: units in issue if the row passes.

    Returns:
        outcome, index of the first rule that gave it (NO_RULE), mask of all rules that objected,
        and by how much the value must shrink to pass them all (0: passes, -1: no amount would).
    """
    outcome: I64 = _ALLOW
    rule: I64 = NO_RULE
    breached = np.uint64(0)
    excess: I64 = 0
    if party >= 0:
        expire_party(table, state, party, now_us)
    bit = np.uint32(1) << np.uint32(kind)
    for k in range(table.rule.shape[0]):
        if (table.kinds[k] & bit) == 0:
            continue
        if table.asset[k] >= 0 and table.asset[k] != asset:
            continue
        if table.unless[k] != 0 and (np.uint32(facts) & table.unless[k]) == table.unless[k]:
            continue
        measure = table.measure[k]
        over = False
        by: I64 = INCURABLE
        level: I64 = 0
        if measure >= _HOLDING and measure <= _RESERVE:
            level_hi, level_lo = supply_hi, supply_lo
            limit_hi, limit_lo = table.limit_hi[k], table.limit_lo[k]
            if measure == _HOLDING:
                level_hi, level_lo = holding_hi, holding_lo
            elif measure == _RESERVE:
                limit_hi, limit_lo = state.cover_hi[asset], state.cover_lo[asset]
            over = lt128(limit_hi, limit_lo, level_hi, level_lo)
            if level_hi == limit_hi:
                gap = level_lo - limit_lo
                if over and gap <= np.uint64(_I64_MAX):
                    by = np.int64(gap)
            if level_hi == 0 and level_lo <= np.uint64(_I64_MAX):
                level = np.int64(level_lo)
            else:
                level = _I64_MAX
        else:
            if measure == _VALUE:
                level = value
            elif measure == _SUM:
                level = value
                if party >= 0:
                    level += state.party[party, PER_WINDOW * table.window[k]]
            elif measure == _COUNT:
                level = 1
                if party >= 0:
                    level += state.party[party, PER_WINDOW * table.window[k] + 1]
            else:
                level = state.totals[CLIENT_FUNDS] + value
            over = level > table.limit[k]
            if over and measure != _COUNT:
                by = level - table.limit[k]
        if over:
            breached |= np.uint64(1) << np.uint64(table.rule[k])
            if by == INCURABLE or by > value:
                excess = INCURABLE
            elif excess != INCURABLE:
                excess = max(excess, by)
            if table.outcome[k] > outcome:
                outcome = np.int64(table.outcome[k])
                rule = table.rule[k]
        elif level >= table.warn_at[k]:
            breached |= np.uint64(1) << np.uint64(table.rule[k])
            if outcome < _WARN:
                outcome = _WARN
                rule = table.rule[k]
    return outcome, rule, breached, excess


@lean_part
def commit_row(
    table: ProgramTable,
    state: GateState,
    kind: I64,
    party: I64,
    value: I64,
    now_us: I64,
    final: bool,
) -> I64:
    """Remember a row that the ledger took; return its event, by which a hold is finished later.

    Args:
        final: the row is posted; False for a hold, which reserves headroom until it is finished.
    """
    event = state.totals[EVENTS_USED]
    state.totals[EVENTS_USED] = event + 1
    state.events[event, EVENT_AT] = now_us
    state.events[event, EVENT_VALUE] = value
    state.events[event, EVENT_NEXT] = NO_EVENT
    state.events[event, EVENT_KIND] = kind
    state.events[event, EVENT_PARTY] = party
    if (_BRINGS_FUNDS >> kind) & 1:
        state.totals[CLIENT_FUNDS] += value
    elif final and (_TAKES_FUNDS >> kind) & 1:
        state.totals[CLIENT_FUNDS] -= value
    if party >= 0:
        windows = table.window_us.shape[0]
        tail = state.party[party, PER_WINDOW * windows]
        if tail >= 0:
            state.events[tail, EVENT_NEXT] = event
        state.party[party, PER_WINDOW * windows] = event
        for w in range(windows):
            if (table.window_kinds[w] >> np.uint32(kind)) & np.uint32(1):
                state.party[party, PER_WINDOW * w] += value
                state.party[party, PER_WINDOW * w + 1] += 1
            if state.party[party, PER_WINDOW * w + 2] < 0:
                state.party[party, PER_WINDOW * w + 2] = event
                state.party[party, PER_WINDOW * w + 3] = now_us
    return event


@lean_part
def newest_event(table: ProgramTable, state: GateState, party: I64) -> I64:
    """Return the newest event of a party, NO_EVENT for none or for the firm."""
    if party < 0:
        return np.int64(NO_EVENT)
    return np.int64(state.party[party, PER_WINDOW * table.window_us.shape[0]])


@lean_part
def undo_event(table: ProgramTable, state: GateState, newest_before: I64, final: bool) -> None:
    """Take the latest ``commit_row`` back as if it had not been; only at the same instant.

    Args:
        newest_before: ``newest_event`` of its party before the commit.
        final: as it was given to ``commit_row``.
    """
    event = state.totals[EVENTS_USED] - 1
    state.totals[EVENTS_USED] = event
    kind, value = state.events[event, EVENT_KIND], state.events[event, EVENT_VALUE]
    party = state.events[event, EVENT_PARTY]
    if (_BRINGS_FUNDS >> kind) & 1:
        state.totals[CLIENT_FUNDS] -= value
    elif final and (_TAKES_FUNDS >> kind) & 1:
        state.totals[CLIENT_FUNDS] += value
    if party < 0:
        return
    windows = table.window_us.shape[0]
    if newest_before >= 0:
        state.events[newest_before, EVENT_NEXT] = NO_EVENT
    state.party[party, PER_WINDOW * windows] = newest_before
    for w in range(windows):
        if (table.window_kinds[w] >> np.uint32(kind)) & np.uint32(1):
            state.party[party, PER_WINDOW * w] -= value
            state.party[party, PER_WINDOW * w + 1] -= 1
        if state.party[party, PER_WINDOW * w + 2] == event:
            state.party[party, PER_WINDOW * w + 2] = NO_EVENT
            state.party[party, PER_WINDOW * w + 3] = _I64_MAX


@lean_part
def settle_event(state: GateState, event: I64) -> None:
    """A hold became final: an exit's value leaves the client funds."""
    kind = state.events[event, EVENT_KIND]
    if (_TAKES_FUNDS >> kind) & 1:
        state.totals[CLIENT_FUNDS] -= state.events[event, EVENT_VALUE]


@lean_part
def release_event(table: ProgramTable, state: GateState, event: I64, now_us: I64) -> None:
    """A hold was given back: its headroom returns in every window that still counts it."""
    kind = state.events[event, EVENT_KIND]
    value = state.events[event, EVENT_VALUE]
    party = state.events[event, EVENT_PARTY]
    if (_BRINGS_FUNDS >> kind) & 1:
        state.totals[CLIENT_FUNDS] -= value
    if party >= 0:
        expire_party(table, state, party, now_us)
        for w in range(table.window_us.shape[0]):
            inside = state.events[event, EVENT_AT] > now_us - table.window_us[w]
            if inside and (table.window_kinds[w] >> np.uint32(kind)) & np.uint32(1):
                state.party[party, PER_WINDOW * w] -= value
                state.party[party, PER_WINDOW * w + 1] -= 1
    state.events[event, EVENT_KIND] = _LEG
    state.events[event, EVENT_VALUE] = 0


@kernel
def rethread_events(table: ProgramTable, state: GateState) -> None:
    """Count every event anew under another table, when the rules change in mid-stream.

    ``state.party`` is empty before. Events that are too old stay in the sums until the party is
    looked at next, as they always do.
    """
    windows = table.window_us.shape[0]
    for event in range(state.totals[EVENTS_USED]):
        party = state.events[event, EVENT_PARTY]
        state.events[event, EVENT_NEXT] = NO_EVENT
        if party < 0:
            continue
        tail = state.party[party, PER_WINDOW * windows]
        if tail >= 0:
            state.events[tail, EVENT_NEXT] = event
        state.party[party, PER_WINDOW * windows] = event
        kind = state.events[event, EVENT_KIND]
        for w in range(windows):
            if (table.window_kinds[w] >> np.uint32(kind)) & np.uint32(1):
                state.party[party, PER_WINDOW * w] += state.events[event, EVENT_VALUE]
                state.party[party, PER_WINDOW * w + 1] += 1
            if state.party[party, PER_WINDOW * w + 2] < 0:
                state.party[party, PER_WINDOW * w + 2] = event
                state.party[party, PER_WINDOW * w + 3] = state.events[event, EVENT_AT]


@kernel
def gate_batch(
    table: ProgramTable,
    state: GateState,
    rows: Column,
    amounts: Column,
    holdings: Column,
    supply: Column,
    now_us: I64,
    verdicts: Column,
) -> None:
    """Run the gate alone over a batch, for measuring and for replays without a ledger.

    Args:
        rows: kind, asset, debtor, creditor, value, facts as one tuple of columns (``GateRows``).
        amounts: u8[n, 2]; units of the asset.
        holdings: u8[parties, assets, 2]; units held, updated.
        supply: u8[assets, 2]; units in issue, updated.
        verdicts: i8[n, 4]; outcome, rule, mask of breached rules, excess; written.
    """
    kinds, assets, debtors, creditors, values, facts = rows
    for i in range(kinds.shape[0]):
        party = debtors[i] if debtors[i] >= 0 else creditors[i]
        if party >= 0:
            warm_party(state, party)
            state.totals[WARMTH] ^= np.int64(holdings[party, assets[i], 0])
        if creditors[i] >= 0:
            state.totals[WARMTH] ^= np.int64(holdings[creditors[i], assets[i], 0])
    for i in range(kinds.shape[0]):
        kind, asset = np.int64(kinds[i]), np.int64(assets[i])
        debtor, creditor = debtors[i], creditors[i]
        a_hi, a_lo = amounts[i, 0], amounts[i, 1]
        h_hi, h_lo = np.uint64(0), np.uint64(0)
        if creditor >= 0:
            h_hi, h_lo, _ = add128(
                holdings[creditor, asset, 0], holdings[creditor, asset, 1], a_hi, a_lo
            )
        s_hi, s_lo = supply[asset, 0], supply[asset, 1]
        if kind == _ISSUE:
            s_hi, s_lo, _ = add128(s_hi, s_lo, a_hi, a_lo)
        party = debtor if debtor >= 0 else creditor
        outcome, rule, breached, excess = check_row(
            table, state, kind, asset, party, values[i], facts[i], now_us, h_hi, h_lo, s_hi, s_lo
        )
        if outcome <= _HOLD:
            commit_row(table, state, kind, party, values[i], now_us, True)
            if debtor >= 0:
                d_hi, d_lo, short = sub128(
                    holdings[debtor, asset, 0], holdings[debtor, asset, 1], a_hi, a_lo
                )
                holdings[debtor, asset, 0] = np.uint64(0) if short else d_hi
                holdings[debtor, asset, 1] = np.uint64(0) if short else d_lo
            if (_TAKES_FUNDS >> kind) & 1:
                s_hi, s_lo, short = sub128(s_hi, s_lo, a_hi, a_lo)
                if short:
                    s_hi, s_lo = np.uint64(0), np.uint64(0)
            if creditor >= 0:
                holdings[creditor, asset, 0] = h_hi
                holdings[creditor, asset, 1] = h_lo
            supply[asset, 0] = s_hi
            supply[asset, 1] = s_lo
        verdicts[i, 0] = outcome
        verdicts[i, 1] = rule
        verdicts[i, 2] = np.int64(breached)
        verdicts[i, 3] = excess
