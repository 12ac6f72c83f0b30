"""What a customer reads: a limit where it may be told, and else words that fit everybody."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from sandrail.controls import (
    CONTROLS,
    FIRM_CONTROLS,
    CustomerCode,
    CustomerText,
    Effect,
    Findings,
    FirmControl,
    Outcome,
    Program,
    RowTest,
    RuleRef,
    Verdict,
    assemble,
    customer_text,
    explain,
    plain_text,
)
from sandrail.controls.firm.control import Breach
from sandrail.rulebook import GUARDRAILS, Rule
from tests.makers.firm import full_pack, setting

SILENT = tuple(one.id for one in GUARDRAILS.values() if not one.tells_customer)
TELLING = tuple(one.id for one in GUARDRAILS.values() if one.tells_customer)
NEUTRAL = {
    Outcome.ALLOW: CustomerCode.DONE,
    Outcome.WARN: CustomerCode.DONE,
    Outcome.HOLD: CustomerCode.PROCESSING,
    Outcome.BLOCK: CustomerCode.NOT_CARRIED_OUT,
    Outcome.FREEZE: CustomerCode.NOT_CARRIED_OUT,
}
LANGUAGES = ("en", "ur")


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


SMALL = words(
    "a an and are as at by for in is it its of on or the that this to not no be "
    "اس اور پر جو سے میں نہیں ہو ہے ہیں یا کا کو کی کے"
)
"""Words that give nothing away."""


def rules_of(guardrail: str) -> list[Rule]:
    """Every rule of a guardrail that some pack sets, or could."""
    return [rule for rule in full_pack().rules if rule.guardrail == guardrail]


def verdict(ref: RuleRef, outcome: Outcome) -> Verdict:
    """What the gate says when one rule gives one answer."""
    test = RowTest(ref, outcome, 0, lambda rows, _: np.zeros(rows.kind.shape[0], dtype=np.bool_))
    program: Program = assemble([test], [])
    found = Findings(
        np.array([outcome], dtype=np.uint8),
        np.zeros(1, dtype=np.uint8),
        np.ones(1, dtype=np.uint64),
        np.full(1, -1, dtype=np.int64),
    )
    return explain(program, found, 0, currency=full_pack().currency)


def told_words(text: CustomerText) -> set[str]:
    return words(" ".join(text.words.in_language(language) for language in LANGUAGES)) - SMALL


def require_silent(guardrail: str) -> None:
    """No answer of a guardrail gives its customer a word of why."""
    rules = rules_of(guardrail)
    assert rules, "a guardrail without rules would be silent by accident"
    for rule in rules:
        ref = setting().ref(rule)
        for outcome in Outcome:
            said = verdict(ref, outcome)
            assert said.customer_text == plain_text(NEUTRAL[outcome])
            generic = words(verdict(replace(ref, title="", limit_text=""), outcome).reason)
            secret = words(said.reason) - generic
            secret |= words(" ".join((said.rule, said.citation, said.limit, *said.breached)))
            secret |= words(rule.title.in_language("en")) | words(rule.title.in_language("ur"))
            assert secret & told_words(said.customer_text) == set(), (rule.id, outcome)


@pytest.mark.parametrize("guardrail", SILENT)
def test_a_guardrail_that_may_not_be_told_says_nothing_of_itself(guardrail: str) -> None:
    require_silent(guardrail)


@pytest.mark.parametrize("guardrail", SILENT)
def test_a_flipped_flag_is_found(guardrail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    flipped = replace(GUARDRAILS[guardrail], tells_customer=True)
    monkeypatch.setitem(GUARDRAILS, guardrail, flipped)
    with pytest.raises(AssertionError):
        require_silent(guardrail)


def test_what_guards_against_crime_is_silent_and_what_rations_customers_is_not() -> None:
    crime = {f"G{number}" for number in range(18, 27)}
    assert crime <= set(SILENT)
    assert {"G04", "G05", "G06"} <= set(TELLING)
    assert {one.guardrail for one in (*CONTROLS, *FIRM_CONTROLS)} - {"STOP"} == {*SILENT, *TELLING}


@pytest.mark.parametrize("guardrail", TELLING)
def test_a_limit_is_told_with_its_value_in_every_language(guardrail: str) -> None:
    for rule in rules_of(guardrail):
        ref = setting().ref(rule)
        for outcome, code in ((Outcome.BLOCK, "limit"), (Outcome.HOLD, "limit_waits")):
            told = verdict(ref, outcome).customer_text
            assert told.code == code
            for language in LANGUAGES:
                text = told.words.in_language(language)
                assert rule.title.in_language(language) in text
                assert rule.text in text
        frozen = verdict(ref, Outcome.FREEZE).customer_text
        assert frozen == plain_text(CustomerCode.NOT_CARRIED_OUT), "a freeze is never explained"


@pytest.mark.parametrize("code", [CustomerCode.PROCESSING, CustomerCode.NOT_CARRIED_OUT])
def test_a_neutral_sentence_is_said_for_innocent_reasons_too(code: CustomerCode) -> None:
    """One that only suspects read would tell them."""
    innocent = {"G12", "G16", "G27", "G30", "G34"}
    outcome = next(out for out, neutral in NEUTRAL.items() if neutral is code)
    for guardrail in innocent:
        ref = setting().ref(rules_of(guardrail)[0])
        assert customer_text(outcome, ref).code is code


def test_the_emergency_stop_and_a_waiting_chain_name_nothing() -> None:
    stop = RuleRef("STOP.firm_paused", "STOP", "Emergency stop", "", "Order of the supervisor")
    for outcome in Outcome:
        assert customer_text(outcome, stop) == customer_text(outcome) == plain_text(
            NEUTRAL[outcome]
        )  # fmt: skip


@pytest.mark.parametrize("control", FIRM_CONTROLS, ids=lambda one: one.guardrail)
def test_what_follows_for_a_firm_is_not_told_and_a_pause_gives_no_reason(
    control: FirmControl,
) -> None:
    for rule in rules_of(control.guardrail):
        for effect in Effect:
            breach = Breach(rule, "case 7", 1, "8 cases", "A report was owed to the FMU.")
            (one, *_) = breach.warns(setting())
            told = replace(one, effect=effect).customer_text
            if effect in (Effect.WARN, Effect.ESCALATE, Effect.REPORT):
                assert told is None
            else:
                assert told == plain_text(CustomerCode.NOT_CARRIED_OUT)


@pytest.mark.parametrize("code", [one for one in CustomerCode if not one.startswith("limit")])
def test_every_sentence_has_every_language_of_the_packs(code: CustomerCode) -> None:
    told = plain_text(code)
    assert all(told.words.has(language) for language in full_pack().languages)
    assert told.as_dict() == {"code": code.value, "words": dict(told.words.forms)}
