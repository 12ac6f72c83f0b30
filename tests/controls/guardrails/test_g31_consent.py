"""G31: told in every language, agreed, and asked again when it matters."""

from __future__ import annotations

import numpy as np
import pytest

from sandrail.controls import (
    Consent,
    DisclosurePublished,
    FirmView,
    Kind,
    Outcome,
    Snapshot,
    consent_holds,
)
from sandrail.controls.guardrails import g31_consent
from tests.makers.desk import START_US
from tests.makers.firm import PAUSE_ONBOARDING, FirmCase, firm_tests, setting
from tests.makers.gate import PARTIES, PASSES, Case, gate_tests, row, snapshot

RULE = "G31.disclosure_languages"
BLOCKED = (Outcome.BLOCK, RULE)


def published(version: str, *languages: str, material: bool = False) -> DisclosurePublished:
    return DisclosurePublished(
        at_us=START_US, version=version, languages=languages, material=material
    )


def agreed(*parties: int) -> Snapshot:
    column = np.zeros(PARTIES, dtype=np.uint8)
    column[list(parties)] = 1
    return snapshot(party_consent=column)


CASES = [
    FirmCase("nothing published", ()),
    FirmCase("every language", (published("1", "ur", "en"),)),
    FirmCase(
        "one is missing",
        (published("1", "en"),),
        ((PAUSE_ONBOARDING, RULE),),
        says="not published in ur",
    ),
    FirmCase("put right", (published("1", "en"), published("2", "en", "ur"))),
]
MUTANTS = [
    ("if name not in one.languages", "if name in one.languages"),
    ("published[-1]", "published[0]"),
    ("scope=Effect.PAUSE_ONBOARDING", "scope=None"),
]
GATE_CASES = [
    Case("both agreed", (row(),), (PASSES,), seen=agreed(0, 1)),
    Case("the sender did not", (row(),), (BLOCKED,), seen=agreed(1)),
    Case("the receiver did not", (row(),), (BLOCKED,), seen=agreed(0)),
    Case(
        "nobody did",
        (row(Kind.ISSUE), row(Kind.ON_RAMP), row(Kind.REDEEM), row(Kind.OFF_RAMP)),
        (BLOCKED, BLOCKED, PASSES, PASSES),
        seen=agreed(),
    ),
    Case(
        "agreed to what does not hold",
        (row(),),
        (BLOCKED,),
        seen=snapshot(consent_holds=np.zeros(2, dtype=np.bool_)),
    ),
]
GATE_MUTANTS = [
    ("(rows.debtor, rows.creditor)", "(rows.debtor,)"),
    ("(rows.debtor, rows.creditor)", "(rows.creditor,)"),
    ("& ~given", "& given"),
    ("ENTRIES, silent", "1, silent"),
]
test_answers, test_words, test_planted_faults = firm_tests(g31_consent, CASES, MUTANTS)
test_gate, test_gate_faults = gate_tests(g31_consent, GATE_CASES, GATE_MUTANTS)

FIRST, SECOND = published("1", "en", "ur"), published("2", "en", "ur", material=True)
THIRD = published("3", "en", "ur")


@pytest.mark.parametrize(
    ("told", "version", "languages", "holds"),
    [
        ((), "1", ("en", "ur"), True),
        ((), "1", ("en",), False),
        ((), "1", ("en", "ur", "ps"), True),
        ((FIRST,), "1", ("en", "ur"), True),
        ((FIRST, SECOND), "1", ("en", "ur"), False),
        ((FIRST, SECOND), "2", ("en", "ur"), True),
        ((FIRST, SECOND, THIRD), "2", ("en", "ur"), True),
        ((FIRST, SECOND, THIRD), "3", ("en", "ur"), True),
    ],
)
def test_a_consent_holds_in_every_language_until_a_material_version(
    told: tuple[DisclosurePublished, ...], version: str, languages: tuple[str, ...], holds: bool
) -> None:
    view = FirmView()
    for one in told:
        view = view.with_told(one, 1)
    assert consent_holds(setting(), view, Consent(version, languages)) is holds
