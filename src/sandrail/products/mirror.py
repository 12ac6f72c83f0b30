"""What ledger, bank and chain say of the same movements, read from facts, ready to be compared.

The ledger's movements are those that somebody outside has to confirm: deposits and payouts by the
bank, minting, burning and transfers by the chain. Each gets the name that both sides know it by.
The bank's side is read from its camt.053 statements; the chain's from the logs of the token.

A mirror only reads. The trial feeds it as it goes, a verifier from the facts of a bundle, and both
must see the same breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

from sandrail.controls import Kind
from sandrail.journal import Fact, frame_of, parse_payload
from sandrail.ledger import Movement, Outcome, Reconciliation, Source, Tolerance, reconcile
from sandrail.money import Asset
from sandrail.products.art import MONEY
from sandrail.products.payouts import Purpose
from sandrail.products.rail_facts import KIND_BANK, read_bank_messages
from sandrail.rails.bank import CAMT_053, Direction, Entry, Statement, parse_camt053
from sandrail.rails.chain import Address, EmbeddedChain
from sandrail.transfers import KIND_BATCH, decode_batch
from sandrail.world import DAY_US, HOUR_US, derive_id, hex_id

__all__ = ["TOLERANCE", "TRANSFER_TOPIC", "ChainMove", "Mirror", "chain_moves"]

TOLERANCE = Tolerance(grace_us=2 * HOUR_US, apart_us=DAY_US)
"""What was booked a moment ago may still be on its way to the other side."""

TRANSFER_TOPIC = bytes.fromhex("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")
"""Keccak-256 of ``Transfer(address,address,uint256)``, as ERC-20 defines the event."""

_NOBODY = bytes(32)

PROPOSED = "ledger.adjustment_proposed"

_WAITS = (Outcome.PENDING, Outcome.HELD)

Key = tuple[str, str, str]


class ChainMove(NamedTuple):
    """One movement of units on the chain.

    Attributes:
        ref: of the call that caused it; made: units came into being; gone: they were destroyed.
        minor: units; at_us: instant of the block; where: the place, for people.
    """

    ref: int
    made: bool
    gone: bool
    minor: int
    at_us: int
    where: str


class _Row(NamedTuple):
    kind: int
    outcome: int
    minor: int
    id: int
    pending: int
    debit: int
    credit: int
    at_us: int
    where: str


class Mirror:
    """The movements of one reserve-backed token on the ledger and outside of it.

    Attributes:
        token: its code.
    """

    def __init__(self, *, token: str, currency: Asset) -> None:
        """Name the token by its code, and the currency of its reserve."""
        self.token = token
        self._currency = currency
        self._sides: dict[Key, tuple[list[Movement], list[Movement]]] = {}
        # What has to be looked at: new since the last comparison, or without its other half.
        self._live: dict[Key, None] = {}
        self._waiting: dict[int, _Row] = {}
        self._inner: set[int] = set()

    # --- feeding ---

    def take(self, facts: Iterable[Fact]) -> None:
        """Take in what ledger and bank said, in the order of the journal."""
        for fact in facts:
            if fact.kind == KIND_BATCH:
                for row in _rows(fact):
                    self._book(row)
            elif fact.kind == KIND_BANK:
                for statement, where in _statements(fact, self._currency):
                    for entry in statement.entries:
                        self._report(entry, statement.iban, where)
            elif fact.kind == PROPOSED:
                # An adjusting entry follows the outside; nobody outside confirms it again.
                rows = cast("dict[str, Any]", parse_payload(fact))["rows"]
                self._inner.update(int(row["id"], 16) for row in rows)

    def take_chain(self, moves: Iterable[ChainMove]) -> None:
        """Take in what the chain's logs say."""
        for move in moves:
            asset = self.token if move.made or move.gone else self._moved
            minor = -move.minor if move.gone else move.minor
            self._add(
                Movement(Source.CHAIN, hex_id(move.ref), asset, minor, move.at_us, move.where),
                outside=True,
            )

    # --- comparing ---

    def compare(self, at_us: int) -> Reconciliation:
        """Compare what is new and what had no other half; what agreed before is not counted again.

        A movement that comes once more under a name that agreed before is a duplicate.
        """
        inside = [item for key in self._live for item in self._sides[key][0]]
        outside = [item for key in self._live for item in self._sides[key][1]]
        found = reconcile(inside, outside, at_us=at_us, tolerance=TOLERANCE)
        broken = {(item.mirror.value, item.reference, item.asset) for item in found.breaks}
        self._live = {key: None for key in self._live if key in broken or not self._paired(key)}
        return found

    def unbooked_minor(self) -> int:
        """Return what the bank credited and nobody booked under the name of its line."""
        return sum(
            outside[0].amount_minor
            for key in self._live
            for inside, outside in [self._sides[key]]
            if key[0] == Source.BANK and not inside and outside[0].amount_minor > 0
        )

    def broken_minor(self, found: Reconciliation) -> int:
        """Return by how much the breaks of single movements explain a gap in the token's supply."""
        broken = [
            item
            for item in found.breaks
            if item.mirror is Source.CHAIN and item.asset == self.token
        ]
        return sum((item.inside_minor or 0) - (item.outside_minor or 0) for item in broken)

    # --- inside ---

    @property
    def _moved(self) -> str:
        """The asset under which transfers between holders stand, which leave the supply alone."""
        return f"{self.token} between holders"

    def _paired(self, key: Key) -> bool:
        booked, reported = self._sides[key]
        return len(booked) == len(reported)

    def _add(self, movement: Movement, *, outside: bool) -> None:
        key = (movement.mirror.value, movement.reference, movement.asset)
        self._sides.setdefault(key, ([], []))[int(outside)].append(movement)
        self._live[key] = None

    def _report(self, entry: Entry, iban: str, where: str) -> None:
        """Take in a line of the bank's statement under the name that the ledger knows it by."""
        inward = entry.direction is Direction.CREDIT
        if inward:
            name = hex_id(derive_id("art/deposit", iban, entry.reference))
        else:
            name = _payout_name(entry.remittance) or f"bank {entry.reference}"
        minor = entry.amount.minor if inward else -entry.amount.minor
        where = f"{where}, line {entry.reference}"
        movement = Movement(
            Source.BANK, name, self._currency.code, minor, int(entry.booked_us), where
        )
        self._add(movement, outside=True)

    def _book(self, row: _Row) -> None:
        """Take in a row of the ledger; one that waits counts when it is settled."""
        if row.outcome in _WAITS:
            self._waiting[row.id] = row
        elif row.outcome == Outcome.POSTED and row.kind == Kind.SETTLE:
            held = self._waiting.pop(row.pending)
            minor = row.minor or held.minor
            self._book_final(held._replace(minor=minor, at_us=row.at_us, where=row.where))
        elif row.outcome == Outcome.POSTED:
            self._book_final(row)

    def _book_final(self, row: _Row) -> None:
        if row.kind == Kind.LEG:
            self._book_leg(row)
        else:
            self._serve(row.kind, row.id, row.minor, row)

    def _book_leg(self, row: _Row) -> None:
        if row.id in self._inner:
            return
        if row.debit == MONEY:
            # Everything that follows from a deposit has an id derived from it.
            self._inner.add(derive_id("art/convert", row.id))
            self._inside(Source.BANK, row.id, self._currency.code, row.minor, row)
        elif row.credit == MONEY:
            self._inside(Source.BANK, row.id, self._currency.code, -row.minor, row)

    def _serve(self, kind: int, number: int, minor: int, row: _Row) -> None:
        if kind == Kind.ISSUE:
            self._inside(Source.CHAIN, number, self.token, minor, row)
        elif kind == Kind.TRANSFER:
            self._inside(Source.CHAIN, number, self._moved, minor, row)
        elif kind == Kind.REDEEM:
            self._inside(Source.CHAIN, derive_id("art/burn", number), self.token, -minor, row)
            self._inside(Source.BANK, number, self._currency.code, -minor, row)

    def _inside(self, mirror: Source, number: int, asset: str, minor: int, row: _Row) -> None:
        movement = Movement(mirror, hex_id(number), asset, minor, row.at_us, row.where)
        self._add(movement, outside=False)


def _payout_name(remittance: str) -> str:
    """Return what the ledger calls a payout, from the text that it was ordered with."""
    _, _, rest = remittance.partition(" ")
    purpose, _, number = rest.partition(" ")
    try:
        of = int(number, 16)
    except ValueError:
        return ""
    if purpose == Purpose.REDEMPTION:
        return hex_id(of)
    return hex_id(derive_id("art/refund", of)) if purpose == Purpose.REFUND else ""


def _statements(fact: Fact, currency: Asset) -> Iterator[tuple[Statement, str]]:
    for message in read_bank_messages(fact):
        if message.name == CAMT_053:
            yield parse_camt053(message.xml, currency=currency), f"statement {message.message_id}"


def _rows(fact: Fact) -> Iterator[_Row]:
    batch = decode_batch(frame_of(fact))
    rows = batch.rows
    columns = (
        batch.asked.kind, batch.outcome, rows.amount_lo, rows.id_hi, rows.id_lo, rows.pending_hi,
        rows.pending_lo, rows.debit, rows.credit,
    )  # fmt: skip
    lines = zip(*(column.tolist() for column in columns), strict=True)
    for place, (kind, outcome, minor, high, low, ahigh, alow, debit, credit) in enumerate(lines):
        yield _Row(
            kind, outcome, minor, high << 64 | low, ahigh << 64 | alow, debit, credit, fact.at_us,
            f"fact {fact.seq} row {place}",
        )  # fmt: skip


def chain_moves(chain: EmbeddedChain, token: Address, *, since: int = 0) -> list[ChainMove]:
    """Return what moved units of a token, in order, from receipt number ``since`` on."""
    times = [*(header.timestamp_us for header in chain.headers()), chain.now_us]
    moves = []
    for number, log in chain.logs(since=since, address=token):
        if log.topics[:1] != (TRANSFER_TOPIC,):
            continue
        receipt = chain.receipt_at(number)
        moves.append(
            ChainMove(
                ref=receipt.ref,
                made=log.topics[1] == _NOBODY,
                gone=log.topics[2] == _NOBODY,
                minor=int.from_bytes(log.data, "big"),
                at_us=times[receipt.block],
                where=f"receipt {number}",
            )
        )
    return moves
