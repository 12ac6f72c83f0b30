"""Reconciles a trial at every day's end, and has breaks resolved by two people of the firm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sandrail.journal import Fact, Journal, parse_payload
from sandrail.ledger import (
    BreakBook,
    BreakKind,
    BreakRecord,
    BreakState,
    ChartCode,
    Source,
    SupplyPosition,
    TransferRow,
    check_supply,
)
from sandrail.products import Adjuster, Books, Mirror, ReserveToken, chain_moves
from sandrail.rails.chain import EmbeddedChain
from sandrail.trials.officers import Officers
from sandrail.trials.outcome import DayClose
from sandrail.world import HOUR_US, SYSTEM, TransferId

__all__ = ["BREAK_KINDS", "BreakLife", "Reconciler", "age_hours_max", "break_lives"]

RECONCILED = "ledger.reconciled"
PROPOSED = "ledger.adjustment_proposed"
APPROVED = "ledger.adjustment_approved"
REJECTED = "ledger.adjustment_rejected"
BREAK_KINDS = (RECONCILED, PROPOSED, REJECTED, APPROVED)
"""The facts that say what broke and what was done about it."""

SEEN_FOR_US = 12 * HOUR_US
"""So long the firm looks into a break before it proposes how to book it."""

NUMBERED_LATER = TransferId(0)
"""Ids of adjusting entries are derived from their break."""

STRAY = "Money from an account that belongs to no customer; kept in suspense until it is claimed."


class Reconciler:
    """Puts ledger, bank and chain side by side, movement by movement.

    Attributes:
        book: every break and what was done about it.
    """

    def __init__(
        self, journal: Journal, product: ReserveToken, chain: EmbeddedChain, officers: Officers
    ) -> None:
        """Start at the journal's first fact; what was recorded about breaks is read back."""
        self._journal = journal
        self._product = product
        self._chain = chain
        self._officers = officers
        self._mirror = Mirror(token=product.token.asset.code, currency=product.bank.currency)
        self.adjuster = Adjuster(product.desk)
        self.book = BreakBook(self.adjuster, journal)
        self._next = 0
        self._receipts = 0

    def close(self, books: Books) -> tuple[Books, tuple[BreakRecord, ...]]:
        """Reconcile now; return the books and the breaks that wait, the oldest first.

        In the books that return, money that nobody booked is what the bank's statement says it is.
        """
        now_us = self._product.desk.clock.now_us()
        self._mirror.take(self._journal.facts(since=self._next))
        self._next = self._journal.head.seq + 1
        token = self._product.token
        self._mirror.take_chain(chain_moves(self._chain, token.address, since=self._receipts))
        self._receipts = self._chain.receipt_count
        found = self._mirror.compare(now_us)
        unmatched = self._mirror.unbooked_minor() - stray_minor(self.book.records())
        self._product.unmatched_minor = unmatched
        books = replace(books, unmatched_minor=unmatched)
        position = supply_position(token.asset.code, books, self._mirror.broken_minor(found))
        self.book.record(
            found, further=check_supply(position, at_us=now_us), actor=SYSTEM, at_us=now_us
        )
        return books, tuple(self.book.waiting())

    def look_into(self) -> None:
        """Book what is explained by itself: money from strangers goes into suspense."""
        now_us = self._product.desk.clock.now_us()
        for record in self.book.waiting():
            stray = record.state is BreakState.OPEN and _is_stray(record)
            if stray and now_us - record.first_seen_us >= SEEN_FOR_US:
                minor = cast(int, record.found.outside_minor)
                suspense = self.adjuster.account(ChartCode.SUSPENSE)
                row = TransferRow(NUMBERED_LATER, self.adjuster.reserve, suspense, minor)
                self.resolve(record.found.id, [row], reason=STRAY)
                self._product.unmatched_minor -= minor

    def resolve(self, break_id: str, rows: Sequence[TransferRow], *, reason: str) -> BreakRecord:
        """Resolve a break by adjusting entries: the keeper proposes, the controller agrees.

        Raises:
            AdjustmentError: the break is not open, or the ledger refuses an entry.
        """
        now_us = self._product.desk.clock.now_us()
        keeper, controller = self._officers.keeper, self._officers.controller
        self.book.propose(break_id, rows, reason=reason, actor=keeper, at_us=now_us)
        self.book.approve(break_id, actor=controller, at_us=now_us)
        return self.book.record_of(break_id)


def stray_minor(records: Iterable[BreakRecord]) -> int:
    """Return what the bank credited without a booking and an adjusting entry has booked since."""
    return sum(
        record.found.outside_minor or 0
        for record in records
        if record.state is BreakState.RESOLVED and _is_stray(record)
    )


def _is_stray(record: BreakRecord) -> bool:
    found = record.found
    inward = (found.outside_minor or 0) > 0
    return found.kind is BreakKind.MISSING_INSIDE and found.mirror is Source.BANK and inward


def supply_position(asset: str, books: Books | DayClose, broken_minor: int) -> SupplyPosition:
    """Return a token's totals at a close; payouts that may have left count as reserve."""
    return SupplyPosition(
        asset=asset,
        booked_minor=books.liability_minor,
        chain_minor=books.supply_minor,
        reserve_minor=books.reserve_minor + books.in_transit_minor,
        broken_minor=broken_minor,
    )


@dataclass(frozen=True, slots=True)
class BreakLife:
    """A break from the reconciliation that found it to its end, as facts tell it.

    Attributes:
        id, kind, text: which one; minor: what is out of place, in minor units.
        found_us, found_seq: when it was found, and the fact.
        state: where it stands at the end.
        ended_us: when it cleared or was resolved; None while it waits.
        ended_seq: the fact that ended it; -1 while it waits.
        reason, proposed_by, agreed_by: of the resolution; empty where there is none.
    """

    id: str
    kind: str
    text: str
    minor: int
    found_us: int
    found_seq: int
    state: BreakState = BreakState.OPEN
    ended_us: int | None = None
    ended_seq: int = -1
    reason: str = ""
    proposed_by: str = ""
    agreed_by: str = ""

    def age_us(self, now_us: int) -> int:
        """How long it lasted, until its end or until now."""
        return (now_us if self.ended_us is None else self.ended_us) - self.found_us


def break_lives(facts: Iterable[Fact]) -> tuple[BreakLife, ...]:
    """Return every break that facts tell of, in the order in which they were found."""
    lives: dict[str, BreakLife] = {}
    for fact in facts:
        if fact.kind not in BREAK_KINDS:
            continue
        plain = cast("dict[str, Any]", parse_payload(fact))
        if fact.kind == RECONCILED:
            for item in plain["found"]:
                lives[item["id"]] = _found(item, fact)
            for name in plain["cleared"]:
                lives[name] = replace(
                    lives[name], state=BreakState.CLEARED, ended_us=fact.at_us, ended_seq=fact.seq
                )
            continue
        name = plain["break_id"]
        if fact.kind == PROPOSED:
            changes: dict[str, Any] = {
                "state": BreakState.PROPOSED, "reason": plain["reason"], "proposed_by": plain["by"],
            }  # fmt: skip
        elif fact.kind == REJECTED:
            changes = {"state": BreakState.OPEN, "reason": "", "proposed_by": ""}
        else:
            changes = {
                "state": BreakState.RESOLVED, "agreed_by": plain["by"], "ended_us": fact.at_us,
                "ended_seq": fact.seq,
            }  # fmt: skip
        lives[name] = replace(lives[name], **changes)
    return tuple(lives.values())


def age_hours_max(lives: Iterable[BreakLife], now_us: int) -> int:
    """Return how long the longest break lasted, in hours, rounded up; 0 when there was none."""
    return max((-(-life.age_us(now_us) // HOUR_US) for life in lives), default=0)


def _found(item: dict[str, Any], fact: Fact) -> BreakLife:
    minor = (item["inside_minor"] or 0) - (item["outside_minor"] or 0)
    return BreakLife(item["id"], item["kind"], item["text"], abs(minor), fact.at_us, fact.seq)
