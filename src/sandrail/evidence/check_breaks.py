"""Was every day reconciled as it says: the same breaks, found again from bank, chain and ledger?"""

from __future__ import annotations

from typing import Any, cast

from sandrail.evidence.bundle import SLICE
from sandrail.evidence.dossier import DAY_CLOSED
from sandrail.evidence.opened import Opened, Wrong
from sandrail.journal import Draft, Fact, Journal, parse_payload
from sandrail.ledger import BreakBook, BreakState, Posted, RowColumns, check_supply
from sandrail.products import Mirror, chain_moves
from sandrail.trials import BREAK_KINDS, DayClose, stray_minor, supply_position
from sandrail.world import SYSTEM

__all__ = ["check_breaks"]

RECONCILED = "ledger.reconciled"
PROPOSED = "ledger.adjustment_proposed"
APPROVED = "ledger.adjustment_approved"


class _NoPoster:
    """Stands where adjusting entries are posted; a verifier posts nothing."""

    def post(self, rows: RowColumns, key: str, at_us: int) -> Posted:
        """Refuse; recorded entries stand in their own facts."""
        raise AssertionError(f"{key} at {at_us}: {rows}")


def check_breaks(opened: Opened) -> str:
    """Each reconciliation comes out again, and what was adjusted was agreed on by two."""
    facts = opened.facts
    closes = iter(opened.dossier.days)
    mirror = Mirror(token=opened.dossier.token.code, currency=opened.dossier.pack.currency)
    moves = chain_moves(opened.chain.chain, opened.chain.token)
    record = Journal.in_memory("breaks")
    taken = seen = days = 0
    unmatched: list[int] = []
    for fact in facts:
        if fact.kind == DAY_CLOSED:
            days += 1
            if len(unmatched) != days:
                raise Wrong("A day was closed without being reconciled.", file=SLICE, fact=fact.seq)
        if fact.kind not in BREAK_KINDS:
            continue
        if fact.kind != RECONCILED:
            _require_two(fact, record)
            record.commit([Draft(fact.kind, fact.at_us, fact.actor, fact.payload)])
            continue
        mirror.take(facts[taken : fact.seq])
        taken = fact.seq
        ended = next((n for n in range(seen, len(moves)) if moves[n].at_us > fact.at_us), None)
        mirror.take_chain(moves[seen:ended])
        seen = len(moves) if ended is None else ended
        book = _again(mirror, record, fact, next(closes))
        unmatched.append(mirror.unbooked_minor() - stray_minor(book.records()))
    opened.take_unmatched(unmatched)
    lives = opened.dossier.breaks
    waiting = sum(life.state in (BreakState.OPEN, BreakState.PROPOSED) for life in lives)
    return f"{days} days, {len(lives)} breaks, {waiting} of them without an end"


def _again(mirror: Mirror, record: Journal, fact: Fact, close: DayClose) -> BreakBook:
    """Reconcile again as of a fact, and compare what it records."""
    found = mirror.compare(fact.at_us)
    position = supply_position(mirror.token, close, mirror.broken_minor(found))
    book = BreakBook(_NoPoster(), record)
    book.record(
        found,
        further=check_supply(position, at_us=fact.at_us),
        actor=SYSTEM,
        at_us=fact.at_us,
    )
    again = record.fact(record.head.seq)
    if again.payload != fact.payload:
        told = cast("dict[str, Any]", parse_payload(fact))
        now = cast("dict[str, Any]", parse_payload(again))
        names = [name for name in now if told.get(name) != now[name]]
        why = f"Reconciled again, day {close.day} differs in: {', '.join(names) or 'its form'}."
        raise Wrong(why, file=SLICE, fact=fact.seq)
    texts = tuple(item.found.text for item in book.waiting())
    if texts != close.breaks:
        why = f"Day {close.day} names {len(close.breaks)} breaks that wait; {len(texts)} do."
        raise Wrong(why, file=SLICE, fact=fact.seq)
    return book


def _require_two(fact: Fact, record: Journal) -> None:
    """An adjustment is approved by somebody else than proposed it."""
    if fact.kind != APPROVED:
        return
    plain = cast("dict[str, Any]", parse_payload(fact))
    proposers = [
        cast("dict[str, Any]", parse_payload(item))["by"]
        for item in record.facts(kinds=[PROPOSED])
        if cast("dict[str, Any]", parse_payload(item))["break_id"] == plain["break_id"]
    ]
    if not proposers or proposers[-1] == plain["by"] or plain["by"] != fact.actor:
        raise Wrong("One person alone adjusted the books.", file=SLICE, fact=fact.seq)
