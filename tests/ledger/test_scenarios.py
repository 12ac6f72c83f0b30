"""Every story holds on the compiled kernel, and together they reach every outcome."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sandrail.ledger import Book, Outcome
from tests.ledger.scenarios import STORIES


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str) -> None:
    STORIES[name](Book)


def test_every_outcome_is_reached() -> None:
    seen: set[int] = set()

    class Watched(Book):
        def post(self, *args: Any, **kwargs: Any) -> Any:
            result = super().post(*args, **kwargs)
            seen.update(np.unique(result.outcomes).tolist())
            return result

    for tell in STORIES.values():
        tell(Watched)
    assert seen == {int(outcome) for outcome in Outcome} - {Outcome.NOT_RUN}
