"""What a self-check answers: scope, prohibitions, gaps, limits and capital, each with source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sandrail.world import digest

__all__ = ["Answer", "LimitAnswer", "SelfCheckReport", "Standing", "Topic"]


class Topic(StrEnum):
    """What an answer is about."""

    SCOPE = "scope"
    PROHIBITED = "prohibited"
    PEOPLE = "people"
    CONSUMERS = "consumers"
    MONEY = "money"
    AML = "aml"
    TECHNOLOGY = "technology"
    CAPITAL = "capital"
    EXIT = "exit"
    FORM = "form"
    CRITERIA = "criteria"


class Standing(StrEnum):
    """How the application stands on a point."""

    MET = "met"
    GAP = "gap"
    STOP = "stop"
    TO_JUDGE = "to_judge"


@dataclass(frozen=True, slots=True)
class Answer:
    """One point of the self-check.

    Attributes:
        topic: what it is about.
        question: what was asked.
        standing: met, a gap to close, a full stop, or for a person to judge.
        why: the explanation, with the application's answer and the rule's value.
        citation: the rule or criterion and its source; empty for a point of form.
        forms: the question in the languages of the pack, by language code, where it is the pack's.
    """

    topic: Topic
    question: str
    standing: Standing
    why: str
    citation: str = ""
    forms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LimitAnswer:
    """A limit the firm would get.

    Attributes:
        rule_id: the rule.
        asked: what the firm asked for; empty where it asked for nothing.
        granted: what it would get, in the rule's own form.
        value: the same as data.
        unit: the rule's unit.
        why: the explanation.
        citation: the rule and its source.
    """

    rule_id: str
    asked: str
    granted: str
    value: bool | int | str | tuple[str, ...]
    unit: str
    why: str
    citation: str


@dataclass(frozen=True, slots=True)
class SelfCheckReport:
    """The regulator's own engine's answer to an application, before anybody pays.

    Attributes:
        application_hash: SHA-256 of the application that was checked.
        pack_id: under which pack.
        pack_hash: which version of it.
        on: the day, ISO 8601, whose rules were applied.
        in_scope: whether the activity needs an authorisation at all.
        prohibited: whether something in it is forbidden.
        answers: every point, in the order of the form.
        limits: the limits it would get.
    """

    application_hash: str
    pack_id: str
    pack_hash: str
    on: str
    in_scope: bool
    prohibited: bool
    answers: tuple[Answer, ...]
    limits: tuple[LimitAnswer, ...]

    @property
    def gaps(self) -> tuple[Answer, ...]:
        """The points to close before submitting."""
        return tuple(it for it in self.answers if it.standing in {Standing.GAP, Standing.STOP})

    @property
    def ready(self) -> bool:
        """In scope, not prohibited and without a gap."""
        return self.in_scope and not self.prohibited and not self.gaps

    def as_data(self) -> dict[str, object]:
        """Return the report as plain data."""
        return {
            "application_hash": self.application_hash,
            "pack_id": self.pack_id,
            "pack_hash": self.pack_hash,
            "on": self.on,
            "in_scope": self.in_scope,
            "prohibited": self.prohibited,
            "ready": self.ready,
            "answers": [
                {
                    "topic": it.topic.value,
                    "question": it.question,
                    "standing": it.standing.value,
                    "why": it.why,
                    "citation": it.citation,
                    "forms": dict(it.forms),
                }
                for it in self.answers
            ],
            "limits": [
                {
                    "rule_id": it.rule_id,
                    "asked": it.asked,
                    "granted": it.granted,
                    "value": list(it.value) if isinstance(it.value, tuple) else it.value,
                    "unit": it.unit,
                    "why": it.why,
                    "citation": it.citation,
                }
                for it in self.limits
            ],
        }

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical report."""
        return digest(self.as_data())
