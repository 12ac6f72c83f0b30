"""G09: an instrument is admitted up to a size, and its issue never grows past it.

``ListingProposed`` asks before the listing: too large, or of no stated size, and it is not done. In
the path, units of an asset whose form the terms name stay within the size of that form. Units times
price is what both limits measure, market value and issue alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, asked_again, money
from sandrail.controls.firm.observation import Observation
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, Measure, RowTest

__all__ = ["CONTROL", "FIRM", "ListingProposed"]

SIZES = {
    "G09.instrument_size_max": "",
    "G09.share_market_cap_max": "share",
    "G09.bond_issue_max": "bond",
}
TITLE = "Size of an instrument"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingProposed(Observation):
    """Somebody wants to list an instrument.

    Attributes:
        instrument: its name or number.
        form: ``share``, ``bond``, or another word of the firm's.
        size_minor: market value or issue in the pack's currency; 0 where nobody said.
    """

    instrument: str
    form: str
    size_minor: int


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    limits = []
    for rule_id, form in SIZES.items():
        rule = setting.rule(rule_id)
        if rule is None:
            continue
        limits += [
            Limit(
                rule=setting.ref(rule),
                measure=Measure.SUPPLY,
                limit=terms.units_within(setting.minor(rule)),
                outcome=setting.outcome(rule),
                kinds=mask(Kind.ISSUE),
                inclusive=rule.inclusive,
                asset=index,
            )
            for index, terms in enumerate(setting.assets)
            if form in ("", terms.form)
        ]
    return limits


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    major = 10**setting.pack.currency.scale
    for rule_id, form in SIZES.items():
        rule = setting.rule(rule_id)
        if rule is None:
            continue
        for subject, one in asked_again(view.of(ListingProposed), lambda one: one.instrument):
            unknown = one.size_minor <= 0
            if form not in ("", one.form):
                continue
            if not unknown and not rule.crossed_by(Fraction(one.size_minor, major)):
                continue
            size = "of a size nobody stated" if unknown else money(setting, one.size_minor)
            yield from Breach(
                rule,
                subject,
                one.at_us,
                size,
                f"The instrument {one.instrument} is {size}.",
                scope=Effect.BLOCK,
            ).follows(setting)


CONTROL = Control("G09", TITLE, tuple(SIZES), _compile)
FIRM = FirmControl("G09", TITLE, tuple(SIZES), (ListingProposed,), _judge)
