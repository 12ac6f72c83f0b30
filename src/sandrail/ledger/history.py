"""What happened on an account: statements, pages of entries, balances as of a moment.

A ``BookReader`` follows a journal with a book of its own, so that reading never holds up the
writer and never sees half a batch. It lags behind until ``catch_up`` is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.journal import Fact, Head, Journal, frame_of
from sandrail.ledger.book import Balance, Book, PostResult, TrialLine, sum128
from sandrail.ledger.codes import Outcome, RowFlag
from sandrail.ledger.errors import AccountError
from sandrail.ledger.facts import (
    ASSET_DEFINED,
    BATCH_KINDS,
    LEDGER_KINDS,
    apply_fact,
    asset_of_fact,
    rows_of_frame,
)
from sandrail.ledger.id_index import slots_of
from sandrail.ledger.limits import PAGE_ENTRIES_MAX
from sandrail.money import Asset

__all__ = [
    "Axis",
    "BookReader",
    "Entry",
    "EntryPage",
    "Side",
    "Statement",
    "book_as_of",
]

ENTRY = np.dtype(
    [
        ("account", "<i4"),
        ("counter", "<i4"),
        ("seq", "<i8"),
        ("row", "<i4"),
        ("credit", "<i4"),
        ("id_hi", "<u8"),
        ("id_lo", "<u8"),
        ("amount_hi", "<u8"),
        ("amount_lo", "<u8"),
        ("at_us", "<i8"),
        ("valid_us", "<i8"),
    ]
)


class Axis(StrEnum):
    """Which time: when it was recorded, or the value date it was given."""

    RECORDED = "recorded"
    VALID = "valid"


class Side(StrEnum):
    """The side of an account, in the words of ISO 20022."""

    DEBIT = "DBIT"
    CREDIT = "CRDT"


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting on one account.

    Attributes:
        seq, row: the fact and the row in it; the address of the entry.
        transfer_id: the transfer.
        side: of this account.
        amount: minor units.
        counter_account: the other leg.
        at_us: when it was recorded, on the ledger's clock.
        valid_us: its value date; the same unless one was given.
        balance_after: credits less debits after this entry, in the order of the page.
    """

    seq: int
    row: int
    transfer_id: int
    side: Side
    amount: int
    counter_account: int
    at_us: int
    valid_us: int
    balance_after: int


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some entries in order of recording, and where the next page begins.

    Attributes:
        opening: credits less debits before the first entry.
        entries: at most the limit asked for.
        closing: credits less debits after the last entry.
        next_after: pass it as ``after`` for the next page; None when there is none.
    """

    opening: int
    entries: tuple[Entry, ...]
    closing: int
    next_after: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a camt.053 needs for one account and period; balances are credits less debits.

    Attributes:
        account, asset: of what.
        axis: the time by which entries were chosen and ordered.
        from_us, until_us: the period, its end excluded.
        opening, closing: booked balances (OPBD, CLBD); opening + credits - debits = closing.
        credits, debits: sums of the entries of the period, on whatever page.
        entries: those of this page.
        entry_count: how many the period has on all pages.
        page_opening, page_closing: balances around this page (ITBD); those of the period when
            there is one page only.
        next_after: pass it as ``after`` for the next page; None on the last one.
        pending_debits, pending_credits: set aside as of ``head``, not booked.
        head: the last fact the statement knows.
    """

    account: int
    asset: Asset
    axis: Axis
    from_us: int
    until_us: int
    opening: int
    closing: int
    credits: int
    debits: int
    entries: tuple[Entry, ...]
    entry_count: int
    page_opening: int
    page_closing: int
    next_after: tuple[int, int] | None
    pending_debits: int
    pending_credits: int
    head: Head


class BookReader:
    """A follower of a journal that answers questions about accounts."""

    def __init__(self, journal: Journal, *, until_seq: int | None = None) -> None:
        """Read the journal; it may be the writer's own or one opened read-only.

        With ``until_seq`` the reader stops at that fact and never goes further: what it answers,
        holds and all, is what was known then.
        """
        self.book = Book()
        self.head = journal.genesis
        self._journal = journal
        self._until_seq = until_seq
        self._assets: list[Asset] = []
        self._entries: npt.NDArray[Any] = np.zeros(0, dtype=ENTRY)
        self._fresh: list[npt.NDArray[Any]] = []
        self._order: npt.NDArray[np.int64] = np.zeros(0, dtype="<i8")
        self.catch_up()

    def catch_up(self) -> Head:
        """Read what was recorded since the last time; return the last fact read.

        Raises:
            ReplayError: a fact does not follow from the facts before it.
        """
        head = self._journal.head
        if self._until_seq is not None and self._until_seq < head.seq:
            head = self._journal.fact(max(self._until_seq, 0)).head
        for fact in self._journal.facts(self.head.seq + 1, head.seq + 1, LEDGER_KINDS):
            if fact.kind == ASSET_DEFINED:
                self._assets.append(asset_of_fact(fact)[1])
            result = apply_fact(self.book, fact)
            if result is not None:
                self._fresh.append(_entries_of(self.book, fact, result))
        self.head = head
        return head

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The assets, by number."""
        return tuple(self._assets)

    def balance(self, account: int) -> Balance:
        """Return the four balances as of ``head``."""
        return self.book.balance(account)

    def asset_of(self, account: int) -> Asset:
        """Return the asset of an account."""
        return self._assets[self.book.asset_of(account)]

    def trial_balance(self) -> list[TrialLine]:
        """Return one line per asset as of ``head``."""
        return self.book.trial_balance()

    def posted_as_of(
        self,
        account: int,
        *,
        seq: int | None = None,
        recorded_us: int | None = None,
        valid_us: int | None = None,
    ) -> int:
        """Return credits less debits from the entries up to and including the moments given.

        What was known by fact ``seq``, or by ``recorded_us``, about the balance on ``valid_us``:
        the two times are independent, so a late entry with an early value date is told apart.
        """
        mine = self._of_account(account)
        keep = np.ones(len(mine), dtype=bool)
        if seq is not None:
            keep &= mine["seq"] <= seq
        if recorded_us is not None:
            keep &= mine["at_us"] <= recorded_us
        if valid_us is not None:
            keep &= mine["valid_us"] <= valid_us
        return _net(mine[keep])

    def entries(
        self, account: int, *, after: tuple[int, int] = (-1, -1), limit: int = 100
    ) -> EntryPage:
        """Return the entries recorded after the address (seq, row), oldest first.

        Raises:
            AccountError: no such account, or a limit outside 1 to ``PAGE_ENTRIES_MAX``.
        """
        _require_page(limit)
        mine = self._of_account(account)
        seq, row = after
        later = (mine["seq"] > seq) | ((mine["seq"] == seq) & (mine["row"] > row))
        start = int(np.argmax(later)) if later.any() else len(mine)
        page = mine[start : start + limit]
        opening = _net(mine[:start])
        entries, closing = _read(page, opening)
        more = start + limit < len(mine)
        last = (entries[-1].seq, entries[-1].row) if more else None
        return EntryPage(opening, entries, closing, last)

    def statement(
        self,
        account: int,
        *,
        period_us: tuple[int, int],
        axis: Axis = Axis.RECORDED,
        after: tuple[int, int] | None = None,
        limit: int = PAGE_ENTRIES_MAX,
    ) -> Statement:
        """Return a page of the account's statement for a period.

        Args:
            account: its number.
            period_us: from when, and until when, the end excluded.
            axis: the time that decides what belongs to the period, and orders it.
            after: address of the last entry of the page before.
            limit: most entries on a page.

        Raises:
            AccountError: no such account, a limit outside 1 to ``PAGE_ENTRIES_MAX``, or an address
                that is not on this statement.
        """
        _require_page(limit)
        from_us, until_us = period_us
        mine = self._of_account(account)
        when = mine["at_us" if axis is Axis.RECORDED else "valid_us"]
        inside = mine[(when >= from_us) & (when < until_us)]
        if axis is Axis.VALID:
            inside = inside[np.argsort(inside["valid_us"], kind="stable")]
        start = 0 if after is None else _place_after(inside, after)
        opening = _net(mine[when < from_us])
        page_opening = opening + _net(inside[:start])
        entries, page_closing = _read(inside[start : start + limit], page_opening)
        credited, debited = _sums(inside)
        more = start + limit < len(inside)
        balance = self.book.balance(account)
        return Statement(
            account=account,
            asset=self.asset_of(account),
            axis=axis,
            from_us=from_us,
            until_us=until_us,
            opening=opening,
            closing=opening + credited - debited,
            credits=credited,
            debits=debited,
            entries=entries,
            entry_count=len(inside),
            page_opening=page_opening,
            page_closing=page_closing,
            next_after=(entries[-1].seq, entries[-1].row) if more else None,
            pending_debits=balance.debits_pending,
            pending_credits=balance.credits_pending,
            head=self.head,
        )

    def _of_account(self, account: int) -> npt.NDArray[Any]:
        self.book.balance(account)
        self._gather()
        accounts = self._entries["account"]
        first, last = np.searchsorted(accounts, [account, account + 1], sorter=self._order)
        mine: npt.NDArray[Any] = self._entries[self._order[first:last]]
        return mine

    def _gather(self) -> None:
        if self._fresh:
            self._entries = np.concatenate([self._entries, *self._fresh])
            self._fresh = []
            self._order = np.argsort(self._entries["account"], kind="stable")


def book_as_of(journal: Journal, *, seq: int) -> Book:
    """Return the whole book, holds and all, as it was right after fact ``seq``.

    Raises:
        ReplayError: a fact does not follow from the facts before it.
    """
    book = Book()
    for fact in journal.facts(until=seq + 1, kinds=LEDGER_KINDS):
        apply_fact(book, fact)
    return book


def _entries_of(book: Book, fact: Fact, result: PostResult) -> npt.NDArray[Any]:
    """Return two entries for each posted row of a batch that was just applied to ``book``."""
    frame = frame_of(fact)
    if fact.kind not in BATCH_KINDS:
        return np.zeros(0, dtype=ENTRY)
    rows = rows_of_frame(frame)
    posted = np.flatnonzero(result.outcomes == Outcome.POSTED)
    debit, credit = rows.debit[posted], rows.credit[posted]
    amount_hi, amount_lo = rows.amount_hi[posted], rows.amount_lo[posted]
    ends = np.flatnonzero(rows.flags[posted] & np.uint32(RowFlag.POST))
    if len(ends):
        slots = np.zeros(len(ends), dtype="<i8")
        which = posted[ends]
        slots_of(book.state, rows.pending_hi[which], rows.pending_lo[which], slots)
        pended = book.state.transfers[slots]
        debit[ends], credit[ends] = pended["debit"], pended["credit"]
        whole = (amount_hi[ends] == 0) & (amount_lo[ends] == 0)
        amount_hi[ends] = np.where(whole, pended["amount_hi"], amount_hi[ends])
        amount_lo[ends] = np.where(whole, pended["amount_lo"], amount_lo[ends])
    entries = np.zeros((len(posted), 2), dtype=ENTRY)
    entries["account"] = np.stack([debit, credit], axis=1)
    entries["counter"] = np.stack([credit, debit], axis=1)
    entries["credit"] = [0, 1]
    valid = frame.columns.get("valid_us")
    common = {
        "seq": fact.seq,
        "row": posted[:, None],
        "id_hi": rows.id_hi[posted][:, None],
        "id_lo": rows.id_lo[posted][:, None],
        "amount_hi": amount_hi[:, None],
        "amount_lo": amount_lo[:, None],
        "at_us": fact.at_us,
        "valid_us": fact.at_us if valid is None else valid[posted][:, None],
    }
    for name, values in common.items():
        entries[name] = values
    return entries.reshape(-1)


def _require_page(limit: int) -> None:
    if not 1 <= limit <= PAGE_ENTRIES_MAX:
        raise AccountError(
            f"A page of {limit} entries cannot be had.",
            why=f"A page has 1 to {PAGE_ENTRIES_MAX} entries.",
            fix="Ask for several pages.",
            code="ledger.bad_page",
        )


def _place_after(entries: npt.NDArray[Any], address: tuple[int, int]) -> int:
    """Return the place behind the entry of that address."""
    seq, row = address
    found = np.flatnonzero((entries["seq"] == seq) & (entries["row"] == row))
    if not len(found):
        raise AccountError(
            f"The statement has no entry {seq}.{row}.",
            why="It is of another account or lies outside the period.",
            fix="Pass the address that the page before gave, with the same account and period.",
            code="ledger.bad_page",
        )
    return int(found[0]) + 1


def _sums(entries: npt.NDArray[Any]) -> tuple[int, int]:
    """Return the sums of credits and of debits, exact."""
    credited = entries["credit"] == 1
    sides = (entries[credited], entries[~credited])
    sums = [sum128(side["amount_hi"], side["amount_lo"]) for side in sides]
    return sums[0], sums[1]


def _net(entries: npt.NDArray[Any]) -> int:
    credited, debited = _sums(entries)
    return credited - debited


def _read(entries: npt.NDArray[Any], opening: int) -> tuple[tuple[Entry, ...], int]:
    """Return entries for people, with running balances, and the balance after the last."""
    balance, found = opening, []
    for item in entries.tolist():
        account_, counter, seq, row, credit, id_hi, id_lo, hi, lo, at_us, valid_us = item
        del account_
        amount = (hi << 64) | lo
        balance += amount if credit else -amount
        side = Side.CREDIT if credit else Side.DEBIT
        id_ = (id_hi << 64) | id_lo
        found.append(Entry(seq, row, id_, side, amount, counter, at_us, valid_us, balance))
    return tuple(found), balance
