"""From a party to the entries whose names resemble its own, before anything else is weighed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.agreement import AGREEMENT_NAMES, body_agreement
from sandrail.screening.fold import read_otherwise
from sandrail.screening.index import Index, Part
from sandrail.screening.model import FAMILIES, Model
from sandrail.screening.nouns import Kind, PartyIdentity
from sandrail.screening.readings import readings_of

__all__ = ["Candidate", "Finder", "Floors"]

_SAME_NAME = AGREEMENT_NAMES.index("the names are the same but for the legal form")
_NO_OWN_WORD = AGREEMENT_NAMES.index("one of them has no word of its own")
"""Nobody passes under the very name a body is listed under, however short the list."""


class Candidate(NamedTuple):
    """An entry whose name resembles the party's.

    Attributes:
        milli: thousandths of the log-odds of the name alone.
        place: block and row.
        name: number of the listed name in its part.
        part: where that number means something.
        family: ``latin`` or ``cross``, ``entity`` or ``entity_cross``, or ``vessel``.
        given: the party's spelling that matched.
        words: that spelling as it was read.
        partners: 1 if words were read joined, then for each of them the place of its partner in
            the listed name, as ``kernels.search_ranked`` tells it.
    """

    milli: int
    place: tuple[int, int]
    name: int
    part: Part
    family: str
    given: str
    words: tuple[str, ...]
    partners: list[int]


Floors = dict[Kind, tuple[int, int]]
"""By kind, what a name must be worth at least in thousandths of log-odds: in the list's script, and
in another."""


class _Question(NamedTuple):
    """One reading of one name of a party, and where what it finds is put."""

    words: tuple[str, ...]
    given: str
    floor: tuple[int, int]
    found: list[Candidate]


class _Scale(NamedTuple):
    """What names of one kind are weighed by.

    Attributes:
        weights: a row for names in the list's script, one for the others.
        families: what the two are called.
        lift: the most that the agreement of two bodies could add, in log-odds.
    """

    weights: NDArray[np.float64]
    families: tuple[str, ...]
    lift: float


class Finder:
    """Searches every block of an index; has working memory, so one per thread.

    Args:
        index: the lists in force.
        model: what the features of two names add up to.
        listed_name: by family of bodies, what the very name of an entry is worth at least.
    """

    def __init__(self, index: Index, model: Model, *, listed_name: dict[str, int]) -> None:
        self.index = index
        self._model = model
        self._listed_name = listed_name
        self._scales = {
            kind: _Scale(np.stack([model.weights[f] for f in families]), families, model.lift(kind))
            for kind, families in FAMILIES.items()
        }

    def find(self, asked: Sequence[tuple[PartyIdentity, Floors]]) -> list[list[Candidate]]:
        """Return for each party the entries worth weighing, best name first.

        Args:
            asked: the parties, each with its floors.
        """
        found: list[list[Candidate]] = [[] for _ in asked]
        questions: dict[Kind, list[_Question]] = {}
        for (identity, floors), own in zip(asked, found, strict=True):
            for kind, floor in floors.items():
                ask = questions.setdefault(kind, [])
                for name in (identity.name, *identity.other_names):
                    for tokens in _readings(name, kind):
                        ask.append(_Question(tokens, name, floor, own))
        for kind, ask in questions.items():
            for number, block in enumerate(self.index.blocks):
                if ask and block.parts[kind].name_rank.size:
                    self._search(ask, kind, number, block.parts[kind])
        return [_once(own) if len(own) > 1 else own for own in found]

    def _search(self, ask: Sequence[_Question], kind: Kind, block: int, part: Part) -> None:
        """Put the entries of a block whose names reach the floors among what each party found."""
        weights, families, lift = self._scales[kind]
        if kind is Kind.PERSON:
            apart = part.searcher.apart
            ask = [one._replace(words=w) for one in ask for w in (one.words, *apart(one.words))]
        floors = np.array([one.floor for one in ask], np.float64) / 1000 - lift  # tidy: log-odds
        answers = part.searcher.best([one.words for one in ask], weights, floors)
        dead = self.index.dead
        for (words, given, floor, own), answer in zip(ask, answers, strict=True):
            for milli, row, name, crossed, *partners in answer:
                place, family, more = (block, row), families[crossed], 0
                if kind is not Kind.PERSON:
                    listed = part.searcher.tokens(name)
                    more = self._agreement(words, listed, family=family, milli=milli)
                if milli + more >= floor[crossed] and place not in dead:
                    own.append(
                        Candidate(milli + more, place, name, part, family, given, words, partners)
                    )

    def _agreement(
        self, ours: tuple[str, ...], theirs: tuple[str, ...], *, family: str, milli: int
    ) -> int:
        """Return what the kinds of words of two bodies' names add, in thousandths of log-odds."""
        facts = body_agreement(ours, theirs)
        more = round(1000 * float(self._model.agreement[family] @ facts))
        if facts[_SAME_NAME] and not facts[_NO_OWN_WORD]:
            return max(more, self._listed_name[family] - milli)
        return more


def _readings(name: str, kind: Kind) -> list[tuple[str, ...]]:
    """Return the ways in which a party's name is read."""
    texts = (name, *(read_otherwise(name) if kind is Kind.PERSON else ()))
    return [tokens for text in texts for tokens in readings_of(text, kind)]


def _once(found: list[Candidate]) -> list[Candidate]:
    """Keep the best name of each entry, best first."""
    best: dict[tuple[int, int], Candidate] = {}
    for candidate in sorted(found, key=lambda one: (-one.milli, one.place)):
        best.setdefault(candidate.place, candidate)
    return list(best.values())
