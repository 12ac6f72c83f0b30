"""The lists in force, searchable: base parts that never change, small parts for what came since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.encoding import Vocabulary
from sandrail.screening.entries import EntryTable
from sandrail.screening.errors import IndexDamagedError
from sandrail.screening.fold import wordings
from sandrail.screening.nouns import Kind, ListEntry, ScreeningList
from sandrail.screening.readings import listed_readings
from sandrail.screening.segment import PackedNames, Searcher, Wholes, build_vocabulary

__all__ = ["KINDS", "Block", "Index", "IndexChange", "Part"]

_MAGIC = b"sandrail/screening-index/5\n"
_REBUILD_SHARE = 4
"""When more than one in this many rows came by delta, the index is built afresh."""


class Part:
    """The names of one kind in one block."""

    def __init__(self, vocabulary: Vocabulary, name_rank: NDArray[np.int32]) -> None:
        self.vocabulary = vocabulary
        self.name_rank = name_rank
        self.searcher = Searcher(vocabulary, room=48)


class Block:
    """Entries that were indexed together; the names of each kind are searched by themselves."""

    def __init__(self, table: EntryTable, parts: dict[Kind, Part]) -> None:
        self.table = table
        self.parts = parts

    @classmethod
    def of(cls, entries: Sequence[ListEntry]) -> Block:
        """Index entries."""
        return cls(EntryTable.of(entries), {kind: _part(entries, kind) for kind in KINDS})


KINDS = (Kind.PERSON, Kind.ENTITY, Kind.VESSEL)
"""Kinds of names; an entry whose kind the publisher does not say is indexed as each of them."""


def _part(entries: Sequence[ListEntry], kind: Kind) -> Part:
    names: list[tuple[tuple[str, ...], int]] = []
    ranks: list[int] = []
    others: list[tuple[int, tuple[str, ...]]] = []
    person = kind is Kind.PERSON
    for row, entry in enumerate(entries):
        if entry.kind not in (kind, Kind.UNKNOWN):
            continue
        seen: dict[tuple[str, ...], int] = {}
        for rank, name in enumerate(entry.names):
            for tokens in listed_readings(name.text, kind):
                if tokens not in seen:
                    seen[tokens] = rank
                    if person:
                        at = len(names) + len(seen) - 1
                        others += [(at, words) for words in wordings(name.text, tokens)]
        names += [(tokens, row) for tokens in seen]
        ranks += seen.values()
    wholes = Wholes.TURNED if person else Wholes.NONE
    packed = PackedNames.of(names)
    vocabulary = build_vocabulary(packed, wholes=wholes, wordings=others, keeps_alike=True)
    return Part(vocabulary, np.array(ranks, np.int32))


@dataclass(frozen=True, slots=True)
class IndexChange:
    """What a new version of the lists changed.

    Attributes:
        added: entries that are new.
        changed: entries whose published content differs.
        removed: entries that are gone.
    """

    added: tuple[ListEntry, ...]
    changed: tuple[ListEntry, ...]
    removed: tuple[ListEntry, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.changed or self.removed)


class Index:
    """Every entry of every list, by block.

    Attributes:
        blocks: the base first, then what came since.
        dead: ``(block, row)`` of entries that a later version removed or replaced.
        lists: versions of the lists, sorted.
        version: a digest of ``lists``; stands on every verdict.
    """

    def __init__(
        self,
        blocks: tuple[Block, ...],
        dead: frozenset[tuple[int, int]],
        lists: tuple[str, ...],
    ) -> None:
        self.blocks = blocks
        self.dead = dead
        self.lists = lists
        self._places: dict[tuple[str, str], tuple[int, int]] | None = None
        self.version = hashlib.sha256("\n".join(lists).encode()).hexdigest()[:16]

    @classmethod
    def build(cls, lists: Sequence[ScreeningList]) -> Index:
        """Index every entry of every list."""
        entries = [e for one in lists for e in one.entries]
        return cls((Block.of(entries),), frozenset(), _versions(lists))

    def __len__(self) -> int:
        return sum(len(b.table) for b in self.blocks) - len(self.dead)

    def entries(self) -> Iterator[tuple[tuple[int, int], ListEntry]]:
        """Yield the place and the content of every entry in force."""
        for number, block in enumerate(self.blocks):
            for row in range(len(block.table)):
                if (number, row) not in self.dead:
                    yield (number, row), block.table.entry(row)

    def find(self, source: str, entry_id: str) -> ListEntry | None:
        """Return the entry in force with this id, or None."""
        if self._places is None:
            self._places = {(e.source, e.id): place for place, e in self.entries()}
        place = self._places.get((source, entry_id))
        return None if place is None else self.blocks[place[0]].table.entry(place[1])

    def updated(self, lists: Sequence[ScreeningList]) -> tuple[Index, IndexChange]:
        """Return the index of new versions of the lists, and what they changed.

        Only what changed is indexed, until so much has changed that a fresh build is better.
        """
        before = {(e.source, e.id): (place, e) for place, e in self.entries()}
        now = {(e.source, e.id): e for one in lists for e in one.entries}
        added = [e for key, e in now.items() if key not in before]
        changed = [e for key, e in now.items() if key in before and before[key][1] != e]
        removed = [e for key, (_, e) in before.items() if key not in now]
        change = IndexChange(tuple(added), tuple(changed), tuple(removed))
        fresh = added + changed
        grown = sum(len(b.table) for b in self.blocks[1:]) + len(fresh)
        if grown * _REBUILD_SHARE > len(now):
            return Index.build(lists), change
        gone = {before[e.source, e.id][0] for e in (*changed, *removed)}
        blocks = (*self.blocks, Block.of(fresh)) if fresh else self.blocks
        return Index(blocks, self.dead | gone, _versions(lists)), change

    def save(self, path: Path | str) -> None:
        """Write the index to one file, to be mapped by :meth:`load`."""
        whole = self if len(self.blocks) == 1 and not self.dead else self._compacted()
        block = whole.blocks[0]
        arrays: dict[str, NDArray[Any]] = {
            "blob": np.frombuffer(block.table.blob, np.uint8),
            "offsets": block.table.offsets,
            "keys": block.table.keys,
            "key_rows": block.table.key_rows,
        }
        for kind, part in block.parts.items():
            arrays[f"{kind}/rank"] = part.name_rank
            arrays.update({f"{kind}/{k}": v for k, v in part.vocabulary._asdict().items()})
        _write(Path(path), arrays, whole.lists)

    def _compacted(self) -> Index:
        return Index((Block.of([e for _, e in self.entries()]),), frozenset(), self.lists)

    @classmethod
    def load(cls, path: Path | str) -> Index:
        """Map a file written by :meth:`save`, after checking its hash.

        Raises:
            IndexDamagedError: the file is not an index, or one byte of it changed.
        """
        arrays, lists = _read(Path(path))
        table = EntryTable(
            memoryview(arrays["blob"].data),
            arrays["offsets"],
            arrays["keys"],
            arrays["key_rows"],
        )
        parts = {
            kind: Part(
                Vocabulary(*(arrays[f"{kind}/{field}"] for field in Vocabulary._fields)),
                arrays[f"{kind}/rank"],
            )
            for kind in KINDS
        }
        return cls((Block(table, parts),), frozenset(), lists)


@lru_cache(maxsize=1)
def reader_version() -> str:
    """Return the hash of the code that reads names; an index that other code built finds nothing.

    Every module of the room counts, and the table of known names, so that nobody has to remember
    which ones do.
    """
    whole = hashlib.sha256()
    room = Path(__file__).parent
    for source in sorted([*room.glob("*.py"), *room.glob("*.txt")]):
        whole.update(source.name.encode() + b"\0" + source.read_bytes())
    return whole.hexdigest()


def _versions(lists: Sequence[ScreeningList]) -> tuple[str, ...]:
    return tuple(sorted(one.version for one in lists))


def _write(path: Path, arrays: dict[str, NDArray[Any]], lists: tuple[str, ...]) -> None:
    at, layout, body = 0, [], []
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        layout.append([name, array.dtype.str, list(array.shape), at])
        padding = -len(data) % 64
        body.append(data + b"\0" * padding)
        at += len(data) + padding
    whole = b"".join(body)
    header = {
        "arrays": layout,
        "lists": list(lists),
        "reader": reader_version(),
        "sha256": hashlib.sha256(whole).hexdigest(),
    }
    head = _MAGIC + json.dumps(header).encode() + b"\n"
    head += b" " * (-(len(head) + 1) % 64) + b"\n"
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(head + whole)
    temporary.replace(path)


def _read(path: Path) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    try:
        mapped = np.memmap(path, np.uint8, mode="c")
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    head = bytes(mapped[: 1 << 20])
    if not head.startswith(_MAGIC):
        raise _damaged(path, "it does not start like an index")
    line = head[len(_MAGIC) :].split(b"\n", 2)
    try:
        header = json.loads(line[0])
        start = len(_MAGIC) + len(line[0]) + 1 + len(line[1]) + 1
        body = mapped[start:]
        arrays = {
            name: _array(body, np.dtype(kind), tuple(shape), at)
            for name, kind, shape, at in header["arrays"]
        }
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise _damaged(path, f"its header cannot be read ({error})") from error
    if hashlib.sha256(body.data).hexdigest() != header["sha256"]:
        raise _damaged(path, "its bytes do not have the hash it was stored under")
    if header.get("reader") != reader_version():
        raise _damaged(path, "names were read differently when it was built")
    return arrays, tuple(header["lists"])


def _array(
    body: NDArray[np.uint8], kind: np.dtype[Any], shape: tuple[int, ...], at: int
) -> NDArray[Any]:
    size = int(np.prod(shape)) * kind.itemsize
    return np.asarray(body[at : at + size]).view(kind).reshape(shape)


def _damaged(path: Path, reason: str) -> IndexDamagedError:
    return IndexDamagedError(
        f"The screening index {path.name} cannot be used.",
        why=f"Reading it failed: {reason}.",
        fix="Build it again from the kept lists: sandrail lists update --offline.",
    )
