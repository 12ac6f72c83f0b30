"""Every guardrail: one file, one test file, rules that exist, and a place where it is reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandrail.controls import (
    CONTROLS,
    FIRM_CONTROLS,
    OBSERVATIONS,
    Control,
    FirmBook,
    FirmControl,
)
from sandrail.rulebook import GUARDRAILS, find_packs, load_pack
from tests.makers.firm import full_pack, setting

HERE = Path(__file__).parent / "guardrails"
SOURCE = Path(__file__).parents[2] / "src" / "sandrail" / "controls" / "guardrails"
# Rules that guardrails read and no pack of ours sets: a pack that does switches them on.
NOT_SET = {
    "STOP.firm_paused",
    "G06.monthly_count_max",
    "G13.maturity_days_max",
    "G27.capital_min",
    "G28.loss_value_max",
    "G32.claims_approved_required",
}


def test_one_guardrail_is_one_file_and_one_test_file() -> None:
    files = {path.stem for path in SOURCE.glob("*.py")} - {"__init__"}
    assert {path.stem for path in HERE.glob("test_*.py")} == {f"test_{stem}" for stem in files}
    named = {one.guardrail for one in (*CONTROLS, *FIRM_CONTROLS)}
    assert named == {stem.split("_")[0].upper() for stem in files}


def test_every_guardrail_of_the_catalogue_acts_in_the_gate_or_on_the_firm() -> None:
    named = {one.guardrail for one in (*CONTROLS, *FIRM_CONTROLS)}
    assert named == set(GUARDRAILS) | {"STOP"}


@pytest.mark.parametrize("control", [*CONTROLS, *FIRM_CONTROLS], ids=lambda one: one.guardrail)
def test_a_guardrail_reads_its_own_rules(control: Control | FirmControl) -> None:
    assert control.reads and control.title
    assert all(rule.startswith(control.guardrail + ".") for rule in control.reads)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: one.guardrail)
def test_a_guardrail_of_the_gate_has_something_to_check_under_every_rule(control: Control) -> None:
    # The Sharia rule of the Pakistani pack only warns, so it has nothing to stop.
    assert bool(control.compile(setting())) is (control.guardrail != "G35")


def test_every_rule_that_a_guardrail_reads_is_set_by_a_pack_or_known_to_be_optional() -> None:
    known = {rule.id for name in find_packs() for rule in load_pack(name).rules}
    read = {rule for one in (*CONTROLS, *FIRM_CONTROLS) for rule in one.reads}
    assert read - known <= NOT_SET


def test_a_firm_under_every_rule_is_judged_by_every_guardrail_of_the_firm() -> None:
    book = FirmBook.opened(setting())
    assert set(book.found) == {one.guardrail for one in FIRM_CONTROLS}
    assert {rule.guardrail for rule in full_pack().rules} >= set(book.found)


def test_an_observation_belongs_to_guardrails_and_its_name_to_one_kind() -> None:
    kinds = [kind for one in FIRM_CONTROLS for kind in one.takes]
    assert len(set(kinds)) == len(OBSERVATIONS)
    judged = [one for one in FIRM_CONTROLS if not one.takes]
    assert all(one.counts_usage for one in judged)
