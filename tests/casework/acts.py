"""Calls the command behind each act, with plausible particulars. The stateful test drives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandrail.casework import (
    Act,
    Application,
    Case,
    Casebook,
    Grounds,
    Instrument,
    Observation,
    Outcome,
    Pair,
    Score,
    Terms,
    Verdict,
)
from sandrail.casework.law import Law
from sandrail.rulebook import Condition
from sandrail.world import DAY_US, Actor
from tests.casework.conftest import sha

EVIDENCE = (sha("artefact"),)


@dataclass(frozen=True)
class Call:
    """Who does what, when, on which grounds; ``twist`` picks among the particulars."""

    book: Casebook
    subject: Case | Instrument
    maker: Actor
    checker: Actor
    at_us: int
    grounds: Grounds
    twist: int
    application: Application

    @property
    def pair(self) -> Pair:
        return Pair(self.maker, self.checker)

    @property
    def case(self) -> Case:
        assert isinstance(self.subject, Case)
        return self.subject


def _decide(outcome: Outcome) -> Callable[[Call], object]:
    def decide(it: Call) -> object:
        return it.book.decide(
            it.subject.id,
            outcome,
            grounds=it.grounds,
            by=it.pair,
            at_us=it.at_us,
            conditions=("Account confirmed",) if it.twist % 3 == 0 else (),
        )

    return decide


def _score(it: Call) -> object:
    law = Law.of(it.book.pack, it.case.kind)
    sheet = tuple(
        Score(criterion, 4 - (it.twist + n) % 2 * 2 * (it.twist % 2), EVIDENCE)
        for n, criterion in enumerate(law.scorecard)
    )
    return it.book.score(it.case.id, sheet, by=it.maker, at_us=it.at_us)


def _find(it: Call) -> object:
    gates = Law.of(it.book.pack, it.case.kind).gates
    open_ = [gate for gate in gates if it.case.confirmed(gate) is None] or list(gates)
    verdict = Verdict.NOT_MET if it.twist % 11 == 0 else Verdict.MET
    seen = Observation(open_[it.twist % len(open_)], verdict, "Read.", EVIDENCE)
    return it.book.find(it.case.id, seen, by=it.maker, at_us=it.at_us)


def _finding_id(it: Call) -> str:
    findings = it.case.findings
    waiting = [finding.id for finding in findings if finding.state == "proposed"]
    return waiting[0] if waiting else findings[0].id if findings else f"{it.case.id}/1.1"


def _consult(it: Call) -> object:
    agencies = Law.of(it.book.pack, it.case.kind).agencies_for(it.case.application)
    questions = dict.fromkeys(agencies, "Any objection?")
    due = it.at_us + 5 * DAY_US
    return it.book.consult(it.case.id, questions, by=it.maker, due_us=due, at_us=it.at_us)


def _silence(it: Call) -> object:
    open_ = [one.agency for one in it.case.consultations if not one.closed]
    agency = open_[0] if open_ else "SBP"
    return it.book.record_silence(it.case.id, agency, by=it.maker, at_us=it.at_us)


def _issue(it: Call) -> object:
    terms = Terms(("art",), it.at_us, it.at_us + (20 + it.twist) * DAY_US, "preparation")
    return it.book.grant(it.case.id, terms, grounds=it.grounds, by=it.pair, at_us=it.at_us)


def _submit(it: Call) -> object:
    return it.book.submit(it.case.id, signatories=(it.maker, it.checker), at_us=it.at_us)


def _moderate(it: Call) -> object:
    criteria = Law.of(it.book.pack, it.case.kind).scorecard
    return it.book.moderate(
        it.case.id,
        criterion=criteria[it.twist % len(criteria)],
        points=3,
        by=it.maker,
        grounds=it.grounds,
        at_us=it.at_us,
    )


def _stage(it: Call) -> object:
    stage = ("stage_1", "stage_2", "stage_3")[it.twist % 3]
    return it.book.open_stage(it.subject.id, stage, by=it.pair, grounds=it.grounds, at_us=it.at_us)


def _redact(it: Call) -> object:
    seq = it.subject.history[it.twist % len(it.subject.history)].seq
    law = "Order 7 of a court"
    return it.book.redact(
        it.subject.id, seq, law=law, by=it.pair, grounds=it.grounds, at_us=it.at_us
    )


def _narrow(it: Call) -> object:
    condition = Condition("G05.transfer_max", str(60_000 - it.twist), "PKR", "Notice")
    return it.book.narrow(
        it.subject.id, (condition,), by=it.pair, grounds=it.grounds, at_us=it.at_us
    )


def _extend(it: Call) -> object:
    assert isinstance(it.subject, Instrument)
    later = it.subject.permission.valid_to_us + DAY_US
    return it.book.extend(
        it.subject.id, valid_to_us=later, by=it.pair, grounds=it.grounds, at_us=it.at_us
    )


def _alone(name: str) -> Callable[[Call], object]:
    def call(it: Call) -> object:
        method = getattr(it.book, name)
        return method(it.subject.id, by=it.maker, grounds=it.grounds, at_us=it.at_us)

    return call


def _together(name: str) -> Callable[[Call], object]:
    def call(it: Call) -> object:
        method = getattr(it.book, name)
        return method(it.subject.id, by=it.pair, grounds=it.grounds, at_us=it.at_us)

    return call


COMMANDS: dict[Act, Callable[[Call], object]] = {
    Act.SAVED: lambda it: it.book.save(it.case.id, it.application, by=it.maker, at_us=it.at_us),
    Act.SELF_CHECKED: lambda it: it.book.check(it.case.id, by=it.maker, at_us=it.at_us),
    Act.SUBMITTED: _submit,
    Act.AMENDED: lambda it: it.book.amend(
        it.case.id,
        it.application,
        signatories=(it.maker, it.checker),
        grounds=it.grounds,
        at_us=it.at_us,
    ),
    Act.RECEIVED: lambda it: it.book.receive(it.case.id, by=it.maker, at_us=it.at_us),
    Act.COMPLETED: lambda it: it.book.complete(it.case.id, by=it.pair, at_us=it.at_us),
    Act.ASKED: lambda it: it.book.ask(
        it.case.id, ["Why?"], by=it.maker, grounds=it.grounds, at_us=it.at_us
    ),
    Act.ANSWERED: lambda it: it.book.answer(it.case.id, "Because.", by=it.maker, at_us=it.at_us),
    Act.CONFLICT_DECLARED: lambda it: it.book.declare_conflict(
        it.subject.id, "A cousin.", by=it.maker, at_us=it.at_us
    ),
    Act.SCORED: _score,
    Act.MODERATED: _moderate,
    Act.FOUND: _find,
    Act.CONFIRMED: lambda it: it.book.confirm(_finding_id(it), by=it.maker, at_us=it.at_us),
    Act.REJECTED: lambda it: it.book.reject(
        _finding_id(it), by=it.maker, grounds=it.grounds, at_us=it.at_us
    ),
    Act.CONSULTED: _consult,
    Act.AGENCY_ANSWERED: lambda it: it.book.answer_consultation(
        it.case.id, "No.", objection=False, by=it.maker, at_us=it.at_us
    ),
    Act.SILENCE_RECORDED: _silence,
    Act.REFERRED: lambda it: it.book.refer(it.case.id, by=it.pair, at_us=it.at_us),
    Act.VOTED: lambda it: it.book.vote(
        it.case.id,
        in_favour=it.twist % 5 != 0,
        by=it.maker,
        grounds=it.grounds,
        at_us=it.at_us,
    ),
    Act.APPROVED: _decide(Outcome.APPROVE),
    Act.REFUSED: _decide(Outcome.REFUSE),
    Act.UPHELD: _decide(Outcome.UPHOLD),
    Act.REMITTED: _decide(Outcome.REMIT),
    Act.CONDITION_MET: lambda it: it.book.meet_condition(
        it.case.id, "Account confirmed", by=it.pair, grounds=it.grounds, at_us=it.at_us
    ),
    Act.ISSUED: _issue,
    Act.WITHDRAWN: _alone("withdraw"),
    Act.APPEALED: _alone("appeal"),
    Act.EXAM_RECORDED: lambda it: it.book.record_exam(
        it.subject.id, passed=True, by=it.maker, grounds=it.grounds, at_us=it.at_us
    ),
    Act.DRILL_RECORDED: lambda it: it.book.record_drill(
        it.subject.id, passed=True, by=it.maker, grounds=it.grounds, at_us=it.at_us
    ),
    Act.STAGE_OPENED: _stage,
    Act.SUSPENDED: _alone("suspend"),
    Act.RESUMED: _together("resume"),
    Act.EXTENSION_REQUESTED: _alone("request_extension"),
    Act.EXTENDED: _extend,
    Act.EXTENSION_DECLINED: _together("decline_extension"),
    Act.FINAL_REPORTED: _alone("report_final"),
    Act.GRADUATED: _decide(Outcome.GRADUATE),
    Act.WIND_DOWN_ORDERED: _decide(Outcome.WIND_DOWN),
    Act.SET_ASIDE: _decide(Outcome.SET_ASIDE),
    Act.NARROWED: _narrow,
    Act.REDACTED: _redact,
    Act.PROHIBITED_DEFERRED: _decide(Outcome.PROHIBIT_OR_DEFER),
    Act.REVOKED: _decide(Outcome.REVOKE),
    Act.ENDED: _together("end"),
}
"""The command behind every act that a person does."""
