"""The examples do what they say, and leave evidence."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sandrail.journal import read_slice
from sandrail.screening import Decision, Screener, curve_svg, load_model

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def disguises() -> ModuleType:
    path = ROOT / "examples" / "screening" / "twenty_disguises.py"
    spec = importlib.util.spec_from_file_location("twenty_disguises", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["twenty_disguises"] = module
    spec.loader.exec_module(module)
    return module


def test_twenty_disguises_are_caught_and_each_fate_is_evidence(
    disguises: ModuleType, tmp_path: Path
) -> None:
    target = tmp_path / "fates.slice"
    assert disguises.main(target) == 0
    facts = list(read_slice(target))
    assert len(facts) == len(disguises.ATTEMPTS) == 22
    assert {fact.kind for fact in facts} == {"screening.decided"}
    assert sum(a.caught for a in disguises.ATTEMPTS) == 20


def test_a_blind_screener_is_noticed(
    disguises: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: every name reads as clear."""
    monkeypatch.setattr(Screener, "_candidates", lambda self, identity, hope: [])
    assert disguises.main(None) == 1


def test_the_served_namesake_is_explained(disguises: ModuleType) -> None:
    from sandrail.journal import Journal

    fates = disguises.run(Journal.in_memory("x"))
    attempt, decision, explanation = fates[-1]
    assert attempt.disguise.startswith("NOT him") and decision is Decision.CLEAR
    assert "is not this one" in explanation and "father's names differ" in explanation


@pytest.mark.parametrize(
    ("family", "title"),
    [
        ("latin", "Latin names against Latin lists"),
        ("cross", "Arabic-script names against Latin lists"),
    ],
)
def test_the_pictures_show_the_stored_curves(family: str, title: str) -> None:
    curves = {k: p for k, p in load_model().curves.items() if k.startswith(family)}
    picture = curve_svg(dict(curves), title=f"{title}: found, and held up for nothing")
    stored = ROOT / "docs" / "concepts" / f"screening-{family}.svg"
    assert stored.read_text(encoding="utf-8") == picture
