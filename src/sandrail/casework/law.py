"""What casework reads from a pack, in one place: gates, scorecard, agencies, reasons, quorum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from sandrail.casework.application import Application, InstrumentKind
from sandrail.casework.case import Case, Score
from sandrail.casework.entry import Grounds
from sandrail.casework.errors import ApplicationError, NotReadyError
from sandrail.casework.lifecycle import Act
from sandrail.casework.scoring import settled_points
from sandrail.rulebook import SCORES, CriterionKind, Decides, Evaluation, Pack, Part

__all__ = ["Law", "concerns"]

_DECIDES: Final[Mapping[Act, tuple[Decides, ...]]] = MappingProxyType(
    {
        Act.ASKED: (Decides.RETURN, Decides.CONDITION),
        Act.VOTED: (Decides.GRANT, Decides.REFUSE),
        Act.APPROVED: (Decides.GRANT,),
        Act.ISSUED: (Decides.GRANT,),
        Act.CONDITION_MET: (Decides.GRANT, Decides.CONDITION),
        Act.REFUSED: (Decides.REFUSE,),
        Act.UPHELD: (Decides.APPEAL,),
        Act.REMITTED: (Decides.APPEAL,),
        Act.SET_ASIDE: (Decides.APPEAL,),
        Act.PACK_ADOPTED: (Decides.GRANT, Decides.CONDITION),
        Act.STAGE_OPENED: (Decides.GRANT,),
        Act.NARROWED: (Decides.CONDITION,),
        Act.SUSPENDED: (Decides.SUSPEND,),
        Act.RESUMED: (Decides.GRANT, Decides.CONDITION),
        Act.EXTENDED: (Decides.GRANT,),
        Act.EXTENSION_DECLINED: (Decides.REFUSE,),
        Act.GRADUATED: (Decides.GRANT,),
        Act.WIND_DOWN_ORDERED: (Decides.REFUSE, Decides.REVOKE),
        Act.PROHIBITED_DEFERRED: (Decides.REFUSE, Decides.REVOKE),
        Act.REVOKED: (Decides.REVOKE,),
    }
)
"""The kind of decision that each act of the regulator is; the pack says which reasons it takes."""

_TOP_POINTS: Final = SCORES[-1]

_KNOWN: Final[dict[tuple[str, str, InstrumentKind], tuple[tuple[str, ...], tuple[str, ...]]]] = {}
"""Gates and scorecard by pack, version and instrument: they are asked for at every act."""

_KNOWN_MAX: Final = 64


def concerns(pack: Pack, kind: InstrumentKind, question: str) -> bool:
    """Tell whether a question belongs to the form for an instrument.

    Where the pack has no form for it, everything but the test plan of the sandbox does.
    """
    forms = [form for form in pack.forms if form.instrument == kind.value]
    if not forms:
        return kind is InstrumentKind.SANDBOX_APPROVAL or not question.startswith("test_plan")
    asked = [it.id for form in forms for it in form.questions()]
    return any(it == question or it.startswith(f"{question}.") for it in asked)


def _criteria_of(pack: Pack, kind: InstrumentKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    fitting = [
        it
        for it in pack.criteria
        if not it.questions or any(concerns(pack, kind, question) for question in it.questions)
    ]
    return (
        tuple(it.id for it in fitting if it.kind is CriterionKind.GATE),
        tuple(it.id for it in fitting if it.kind is CriterionKind.SCORED),
    )


@dataclass(frozen=True, slots=True)
class Law:
    """The part of a pack that evaluation runs on.

    Attributes:
        pack: the pack.
        gates: criteria of the instrument that are passed or not.
        scorecard: criteria that are scored from 0 to 4.
    """

    pack: Pack
    gates: tuple[str, ...]
    scorecard: tuple[str, ...]

    @classmethod
    def of(cls, pack: Pack, kind: InstrumentKind) -> Law:
        """Return what ``pack`` says about applications for one kind of instrument.

        A criterion whose questions the form for that instrument does not ask is no criterion of it.
        """
        key = (pack.id, pack.content_hash, kind)
        if key not in _KNOWN:
            if len(_KNOWN) >= _KNOWN_MAX:
                _KNOWN.clear()
            _KNOWN[key] = _criteria_of(pack, kind)
        return cls(pack, *_KNOWN[key])

    @property
    def evaluation(self) -> Evaluation:
        """How scores become a decision.

        Raises:
            NotReadyError: the pack does not say.
        """
        found = self.pack.evaluation
        if found is None or not self.gates:
            raise NotReadyError(
                f"Under the pack {self.pack.id} nothing can be evaluated.",
                why="It has no criteria, or no section [evaluation].",
                fix="Add both to the pack; packs/pakistan shows how.",
                code="casework.pack_without_evaluation",
            )
        return found

    @property
    def moderation_difference(self) -> int:
        """From this difference on a moderator settles a score, in points."""
        return self.evaluation.moderation_difference_min

    def agencies_for(self, application: Application) -> tuple[str, ...]:
        """Return the agencies that have to be consulted, in the order of the pack.

        Those whose part always applies, and those whose part depends on something, where the firm
        itself says that it touches them. A case officer may ask further ones.
        """
        needed: dict[str, None] = {}
        for activity in self.pack.activities:
            if activity.id in application.perimeter.activities:
                for it in activity.agencies:
                    asked = it.part in {Part.CONSENTS, Part.CONSULTED}
                    if asked and (it.when is None or it.agency in application.perimeter.agencies):
                        needed[it.agency] = None
        return tuple(needed)

    def weighted_percent(self, case: Case) -> Fraction | None:
        """Return the weighted score of a case in percent; None before both sheets are in.

        Where some criteria do not concern the instrument, the others share the whole weight.
        """
        total, weights = Fraction(0), 0
        for criterion_id in self.scorecard:
            points = settled_points(case, criterion_id)
            if points is None:
                return None
            weight = self.pack.criterion(criterion_id).weight_percent
            total += weight * points / _TOP_POINTS
            weights += weight
        return 100 * total / weights if weights else None

    def require_criterion(self, criterion: str) -> None:
        """Refuse a finding on a criterion that the pack does not have."""
        if criterion not in (*self.gates, *self.scorecard):
            raise ApplicationError(
                f"The pack has no criterion {criterion!r}.",
                why=f"It has {', '.join((*self.gates, *self.scorecard))}.",
                fix="Write the finding on one of these.",
                code="casework.unknown_criterion",
            )

    def require_reasons(self, act: Act, grounds: Grounds) -> None:
        """Refuse a decision whose reasons the pack does not list for that kind of decision."""
        kinds = _DECIDES.get(act, ())
        if not kinds or not self.pack.reasons:
            return
        fitting = [it.id for it in self.pack.reasons if set(it.decisions) & set(kinds)]
        unknown = [code for code in grounds.reasons if code not in fitting]
        if unknown:
            raise ApplicationError(
                f"{', '.join(unknown)} is no reason for '{act.value}'.",
                why=f"The pack lists {', '.join(fitting) or 'none'} for it.",
                fix="Give the reasons in these codes; free text goes into the note.",
                code="casework.unknown_reason",
            )

    def require_points(self, criterion: str, points: int) -> None:
        """Refuse points outside the anchors."""
        if criterion not in self.scorecard or points not in SCORES:
            raise ApplicationError(
                f"{points} points on {criterion!r} cannot be given.",
                why=f"Points run from 0 to {_TOP_POINTS} on {', '.join(self.scorecard)}.",
                fix="Score by the anchors of the scorecard.",
                code="casework.bad_score",
            )

    def require_scores(self, scores: Sequence[Score]) -> None:
        """Refuse a sheet that leaves a criterion out, doubles one, or cites nothing."""
        for score in scores:
            self.require_points(score.criterion, score.points)
            if not score.evidence:
                raise ApplicationError(
                    f"The score on {score.criterion} cites no evidence.",
                    why="Every score names the documents it rests on.",
                    fix="Give the SHA-256 of at least one.",
                    code="casework.evidence_missing",
                )
            Grounds(("score",), score.evidence)
        given = [score.criterion for score in scores]
        if sorted(given) != sorted(self.scorecard):
            raise ApplicationError(
                "The score sheet is not complete.",
                why=f"It scores {', '.join(given) or 'nothing'}; "
                f"the scorecard has {', '.join(self.scorecard)}.",
                fix="Score each criterion once.",
                code="casework.bad_score",
            )
