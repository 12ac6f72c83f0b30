"""What a new version of a list says differently, entry by entry, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sandrail.screening.nouns import ListEntry, ScreeningList

__all__ = ["EntryChange", "changes_of"]

_WORDS_CHARS_MAX = 160


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry that is not what it was.

    Attributes:
        state: ``added``, ``changed`` or ``removed``.
        id: of the entry on its list.
        name: its primary name.
        words: what changed, one phrase a field.
    """

    state: str
    id: str
    name: str
    words: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The change as plain data."""
        return {"state": self.state, "id": self.id, "name": self.name, "words": list(self.words)}


def changes_of(before: ScreeningList | None, after: ScreeningList) -> tuple[EntryChange, ...]:
    """Return every difference between two versions: first who is new, then changed, then gone."""
    old = {entry.id: entry for entry in before.entries} if before else {}
    new = {entry.id: entry for entry in after.entries}
    added = [EntryChange("added", e.id, e.name) for e in new.values() if e.id not in old]
    changed = [
        EntryChange("changed", e.id, e.name, tuple(_words(old[e.id], e)))
        for e in new.values()
        if e.id in old and old[e.id] != e
    ]
    removed = [EntryChange("removed", e.id, e.name) for e in old.values() if e.id not in new]
    return (*added, *changed, *removed)


def _words(old: ListEntry, new: ListEntry) -> Iterator[str]:
    if old.kind is not new.kind:
        yield f"kind: {old.kind.value} became {new.kind.value}"
    yield from _both("name", (n.text for n in old.names), (n.text for n in new.names))
    qualities = {name.text: name.quality for name in old.names}
    for name in new.names:
        if qualities.get(name.text, name.quality) != name.quality:
            yield f"name {name.text!r}: {qualities[name.text]} became {name.quality}"
    yield from _both("father's name", old.father_names, new.father_names)
    yield from _both("date of birth", map(str, old.dobs), map(str, new.dobs))
    yield from _both("country", old.countries, new.countries)
    yield from _both("place", old.places, new.places)
    yield from _both(
        "number",
        (f"{i.scheme} {i.value}" for i in old.identifiers),
        (f"{i.scheme} {i.value}" for i in new.identifiers),
    )
    for field, was, now in (
        ("programme", old.programme, new.programme),
        ("listed on", old.listed_on, new.listed_on),
        ("remarks", old.remarks, new.remarks),
    ):
        if was != now:
            yield _cut(f"{field}: {was or 'nothing'} became {now or 'nothing'}")
    if [n.text for n in old.names] != [n.text for n in new.names] and {*old.names} == {*new.names}:
        yield "names in another order"


def _both(field: str, old: Iterable[str], new: Iterable[str]) -> Iterator[str]:
    was, now = tuple(old), tuple(new)
    for text in now:
        if text not in was:
            yield _cut(f"{field} added: {text}")
    for text in was:
        if text not in now:
            yield _cut(f"{field} removed: {text}")


def _cut(text: str) -> str:
    return text if len(text) <= _WORDS_CHARS_MAX else f"{text[: _WORDS_CHARS_MAX - 1]}…"
