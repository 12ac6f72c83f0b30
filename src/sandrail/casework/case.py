"""What the entries of a case add up to: the application's case, and the instrument it leads to.

Everything here is derived; ``advance`` in ``derive.py`` builds it entry by entry, live and on
replay alike. Nothing here is ever edited: each entry yields a new record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sandrail.casework.application import Application, InstrumentKind
from sandrail.casework.entry import Entry, Grounds
from sandrail.casework.lifecycle import APPEALABLE, State
from sandrail.rulebook import Permission
from sandrail.world import Actor

__all__ = [
    "Appeal",
    "Case",
    "ConflictOfInterest",
    "Consultation",
    "Decision",
    "Finding",
    "FindingState",
    "Instrument",
    "Question",
    "Score",
    "ScoreSheet",
    "Verdict",
    "Version",
    "Vote",
]


class Verdict(StrEnum):
    """What a finding says about a criterion."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"


class FindingState(StrEnum):
    """Whether a second person has looked."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the application's text.

    Attributes:
        number: from 1.
        content_hash: SHA-256 of the canonical application.
        application: what it said.
        at_us: when it was saved.
        seq: the fact that holds it.
        redacted_under: the law by which its people were taken out of it; empty for none.
    """

    number: int
    content_hash: str
    application: Application
    at_us: int
    seq: int
    redacted_under: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an officer found on one criterion, and who looked again.

    Attributes:
        id: ``<application>/<number>``.
        criterion: the pack's criterion.
        verdict: met, partly or not.
        text: what was found, in words.
        evidence: hashes it rests on.
        author: who found it.
        state: proposed, confirmed or rejected.
        reviewer: who confirmed or rejected it; never the author.
    """

    id: str
    criterion: str
    verdict: Verdict
    text: str
    evidence: tuple[str, ...]
    author: Actor
    state: FindingState = FindingState.PROPOSED
    reviewer: Actor | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """One criterion's score by one scorer, 0 to 4, with the evidence it cites."""

    criterion: str
    points: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """All scores of one scorer, given blind."""

    scorer: Actor
    scores: tuple[Score, ...]
    seq: int

    def points(self, criterion: str) -> int | None:
        """Return the points for a criterion, or None where it was not scored."""
        return next((it.points for it in self.scores if it.criterion == criterion), None)


@dataclass(frozen=True, slots=True)
class Consultation:
    """What one agency was asked, and what came back; silence is an entry, not an assumption.

    Attributes:
        agency: code of the agency in the pack; question: as put to it.
        asked_us, due_us: when, and until when it may answer.
        answer: its words, None as long as there are none.
        objection: whether it objects; officer: who answered for it.
        silent: whether its silence was recorded after the clock.
    """

    agency: str
    question: str
    asked_us: int
    due_us: int
    answer: str | None = None
    objection: bool = False
    officer: Actor | None = None
    silent: bool = False

    @property
    def closed(self) -> bool:
        """Whether there is an answer or a recorded silence."""
        return self.answer is not None or self.silent


@dataclass(frozen=True, slots=True)
class Question:
    """A request for information: all points at once, clock stopped until the answer.

    Attributes:
        points: what is asked.
        asked_in: the state of the case, to which the answer leads back.
        asked_us, answered_us: when; the latter is None as long as nobody has answered.
    """

    points: tuple[str, ...]
    asked_in: State
    asked_us: int
    answered_us: int | None = None


@dataclass(frozen=True, slots=True)
class ConflictOfInterest:
    """A declared conflict: who has it takes no further part."""

    actor: Actor
    nature: str


@dataclass(frozen=True, slots=True)
class Vote:
    """A committee member's vote; a dissent is kept with its reason."""

    member: Actor
    in_favour: bool
    note: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal against a decision on an instrument.

    Attributes:
        against: sequence of the decision.
        at_us: when it was lodged.
        outcome: ``upheld`` or ``set_aside``; empty while it is open.
    """

    against: int
    at_us: int
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it is published.

    Attributes:
        subject: application or instrument.
        outcome: the act that decided, ``approved``, ``refused``, ``graduated`` ...
        grounds: coded reasons and evidence.
        maker: who proposed.
        checker: who agreed.
        at_us: when.
        seq: the fact.
    """

    subject: str
    outcome: str
    grounds: Grounds
    maker: Actor
    checker: Actor
    at_us: int
    seq: int


@dataclass(frozen=True, slots=True)
class Case:
    """An application and everything done about it.

    Attributes:
        id: public id; firm_id: whose it is; kind: of the instrument applied for.
        state: where it stands; opened_us: when it was started; history: every entry, in order.
        versions: what the firm said, the latest last; self_check_hash: of the last self-check.
        findings, sheets, consultations, votes: of the present round, one sheet a scorer.
        moderated: points agreed on by criterion, of the present round.
        questions, conflicts: of every round.
        conditions, conditions_met: of a decision in principle, as texts.
        decisions: every decision; instrument_id: what was issued, None as long as nothing was.
        round: of evaluation, from 1; an application that is sent back begins another.
    """

    id: str
    firm_id: str
    kind: InstrumentKind
    state: State
    opened_us: int
    history: tuple[Entry, ...]
    versions: tuple[Version, ...] = ()
    self_check_hash: str | None = None
    findings: tuple[Finding, ...] = ()
    sheets: tuple[ScoreSheet, ...] = ()
    moderated: dict[str, int] = field(default_factory=dict)
    consultations: tuple[Consultation, ...] = ()
    questions: tuple[Question, ...] = ()
    conflicts: tuple[ConflictOfInterest, ...] = ()
    votes: tuple[Vote, ...] = ()
    conditions: tuple[str, ...] = ()
    conditions_met: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    instrument_id: str | None = None
    round: int = 1

    @property
    def application(self) -> Application:
        """The latest version of what the firm said."""
        return self.versions[-1].application

    @property
    def last_us(self) -> int:
        """When the last entry was made."""
        return self.history[-1].at_us

    def finding(self, finding_id: str) -> Finding | None:
        """Return a finding by its id."""
        return next((it for it in self.findings if it.id == finding_id), None)

    def confirmed(self, criterion: str) -> Finding | None:
        """Return the confirmed finding on a criterion; the last one where there are several."""
        found = [
            it
            for it in self.findings
            if it.criterion == criterion and it.state is FindingState.CONFIRMED
        ]
        return found[-1] if found else None

    def conflicted(self, actor: Actor) -> bool:
        """Tell whether the actor has declared a conflict of interest."""
        return any(it.actor.id == actor.id for it in self.conflicts)


@dataclass(frozen=True, slots=True)
class Instrument:
    """What the regulator issued, and everything done under it.

    Attributes:
        permission: what the gate enforces, as of now.
        onboarding_to_us: first instant at which no new customer is taken.
        operates: customers may be served under it; a certificate only permits to prepare.
        suspended_from: the state it goes back to when it is resumed.
        appeals: against decisions on it, in their order; at most the last one is open.
        conflicts: who has declared a conflict of interest, with the application or since.
    """

    id: str
    kind: InstrumentKind
    firm_id: str
    application_id: str
    state: State
    permission: Permission
    history: tuple[Entry, ...]
    onboarding_to_us: int
    operates: bool = True
    exam_passed: bool = False
    drill_passed: bool = False
    onboarding_stopped: bool = False
    suspended_from: State | None = None
    extension_asked_us: int | None = None
    final_report_hash: str | None = None
    decisions: tuple[Decision, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    conflicts: tuple[ConflictOfInterest, ...] = ()

    @property
    def last_us(self) -> int:
        """When the last entry was made."""
        return self.history[-1].at_us

    @property
    def open_appeal(self) -> Appeal | None:
        """The appeal that waits to be judged."""
        return self.appeals[-1] if self.appeals and not self.appeals[-1].outcome else None

    @property
    def appealable(self) -> Entry | None:
        """The last decision that the firm may appeal, unless it has done so already."""
        decided = [entry for entry in self.history if entry.act in APPEALABLE]
        if not decided or any(it.against == decided[-1].seq for it in self.appeals):
            return None
        return decided[-1]

    def entry(self, seq: int) -> Entry:
        """Return the entry of that sequence; ``KeyError`` where it is none of this instrument."""
        found = next((it for it in self.history if it.seq == seq), None)
        if found is None:
            raise KeyError(seq)
        return found

    def conflicted(self, actor: Actor) -> bool:
        """Tell whether the actor has declared a conflict of interest."""
        return any(it.actor.id == actor.id for it in self.conflicts)
