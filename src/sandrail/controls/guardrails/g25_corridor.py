"""G25: value crosses a border with the central bank's consent, along a corridor that is open."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls.control import Control, Setting
from sandrail.controls.fact_tests import objections
from sandrail.controls.facts import RowFact
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL"]

CONSENT = "G25.central_bank_consent_required"
CORRIDORS = "G25.corridors_allowed"


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    checks: list[RowTest | Limit] = []
    consent = setting.rule(CONSENT)
    if consent is not None and consent.flag:
        border, agreed = RowFact.CROSS_BORDER, RowFact.FX_CONSENT
        checks += objections(setting, CONSENT, has=border, lacks=agreed)
    checks += objections(setting, CORRIDORS, has=RowFact.CROSS_BORDER | RowFact.CORRIDOR_CLOSED)
    return checks


CONTROL = Control("G25", "Corridors and foreign exchange", (CONSENT, CORRIDORS), _compile)
