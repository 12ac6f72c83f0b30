"""The examples do what they say, and leave evidence."""

from __future__ import annotations

import html
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sandrail.screening import curve_svg, load_model
from sandrail.screening.finding import Finder
from sandrail.trials import DISGUISES

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


@pytest.fixture(scope="module")
def fates(disguises: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("disguises") / "out"
    return folder, disguises.run(folder)


def test_twenty_disguises_are_stopped_at_the_gate_and_anybody_can_verify_it(
    fates: tuple[Path, Any],
) -> None:
    folder, told = fates
    attempts = told.attempts
    assert told.checked.ok, told.checked.first_problem
    assert [one.what for one in attempts[:20]] == list(DISGUISES) and len(attempts) == 22
    for one in attempts[:20]:
        assert one.decision in ("HIT", "REVIEW") and one.lists and one.seq > 0, one
        assert one.asked == 2 and one.served == 0 and one.moved_minor == 0, one
        assert "un 9900000" in one.entry and one.because, one
    assert all(verdict.holds for verdict in told.outcome.verdicts)
    report = (folder / "report.html").read_text("utf-8")
    assert all(one.what.capitalize() in html.unescape(report) for one in attempts)
    assert (folder / "bundle" / "report.html").read_text("utf-8") == report


def test_the_namesake_is_served_and_so_is_a_mule_and_the_report_says_why(
    fates: tuple[Path, Any],
) -> None:
    namesake, mule = fates[1].attempts[20:]
    listed = fates[1].attempts[0]
    assert namesake.name == listed.name and namesake.father != listed.father
    assert namesake.decision == "CLEAR" and namesake.served == namesake.asked == 2
    assert "father's names differ" in namesake.because and "more than ten" in namesake.because
    assert mule.served == 2 and mule.entry == ""


def test_a_blind_screener_is_noticed(
    disguises: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The planted fault: every name reads as clear."""
    monkeypatch.setattr(Finder, "find", lambda self, asked: [[] for _ in asked])
    assert disguises.main(tmp_path / "blind") == 1


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
