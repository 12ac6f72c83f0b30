"""The page about casework shows the tables as they are. ``SANDRAIL_WRITE_DOCS=1`` rewrites it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sandrail.casework import APPLICATION_MACHINE, INSTRUMENT_MACHINE, draw
from sandrail.casework.entry import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "casework.md"
PICTURES = {"application-machine": APPLICATION_MACHINE, "instrument-machine": INSTRUMENT_MACHINE}


def with_generated_parts(text: str) -> str:
    """Return the page with its pictures and its list of kinds as the code has them."""
    for mark, machine in PICTURES.items():
        pattern = rf"(<!-- {mark} -->\n```mermaid\n).*?(```)"
        text, count = re.subn(
            pattern, lambda found, it=machine: found[1] + draw(it) + found[2], text, flags=re.S
        )
        assert count == 1, mark
    kinds = ", ".join(f"`{kind}`" for kind in KINDS)
    text, count = re.subn(
        r"(<!-- kinds -->\n).*?(\n## )",
        lambda found: f"{found[1]}\n{kinds}\n{found[2]}",
        text,
        flags=re.S,
    )
    assert count == 1
    return text


def test_the_page_shows_the_machines_as_they_are() -> None:
    text = PAGE.read_text(encoding="utf-8")
    if os.environ.get("SANDRAIL_WRITE_DOCS") == "1":
        PAGE.write_text(with_generated_parts(text), encoding="utf-8")
        text = PAGE.read_text(encoding="utf-8")
    assert text == with_generated_parts(text), "run this test with SANDRAIL_WRITE_DOCS=1"


def test_a_changed_table_would_be_noticed() -> None:
    text = PAGE.read_text(encoding="utf-8")
    planted = text.replace("suspended --> live", "suspended --> ended")
    assert planted != text
    assert planted != with_generated_parts(planted)


def test_the_code_on_the_page_runs(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(PAGE.parents[2])
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)
    exec(compile(block, str(PAGE), "exec"), {})
