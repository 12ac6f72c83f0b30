"""Did every byte that the gate saw about a name stand on a recorded verdict, and on which list?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np

from sandrail.controls import GATED
from sandrail.evidence.bundle import SLICE
from sandrail.evidence.ground_truth import everybody, person_of
from sandrail.evidence.opened import Opened, Wrong
from sandrail.journal import Fact, frame_of, parse_payload
from sandrail.ledger import Outcome
from sandrail.screening import (
    NUMBER_PATTERNS,
    Decision,
    GoodGuy,
    Index,
    ListEntry,
    Match,
    PartyIdentity,
    Ruled,
    Screener,
    ScreeningResult,
    clearance_flaw,
    less_cleared,
)
from sandrail.transfers import KIND_BATCH, decode_batch
from sandrail.trials import FollowedLists, identity_of
from sandrail.world import iso

__all__ = ["check_screening"]

DECIDED = "screening.decided"
CLEARED = "screening.cleared"
RESCREENED = "screening.rescreened"
SCREENED = "transfers.screened"
COMPARED = ("decision", "list_version", "matches", "party_version")


class _Watch:
    """Follows lists, verdicts and clearances through the facts, and gives every verdict again.

    Attributes:
        verdicts: decision of each party and the lists it stands on.
        counted: verdicts given again; bytes: what the gate was told; ruled_out: clearances.
    """

    def __init__(self, opened: Opened) -> None:
        self._people = everybody(opened.dossier)
        self._refs = opened.floor.parties
        self._lists = FollowedLists()
        self._screener: Screener | None = None
        self._cleared: dict[tuple[int, str, str], GoodGuy] = {}
        self._rests_on: dict[int, tuple[GoodGuy, ...]] = {}
        self._told_of: dict[int, tuple[GoodGuy, ...]] = {}
        self.verdicts: dict[int, tuple[str, str]] = {}
        self.counted = self.bytes = self.ruled_out = 0
        self._take: Mapping[str, Callable[[Fact], None]] = {
            RESCREENED: self._rescreened,
            DECIDED: self._decided,
            CLEARED: self._ruled_out,
            SCREENED: self._told,
            KIND_BATCH: self._served,
        }

    def take(self, fact: Fact) -> None:
        """Take one fact in; anything that does not follow raises ``Wrong``."""
        self._lists.take(fact)
        if fact.kind in self._take:
            self._take[fact.kind](fact)

    def _rescreened(self, fact: Fact) -> None:
        """Whom a change of lists does not concern keeps the verdict, on the new lists."""
        plain = cast("dict[str, Any]", parse_payload(fact))
        if plain["after"] != self._index.version:
            raise Wrong("It names other lists than were put in force.", file=SLICE, fact=fact.seq)
        for party, (decision, _) in list(self.verdicts.items()):
            again = self._again(party, fact.at_us)
            told = next((row[2] for row in plain["proposals"] if row[0] == party), decision)
            if again.result.decision.name != told:
                why = f"Customer {party} is {told} after the change; screened again, "
                why += f"{again.result.decision.name}{self._unexcused(again)}."
                raise Wrong(why, file=SLICE, fact=fact.seq)
            self.verdicts[party] = (decision, plain["after"])
            self._rests_on[party] = again.by

    def _decided(self, fact: Fact) -> None:
        plain = cast("dict[str, Any]", parse_payload(fact))
        party = int(plain["party_no"])
        again = self._again(party, fact.at_us)
        due = again.result.as_dict()
        for name in COMPARED:
            if plain[name] != _plain(due[name]):
                why = f"Customer {party}, screened again, comes out with other {name}"
                raise Wrong(f"{why}{self._unexcused(again)}.", file=SLICE, fact=fact.seq)
        self.verdicts[party] = (plain["decision"], plain["list_version"])
        self._rests_on[party] = again.by
        self.counted += 1

    def _ruled_out(self, fact: Fact) -> None:
        """A clearance is two people's, for a time, and for a match as it stood just then."""
        good = GoodGuy.from_dict(parse_payload(fact))
        flaw = clearance_flaw(good) or self._misses(good, fact)
        if flaw:
            raise Wrong(flaw, file=SLICE, fact=fact.seq)
        self._cleared[good.party_no, good.source, good.entry_id] = good
        # One that is given again before its end changes no verdict, and carries it on.
        for rests_on in (self._rests_on, self._told_of):
            if good.party_no in rests_on:
                rests_on[good.party_no] = tuple(
                    good if (one.source, one.entry_id) == (good.source, good.entry_id) else one
                    for one in rests_on[good.party_no]
                )
        self.ruled_out += 1

    def _misses(self, good: GoodGuy, fact: Fact) -> str:
        """Say why a clearance is not for a match that its customer had; nothing when it is."""
        entry = f"{good.source}/{good.entry_id}"
        if good.by != fact.actor or good.from_us > fact.at_us:
            return f"It says that {good.by} gave it on {_day(good.from_us)}; its fact does not."
        found = self._found(good.party_no)
        known = {(match.source, match.entry_id): match for match in found.matches}
        match = known.get((good.source, good.entry_id))
        if match is None:
            return f"Customer {good.party_no} does not match {entry}, which it rules out."
        if match.pattern in NUMBER_PATTERNS:
            return f"The match with {entry} is on a number, which nobody can rule out."
        listed = self._entry(match)
        if good.party_version != found.party_version:
            return f"It was given for another state of customer {good.party_no}."
        if listed is None or good.entry_hash != listed.content_hash():
            return f"It was given for another state of {entry}."
        return ""

    def _told(self, fact: Fact) -> None:
        frame = frame_of(fact)
        version = str(frame.meta["list_version"])
        parties, screens = frame.columns["party"].tolist(), frame.columns["screen"].tolist()
        for party, screen in zip(parties, screens, strict=True):
            if self.verdicts.get(party) != (Decision(screen).name, version):
                why = f"The gate was told {Decision(screen).name} of customer {party} on the lists "
                found = self.verdicts.get(party, ("no verdict", ""))[0]
                raise Wrong(f"{why}{version}; on record is {found}.", file=SLICE, fact=fact.seq)
            self._told_of.pop(party, None)
            if rests_on := self._rests_on.get(party):
                self._told_of[party] = rests_on
                self._require_holding(party, fact, "The gate was told of")
            self.bytes += 1

    def _served(self, fact: Fact) -> None:
        """Nobody is served on a clearance that has ended: by then the gate should know better."""
        ended = [
            party
            for party, rests_on in self._told_of.items()
            if any(good.expires_us <= fact.at_us for good in rests_on)
        ]
        if not ended:
            return
        batch = decode_batch(frame_of(fact))
        asked, outcome = batch.asked, batch.outcome
        judged = ((np.uint32(1) << asked.kind.astype(np.uint32)) & np.uint32(GATED)) != 0
        judged &= (outcome == Outcome.POSTED) | (outcome == Outcome.PENDING)
        for party in ended:
            if (judged & ((asked.debtor == party) | (asked.creditor == party))).any():
                self._require_holding(party, fact, "The gate served")

    def _require_holding(self, party: int, fact: Fact, what: str) -> None:
        for good in self._told_of[party]:
            if good.expires_us <= fact.at_us:
                why = f"{what} customer {party} on a clearance of {good.source}/{good.entry_id} "
                why += f"that had ended on {_day(good.expires_us)}."
                raise Wrong(why, file=SLICE, fact=fact.seq)

    def _again(self, party: int, at_us: int) -> Ruled:
        """Screen a customer again, less what was ruled out and still is at an instant."""
        return less_cleared(self._found(party), self._cleared, self._entry, at_us=at_us)

    def _found(self, party: int) -> ScreeningResult:
        if self._screener is None or self._screener.index is not self._index:
            self._screener = Screener(self._index)
        row = person_of(self._refs.ref(party))
        identity: PartyIdentity = identity_of(self._people, row, party_no=party)
        return self._screener.screen(identity)

    def _unexcused(self, again: Ruled) -> str:
        """Name what stands against a customer, and what became of a clearance of it."""
        against = [match for match in again.result.matches if match.decision > Decision.CLEAR]
        said = [self._against(again.result.party_no, match) for match in against]
        return f"; {', '.join(said)}" if said else ""

    def _against(self, party: int, match: Match) -> str:
        entry = f"{match.source}/{match.entry_id}"
        good = self._cleared.get((party, match.source, match.entry_id))
        if good is None:
            return f"no clearance excuses {entry}"
        return f"the clearance of {entry}, until {_day(good.expires_us)}, does not cover it"

    @property
    def _index(self) -> Index:
        return self._lists.index

    def _entry(self, match: Match) -> ListEntry | None:
        return self._index.find(match.source, match.entry_id)


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
    told = f"{watch.counted} verdicts on {lists} versions of lists, {watch.bytes} told to the gate"
    return f"{told}, {watch.ruled_out} entries ruled out" if watch.ruled_out else told


def _day(at_us: int) -> str:
    return iso(at_us)[:10]


def _plain(value: object) -> object:
    """Return tuples as the lists that JSON has."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
