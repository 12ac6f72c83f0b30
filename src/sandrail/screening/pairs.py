"""Two names, compared directly: no index, no list."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.aligning import align_pair
from sandrail.screening.encoding import FEATURES, WORDS_MAX
from sandrail.screening.fold import tokens_of
from sandrail.screening.segment import common_share, empty_query, new_pair_scratch, word_weight

__all__ = ["PairComparer"]

_UNSEEN_SHARE = 1 / 20_000


@lru_cache(maxsize=65_536)
def _weight(word: str) -> float:
    return word_weight(word, share=max(common_share(word), _UNSEEN_SHARE))


class PairComparer:
    """Describes how two names agree; one per thread."""

    def __init__(self) -> None:
        self._a, self._b = empty_query(), empty_query()
        self._scratch = new_pair_scratch()
        self._weights = np.zeros((2, WORDS_MAX), np.float32)
        self._out = np.zeros(FEATURES, np.float32)

    def features(self, one: str, two: str, *, entity: bool = False) -> NDArray[np.float32]:
        """Return the features of a pair of names as written; a view, copy it to keep it."""
        return self.features_of(tokens_of(one, entity=entity), tokens_of(two, entity=entity))

    def features_of(self, one: tuple[str, ...], two: tuple[str, ...]) -> NDArray[np.float32]:
        """Return the features of a pair of folded names."""
        self._weights[0, : len(one)] = list(map(_weight, one))
        self._weights[1, : len(two)] = list(map(_weight, two))
        text_a = np.frombuffer(" ".join(one).encode("latin-1", "replace"), np.uint8)
        text_b = np.frombuffer(" ".join(two).encode("latin-1", "replace"), np.uint8)
        align_pair(text_a, text_b, self._a, self._b, self._weights, self._scratch, self._out)
        return self._out
