"""G11: a token that people pay with too much is not issued any further.

Counted is what customers pay each other, divided by the days of the whole calendar quarter: the cap
is passed at the instant from which the quarter's average cannot fall below it any more. Where the
pack sets number and value, both must be passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, Usage, stops
from sandrail.controls.firm.dates import deadline_us
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, RowTest
from sandrail.rulebook import Rule

__all__ = ["CONTROL", "FIRM"]

CAPS = ("G11.daily_count_max", "G11.daily_value_max")
LINES = ("G11.significant_count_above", "G11.significant_value_above")
EVENT = "means_of_exchange_exceeded"
TITLE = "Use as a means of exchange"


def _average(setting: Setting, rule: Rule, usage: Usage) -> Fraction:
    if rule.unit == "transfers":
        return Fraction(usage.count, usage.days)
    return Fraction(usage.value_minor, usage.days * 10**setting.pack.currency.scale)


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    return [test for cap in CAPS for test in stops(setting, cap, mask(Kind.ISSUE))]


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    usage = view.usage
    if usage is None:
        return
    caps = [rule for rule in map(setting.rule, CAPS) if rule is not None]
    passed = [rule for rule in caps if rule.crossed_by(_average(setting, rule, usage))]
    lines = [rule for rule in map(setting.rule, LINES) if rule is not None]
    crossed = [rule for rule in lines if rule.crossed_by(_average(setting, rule, usage))]
    if passed == caps:
        crossed = passed[:1] + crossed
    for rule in crossed:
        average = _average(setting, rule, usage)
        text = f"{average.numerator // average.denominator:,} {rule.unit} a day"
        because = f"In {usage.quarter} customers paid each other {text} on average."
        due_us = deadline_us(setting, EVENT, usage.at_us)
        yield from Breach(
            rule,
            usage.quarter,
            usage.at_us,
            text,
            because,
            scope=Effect.PAUSE_ISSUE if rule in caps else None,
            due_us=due_us,
        ).follows(setting)


CONTROL = Control("G11", TITLE, CAPS, _compile)
FIRM = FirmControl("G11", TITLE, CAPS + LINES, (), _judge, counts_usage=True)
