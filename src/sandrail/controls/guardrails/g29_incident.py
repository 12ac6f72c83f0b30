"""G29: an incident is told, updated and explained, each within its hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandrail.controls.control import Setting
from sandrail.controls.firm.consequence import Consequence
from sandrail.controls.firm.control import Breach, FirmControl, FirmView
from sandrail.controls.firm.dates import ends_us
from sandrail.controls.firm.observation import Observation

__all__ = ["FIRM", "IncidentReported"]

RULES = {
    "G29.first_notice_max": "first notice",
    "G29.update_max": "update",
    "G29.detailed_report_max": "detailed report",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReported(Observation):
    """Something went wrong; ``at_us`` is when it was noticed.

    Attributes:
        case: the incident's reference.
        severity: in the firm's words.
        summary: what happened, in a sentence.
    """

    case: str
    severity: str
    summary: str


def _judge(setting: Setting, view: FirmView) -> Iterable[Consequence]:
    for one in view.of(IncidentReported):
        for rule_id, step in RULES.items():
            rule = setting.rule(rule_id)
            if rule is None:
                continue
            yield from Breach(
                rule,
                one.case,
                one.at_us,
                one.severity,
                f"The incident {one.case} ({one.severity}) asks for a {step}.",
                due_us=ends_us(setting, rule, one.at_us),
            ).follows(setting)


FIRM = FirmControl("G29", "Incidents", tuple(RULES), (IncidentReported,), _judge)
