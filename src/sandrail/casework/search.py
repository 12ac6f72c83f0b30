"""Search in the register: by firm, in Latin or Urdu script, or by public id; prefix by prefix.

One sorted table of words, and for each word the entries that hold it. A query of several words is
an intersection of bit rows, so a hundred thousand entries answer within milliseconds.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from sandrail.casework.errors import UnknownError
from sandrail.casework.limits import QUERY_CHARS_MAX, REGISTER_RESULTS_MAX
from sandrail.casework.register import RegisterEntry

__all__ = ["RegisterIndex", "fold_words"]

_SAME_LETTERS: Final = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ئ": "ی",
        "ك": "ک",
        "ة": "ہ",
        "ه": "ہ",
        "ھ": "ہ",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ؤ": "و",
    }
)
"""Letters that Arabic and Urdu keyboards type differently for the same sound."""


def fold_words(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are searched: no case, no marks, one form per letter."""
    spread = unicodedata.normalize("NFKD", text.translate(_SAME_LETTERS)).casefold()
    kept = "".join(
        character if character.isalnum() else "" if unicodedata.combining(character) else " "
        for character in spread
    )
    return tuple(kept.translate(_SAME_LETTERS).split())


class RegisterIndex:
    """An index over register entries, built once and then only read."""

    def __init__(self, entries: Sequence[RegisterEntry]) -> None:
        self._entries = tuple(entries)
        rows: dict[str, list[int]] = {}
        for number, entry in enumerate(self._entries):
            text = f"{entry.id} {entry.firm_id} {entry.firm_name} {entry.firm_name_ur} {entry.kind}"
            for word in dict.fromkeys(fold_words(text)):
                rows.setdefault(word, []).append(number)
        self._words = sorted(rows)
        self._rows = [np.array(rows[word], dtype=np.int32) for word in self._words]
        self._by_id = {entry.id: entry for entry in self._entries}

    def __len__(self) -> int:
        return len(self._entries)

    def entry(self, public_id: str) -> RegisterEntry:
        """Return the entry of a public id.

        Raises:
            UnknownError: there is none.
        """
        found = self._by_id.get(public_id.strip().upper())
        if found is None:
            raise UnknownError(
                f"The register has no entry {public_id[:QUERY_CHARS_MAX]!r}.",
                why=f"It has {len(self._entries)} entries.",
                fix="Compare the id with the notice, or search by the firm's name.",
                code="casework.unknown_entry",
            )
        return found

    def search(self, query: str, *, offset: int = 0, limit: int = 20) -> tuple[RegisterEntry, ...]:
        """Return the entries in which every word of the query begins some word, oldest first.

        An empty query finds everything. At most ``REGISTER_RESULTS_MAX`` are returned at once.
        """
        hits = self._hits(query[:QUERY_CHARS_MAX])
        chosen = hits[offset : offset + min(limit, REGISTER_RESULTS_MAX)]
        return tuple(self._entries[number] for number in chosen.tolist())

    def count(self, query: str) -> int:
        """Return how many entries a query finds."""
        return len(self._hits(query[:QUERY_CHARS_MAX]))

    def _hits(self, query: str) -> npt.NDArray[np.intp]:
        found = np.ones(len(self._entries), dtype=np.bool_)
        for word in fold_words(query):
            row = np.zeros(len(self._entries), dtype=np.bool_)
            place = bisect_left(self._words, word)
            while place < len(self._words) and self._words[place].startswith(word):
                row[self._rows[place]] = True
                place += 1
            found &= row
        return np.flatnonzero(found)
