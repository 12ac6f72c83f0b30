"""Where a firm stands: what the desk itself measures and hands to the guardrails as one record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from sandrail.controls.control import Setting
from sandrail.controls.firm.consequence import Consequence
from sandrail.controls.firm.control import Breach, FirmView, breaching_since
from sandrail.controls.firm.dates import deadline_us
from sandrail.controls.firm.observation import Observation
from sandrail.rulebook import Rule

__all__ = ["AssetPosition", "PositionTaken", "lines_passed"]


@dataclass(frozen=True, slots=True)
class AssetPosition:
    """One asset.

    Attributes:
        asset: its code.
        issued_minor: value of the units in issue, holds not counted.
        reserve_minor: attested reserve; 0 before the first attestation.
    """

    asset: str
    issued_minor: int
    reserve_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionTaken(Observation):
    """The desk's own figures at an instant, in minor units of the pack's currency.

    Attributes:
        customers: onboarded so far.
        client_funds_minor: held for all of them.
        assets: one record for each asset that is not money itself.
    """

    customers: int
    client_funds_minor: int
    assets: tuple[AssetPosition, ...]

    def of(self, asset: str) -> AssetPosition:
        """Return an asset's figures; nothing in issue for an asset that was not there yet."""
        found = [one for one in self.assets if one.asset == asset]
        return found[0] if found else AssetPosition(asset, 0, 0)


def lines_passed(
    setting: Setting,
    view: FirmView,
    lines: dict[str, str],
    measure: Callable[[PositionTaken], tuple[Fraction, str]],
) -> Iterator[Consequence]:
    """Yield what follows when a position passes lines at which a duty starts.

    Args:
        lines: rule ids, each with the event whose clock in the pack runs for its report; an empty
            event for none.
        measure: the quantity in the rule's own unit, and as text.
    """
    for rule_id, event in lines.items():
        rule = setting.rule(rule_id)
        if rule is None:
            continue

        def passed(taken: PositionTaken, rule: Rule = rule) -> bool:
            return rule.crossed_by(measure(taken)[0])

        run = breaching_since(view.of(PositionTaken), passed)
        if run is None:
            continue
        first, last = run
        text = measure(last)[1]
        due_us = deadline_us(setting, event, first.at_us) if event else 0
        breach = Breach(
            rule, str(first.at_us), first.at_us, text, f"It stands at {text}.", due_us=due_us
        )
        yield from breach.follows(setting)
