"""A newcomer follows the guide to the letter, and the guardrail works."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

from sandrail.controls import (
    CONTROLS,
    AssetTerms,
    Control,
    Effect,
    FirmView,
    Kind,
    Outcome,
    Setting,
    compile_program,
)
from sandrail.rulebook import Pack, effective_rules, find_packs, load_pack
from sandrail.transfers import Desk, DeskTerms
from sandrail.world import DAY_US
from tests.makers.desk import START_US, TOKEN, issue, open_desk, permission
from tests.makers.gate import Case, row, snapshot

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


DRILL = """
[[rules]]
id = "G29.drill_months_max"
title = { en = "Months between drills", ur = "مشقوں کے درمیان مہینے" }
value = 1
unit = "months"
outcome = "BLOCK"
actions = ["PAUSE"]
source = "ours"
status = "placeholder"
valid_from = 2026-02-20
"""


def module_of_the_guide(name: str) -> ModuleType:
    """Run a code block of the page as a module."""
    text = GUIDE.read_text(encoding="utf-8")
    block = re.search(rf"```python {name}\n(.*?)```", text, re.S)
    assert block is not None
    module = ModuleType(f"guide_{name}")
    sys.modules[module.__name__] = module
    exec(compile(block.group(1), str(GUIDE), "exec"), module.__dict__)
    return module


def pack_with(folder: Path, rule: str) -> Pack:
    """The Pakistani pack and one rule more."""
    shutil.copytree(find_packs()["pakistan"], folder)
    with (folder / "guardrails.toml").open("a", encoding="utf-8") as file:
        file.write(rule)
    return load_pack(folder)


def test_the_guide_s_guardrail_holds_a_round_sum_and_nothing_else(tmp_path: Path) -> None:
    pack = pack_with(tmp_path / "pakistan", RULE)
    control: Control = module_of_the_guide("guardrail").CONTROL
    granted = permission(pack)
    assets = (AssetTerms(TOKEN),)
    setting = Setting(pack, effective_rules(pack, granted, START_US), granted, assets)
    desk: Desk = open_desk()
    desk.floor.terms = DeskTerms(pack, granted, assets)
    program = compile_program(setting, (*CONTROLS, control))
    desk.floor.program, desk.floor.programs[program.content_hash] = program, program
    answers = desk.submit([issue(1, 0, 100_000), issue(2, 1, 100_001), issue(3, 2, 1_000)], key="a")
    assert answers.found.outcome.tolist() == [Outcome.HOLD, Outcome.ALLOW, Outcome.ALLOW]
    assert answers.verdict(0).rule == "G05.round_sums_above"


def test_the_guide_s_guardrail_of_the_firm_pauses_it_until_a_drill_was_held(tmp_path: Path) -> None:
    pack = pack_with(tmp_path / "pakistan", DRILL)
    module = module_of_the_guide("firm-guardrail")
    granted = permission(pack)
    rules = effective_rules(pack, granted, START_US)
    setting = Setting(pack, rules, granted, (AssetTerms(TOKEN),))
    (never,) = module.FIRM.judge(setting, FirmView())
    drill = module.DrillHeld(at_us=START_US + DAY_US, minutes=40)
    (again,) = module.FIRM.judge(setting, FirmView().with_told(drill, 1))
    assert (never.effect, again.since_us - never.since_us) == (Effect.PAUSE_FIRM, DAY_US)
    rows = (row(), row(Kind.REDEEM))
    late = snapshot(now_us=never.since_us, stops={never.rule: never.since_us})
    expected = ((Outcome.BLOCK, "G29.drill_months_max"), (Outcome.ALLOW, ""))
    assert Case("late", rows, expected, seen=late, setting=setting).holds(module.CONTROL)
