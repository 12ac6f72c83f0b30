"""Two names, compared directly: no index, no list."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.aligning import NAMES_PART, align_pair
from sandrail.screening.encoding import FEATURES, WORDS_MAX
from sandrail.screening.fold import tokens_of
from sandrail.screening.segment import common_share, word_weight

__all__ = ["SLACK", "PairComparer", "with_halves"]

_UNSEEN_SHARE = 1 / 20_000
SLACK = 2
"""Letters by which two parts may be longer than the word they make: spellings double them."""
_BETWEEN = chr(NAMES_PART)


@lru_cache(maxsize=65_536)
def _nats(word: str) -> bytes:
    """Return the information of a word as the four bytes of a float, ready to be joined."""
    share = max(common_share(word), _UNSEEN_SHARE)
    return np.float32(word_weight(word, share=share)).tobytes()


class PairComparer:
    """Describes how two names agree; one per thread."""

    def __init__(self) -> None:
        self._out = np.zeros(FEATURES + WORDS_MAX, np.float32)
        self._features, self._partners = self._out[:FEATURES], self._out[FEATURES:]
        self._unweighed = np.zeros(FEATURES, np.float64)

    def features(self, one: str, two: str, *, entity: bool = False) -> NDArray[np.float32]:
        """Return the features of a pair of names as written; a view, copy it to keep it."""
        return self.features_of(tokens_of(one, entity=entity), tokens_of(two, entity=entity))

    def features_of(self, one: tuple[str, ...], two: tuple[str, ...]) -> NDArray[np.float32]:
        """Return the features of a pair of folded names; a view, copy it to keep it."""
        self._align(one, two, self._unweighed)
        return self._features

    def log_odds(
        self, one: str, two: str, weights: NDArray[np.float64], *, entity: bool = False
    ) -> float:
        """Return what the features of a pair of names as written add up to.

        Args:
            one: a name.
            two: another.
            weights: what each feature adds, in natural log-odds.
            entity: read both as names of organisations or vessels.
        """
        return self._align(tokens_of(one, entity=entity), tokens_of(two, entity=entity), weights)

    def partners(self, one: tuple[str, ...], two: tuple[str, ...]) -> list[int]:
        """Return for each word of the first name its partner in the second, or -1.

        A word that was read together with its neighbour shares the neighbour's partner.
        """
        features = self.features_of(one, two)
        found: list[int] = self._partners[: len(one)].astype(np.int64).tolist()
        return with_halves(found, one, two) if features[14] else found

    def _align(
        self, one: tuple[str, ...], two: tuple[str, ...], weights: NDArray[np.float64]
    ) -> float:
        one, two = one[:WORDS_MAX], two[:WORDS_MAX]
        words = one + two
        letters = f"{' '.join(one)}{_BETWEEN}{' '.join(two)}".encode("latin-1", "replace")
        packed = np.frombuffer(b"".join([*map(_nats, words), letters]), np.uint8)
        odds: float = align_pair(packed, len(words), weights, self._out)
        return odds


def with_halves(partners: list[int], one: tuple[str, ...], two: tuple[str, ...]) -> list[int]:
    """Give a word that is the rest of its neighbour's partner that partner as well."""
    for at in range(1, len(partners)):
        if partners[at] < 0 <= partners[at - 1] and _reads_on(one, at, two[partners[at - 1]]):
            partners[at] = partners[at - 1]
    return partners


def _reads_on(words: tuple[str, ...], at: int, partner: str) -> bool:
    """Whether a word is the rest of a listed word that its neighbour begins."""
    begun = len(words[at - 1])
    return begun < len(partner) and begun + len(words[at]) <= len(partner) + SLACK
