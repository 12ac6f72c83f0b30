"""The instruments that a regulator gives: what each allows, and on which standing conditions."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from sandrail.rulebook.sources import Sourced
from sandrail.rulebook.texts import LocalText
from sandrail.rulebook.vocabulary import Status

__all__ = ["InstrumentKind", "StandingCondition"]


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class StandingCondition:
    """A condition that comes with every instrument of a kind.

    Attributes:
        id: ``disclose_test``.
        text: what the firm must do.
        rule: the rule that a machine checks it by; empty when a person does.
    """

    id: str
    text: LocalText
    source: Sourced
    status: Status
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class InstrumentKind:
    """A kind of authorisation.

    Attributes:
        id: ``SANDBOX_APPROVAL``.
        title: its name.
        allows: what its holder may do.
        does_not_allow: what it is often mistaken for.
        operates: whether its holder may serve customers under it.
        months_max: how long it lasts at most; 0 when it has no such end.
        requires: instruments that come before it.
        conditions: what every holder is bound by.
        decision: the clock within which it is decided, by id.
    """

    id: str
    title: LocalText
    allows: LocalText
    source: Sourced
    status: Status
    does_not_allow: LocalText | None = None
    operates: bool = False
    months_max: Annotated[int, Field(strict=True, ge=0)] = 0
    requires: tuple[str, ...] = ()
    conditions: tuple[StandingCondition, ...] = ()
    decision: str = ""
    note: str = ""
