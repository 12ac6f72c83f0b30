"""Room for what the gate remembers: arrays that grow ahead of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.controls.kernel import (
    EVENT_COLUMNS,
    EVENT_NEXT,
    EVENT_PARTY,
    EVENTS_USED,
    PER_WINDOW,
    TOTALS,
    GateState,
    rethread_events,
)
from sandrail.controls.program import ProgramTable
from sandrail.world import InputError

__all__ = ["empty_gate", "gate_columns", "gate_of_columns", "grown_gate", "rethreaded_gate"]

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


def gate_columns(state: GateState, *, parties: int) -> dict[str, npt.NDArray[Any]]:
    """Return what the gate remembers of so many parties, without the room it keeps ahead."""
    known = min(parties, state.party.shape[0])
    return {
        "party": state.party[:known],
        "events": state.events[: int(state.totals[EVENTS_USED])],
        "totals": state.totals,
        "cover_hi": state.cover_hi,
        "cover_lo": state.cover_lo,
    }


def gate_of_columns(
    columns: Mapping[str, npt.NDArray[Any]], *, windows: int, assets: int, parties: int
) -> GateState:
    """Return the gate that ``gate_columns`` was given; kernels check no bounds, so this does.

    Raises:
        InputError: the columns have other forms, or a number points to what is not there.
    """
    party, events, totals = columns["party"], columns["events"], columns["totals"]
    used, width = events.shape[0], PER_WINDOW * windows + 1
    links = [events[:, EVENT_NEXT], party[:, -1:], *(party[:, 2:width:PER_WINDOW].T)]
    whole = (
        party.shape[1:] == (width,)
        and events.shape[1:] == (EVENT_COLUMNS,)
        and totals.shape == (TOTALS,)
        and columns["cover_hi"].shape == columns["cover_lo"].shape == (assets,)
        and party.shape[0] <= parties
        and int(totals[EVENTS_USED]) == used
        and all(((link >= -1) & (link < used)).all() for link in links)
        and ((events[:, EVENT_PARTY] >= 0) & (events[:, EVENT_PARTY] < max(parties, 1))).all()
    )
    if not whole:
        raise InputError(
            "The columns are not those of a gate.",
            why="They have other forms, or a number in them points to what is not there.",
            fix="Replay the facts instead.",
            code="controls.bad_gate",
        )
    state = empty_gate(windows=windows, assets=assets)
    state = grown_gate(state, parties=parties, new_events=used)
    state.party[: party.shape[0]] = party
    state.events[:used] = events
    for name in ("totals", "cover_hi", "cover_lo"):
        getattr(state, name)[:] = columns[name]
    return state


def _party_rows(parties: int, windows: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    rows = np.zeros((parties, PER_WINDOW * windows + 1), dtype=np.int64)
    for w in range(windows):
        rows[:, PER_WINDOW * w + 2] = -1
        rows[:, PER_WINDOW * w + 3] = _NEVER_US
    rows[:, PER_WINDOW * windows] = -1
    return rows
