"""G09: nothing larger than the form allows is listed, and no issue grows past it."""

from __future__ import annotations

from sandrail.controls import Kind, ListingProposed, Outcome
from sandrail.controls.guardrails import g09_listing
from tests.makers.desk import START_US
from tests.makers.firm import BLOCK, PKR, FirmCase, firm_tests, setting
from tests.makers.gate import PASSES, Case, gate_tests, row

ANY, BOND = "G09.instrument_size_max", "G09.bond_issue_max"


def listing(form: str, minor: int) -> ListingProposed:
    return ListingProposed(at_us=START_US, instrument="I1", form=form, size_minor=minor)


CASES = [
    FirmCase("nothing asked", ()),
    FirmCase("any form at the size", (listing("fund", 1_000 * PKR),)),
    FirmCase(
        "any form one above",
        (listing("fund", 1_000 * PKR + 1),),
        ((BLOCK, ANY),),
        says="PKR 1,000.01",
    ),
    FirmCase("a bond at its size", (listing("bond", 500 * PKR),)),
    FirmCase("a bond one above", (listing("bond", 500 * PKR + 1),), ((BLOCK, BOND),)),
    FirmCase("of no stated size", (listing("fund", 0),), ((BLOCK, ANY),), says="nobody stated"),
]
MUTANTS = [
    ("one.size_minor <= 0", "one.size_minor < 0"),
    ("Fraction(one.size_minor, major)", "Fraction(one.size_minor - 1, major)"),
    ("Fraction(one.size_minor, major)", "Fraction(one.size_minor + 1, major)"),
    ('form not in ("", one.form)', 'form != ""'),
    ("scope=Effect.BLOCK", "scope=None"),
]
ROWS = (
    row(Kind.ISSUE, value=500 * PKR),
    row(Kind.ISSUE, value=1),
    row(Kind.TRANSFER, value=9_000 * PKR),
    row(Kind.REDEEM, value=1),
    row(Kind.ISSUE, value=1),
)
GATE_CASES = [
    Case(
        "a bond",
        ROWS,
        (PASSES, (Outcome.BLOCK, BOND), PASSES, PASSES, PASSES),
        setting=setting(form="bond"),
    ),
    Case("another form", ROWS, (PASSES,) * 5, setting=setting(form="note")),
    Case(
        "any form",
        (row(Kind.ISSUE, value=1_000 * PKR), row(Kind.ISSUE, value=1)),
        (PASSES, (Outcome.BLOCK, ANY)),
        setting=setting(),
    ),
]
GATE_MUTANTS = [
    ("inclusive=rule.inclusive", "inclusive=False"),
    ("setting.minor(rule)", "setting.minor(rule) + 1"),
    ("Measure.SUPPLY", "Measure.HOLDING"),
    ('form in ("", terms.form)', 'form == ""'),
]
test_answers, test_words, test_planted_faults = firm_tests(g09_listing, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g09_listing, GATE_CASES, GATE_MUTANTS)
