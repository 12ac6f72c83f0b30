"""The desk under every command of the casebook: replay on opening, check, commit, take in."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sandrail.casework.case import Case, Instrument
from sandrail.casework.docket import docket_of
from sandrail.casework.entry import Entry, Grounds, Pair
from sandrail.casework.errors import ForbiddenError, NotReadyError, StateError
from sandrail.casework.law import Law
from sandrail.casework.lifecycle import Act, Need, State
from sandrail.casework.limits import ENTRIES_PER_CASE_MAX
from sandrail.casework.permissions import require
from sandrail.casework.redaction import READ_KINDS
from sandrail.journal import Journal
from sandrail.rulebook import Pack
from sandrail.world import Actor, iso

__all__ = ["Desk"]


class Desk:
    """Turns acts into facts. The commands themselves are methods of its subclasses.

    Attributes:
        pack: the law that it works under.
        docket: every case and instrument, as far as the journal tells.
        turn: held by whoever is acting.
    """

    def __init__(self, journal: Journal, pack: Pack) -> None:
        self._journal = journal
        self.turn = threading.RLock()
        self.pack = pack
        self._replay()

    def _replay(self) -> None:
        """Derive the docket from the journal, from its first fact on."""
        self.docket = docket_of(self._journal.facts(kinds=READ_KINDS))

    def _act(
        self,
        act: Act,
        subject: Case | Instrument,
        by: Actor | Pair,
        *,
        at_us: int,
        grounds: Grounds | None = None,
        target: State | None = None,
        about: str = "",
        data: Mapping[str, object] | None = None,
    ) -> Case | Instrument:
        entry = self._entry(
            act, subject, by, at_us=at_us, grounds=grounds, target=target, about=about, data=data
        )
        return self._record([entry])[0]

    def _entry(
        self,
        act: Act,
        subject: Case | Instrument,
        by: Actor | Pair,
        *,
        at_us: int,
        grounds: Grounds | None = None,
        target: State | None = None,
        about: str = "",
        data: Mapping[str, object] | None = None,
    ) -> Entry:
        """Ask ``may`` for everybody involved, check grounds and time, and return the entry."""
        maker = by.maker if isinstance(by, Pair) else by
        permit = require(maker, act, subject, about=about)
        rows = [row for row in permit.rows if target is None or row.target is target]
        if len(rows) != 1:
            raise StateError(
                f"'{act}' does not lead from {subject.state} to {target or 'one state'}.",
                why=f"It leads to {', '.join(row.target for row in permit.rows)}.",
                fix="Name the state it is to lead to.",
            )
        row = rows[0]
        checker = None
        if row.checkers:
            if not isinstance(by, Pair):
                raise _needs_two(act)
            require(by.checker, act, subject, about=about, as_checker=True)
            checker = by.checker
        _require_grounds(act, row.need, grounds)
        if grounds is not None:
            Law.of(self.pack, subject.kind).require_reasons(act, grounds)
        _require_order(subject, at_us)
        return Entry(
            subject=subject.id,
            act=act,
            by=maker,
            at_us=at_us,
            source=subject.state,
            target=row.target,
            checker=checker,
            grounds=grounds,
            data=data or {},
        )

    def _record(self, entries: Sequence[Entry]) -> list[Case | Instrument]:
        """Check the entries against the tables, commit them in one go, and take them in."""
        with self.turn:
            self.docket.preview(entries)
            facts = self._journal.commit([entry.draft() for entry in entries])
            return [
                self.docket.apply(replace(entry, seq=fact.seq))
                for entry, fact in zip(entries, facts, strict=True)
            ]

    def _case_act(
        self,
        act: Act,
        case: Case,
        by: Actor | Pair,
        *,
        at_us: int,
        grounds: Grounds | None = None,
        target: State | None = None,
        about: str = "",
        data: Mapping[str, object] | None = None,
    ) -> Case:
        after = self._act(
            act, case, by, at_us=at_us, grounds=grounds, target=target, about=about, data=data
        )
        assert isinstance(after, Case), "an act on a case yields a case"
        return after

    def _instrument_act(
        self,
        act: Act,
        instrument: Instrument,
        by: Actor | Pair,
        *,
        at_us: int,
        grounds: Grounds | None = None,
        target: State | None = None,
        data: Mapping[str, object] | None = None,
    ) -> Instrument:
        after = self._act(
            act, instrument, by, at_us=at_us, grounds=grounds, target=target, data=data
        )
        assert isinstance(after, Instrument), "an act on an instrument yields an instrument"
        return after


def _needs_two(act: Act) -> ForbiddenError:
    return ForbiddenError(
        f"'{act}' needs two people.",
        why="The four-eyes rule: one person proposes, another agrees.",
        fix="Pass Pair(maker, checker).",
        code="casework.needs_two",
    )


def _require_grounds(act: Act, need: Need, grounds: Grounds | None) -> None:
    if need is Need.NOTHING:
        return
    if grounds is None:
        raise NotReadyError(
            f"'{act}' needs a reason.",
            why="Whoever is affected is told the reason, and it enters the reasons register.",
            fix="Pass Grounds with at least one reason code of the pack.",
            code="casework.reason_missing",
        )
    if need is Need.REASON_AND_EVIDENCE and not grounds.evidence:
        raise NotReadyError(
            f"'{act}' needs evidence.",
            why="A decision rests on artefacts that can be shown to a court.",
            fix="Pass the SHA-256 of at least one artefact in Grounds.evidence.",
            code="casework.evidence_missing",
        )


def _require_order(subject: Case | Instrument, at_us: int) -> None:
    if at_us < subject.last_us:
        raise StateError(
            f"{subject.id} has an entry later than {iso(at_us)}.",
            why=f"Its last entry was made at {iso(subject.last_us)}; a case runs forwards.",
            fix="Take the instant from the clock of the journal.",
            code="casework.out_of_order",
        )
    if len(subject.history) >= ENTRIES_PER_CASE_MAX:
        raise NotReadyError(
            f"{subject.id} has {ENTRIES_PER_CASE_MAX} entries.",
            why="That is the bound on one case.",
            fix="Close it and open a new one that names it as its predecessor.",
        )
