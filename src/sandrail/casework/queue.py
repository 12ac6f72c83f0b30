"""The office's queue: what waits for whom, the most urgent first. Nothing ages in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sandrail.casework.case import Case, Instrument
from sandrail.casework.clocks import ClockReading, ClockState, clocks_of
from sandrail.casework.docket import Docket
from sandrail.casework.lifecycle import APPLICATION_MACHINE, CLOSED, INSTRUMENT_MACHINE, Act, State
from sandrail.rulebook import Pack
from sandrail.world import Actor, Role

__all__ = ["QueueItem", "queue_for"]

_URGENT_DAYS: Final = 3
"""A line of ours for the colour on the screen; no rule depends on it."""

_ANY_TIME: Final = frozenset({Act.REDACTED, Act.PACK_ADOPTED})
"""Acts that nobody waits for."""

_JUDGES: Final = frozenset({Act.UPHELD, Act.SET_ASIDE})
_LATER: Final = date.max


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Something that waits.

    Attributes:
        id: application or instrument.
        firm_id: whose it is.
        state: where it stands.
        acts: what the person could do next.
        clock: the clock that runs out first; None when none runs.
        urgent: late, or within three units of its end.
        since_us: when it last moved.
    """

    id: str
    firm_id: str
    state: State
    acts: tuple[str, ...]
    clock: ClockReading | None
    urgent: bool
    since_us: int


def queue_for(actor: Actor, docket: Docket, pack: Pack, *, at_us: int) -> tuple[QueueItem, ...]:
    """Return what the actor's role can move on, the most urgent first.

    Cases in which the actor has declared a conflict of interest are left out; whether a single act
    is really allowed is for ``may`` to say when it is tried.
    """
    items = [item for item in _items(actor, docket, pack, at_us=at_us) if item.acts]
    return tuple(sorted(items, key=_urgency))


def _items(actor: Actor, docket: Docket, pack: Pack, *, at_us: int) -> Iterator[QueueItem]:
    subjects: list[Case | Instrument] = [*docket.cases.values(), *docket.instruments.values()]
    for subject in subjects:
        if subject.state in CLOSED or (isinstance(subject, Case) and subject.conflicted(actor)):
            continue
        if _is_firm(actor) and subject.firm_id != actor.organisation:
            continue
        running = [
            it
            for it in clocks_of(subject, pack, at_us=at_us)
            if it.waits and it.state is ClockState.RUNNING
        ]
        clock = min(running, key=lambda it: (it.due or _LATER, it.id), default=None)
        yield QueueItem(
            id=subject.id,
            firm_id=subject.firm_id,
            state=subject.state,
            acts=_acts(actor.role, subject),
            clock=clock,
            urgent=clock is not None and (clock.late or clock.left <= _URGENT_DAYS),
            since_us=subject.last_us,
        )


def _acts(role: Role, subject: Case | Instrument) -> tuple[str, ...]:
    machine = APPLICATION_MACHINE if isinstance(subject, Case) else INSTRUMENT_MACHINE
    acts = (
        row.act.value
        for row in machine
        if row.source is subject.state and role in (*row.makers, *row.checkers)
        if row.act not in _ANY_TIME and not _is_idle(row.act, subject)
    )
    return tuple(dict.fromkeys(acts))


def _is_idle(act: Act, subject: Case | Instrument) -> bool:
    """Tell whether the table allows an act on an instrument that waits for nobody now."""
    if isinstance(subject, Case):
        return False
    if act is Act.CONFLICT_DECLARED:
        return True
    if act is Act.APPEALED:
        return subject.appealable is None
    return act in _JUDGES and subject.open_appeal is None


def _is_firm(actor: Actor) -> bool:
    return actor.role in {Role.FIRM_PREPARER, Role.FIRM_SIGNATORY, Role.FIRM_ENGINEER, Role.MLRO}


def _urgency(item: QueueItem) -> tuple[bool, date, int, str]:
    due = item.clock.due if item.clock is not None and item.clock.due is not None else _LATER
    return (not item.urgent, due, item.since_us, item.id)
