"""The documentation of this room says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandrail.rulebook import (
    GUARDRAILS,
    Bound,
    Outcome,
    Status,
    find_packs,
    load_cases,
    load_pack,
    parse_pack,
)
from sandrail.rulebook.errors import DEFECTS
from sandrail.rulebook.units import UNITS
from sandrail.rulebook.vocabulary import FirmAction, SourceKind

DOCS = Path(__file__).parents[2] / "docs"
CONCEPT = (DOCS / "concepts" / "rulebook.md").read_text(encoding="utf-8")
GUIDE = (DOCS / "guides" / "write-a-pack.md").read_text(encoding="utf-8")


def _blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


@pytest.mark.parametrize("page", [CONCEPT, GUIDE], ids=["concept", "guide"])
def test_the_python_of_a_page_runs_in_order(page: str) -> None:
    names: dict[str, object] = {}
    for block in _blocks(page, "python"):
        exec(compile(block, "page", "exec"), names)
    assert "pack" in names


def test_the_packs_of_the_guide_load() -> None:
    whole, change = _blocks(GUIDE, "toml")
    assert parse_pack({"pack.toml": whole.encode()}).id == "atlantis"
    head = whole.split("[[rules]]")[0]
    changed = parse_pack({"pack.toml": (head + change).encode()})
    assert len(changed.rules) == 2


def test_the_cases_of_the_guide_are_readable(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(_blocks(GUIDE, "yaml")[0], encoding="utf-8")
    assert len(load_cases(tmp_path)) == 3


def test_every_defect_is_listed_with_its_meaning() -> None:
    listed = dict(re.findall(r"\| `rulebook\.(\w+)` \| (.*) \|", GUIDE))
    assert listed == DEFECTS


def test_every_guardrail_unit_and_word_is_documented() -> None:
    for guardrail in GUARDRAILS.values():
        assert f"| {guardrail.id} | {guardrail.title} |" in CONCEPT
    for unit in UNITS:
        assert f"`{unit}`" in GUIDE
    for bound in Bound:
        assert f"`{bound.value}`" in CONCEPT
    for status in Status:
        assert f"`{status.value}`" in CONCEPT
    for word in (*Outcome, *FirmAction, *SourceKind):
        assert f"`{word.value}`" in GUIDE


def test_rations_and_guards_stand_in_their_columns() -> None:
    for row in re.findall(r"^\| (G\d\d) \| [^|]+ \| (G\d\d)? ?\|", CONCEPT, re.MULTILINE):
        rations, guards = row
        assert GUARDRAILS[rations].lets_exits_pass
        assert not guards or not GUARDRAILS[guards].lets_exits_pass


def test_the_pack_shown_first_is_the_one_in_the_box() -> None:
    assert load_pack("pakistan").in_force(load_pack("pakistan").published)


def test_the_list_of_packs_is_complete() -> None:
    readme = (DOCS.parent / "packs" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z]+)` \|", readme, re.MULTILINE)
    assert sorted(listed) == sorted(find_packs())
