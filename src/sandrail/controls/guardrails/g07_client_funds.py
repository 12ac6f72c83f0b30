"""G07: what the firm may hold for all its customers together.

A row that would pass the limit is refused. Once the limit is reached to the unit nobody new is
taken on: a new customer could not bring in anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, breaching_since, money
from sandrail.controls.firm.position import PositionTaken
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, Measure, RowTest

__all__ = ["CONTROL", "FIRM"]

RULE = "G07.client_funds_max"
TITLE = "Aggregate client funds"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    rule = setting.rule(RULE)
    if rule is None:
        return ()
    limit = setting.minor(rule)
    return (
        Limit(
            rule=setting.ref(rule),
            measure=Measure.CLIENT_FUNDS,
            limit=limit,
            outcome=setting.outcome(rule),
            kinds=mask(Kind.ISSUE, Kind.ON_RAMP),
            inclusive=rule.inclusive,
            warn_at=setting.warn_at(rule, limit),
        ),
    )


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    rule = setting.rule(RULE)
    if rule is None:
        return
    limit = setting.minor(rule)
    most = limit if rule.inclusive else limit - 1
    full = breaching_since(view.of(PositionTaken), lambda at: at.client_funds_minor >= most)
    near = breaching_since(
        view.of(PositionTaken), lambda at: at.client_funds_minor >= setting.warn_at(rule, limit)
    )
    for run, is_full in ((full, True), (near, False)):
        if run is None:
            continue
        first, last = run
        held = money(setting, last.client_funds_minor)
        because = f"The firm holds {held} for its customers."
        breach = Breach(
            rule, str(first.at_us), first.at_us, held, because, scope=Effect.PAUSE_ONBOARDING
        )
        yield from breach.follows(setting) if is_full else breach.warns(setting)


CONTROL = Control("G07", TITLE, (RULE,), _compile)
FIRM = FirmControl("G07", TITLE, (RULE,), (PositionTaken,), _judge)
