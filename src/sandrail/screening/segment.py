"""A searchable set of names, built once and read from a map of a file ever after."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import IntEnum
from functools import cached_property, lru_cache
from itertools import accumulate, islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.building import (
    Postings,
    Words,
    count_owners,
    fill_rows,
    find_words,
    intern_pairs,
    intern_words,
    nats_of_shares,
    post_names,
    read_words,
    sort_keys,
)
from sandrail.screening.business_words import PLACES, TRADES
from sandrail.screening.encoding import (
    BUCKET_BITS,
    FEATURES,
    HITS_MAX,
    SLOTS_MAX,
    TOP_MAX,
    UNITS_MAX,
    WORDS_MAX,
    Memory,
    Vocabulary,
    pack_keys,
)
from sandrail.screening.fold import parted
from sandrail.screening.gathering import keys_of_words, spread_of_words
from sandrail.screening.kernels import RANKED_CELLS, search, search_all, search_ranked
from sandrail.screening.known import known_names
from sandrail.screening.lexicon import COMPOUND_PARTS, TITLES
from sandrail.screening.sounding import KEYS_MAX, RAW_MAX, RAW_N, WORD_BYTES
from sandrail.screening.wholes import TRIES_MAX, keys_of_wholes

__all__ = [
    "PackedNames",
    "Searcher",
    "Wholes",
    "build_vocabulary",
    "common_share",
    "joined_word",
    "word_weight",
]

POPULATION_MIN = 20_000
"""A short list says little about how common a name is: frequencies are shares of at least this."""

_SHARE_MIN = 0.34
_HALF_MIN = 3
_READINGS_MAX = 4
"""Words cut in two: how short a half may be, and how many readings of one name are tried."""

_ALIKE_USUAL = 64
"""Words that resemble a word, at first guess."""

_SPECIAL = TITLES | COMPOUND_PARTS | TRADES | PLACES
"""Words whose weight is not only a matter of how many bear them."""


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
    if word in TRADES:
        return min(nats, 1.5)
    if word in PLACES:
        return min(nats, 2.5)
    if len(word) == 1:
        return min(nats, 0.7)
    return max(nats, 0.4)


Wordings = Sequence[tuple[int, tuple[str, ...]]]


class Wholes(IntEnum):
    """In which orders of its words a name is found as a whole."""

    NONE = 0
    LISTED = 1
    TURNED = 2


class PackedNames(NamedTuple):
    """Folded names in one buffer.

    Attributes:
        text: the words of each name, parted by blanks, one name after the other.
        ends: where each name ends.
        owners: the row of each name's owner.
    """

    text: bytes
    ends: NDArray[np.int64]
    owners: NDArray[np.int32]

    @classmethod
    def of(cls, names: Sequence[tuple[tuple[str, ...], int]]) -> PackedNames:
        """Pack the folded words of each name, and the row of its owner."""
        texts = [" ".join(words).encode("latin-1", "replace") for words, _ in names]
        ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
        return cls(b"".join(texts), ends, np.array([row for _, row in names], np.int32))

    def followed_by(self, other: PackedNames) -> PackedNames:
        """Return these names, and the others behind them."""
        return PackedNames(
            self.text + other.text,
            np.concatenate([self.ends, other.ends + len(self.text)]),
            np.concatenate([self.owners, other.owners]),
        )


class _Read(NamedTuple):
    """The names of a segment with their words told apart.

    Attributes:
        rows: letters of each distinct word; the first ``plain`` were written as one word.
        name_from, name_word, name_joined: as in a vocabulary.
        known: the well-known names and the titles, which every segment holds.
        special: the words of ``_SPECIAL``, sorted; -1 for those that nobody bears.
    """

    rows: NDArray[np.uint8]
    plain: int
    name_from: NDArray[np.int32]
    name_word: NDArray[np.int32]
    name_joined: NDArray[np.int32]
    known: NDArray[np.int32]
    special: NDArray[np.int32]


def _read_names(names: PackedNames) -> _Read:
    """Number the words: those of the names first, then the known ones, then neighbours joined.

    The known and the special words stand behind the names in the buffer, as one more name would.
    """
    known = [*_common(), *sorted(TITLES)]
    special = sorted(_SPECIAL)
    text = np.frombuffer(names.text + " ".join([*known, *special]).encode("latin-1"), np.uint8)
    ends = np.append(names.ends, text.size)
    room = int(np.count_nonzero(text == ord(" "))) + ends.size
    start, stop = np.empty(room, np.int64), np.empty(room, np.int64)
    name_from = np.empty(ends.size + 1, np.int32)
    count = read_words(text, ends, name_from, start, stop)
    own, plain = int(name_from[-2]), count - len(special)
    slots = 1 << (2 * count).bit_length()
    words = Words(
        np.empty(2 * count, np.int64), np.empty(2 * count, np.int64),
        np.zeros(slots, np.int32), np.zeros(slots, np.uint32), np.zeros(1, np.int64),
    )  # fmt: skip
    number, joined = np.empty(count, np.int32), np.empty(own, np.int32)
    intern_words(text, start[:plain], stop[:plain], words, number[:plain])
    singles = int(words.known[0])
    intern_pairs(text, name_from[:-1], start, stop, words, joined)
    find_words(text, start[plain:count], stop[plain:count], words, number[plain:])
    rows = np.zeros((int(words.known[0]), WORD_BYTES), np.uint8)
    fill_rows(text, words, rows)
    return _Read(
        rows, singles, name_from[:-1].copy(), number[:own].copy(), joined,
        number[own:plain], number[plain:],
    )  # fmt: skip


def build_vocabulary(
    names: PackedNames,
    *,
    wholes: Wholes = Wholes.LISTED,
    wordings: Wordings = (),
    keeps_alike: bool = False,
) -> Vocabulary:
    """Index names.

    Args:
        names: the folded words of each name, and the row of its owner.
        wholes: in which orders of its words a name is found when its spaces are left out.
        wordings: more words by which a name, given by its place, is found as a whole, such as with
            its particles.
        keeps_alike: keep for each word those that resemble it: a vocabulary that is asked often
            answers sooner, and is a third larger.
    """
    read = _read_names(names)
    rows, size = read.rows, len(read.rows)
    flags = np.zeros(size, np.uint8)
    flags[read.plain :] = 1
    bucket, keys = _bucketed(*_sorted_keys(rows, flags))
    posted = read.name_word.size + int(np.count_nonzero(read.name_joined >= 0))
    postings = Postings(np.zeros(size + 1, np.int32), np.empty(posted, np.int32))
    post_names(read.name_from, read.name_word, read.name_joined, postings)
    vocabulary = Vocabulary(
        rows, np.zeros(size, np.float32), flags, bucket, keys, postings.begin, postings.name,
        read.name_from, read.name_word, read.name_joined, names.owners,
        np.zeros(0, np.int32), np.zeros(0, np.uint32),
        np.zeros(0, np.int32), np.zeros(0, np.uint64),
    )  # fmt: skip
    spelled = PackedNames.of([(words, at) for at, words in wordings])
    if wholes:
        own = names._replace(owners=np.arange(names.ends.size, dtype=np.int32))
        spelled = own.followed_by(spelled)
    whole = _keys_of_wholes(spelled, turned=wholes is Wholes.TURNED)
    weighed = _weights(read, vocabulary, keeps_alike=keeps_alike)
    return vocabulary._replace(**weighed, **whole)


def _keys_of_wholes(names: PackedNames, *, turned: bool) -> dict[str, NDArray[Any]]:
    """Return the keys of whole names, sorted, with the places they lead to.

    Args:
        names: as spelled; the owner is the number of the name.
        turned: in every order of the words.
    """
    text, orders = np.frombuffer(names.text, np.uint8), int(turned)
    room = keys_of_wholes(text, names.ends, orders, *_empty_keys(0))
    keys, places = _empty_keys(room)
    keys_of_wholes(text, names.ends, orders, keys, places)
    if names.owners.size:
        places = names.owners[places // 8] * 8 + places % 8
        order = np.argsort(places, kind="stable")
        keys, places = keys[order], places[order]
    sort_keys(keys, places, *_empty_keys(room))
    new = np.ones(room, bool)
    new[1:] = (keys[1:] != keys[:-1]) | (places[1:] // 8 != places[:-1] // 8)
    bucket, keys = _bucketed(keys[new], places[new])
    return {"whole_bucket": bucket, "whole_keys": keys}


def _bucketed(
    keys: NDArray[np.uint64], leads: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """Return the first key of each bucket, and the keys packed with what they lead to."""
    edges = np.arange((1 << BUCKET_BITS) + 1, dtype=np.uint64) << np.uint64(64 - BUCKET_BITS)
    bucket = np.append(np.searchsorted(keys, edges[:-1]), keys.size).astype(np.int32)
    pack_keys(keys, leads)
    return bucket, keys


def _empty_keys(room: int) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    return np.empty(room, np.uint64), np.empty(room, np.int32)


def _sorted_keys(
    rows: NDArray[np.uint8], flags: NDArray[np.uint8]
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Return the keys of every word, sorted, and the word that each leads to."""
    room = int(np.sum(np.minimum(rows[:, RAW_N].astype(np.int64) * 4 + 16, KEYS_MAX + 8)))
    keys, key_word = np.empty(room, np.uint64), np.empty(room, np.int32)
    count = keys_of_words(rows, flags, keys, key_word)
    keys, key_word = keys[:count].copy(), key_word[:count].copy()
    sort_keys(keys, key_word, np.empty(count, np.uint64), np.empty(count, np.int32))
    return keys, key_word


def _weights(read: _Read, vocabulary: Vocabulary, *, keeps_alike: bool) -> dict[str, NDArray[Any]]:
    """Weigh every word by how many owners bear it or a spelling of it; list these spellings."""
    size = len(read.rows)
    population = max(vocabulary.name_entry.size, POPULATION_MIN)
    owners, owner = np.unique(vocabulary.name_entry, return_inverse=True)
    own = np.zeros(size)
    seen = np.full(owners.size, -1, np.int32)
    count_owners(vocabulary.posting_from, vocabulary.posting_name, owner, seen, own)
    shares = np.array([*_common().values()])
    own[read.known[: shares.size]] += shares * population
    single = vocabulary.word_flags == 0
    spread = own.copy()
    counted = np.where(single, own, 0.0)
    begin, alike = np.zeros(size + 1, np.int32), np.empty(0, np.uint32)
    room = int(single.sum()) * _ALIKE_USUAL if keeps_alike else 0
    memory = new_memory(vocabulary)
    while True:
        alike = np.empty(room, np.uint32)
        listed = spread_of_words(vocabulary, memory, counted, spread, begin, alike)
        if listed <= room or not keeps_alike:
            break
        room = listed
    spread[~single] = own[~single]
    share = (spread + 1.0) / population
    nats = np.zeros(size)
    nats_of_shares(share, nats)
    letters, sizes = read.rows[:, 0], read.rows[:, RAW_N]
    odd = np.union1d(np.flatnonzero((letters == ord(".")) | (sizes == 1)), read.special)
    for word in odd[odd >= 0].tolist():
        spelled = read.rows[word, : sizes[word]].tobytes().decode("latin-1")
        nats[word] = word_weight(spelled, share=share[word].item())
    weighed: dict[str, NDArray[Any]] = {"weight": nats.astype(np.float32)}
    if keeps_alike:
        weighed |= {"alike_from": begin, "alike": alike[:listed].copy()}
    return weighed


def new_memory(vocabulary: Vocabulary, *, room: int = HITS_MAX) -> Memory:
    """Return working memory for searching one vocabulary."""
    words, names = vocabulary.weight.size, vocabulary.name_entry.size
    return Memory(
        slot_of=np.zeros(words, np.int32),
        slot_word=np.zeros(SLOTS_MAX, np.int32),
        like=np.zeros((SLOTS_MAX, UNITS_MAX), np.uint8),
        rank_of=np.zeros(names, np.int32),
        touched=np.zeros((names, 2), np.int32),
        gains=np.zeros((names, 2), np.float32),
        hits=np.zeros(room + TRIES_MAX, np.int32),
        features=np.zeros((room + TRIES_MAX, FEATURES), np.float32),
        partners=np.zeros((room + TRIES_MAX, WORDS_MAX), np.int8),
    )


class Searcher:
    """A vocabulary with working memory of its own; one per thread."""

    def __init__(self, vocabulary: Vocabulary, *, room: int = 32, turned: bool = False) -> None:
        self.vocabulary = vocabulary
        self._memory = new_memory(vocabulary, room=room)
        unseen = math.log(max(vocabulary.name_entry.size, POPULATION_MIN))
        self._settings = np.array([unseen, _SHARE_MIN, room, int(turned)], np.float32)

    @cached_property
    def _known(self) -> frozenset[str]:
        """Every single word of the vocabulary that could be half of another."""
        table = self.vocabulary.word
        rows = table[self.vocabulary.word_flags == 0]
        letters = np.ascontiguousarray(rows[:, :RAW_MAX]).view(f"S{RAW_MAX}").ravel()
        known = letters[rows[:, RAW_N] >= _HALF_MIN].tolist()
        return frozenset(word.decode("latin-1") for word in known)

    def _halves(self, word: str) -> tuple[str, ...] | None:
        """Return the tokens of half a word if all are known, nothing for a particle, or None."""
        tokens = parted(word)
        if tokens and len(word) < _HALF_MIN:
            return None
        known = self._known
        return tokens if all(t in COMPOUND_PARTS or t in known for t in tokens) else None

    def apart(self, tokens: Sequence[str]) -> list[tuple[str, ...]]:
        """Return other readings of a name in which an unknown long word is two known ones.

        ``shahabuddindelawar`` is nobody's name, but ``shahabuddin`` and ``delawar`` are.
        """
        found: list[tuple[str, ...]] = []
        for at, token in enumerate(tokens):
            if len(token) < 2 * _HALF_MIN or token in self._known:
                continue
            for cut in range(2, len(token) - 1):
                halves = self._halves(token[:cut]), self._halves(token[cut:])
                if None not in halves and any(halves):
                    both = (*(halves[0] or ()), *(halves[1] or ()))
                    found.append((*tokens[:at], *both, *tokens[at + 1 :]))
        return found[:_READINGS_MAX]

    def tokens(self, name: int) -> tuple[str, ...]:
        """Return the folded words of one name of the vocabulary."""
        first, last = self.vocabulary.name_from[name : name + 2].tolist()
        rows = self.vocabulary.word[self.vocabulary.name_word[first:last]].tobytes()
        return tuple(
            rows[at : at + rows[at + RAW_N]].decode("latin-1")
            for at in range(0, len(rows), WORD_BYTES)
        )

    def nearest(self, tokens: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the names most alike to folded words, and the features of each.

        The two arrays are views of working memory: copy them before the next call.
        """
        text = np.frombuffer(" ".join(tokens).encode("latin-1", "replace"), np.uint8)
        kept = search(text, self.vocabulary, self._memory, self._settings)
        return self._memory.hits[:kept], self._memory.features[:kept]

    def all_alike(self, tokens: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return every name alike to folded words, in no order; views of working memory."""
        text = np.frombuffer(" ".join(tokens).encode("latin-1", "replace"), np.uint8)
        kept = search_all(text, self.vocabulary, self._memory, self._settings)
        return self._memory.hits[:kept], self._memory.features[:kept]

    def best(
        self,
        names: Sequence[Sequence[str]],
        weights: NDArray[np.float64],
        floors: NDArray[np.float64],
    ) -> list[list[list[int]]]:
        """Return for each name the best one of each entry, as :func:`search_ranked` tells it.

        Args:
            names: folded words.
            weights: two rows of ``FEATURES``.
            floors: two for each name.
        """
        texts = [" ".join(words) for words in names]
        ends = np.fromiter(accumulate(map(len, texts)), np.int64, len(texts))
        text = np.frombuffer("".join(texts).encode("latin-1", "replace"), np.uint8)
        counts = np.empty(len(texts), np.int32)
        out = np.empty((TOP_MAX * len(texts), RANKED_CELLS), np.int32)
        written = search_ranked(
            text, ends, self.vocabulary, self._memory, self._settings, weights, floors, counts, out
        )
        rows = iter(out[:written].tolist())
        return [list(islice(rows, count)) for count in counts.tolist()]
