"""A newcomer follows the guide to the letter, and the guardrail works."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from types import ModuleType

from sandrail.controls import CONTROLS, AssetTerms, Control, Outcome, Setting, compile_program
from sandrail.rulebook import effective_rules, find_packs, load_pack
from sandrail.transfers import Desk, DeskTerms
from tests.makers.desk import START_US, TOKEN, issue, open_desk, permission

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "write-a-guardrail.md"

RULE = """
[[rules]]
id = "G05.round_sums_above"
title = { en = "Round sums wait above", ur = "گول رقوم" }
value = "500"
unit = "PKR"
outcome = "HOLD"
source = "ours"
status = "placeholder"
valid_from = 2026-02-20
"""


def guardrail_of_the_guide() -> Control:
    """Run the code block of the page."""
    block = re.search(r"```python guardrail\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert block is not None
    module = ModuleType("guide")
    exec(compile(block.group(1), str(GUIDE), "exec"), module.__dict__)
    control: Control = module.CONTROL
    return control


def test_the_guide_s_guardrail_holds_a_round_sum_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "pakistan"
    shutil.copytree(find_packs()["pakistan"], folder)
    with (folder / "guardrails.toml").open("a", encoding="utf-8") as file:
        file.write(RULE)
    pack = load_pack(folder)
    granted = permission(pack)
    assets = (AssetTerms(TOKEN),)
    setting = Setting(pack, effective_rules(pack, granted, START_US), granted, assets)
    desk: Desk = open_desk()
    desk.floor.terms = DeskTerms(pack, granted, assets)
    desk.floor.program = compile_program(setting, (*CONTROLS, guardrail_of_the_guide()))
    answers = desk.submit([issue(1, 0, 100_000), issue(2, 1, 100_001), issue(3, 2, 1_000)], key="a")
    assert answers.found.outcome.tolist() == [Outcome.HOLD, Outcome.ALLOW, Outcome.ALLOW]
    assert answers.verdict(0).rule == "G05.round_sums_above"
