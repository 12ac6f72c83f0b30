"""G28: too many complaints, or too much lost, pause the firm by itself."""

from __future__ import annotations

from sandrail.controls import ComplaintClosed, ComplaintReceived, Outcome
from sandrail.controls.guardrails import g28_complaints
from tests.makers.desk import START_US
from tests.makers.firm import ALL_ENTRIES, PAUSE_FIRM, PKR, FirmCase, firm_tests, stop_cases
from tests.makers.gate import gate_tests

SHARE, LOSS = "G28.complaints_share_max", "G28.loss_value_max"
TOO_MANY, TOO_MUCH = ((PAUSE_FIRM, SHARE),), ((PAUSE_FIRM, LOSS),)


def complaint(case: int, loss: int = 0) -> ComplaintReceived:
    return ComplaintReceived(at_us=START_US, case=f"K{case}", customer=f"C{case}", loss_minor=loss)


def closed(case: int, *, upheld: bool) -> ComplaintClosed:
    return ComplaintClosed(at_us=START_US, case=f"K{case}", upheld=upheld)


FOUR = tuple(complaint(number) for number in range(4))
CASES = [
    FirmCase("no complaint", ()),
    FirmCase("three of a thousand", FOUR[:3]),
    FirmCase("four of a thousand", FOUR, TOO_MANY, says="4 complaints of 1000"),
    FirmCase("three of 999", FOUR[:3], TOO_MANY, customers=999),
    FirmCase("one of nobody", FOUR[:1], TOO_MANY, customers=0),
    FirmCase("one was unfounded", (*FOUR, closed(0, upheld=False))),
    FirmCase("one was right", (*FOUR, closed(0, upheld=True)), TOO_MANY),
    FirmCase("told twice", (*FOUR[:3], complaint(2))),
    FirmCase("all of the loss allowed", (complaint(1, 50 * PKR),)),
    FirmCase("a paisa more", (complaint(1, 50 * PKR), complaint(2, 1)), TOO_MUCH, says="PKR 50.01"),
]
MUTANTS = [
    ("if not one.upheld", "if one.upheld"),
    ("if one.case not in unfounded", "if one.case"),
    ("max(view.customers, 1)", "max(view.customers, 1_000)"),
    (
        "Fraction(_PERCENT * len(counted), customers)",
        "Fraction(_PERCENT * len(counted) - 1, customers)",
    ),
    (
        "Fraction(_PERCENT * len(counted), customers)",
        "Fraction(_PERCENT * (len(counted) + 1), customers)",
    ),
    ("sum(one.loss_minor", "max(one.loss_minor"),
    ("scope=Effect.PAUSE_FIRM", "scope=None"),
]
GATE_CASES = [
    *stop_cases(SHARE, Outcome.HOLD, ALL_ENTRIES),
    *stop_cases(LOSS, Outcome.HOLD, ALL_ENTRIES),
]
GATE_MUTANTS = [("stops(setting, rule, ENTRIES)", "stops(setting, rule, 2**9 - 1)")]
test_answers, test_words, test_planted_faults = firm_tests(g28_complaints, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g28_complaints, GATE_CASES, GATE_MUTANTS)


def test_each_further_complaint_is_a_case_of_its_own() -> None:
    subjects = [
        FirmCase("", FOUR[: 3 + more], customers=500).given(g28_complaints.FIRM)[0].subject
        for more in (0, 1)
    ]
    assert subjects == ["K2", "K3"]
