"""Decisions remembered: what was found about each party, and on which lists it stood.

The gate never matches anything: it reads one byte a party. A party without a verdict on the lists
in force reads as ``UNSCREENED``. A list update changes every byte at one moment, after its fact is
in the journal: a transfer recorded before that fact was judged by the old lists, one after it by
the new, and there is no third outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sandrail.journal import Draft, Journal, json_payload, parse_payload
from sandrail.screening.errors import IdentityError, IndexDamagedError
from sandrail.screening.goodguys import GoodGuy, clear_match, less_cleared
from sandrail.screening.index import Index, IndexChange
from sandrail.screening.nouns import (
    NUMBER_PATTERNS,
    Decision,
    ListEntry,
    Match,
    PartyIdentity,
    ScreeningList,
    ScreeningResult,
)
from sandrail.screening.parties import PartyIndex
from sandrail.screening.record import KIND_CLEARED, KIND_DECIDED, KIND_RESCREENED, read_record
from sandrail.screening.screen import Screener
from sandrail.world import SYSTEM, Actor, Clock, Micros, SandrailError, TrialClock

__all__ = ["Proposal", "RescreenReport", "ScreeningBook", "recorded_decisions"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A party whose byte changes because the lists changed.

    Attributes:
        party_no: who.
        before: the byte under the old lists.
        after: the byte under the new lists.
    """

    party_no: int
    before: Decision
    after: Decision

    @property
    def freezes(self) -> bool:
        """Whether it tightens."""
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class RescreenReport:
    """What a list update did to the book.

    Attributes:
        before: list version before.
        after: list version after.
        change: entries added, changed and removed.
        looked_at: parties that were matched again.
        proposals: whose byte changed, freezes and unfreezes alike.
        to_freeze_us: from the call to the moment the new bytes were in force.
    """

    before: str
    after: str
    change: IndexChange
    looked_at: int
    proposals: tuple[Proposal, ...]
    to_freeze_us: int

    def as_dict(self) -> dict[str, object]:
        """The payload of a ``screening.rescreened`` fact (without the measured time)."""
        ids = {
            name: sorted(f"{e.source}/{e.id}" for e in getattr(self.change, name))
            for name in ("added", "changed", "removed")
        }
        return {
            "before": self.before,
            "after": self.after,
            "looked_at": self.looked_at,
            "proposals": [[p.party_no, p.before.name, p.after.name] for p in self.proposals],
            **ids,
        }


class ScreeningBook:
    """The screened parties of one trial or one firm."""

    def __init__(
        self, index: Index, *, clock: Clock | None = None, journal: Journal | None = None
    ) -> None:
        self.index = index
        self._clock: Clock = clock or TrialClock(0)
        self._journal = journal
        self._screener = Screener(index)
        self._parties: dict[int, PartyIdentity] = {}
        self._results: dict[int, ScreeningResult] = {}
        self._memory: dict[tuple[str, str], ScreeningResult] = {}
        self._cleared: dict[tuple[int, str, str], GoodGuy] = {}
        self._names = PartyIndex()
        self._checked_us = self._clock.now_us()

    @classmethod
    def restore(
        cls,
        index: Index,
        journal: Journal,
        *,
        clock: Clock | None = None,
        identities: Iterable[PartyIdentity] = (),
    ) -> ScreeningBook:
        """Rebuild a book from its journal; nothing is matched again.

        Args:
            index: the lists that were in force when the last fact was written.
            journal: the facts; the book goes on writing there.
            clock: as for a new book.
            identities: who the parties are; a party that is not given keeps its verdict, but can
                take no part in a change of lists until it is given to :meth:`meet`.

        Raises:
            IndexDamagedError: the index is not the one the recorded verdicts stood on.
        """
        record = read_record(journal)
        if record.list_version not in ("", index.version):
            raise IndexDamagedError(
                f"The recorded verdicts stood on lists {record.list_version}.",
                why=f"The index given is of lists {index.version}.",
                fix="Build the index from the versions that the list store kept.",
            )
        book = cls(index, clock=clock, journal=journal)
        book._results, book._cleared = record.results, record.cleared
        if record.checked_us >= 0:
            book._checked_us = Micros(record.checked_us)
        touched = {party_no for party_no, _, _ in record.cleared}
        for party_no, result in record.results.items():
            if party_no not in touched:
                book._memory[result.party_version, result.list_version] = result
        book.meet(identities)
        return book

    def meet(self, identities: Iterable[PartyIdentity]) -> list[int]:
        """Tell a restored book who its parties are; return those that must be screened (again).

        A party whose recorded verdict was given for another version of it is not met.
        """
        unknown = []
        for identity in identities:
            result = self._results.get(identity.party_no)
            if result is None or result.party_version != identity.version():
                unknown.append(identity.party_no)
            else:
                self._remember(identity, result)
        return unknown

    def check(self, journal: Journal) -> None:
        """Compare this book with what its journal says.

        Raises:
            IndexDamagedError: naming the first party whose verdict is not the recorded one.
        """
        record = read_record(journal)
        for party_no in sorted({*self._results, *record.results}):
            own, told = self._results.get(party_no), record.results.get(party_no)
            if own != told:
                raise IndexDamagedError(
                    f"Party {party_no} is not as the journal says.",
                    why=f"In force: {own.decision.name if own else 'nothing'}; recorded: "
                    f"{told.decision.name if told else 'nothing'}, or other evidence.",
                    fix="Restore the book from the journal: the journal is what counts.",
                )
        if self._cleared != record.cleared:
            raise IndexDamagedError(
                "The entries ruled out are not those of the journal.",
                fix="Restore the book from the journal: the journal is what counts.",
            )

    def lapse(self) -> tuple[Proposal, ...]:
        """Judge again every known party with a clearance that has ended; return what changes."""
        known = sorted(self.ended() & self._parties.keys())
        fresh = [r for r in map(self._judge, map(self.identity_of, known))
                 if r != self._results[r.party_no]]  # fmt: skip
        proposals = tuple(
            Proposal(r.party_no, before, r.decision)
            for r in fresh
            if (before := self._results[r.party_no].decision) is not r.decision
        )
        self._write(fresh)
        self._results |= {r.party_no: r for r in fresh}
        return proposals

    def ended(self) -> set[int]:
        """Return the parties of whom a clearance has ended by now."""
        at_us = self._clock.now_us()
        return {no for (no, _, _), good in self._cleared.items() if at_us >= good.expires_us}

    def require_known(self, parties: Iterable[int]) -> None:
        """Require that the book knows who some of its parties are, so that it can judge them.

        Raises:
            IdentityError: it was restored, and nobody told it.
        """
        unknown = sorted(set(parties) - self._parties.keys())
        if unknown:
            raise IdentityError(
                f"The book does not know who {len(unknown)} of its parties are, party "
                f"{unknown[0]} first.",
                why="It was restored from a journal, which holds verdicts and not identities.",
                fix="Give ScreeningBook.meet, or the command, all of its customers.",
            )

    def screen(self, identity: PartyIdentity) -> ScreeningResult:
        """Return the verdict on a party; the same party and lists are never matched twice."""
        result = self._judge(identity)
        self._write([result])
        self._remember(identity, result)
        return result

    def screen_all(self, identities: Iterable[PartyIdentity]) -> list[ScreeningResult]:
        """Screen many parties, in order, in one commit."""
        identities = list(identities)
        unknown = {}
        for identity in identities:
            key = (identity.version(), self.index.version)
            if key not in self._memory:
                unknown[key] = identity
        found = self._screener.screen_many(unknown.values())
        self._memory.update(zip(unknown, found, strict=True))
        pairs = [(identity, self._judge(identity)) for identity in identities]
        self._write([result for _, result in pairs])
        for identity, result in pairs:
            self._remember(identity, result)
        return [result for _, result in pairs]

    def _judge(self, identity: PartyIdentity) -> ScreeningResult:
        key = (identity.version(), self.index.version)
        found = self._memory.get(key)
        if found is None:
            found = self._screener.screen(identity)
            self._memory[key] = found
        if found.party_no != identity.party_no:
            found = replace(found, party_no=identity.party_no)
        at_us = self._clock.now_us()
        return less_cleared(found, self._cleared, self._entry, at_us=at_us).result

    def _entry(self, match: Match) -> ListEntry | None:
        return self.index.find(match.source, match.entry_id)

    def _remember(self, identity: PartyIdentity, result: ScreeningResult) -> None:
        before = self._parties.get(identity.party_no)
        if before is None or before != identity:
            self._names.add(identity)
        self._parties[identity.party_no] = identity
        self._results[identity.party_no] = result

    def status_of(self, party_no: int) -> Decision:
        """Return the byte the gate sees for one party."""
        found = self._results.get(party_no)
        return found.decision if found else Decision.UNSCREENED

    def statuses(
        self, count: int, *, now_us: int | None = None, age_max_us: int | None = None
    ) -> NDArray[np.uint8]:
        """Return the bytes of parties ``0`` to ``count - 1``; never screened means 3.

        Args:
            count: number of parties.
            now_us: the instant asked about.
            age_max_us: when the lists were last confirmed longer ago than this, everybody reads 3.
        """
        out = np.full(count, int(Decision.UNSCREENED), dtype=np.uint8)
        stale = now_us is not None and age_max_us is not None
        if stale and (now_us or 0) - self._checked_us > (age_max_us or 0):
            return out
        for party_no, result in self._results.items():
            if 0 <= party_no < count:
                out[party_no] = int(result.decision)
        return out

    def results(self) -> Sequence[ScreeningResult]:
        """Return the verdict in force for each party, by party number."""
        return [self._results[no] for no in sorted(self._results)]

    def identity_of(self, party_no: int) -> PartyIdentity:
        """Return who a party said it is."""
        if party_no not in self._parties:
            raise IdentityError(
                f"Party {party_no} was never screened.",
                fix="Screen it first; the gate holds it until then.",
            )
        return self._parties[party_no]

    def clear(
        self,
        party_no: int,
        match: Match,
        *,
        reason: str,
        by: Actor,
        confirmed_by: Actor,
        days: int,
    ) -> ScreeningResult:
        """Rule an entry out for a party, and return the verdict that follows.

        Raises:
            FourEyesError: both persons are the same, or it is not for one of them to decide.
            IdentityError: no such party or entry, no reason, or too long a time; or the match is on
                a number, which nobody can rule out here.
        """
        identity = self.identity_of(party_no)
        entry = self._entry(match)
        if entry is None or match.pattern in NUMBER_PATTERNS:
            raise IdentityError(
                f"The match with {match.source} {match.entry_id} cannot be ruled out.",
                why="It rests on a number that names one holder, or the entry is gone.",
                fix="Correct the number if it was mistyped; that is a new version of the party.",
            )
        good = clear_match(
            identity,
            entry,
            reason=reason,
            by=by,
            confirmed_by=confirmed_by,
            at_us=self._clock.now_us(),
            days=days,
        )
        self._cleared[party_no, entry.source, entry.id] = good
        self._commit([(KIND_CLEARED, by.id, good.as_dict())])
        return self.screen(identity)

    def update_lists(self, lists: Sequence[ScreeningList]) -> RescreenReport:
        """Put new versions of the lists in force and rescreen whoever they can concern.

        The bytes of all parties change together, after the fact is durable.
        """
        self.require_known(self._results)
        started = self._clock.now_us()
        before, screener = self.index, self._screener
        index, change = before.updated(lists)
        self.index, self._screener = index, Screener(index)
        concerned = self._concerned(change)
        fresh: dict[int, ScreeningResult] = {}
        for party_no in sorted(self._results):
            if party_no in concerned:
                fresh[party_no] = self._judge(self._parties[party_no])
            else:
                fresh[party_no] = replace(self._results[party_no], list_version=index.version)
        proposals = tuple(
            Proposal(no, self._results[no].decision, fresh[no].decision)
            for no in sorted(fresh)
            if fresh[no].decision is not self._results[no].decision
        )
        report = RescreenReport(
            before.version, index.version, change, len(concerned), proposals, to_freeze_us=0
        )
        told = [r for no, r in fresh.items() if no in concerned and not _same(r, self._results[no])]
        try:
            self._commit(
                [(KIND_RESCREENED, SYSTEM.id, report.as_dict())]
                + [(KIND_DECIDED, SYSTEM.id, result.as_dict()) for result in told]
            )
        except SandrailError:
            self.index, self._screener = before, screener
            raise
        self._results = fresh
        self._checked_us = self._clock.now_us()
        return replace(report, to_freeze_us=self._checked_us - started)

    def _concerned(self, change: IndexChange) -> set[int]:
        gone = {(e.source, e.id) for e in (*change.changed, *change.removed)}
        concerned = {
            no
            for no, result in self._results.items()
            if any((m.source, m.entry_id) in gone for m in result.matches)
        }
        concerned |= {good.party_no for key, good in self._cleared.items() if key[1:] in gone}
        concerned |= self.ended()
        fresh = (*change.added, *change.changed)
        numbers = {(i.scheme, i.value) for e in fresh for i in e.identifiers}
        values = {value for _, value in numbers}
        if values:
            for no, party in self._parties.items():
                if any(i.value in values for i in party.identifiers()):
                    concerned.add(no)
        for entry in fresh:
            concerned |= self._names.resembling(entry)
        return concerned & self._results.keys()

    def _write(self, results: Sequence[ScreeningResult]) -> None:
        new = [r for r in results if self._results.get(r.party_no) != r]
        self._commit([(KIND_DECIDED, SYSTEM.id, r.as_dict()) for r in new])

    def _commit(self, rows: Sequence[tuple[str, str, dict[str, object]]]) -> None:
        if self._journal is None or not rows:
            return
        at_us = self._clock.now_us()
        drafts = [
            Draft(kind=kind, at_us=Micros(at_us), actor=actor, payload=json_payload(payload))
            for kind, actor, payload in rows
        ]
        self._journal.commit(drafts)


def _same(one: ScreeningResult, other: ScreeningResult) -> bool:
    return one == replace(other, list_version=one.list_version)


def recorded_decisions(journal: Journal) -> dict[int, str]:
    """Return the last recorded decision of each party, read from the journal alone."""
    found: dict[int, str] = {}
    for fact in journal.facts(kinds=[KIND_DECIDED]):
        payload = parse_payload(fact)
        if isinstance(payload, dict):
            found[int(str(payload["party_no"]))] = str(payload["decision"])
    return found
