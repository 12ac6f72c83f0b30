"""The lifecycle: which act leads from which state to which, who may do it and what it needs.

There are two machines. One is about an application, from draft to decision; the other about the
instrument that a successful application leads to. Both are tables; the core, the permissions and
the picture in the documentation read the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from sandrail.world import Role

__all__ = [
    "APPEALABLE",
    "APPLICATION_MACHINE",
    "CLOSED",
    "DOORS_OPEN",
    "INSTRUMENT_MACHINE",
    "RUNNING_STATES",
    "Act",
    "Doors",
    "Need",
    "State",
    "Transition",
    "draw",
    "transitions_from",
]


class State(StrEnum):
    """Where an application or an instrument stands."""

    NEW = "new"
    # of an application
    DRAFT = "draft"
    SELF_CHECKED = "self_checked"
    SUBMITTED = "submitted"
    COMPLETENESS = "completeness"
    RFI_OPEN = "rfi_open"
    EVALUATION = "evaluation"
    CONSULTATION = "consultation"
    COMMITTEE = "committee"
    IN_PRINCIPLE = "in_principle"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    APPEALED = "appealed"
    REFUSED_FINALLY = "refused_finally"
    # of an instrument
    PREPARATION = "preparation"
    LIVE = "live"
    SUSPENDED = "suspended"
    EXTENSION_REQUESTED = "extension_requested"
    EXIT_REVIEW = "exit_review"
    GRADUATED = "graduated"
    WIND_DOWN = "wind_down"
    PROHIBITED_DEFERRED = "prohibited_deferred"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"


class Act(StrEnum):
    """What somebody did. The fact's kind is ``casework.`` and this word."""

    STARTED = "started"
    SAVED = "saved"
    SELF_CHECKED = "self_checked"
    SUBMITTED = "submitted"
    AMENDED = "amended"
    RECEIVED = "received"
    COMPLETED = "completed"
    ASKED = "asked"
    ANSWERED = "answered"
    CONFLICT_DECLARED = "conflict_declared"
    SCORED = "scored"
    MODERATED = "moderated"
    FOUND = "found"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CONSULTED = "consulted"
    AGENCY_ANSWERED = "agency_answered"
    SILENCE_RECORDED = "silence_recorded"
    REFERRED = "referred"
    VOTED = "voted"
    APPROVED = "approved"
    REFUSED = "refused"
    CONDITION_MET = "condition_met"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    APPEALED = "appealed"
    UPHELD = "upheld"
    REMITTED = "remitted"
    # on an instrument
    INSTRUMENT_CREATED = "instrument_created"
    EXAM_RECORDED = "exam_recorded"
    DRILL_RECORDED = "drill_recorded"
    STAGE_OPENED = "stage_opened"
    NARROWED = "narrowed"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    EXTENSION_REQUESTED = "extension_requested"
    EXTENDED = "extended"
    EXTENSION_DECLINED = "extension_declined"
    FINAL_REPORTED = "final_reported"
    GRADUATED = "graduated"
    WIND_DOWN_ORDERED = "wind_down_ordered"
    PROHIBITED_DEFERRED = "prohibited_deferred"
    SET_ASIDE = "set_aside"
    PACK_ADOPTED = "pack_adopted"
    ONBOARDING_STOPPED = "onboarding_stopped"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"
    # on either
    REDACTED = "redacted"


class Need(IntEnum):
    """What has to stand behind an act besides a person and a time."""

    NOTHING = 0
    REASON = 1
    REASON_AND_EVIDENCE = 2


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Attributes:
        source: the state before.
        act: what is done.
        target: the state after.
        makers: roles of whom one does it.
        checkers: roles of whom one other person agrees; empty when one person is enough.
        need: what has to stand behind it.
    """

    source: State
    act: Act
    target: State
    makers: tuple[Role, ...]
    checkers: tuple[Role, ...] = ()
    need: Need = Need.NOTHING


_FIRM = (Role.FIRM_PREPARER, Role.FIRM_SIGNATORY)
_SIGNS = (Role.FIRM_SIGNATORY,)
_INTAKE = (Role.INTAKE_OFFICER,)
_OFFICER = (Role.CASE_OFFICER,)
_LEAD = (Role.CASE_OFFICER, Role.MODERATOR, Role.HEAD)
_SCORER = (Role.CASE_OFFICER, Role.AML_SPECIALIST, Role.RESERVE_ANALYST)
_FINDER = (*_SCORER, Role.SUPERVISOR)
_MODERATOR = (Role.MODERATOR,)
_AGENCY = (Role.AGENCY_OFFICER,)
_COMMITTEE = (Role.COMMITTEE_MEMBER,)
_HEAD = (Role.HEAD,)
_PROPOSER = (Role.CASE_OFFICER, Role.COMMITTEE_MEMBER, Role.SUPERVISOR)
_WATCH = (Role.SUPERVISOR,)
_WATCH_OR_HEAD = (Role.SUPERVISOR, Role.HEAD)
_PANEL = (Role.APPEAL_PANEL,)
_SYSTEM = (Role.SYSTEM,)
_INSIDERS = (*_SCORER, Role.INTAKE_OFFICER, Role.MODERATOR, Role.SUPERVISOR, *_COMMITTEE, *_HEAD)
_BOTH = Need.REASON_AND_EVIDENCE
_S, _A, _T = State, Act, Transition

_OPEN_STATES: Final = (
    _S.DRAFT,
    _S.SELF_CHECKED,
    _S.SUBMITTED,
    _S.COMPLETENESS,
    _S.RFI_OPEN,
    _S.EVALUATION,
    _S.CONSULTATION,
    _S.COMMITTEE,
    _S.IN_PRINCIPLE,
    _S.APPEALED,
)
_APPLIED: Final = (
    *_OPEN_STATES,
    _S.REFUSED,
    _S.GRANTED,
    _S.WITHDRAWN,
    _S.LAPSED,
    _S.REFUSED_FINALLY,
)
_ASKABLE: Final = (_S.COMPLETENESS, _S.EVALUATION, _S.CONSULTATION)
_REVIEWED: Final = (_S.COMPLETENESS, _S.EVALUATION, _S.CONSULTATION, _S.COMMITTEE, _S.APPEALED)

APPLICATION_MACHINE: Final[tuple[Transition, ...]] = (
    _T(_S.NEW, _A.STARTED, _S.DRAFT, _FIRM),
    _T(_S.DRAFT, _A.SAVED, _S.DRAFT, _FIRM),
    _T(_S.SELF_CHECKED, _A.SAVED, _S.DRAFT, _FIRM),
    _T(_S.DRAFT, _A.SELF_CHECKED, _S.SELF_CHECKED, _FIRM),
    _T(_S.SELF_CHECKED, _A.SUBMITTED, _S.SUBMITTED, _SIGNS, _SIGNS),
    _T(_S.SUBMITTED, _A.AMENDED, _S.SUBMITTED, _SIGNS, _SIGNS, Need.REASON),
    _T(_S.COMPLETENESS, _A.AMENDED, _S.COMPLETENESS, _SIGNS, _SIGNS, Need.REASON),
    _T(_S.SUBMITTED, _A.RECEIVED, _S.COMPLETENESS, _INTAKE),
    *(
        _T(state, _A.ASKED, _S.RFI_OPEN, (*_INTAKE, *_OFFICER), (), Need.REASON)
        for state in _ASKABLE
    ),
    *(_T(_S.RFI_OPEN, _A.ANSWERED, state, _SIGNS) for state in _ASKABLE),
    _T(_S.RFI_OPEN, _A.LAPSED, _S.LAPSED, _SYSTEM, (), Need.REASON),
    _T(_S.COMPLETENESS, _A.COMPLETED, _S.EVALUATION, _INTAKE, _LEAD),
    *(_T(state, _A.CONFLICT_DECLARED, state, _INSIDERS + _PANEL) for state in _REVIEWED),
    _T(_S.EVALUATION, _A.SCORED, _S.EVALUATION, _SCORER),
    _T(_S.EVALUATION, _A.MODERATED, _S.EVALUATION, _MODERATOR, (), Need.REASON),
    _T(_S.EVALUATION, _A.FOUND, _S.EVALUATION, _FINDER),
    _T(_S.EVALUATION, _A.CONFIRMED, _S.EVALUATION, _FINDER + _MODERATOR),
    _T(_S.EVALUATION, _A.REJECTED, _S.EVALUATION, _FINDER + _MODERATOR, (), Need.REASON),
    _T(_S.EVALUATION, _A.CONSULTED, _S.CONSULTATION, _OFFICER),
    _T(_S.CONSULTATION, _A.AGENCY_ANSWERED, _S.CONSULTATION, _AGENCY),
    _T(_S.CONSULTATION, _A.SILENCE_RECORDED, _S.CONSULTATION, _OFFICER),
    _T(_S.CONSULTATION, _A.REFERRED, _S.COMMITTEE, _OFFICER, _LEAD),
    _T(_S.EVALUATION, _A.REFERRED, _S.COMMITTEE, _OFFICER, _LEAD),
    _T(_S.COMMITTEE, _A.VOTED, _S.COMMITTEE, _COMMITTEE, (), Need.REASON),
    _T(_S.COMMITTEE, _A.APPROVED, _S.IN_PRINCIPLE, _PROPOSER, _HEAD, _BOTH),
    _T(_S.EVALUATION, _A.APPROVED, _S.IN_PRINCIPLE, _OFFICER, _HEAD, _BOTH),
    _T(_S.COMMITTEE, _A.REFUSED, _S.REFUSED, _PROPOSER, _HEAD, _BOTH),
    _T(_S.EVALUATION, _A.REFUSED, _S.REFUSED, _OFFICER, _HEAD, _BOTH),
    _T(_S.IN_PRINCIPLE, _A.CONDITION_MET, _S.IN_PRINCIPLE, _OFFICER, _LEAD, _BOTH),
    _T(_S.IN_PRINCIPLE, _A.ISSUED, _S.GRANTED, _PROPOSER, _HEAD, _BOTH),
    _T(_S.IN_PRINCIPLE, _A.LAPSED, _S.LAPSED, _SYSTEM, (), Need.REASON),
    _T(_S.REFUSED, _A.APPEALED, _S.APPEALED, _SIGNS, (), Need.REASON),
    _T(_S.APPEALED, _A.UPHELD, _S.REFUSED_FINALLY, _PANEL, _PANEL, _BOTH),
    _T(_S.APPEALED, _A.REMITTED, _S.EVALUATION, _PANEL, _PANEL, _BOTH),
    *(_T(state, _A.WITHDRAWN, _S.WITHDRAWN, _SIGNS, (), Need.REASON) for state in _OPEN_STATES),
    *(_T(state, _A.REDACTED, state, _OFFICER, _HEAD, Need.REASON) for state in _APPLIED),
)
"""What may happen to an application."""

_RUNNING: Final = (_S.LIVE, _S.EXTENSION_REQUESTED, _S.EXIT_REVIEW)
_STOPPABLE: Final = (_S.PREPARATION, *_RUNNING)
_TERMINABLE: Final = (*_STOPPABLE, _S.SUSPENDED)

_EXITS: Final = (_S.GRADUATED, _S.WIND_DOWN, _S.PROHIBITED_DEFERRED, _S.EXPIRED, _S.REVOKED)
_ATTACKED: Final = MappingProxyType(
    {
        _S.SUSPENDED: _STOPPABLE,
        _S.REVOKED: _TERMINABLE,
        _S.WIND_DOWN: (_S.EXIT_REVIEW, _S.SUSPENDED),
        _S.PROHIBITED_DEFERRED: (_S.EXIT_REVIEW,),
    }
)
"""Where a decision that is set aside leads back to, by the state that it had led to."""

APPEALABLE: Final = frozenset(
    {_A.NARROWED, _A.SUSPENDED, _A.REVOKED, _A.WIND_DOWN_ORDERED, _A.PROHIBITED_DEFERRED}
)
"""What a firm may appeal about its instrument. An appeal does not lift it until it is judged."""

RUNNING_STATES: Final = frozenset({_S.PREPARATION, *_RUNNING, _S.GRADUATED})
"""States in which an instrument is held by its firm."""

INSTRUMENT_MACHINE: Final[tuple[Transition, ...]] = (
    _T(_S.NEW, _A.INSTRUMENT_CREATED, _S.PREPARATION, _PROPOSER, _HEAD, _BOTH),
    _T(_S.NEW, _A.INSTRUMENT_CREATED, _S.LIVE, _PROPOSER, _HEAD, _BOTH),
    _T(_S.PREPARATION, _A.EXAM_RECORDED, _S.PREPARATION, _WATCH, (), _BOTH),
    _T(_S.PREPARATION, _A.DRILL_RECORDED, _S.PREPARATION, _WATCH, (), _BOTH),
    _T(_S.PREPARATION, _A.STAGE_OPENED, _S.LIVE, _WATCH, _HEAD, _BOTH),
    _T(_S.LIVE, _A.STAGE_OPENED, _S.LIVE, _WATCH, _HEAD, _BOTH),
    _T(_S.LIVE, _A.NARROWED, _S.LIVE, _WATCH, _WATCH_OR_HEAD, _BOTH),
    *(
        _T(state, _A.SUSPENDED, _S.SUSPENDED, _WATCH_OR_HEAD, (), Need.REASON)
        for state in _STOPPABLE
    ),
    *(_T(_S.SUSPENDED, _A.RESUMED, state, _WATCH, _WATCH_OR_HEAD, _BOTH) for state in _STOPPABLE),
    _T(_S.LIVE, _A.EXTENSION_REQUESTED, _S.EXTENSION_REQUESTED, _SIGNS, (), _BOTH),
    _T(_S.EXTENSION_REQUESTED, _A.EXTENDED, _S.LIVE, _PROPOSER, _HEAD, _BOTH),
    _T(_S.EXTENSION_REQUESTED, _A.EXTENSION_DECLINED, _S.LIVE, _PROPOSER, _HEAD, _BOTH),
    _T(_S.LIVE, _A.FINAL_REPORTED, _S.EXIT_REVIEW, _SIGNS, (), _BOTH),
    _T(_S.EXIT_REVIEW, _A.GRADUATED, _S.GRADUATED, _PROPOSER, _HEAD, _BOTH),
    _T(_S.EXIT_REVIEW, _A.WIND_DOWN_ORDERED, _S.WIND_DOWN, _PROPOSER, _HEAD, _BOTH),
    _T(_S.EXIT_REVIEW, _A.PROHIBITED_DEFERRED, _S.PROHIBITED_DEFERRED, _PROPOSER, _HEAD, _BOTH),
    _T(_S.SUSPENDED, _A.WIND_DOWN_ORDERED, _S.WIND_DOWN, _PROPOSER, _HEAD, _BOTH),
    *(_T(state, _A.ONBOARDING_STOPPED, state, _SYSTEM, (), Need.REASON) for state in _TERMINABLE),
    *(_T(state, _A.EXPIRED, _S.EXPIRED, _SYSTEM, (), Need.REASON) for state in _TERMINABLE),
    *(_T(state, _A.REVOKED, _S.REVOKED, _PROPOSER, _HEAD, _BOTH) for state in _TERMINABLE),
    *(
        _T(state, _A.PACK_ADOPTED, state, _WATCH, _HEAD, _BOTH)
        for state in (*_TERMINABLE, _S.GRADUATED)
    ),
    *(
        _T(state, _A.CONFLICT_DECLARED, state, _INSIDERS + _PANEL)
        for state in (*_TERMINABLE, *_EXITS)
    ),
    *(
        _T(state, _A.APPEALED, state, _SIGNS, (), Need.REASON)
        for state in (*_RUNNING, *_ATTACKED, _S.EXPIRED)
    ),
    *(
        _T(state, act, state, _PANEL, _PANEL, _BOTH)
        for state in (*_TERMINABLE, *_EXITS)
        for act in (_A.UPHELD, _A.SET_ASIDE)
    ),
    *(
        _T(state, _A.SET_ASIDE, before, _PANEL, _PANEL, _BOTH)
        for state, befores in _ATTACKED.items()
        for before in befores
    ),
    *(_T(state, _A.ENDED, _S.ENDED, _WATCH, _WATCH_OR_HEAD, _BOTH) for state in _EXITS),
    *(
        _T(state, _A.REDACTED, state, _OFFICER, _HEAD, Need.REASON)
        for state in (*_TERMINABLE, *_EXITS, _S.ENDED)
    ),
)
"""What may happen to an instrument."""

CLOSED: Final = frozenset(
    {
        _S.GRANTED,
        _S.WITHDRAWN,
        _S.LAPSED,
        _S.REFUSED_FINALLY,
        _S.ENDED,
    }
)
"""States that nothing leads out of. By law personal data may still be taken out of the case."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What a firm may still do under an instrument. The way out is never shut.

    Attributes:
        onboarding: take new customers.
        transfers: issue and move value.
        redemptions: pay customers out.
    """

    onboarding: bool
    transfers: bool
    redemptions: bool = True


DOORS_OPEN: Final[Mapping[State, Doors]] = MappingProxyType(
    {
        _S.PREPARATION: Doors(onboarding=False, transfers=False),
        _S.LIVE: Doors(onboarding=True, transfers=True),
        _S.EXTENSION_REQUESTED: Doors(onboarding=True, transfers=True),
        _S.EXIT_REVIEW: Doors(onboarding=False, transfers=True),
        _S.SUSPENDED: Doors(onboarding=False, transfers=False),
        _S.GRADUATED: Doors(onboarding=False, transfers=True),
        _S.WIND_DOWN: Doors(onboarding=False, transfers=False),
        _S.PROHIBITED_DEFERRED: Doors(onboarding=False, transfers=False),
        _S.EXPIRED: Doors(onboarding=False, transfers=False),
        _S.REVOKED: Doors(onboarding=False, transfers=False),
        _S.ENDED: Doors(onboarding=False, transfers=False),
    }
)
"""What each state of an instrument leaves open, before its dates are looked at."""


def _index(rows: Iterable[Transition]) -> Mapping[tuple[State, Act], tuple[Transition, ...]]:
    index: dict[tuple[State, Act], tuple[Transition, ...]] = {}
    for row in rows:
        key = (row.source, row.act)
        index[key] = (*index.get(key, ()), row)
    return MappingProxyType(index)


_INDEX: Final = _index((*APPLICATION_MACHINE, *INSTRUMENT_MACHINE))


def transitions_from(state: State, act: Act) -> tuple[Transition, ...]:
    """Return the rows for ``act`` in ``state``: none, one, or several that differ in the target."""
    return _INDEX.get((state, act), ())


def draw(machine: Iterable[Transition]) -> str:
    """Return the machine as a Mermaid state diagram; acts that change nothing are left out."""
    labels: dict[tuple[State, State], list[str]] = {}
    for row in machine:
        if row.source is not row.target:
            two = " (two people)" if row.checkers else ""
            label = f"{row.act.replace('_', ' ')}{two}"
            labels.setdefault((row.source, row.target), []).append(label)
    lines = ["stateDiagram-v2"]
    for (source, target), acts in labels.items():
        start = "[*]" if source is State.NEW else source.value
        lines.append(f"    {start} --> {target.value}: {', '.join(acts)}")
    ends = {row.target for row in machine} & CLOSED
    lines += [f"    {state.value} --> [*]" for state in State if state in ends]
    return "\n".join(lines) + "\n"
