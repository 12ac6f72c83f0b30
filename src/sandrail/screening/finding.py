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

__all__ = ["Candidate", "Finder"]

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
        self._floor = np.zeros(2)

    def find(self, identity: PartyIdentity, floors: dict[Kind, list[int]]) -> list[Candidate]:
        """Return the entries worth weighing, best name first.

        Args:
            identity: of whom.
            floors: by kind, what a name must be worth at least in thousandths of log-odds, in the
                list's script and in another.
        """
        found: list[Candidate] = []
        for kind, floor in floors.items():
            for name in (identity.name, *identity.other_names):
                for tokens in readings_of(name, kind):
                    self._search(tokens, name, kind, floor, found)
                if kind is Kind.PERSON:
                    for text in read_otherwise(name):
                        for tokens in readings_of(text, kind):
                            self._search(tokens, name, kind, floor, found)
        if len(found) < 2:
            return found
        best: dict[tuple[int, int], Candidate] = {}
        for candidate in sorted(found, key=lambda c: (-c.milli, c.place)):
            best.setdefault(candidate.place, candidate)
        return list(best.values())

    def _search(
        self,
        tokens: tuple[str, ...],
        given: str,
        kind: Kind,
        floor: Sequence[int],
        found: list[Candidate],
    ) -> None:
        """Append the entries whose name, read in one way, reaches the floor."""
        weights, families, lift = self._scales[kind]
        self._floor[0], self._floor[1] = floor[0] / 1000 - lift, floor[1] / 1000 - lift
        dead = self.index.dead
        for number, block in enumerate(self.index.blocks):
            part = block.parts[kind]
            if part.name_rank.size == 0:
                continue
            apart = part.searcher.apart(tokens) if kind is Kind.PERSON else ()
            for words in (tokens, *apart):
                for alike in part.searcher.best(words, weights, self._floor):
                    milli, row, name, crossed, *partners = alike
                    place, family = (number, row), families[crossed]
                    if kind is not Kind.PERSON:
                        listed = part.searcher.tokens(name)
                        milli += self._agreement(words, listed, family=family, milli=milli)
                    if milli >= floor[crossed] and place not in dead:
                        found.append(
                            Candidate(milli, place, name, part, family, given, words, partners)
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
