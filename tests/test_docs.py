"""The documentation says what the code does: commands, settings, errors, words, links."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from sandrail.cli.commands import Later, root
from sandrail.cli.settings import Settings
from sandrail.journal import Journal
from sandrail.rulebook import GUARDRAILS
from sandrail.transfers import KINDS
from tests.reference import PAGES, ROOT, error_codes, places_of

DOCS = ROOT / "docs"
PAGES_OF_PEOPLE = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)")
PYTHON = re.compile(r"```python\n(.*?)```", re.S)
COMMAND = re.compile(r"(?:`|^\$? *)(?:\.venv/bin/)?sandrail ([a-z][^`\n]*)", re.M)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_drawn_from_code_is_up_to_date(name: str) -> None:
    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == PAGES[name]()


def test_every_error_has_an_entry_that_says_something() -> None:
    text = (DOCS / "reference" / "errors.md").read_text(encoding="utf-8")
    assert all(f"### {code}\n" in text for code in error_codes())
    assert len(error_codes()) > 100


def test_every_setting_is_documented() -> None:
    text = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    assert all(f"SANDRAIL_{field.name.upper()}" in text for field in fields(Settings))


def test_every_guardrail_is_in_the_table_with_the_places_where_it_is_reached() -> None:
    table = (DOCS / "reference" / "guardrails.md").read_text(encoding="utf-8")
    for guardrail in GUARDRAILS:
        places = ", ".join(places_of(guardrail))
        assert places and re.search(rf"\| {guardrail} \|[^|]*\| {places} \|", table), guardrail


@pytest.mark.parametrize("page", PAGES_OF_PEOPLE, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [
        target
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken


@pytest.mark.parametrize("page", PAGES_OF_PEOPLE, ids=lambda page: page.name)
def test_python_on_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = PYTHON.findall(page.read_text(encoding="utf-8"))
    for name in ("examples", "packs", "contracts"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "docs"}
    for block in blocks:
        exec(compile(block, str(page), "exec"), names)


def unknown_in(words: list[str]) -> list[str]:
    """Return what of a command's words is no command and no option of it."""
    command: Any = root
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
        command = command.real() if isinstance(command, Later) else command
    if hasattr(command, "commands"):
        if command is not root.commands["screen"]:
            return words[:1] if words and words[0] != "--help" else []
        command = command.commands["name"].real()
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return [word for word in words if word.startswith("--") and word.split("=")[0] not in known]


@pytest.mark.parametrize("page", PAGES_OF_PEOPLE, ids=lambda page: page.name)
def test_every_command_on_a_page_is_there_with_its_options(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    asked = COMMAND.findall(text)
    wrong = {line: bad for line in asked if (bad := unknown_in(line.replace(",", " ").split()))}
    assert not wrong


def test_a_page_that_names_another_command_would_be_found() -> None:
    lines = ("verfy demo", "transfer --sum 5", "lists status --pack=x", "case queue A --people p")
    assert [unknown_in(line.split()) for line in lines] == [["verfy"], ["--sum"], [], []]


def test_every_fact_kind_of_the_desk_is_described() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    assert not [kind for kind in KINDS if f"`{kind}`" not in text]


def test_the_glossary_is_sorted_and_says_something_about_each_word() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", (DOCS / "glossary.md").read_text(), re.M)
    words = [word for word, _ in rows if word not in {"word", "---"}]
    assert words == sorted(words) and len(set(words)) == len(words) > 40
    assert all(len(meaning) > 10 for word, meaning in rows if word not in {"word", "---"})


def test_the_readme_names_the_two_commands_and_every_room() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in readme and "make test" in readme and "docs/images/report.png" in readme
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "Apache-2.0"
    dependencies = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    named = [re.split(r"[\[<>=; ]", item)[0] for item in project["dependencies"]]
    assert not [name for name in named if name not in dependencies]


def test_a_journal_s_docstring_promises_durability() -> None:
    assert "durable on return" in (Journal.commit.__doc__ or "")
