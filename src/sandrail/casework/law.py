"""What casework reads from a pack, in one place: gates, scorecard, agencies, reasons, quorum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sandrail.casework.application import Application
from sandrail.casework.case import Score
from sandrail.casework.entry import Grounds
from sandrail.casework.errors import ApplicationError
from sandrail.rulebook import Pack

__all__ = ["Law"]

_GATES = ("in_scope", "not_prohibited", "fit_and_proper", "minimum_aml", "funded_wind_down")
_SCORECARD = (
    "innovation",
    "public_benefit",
    "need",
    "readiness",
    "aml_cft",
    "technology_custody",
    "test_plan_quality",
)


@dataclass(frozen=True, slots=True)
class Law:
    """The part of a pack that evaluation runs on.

    Attributes:
        gates: criteria that are passed or not.
        scorecard: criteria that are scored from 0 to ``top_points``.
        top_points: the best score.
        moderation_difference: from this difference on a moderator settles a score.
        quorum_min: committee members whose votes are needed.
        reasons: codes that a decision may give; empty where the pack lists none.
    """

    gates: tuple[str, ...]
    scorecard: tuple[str, ...]
    top_points: int
    moderation_difference: int
    quorum_min: int
    reasons: tuple[str, ...] = ()

    @classmethod
    def of(cls, pack: Pack) -> Law:
        """Return what ``pack`` says."""
        return _law_of(pack.id, pack.content_hash)

    def agencies_for(self, application: Application) -> tuple[str, ...]:
        """Return the agencies that have to be consulted on an application."""
        return application.perimeter.agencies

    def require_criterion(self, criterion: str) -> None:
        """Refuse a finding on a criterion that the pack does not have."""
        if criterion not in (*self.gates, *self.scorecard):
            raise ApplicationError(
                f"The pack has no criterion {criterion!r}.",
                why=f"It has {', '.join((*self.gates, *self.scorecard))}.",
                fix="Write the finding on one of these.",
                code="casework.unknown_criterion",
            )

    def require_reasons(self, grounds: Grounds) -> None:
        """Refuse reason codes that the pack does not list, where it lists any."""
        unknown = [code for code in grounds.reasons if self.reasons and code not in self.reasons]
        if unknown:
            raise ApplicationError(
                f"The pack has no reason {', '.join(unknown)}.",
                why=f"It has {', '.join(self.reasons)}.",
                fix="Give the reasons in its codes; free text goes into the note.",
                code="casework.unknown_reason",
            )

    def require_points(self, criterion: str, points: int) -> None:
        """Refuse points outside the anchors."""
        if criterion not in self.scorecard or not 0 <= points <= self.top_points:
            raise ApplicationError(
                f"{points} points on {criterion!r} cannot be given.",
                why=f"Points run from 0 to {self.top_points} on {', '.join(self.scorecard)}.",
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


@lru_cache(maxsize=64)
def _law_of(pack_id: str, content_hash: str) -> Law:
    del pack_id, content_hash
    return Law(_GATES, _SCORECARD, top_points=4, moderation_difference=2, quorum_min=3)
