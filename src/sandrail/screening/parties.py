"""The customer book turned round: given an entry of a list, which of our parties resemble it?

Rescreening a book after a list changed takes the changed entries to the book, not the book to the
list. The price is an index of the parties' names; it grows by small parts as parties arrive.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from sandrail.screening.index import KINDS
from sandrail.screening.model import FAMILIES, Model, load_model
from sandrail.screening.nouns import Kind, ListEntry, PartyIdentity
from sandrail.screening.readings import listed_readings, readings_of
from sandrail.screening.segment import PackedNames, Searcher, build_vocabulary

__all__ = ["PartyIndex"]

_ROOM = 4_096
"""Parties one listed name may resemble; beyond it only the likest are looked at."""

_PART_MIN = 512
_MERGE_SHARE = 3
_FLOOR = -6.5
_SWAPPED = np.array([0, 2, 1, 3, 4, 6, 5, 7, 8, 9, 10, 17, 12, 13, 14, 15, 18, 11, 16])
"""Features as seen from the other side: what was the query's share becomes the list's."""

_READ_AS: dict[Kind, tuple[Kind, ...]] = {kind: (kind,) if kind in KINDS else () for kind in Kind}
_READ_AS[Kind.UNKNOWN] = KINDS
"""As names of what a name is read; that of a wallet is not."""


class _Waiting:
    """Names that came since the last part was made, as bytes: a million of them wait at times."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("q")
        self._owners = array("i")

    def __len__(self) -> int:
        return len(self._owners)

    def add(self, words: Sequence[str], owner: int) -> None:
        self._text += " ".join(words).encode("latin-1", "replace")
        self._ends.append(len(self._text))
        self._owners.append(owner)

    def packed(self) -> PackedNames:
        ends, owners = np.array(self._ends, np.int64), np.array(self._owners, np.int32)
        return PackedNames(bytes(self._text), ends, owners)


class PartyIndex:
    """Names of parties, searchable by the names of entries."""

    def __init__(self, *, model: Model | None = None) -> None:
        self._model = model or load_model()
        self._parts: dict[Kind, list[tuple[PackedNames, Searcher]]] = {kind: [] for kind in KINDS}
        self._waiting = {kind: _Waiting() for kind in KINDS}

    def add(self, identity: PartyIdentity) -> None:
        """Take in the names of one party; an older version of it stays until the next merge."""
        names = (identity.name, *identity.other_names)
        self.add_names(identity.party_no, names, kind=identity.kind)

    def add_names(self, party_no: int, names: Iterable[str], *, kind: Kind = Kind.PERSON) -> None:
        """Take in names without the rest of the identity."""
        for name in names:
            for one in _READ_AS[kind]:
                for tokens in readings_of(name, one):
                    self._waiting[one].add(tokens, party_no)

    def resembling(self, entry: ListEntry) -> set[int]:
        """Return the parties whose name may be one of the entry's."""
        found: set[int] = set()
        for kind in _READ_AS[entry.kind]:
            self._flush(kind)
            for name in entry.names:
                for tokens in listed_readings(name.text, kind):
                    for _, searcher in self._parts[kind]:
                        found.update(self._alike(searcher, tokens, kind))
        return found

    def _alike(self, searcher: Searcher, tokens: Sequence[str], kind: Kind) -> list[int]:
        hits, features = searcher.all_alike(tokens)
        if hits.size == 0:
            return []
        vocabulary = searcher.vocabulary
        turned = features[:, _SWAPPED]
        same, other = (self._model.weights[family] for family in FAMILIES[kind])
        first = vocabulary.word[vocabulary.name_word[vocabulary.name_from[hits]], 0]
        crossed = (first >= 128) != (ord(tokens[0][0]) >= 128)
        scores = np.where(crossed, turned @ other, turned @ same)
        floor = _FLOOR - 1.0 - self._model.lift(kind)
        alike: list[int] = vocabulary.name_entry[hits[scores >= floor]].tolist()
        return alike

    def _flush(self, kind: Kind) -> None:
        """Index what waits; merge parts so that their number stays logarithmic."""
        if not len(self._waiting[kind]):
            return
        names = self._waiting[kind].packed()
        self._waiting[kind] = _Waiting()
        parts = self._parts[kind]
        while parts and len(parts[-1][0].ends) < max(len(names.ends) * _MERGE_SHARE, _PART_MIN):
            names = parts.pop()[0].followed_by(names)
        parts.append((names, Searcher(build_vocabulary(names), room=_ROOM, turned=True)))
