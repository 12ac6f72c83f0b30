"""What a guardrail is that acts on the firm: from observations so far to what follows, and when.

A deadline is judged in advance: a consequence says since when it holds, and that instant may lie in
the future. Nobody has to look at a clock for it to begin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt

from sandrail.controls.control import NEVER, Setting
from sandrail.controls.firm.consequence import NO_DAY, Consequence, Effect
from sandrail.controls.firm.observation import Observation
from sandrail.controls.program import GateRows, RowTest, Snapshot
from sandrail.controls.verdict import Outcome
from sandrail.money import Money
from sandrail.rulebook import FirmAction, Rule

__all__ = [
    "Breach",
    "FirmControl",
    "FirmView",
    "Usage",
    "asked_again",
    "breaching_since",
    "money",
    "stops",
]

Told = TypeVar("Told", bound=Observation)


@dataclass(frozen=True, slots=True)
class Usage:
    """What customers paid each other in the running quarter.

    Attributes:
        quarter: ``2026-Q2``, in the pack's zone.
        days: of the whole quarter.
        count: transfers and remittances that the ledger took.
        value_minor: their value in minor units of the pack's currency.
        at_us: instant of the last of them.
    """

    quarter: str
    days: int
    count: int
    value_minor: int
    at_us: int


@dataclass(frozen=True, slots=True)
class FirmView:
    """All that guardrails know of a firm.

    Attributes:
        seen: observations so far, by kind, in the order they were told.
        customers: how many were onboarded.
        usage: what was paid in the running quarter; None before the first payment.
    """

    seen: Mapping[type[Observation], tuple[Observation, ...]] = field(default_factory=dict)
    customers: int = 0
    usage: Usage | None = None

    def of(self, kind: type[Told]) -> tuple[Told, ...]:
        """Return every observation of a kind."""
        return cast("tuple[Told, ...]", self.seen.get(kind, ()))

    def with_told(self, told: Observation, customers: int) -> FirmView:
        """Return the view with one more observation."""
        kind = type(told)
        seen = dict(self.seen) | {kind: (*self.seen.get(kind, ()), told)}
        return FirmView(seen, customers, self.usage)


@dataclass(frozen=True, slots=True)
class FirmControl:
    """One guardrail of the catalogue that acts on the firm.

    Attributes:
        guardrail: ``G16``.
        title: short name.
        reads: ids of the rules it enforces.
        takes: kinds of observation it judges.
        judge: from setting and view to all that follows, now or at an instant to come.
        counts_usage: it also judges what customers pay each other.
    """

    guardrail: str
    title: str
    reads: tuple[str, ...]
    takes: tuple[type[Observation], ...]
    judge: Callable[[Setting, FirmView], Iterable[Consequence]]
    counts_usage: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is crossed.

    Attributes:
        rule: which.
        subject: the case.
        since_us: from when on.
        value: what was observed, as text.
        because: one sentence for people.
        scope: what the guardrail stops when the pack asks it to stop something; None for nothing.
        due_us: end of the time to report, where the pack asks for a report.
        lasting: see ``Consequence``.
    """

    rule: Rule
    subject: str
    since_us: int
    value: str
    because: str
    scope: Effect | None = None
    due_us: int = NO_DAY
    lasting: bool = True

    def follows(self, setting: Setting) -> tuple[Consequence, ...]:
        """Return what the pack says follows: its outcome, and its actions for the firm."""
        rule = self.rule
        effects = []
        if self.scope is not None and may_stop(rule):
            effects.append(self.scope)
        if Outcome(rule.outcome.rank) is Outcome.WARN:
            effects.append(Effect.WARN)
        if FirmAction.ESCALATE in rule.actions:
            effects.append(Effect.ESCALATE)
        if FirmAction.REPORT in rule.actions:
            effects.append(Effect.REPORT)
        return tuple(self._one(setting, effect) for effect in effects)

    def warns(self, setting: Setting) -> tuple[Consequence, ...]:
        """Return a warning alone: the limit is near."""
        return (self._one(setting, Effect.WARN),)

    def _one(self, setting: Setting, effect: Effect) -> Consequence:
        ref = setting.ref(self.rule)
        return Consequence(
            effect=effect,
            rule=ref.id,
            subject=self.subject,
            since_us=self.since_us,
            due_us=self.due_us if effect is Effect.REPORT else NO_DAY,
            limit=ref.limit_text,
            value=self.value,
            citation=ref.citation,
            reason=f"{self.because} Rule: “{ref.title}” ({ref.limit_text}). {_SAYS[effect]}",
            lasting=self.lasting,
        )


_SAYS = {
    Effect.WARN: "A warning; nothing stops.",
    Effect.BLOCK: "What was asked for is not done.",
    Effect.PAUSE_ONBOARDING: "No customer is taken on meanwhile.",
    Effect.PAUSE_ISSUE: "Nothing is issued meanwhile; transfers and redemptions go on.",
    Effect.PAUSE_FIRM: "Nothing enters meanwhile; customers can still get out.",
    Effect.ESCALATE: "A supervisor looks at it.",
    Effect.REPORT: "A report is due.",
}


def may_stop(rule: Rule) -> bool:
    """Tell whether the pack asks that something stops when the rule is crossed."""
    return rule.outcome.rank >= Outcome.HOLD or FirmAction.PAUSE in rule.actions


def stops(setting: Setting, rule_id: str, kinds: int) -> Sequence[RowTest]:
    """Return the row test by which the gate answers to a pause under a rule of the firm."""
    rule = setting.rule(rule_id)
    if rule is None or not may_stop(rule):
        return ()
    outcome = setting.outcome(rule)

    def stopped(rows: GateRows, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
        begun = snapshot.now_us >= snapshot.stops.get(rule_id, NEVER)
        return np.full(rows.kind.shape[0], begun)

    answer = outcome if outcome >= Outcome.HOLD else Outcome.BLOCK
    return (RowTest(setting.ref(rule), answer, kinds, stopped),)


def breaching_since(
    told: Sequence[Told], breaches: Callable[[Told], bool]
) -> tuple[Told, Told] | None:
    """Return the first and the last observation of the unbroken run of breaches at the end.

    None when the newest observation is in order: what was cured is over, and a new breach is a new
    case.
    """
    first: Told | None = None
    for one in reversed(told):
        if not breaches(one):
            break
        first = one
    return None if first is None else (first, told[-1])


def asked_again(told: Sequence[Told], name: Callable[[Told], str]) -> Iterator[tuple[str, Told]]:
    """Yield each question with a subject of its own: what was refused once is refused again."""
    times: dict[str, int] = {}
    for one in told:
        key = name(one)
        times[key] = times.get(key, 0) + 1
        yield (key if times[key] == 1 else f"{key} #{times[key]}"), one


def money(setting: Setting, minor: int) -> str:
    """Return an amount of the pack's currency as text."""
    return str(Money(setting.pack.currency, minor))
