"""What an application is judged by: gates that are passed or not, and scores with anchors."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from sandrail.rulebook.sources import Sourced
from sandrail.rulebook.texts import LocalText
from sandrail.rulebook.vocabulary import Status

__all__ = ["SCORES", "Criterion", "CriterionKind", "Evaluation"]

SCORES = range(5)
"""Scores run from 0 to 4; each has an anchor that says what it looks like."""


class CriterionKind(StrEnum):
    """How a criterion is judged."""

    GATE = "gate"
    SCORED = "scored"


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Criterion:
    """One criterion of eligibility.

    Attributes:
        id: ``consumer_benefit``.
        title: its name.
        kind: gate or scored.
        test: the question that the evaluator answers.
        positive: what speaks for it.
        negative: what speaks against it.
        weight_percent: share of the whole score; 0 for a gate.
        anchors: for a scored one, what each score from 0 to 4 looks like.
        questions: the questions of the form that its evidence comes from.
    """

    id: str
    title: LocalText
    kind: CriterionKind
    test: LocalText
    source: Sourced
    status: Status
    positive: tuple[LocalText, ...] = ()
    negative: tuple[LocalText, ...] = ()
    weight_percent: Annotated[int, Field(strict=True, ge=0, le=100)] = 0
    anchors: tuple[LocalText, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Evaluation:
    """How people come to one score and one decision.

    Attributes:
        scorers: people who score blind, without seeing each other.
        moderation_difference_min: difference between two scores from which a moderator decides.
        quorum_min: members of the committee who must take part.
        pass_percent: weighted score from which a grant may be proposed.
    """

    scorers: Annotated[int, Field(strict=True, ge=1)]
    moderation_difference_min: Annotated[int, Field(strict=True, ge=1)]
    quorum_min: Annotated[int, Field(strict=True, ge=1)]
    pass_percent: Annotated[int, Field(strict=True, ge=0, le=100)]
    source: Sourced
    status: Status
    note: str = ""
