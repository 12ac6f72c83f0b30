"""The page about the ledger is true: its code runs, and it names every outcome with its number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandrail.ledger import AccountFlag, GateDecision, Outcome, RowFlag

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "ledger.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.S)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_code_block_runs(number: int) -> None:
    exec(compile(BLOCKS[number], f"{PAGE.name} block {number}", "exec"), {})


@pytest.mark.parametrize("outcome", list(Outcome))
def test_outcome_is_explained_with_its_number(outcome: Outcome) -> None:
    row = re.search(rf"^\| [^|]*\b{int(outcome)}\b[^|]*\| [^|]*`{outcome.name}`", TEXT, re.M)
    prose = f"`{outcome.name}` ({int(outcome)})" in TEXT
    assert row or prose, f"docs/concepts/ledger.md does not explain {outcome.name}"


@pytest.mark.parametrize("word", [*AccountFlag, *RowFlag, *GateDecision])
def test_flag_and_decision_are_named(word: AccountFlag | RowFlag | GateDecision) -> None:
    assert str(word.name) in TEXT
