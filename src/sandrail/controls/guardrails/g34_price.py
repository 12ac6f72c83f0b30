"""G34: a transfer that was valued at a stale or disputed price waits for a good one."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.fact_tests import objections
from sandrail.controls.facts import RowFact
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL"]

RULE = "G34.price_age_max"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    return objections(setting, RULE, has=RowFact.PRICE_STALE)


CONTROL = Control("G34", "Prices", (RULE,), _compile)
