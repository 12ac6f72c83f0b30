"""What officers do with an application: score blind, find, confirm, consult, refer, vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandrail.casework.case import Case, Finding, FindingState, Instrument, Score, Verdict
from sandrail.casework.derive import finding_id
from sandrail.casework.desk import Desk
from sandrail.casework.entry import Grounds, Pair
from sandrail.casework.errors import ApplicationError, NotReadyError, StateError
from sandrail.casework.law import Law
from sandrail.casework.lifecycle import Act
from sandrail.casework.limits import TEXT_CHARS_MAX
from sandrail.casework.permissions import require
from sandrail.casework.readiness import require_consulted, require_evaluated
from sandrail.casework.scoring import differing_criteria
from sandrail.world import Actor, iso

__all__ = ["Evaluating", "Observation"]


@dataclass(frozen=True, slots=True)
class Observation:
    """What an officer observed on one criterion.

    Attributes:
        criterion: the pack's criterion.
        verdict: met, partly or not.
        text: what was found, in words.
        evidence: SHA-256 hashes of what it rests on; at least one.
    """

    criterion: str
    verdict: Verdict
    text: str
    evidence: tuple[str, ...]


class Evaluating(Desk):
    """Everything between completeness and the decision."""

    def declare_conflict(
        self, subject_id: str, nature: str, *, by: Actor, at_us: int
    ) -> Case | Instrument:
        """Declare a conflict of interest; whoever does so takes no further part.

        One that is declared in an application holds for the instrument that it leads to as well.
        """
        subject = self.docket.instruments.get(subject_id) or self.docket.case(subject_id)
        data = {"nature": _bounded(nature, "the nature of a conflict")}
        return self._act(
            Act.CONFLICT_DECLARED, subject, by, at_us=at_us, target=subject.state, data=data
        )

    def score(self, case_id: str, scores: Sequence[Score], *, by: Actor, at_us: int) -> Case:
        """Give a blind score sheet: every criterion of the scorecard, 0 to the top anchor.

        Raises:
            ApplicationError: a criterion is missing, unknown, twice, out of range or without
                evidence.
            ForbiddenError: the scorer has scored, has a conflict, or two have scored.
        """
        case = self.docket.case(case_id)
        Law.of(self.pack, case.kind).require_scores(scores)
        data = {
            "scores": [
                {"criterion": it.criterion, "points": it.points, "evidence": list(it.evidence)}
                for it in scores
            ]
        }
        return self._case_act(Act.SCORED, case, by, at_us=at_us, data=data)

    def moderate(
        self, case_id: str, *, criterion: str, points: int, by: Actor, grounds: Grounds, at_us: int
    ) -> Case:
        """Settle a criterion on which the two scorers differ too much, with the reason."""
        case = self.docket.case(case_id)
        law = Law.of(self.pack, case.kind)
        if criterion not in differing_criteria(case, by_at_least=law.moderation_difference):
            raise StateError(
                f"{criterion} needs no moderation.",
                why="Its two scores are close, or not both are in.",
                fix="Moderate only what differs.",
            )
        law.require_points(criterion, points)
        data = {"criterion": criterion, "points": points}
        return self._case_act(Act.MODERATED, case, by, at_us=at_us, grounds=grounds, data=data)

    def find(self, case_id: str, observation: Observation, *, by: Actor, at_us: int) -> Finding:
        """Record a finding; it counts once a second person has confirmed it."""
        case = self.docket.case(case_id)
        Law.of(self.pack, case.kind).require_criterion(observation.criterion)
        if not observation.evidence:
            raise ApplicationError(
                f"The finding on {observation.criterion} cites no evidence.",
                why="A finding that cites nothing cannot be looked at by a second person.",
                fix="Give the SHA-256 of the document or the page it rests on.",
                code="casework.evidence_missing",
            )
        Grounds(("finding",), observation.evidence)
        data = {
            "criterion": observation.criterion,
            "verdict": observation.verdict.value,
            "text": _bounded(observation.text, "a finding"),
            "evidence": list(observation.evidence),
        }
        wanted = finding_id(case)
        after = self._case_act(Act.FOUND, case, by, at_us=at_us, data=data)
        finding = after.finding(wanted)
        assert finding is not None, "a recorded finding is there"
        return finding

    def confirm(self, finding_id: str, *, by: Actor, at_us: int) -> Finding:
        """Confirm another officer's finding.

        Raises:
            ForbiddenError: ``by`` wrote it (``casework.same_person``).
        """
        return self._review(Act.CONFIRMED, finding_id, by=by, at_us=at_us, grounds=None)

    def reject(self, finding_id: str, *, by: Actor, grounds: Grounds, at_us: int) -> Finding:
        """Reject another officer's finding, with the reason; it then counts for nothing."""
        return self._review(Act.REJECTED, finding_id, by=by, at_us=at_us, grounds=grounds)

    def consult(
        self, case_id: str, questions: Mapping[str, str], *, by: Actor, due_us: int, at_us: int
    ) -> Case:
        """Ask agencies, each its own question, once the evaluation is done."""
        case = self.docket.case(case_id)
        require(by, Act.CONSULTED, case)
        require_evaluated(case, Law.of(self.pack, case.kind))
        if not questions or due_us <= at_us:
            raise ApplicationError(
                "The consultation cannot be opened.",
                why="It names no agency, or its answers would be due at once.",
                fix="Name at least one agency and a later date.",
                code="casework.bad_consultation",
            )
        data = {
            "agencies": [
                {"agency": agency, "question": _bounded(text, "a question"), "due_us": due_us}
                for agency, text in sorted(questions.items())
            ]
        }
        return self._case_act(Act.CONSULTED, case, by, at_us=at_us, data=data)

    def answer_consultation(
        self, case_id: str, text: str, *, objection: bool, by: Actor, at_us: int
    ) -> Case:
        """Record an agency's answer, given by its own officer."""
        case = self.docket.case(case_id)
        data = {
            "agency": by.organisation,
            "answer": _bounded(text, "an answer"),
            "objection": objection,
        }
        return self._case_act(
            Act.AGENCY_ANSWERED, case, by, at_us=at_us, about=by.organisation, data=data
        )

    def record_silence(self, case_id: str, agency: str, *, by: Actor, at_us: int) -> Case:
        """Record that an agency did not answer in time. Silence is recorded, never assumed."""
        case = self.docket.case(case_id)
        asked = next(
            (it for it in case.consultations if it.agency == agency and not it.closed), None
        )
        if asked is None:
            raise StateError(
                f"{agency} has no open question in {case_id}.",
                why="It was not asked, has answered, or its silence is on record.",
                fix="Look at the consultations of the case.",
                code="casework.no_question",
            )
        if at_us < asked.due_us:
            raise NotReadyError(
                f"{agency} still has time to answer.",
                why=f"Silence can be recorded from {iso(asked.due_us)} on.",
                fix="Wait, or ask the agency.",
                code="casework.not_due",
            )
        data = {"agency": agency}
        return self._case_act(Act.SILENCE_RECORDED, case, by, at_us=at_us, data=data)

    def refer(self, case_id: str, *, by: Pair, at_us: int) -> Case:
        """Send a case to the committee: evaluated, and every agency heard or recorded as silent."""
        case = self.docket.case(case_id)
        require(by.maker, Act.REFERRED, case)
        require_evaluated(case, Law.of(self.pack, case.kind))
        require_consulted(case, Law.of(self.pack, case.kind))
        return self._case_act(Act.REFERRED, case, by, at_us=at_us)

    def vote(
        self, case_id: str, *, in_favour: bool, by: Actor, grounds: Grounds, at_us: int
    ) -> Case:
        """Vote; a dissent is kept with its reason and never hidden."""
        case = self.docket.case(case_id)
        data = {"in_favour": in_favour}
        return self._case_act(Act.VOTED, case, by, at_us=at_us, grounds=grounds, data=data)

    def _review(
        self, act: Act, finding_id: str, *, by: Actor, at_us: int, grounds: Grounds | None
    ) -> Finding:
        case, finding = self.docket.finding(finding_id)
        if finding.state is not FindingState.PROPOSED:
            raise StateError(
                f"The finding {finding_id} is {finding.state} already.",
                why="A finding is reviewed once.",
                fix="Write a new finding on the same criterion; the last confirmed one counts.",
            )
        data = {"finding": finding_id}
        after = self._case_act(
            act, case, by, at_us=at_us, about=finding_id, grounds=grounds, data=data
        )
        reviewed = after.finding(finding_id)
        assert reviewed is not None, "a reviewed finding is there"
        return reviewed


def _bounded(text: str, what: str) -> str:
    if not text.strip() or len(text) > TEXT_CHARS_MAX:
        raise ApplicationError(
            f"The text of {what} cannot be recorded.",
            why=f"It has {len(text)} characters; 1 to {TEXT_CHARS_MAX} are kept.",
            fix="Say it in words, and attach what is longer.",
            code="casework.bad_text",
        )
    return text
