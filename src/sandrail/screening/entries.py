"""Entries kept as bytes: thirty thousand of them load in no time and are read one at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.dates import PartialDate
from sandrail.screening.nouns import Identifier, Kind, ListedName, ListEntry, clean_identifier

_ENTRIES_READ_MAX = 65_536
"""Entries kept in memory once they were read; about a kilobyte each."""

__all__ = ["EntryTable", "entry_from_dict", "identifier_key"]


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


class EntryTable:
    """Entries by row, with exact look-up by number."""

    def __init__(
        self,
        blob: bytes | memoryview,
        offsets: NDArray[np.int64],
        keys: NDArray[np.uint64],
        key_rows: NDArray[np.int32],
    ) -> None:
        self.blob = blob
        self.offsets = offsets
        self.keys, self.key_rows = keys, key_rows
        self.entry: Callable[[int], ListEntry] = lru_cache(maxsize=_ENTRIES_READ_MAX)(self._entry)

    @classmethod
    def of(cls, entries: Sequence[ListEntry]) -> EntryTable:
        """Pack entries, in order."""
        parts = [json.dumps(e.as_dict(), ensure_ascii=False).encode() for e in entries]
        offsets = np.concatenate([[0], np.cumsum([len(p) for p in parts])]).astype(np.int64)
        keyed = sorted(
            (identifier_key(i.scheme, i.value), row)
            for row, e in enumerate(entries)
            for i in e.identifiers
        )
        keys = np.array([key for key, _ in keyed], np.uint64)
        key_rows = np.array([row for _, row in keyed], np.int32)
        table = cls(b"".join(parts), offsets, keys, key_rows)
        table.entry = list(entries).__getitem__
        return table

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def _entry(self, row: int) -> ListEntry:
        raw = bytes(self.blob[int(self.offsets[row]) : int(self.offsets[row + 1])])
        return entry_from_dict(json.loads(raw))

    def rows_with_identifier(self, scheme: str, value: str) -> list[int]:
        """Return the rows that hold this very number or address."""
        key = np.uint64(identifier_key(scheme, value))
        first = int(np.searchsorted(self.keys, key, side="left"))
        last = int(np.searchsorted(self.keys, key, side="right"))
        rows: list[int] = self.key_rows[first:last].tolist()
        return rows
