"""Names made into a vocabulary by kernels, beside the same made by plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandrail.screening import segment
from sandrail.screening.building import sort_keys
from sandrail.screening.encoding import BUCKET_BITS, WORD_BITS, WORDS_MAX, Vocabulary
from sandrail.screening.gathering import keys_of_words, spread_of_words
from sandrail.screening.lexicon import TITLES
from sandrail.screening.segment import PackedNames, build_vocabulary, joined_word, word_weight
from sandrail.screening.sounding import RAW_MAX, RAW_N

Names = list[tuple[tuple[str, ...], int]]

WORDS = st.one_of(
    st.sampled_from(["ali", "muhammad", "bi", "bibi", "abdul", "bank", ".ltd", "khan", "x"]),
    st.text(alphabet="abz.\xc0\xc1\xd7", min_size=1, max_size=24),
)
NAMES = st.lists(st.tuples(st.lists(WORDS, max_size=WORDS_MAX).map(tuple), st.integers(0, 9)))
SOME: Names = [
    (("ali", "khan"), 0),
    (("ali", "khan", "bibi"), 0),
    (("alikhan",), 1),
    (("\xc1\xc2", "khan"), 2),
    (("bi", "bi", ".ltd", "x"), 7),
    ((), 3),
    (("a" * 20, "b" * 5), 4),
]


class PlainVocabulary:
    """The same vocabulary by dictionaries and loops."""

    def __init__(self, names: Names) -> None:
        self.number: dict[str, int] = {}
        for words, _ in names:
            for word in words:
                self._number_of(word)
        for word in (*segment._common(), *sorted(TITLES)):
            self._number_of(word)
        self.plain = len(self.number)
        self.name_word: list[int] = []
        self.name_joined: list[int] = []
        self.held: dict[int, list[int]] = defaultdict(list)
        self.owners: dict[int, set[int]] = defaultdict(set)
        joined = []
        for name, (words, owner) in enumerate(names):
            for at, word in enumerate(words):
                number = self._number_of(word)
                self.name_word.append(number)
                self._hold(number, name, owner)
                pair = joined_word(word, words[at + 1]) if at + 1 < len(words) else ""
                both = self._number_of(pair) if pair else -1
                self.name_joined.append(both)
                joined.append((both, name, owner))
        for both, name, owner in joined:
            if both >= 0:
                self._hold(both, name, owner)

    def _number_of(self, word: str) -> int:
        return self.number.setdefault(word, len(self.number))

    def _hold(self, number: int, name: int, owner: int) -> None:
        self.held[number].append(name)
        self.owners[number].add(owner)

    def weights(self, vocabulary: Vocabulary, names: Names) -> list[np.float32]:
        """Weigh the words one by one."""
        population = max(len(names), segment.POPULATION_MIN)
        own = np.zeros(len(self.number))
        for word, number in self.number.items():
            own[number] = len(self.owners[number]) + segment._common().get(word, 0.0) * population
        counted = np.where(np.arange(own.size) < self.plain, own, 0.0)
        spread = own.copy()
        begin, alike = np.zeros(own.size + 1, np.int32), np.zeros(0, np.uint32)
        memory = segment.new_memory(vocabulary)
        spread_of_words(vocabulary, memory, counted, spread, begin, alike)
        spread[self.plain :] = own[self.plain :]
        shares = ((spread + 1.0) / population).tolist()
        return [
            np.float32(word_weight(word, share=share))
            for word, share in zip(self.number, shares, strict=True)
        ]


def differences(names: Names) -> set[str]:
    """Return what the fast vocabulary says differently from the plain one."""
    fast, plain = build_vocabulary(PackedNames.of(names)), PlainVocabulary(names)
    letters: Any = fast.word
    rows = [bytes(row).rstrip(b"\0").decode("latin-1") for row in letters[:, :RAW_MAX]]
    posted, begin = fast.posting_name.tolist(), fast.posting_from.tolist()
    held = [posted[a:b] for a, b in pairwise(begin)]
    keys = np.zeros(100 * len(rows), np.uint64)
    leads = np.zeros(keys.size, np.int32)
    count = keys_of_words(fast.word.copy(), fast.word_flags, keys, leads)
    order = np.lexsort((leads[:count], keys[:count]))
    packed = [
        (key << BUCKET_BITS) % (1 << 64) >> (64 - WORD_BITS) << WORD_BITS | lead
        for key, lead in zip(keys[order].tolist(), leads[order].tolist(), strict=True)
    ]
    buckets = [key >> (64 - BUCKET_BITS) for key in keys[order].tolist()]
    sizes = [len(words) for words, _ in names]
    same = {
        "word": rows == list(plain.number),
        "word_flags": fast.word_flags.tolist() == [int(n >= plain.plain) for n in range(len(rows))],
        "name_from": fast.name_from.tolist() == [0, *np.cumsum(sizes, dtype=int).tolist()],
        "name_word": fast.name_word.tolist() == plain.name_word,
        "name_joined": fast.name_joined.tolist() == plain.name_joined,
        "name_entry": fast.name_entry.tolist() == [owner for _, owner in names],
        "posting": held == [plain.held[n] for n in range(len(rows))],
        "keys": fast.keys.tolist() == packed,
        "bucket": all(fast.bucket[b] <= at < fast.bucket[b + 1] for at, b in enumerate(buckets)),
        "weight": fast.weight.tolist() == plain.weights(fast, names),
    }
    return {name for name, equal in same.items() if not equal}


@given(NAMES)
@settings(max_examples=20, deadline=None)
def test_the_fast_vocabulary_is_the_plain_one(names: Names) -> None:
    assert not differences(names)


def _no_pairs(*args: Any) -> None:
    args[-1][:] = -1


def _every_name_an_owner(begin: Any, posted: Any, owner: Any, seen: Any, out: Any) -> None:
    out[:] = np.diff(begin)


def _one_letter(text: Any, words: Any, rows: Any) -> None:
    rows[:, 0], rows[:, RAW_N] = ord("a"), 1


def _nothing(*args: Any) -> None:
    """Leave everything as it was."""


@pytest.mark.parametrize(
    ("step", "fault", "noticed"),
    [
        ("sort_keys", _nothing, "keys"),
        ("pack_keys", _nothing, "keys"),
        ("fill_rows", _one_letter, "word"),
        ("intern_pairs", _no_pairs, "name_joined"),
        ("count_owners", _every_name_an_owner, "weight"),
        ("find_words", _no_pairs, "weight"),
    ],
)
def test_a_step_that_does_not_do_its_work_is_noticed(
    step: str, fault: Callable[..., None], noticed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not differences(SOME)
    monkeypatch.setattr(segment, step, fault)
    assert noticed in differences(SOME)


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 3), max_size=300))
@settings(max_examples=50, deadline=None)
def test_sorted_keys_keep_the_order_of_equals(numbers: list[int]) -> None:
    keys, values = np.array(numbers, np.uint64), np.arange(len(numbers), dtype=np.int32)
    sort_keys(keys, values, np.empty_like(keys), np.empty_like(values))
    assert keys.tolist() == sorted(numbers)
    assert values.tolist() == sorted(range(len(numbers)), key=numbers.__getitem__)


@given(NAMES, NAMES)
@settings(max_examples=30, deadline=None)
def test_packed_names_are_joined_as_lists_are(one: Names, two: Names) -> None:
    both = PackedNames.of(one).followed_by(PackedNames.of(two))
    whole = PackedNames.of(one + two)
    assert both.text == whole.text
    assert both.ends.tolist() == whole.ends.tolist()
    assert both.owners.tolist() == whole.owners.tolist()


@given(NAMES, st.lists(WORDS, min_size=1, max_size=3))
@settings(max_examples=20, deadline=None)
def test_a_search_leaves_no_trace_and_kept_likenesses_change_nothing(
    names: Names, asked: list[str]
) -> None:
    plain, keeping = (
        segment.Searcher(build_vocabulary(PackedNames.of(names), keeps_alike=keeps))
        for keeps in (False, True)
    )
    hits, features = (found.copy() for found in plain.nearest(asked))
    kept_hits, kept_features = keeping.nearest(asked)
    ours = {int(hit): row.tolist() for hit, row in zip(hits, features, strict=True)}
    theirs = {int(hit): row.tolist() for hit, row in zip(kept_hits, kept_features, strict=True)}
    assert ours == theirs
    for searcher in (plain, keeping):
        assert not searcher._memory.slot_of.any()
        assert not searcher._memory.rank_of.any()
        assert plain.nearest(asked)[0].tolist() == hits.tolist()
