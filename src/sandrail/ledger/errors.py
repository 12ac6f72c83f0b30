"""Errors of the ledger room.

::

    InputError
    ├── RowsError            ledger.bad_rows        columns that are no batch of rows
    ├── AccountError         ledger.bad_account     an account that is unknown or cannot be opened
    ├── SnapshotDamagedError ledger.bad_snapshot    bytes that are no book
    └── InstantError         ledger.clock_backwards a batch before the one before it
    ConflictError
    └── KeyConflictError     ledger.key_conflict    a batch key used for another batch
    RefusedError
    ├── AccountInUseError    ledger.account_in_use  an account with a balance cannot be closed
    ├── FourEyesError        ledger.four_eyes       one person cannot propose and approve
    └── AdjustmentError      ledger.bad_adjustment  an adjustment that cannot be made as asked
    EvidenceError
    ├── ReplayError          ledger.replay_differs  a fact says one thing, the kernel another
    └── BalanceError         ledger.out_of_balance  debits and credits of an asset differ
    EnvironmentFault
    ├── HaltedError          ledger.halted          a commit failed; open the ledger again
    └── BusyError            ledger.busy            too many callers wait for a commit

A row that cannot be posted is no error: it gets an ``Outcome``.
"""

from __future__ import annotations

from sandrail.world import (
    ConflictError,
    EnvironmentFault,
    EvidenceError,
    InputError,
    RefusedError,
)

__all__ = [
    "AccountError",
    "AccountInUseError",
    "AdjustmentError",
    "BalanceError",
    "BusyError",
    "FourEyesError",
    "HaltedError",
    "InstantError",
    "KeyConflictError",
    "ReplayError",
    "RowsError",
    "SnapshotDamagedError",
]


class RowsError(InputError):
    """Columns that are no batch of rows: wrong type, unequal lengths, too many."""

    code = "ledger.bad_rows"


class SnapshotDamagedError(InputError):
    """Bytes that are no book; whoever opens one reads the facts instead and says so."""

    code = "ledger.bad_snapshot"


class AccountError(InputError):
    """An account, asset or break that is unknown, or cannot be made."""

    code = "ledger.bad_account"


class InstantError(InputError):
    """The ledger's clock never runs backwards."""

    code = "ledger.clock_backwards"


class KeyConflictError(ConflictError):
    """A batch key was used before for another batch."""

    code = "ledger.key_conflict"


class AccountInUseError(RefusedError):
    """An account with money on it, or a hold, cannot be closed."""

    code = "ledger.account_in_use"


class FourEyesError(RefusedError):
    """An adjustment needs two people."""

    code = "ledger.four_eyes"


class ReplayError(EvidenceError):
    """A recorded fact does not follow from the facts before it.

    Fields:
        seq: the fact.
        row: the first wrong row, where one is.
    """

    code = "ledger.replay_differs"


class BalanceError(EvidenceError):
    """The debits of an asset differ from its credits."""

    code = "ledger.out_of_balance"


class HaltedError(EnvironmentFault):
    """A commit failed after the book had moved on; the book in memory is not to be trusted."""

    code = "ledger.halted"


class BusyError(EnvironmentFault):
    """Too many callers wait for a group commit; nothing was recorded for this one."""

    code = "ledger.busy"


class AdjustmentError(RefusedError):
    """An adjustment to a break that is not open, has no reason, or cannot be posted."""

    code = "ledger.bad_adjustment"
