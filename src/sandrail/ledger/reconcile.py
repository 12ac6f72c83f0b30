"""Reconciliation: does the outside agree with the books? One matcher for bank and chain.

The ledger says which movements somebody outside must confirm, and who. What the outside reports is
matched by reference and asset; whatever does not fit is a typed ``Break``. Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sandrail.ledger.history import Entry, Side
from sandrail.world import derive_id, hex_id

__all__ = [
    "Break",
    "BreakKind",
    "Movement",
    "Reconciliation",
    "Source",
    "SupplyPosition",
    "Tolerance",
    "check_supply",
    "movements_of",
    "reconcile",
]


class Source(StrEnum):
    """Who says so."""

    LEDGER = "ledger"
    BANK = "bank"
    CHAIN = "chain"


class BreakKind(StrEnum):
    """In what way the outside disagrees."""

    MISSING_OUTSIDE = "missing_outside"
    """Booked, and not confirmed in time."""
    MISSING_INSIDE = "missing_inside"
    """Happened outside, and not booked."""
    DUPLICATE = "duplicate"
    """One reference more often on one side than on the other."""
    AMOUNT = "amount"
    """Both sides have it, with different amounts."""
    TIMING = "timing"
    """Both sides have it, further apart in time than allowed."""
    UNEXPLAINED_SUPPLY = "unexplained_supply"
    """More or fewer tokens on chain than the books and all that is under way explain."""
    RESERVE_SHORT = "reserve_short"
    """The reserve does not cover the tokens outstanding."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One thing that happened, as one source tells it.

    Attributes:
        mirror: the outside source concerned: whose report this is, or who must confirm it.
        reference: what both sides call it: an end-to-end id, an order reference.
        asset: code of the asset.
        amount_minor: positive into what is mirrored (a deposit, a mint), negative out of it.
        at_us: when.
        where: the place in the source, for people: ``fact 12 row 3``, ``block 7 log 1``.
    """

    mirror: Source
    reference: str
    asset: str
    amount_minor: int
    at_us: int
    where: str


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How long the outside may take.

    Attributes:
        grace_us: an unconfirmed movement younger than this is under way, not missing.
        apart_us: matched movements may lie so far apart.
    """

    grace_us: int
    apart_us: int


@dataclass(frozen=True, slots=True)
class Break:
    """One disagreement. The same one has the same id on every day on which it is found.

    Attributes:
        id: 32 hexadecimal digits, derived from what is broken.
        kind: in what way.
        mirror: the outside source.
        reference: of the movement; the asset's code for a break of supply.
        asset: code.
        inside_minor, outside_minor: the amounts, None where a side has nothing.
        since_us: when the older side happened.
        where: the places in both sources.
        text: one sentence for people.
    """

    id: str
    kind: BreakKind
    mirror: Source
    reference: str
    asset: str
    inside_minor: int | None
    outside_minor: int | None
    since_us: int
    where: tuple[str, ...]
    text: str

    def age_us(self, now_us: int) -> int:
        """How long the disagreement has lasted."""
        return now_us - self.since_us


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What a comparison found.

    Attributes:
        at_us: as of when.
        matched: pairs that agree.
        under_way: movements on one side only, still within their grace.
        under_way_minor: their sum by asset, inside less outside.
        breaks: all disagreements, in order of reference.
    """

    at_us: int
    matched: int
    under_way: int
    under_way_minor: Mapping[str, int]
    breaks: tuple[Break, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing disagrees."""
        return not self.breaks


def movements_of(entries: Iterable[Entry], *, mirror: Source, asset: str) -> list[Movement]:
    """Return the ledger's movements from the entries of a mirrored account.

    The account is an asset account, such as cash at the bank or tokens in issue: debits go in.
    """
    return [
        Movement(
            mirror=mirror,
            reference=hex_id(entry.transfer_id),
            asset=asset,
            amount_minor=entry.amount if entry.side is Side.DEBIT else -entry.amount,
            at_us=entry.at_us,
            where=f"fact {entry.seq} row {entry.row}",
        )
        for entry in entries
    ]


def reconcile(
    inside: Iterable[Movement],
    outside: Iterable[Movement],
    *,
    at_us: int,
    tolerance: Tolerance,
) -> Reconciliation:
    """Match the ledger's movements with what the outside reports.

    Movements of one mirror, reference and asset are paired in order of time; what is left over is
    under way, missing, or a duplicate when the same reference was already paired.
    """
    sides: dict[tuple[str, str, str], tuple[list[Movement], list[Movement]]] = {}
    for place, movements in enumerate((inside, outside)):
        for movement in movements:
            key = (movement.mirror.value, movement.reference, movement.asset)
            sides.setdefault(key, ([], []))[place].append(movement)
    matched = under_way = 0
    under_way_minor: dict[str, int] = {}
    breaks: list[Break] = []
    for key in sorted(sides):
        booked, reported = (sorted(side, key=_time_and_place) for side in sides[key])
        pairs = min(len(booked), len(reported))
        for number in range(pairs):
            found = _compare(booked[number], reported[number], number, tolerance)
            breaks += found
            matched += not found
        for number, left in enumerate([*booked[pairs:], *reported[pairs:]], start=pairs):
            is_booked = len(booked) > pairs
            if not pairs and at_us - left.at_us <= tolerance.grace_us:
                under_way += 1
                signed = left.amount_minor if is_booked else -left.amount_minor
                under_way_minor[left.asset] = under_way_minor.get(left.asset, 0) + signed
                continue
            breaks.append(_left_over(left, number, is_booked=is_booked, duplicate=number > 0))
    return Reconciliation(at_us, matched, under_way, under_way_minor, tuple(breaks))


def _time_and_place(movement: Movement) -> tuple[int, int, str]:
    return movement.at_us, movement.amount_minor, movement.where


def _compare(
    booked: Movement, reported: Movement, number: int, tolerance: Tolerance
) -> list[Break]:
    if booked.amount_minor != reported.amount_minor:
        text = (
            f"{booked.reference}: booked {booked.amount_minor}, the {booked.mirror.value} says"
            f" {reported.amount_minor} {booked.asset}."
        )
        return [_break(BreakKind.AMOUNT, booked, reported, number, text)]
    apart_us = abs(booked.at_us - reported.at_us)
    if apart_us > tolerance.apart_us:
        text = f"{booked.reference}: the two sides lie {apart_us} microseconds apart."
        return [_break(BreakKind.TIMING, booked, reported, number, text)]
    return []


def _left_over(left: Movement, number: int, *, is_booked: bool, duplicate: bool) -> Break:
    amount = f"{left.amount_minor} {left.asset}"
    if duplicate:
        side = "booked" if is_booked else f"reported by the {left.mirror.value}"
        text = f"{left.reference}: {amount} is {side} once more than the other side has it."
        kind = BreakKind.DUPLICATE
    elif is_booked:
        text = f"{left.reference}: {amount} is booked; the {left.mirror.value} knows nothing of it."
        kind = BreakKind.MISSING_OUTSIDE
    else:
        text = f"{left.reference}: the {left.mirror.value} reports {amount}; it is not booked."
        kind = BreakKind.MISSING_INSIDE
    booked, reported = (left, None) if is_booked else (None, left)
    return _break(kind, booked, reported, number, text)


def _break(
    kind: BreakKind, booked: Movement | None, reported: Movement | None, number: int, text: str
) -> Break:
    known = [movement for movement in (booked, reported) if movement is not None]
    first = known[0]
    side = "" if len(known) == 2 else ("inside" if booked else "outside")
    id_ = derive_id(
        "break", kind.value, first.mirror.value, first.reference, first.asset, number, side
    )
    return Break(
        id=hex_id(id_),
        kind=kind,
        mirror=first.mirror,
        reference=first.reference,
        asset=first.asset,
        inside_minor=booked.amount_minor if booked else None,
        outside_minor=reported.amount_minor if reported else None,
        since_us=min(movement.at_us for movement in known),
        where=tuple(movement.where for movement in known),
        text=text,
    )


@dataclass(frozen=True, slots=True)
class SupplyPosition:
    """A token's three totals at one instant, in minor units.

    Attributes:
        asset: code of the token.
        booked_minor: tokens in issue by the books.
        chain_minor: total supply on chain.
        reserve_minor: what the reserve bank holds, in units of the token at par.
        under_way_minor: booked less on chain, of movements still within their grace.
        broken_minor: booked less on chain, of movements that have a break of their own.
    """

    asset: str
    booked_minor: int
    chain_minor: int
    reserve_minor: int
    under_way_minor: int = 0
    broken_minor: int = 0


def check_supply(position: SupplyPosition, *, at_us: int) -> Sequence[Break]:
    """Return a break when supply on chain is not explained, and one when the reserve is short.

    The reserve must cover whichever is larger, what is booked or what is on chain: a token minted
    behind the ledger's back is owed all the same.
    """
    p, breaks = position, []
    explained = p.booked_minor - p.under_way_minor - p.broken_minor
    if p.chain_minor != explained:
        text = (
            f"{p.asset}: {p.chain_minor} on chain; the books explain {explained}"
            f" ({p.booked_minor} booked, {p.under_way_minor} under way, {p.broken_minor} broken)."
        )
        breaks.append(_supply_break(BreakKind.UNEXPLAINED_SUPPLY, p, explained, at_us, text))
    owed = max(p.booked_minor, p.chain_minor)
    if p.reserve_minor < owed:
        text = f"{p.asset}: the reserve holds {p.reserve_minor} for {owed} tokens."
        breaks.append(_supply_break(BreakKind.RESERVE_SHORT, p, owed, at_us, text))
    return tuple(breaks)


def _supply_break(
    kind: BreakKind, position: SupplyPosition, inside_minor: int, at_us: int, text: str
) -> Break:
    unexplained = kind is BreakKind.UNEXPLAINED_SUPPLY
    mirror = Source.CHAIN if unexplained else Source.BANK
    return Break(
        id=hex_id(derive_id("break", kind.value, position.asset)),
        kind=kind,
        mirror=mirror,
        reference=position.asset,
        asset=position.asset,
        inside_minor=inside_minor,
        outside_minor=position.chain_minor if unexplained else position.reserve_minor,
        since_us=at_us,
        where=("total supply" if unexplained else "reserve account",),
        text=text,
    )
