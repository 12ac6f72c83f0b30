"""One token on a young chain, on every engine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandrail.rails.chain import SupervisedToken
from tests.makers.chain import ENGINES, make_token, needs

__all__ = ["engine", "fresh"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Every engine in turn; an engine that a machine lacks is skipped loudly."""
    name: str = request.param
    if name == "simular":
        needs("simular")
    return name


@pytest.fixture
def fresh(engine: str) -> Callable[[], SupervisedToken]:
    """Make a new token on the engine."""
    return lambda: make_token(engine)
