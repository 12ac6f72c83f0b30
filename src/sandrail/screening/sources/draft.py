"""What every parser fills: one entry at a time, bounded, in the publisher's order, nothing lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from sandrail.screening.dates import PartialDate, parse_partial_date
from sandrail.screening.errors import IdentityError, ListFormatError
from sandrail.screening.limits import (
    FACTS_PER_ENTRY_MAX,
    LIST_ENTRIES_MAX,
    NAMES_PER_ENTRY_MAX,
    REMARKS_CHARS_MAX,
    SKIPPED_SHOWN_MAX,
)
from sandrail.screening.nouns import (
    Identifier,
    Kind,
    ListedName,
    ListEntry,
    ScreeningList,
    clean_identifier,
)
from sandrail.screening.sources.numbers import addresses_in

__all__ = ["EntryDraft", "ListDraft", "Source", "squeezed"]

_NUMBER_CHARS_MIN = 5
_QUALITIES = ("primary", "good", "low")

_T = TypeVar("_T")

Source = Path | str | bytes
"""What a parser reads: a file by its path, or the bytes themselves."""


def squeezed(text: str | None) -> str:
    """Return a text with its white space squeezed to single blanks."""
    return " ".join((text or "").split())


@dataclass(slots=True)
class EntryDraft:
    """One entry while it is read; see :class:`ListEntry` for what the fields mean."""

    id: str
    kind: Kind
    programme: str = ""
    listed_on: str = ""
    remarks: str = ""
    names: dict[str, str] = field(default_factory=dict)
    father_names: dict[str, None] = field(default_factory=dict)
    dobs: dict[PartialDate, None] = field(default_factory=dict)
    countries: dict[str, None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    identifiers: dict[Identifier, None] = field(default_factory=dict)

    def add_name(self, text: str, quality: str = "good") -> None:
        """Add a name; said twice, it keeps the better quality."""
        name = squeezed(text).strip(" ,;")
        if name:
            known = self.names.get(name, quality)
            self.names[name] = min(known, quality, key=_QUALITIES.index)

    def add_fathers(self, texts: Iterable[str]) -> None:
        """Add fathers' names."""
        self.father_names |= dict.fromkeys(t for t in map(squeezed, texts) if t)

    def add_dob(self, text: str, *, about: bool = False) -> bool:
        """Add a date of birth as published; return whether it could be read."""
        try:
            found = _parsed_dob(text)
        except IdentityError:
            return False
        if about and not found.approximate:
            found = PartialDate(found.year, found.month, found.day, found.year_to, approximate=True)
        self.dobs[found] = None
        return True

    def add_countries(self, texts: Iterable[str]) -> None:
        """Add nationalities and countries of birth or residence."""
        self.countries |= dict.fromkeys(t for t in map(squeezed, texts) if t)

    def add_places(self, texts: Iterable[str]) -> None:
        """Add cities, provinces and districts."""
        self.places |= dict.fromkeys(t for t in map(squeezed, texts) if t)

    def add_number(self, scheme: str, value: str, issuer: str = "") -> None:
        """Add a number or an address; one too short to name anybody is left out."""
        cleaned = clean_identifier(scheme, value)
        if len(cleaned) >= _NUMBER_CHARS_MIN or (scheme == "wallet" and cleaned):
            self.identifiers[Identifier(scheme, cleaned, squeezed(issuer))] = None

    def add_wallets_in(self, text: str) -> None:
        """Add the wallet addresses that stand in a text."""
        for address in addresses_in(text):
            self.add_number("wallet", address)

    def overfull(self) -> bool:
        """Whether more was said than an entry may hold."""
        facts = (self.father_names, self.dobs, self.countries, self.places, self.identifiers)
        return len(self.names) > NAMES_PER_ENTRY_MAX or any(
            len(f) > FACTS_PER_ENTRY_MAX for f in facts
        )

    def entry(self, source: str) -> ListEntry:
        """Return the finished entry, the primary names first."""
        names = [ListedName(text, quality) for text, quality in self.names.items()]
        names.sort(key=lambda name: name.quality != "primary")
        return ListEntry(
            id=self.id,
            source=source,
            kind=self.kind,
            names=tuple(names[:NAMES_PER_ENTRY_MAX]),
            father_names=_first(self.father_names),
            dobs=_first(self.dobs),
            countries=_first(self.countries),
            places=_first(self.places),
            identifiers=_first(self.identifiers),
            programme=self.programme,
            listed_on=self.listed_on,
            remarks=self.remarks[:REMARKS_CHARS_MAX],
        )


def _parsed_dob(text: str) -> PartialDate:
    """Read a date, or a period between two: ``01 Feb 1960 to 29 Feb 1960`` is that month."""
    first, to, last = text.partition(" to ")
    if not to or len(squeezed(first)) <= 4:
        return parse_partial_date(text)
    begin, end = parse_partial_date(first), parse_partial_date(last)
    same_month = (begin.year, begin.month) == (end.year, end.month)
    about = begin.approximate or end.approximate
    month = begin.month if same_month else 0
    return PartialDate(begin.year, month, year_to=end.year_to, approximate=about)


def _first(values: dict[_T, None]) -> tuple[_T, ...]:
    return tuple(values)[:FACTS_PER_ENTRY_MAX]


class ListDraft:
    """A list while it is read.

    An id that comes twice with other content is kept as ``id#2``: whoever the second one is, he
    must be found.
    """

    def __init__(self, source: str, title: str, *, what: str) -> None:
        self.source, self.title, self.what = source, title, what
        self._entries: dict[str, ListEntry] = {}
        self._skipped: list[str] = []
        self._said: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def skip(self, reason: str) -> None:
        """Say what could not be read, and why."""
        if len(self._skipped) < SKIPPED_SHOWN_MAX:
            self._skipped.append(reason)

    def add(self, draft: EntryDraft, *, where: str = "") -> None:
        """Take a finished entry; without an id, or without a name and a number, it is skipped."""
        place = where or draft.id or "?"
        if not draft.id or not (draft.names or draft.identifiers):
            self.skip(f"{place}: no name, or no id")
            return
        if draft.overfull():
            self.skip(f"{place}: more names or numbers than an entry may hold; the first are kept")
        if draft.id in self._entries and not self._is_another(draft, place):
            return
        self._entries[draft.id] = draft.entry(self.source)
        if len(self._entries) > LIST_ENTRIES_MAX:
            raise ListFormatError(
                f"The {self.what} has more than {LIST_ENTRIES_MAX:,} entries.",
                fix="No real list is that long: fetch it again.",
            )

    def _is_another(self, draft: EntryDraft, place: str) -> bool:
        """Whether a taken id stands for somebody else; he then gets an id of his own."""
        said = self._said.get(draft.id)
        if said is None:
            said = self._said[draft.id] = {self._entries[draft.id].content_hash()}
        content = draft.entry(self.source).content_hash()
        if content in said:
            self.skip(f"{place}: the same entry again")
            return False
        said.add(content)
        draft.id = f"{draft.id}#{len(said)}"
        self.skip(f"{place}: another entry has this id; kept as {draft.id}")
        return True

    def done(self, sha256: str, published: date | None) -> ScreeningList:
        """Return the list."""
        return ScreeningList(
            source=self.source,
            title=self.title,
            published=published,
            sha256=sha256,
            entries=tuple(self._entries.values()),
            skipped=tuple(self._skipped),
        )
