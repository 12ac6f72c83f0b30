"""What follows for a firm when a guardrail is crossed, and from which instant on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sandrail.controls.customer_text import customer_text
from sandrail.controls.verdict import CustomerText, Outcome

__all__ = ["NO_DAY", "Consequence", "Effect", "Key"]

Key = tuple[str, str, str]
"""Effect, rule and subject: the same three are the same case, which is told once."""

NO_DAY = 0
"""``due_us`` of a report that is due promptly, without a fixed day."""


class Effect(StrEnum):
    """What happens to the firm. When nothing follows, there is no consequence: that is ALLOW."""

    WARN = "WARN"
    BLOCK = "BLOCK"
    """What was asked for, a listing or a deletion, is not done."""
    PAUSE_ONBOARDING = "PAUSE_ONBOARDING"
    PAUSE_ISSUE = "PAUSE_ISSUE"
    """No new units; under the rule on client money no new money either."""
    PAUSE_FIRM = "PAUSE_FIRM"
    """Nothing enters: no issue, transfer, on-ramp or remittance. Exits go on."""
    ESCALATE = "ESCALATE"
    REPORT = "REPORT"

    @property
    def pauses(self) -> bool:
        """Whether something stands still until two people lift it."""
        return self in (Effect.PAUSE_ONBOARDING, Effect.PAUSE_ISSUE, Effect.PAUSE_FIRM)

    @property
    def stops_rows(self) -> bool:
        """Whether the gate answers to it."""
        return self in (Effect.PAUSE_ISSUE, Effect.PAUSE_FIRM)


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that follows for the firm.

    Attributes:
        effect: what happens.
        rule: id of the rule in the pack.
        subject: the case it is about: an incident, a break, a day, a quarter.
        since_us: from when on; in the future for a deadline that is still running.
        due_us: last instant, exclusive, at which a report is in time; NO_DAY for promptly.
        limit: the rule's value as text.
        value: what was observed, as text.
        citation: where the rule comes from.
        reason: one or two plain sentences.
        lasting: it stays until people lift it; False for an input that is only missing so far,
            whose stop ends with the input.
    """

    effect: Effect
    rule: str
    subject: str
    since_us: int
    due_us: int
    limit: str
    value: str
    citation: str
    reason: str
    lasting: bool = True

    @property
    def key(self) -> Key:
        """What makes it this case and no other."""
        return (self.effect.value, self.rule, self.subject)

    @property
    def guardrail(self) -> str:
        """``G16``."""
        return self.rule[:3]

    @property
    def customer_text(self) -> CustomerText | None:
        """What a customer may be told of it: nothing, unless it stops what the customer asked for.

        What was reported, escalated or warned of is nobody's business; a pause gives no reason.
        """
        if self.effect.pauses or self.effect is Effect.BLOCK:
            return customer_text(Outcome.BLOCK)
        return None

    def as_plain(self) -> dict[str, object]:
        """Return it as the payload of a fact."""
        return {
            "effect": self.effect.value,
            "rule": self.rule,
            "subject": self.subject,
            "since_us": self.since_us,
            "due_us": self.due_us,
            "limit": self.limit,
            "value": self.value,
            "citation": self.citation,
            "reason": self.reason,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Consequence:
        """Read it back from a fact."""
        return cls(**(dict(plain) | {"effect": Effect(plain["effect"])}))
