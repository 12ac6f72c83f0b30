"""What the tests of casework share: the example application, its people, a pack, an empty book."""

from __future__ import annotations

import hashlib
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
START_US = parse_instant("2026-09-01T04:00:00Z")


def sha(text: str) -> str:
    """A hash that stands for an artefact."""
    return hashlib.sha256(text.encode()).hexdigest()


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
    return Grounds(("R.criteria_met",), (sha("minutes of the meeting"),))
