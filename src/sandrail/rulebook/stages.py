"""Stages of a test: limits that widen when evidence has earned it."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from sandrail.rulebook.rule import RuleValue
from sandrail.rulebook.sources import Sourced
from sandrail.rulebook.texts import LocalText
from sandrail.rulebook.vocabulary import Status

__all__ = ["Stage", "StageLimit"]


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class StageLimit:
    """The value that a rule takes in a stage, in the rule's own unit."""

    rule: str
    value: RuleValue
    source: Sourced
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Stage:
    """One stage of a supervised test.

    Attributes:
        id: ``stage_1``.
        number: place in the order, from 1.
        title: what the stage is for.
        live: whether real customers take part.
        limits: rules that take another value than the pack's first one.
        evidence: what must be shown to move on from here, in words.
        source: where the stage comes from.
        status: how firm it is.
    """

    id: str
    number: Annotated[int, Field(strict=True, ge=1)]
    title: LocalText
    source: Sourced
    status: Status
    live: bool = True
    limits: tuple[StageLimit, ...] = ()
    evidence: tuple[LocalText, ...] = ()
