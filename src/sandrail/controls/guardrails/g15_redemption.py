"""G15: who redeems is paid in time and in full. The clock runs by itself from the day of asking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, money, stops
from sandrail.controls.firm.dates import ends_us
from sandrail.controls.firm.observation import Observation
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, RowTest
from sandrail.rulebook import Rule
from sandrail.world import iso

__all__ = ["CONTROL", "FIRM", "RedemptionPaidShort", "RedemptionsAsked", "RedemptionsPaid"]

TIME = "G15.redemption_days_max"
PAR = "G15.redemption_at_par"
TITLE = "Redemption time"


@dataclass(frozen=True, slots=True, kw_only=True)
class RedemptionsAsked(Observation):
    """Holders asked for their money; ``refs`` name the redemptions."""

    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedemptionsPaid(Observation):
    """Redemptions that were paid, or given up by the holder."""

    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedemptionPaidShort(Observation):
    """A redemption that was paid below par.

    Attributes:
        ref: the redemption.
        due_minor, paid_minor: in minor units of the pack's currency.
    """

    ref: str
    due_minor: int
    paid_minor: int


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    return [test for rule in (TIME, PAR) for test in stops(setting, rule, mask(Kind.ISSUE))]


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    time, par = setting.rule(TIME), setting.rule(PAR)
    if time is not None:
        yield from _late(setting, view, time)
    if par is None or not par.flag:
        return
    for one in view.of(RedemptionPaidShort):
        if one.paid_minor >= one.due_minor:
            continue
        paid = money(setting, one.paid_minor)
        because = f"{one.ref} was owed {money(setting, one.due_minor)} and got {paid}."
        yield from Breach(par, one.ref, one.at_us, paid, because, scope=Effect.PAUSE_ISSUE).follows(
            setting
        )


def _late(setting: Setting, view: FirmView, rule: Rule) -> Iterable[Consequence]:
    paid = {ref for told in view.of(RedemptionsPaid) for ref in told.refs}
    for asked in view.of(RedemptionsAsked):
        waiting = [ref for ref in asked.refs if ref not in paid]
        if not waiting:
            continue
        due_us = ends_us(setting, rule, asked.at_us)
        for ref in waiting:
            because = f"The redemption {ref} was asked for at {iso(asked.at_us)} and is not paid."
            yield from Breach(
                rule,
                ref,
                due_us,
                f"not paid by {iso(due_us)}",
                because,
                scope=Effect.PAUSE_ISSUE,
            ).follows(setting)


CONTROL = Control("G15", TITLE, (TIME, PAR), _compile)
FIRM = FirmControl(
    "G15",
    TITLE,
    (TIME, PAR),
    (RedemptionsAsked, RedemptionsPaid, RedemptionPaidShort),
    _judge,
)
