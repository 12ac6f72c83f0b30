"""Walks an application through the whole procedure, one act after another, nothing left out.

For rehearsals, demonstrations and tests: every person acts in their own role, every act is a fact,
and the same people and instants give the same facts. What a person would judge is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandrail.casework.application import Application, InstrumentKind
from sandrail.casework.case import Case, Score, Verdict
from sandrail.casework.casebook import Casebook
from sandrail.casework.clocks import add_months
from sandrail.casework.deciding import Outcome, Terms
from sandrail.casework.entry import Grounds, Pair
from sandrail.casework.evaluating import Observation
from sandrail.casework.law import Law
from sandrail.casework.people import People
from sandrail.casework.self_check import proposed_conditions
from sandrail.casework.timers import consultation_due
from sandrail.rulebook import Permission
from sandrail.world import DAY_US, HOUR_US, Role, date_of, start_of_day

__all__ = ["Walk"]

_POINTS = 3
_ANSWER = "No objection."
_QUESTION = "Is there anything within your remit that speaks against it?"


@dataclass(slots=True)
class Walk:
    """One application's way through the office.

    Attributes:
        book: the casebook.
        people: who acts.
        now_us: the walk's own time; it advances with every act.
    """

    book: Casebook
    people: People
    now_us: int

    def file(self, application: Application) -> Case:
        """Start, self-check, submit with two signatories, receive and find complete."""
        firm = application.firm.id
        preparer = self.people.first(Role.FIRM_PREPARER, organisation=firm)
        case = self.book.start(application, by=preparer, at_us=self._next())
        self.book.check(case.id, by=preparer, at_us=self._next())
        first, second = application.attestation.signatories[:2]
        signatories = (self.people[first], self.people[second])
        self.book.submit(case.id, signatories=signatories, at_us=self._next())
        self.book.receive(case.id, by=self.people.first(Role.INTAKE_OFFICER), at_us=self._next(1))
        lead = Pair(self.people.first(Role.INTAKE_OFFICER), self.people.first(Role.MODERATOR))
        return self.book.complete(case.id, by=lead, at_us=self._next(2))

    def evaluate(self, case_id: str, *, failed: tuple[str, ...] = ()) -> Case:
        """Two blind scores, a finding on every gate by one officer confirmed by another."""
        case = self.book.docket.case(case_id)
        law = Law.of(self.book.pack, case.kind)
        evidence = (case.versions[-1].content_hash,)
        author, reviewer = self.people.with_role(Role.CASE_OFFICER)[:2]
        for officer in (author, reviewer) if law.scorecard else ():
            sheet = tuple(Score(criterion, _POINTS, evidence) for criterion in law.scorecard)
            self.book.score(case_id, sheet, by=officer, at_us=self._next(1))
        for gate in law.gates:
            verdict = Verdict.NOT_MET if gate in failed else Verdict.MET
            text = f"Read against the application: {verdict.value.replace('_', ' ')}."
            seen = Observation(gate, verdict, text, evidence)
            finding = self.book.find(case_id, seen, by=author, at_us=self._next())
            self.book.confirm(finding.id, by=reviewer, at_us=self._next())
        return self.book.docket.case(case_id)

    def consult(self, case_id: str, *, silent: tuple[str, ...] = ()) -> Case:
        """Ask every agency that has to be asked.

        Each answers by its own officer, but those in ``silent`` let the pack's time pass; their
        silence is then put on record.
        """
        case = self.book.docket.case(case_id)
        officer = self.people.first(Role.CASE_OFFICER)
        agencies = sorted(Law.of(self.book.pack, case.kind).agencies_for(case.application))
        if not agencies:
            return case
        due_us = consultation_due(self.book.pack, self.now_us)
        questions = dict.fromkeys(agencies, _QUESTION)
        self.book.consult(case_id, questions, by=officer, due_us=due_us, at_us=self._next())
        for agency in agencies:
            if agency not in silent:
                answering = self.people.first(Role.AGENCY_OFFICER, organisation=agency)
                self.book.answer_consultation(
                    case_id, _ANSWER, objection=False, by=answering, at_us=self._next(1)
                )
        for agency in [it for it in agencies if it in silent]:
            self.now_us = max(self.now_us, due_us)
            self.book.record_silence(case_id, agency, by=officer, at_us=self._next())
        return self.book.docket.case(case_id)

    def vote(self, case_id: str, *, in_favour: bool, grounds: Grounds) -> Case:
        """Refer to the committee; all its members vote alike."""
        officers = Pair(self.people.first(Role.CASE_OFFICER), self.people.first(Role.MODERATOR))
        self.book.refer(case_id, by=officers, at_us=self._next(1))
        for member in self.people.with_role(Role.COMMITTEE_MEMBER):
            self.book.vote(
                case_id, in_favour=in_favour, by=member, grounds=grounds, at_us=self._next()
            )
        return self.book.docket.case(case_id)

    def approve(self, application: Application, *, grounds: Grounds) -> Case:
        """Walk from the draft to the approval in principle."""
        case = self.file(application)
        self.evaluate(case.id)
        self.consult(case.id)
        self.vote(case.id, in_favour=True, grounds=grounds)
        self.book.decide(
            case.id, Outcome.APPROVE, grounds=grounds, by=self.deciders, at_us=self._next(1)
        )
        return self.book.docket.case(case.id)

    def refuse(
        self, application: Application, *, failed: tuple[str, ...], grounds: Grounds
    ) -> Case:
        """Walk from the draft to a refusal because of the gates in ``failed``."""
        case = self.file(application)
        self.evaluate(case.id, failed=failed)
        self.consult(case.id)
        self.vote(case.id, in_favour=False, grounds=grounds)
        self.book.decide(
            case.id, Outcome.REFUSE, grounds=grounds, by=self.deciders, at_us=self._next(1)
        )
        return self.book.docket.case(case.id)

    def grant(
        self, case: Case, *, products: tuple[str, ...], grounds: Grounds, months: int = 0
    ) -> Permission:
        """Issue the instrument from the start of the next day on.

        Args:
            case: approved in principle.
            products: what the instrument covers.
            grounds: reasons and evidence.
            months: how long it runs; 0 for the length of the test that was asked for.
        """
        plan = case.application.test_plan
        asked = months or (plan.duration_months if plan is not None else 0)
        zone = self.book.pack.utc_offset_minutes
        start = date_of(self.now_us + DAY_US, utc_offset_minutes=zone)
        start_us = start_of_day(start, utc_offset_minutes=zone)
        tested = case.kind is InstrumentKind.SANDBOX_APPROVAL
        terms = Terms(
            products=products,
            valid_from_us=start_us,
            valid_to_us=start_of_day(add_months(start, asked), utc_offset_minutes=zone),
            stage=self._first_stage() if tested else "",
            conditions=proposed_conditions(
                case.application,
                self.book.pack,
                at_us=start_us,
                citation=f"Decision on {case.id}",
            ),
        )
        return self.book.grant(
            case.id, terms, grounds=grounds, by=self.deciders, at_us=self._next()
        )

    def go_live(self, instrument_id: str, *, grounds: Grounds) -> Permission:
        """Record exam and drill as passed and open the first live stage."""
        watch = self.people.first(Role.SUPERVISOR)
        self.book.record_exam(
            instrument_id, passed=True, by=watch, grounds=grounds, at_us=self._next(1)
        )
        self.book.record_drill(
            instrument_id, passed=True, by=watch, grounds=grounds, at_us=self._next()
        )
        live = min((it for it in self.book.pack.stages if it.live), key=lambda it: it.number)
        pair = Pair(watch, self.people.first(Role.HEAD))
        return self.book.open_stage(
            instrument_id, live.id, by=pair, grounds=grounds, at_us=self._next()
        )

    @property
    def deciders(self) -> Pair:
        """Who proposes and who signs a decision."""
        return Pair(self.people.first(Role.COMMITTEE_MEMBER), self.people.first(Role.HEAD))

    def _first_stage(self) -> str:
        first = min(self.book.pack.stages, key=lambda it: it.number, default=None)
        return "" if first is None else first.id

    def _next(self, days: int = 0) -> int:
        self.now_us += days * DAY_US + (0 if days else HOUR_US)
        return self.now_us
