"""Room for what the gate remembers: arrays that grow ahead of a batch."""

from __future__ import annotations

import numpy as np

from sandrail.controls.kernel import (
    EVENT_COLUMNS,
    EVENTS_USED,
    PER_WINDOW,
    TOTALS,
    GateState,
    rethread_events,
)
from sandrail.controls.program import ProgramTable

__all__ = ["empty_gate", "grown_gate", "rethreaded_gate"]

_NEVER_US = 2**63 - 1


def empty_gate(*, windows: int, assets: int, parties: int = 64, events: int = 1_024) -> GateState:
    """Return a gate that has seen nothing, with room for so many parties and events."""
    return GateState(
        party=_party_rows(parties, windows),
        events=np.zeros((events, EVENT_COLUMNS), dtype=np.int64),
        totals=np.zeros(TOTALS, dtype=np.int64),
        cover_hi=np.zeros(assets, dtype=np.uint64),
        cover_lo=np.zeros(assets, dtype=np.uint64),
    )


def grown_gate(state: GateState, *, parties: int, new_events: int) -> GateState:
    """Return the gate with room for ``parties`` in all and ``new_events`` more events."""
    party, events = state.party, state.events
    if parties > party.shape[0]:
        windows = (party.shape[1] - 1) // PER_WINDOW
        rows = _party_rows(max(parties, 2 * party.shape[0]), windows)
        rows[: party.shape[0]] = party
        party = rows
    needed = int(state.totals[EVENTS_USED]) + new_events
    if needed > events.shape[0]:
        larger = np.zeros((max(needed, 2 * events.shape[0]), EVENT_COLUMNS), dtype=np.int64)
        larger[: events.shape[0]] = events
        events = larger
    return state._replace(party=party, events=events)


def rethreaded_gate(state: GateState, table: ProgramTable) -> GateState:
    """Return the gate with its events counted under another table of limits and windows."""
    rows = _party_rows(state.party.shape[0], table.window_us.shape[0])
    again = state._replace(party=rows)
    rethread_events(table, again)
    return again


def _party_rows(parties: int, windows: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    rows = np.zeros((parties, PER_WINDOW * windows + 1), dtype=np.int64)
    for w in range(windows):
        rows[:, PER_WINDOW * w + 2] = -1
        rows[:, PER_WINDOW * w + 3] = _NEVER_US
    rows[:, PER_WINDOW * windows] = -1
    return rows
