"""G16: somebody else attests the reserve in a fixed rhythm; minting stops when that is late.

The stop begins at the instant the period ends, without anybody looking, and an attestation that
comes later does not lift it: two people do. The period of a firm that was never attested begins
with the permission; its stop ends with the first attestation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandrail.controls.control import Control, Setting
from sandrail.controls.firm.consequence import Consequence, Effect
from sandrail.controls.firm.control import Breach, FirmControl, FirmView, stops
from sandrail.controls.firm.dates import day_of, ends_us
from sandrail.controls.firm.observation import Observation
from sandrail.controls.kinds import Kind, mask
from sandrail.controls.program import Limit, RowTest

__all__ = ["CONTROL", "FIRM", "AttestationMade"]

RULE = "G16.attestation_months_max"
TITLE = "Attestations of the reserve"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationMade(Observation):
    """Somebody outside the firm attested the reserve as of ``at_us``.

    Attributes:
        by: the auditor.
        evidence: SHA-256 of the attestation.
    """

    by: str
    evidence: str


def _compile(setting: Setting) -> Sequence[RowTest | Limit]:
    return stops(setting, RULE, mask(Kind.ISSUE))


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    rule = setting.rule(RULE)
    if rule is None:
        return
    made = [one.at_us for one in view.of(AttestationMade)]
    last_us = max(made, default=setting.permission.valid_from_us)
    due_us = ends_us(setting, rule, last_us)
    since = "attested" if made else "permitted"
    last_day = day_of(setting.pack, due_us - 1).isoformat()
    because = (
        f"The reserve was last {since} on {day_of(setting.pack, last_us).isoformat()}, and no "
        f"attestation came by {last_day}."
    )
    yield from Breach(
        rule,
        last_day,
        due_us,
        f"none by {last_day}",
        because,
        scope=Effect.PAUSE_ISSUE,
        lasting=bool(made),
    ).follows(setting)


CONTROL = Control("G16", TITLE, (RULE,), _compile)
FIRM = FirmControl("G16", TITLE, (RULE,), (AttestationMade,), _judge)
