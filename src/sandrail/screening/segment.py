"""A searchable set of names, built once and read from a map of a file ever after."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.encoding import (
    BUCKET_BITS,
    CELLS_MAX,
    FEATURES,
    HITS_MAX,
    SLOTS_MAX,
    TOP_MAX,
    UNITS_MAX,
    WORDS_MAX,
    PairScratch,
    Query,
    Scratch,
    Vocabulary,
)
from sandrail.screening.fold import parted
from sandrail.screening.kernels import (
    keys_of_words,
    search,
    search_all,
    search_ranked,
    spread_of_words,
)
from sandrail.screening.known import known_names
from sandrail.screening.lexicon import COMPOUND_PARTS, GENERIC, TITLES
from sandrail.screening.sounding import KEYS_MAX, RAW_MAX, RAW_N, WORD_BYTES

__all__ = [
    "Searcher",
    "build_vocabulary",
    "common_share",
    "empty_query",
    "joined_word",
    "new_pair_scratch",
    "word_weight",
]

POPULATION_MIN = 20_000
"""A short list says little about how common a name is: frequencies are shares of at least this."""

_SHARE_MIN = 0.34
_HALF_MIN = 3
_READINGS_MAX = 4
"""Words cut in two: how short a half may be, and how many readings of one name are tried."""


def joined_word(one: str, two: str) -> str:
    """Return two neighbouring words as one, or nothing where they never stand joined."""
    together = one + two
    mixed = (one[0] < "\x80") != (two[0] < "\x80")
    return "" if mixed or "." in together or len(together) > RAW_MAX else together


def common_share(word: str) -> float:
    """Return the share of people who bear a well-known name, 0 for any other word."""
    return known_names().share_of.get(word, 0.0)


@lru_cache(maxsize=1)
def _common() -> dict[str, float]:
    return known_names().share


def word_weight(word: str, *, share: float) -> float:
    """Return the information of a word in nats: how surprising it is that a stranger bears it.

    Args:
        word: folded.
        share: of the population that bears it or a spelling of it.
    """
    if word[0] == ".":
        return 0.15
    if word in TITLES:
        return 0.25
    if word in COMPOUND_PARTS:
        return 0.5
    nats = -math.log(max(share, 1e-9))
    if word in GENERIC:
        return min(nats, 1.5)
    if len(word) == 1:
        return min(nats, 0.7)
    return max(nats, 0.4)


def build_vocabulary(names: Sequence[tuple[tuple[str, ...], int]]) -> Vocabulary:
    """Index names.

    Args:
        names: the folded words of each name, and the row of its owner.
    """
    words: dict[str, int] = {}
    for tokens, _ in names:
        for token in tokens:
            words.setdefault(token, len(words))
    for word in (*_common(), *sorted(TITLES)):
        words.setdefault(word, len(words))
    plain = len(words)
    name_from, name_word, name_joined = [0], [], []
    for tokens, _ in names:
        for at, token in enumerate(tokens):
            name_word.append(words[token])
            pair = joined_word(token, tokens[at + 1]) if at + 1 < len(tokens) else ""
            name_joined.append(words.setdefault(pair, len(words)) if pair else -1)
        name_from.append(len(name_word))
    spelled = list(words)
    rows = np.zeros((len(spelled), WORD_BYTES), np.uint8)
    for i, word in enumerate(spelled):
        data = word.encode("latin-1")[:RAW_MAX]
        rows[i, : len(data)] = np.frombuffer(data, np.uint8)
        rows[i, RAW_N] = len(data)
    flags = np.zeros(len(spelled), np.uint8)
    flags[plain:] = 1
    entries = np.array([row for _, row in names], np.int32)
    arrays = _Arrays(
        np.array(name_from, np.int32),
        np.array(name_word, np.int32),
        np.array(name_joined, np.int32),
        entries,
    )
    return _assemble(spelled, rows, flags, arrays)


class _Arrays:
    """The names of a segment as arrays, on their way into a vocabulary."""

    def __init__(
        self,
        name_from: NDArray[np.int32],
        name_word: NDArray[np.int32],
        name_joined: NDArray[np.int32],
        name_entry: NDArray[np.int32],
    ) -> None:
        self.name_from = name_from
        self.name_word = name_word
        self.name_joined = name_joined
        self.name_entry = name_entry


def _assemble(
    spelled: list[str],
    rows: NDArray[np.uint8],
    flags: NDArray[np.uint8],
    arrays: _Arrays,
) -> Vocabulary:
    size = len(spelled)
    room = int(np.sum(np.minimum(rows[:, RAW_N].astype(np.int64) * 4 + 16, KEYS_MAX + 8)))
    keys, key_word = np.zeros(room, np.uint64), np.zeros(room, np.int32)
    count = keys_of_words(rows, flags, keys, key_word)
    order = np.lexsort((key_word[:count], keys[:count]))
    keys, key_word = keys[:count][order], key_word[:count][order]
    edges = np.arange((1 << BUCKET_BITS) + 1, dtype=np.uint64) << np.uint64(64 - BUCKET_BITS)
    bucket = np.searchsorted(keys, edges[:-1]).astype(np.int32)
    bucket = np.append(bucket, np.int32(count))
    owner = np.repeat(np.arange(arrays.name_entry.size, dtype=np.int32), np.diff(arrays.name_from))
    place = (np.arange(owner.size, dtype=np.int64) - arrays.name_from[owner]).astype(np.uint8)
    has_pair = arrays.name_joined >= 0
    word_of = np.concatenate([arrays.name_word, arrays.name_joined[has_pair]])
    name_of = np.concatenate([owner, owner[has_pair]])
    place_of = np.concatenate([place, place[has_pair] + np.uint8(WORDS_MAX)])
    by_word = np.argsort(word_of, kind="stable")
    posting_from = np.searchsorted(word_of[by_word], np.arange(size + 1)).astype(np.int32)
    vocabulary = Vocabulary(
        rows, np.zeros(size, np.float32), flags, bucket, keys, key_word,
        posting_from, name_of[by_word], place_of[by_word],
        arrays.name_from, arrays.name_word, arrays.name_joined, arrays.name_entry,
    )  # fmt: skip
    return vocabulary._replace(weight=_weights(spelled, vocabulary))


def _weights(spelled: list[str], vocabulary: Vocabulary) -> NDArray[np.float32]:
    """Weigh every word by how many owners bear it or a spelling of it."""
    names = vocabulary.name_entry.size
    population = max(names, POPULATION_MIN)
    common = _common()
    bearers = vocabulary.name_entry[vocabulary.posting_name].astype(np.int64)
    word_of = np.repeat(np.arange(len(spelled)), np.diff(vocabulary.posting_from))
    owners = int(bearers.max(initial=0)) + 1
    distinct = np.unique(word_of * owners + bearers) // owners
    own = np.bincount(distinct, minlength=len(spelled)).astype(np.float64)
    for i, word in enumerate(spelled):
        if word in common:
            own[i] += common[word] * population
    spread = own.copy()
    single = vocabulary.word_flags == 0
    counted = np.where(single, own, 0.0)
    spread_of_words(vocabulary, new_scratch(vocabulary), empty_query(), counted, spread)
    spread[~single] = own[~single]
    shares = (spread + 1.0) / population
    return np.array(
        [
            word_weight(w, share=float(s)) for w, s in zip(spelled, shares, strict=True)
        ],  # tidy: display
        np.float32,
    )


def empty_query() -> Query:
    """Return room for one encoded name."""
    return Query(
        np.zeros((UNITS_MAX, WORD_BYTES), np.uint8),
        np.zeros(UNITS_MAX, np.float32),
    )


def new_scratch(vocabulary: Vocabulary, *, room: int = HITS_MAX) -> Scratch:
    """Return working memory for searching one vocabulary."""
    return _scratch(vocabulary.weight.size, vocabulary.name_entry.size, room)


def new_pair_scratch() -> PairScratch:
    """Return working memory for comparing two names without a vocabulary."""
    whole = _scratch(0, 0, 1)
    return PairScratch(whole.work, whole.cell_near, whole.cell_units)


def _scratch(words: int, names: int, room: int) -> Scratch:
    return Scratch(
        slot_of=np.zeros(words, np.int32),
        slot_mark=np.zeros(words, np.int64),
        slot_word=np.zeros(SLOTS_MAX, np.int32),
        like=np.zeros((SLOTS_MAX, UNITS_MAX), np.uint8),
        name_mark=np.zeros(names, np.int64),
        name_gain=np.zeros(names, np.float32),
        name_last=np.zeros(names, np.float32),
        touched=np.zeros(names + 1, np.int32),
        turn=np.zeros(2, np.int64),
        work=np.zeros(96, np.int64),
        classes=np.zeros(80, np.uint8),
        keys=np.zeros(KEYS_MAX + 8, np.uint64),
        list_weight=np.zeros(UNITS_MAX, np.float32),
        cell_near=np.zeros(CELLS_MAX, np.float32),
        cell_units=np.zeros(CELLS_MAX, np.int64),
        hits=np.zeros(room, np.int32),
        features=np.zeros((room, FEATURES), np.float32),
        top_score=np.zeros(TOP_MAX, np.float64),
        top_entry=np.zeros(TOP_MAX, np.int32),
        top_name=np.zeros(TOP_MAX, np.int32),
        top_crossed=np.zeros(TOP_MAX, np.uint8),
    )


class Searcher:
    """A vocabulary with working memory of its own; one per thread."""

    def __init__(self, vocabulary: Vocabulary, *, room: int = 32) -> None:
        self.vocabulary = vocabulary
        self._query = empty_query()
        self._scratch = new_scratch(vocabulary, room=room)
        unseen = math.log(max(vocabulary.name_entry.size, POPULATION_MIN))
        touched = self._scratch.touched.size - 1
        self._settings = np.array([unseen, _SHARE_MIN, room, touched, 0], np.float32)

    @cached_property
    def _known(self) -> frozenset[bytes]:
        """Every single word of the vocabulary, as bytes."""
        table = self.vocabulary.word
        rows = table[self.vocabulary.word_flags == 0]
        letters = np.ascontiguousarray(rows[:, :RAW_MAX]).view(f"S{RAW_MAX}").ravel()
        return frozenset(letters[rows[:, RAW_N] >= _HALF_MIN].tolist())

    def _halves(self, word: str) -> tuple[str, ...] | None:
        """Return the tokens of half a word if all are known, nothing for a particle, or None."""
        tokens = parted(word)
        if tokens and len(word) < _HALF_MIN:
            return None
        known = (
            t in COMPOUND_PARTS or t.encode("latin-1", "replace") in self._known for t in tokens
        )
        return tokens if all(known) else None

    def apart(self, tokens: Sequence[str]) -> list[tuple[str, ...]]:
        """Return other readings of a name in which an unknown long word is two known ones.

        ``shahabuddindelawar`` is nobody's name, but ``shahabuddin`` and ``delawar`` are.
        """
        found: list[tuple[str, ...]] = []
        for at, token in enumerate(tokens):
            if len(token) < 2 * _HALF_MIN or token.encode("latin-1", "replace") in self._known:
                continue
            for cut in range(2, len(token) - 1):
                halves = self._halves(token[:cut]), self._halves(token[cut:])
                if None not in halves and any(halves):
                    both = (*(halves[0] or ()), *(halves[1] or ()))
                    found.append((*tokens[:at], *both, *tokens[at + 1 :]))
        return found[:_READINGS_MAX]

    def nearest(self, tokens: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the names most alike to folded words, and the features of each.

        The two arrays are views of working memory: copy them before the next call.
        """
        text = np.frombuffer(" ".join(tokens).encode("latin-1", "replace"), np.uint8)
        kept = search(text, self._query, self.vocabulary, self._scratch, self._settings)
        return self._scratch.hits[:kept], self._scratch.features[:kept]

    def all_alike(self, tokens: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return every name alike to folded words, in no order; views of working memory."""
        text = np.frombuffer(" ".join(tokens).encode("latin-1", "replace"), np.uint8)
        kept = search_all(text, self._query, self.vocabulary, self._scratch, self._settings)
        return self._scratch.hits[:kept], self._scratch.features[:kept]

    def best(
        self, tokens: Sequence[str], weights: NDArray[np.float64], floor: NDArray[np.float64]
    ) -> Iterable[tuple[int, int, int, int]]:
        """Yield the best name of each entry, best first: thousandths, entry, name, crossed."""
        text = np.frombuffer(" ".join(tokens).encode("latin-1", "replace"), np.uint8)
        memory = self._scratch
        count = search_ranked(
            text, self._query, self.vocabulary, memory, self._settings, weights, floor
        )
        if count == 0:
            return ()
        scores = [round(score * 1000) for score in memory.top_score[:count].tolist()]
        entries, names = memory.top_entry[:count].tolist(), memory.top_name[:count].tolist()
        return zip(scores, entries, names, memory.top_crossed[:count].tolist(), strict=True)
