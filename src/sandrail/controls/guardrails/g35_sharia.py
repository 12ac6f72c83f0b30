"""G35: where the notice asks for it, a product is issued on a ruling of the Sharia advisers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, breaching_since, stops
from sandrail.controls.firm.observation import Observation
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL", "FIRM", "ShariaRuled"]

RULE = "G35.sharia_ruling_required"
TITLE = "Sharia screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShariaRuled(Observation):
    """The advisers ruled on a product.

    Attributes:
        product: as the permission names it.
        ruling: reference of the ruling.
        approves: it may be offered.
    """

    product: str
    ruling: str
    approves: bool


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    return stops(setting, RULE, mask(Kind.ISSUE))


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    rule = setting.rule(RULE)
    if rule is None or not rule.flag:
        return
    for product in setting.permission.products:
        mine = [one for one in view.of(ShariaRuled) if one.product == product]
        run = breaching_since(mine, lambda one: not one.approves)
        if not mine:
            yield from Breach(
                rule,
                product,
                setting.permission.valid_from_us,
                "no ruling",
                f"There is no ruling on {product} so far.",
                scope=Effect.PAUSE_ISSUE,
                lasting=False,
            ).follows(setting)
        elif run is not None:
            first, last = run
            yield from Breach(
                rule,
                f"{product}/{first.ruling}",
                first.at_us,
                "not approved",
                f"The ruling {last.ruling} does not approve {product}.",
                scope=Effect.PAUSE_ISSUE,
            ).follows(setting)


CONTROL = Control("G35", TITLE, (RULE,), _compile)
FIRM = FirmControl("G35", TITLE, (RULE,), (ShariaRuled,), _judge)
