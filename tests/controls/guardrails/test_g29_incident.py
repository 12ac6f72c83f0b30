"""G29: three reports, each within its hours, on clocks that start when it was noticed."""

from __future__ import annotations

from sandrail.controls import IncidentReported
from sandrail.controls.guardrails import g29_incident
from sandrail.world import HOUR_US
from tests.makers.desk import START_US
from tests.makers.firm import REPORT, FirmCase, firm_tests

RULES = ("G29.first_notice_max", "G29.update_max", "G29.detailed_report_max")
THREE = tuple((REPORT, rule) for rule in RULES)


def incident(case: str) -> IncidentReported:
    return IncidentReported(at_us=START_US, case=case, severity="high", summary="Keys were lost.")


CASES = [
    FirmCase("none", ()),
    FirmCase("one", (incident("X1"),), THREE, says="X1 (high) asks for a first notice"),
    FirmCase("two", (incident("X1"), incident("X2")), THREE + THREE),
    FirmCase("before it was noticed", (incident("X1"),), at_us=START_US - 1),
]
MUTANTS = [
    ('"G29.update_max": "update",', ""),
    ("for one in view.of(IncidentReported)", "for one in view.of(IncidentReported)[:1]"),
    ("                one.at_us,\n", "                one.at_us - 1,\n"),
]
test_answers, test_words, test_planted_faults = firm_tests(g29_incident, CASES, MUTANTS)


def test_each_report_is_due_at_its_hour() -> None:
    due = [one.due_us - START_US for one in CASES[1].given(g29_incident.FIRM)]
    assert due == [4 * HOUR_US, 24 * HOUR_US, 72 * HOUR_US]
