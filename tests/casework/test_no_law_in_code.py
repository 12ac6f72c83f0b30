"""The code of this room holds no legal number: none of the pack's values stands in it."""

from __future__ import annotations

import ast
from pathlib import Path

from sandrail.casework import Application
from sandrail.rulebook import Pack

ROOM = Path(__file__).parents[2] / "src" / "sandrail" / "casework"
EVERYDAY = {0, 1, 2, 3, 4, 7, 9, 10, 12, 20, 24, 100}
"""Numbers of the calendar, of percent and of indices; they mean no law by themselves."""


def legal_numbers(pack: Pack) -> set[int]:
    """Return the whole numbers that the pack sets, in major and in minor units."""
    values = [rule.value for rule in pack.rules]
    values += [deadline.length for deadline in pack.deadlines]
    values += [formula.amount for formula in pack.capital]
    values += [kind.months_max for kind in pack.instruments]
    if pack.evaluation is not None:
        values += [pack.evaluation.pass_percent, pack.evaluation.quorum_min]
    numbers = {int(v) for v in values if not isinstance(v, bool | tuple) and str(v).isdecimal()}
    return (numbers | {100 * n for n in numbers}) - EVERYDAY


def numbers_in(text: str) -> set[int]:
    """Return the whole numbers written in a module, outside subscripts and named bounds."""
    tree = ast.parse(text)
    shown = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        for inner in ast.walk(node.slice)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is int and id(node) not in shown
    }


def test_no_module_holds_a_number_of_the_pack(pack: Pack) -> None:
    forbidden = legal_numbers(pack)
    assert {18, 500, 100000, 10_000_000, 21, 15, 60, 90} <= forbidden
    found = {
        path.name: sorted(numbers_in(path.read_text(encoding="utf-8")) & forbidden)
        for path in sorted(ROOM.glob("*.py"))
        if path.name not in {"limits.py", "application.py", "text.py"}
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_a_planted_number_is_found(pack: Pack, application: Application) -> None:
    del application
    planted = "def is_too_long(months):\n    return months > 18\n"
    assert numbers_in(planted) & legal_numbers(pack) == {18}
