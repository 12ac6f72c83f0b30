"""Every guardrail of the gate: one file, one test file, rules that exist."""

from __future__ import annotations

from pathlib import Path

from sandrail.controls import CONTROLS
from sandrail.rulebook import GUARDRAILS, load_pack

HERE = Path(__file__).parent / "guardrails"
SOURCE = Path(__file__).parents[2] / "src" / "sandrail" / "controls" / "guardrails"


def test_one_guardrail_is_one_file_and_one_test_file() -> None:
    files = {path.stem for path in SOURCE.glob("*.py")} - {"__init__"}
    assert {path.stem for path in HERE.glob("test_*.py")} == {f"test_{stem}" for stem in files}
    assert len(CONTROLS) == len(files)


def test_a_guardrail_has_an_id_of_the_catalogue_and_reads_its_own_rules() -> None:
    for control in CONTROLS:
        assert control.guardrail in GUARDRAILS or control.guardrail == "STOP"
        assert control.reads and all(
            rule.startswith(control.guardrail + ".") for rule in control.reads
        )


def test_every_rule_that_a_guardrail_reads_exists_in_the_pakistani_pack_or_is_optional() -> None:
    known = {rule.id for rule in load_pack("pakistan").rules}
    optional = {"STOP.firm_paused", "G06.monthly_count_max"}
    assert {rule for control in CONTROLS for rule in control.reads} - known <= optional
