"""The words of the ledger: outcomes, row flags, account flags, gate decisions, fates of a hold.

The numbers are written into facts and never change their meaning.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

__all__ = ["ACCEPTED_MAX", "AccountFlag", "GateDecision", "Outcome", "PendingState", "RowFlag"]


class Outcome(IntEnum):
    """What became of one row. Everything up to ``ACCEPTED_MAX`` changed the book.

    Checks run in the order of the names below ``EXISTS``; the first that fails gives the outcome.
    """

    NOT_RUN = 0
    """Never returned: an outcome that was forgotten does not look like success."""
    POSTED = 1
    """The amount moved, or a pending transfer was posted."""
    PENDING = 2
    """The amount is set aside on both accounts, as asked."""
    HELD = 3
    """The amount is set aside because the gate said HOLD, although posting was asked."""
    VOIDED = 4
    """A pending transfer was released; both accounts have their amount back."""

    EXISTS = 8
    """The same row was accepted before under this id; nothing moved now."""
    ID_ALREADY_REFUSED = 9
    """The same row was refused before under this id; it stays refused for ever."""
    ID_CONFLICT = 10
    """The id was used before for a row that differs from this one; nothing moved."""

    ID_ZERO = 16
    """The id is zero. The only refusal that consumes no id."""
    FLAGS_INVALID = 17
    """Unknown flag bits, or more than one of PENDING, POST and VOID."""
    TIMEOUT_INVALID = 18
    """A time-out below zero, above ten years, or on a POST or VOID."""
    PENDING_ID_UNEXPECTED = 19
    """A pending id on a row that neither posts nor voids."""
    REFUSED_BY_GATE = 20
    """The gate said BLOCK or FREEZE; or HOLD for a POST or VOID, which cannot be held."""
    AMOUNT_ZERO = 21
    """A transfer of nothing. (A POST or VOID of zero means: all of it.)"""
    ACCOUNT_UNKNOWN = 22
    """The book has no account of that number."""
    SAME_ACCOUNT = 23
    """Debit and credit are one account."""
    ASSET_MISMATCH = 24
    """The two accounts hold different assets; exchange through two linked rows."""
    ACCOUNT_CLOSED = 25
    """One of the accounts is closed."""
    ACCOUNT_FROZEN = 26
    """The debit account is frozen for debits or the credit account for credits."""
    OVERFLOW = 27
    """A balance would leave 128 bits."""
    OVERDRAFT = 28
    """An account would spend more than it has, pending amounts counted."""

    PENDING_UNKNOWN = 32
    """No transfer of that pending id was ever accepted as pending."""
    PENDING_ALREADY_POSTED = 33
    """The pending transfer was posted before."""
    PENDING_ALREADY_VOIDED = 34
    """The pending transfer was voided before."""
    PENDING_ALREADY_EXPIRED = 35
    """The pending transfer timed out before."""
    PENDING_MISMATCH = 36
    """The accounts, or the amount of a VOID, differ from those of the pending transfer."""
    PENDING_EXCEEDS = 37
    """A POST of more than is pending."""

    LINKED_FAILED = 48
    """Another row of the same linked chain failed, so none of it happened."""
    CHAIN_OPEN = 49
    """The batch ended inside a linked chain; none of the chain happened."""

    @property
    def accepted(self) -> bool:
        """Whether the row changed the book."""
        return 0 < self <= ACCEPTED_MAX


ACCEPTED_MAX = 4


class RowFlag(IntFlag):
    """What a row asks for."""

    NONE = 0
    """Post at once."""
    PENDING = 1
    POST = 2
    VOID = 4
    LINKED = 8
    """Stands or falls with the next row."""


class AccountFlag(IntFlag):
    """What an account may not do."""

    NONE = 0
    MUST_NOT_OVERDRAW_CREDITS = 1
    """debits_pending + debits_posted <= credits_posted: customers, holders, liabilities."""
    MUST_NOT_OVERDRAW_DEBITS = 2
    """credits_pending + credits_posted <= debits_posted: cash at bank, assets."""
    FROZEN_DEBIT = 4
    """Nothing leaves: a sanctions freeze, an order of a court."""
    FROZEN_CREDIT = 8
    """Nothing enters."""
    CLOSED = 16
    """The relation has ended; neither debits nor credits."""


class GateDecision(IntEnum):
    """What the gate said about a row, from mild to strict; the number is the strictness."""

    ALLOW = 0
    WARN = 1
    HOLD = 2
    BLOCK = 3
    FREEZE = 4


class PendingState(IntEnum):
    """The fate of a pending transfer."""

    NONE = 0
    """The transfer was never pending."""
    OPEN = 1
    POSTED = 2
    VOIDED = 3
    EXPIRED = 4
