"""The customer book turned round: given an entry of a list, which of our parties resemble it?

Rescreening a book after a list changed takes the changed entries to the book, not the book to the
list. The price is an index of the parties' names; it grows by small parts as parties arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sandrail.screening.fold import tokens_of
from sandrail.screening.model import Model, load_model
from sandrail.screening.nouns import Kind, ListEntry, PartyIdentity
from sandrail.screening.segment import Searcher, build_vocabulary

__all__ = ["PartyIndex"]

_ROOM = 4_096
"""Parties one listed name may resemble; beyond it only the likest are looked at."""

_PART_MIN = 512
_MERGE_SHARE = 3
_FLOOR = -6.5
_SWAPPED = np.array([0, 2, 1, 3, 4, 6, 5, 7, 8, 9, 10, 17, 12, 13, 14, 15, 18, 11, 16])
"""Features as seen from the other side: what was the query's share becomes the list's."""

Names = list[tuple[tuple[str, ...], int]]


class PartyIndex:
    """Names of parties, searchable by the names of entries."""

    def __init__(self, *, model: Model | None = None) -> None:
        self._model = model or load_model()
        self._parts: dict[bool, list[tuple[Names, Searcher]]] = {True: [], False: []}
        self._waiting: dict[bool, Names] = {True: [], False: []}

    def add(self, identity: PartyIdentity) -> None:
        """Take in the names of one party; an older version of it stays until the next merge."""
        self.add_names(
            identity.party_no,
            (identity.name, *identity.other_names),
            person=identity.kind is Kind.PERSON,
        )

    def add_names(self, party_no: int, names: Iterable[str], *, person: bool = True) -> None:
        """Take in names without the rest of the identity."""
        waiting = self._waiting[person]
        for name in names:
            tokens = tokens_of(name, entity=not person)
            if tokens:
                waiting.append((tokens, party_no))

    def resembling(self, entry: ListEntry) -> set[int]:
        """Return the parties whose name may be one of the entry's."""
        found: set[int] = set()
        readings = {Kind.PERSON: (True,), Kind.UNKNOWN: (True, False)}.get(entry.kind, (False,))
        for person in readings:
            self._flush(person)
            for name in entry.names:
                tokens = tokens_of(name.text, entity=not person)
                if tokens:
                    for _, searcher in self._parts[person]:
                        found.update(self._alike(searcher, tokens, person=person))
        return found

    def _alike(self, searcher: Searcher, tokens: Sequence[str], *, person: bool) -> list[int]:
        hits, features = searcher.all_alike(tokens)
        if hits.size == 0:
            return []
        vocabulary = searcher.vocabulary
        turned = features[:, _SWAPPED]
        weights = self._model.weights
        if person:
            first = vocabulary.word[vocabulary.name_word[vocabulary.name_from[hits]], 0]
            crossed = (first >= 128) != (ord(tokens[0][0]) >= 128)
            scores = np.where(crossed, turned @ weights["cross"], turned @ weights["latin"])
        else:
            scores = turned @ weights["entity"]
        alike: list[int] = vocabulary.name_entry[hits[scores >= _FLOOR - 1.0]].tolist()
        return alike

    def _flush(self, person: bool) -> None:
        """Index what waits; merge parts so that their number stays logarithmic."""
        waiting = self._waiting[person]
        if not waiting:
            return
        self._waiting[person] = []
        parts = self._parts[person]
        while parts and len(parts[-1][0]) < max(len(waiting) * _MERGE_SHARE, _PART_MIN):
            waiting = parts.pop()[0] + waiting
        parts.append((waiting, Searcher(build_vocabulary(waiting), room=_ROOM)))
