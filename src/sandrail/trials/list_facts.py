"""The sanctions lists of a trial as facts, so that every verdict on a name can be given again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, cast

import numpy as np

from sandrail.journal import Draft, Fact, encode_frame, frame_of
from sandrail.screening import (
    Identifier,
    Index,
    Kind,
    ListedName,
    ListEntry,
    PartialDate,
    PartyIdentity,
    ScreeningList,
    entry_from_dict,
)
from sandrail.world import SYSTEM, Micros, canonical_bytes, digest

__all__ = [
    "KIND_LIST",
    "FollowedLists",
    "amended",
    "list_bytes",
    "list_draft",
    "lists_in_force",
    "read_list",
]

KIND_LIST = "trials.list"

DESIGNATED = "SYNTHETIC-DESIGNATION"


def list_bytes(one: ScreeningList) -> bytes:
    """Return the entries of a list as canonical JSON, one entry a line, as a bundle shows them."""
    return b"".join(canonical_bytes(entry.as_dict()) + b"\n" for entry in one.entries)


def list_draft(one: ScreeningList, *, at_us: int) -> Draft:
    """Return a version of a list as a fact: what it is, and all its entries."""
    meta: dict[str, Any] = {
        "source": one.source,
        "title": one.title,
        "published": "" if one.published is None else one.published.isoformat(),
        "sha256": one.sha256,
        "version": one.version,
        "skipped": len(one.skipped),
    }
    columns = {"entry.byte": np.frombuffer(list_bytes(one), dtype=np.uint8)}
    return Draft(KIND_LIST, Micros(at_us), SYSTEM.id, encode_frame(columns, meta))


def read_list(fact: Fact) -> ScreeningList:
    """Return the list that a ``trials.list`` fact holds; what could not be read stays out."""
    frame = frame_of(fact)
    meta = cast("dict[str, str]", frame.meta)
    lines = frame.columns["entry.byte"].tobytes().splitlines()
    return ScreeningList(
        source=meta["source"],
        title=meta["title"],
        published=date.fromisoformat(meta["published"]) if meta["published"] else None,
        sha256=meta["sha256"],
        entries=tuple(entry_from_dict(json.loads(line)) for line in lines),
    )


def lists_in_force(facts: Iterable[Fact]) -> tuple[ScreeningList, ...]:
    """Return the newest version of each list that facts hold, by the source's first appearance."""
    newest: dict[str, ScreeningList] = {}
    for fact in facts:
        if fact.kind == KIND_LIST:
            one = read_list(fact)
            newest[one.source] = one
    return tuple(newest.values())


class FollowedLists:
    """The lists that facts put in force, indexed as the trial indexed them, fact by fact.

    What a new version changes is added to what was indexed before: an index built afresh from the
    same lists weighs words a little differently, and a verdict might come out with another score.

    Attributes:
        KINDS: the facts that matter.
    """

    KINDS = (KIND_LIST, "screening.decided", "screening.cleared", "screening.rescreened")

    def __init__(self) -> None:
        self._lists: dict[str, ScreeningList] = {}
        self._index: Index | None = None
        self._waiting = False

    def take(self, fact: Fact) -> None:
        """Take one fact in; lists that come together are put in force together."""
        if fact.kind == KIND_LIST:
            one = read_list(fact)
            self._lists[one.source] = one
            self._waiting = True
        elif fact.kind in self.KINDS:
            self._settle()

    @property
    def any(self) -> bool:
        """Whether the facts hold any list."""
        return bool(self._lists)

    @property
    def index(self) -> Index:
        """Return the lists in force, searchable."""
        return self._settle()

    def _settle(self) -> Index:
        if self._index is None:
            self._index = Index.build(tuple(self._lists.values()))
        elif self._waiting:
            self._index, _ = self._index.updated(tuple(self._lists.values()))
        self._waiting = False
        return self._index


def amended(
    one: ScreeningList,
    *,
    designated: Iterable[PartyIdentity],
    delisted: Iterable[str],
    on: date,
) -> ScreeningList:
    """Return the next version of a list: some persons come onto it, some entries leave it."""
    gone = tuple(delisted)
    kept = tuple(entry for entry in one.entries if entry.id not in gone)
    added = tuple(_entry(identity, one.source) for identity in designated)
    fresh = replace(one, published=on, entries=(*kept, *added), skipped=())
    content = {"title": one.title, "on": on.isoformat(), "entries": list_bytes(fresh).hex()}
    return replace(fresh, sha256=digest(content))


def _entry(identity: PartyIdentity, source: str) -> ListEntry:
    names = (identity.name, *identity.other_names)
    return ListEntry(
        id=f"{DESIGNATED}-{identity.version()[:12]}",
        source=source,
        kind=Kind.PERSON,
        names=tuple(ListedName(name) for name in names),
        father_names=(identity.father_name,) if identity.father_name else (),
        dobs=() if identity.dob is None else (PartialDate(*_ymd(identity.dob)),),
        countries=(identity.country,),
        places=(identity.place,) if identity.place else (),
        identifiers=tuple(
            Identifier(item.scheme, item.value, identity.country) for item in identity.identifiers()
        ),
        remarks="Invented for the trial.",
    )


def _ymd(when: PartialDate) -> tuple[int, int, int]:
    return when.year, when.month, when.day
