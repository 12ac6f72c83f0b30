"""Did every byte that the gate saw about a name stand on a recorded verdict, and on which list?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sandrail.evidence.bundle import SLICE
from sandrail.evidence.ground_truth import everybody, person_of
from sandrail.evidence.opened import Opened, Wrong
from sandrail.journal import Fact, frame_of, parse_payload
from sandrail.screening import Decision, Index, PartyIdentity, Screener, ScreeningList
from sandrail.trials import KIND_LIST, identity_of, read_list

__all__ = ["check_screening"]

DECIDED = "screening.decided"
RESCREENED = "screening.rescreened"
SCREENED = "transfers.screened"
COMPARED = ("decision", "list_version", "matches", "party_version")


class _Watch:
    """Follows lists and verdicts through the facts, and gives every verdict again.

    Attributes:
        verdicts: decision of each party and the lists it stands on.
        counted: verdicts given again; bytes: what the gate was told.
    """

    def __init__(self, opened: Opened) -> None:
        self._dossier = opened.dossier
        self._people = everybody(self._dossier)
        self._refs = opened.floor.parties
        self._lists: dict[str, ScreeningList] = {}
        self._screener: Screener | None = None
        self._index: Index | None = None
        self.version = ""
        self.verdicts: dict[int, tuple[str, str]] = {}
        self.counted = self.bytes = 0

    def take(self, fact: Fact) -> None:
        """Take one fact in; anything that does not follow raises ``Wrong``."""
        if fact.kind == KIND_LIST:
            one = read_list(fact)
            self._lists[one.source] = one
            self._screener = None
        elif fact.kind == RESCREENED:
            self._rescreened(fact)
        elif fact.kind == DECIDED:
            self._decided(fact)
        elif fact.kind == SCREENED:
            self._told(fact)

    def _rescreened(self, fact: Fact) -> None:
        """Whom a change of lists does not concern keeps the verdict, on the new lists."""
        plain = cast("dict[str, Any]", parse_payload(fact))
        screener = self._ready()
        if plain["after"] != screener.index.version:
            raise Wrong("It names other lists than were put in force.", file=SLICE, fact=fact.seq)
        for party, (decision, _) in list(self.verdicts.items()):
            again = screener.screen(self._identity(party)).decision.name
            told = next((row[2] for row in plain["proposals"] if row[0] == party), decision)
            if again != told:
                why = f"Customer {party} is {told} after the change; screened again, {again}."
                raise Wrong(why, file=SLICE, fact=fact.seq)
            self.verdicts[party] = (decision, plain["after"])

    def _decided(self, fact: Fact) -> None:
        plain = cast("dict[str, Any]", parse_payload(fact))
        party = int(plain["party_no"])
        again = self._ready().screen(self._identity(party)).as_dict()
        for name in COMPARED:
            if plain[name] != _plain(again[name]):
                why = f"Customer {party}, screened again, comes out with other {name}."
                raise Wrong(why, file=SLICE, fact=fact.seq)
        self.verdicts[party] = (plain["decision"], plain["list_version"])
        self.counted += 1

    def _told(self, fact: Fact) -> None:
        frame = frame_of(fact)
        version = str(frame.meta["list_version"])
        parties, screens = frame.columns["party"].tolist(), frame.columns["screen"].tolist()
        for party, screen in zip(parties, screens, strict=True):
            if self.verdicts.get(party) != (Decision(screen).name, version):
                why = f"The gate was told {Decision(screen).name} of customer {party} on the lists "
                found = self.verdicts.get(party, ("no verdict", ""))[0]
                raise Wrong(f"{why}{version}; on record is {found}.", file=SLICE, fact=fact.seq)
            self.bytes += 1

    def _ready(self) -> Screener:
        if self._screener is None:
            lists = tuple(self._lists.values())
            # As the trial did: what a new list changes is added to what was indexed before.
            self._index = (
                self._index.updated(lists)[0] if self._index is not None else Index.build(lists)
            )
            self._screener = Screener(self._index)
        return self._screener

    def _identity(self, party: int) -> PartyIdentity:
        row = person_of(self._refs.ref(party))
        return identity_of(self._people, row, party_no=party)


def check_screening(opened: Opened) -> str:
    """Every verdict on a name comes out again, and the gate was told each one, and no other."""
    opened.require_replayed()
    watch = _Watch(opened)
    for fact in opened.facts:
        watch.take(fact)
    missing = [p for p in range(opened.floor.parties.count) if p not in watch.verdicts]
    if missing:
        raise Wrong(f"Customer {missing[0]} was never screened.", file=SLICE)
    lists = len(opened.dossier.lists)
    return f"{watch.counted} verdicts on {lists} versions of lists, {watch.bytes} told to the gate"


def _plain(value: object) -> object:
    """Return tuples as the lists that JSON has."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
