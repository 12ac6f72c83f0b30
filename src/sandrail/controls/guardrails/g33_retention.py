"""G33: a record is not deleted before its time, under whichever law asks for the longest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandrail.controls.control import Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, asked_again
from sandrail.controls.firm.dates import day_of, ends_us
from sandrail.controls.firm.observation import Observation

__all__ = ["FIRM", "DeletionAsked"]

RULE = "G33.retention_min"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionAsked(Observation):
    """Somebody wants a record gone.

    Attributes:
        record: its reference.
        recorded_us: when it was made; in the future, or unknown as 0, counts as made just now.
    """

    record: str
    recorded_us: int


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    rule = setting.rule(RULE)
    if rule is None:
        return
    for subject, one in asked_again(view.of(DeletionAsked), lambda one: one.record):
        made_us = one.recorded_us if 0 < one.recorded_us <= one.at_us else one.at_us
        until_us = ends_us(setting, rule, made_us)
        if one.at_us >= until_us:
            continue
        last = day_of(setting.pack, until_us - 1).isoformat()
        because = f"The record {one.record} is kept until {last}."
        yield from Breach(
            rule, subject, one.at_us, f"until {last}", because, scope=Effect.BLOCK
        ).follows(setting)


FIRM = FirmControl("G33", "Retention of records", (RULE,), (DeletionAsked,), _judge)
