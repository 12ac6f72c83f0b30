"""G13: allowed classes, spread over banks, soon money again."""

from __future__ import annotations

from sandrail.controls import Outcome, ReserveComposed, ReserveLine
from sandrail.controls.guardrails import g13_composition
from tests.makers.desk import START_US, condition
from tests.makers.firm import (
    ESCALATE,
    ISSUES,
    PAUSE_ISSUE,
    WARN,
    FirmCase,
    firm_tests,
    stop_cases,
)
from tests.makers.gate import gate_tests

CLASSES, SHARE, DAYS = (
    "G13.classes_allowed",
    "G13.one_bank_share_max",
    "G13.maturity_days_max",
)
SPREAD = (condition(SHARE, 60, "percent"),)


def reserve(*lines: tuple[str, str, int, int]) -> ReserveComposed:
    return ReserveComposed(at_us=START_US, lines=tuple(ReserveLine(*line) for line in lines))


SOUND = reserve(("financial_assets", "A", 60, 0), ("securities", "B", 40, 90))
STRANGE = reserve(("financial_assets", "A", 60, 0), ("virtual_assets", "B", 40, 0))
LONG = reserve(("securities", "A", 40, 0), ("securities", "B", 40, 91))
WRONG_CLASS = ((PAUSE_ISSUE, CLASSES), (ESCALATE, CLASSES))
CASES = [
    FirmCase("never told", ()),
    FirmCase("at every limit", (SOUND,), conditions=SPREAD),
    FirmCase("a virtual asset", (STRANGE,), WRONG_CLASS, says="The reserve holds virtual_assets."),
    FirmCase("a class nobody named", (reserve(("", "A", 1, 0)),), WRONG_CLASS, says="nobody named"),
    FirmCase("put right", (STRANGE, SOUND)),
    FirmCase(
        "one bank a little above",
        (reserve(("securities", "A", 61, 0), ("securities", "B", 39, 0)),),
        ((WARN, SHARE), (ESCALATE, SHARE)),
        conditions=SPREAD,
        says="A holds 61 percent",
    ),
    FirmCase(
        "one bank in two lines",
        (reserve(*[("securities", bank, 20, 0) for bank in "ABAAACAB"]),),
        ((WARN, SHARE), (ESCALATE, SHARE)),
        conditions=SPREAD,
    ),
    FirmCase("bound a day longer", (LONG,), ((PAUSE_ISSUE, DAYS),)),
    FirmCase("nothing at all", (reserve(),)),
]
MUTANTS = [
    ("one.asset_class not in rule.names", "one.asset_class in rule.names"),
    ("at_bank.get(one.bank, 0) + one.minor", "one.minor"),
    ("Fraction(_PERCENT * at_bank[bank], total)", "Fraction(_PERCENT * at_bank[bank] - 61, total)"),
    ("max((one.maturity_days", "min((one.maturity_days"),
    ("scope=Effect.PAUSE_ISSUE", "scope=None"),
    ("RULES = (CLASSES, SHARE, MATURITY)", "RULES = (CLASSES, SHARE)"),
]
GATE_CASES = [*stop_cases(CLASSES, Outcome.BLOCK, ISSUES), *stop_cases(DAYS, Outcome.BLOCK, ISSUES)]
GATE_MUTANTS = [
    ("mask(Kind.ISSUE)", "mask(Kind.REDEEM)"),
    ("for rule in RULES for", "for rule in RULES[:1] for"),
]
test_answers, test_words, test_planted_faults = firm_tests(g13_composition, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g13_composition, GATE_CASES, GATE_MUTANTS)
