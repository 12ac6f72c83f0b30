"""Style as a test: what a reviewer would otherwise have to say each time."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "sandrail"
FILES = sorted(SOURCE.rglob("*.py"))
TEXTS = sorted(
    path
    for path in ROOT.rglob("*")
    if path.suffix in {".py", ".md", ".toml", ".yaml", ".vy", ".txt", ".html", ".css"}
    and not {".venv", ".git", "node_modules", "demo"} & set(path.relative_to(ROOT).parts)
)

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
KERNEL_MARKS = {"kernel", "kernel_part", "lean_part"}

# Where an ambient source is let in, and why: these files are the seam itself or talk to a server.
AMBIENT_ALLOWED = {"world/clock.py", "world/seed.py"}
AMBIENT = re.compile(
    r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time|time\.sleep|uuid\.uuid[0-9]|"
    r"random\.(random|randint|choice|shuffle)|np\.random\.(seed|rand|default_rng))\("
)
LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
FORBIDDEN_TEXT = re.compile(r"/work/(main|shared|\.library|plan)|farm-(bench|studio)")


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def is_kernel(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(mark, ast.Name) and mark.id in KERNEL_MARKS for mark in node.decorator_list
    )


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_is_short_enough_to_read_at_once(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES_MAX


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_function_is_short_enough_to_hold_in_mind(path: Path) -> None:
    # A kernel is one loop on purpose: the compiler needs it in one piece. It gets twice the room.
    long = [
        f"{node.name}: {lines} lines"
        for node in functions(path)
        if (lines := (node.end_lineno or 0) - node.lineno + 1)
        > FUNCTION_LINES_MAX * (2 if is_kernel(node) else 1)
    ]
    assert not long


def ambient_uses(text: str) -> list[str]:
    """Return the calls that read the machine's clock or chance."""
    return [match.group(0) for match in AMBIENT.finditer(text)]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_time_and_chance_come_through_the_seam(path: Path) -> None:
    if name_of(path) not in AMBIENT_ALLOWED:
        assert not ambient_uses(path.read_text(encoding="utf-8"))


def test_the_search_for_ambient_calls_finds_a_planted_one() -> None:
    assert ambient_uses("started = time.time()") and ambient_uses("x = uuid.uuid4()")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_float_is_made_and_nothing_is_left_over(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not LEFTOVER.search(text)
    room = name_of(path).split("/")[0]
    if room in {"money", "ledger", "controls", "transfers", "journal", "casework", "products"}:
        assert "float(" not in text


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_public_things_say_what_they_are(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module has no docstring"
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


def test_no_text_names_a_place_on_somebody_s_machine() -> None:
    named = [
        path.relative_to(ROOT).as_posix()
        for path in TEXTS
        if path != Path(__file__).resolve()
        and FORBIDDEN_TEXT.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not named


def test_no_module_is_dead() -> None:
    """Every module is imported by another or by an example, is a room's door, or is run by name."""
    texts = [
        path.read_text(encoding="utf-8") for path in [*FILES, *(ROOT / "examples").rglob("*.py")]
    ]
    dead = []
    for path in FILES:
        # A reference model is there for the tests: it is the truth that a kernel is held against.
        if path.name in {"__init__.py", "__main__.py", "reference.py"}:
            continue
        module = path.relative_to(ROOT / "src").with_suffix("").as_posix().replace("/", ".")
        parent, _, leaf = module.rpartition(".")
        used = re.compile(
            rf"(from {re.escape(module)} import|import {re.escape(module)}\b"
            rf"|from {re.escape(parent)} import [^\n]*\b{leaf}\b"
            rf"|from {re.escape(parent)} import \([^)]*\b{leaf}\b"
            rf"|\"{re.escape(module)}\"|\"\.{leaf}\")"
        )
        if not any(used.search(text) for text in texts):
            dead.append(module)
    assert not dead


def test_requirements_are_pinned_by_hash_and_name_no_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "--hash=sha256:" in text
        assert "http://" not in text and "https://" not in text


def test_no_data_of_third_parties_is_committed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    assert not [name for name in tracked if name.endswith((".xsd", ".tgz", ".whl", ".parquet"))]
