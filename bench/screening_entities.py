"""Organisations and vessels against whole lists: ``SANDRAIL_TEST_DATA=... python -m
bench.screening_entities``.

Asked through the product's own verdict, at the thresholds it ships with, about the third of the
bodies that neither weights nor thresholds ever saw. Strangers are invented firms and ships, and
listed bodies asked for as if their own entries (on both lists) and those their publisher links
them with were not there. Most of what such a one still meets is its sister or its branch, listed
with it: that share is printed as ``held_org_sisters``; ``fpr_org_listed`` counts only who is met
across regimes. Every share is printed with its size and its 95 per cent (Wilson) interval.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from bench.screening_bodies import (
    ORG_HELD_OUT,
    ORG_TUNING,
    VESSEL_HELD_OUT,
    VESSEL_TUNING,
    Bodies,
    bodies_only,
    invented_firms,
    invented_ships,
    is_aircraft,
)
from bench.screening_data import (
    ARABIC,
    JUDGE,
    common_names,
    part_of,
    real_lists,
    shares_of,
    strangers,
)
from bench.screening_disguises import apply
from sandrail.screening import (
    Decision,
    Index,
    Kind,
    ListEntry,
    Match,
    PartyIdentity,
    ScreeningList,
)
from sandrail.screening.screen import Screener

__all__ = ["entity_accuracy"]

Asked = dict[str, list[bool]]
_NEW_SHARE = 0.3
_INVENTED = 6_000
_PERSONS_MAX = 3_000


def held(screener: Screener, party: PartyIdentity) -> list[Match]:
    """Return the matches that would make a person look."""
    return [m for m in screener.screen(party).matches if m.decision is not Decision.CLEAR]


class _Asking:
    """One screener, the bodies of its lists, and the answers so far."""

    def __init__(self, screener: Screener, bodies: Bodies) -> None:
        self.screener = screener
        self.bodies = bodies
        self.asked: Asked = {}

    def meant(self, label: str, entry: ListEntry, party: PartyIdentity) -> None:
        """Ask for somebody listed: found is the body that is meant, on any list."""
        own = self.bodies.of(entry.source, entry.id)
        found = any(self._body(m) == own for m in held(self.screener, party))
        self.asked.setdefault(label, []).append(found)

    def stranger(self, label: str, party: PartyIdentity) -> None:
        """Ask for a stranger: any match is a false alarm."""
        self.asked.setdefault(label, []).append(bool(held(self.screener, party)))

    def others(self, word: str, entry: ListEntry, party: PartyIdentity) -> None:
        """Ask for somebody listed as if the own entries were not: who else is met?"""
        kin = self.bodies.relatives(entry)
        met = {self._body(m) for m in held(self.screener, party)} - kin
        strangers = [body for body in met if self.bodies.unrelated(entry, body)]
        self.asked.setdefault(f"fpr_{word}_listed", []).append(bool(strangers))
        self.asked.setdefault(f"held_{word}_sisters", []).append(bool(met))

    def _body(self, match: Match) -> str:
        return self.bodies.of(match.source, match.entry_id)


def _ways(entry: ListEntry, name: str, rng: random.Random) -> Iterable[tuple[str, str]]:
    """Yield how a listed name is asked for: clean, disguised as the fit knew, and otherwise."""
    vessel = entry.kind is Kind.VESSEL
    seen, new = (VESSEL_TUNING, VESSEL_HELD_OUT) if vessel else (ORG_TUNING, ORG_HELD_OUT)
    word = "vessel" if vessel else "org"
    yield f"recall_{word}_clean", name
    if is_aircraft(entry):
        return
    kind, altered = apply(seen, name, rng)
    if kind != "none" and altered != name:
        yield f"recall_{word}_disguised", altered
        yield f"{word}, seen kind: {kind}", altered
    for kind, disguise in new.items():
        written = name.title() if name.isupper() else name
        altered_or_none = disguise(written, rng) if rng.random() < _NEW_SHARE else None
        if altered_or_none:
            yield f"{word}, new kind: {kind}", altered_or_none


def _ask_listed(asking: _Asking, entries: list[ListEntry]) -> None:
    rng = random.Random(2027)
    for entry in entries:
        word = "vessel" if entry.kind is Kind.VESSEL else "org"
        for name in asking.bodies.latin(entry)[:1]:
            for label, text in _ways(entry, name, rng):
                asking.meant(label, entry, PartyIdentity(-1, text, kind=entry.kind))
            bare = PartyIdentity(-1, name, kind=entry.kind)
            asking.others(word, entry, bare)
            if entry.countries:
                there = replace(bare, country=entry.countries[0])
                asking.meant(f"recall_{word}_country", entry, there)
            imo = [i.value for i in entry.identifiers if i.scheme == "imo"]
            if imo:
                renamed = replace(bare, name="Unheard Of", imo=f"IMO {imo[0]}")
                asking.meant("recall_vessel_imo", entry, renamed)
            asking.meant(f"recall_{word}_unstated", entry, replace(bare, kind=Kind.UNKNOWN))
        for original in (n.text for n in entry.names if ARABIC.search(n.text)):
            party = PartyIdentity(-1, original, kind=entry.kind)
            asking.meant(f"recall_{word}_arabic", entry, party)


def _ask_strangers(asking: _Asking, people: list[dict[str, str]]) -> None:
    for label, kind, names in (
        ("fpr_org_invented", Kind.ENTITY, invented_firms(_INVENTED)),
        ("fpr_vessel_invented", Kind.VESSEL, invented_ships(_INVENTED // 3)),
    ):
        for name in names:
            if part_of(name) == JUDGE:
                asking.stranger(label, PartyIdentity(-1, name, kind=kind))
                there = PartyIdentity(-1, name, kind=kind, country="Pakistan")
                asking.stranger(f"{label}_country", there)
    named = [r["full_name"] for r in people if part_of(r["full_name"]) == JUDGE]
    for label, every in (
        ("fpr_person_on_bodies", named[:_PERSONS_MAX]),
        ("fpr_common_person_on_bodies", [r["full_name"] for r in common_names(1_000)]),
    ):
        for name in every:
            asking.stranger(label, PartyIdentity(-1, name, kind=Kind.UNKNOWN))


def entity_accuracy(
    lists: list[ScreeningList], people: list[dict[str, str]]
) -> tuple[dict[str, float], list[str]]:
    """Return shares by name, and a line with size and interval for each.

    Persons of the lists are left out of the index: who is held up here is held up on an
    organisation's or a vessel's words.
    """
    bodies = Bodies(lists)
    asking = _Asking(Screener(Index.build(bodies_only(lists))), bodies)
    _ask_listed(asking, [e for e in bodies.entries if bodies.part(e) == JUDGE])
    _ask_strangers(asking, people)
    asked = asking.asked
    for word in ("org", "vessel"):
        asked[f"recall_{word}"] = asked[f"recall_{word}_clean"] + asked[f"recall_{word}_disguised"]
        asked[f"recall_{word}_new_kinds"] = [
            answer
            for label, answers in asked.items()
            if label.startswith(f"{word}, new kind") and "alone" not in label
            for answer in answers
        ]
        asked[f"fpr_{word}"] = asked[f"fpr_{word}_listed"] + asked[f"fpr_{word}_invented"]
    return shares_of(asked)


def main() -> None:
    """Print every share."""
    _, lines = entity_accuracy(real_lists(), strangers()[0])
    print("\n".join(lines))


if __name__ == "__main__":
    main()
