"""What the tests of casework share: the example application, its people, a pack, an empty book."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from sandrail.casework import (
    Application,
    Casebook,
    Grounds,
    People,
    Walk,
    load_application,
    load_people,
)
from sandrail.journal import Journal
from sandrail.rulebook import Pack, load_pack
from sandrail.world import parse_instant

EXAMPLE = Path(__file__).parents[2] / "examples" / "rupee-art"
PACKS = Path(__file__).parents[2] / "packs"
START_US = parse_instant("2026-09-01T04:00:00Z")


def sha(text: str) -> str:
    """A hash that stands for an artefact."""
    return hashlib.sha256(text.encode()).hexdigest()


def edited_pack(
    folder: Path,
    *,
    changes: Mapping[str, tuple[str, str]] | None = None,
    append: Mapping[str, str] | None = None,
) -> Pack:
    """Copy the Pakistani pack into ``folder``, change texts in its files, and load the copy."""
    copy = folder / "pakistan"
    shutil.copytree(PACKS / "pakistan", copy)
    for name, (old, new) in (changes or {}).items():
        text = (copy / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        (copy / name).write_text(text.replace(old, new), encoding="utf-8")
    for name, text in (append or {}).items():
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(text)
    return load_pack(copy)


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack("pakistan")


@pytest.fixture(scope="session")
def application() -> Application:
    return load_application(EXAMPLE / "application.toml")


@pytest.fixture(scope="session")
def people() -> People:
    return load_people(EXAMPLE / "people.toml")


@pytest.fixture
def journal() -> Journal:
    return Journal.in_memory("casework-test")


@pytest.fixture
def book(journal: Journal, pack: Pack) -> Casebook:
    return Casebook.open(journal, pack)


@pytest.fixture
def walk(book: Casebook, people: People) -> Walk:
    return Walk(book, people, START_US)


@pytest.fixture
def grounds() -> Grounds:
    return Grounds(("MET-1",), (sha("minutes of the meeting"),))
