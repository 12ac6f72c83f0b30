"""Entries kept as bytes: thirty thousand of them load in no time and are read one at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.dates import PartialDate
from sandrail.screening.nouns import Identifier, Kind, ListedName, ListEntry, clean_identifier

_ENTRIES_READ_MAX = 65_536
"""Entries kept in memory once they were read; about a kilobyte each."""

_Key = TypeVar("_Key", np.uint64, np.int32)

__all__ = ["EntryTable", "date_keys", "entry_from_dict", "identifier_key"]


def entry_from_dict(plain: dict[str, object]) -> ListEntry:
    """Read an entry back from :meth:`ListEntry.as_dict`."""
    text = {k: str(plain[k]) for k in ("id", "source", "programme", "listed_on", "remarks")}
    rows: dict[str, list[list[str]]] = {k: _rows(plain[k]) for k in ("names", "identifiers")}
    words: dict[str, list[str]] = {
        k: [str(v) for v in _list(plain[k])] for k in ("father_names", "countries", "places")
    }
    dobs = [[int(str(n)) for n in _list(d)] for d in _list(plain["dobs"])]
    return ListEntry(
        id=text["id"],
        source=text["source"],
        kind=Kind(str(plain["kind"])),
        names=tuple(ListedName(*n) for n in rows["names"]),
        father_names=tuple(words["father_names"]),
        dobs=tuple(
            PartialDate(y, m, d, to, approximate=bool(about)) for y, m, d, to, about in dobs
        ),
        countries=tuple(words["countries"]),
        places=tuple(words["places"]),
        identifiers=tuple(Identifier(*i) for i in rows["identifiers"]),
        programme=text["programme"],
        listed_on=text["listed_on"],
        remarks=text["remarks"],
    )


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _rows(value: object) -> list[list[str]]:
    return [[str(cell) for cell in _list(row)] for row in _list(value)]


def identifier_key(scheme: str, value: str) -> int:
    """Return the 64-bit key of a number; national numbers of any scheme share one space."""
    space = scheme if scheme in ("wallet", "lei", "imo") else "number"
    text = f"{space}\x1f{clean_identifier(scheme, value)}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def date_keys(dobs: Iterable[PartialDate]) -> list[int]:
    """Return the whole dates as numbers, year first."""
    return [d.year * 10_000 + d.month * 100 + d.day for d in dobs if d.whole]


class EntryTable:
    """Entries by row, with exact look-up by number and by date of birth."""

    def __init__(
        self,
        blob: bytes | memoryview,
        offsets: NDArray[np.int64],
        keys: NDArray[np.uint64],
        key_rows: NDArray[np.int32],
        days: NDArray[np.int32],
        day_rows: NDArray[np.int32],
    ) -> None:
        self.blob = blob
        self.offsets = offsets
        self.keys, self.key_rows = keys, key_rows
        self.days, self.day_rows = days, day_rows
        self.entry: Callable[[int], ListEntry] = lru_cache(maxsize=_ENTRIES_READ_MAX)(self._entry)

    @classmethod
    def of(cls, entries: Sequence[ListEntry]) -> EntryTable:
        """Pack entries, in order."""
        parts = [json.dumps(e.as_dict(), ensure_ascii=False).encode() for e in entries]
        offsets = np.concatenate([[0], np.cumsum([len(p) for p in parts])]).astype(np.int64)
        keyed = [
            (identifier_key(i.scheme, i.value), row)
            for row, e in enumerate(entries)
            for i in e.identifiers
        ]
        dated = [(key, row) for row, e in enumerate(entries) for key in date_keys(e.dobs)]
        keys, key_rows = _sorted(keyed, np.uint64)
        days, day_rows = _sorted(dated, np.int32)
        table = cls(b"".join(parts), offsets, keys, key_rows, days, day_rows)
        table.entry = list(entries).__getitem__
        return table

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def _entry(self, row: int) -> ListEntry:
        raw = bytes(self.blob[int(self.offsets[row]) : int(self.offsets[row + 1])])
        return entry_from_dict(json.loads(raw))

    def rows_with_identifier(self, scheme: str, value: str) -> list[int]:
        """Return the rows that hold this very number or address."""
        return _equal_rows(self.keys, self.key_rows, np.uint64(identifier_key(scheme, value)))

    def rows_born_on(self, dob: PartialDate) -> list[int]:
        """Return the rows with this very date of birth."""
        if not dob.whole:
            return []
        key = dob.year * 10_000 + dob.month * 100 + dob.day
        return _equal_rows(self.days, self.day_rows, np.int32(key))


def _sorted(
    pairs: list[tuple[int, int]], kind: type[_Key]
) -> tuple[NDArray[_Key], NDArray[np.int32]]:
    pairs.sort()
    keys: NDArray[_Key] = np.array([p[0] for p in pairs], kind)
    return keys, np.array([p[1] for p in pairs], np.int32)


def _equal_rows(keys: NDArray[np.generic], rows: NDArray[np.int32], key: np.generic) -> list[int]:
    first = int(np.searchsorted(keys, key, side="left"))
    last = int(np.searchsorted(keys, key, side="right"))
    return [int(row) for row in rows[first:last]]
