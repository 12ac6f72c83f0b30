"""G14: units appear only with the reserve behind them, and nowhere past the gate.

In the path: units in issue stay within what the attested reserve covers. Beside it: whoever counts
the units outside, on the chain or at a registrar, tells the desk; a count that differs from the
ledger's means that somebody issued or destroyed units past the gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, breaching_since, stops
from sandrail.controls.firm.observation import Observation
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, Measure, RowTest

__all__ = ["CONTROL", "FIRM", "SupplyCounted"]

RULE = "G14.mint_matches_reserve"
TITLE = "Mint and burn match the reserve"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyCounted(Observation):
    """Units of an asset, counted in two places at one instant.

    Attributes:
        asset: its code.
        outside_units: on the chain, or in whatever register is not the ledger.
        recorded_units: in the ledger, with what is in transit between the two.
    """

    asset: str
    outside_units: int
    recorded_units: int


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None or not rule.flag:
        return ()
    backed = Limit(
        rule=setting.ref(rule),
        measure=Measure.RESERVE,
        limit=0,
        outcome=setting.outcome(rule),
        kinds=mask(Kind.ISSUE),
    )
    return (*stops(setting, RULE, mask(Kind.ISSUE)), backed)


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    rule = setting.rule(RULE)
    if rule is None or not rule.flag:
        return
    for asset in dict.fromkeys(one.asset for one in view.of(SupplyCounted)):
        counts = [one for one in view.of(SupplyCounted) if one.asset == asset]
        run = breaching_since(counts, lambda one: one.outside_units != one.recorded_units)
        if run is None:
            continue
        first, last = run
        value = f"{last.outside_units - last.recorded_units:+,} units"
        because = (
            f"{last.outside_units:,} units of {asset} were counted outside and "
            f"{last.recorded_units:,} in the ledger."
        )
        subject = f"{asset}/{first.at_us}"
        yield from Breach(
            rule, subject, first.at_us, value, because, scope=Effect.PAUSE_ISSUE
        ).follows(setting)


CONTROL = Control("G14", TITLE, (RULE,), _compile)
FIRM = FirmControl("G14", TITLE, (RULE,), (SupplyCounted,), _judge)
