"""A book in memory: accounts, balances and every id ever used. Pure; it knows no disk and no clock.

Nothing in it is truth. ``Book.replay`` rebuilds it from recorded facts.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.ledger.codes import AccountFlag, GateDecision, Outcome, PendingState, RowFlag
from sandrail.ledger.errors import AccountError, AccountInUseError, InstantError
from sandrail.ledger.id_index import rebuild_ids, slot_of
from sandrail.ledger.kernel import post_batch
from sandrail.ledger.limits import ACCOUNTS_MAX, ASSETS_MAX, INSTANT_US_MAX, TRANSFERS_MAX
from sandrail.ledger.rows import TransferRow, checked_rows
from sandrail.ledger.state import IS_WIDE, WIDE, BookState, RowColumns, at, empty_state, ids_room
from sandrail.world import AccountNo, iso

__all__ = ["Balance", "Book", "PostResult", "Transfer", "TrialLine", "sum128"]

_NOWHERE = np.zeros((0, 8), dtype="<u8")


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds, in minor units of its asset."""

    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int

    @property
    def net_credit(self) -> int:
        """Credits less debits, posted: what a customer owns; negative for an asset account."""
        return self.credits_posted - self.debits_posted

    @property
    def net_debit(self) -> int:
        """Debits less credits, posted: what an asset account holds."""
        return self.debits_posted - self.credits_posted

    @classmethod
    def of(cls, line: npt.NDArray[np.uint64]) -> Balance:
        """Read a row of ``BookState.balances``."""
        words = line.tolist()
        return cls(*((words[k] << 64) | words[k + 1] for k in (0, 2, 4, 6)))


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One asset's line of the trial balance: sums over all its accounts, exact.

    Attributes:
        asset: its number; accounts: how many there are.
        debits_pending, debits_posted, credits_pending, credits_posted: minor units.
    """

    asset: int
    accounts: int
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int

    @property
    def balances(self) -> bool:
        """Whether debits equal credits, posted and pending."""
        return (
            self.debits_posted == self.credits_posted
            and self.debits_pending == self.credits_pending
        )


@dataclass(frozen=True, slots=True)
class Transfer:
    """An id that was used: what was asked, when, and what became of it."""

    row: TransferRow
    at_us: int
    outcome: Outcome
    state: PendingState


@dataclass(frozen=True, slots=True)
class PostResult:
    """What a batch did.

    Attributes:
        outcomes: u1[rows], see ``Outcome``.
        expired: i8, slots of the pending transfers that timed out before the first row.
        touched: i8, the accounts changed, in order of first change.
        balances: u8[touched, 8], their balances after the batch.
        debit_after, credit_after: u8[rows, 8], both accounts right after each row; empty unless
            asked for. A row of a chain that failed shows them as they were before the chain.
    """

    outcomes: npt.NDArray[np.uint8]
    expired: npt.NDArray[np.int64]
    touched: npt.NDArray[np.int64]
    balances: npt.NDArray[np.uint64]
    debit_after: npt.NDArray[np.uint64]
    credit_after: npt.NDArray[np.uint64]


class Book:
    """Accounts and transfers as arrays.

    A composer reserves room, then runs its own kernel over ``state``; everybody else uses ``post``.
    """

    def __init__(self) -> None:
        self.state: BookState = empty_state()
        # The only chance in here: nothing that is recorded depends on it.
        self.state.ids_key[:] = np.frombuffer(os.urandom(self.state.ids_key.nbytes), "<u8")

    # --- accounts ---

    @property
    def account_count(self) -> int:
        """How many accounts there are; their numbers are 0 to this less one."""
        return int(self.state.counters[at.ACCOUNTS])

    @property
    def transfer_count(self) -> int:
        """How many ids were used, accepted or refused."""
        return int(self.state.counters[at.TRANSFERS])

    @property
    def last_us(self) -> int:
        """The instant of the last batch or change."""
        return int(self.state.counters[at.LAST_US])

    def open_account(
        self,
        *,
        asset: int,
        chart: int = 0,
        owner: int = -1,
        flags: AccountFlag = AccountFlag.NONE,
    ) -> AccountNo:
        """Add one account and return its number."""
        return self.open_accounts(
            asset=np.array([asset], "<i4"),
            chart=np.array([chart], "<i4"),
            owner=np.array([owner], "<i8"),
            flags=np.array([int(flags)], "<u4"),
        )

    def open_accounts(
        self,
        *,
        asset: npt.NDArray[np.int32],
        chart: npt.NDArray[np.int32],
        owner: npt.NDArray[np.int64],
        flags: npt.NDArray[np.uint32],
    ) -> AccountNo:
        """Add accounts and return the number of the first; the others follow it.

        Raises:
            AccountError: columns of unequal length, a bad asset number, or too many accounts.
        """
        self.require_accounts(asset=asset, chart=chart, owner=owner, flags=flags)
        first, n = self.account_count, len(asset)
        self._reserve_accounts(first + n)
        new = self.state.accounts[first : first + n]
        new["asset"], new["chart"], new["owner"], new["flags"] = asset, chart, owner, flags
        self.state.counters[at.ACCOUNTS] = first + n
        return AccountNo(first)

    def require_accounts(
        self,
        *,
        asset: npt.NDArray[np.int32],
        chart: npt.NDArray[np.int32],
        owner: npt.NDArray[np.int64],
        flags: npt.NDArray[np.uint32],
    ) -> None:
        """Refuse columns that ``open_accounts`` could not open."""
        first, n = self.account_count, len(asset)
        if not len(chart) == len(owner) == len(flags) == n or first + n > ACCOUNTS_MAX:
            raise AccountError(
                f"{n} accounts cannot be opened.",
                why=f"Columns have {n}, {len(chart)}, {len(owner)} and {len(flags)} rows;"
                f" a book has at most {ACCOUNTS_MAX} accounts and this one {first}.",
                fix="Give columns of one length, and start another book beyond the limit.",
            )
        if n and not (int(asset.min()) >= 0 and int(asset.max()) < ASSETS_MAX):
            raise AccountError(
                "An account was given an asset number out of range.",
                why=f"Asset numbers are 0 to {ASSETS_MAX - 1}.",
                fix="Use the number that define_asset returned.",
            )

    def flags(self, account: int) -> AccountFlag:
        """Return what the account may not do."""
        return AccountFlag(int(self.state.accounts["flags"][self._known_account(account)]))

    def set_flags(self, account: int, flags: AccountFlag) -> None:
        """Freeze, unfreeze or close an account.

        Raises:
            AccountError: there is no such account.
            AccountInUseError: it is to be closed and holds money or a pending transfer.
        """
        balance = self.balance(account)
        pending = balance.debits_pending or balance.credits_pending
        if AccountFlag.CLOSED in flags and (pending or balance.net_credit):
            raise AccountInUseError(
                f"The account {account} cannot be closed.",
                why=f"It holds {balance.net_credit} net credit, {balance.debits_pending} pending"
                f" debits and {balance.credits_pending} pending credits.",
                fix="Pay it out and finish its pending transfers first.",
                account=account,
            )
        self.state.accounts["flags"][account] = int(flags)

    def balance(self, account: int) -> Balance:
        """Return the four balances of an account."""
        return Balance.of(self.state.balances[self._known_account(account)])

    def asset_of(self, account: int) -> int:
        """Return the asset number of an account."""
        return int(self.state.accounts["asset"][self._known_account(account)])

    def trial_balance(self) -> list[TrialLine]:
        """Return one line per asset, in order of asset number."""
        count = self.account_count
        assets = self.state.accounts["asset"][:count]
        lines = []
        for asset in sorted(set(assets.tolist())):
            mine = self.state.balances[:count][assets == asset]
            sums = [sum128(mine[:, k], mine[:, k + 1]) for k in (0, 2, 4, 6)]
            lines.append(TrialLine(asset, len(mine), *sums))
        return lines

    # --- transfers ---

    def transfer(self, id_: int) -> Transfer | None:
        """Return what was recorded under an id, or None when it was never used."""
        slot = int(slot_of(self.state, np.uint64(id_ >> 64), np.uint64(id_ & (2**64 - 1))))
        return None if slot < 0 else self.transfer_at(slot)

    def transfer_at(self, slot: int) -> Transfer:
        """Return the transfer at a position in order of arrival."""
        found = self.state.transfers[slot]
        is_wide = bool(found["flags"] & IS_WIDE)
        wide = self.state.wide[found["place"]] if is_wide else np.zeros((), WIDE)
        asked = wide if is_wide else found
        row = TransferRow(
            id=_join(found, "id"),
            debit=int(asked["debit"]),
            credit=int(asked["credit"]),
            amount=_join(found, "amount"),
            flags=RowFlag(int(asked["flags"])),
            pending_id=_join(wide, "pending"),
            timeout_us=int(wide["timeout_us"]),
            decision=GateDecision(min(int(found["decision"]), GateDecision.FREEZE)),
        )
        at_us = int(self.state.instants[wide["batch"] if is_wide else found["place"]])
        outcome = Outcome(int(found["outcome"]))
        return Transfer(row, at_us, outcome, PendingState(int(found["state"])))

    def post(self, rows: RowColumns, now_us: int, *, with_balances: bool = False) -> PostResult:
        """Expire what is due, then post the rows in order.

        Raises:
            RowsError: the columns are no batch.
            InstantError: ``now_us`` lies before the last batch.
        """
        rows = checked_rows(rows)
        n = len(rows.id_lo)
        self.require_instant(now_us)
        self.reserve(n)
        outcomes = np.zeros(n, dtype="u1")
        expired = np.zeros(int(self.state.counters[at.HEAP]), dtype="<i8")
        shape = (n, 8) if with_balances else (0, 8)
        debit_after = np.zeros(shape, dtype="<u8") if with_balances else _NOWHERE
        credit_after = np.zeros(shape, dtype="<u8") if with_balances else _NOWHERE
        count = post_batch(self.state, rows, now_us, outcomes, expired, debit_after, credit_after)
        touched, balances = self.touched()
        return PostResult(outcomes, expired[:count], touched, balances, debit_after, credit_after)

    def touched(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
        """Return the accounts the last batch changed, and copies of their balances."""
        touched = self.state.touched[: int(self.state.counters[at.TOUCHED])].copy()
        return touched, self.state.balances[touched]

    def require_instant(self, now_us: int) -> None:
        """Refuse an instant before the last one: time-outs would come back to life."""
        if now_us > INSTANT_US_MAX:
            raise InstantError(
                f"The instant {now_us} is too late for a book.",
                why=f"A book knows instants up to {INSTANT_US_MAX} microseconds.",
                fix="Give microseconds since 1970, not nanoseconds.",
            )
        if now_us < self.last_us:
            raise InstantError(
                "A batch cannot be posted before the one before it.",
                why=f"The book stands at {iso(self.last_us)}; the batch is dated {iso(now_us)}.",
                fix="Post at the book's instant or later.",
            )

    # --- room ---

    def reserve(self, rows: int) -> None:
        """Make room for a batch of so many rows; kernels neither allocate nor check.

        Raises:
            AccountError: the book is full.
        """
        counters = self.state.counters
        count, batches = self.transfer_count + rows, int(counters[at.EPOCH]) + 1
        if max(count, batches) > TRANSFERS_MAX:
            raise AccountError(
                "The book is full.",
                why=f"It has {self.transfer_count} transfers in {batches - 1} batches;"
                f" the limit is {TRANSFERS_MAX} of either.",
                fix="Carry the balances over into a new book.",
            )
        # A chain may be taken back and posted again, its time-outs twice.
        heap = int(counters[at.HEAP]) + 2 * rows
        self.reserve_for(count, wide=int(counters[at.WIDES]) + rows, instants=batches, heap=heap)

    def reserve_for(self, transfers: int, *, wide: int, instants: int, heap: int) -> None:
        """Make room for so many of each in all."""
        state = self.state
        if transfers > len(state.transfers):
            state = state._replace(transfers=_grown(state.transfers, transfers))
        if wide > len(state.wide):
            state = state._replace(wide=_grown(state.wide, wide))
        if instants >= len(state.instants):
            state = state._replace(instants=_grown(state.instants, instants + 1))
        if heap > len(state.heap):
            state = state._replace(heap=_grown(state.heap, heap))
        self.state = state
        if ids_room(transfers) > len(state.ids):
            self.state = state._replace(ids=self._grown_ids(transfers))

    def index_ids(self) -> None:
        """Index every id anew, after transfers were put there by other means than posting."""
        self.state = self.state._replace(ids=self._grown_ids(self.transfer_count))

    def _grown_ids(self, count: int) -> npt.NDArray[np.uint64]:
        ids = np.zeros(ids_room(count), dtype="<u8")
        rebuild_ids(ids, self.state.ids_key, self.state.transfers, self.transfer_count)
        return ids

    def _reserve_accounts(self, count: int) -> None:
        state = self.state
        if count > len(state.accounts):
            self.state = state._replace(
                accounts=_grown(state.accounts, count),
                balances=_grown(state.balances, count),
                touched=_grown(state.touched, count),
            )

    def _known_account(self, account: int) -> int:
        if not 0 <= account < self.account_count:
            raise AccountError(
                f"There is no account {account}.",
                why=f"The book has the accounts 0 to {self.account_count - 1}.",
                fix="Open it first.",
                account=account,
            )
        return account

    # --- the whole ---

    def copy(self) -> Book:
        """Return a book that is equal now and independent from now on."""
        twin = Book()
        twin.state = BookState._make(array.copy() for array in self.state)
        return twin

    def state_hash(self) -> str:
        """Return the SHA-256 over accounts, balances and transfers; capacity does not matter."""
        count, used = self.account_count, self.transfer_count
        accounts = self.state.accounts[:count].copy()
        accounts["epoch"] = 0
        stamp = hashlib.sha256(b"sandrail/book/1\n")
        for number in (count, used, self.last_us):
            stamp.update(number.to_bytes(8, "big", signed=True))
        stamp.update(accounts.tobytes())
        stamp.update(self.state.balances[:count].tobytes())
        stamp.update(self.state.transfers[:used].view("u1").data)
        stamp.update(self.state.wide[: int(self.state.counters[at.WIDES])].view("u1").data)
        stamp.update(self.state.instants[: int(self.state.counters[at.EPOCH]) + 1].data)
        return stamp.hexdigest()


def _join(record: Any, name: str) -> int:
    return (int(record[f"{name}_hi"]) << 64) | int(record[f"{name}_lo"])


def sum128(high: npt.NDArray[np.uint64], low: npt.NDArray[np.uint64]) -> int:
    """Add up 128-bit numbers exactly: sums of 32-bit quarters fit in 64 bits for 2**31 rows."""
    total = 0
    for words, shift in ((high, 64), (low, 0)):
        total += int((words >> np.uint64(32)).sum(dtype=np.uint64)) << (shift + 32)
        total += int((words & np.uint64(0xFFFF_FFFF)).sum(dtype=np.uint64)) << shift
    return total


def _grown(array: npt.NDArray[Any], least: int) -> npt.NDArray[Any]:
    """Return the array with at least ``least`` rows: twice as many, so that growing is rare."""
    rows = max(least, 2 * len(array))
    grown = np.zeros((rows, *array.shape[1:]), dtype=array.dtype)
    grown[: len(array)] = array
    return grown
