"""The codes as plain integers: what the compiler of a kernel takes as constants.

Enum members would not do in compiled arithmetic. And a bare ``0`` has a type of its own, so every
function it reaches would be compiled a second time for it: these are ``int64`` all through.
"""

from __future__ import annotations

import numpy as np

from sandrail.ledger.codes import ACCEPTED_MAX, AccountFlag, GateDecision, Outcome, PendingState
from sandrail.ledger.codes import RowFlag as Row
from sandrail.ledger.state import IS_WIDE as _IS_WIDE
from sandrail.ledger.state import at

__all__ = [
    "ACCEPTED",
    "ACCOUNTS",
    "ACCOUNT_CLOSED",
    "ACCOUNT_FROZEN",
    "ACCOUNT_UNKNOWN",
    "AMOUNT_ZERO",
    "ASSET_MISMATCH",
    "BLOCK",
    "CHAIN_OPEN",
    "CHAIN_START",
    "CLOSED",
    "CREDITS_PENDING",
    "CREDITS_POSTED",
    "DEBITS_PENDING",
    "DEBITS_POSTED",
    "EPOCH",
    "EXISTS",
    "FLAGS_INVALID",
    "FROZEN_CREDIT",
    "FROZEN_DEBIT",
    "HEAP",
    "HELD",
    "HOLD",
    "ID_ALREADY_REFUSED",
    "ID_CONFLICT",
    "ID_ZERO",
    "IS_WIDE",
    "KNOWN_FLAGS",
    "LAST_US",
    "LINKED",
    "LINKED_FAILED",
    "NO_OVERDRAW_CREDITS",
    "NO_OVERDRAW_DEBITS",
    "ONE",
    "OPEN",
    "OVERDRAFT",
    "OVERFLOW",
    "PENDED",
    "PENDING",
    "PENDING_ALREADY_EXPIRED",
    "PENDING_ALREADY_POSTED",
    "PENDING_ALREADY_VOIDED",
    "PENDING_EXCEEDS",
    "PENDING_ID_UNEXPECTED",
    "PENDING_MISMATCH",
    "PENDING_UNKNOWN",
    "POST",
    "POSTED",
    "REFUSED_BY_GATE",
    "SAME_ACCOUNT",
    "STATE_EXPIRED",
    "STATE_POSTED",
    "STATE_VOIDED",
    "TIMEOUT_INVALID",
    "TOUCHED",
    "TRANSFERS",
    "UNSEEN",
    "VOID",
    "VOIDED",
    "WIDES",
    "ZERO",
]

PENDING, POST, VOID, LINKED = (
    np.int64(Row.PENDING),
    np.int64(Row.POST),
    np.int64(Row.VOID),
    np.int64(Row.LINKED),
)
KNOWN_FLAGS = PENDING | POST | VOID | LINKED
NO_OVERDRAW_CREDITS = np.int64(AccountFlag.MUST_NOT_OVERDRAW_CREDITS)
NO_OVERDRAW_DEBITS = np.int64(AccountFlag.MUST_NOT_OVERDRAW_DEBITS)
FROZEN_DEBIT, FROZEN_CREDIT = (
    np.int64(AccountFlag.FROZEN_DEBIT),
    np.int64(AccountFlag.FROZEN_CREDIT),
)
CLOSED = np.int64(AccountFlag.CLOSED)
HOLD, BLOCK = np.int64(GateDecision.HOLD), np.int64(GateDecision.BLOCK)
OPEN = np.int64(PendingState.OPEN)
STATE_POSTED, STATE_VOIDED = np.int64(PendingState.POSTED), np.int64(PendingState.VOIDED)
STATE_EXPIRED = np.int64(PendingState.EXPIRED)

ACCEPTED = np.int64(ACCEPTED_MAX)
POSTED, PENDED = np.int64(Outcome.POSTED), np.int64(Outcome.PENDING)
HELD, VOIDED = np.int64(Outcome.HELD), np.int64(Outcome.VOIDED)
UNSEEN = np.int64(Outcome.NOT_RUN)
EXISTS = np.int64(Outcome.EXISTS)
ID_ALREADY_REFUSED = np.int64(Outcome.ID_ALREADY_REFUSED)
ID_CONFLICT = np.int64(Outcome.ID_CONFLICT)
ID_ZERO = np.int64(Outcome.ID_ZERO)
FLAGS_INVALID = np.int64(Outcome.FLAGS_INVALID)
TIMEOUT_INVALID = np.int64(Outcome.TIMEOUT_INVALID)
PENDING_ID_UNEXPECTED = np.int64(Outcome.PENDING_ID_UNEXPECTED)
REFUSED_BY_GATE = np.int64(Outcome.REFUSED_BY_GATE)
AMOUNT_ZERO = np.int64(Outcome.AMOUNT_ZERO)
ACCOUNT_UNKNOWN = np.int64(Outcome.ACCOUNT_UNKNOWN)
SAME_ACCOUNT = np.int64(Outcome.SAME_ACCOUNT)
ASSET_MISMATCH = np.int64(Outcome.ASSET_MISMATCH)
ACCOUNT_CLOSED = np.int64(Outcome.ACCOUNT_CLOSED)
ACCOUNT_FROZEN = np.int64(Outcome.ACCOUNT_FROZEN)
OVERFLOW = np.int64(Outcome.OVERFLOW)
OVERDRAFT = np.int64(Outcome.OVERDRAFT)
PENDING_UNKNOWN = np.int64(Outcome.PENDING_UNKNOWN)
PENDING_ALREADY_POSTED = np.int64(Outcome.PENDING_ALREADY_POSTED)
PENDING_ALREADY_VOIDED = np.int64(Outcome.PENDING_ALREADY_VOIDED)
PENDING_ALREADY_EXPIRED = np.int64(Outcome.PENDING_ALREADY_EXPIRED)
PENDING_MISMATCH = np.int64(Outcome.PENDING_MISMATCH)
PENDING_EXCEEDS = np.int64(Outcome.PENDING_EXCEEDS)
LINKED_FAILED = np.int64(Outcome.LINKED_FAILED)
CHAIN_OPEN = np.int64(Outcome.CHAIN_OPEN)

ACCOUNTS = np.int64(at.ACCOUNTS)
TRANSFERS = np.int64(at.TRANSFERS)
HEAP = np.int64(at.HEAP)
EPOCH = np.int64(at.EPOCH)
TOUCHED = np.int64(at.TOUCHED)
CHAIN_START = np.int64(at.CHAIN_START)
LAST_US = np.int64(at.LAST_US)
WIDES = np.int64(at.WIDES)
IS_WIDE = np.int64(_IS_WIDE)
DEBITS_PENDING = np.int64(at.DEBITS_PENDING)
DEBITS_POSTED = np.int64(at.DEBITS_POSTED)
CREDITS_PENDING = np.int64(at.CREDITS_PENDING)
CREDITS_POSTED = np.int64(at.CREDITS_POSTED)

ZERO, ONE = np.uint64(0), np.uint64(1)
