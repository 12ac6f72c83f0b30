"""Small invented lists that every test of this room shares."""

from __future__ import annotations

import pytest

from sandrail.screening import Index, Screener, ScreeningList, load_un_xml
from sandrail.screening.synthetic import SyntheticPerson, synthetic_people, synthetic_un_xml
from sandrail.world import Seed

SEED = Seed(7)


@pytest.fixture(scope="session")
def people() -> list[SyntheticPerson]:
    return synthetic_people(SEED, count=180)


@pytest.fixture(scope="session")
def un_list() -> ScreeningList:
    return load_un_xml(synthetic_un_xml(SEED))


@pytest.fixture(scope="session")
def index(un_list: ScreeningList) -> Index:
    return Index.build([un_list])


@pytest.fixture(scope="session")
def screener(index: Index) -> Screener:
    return Screener(index)
