"""The truth about posting, in plain Python: the kernel must agree with this, row for row.

It is written for reading, and differently from the kernel on purpose: a chain that fails is undone
by going back to a copy taken before it, and due time-outs are found by looking at all that wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sandrail.ledger.codes import AccountFlag, GateDecision, Outcome, PendingState, RowFlag
from sandrail.ledger.limits import TIMEOUT_US_MAX
from sandrail.ledger.rows import TransferRow

__all__ = ["ReferenceAccount", "ReferenceBook", "ReferenceTransfer"]

MAX_128 = 2**128 - 1
KNOWN_FLAGS = int(RowFlag.PENDING | RowFlag.POST | RowFlag.VOID | RowFlag.LINKED)


@dataclass(frozen=True, slots=True)
class ReferenceAccount:
    """An account: what it holds and what it may not do."""

    asset: int
    flags: AccountFlag = AccountFlag.NONE
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0

    @property
    def balances(self) -> tuple[int, int, int, int]:
        """Debits pending, debits posted, credits pending, credits posted."""
        return (
            self.debits_pending,
            self.debits_posted,
            self.credits_pending,
            self.credits_posted,
        )


@dataclass(frozen=True, slots=True)
class ReferenceTransfer:
    """An id that was used: what was asked, when, and what became of it."""

    row: TransferRow
    at_us: int
    outcome: Outcome
    state: PendingState = PendingState.NONE

    @property
    def expires_us(self) -> int | None:
        """When it times out, if it does."""
        return self.at_us + self.row.timeout_us if self.row.timeout_us else None


@dataclass
class ReferenceBook:
    """A book as lists and dictionaries of frozen records."""

    accounts: list[ReferenceAccount] = field(default_factory=list)
    transfers: dict[int, ReferenceTransfer] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)
    """Ids that were pending when last looked at, in the order in which they came."""

    def open_account(self, *, asset: int, flags: AccountFlag = AccountFlag.NONE) -> int:
        """Add an account and return its number."""
        self.accounts.append(ReferenceAccount(asset, flags))
        return len(self.accounts) - 1

    def set_flags(self, account: int, flags: AccountFlag) -> None:
        """Freeze, unfreeze or close."""
        self.accounts[account] = replace(self.accounts[account], flags=flags)

    def post(self, rows: Sequence[TransferRow], now_us: int) -> list[Outcome]:
        """Expire what is due, then post the rows in order, each chain as a whole."""
        self.expire(now_us)
        outcomes: list[Outcome] = []
        chain: list[TransferRow] = []
        for row in rows:
            chain.append(row)
            if not row.flags & RowFlag.LINKED:
                outcomes += self._post_chain(chain, now_us)
                chain = []
        if chain:
            outcomes += self._cut_chain(chain, now_us)
        return outcomes

    def expire(self, now_us: int) -> list[int]:
        """Release every pending transfer that is due; return their ids, earliest first."""
        self.waiting = [
            id_ for id_ in self.waiting if self.transfers[id_].state is PendingState.OPEN
        ]
        due = []
        for place, id_ in enumerate(self.waiting):
            expires_us = self.transfers[id_].expires_us
            if expires_us is not None and expires_us <= now_us:
                due.append((expires_us, place, id_))
        due.sort()
        for _, _, id_ in due:
            found = self.transfers[id_]
            self._release(found.row)
            self.transfers[id_] = replace(found, state=PendingState.EXPIRED)
        return [id_ for _, _, id_ in due]

    def _post_chain(self, chain: list[TransferRow], now_us: int) -> list[Outcome]:
        if len(chain) == 1:
            return [self._post_row(chain[0], now_us)]
        known = [row.id in self.transfers for row in chain]
        if all(known):
            return [self._known(row) for row in chain]
        if any(known):
            return [self._refuse(row, now_us, Outcome.LINKED_FAILED) for row in chain]
        accounts, transfers = list(self.accounts), dict(self.transfers)
        waiting = list(self.waiting)
        outcomes = []
        for row in chain:
            outcomes.append(self._post_row(row, now_us))
            if not outcomes[-1].accepted:
                break
        else:
            return outcomes
        self.accounts, self.transfers, self.waiting = accounts, transfers, waiting
        culprit, reason = len(outcomes) - 1, outcomes[-1]
        return [
            self._refuse(row, now_us, reason if place == culprit else Outcome.LINKED_FAILED)
            for place, row in enumerate(chain)
        ]

    def _cut_chain(self, chain: list[TransferRow], now_us: int) -> list[Outcome]:
        return [
            self._refuse(
                row,
                now_us,
                Outcome.CHAIN_OPEN if place == len(chain) - 1 else Outcome.LINKED_FAILED,
            )
            for place, row in enumerate(chain)
        ]

    def _post_row(self, row: TransferRow, now_us: int) -> Outcome:
        if row.id == 0:
            return Outcome.ID_ZERO
        if row.id in self.transfers:
            return self._known(row)
        outcome = self._check_shape(row)
        if outcome is None:
            ends = row.flags & (RowFlag.POST | RowFlag.VOID)
            outcome = self._end(row, now_us) if ends else self._start(row)
        self._record(row, now_us, outcome)
        return outcome

    def _known(self, row: TransferRow) -> Outcome:
        if row.id == 0:
            return Outcome.ID_ZERO
        found = self.transfers[row.id]
        if replace(found.row, decision=row.decision) != row:
            return Outcome.ID_CONFLICT
        return Outcome.EXISTS if found.outcome.accepted else Outcome.ID_ALREADY_REFUSED

    def _refuse(self, row: TransferRow, now_us: int, outcome: Outcome) -> Outcome:
        if row.id == 0 or row.id in self.transfers:
            return self._known(row)
        self._record(row, now_us, outcome)
        return outcome

    def _record(self, row: TransferRow, now_us: int, outcome: Outcome) -> None:
        pends = outcome in (Outcome.PENDING, Outcome.HELD)
        state = PendingState.OPEN if pends else PendingState.NONE
        self.transfers[row.id] = ReferenceTransfer(row, now_us, outcome, state)
        if pends:
            self.waiting.append(row.id)

    def _check_shape(self, row: TransferRow) -> Outcome | None:
        asked = [flag for flag in (RowFlag.PENDING, RowFlag.POST, RowFlag.VOID) if flag & row.flags]
        ends = bool(row.flags & (RowFlag.POST | RowFlag.VOID))
        if int(row.flags) & ~KNOWN_FLAGS or len(asked) > 1:
            return Outcome.FLAGS_INVALID
        if not 0 <= row.timeout_us <= TIMEOUT_US_MAX or (ends and row.timeout_us):
            return Outcome.TIMEOUT_INVALID
        if row.pending_id and not ends:
            return Outcome.PENDING_ID_UNEXPECTED
        if row.decision >= GateDecision.BLOCK or (ends and row.decision == GateDecision.HOLD):
            return Outcome.REFUSED_BY_GATE
        return None

    def _start(self, row: TransferRow) -> Outcome:
        if row.amount == 0:
            return Outcome.AMOUNT_ZERO
        refusal = self._check_legs(row)
        if refusal is not None:
            return refusal
        if row.flags & RowFlag.PENDING or row.decision == GateDecision.HOLD:
            self._add(row.debit, debits_pending=row.amount)
            self._add(row.credit, credits_pending=row.amount)
            return Outcome.PENDING if row.flags & RowFlag.PENDING else Outcome.HELD
        self._move(row, row.amount)
        return Outcome.POSTED

    def _check_legs(self, row: TransferRow) -> Outcome | None:
        count = len(self.accounts)
        if not (0 <= row.debit < count and 0 <= row.credit < count):
            return Outcome.ACCOUNT_UNKNOWN
        if row.debit == row.credit:
            return Outcome.SAME_ACCOUNT
        debit, credit = self.accounts[row.debit], self.accounts[row.credit]
        if debit.asset != credit.asset:
            return Outcome.ASSET_MISMATCH
        barred = self._barred(debit, credit)
        if barred is not None:
            return barred
        spent = debit.debits_pending + debit.debits_posted + row.amount
        taken = credit.credits_pending + credit.credits_posted + row.amount
        if spent > MAX_128 or taken > MAX_128:
            return Outcome.OVERFLOW
        if AccountFlag.MUST_NOT_OVERDRAW_CREDITS in debit.flags and spent > debit.credits_posted:
            return Outcome.OVERDRAFT
        if AccountFlag.MUST_NOT_OVERDRAW_DEBITS in credit.flags and taken > credit.debits_posted:
            return Outcome.OVERDRAFT
        return None

    @staticmethod
    def _barred(debit: ReferenceAccount, credit: ReferenceAccount) -> Outcome | None:
        if AccountFlag.CLOSED in debit.flags or AccountFlag.CLOSED in credit.flags:
            return Outcome.ACCOUNT_CLOSED
        if AccountFlag.FROZEN_DEBIT in debit.flags or AccountFlag.FROZEN_CREDIT in credit.flags:
            return Outcome.ACCOUNT_FROZEN
        return None

    def _end(self, row: TransferRow, now_us: int) -> Outcome:
        pended = self.transfers.get(row.pending_id)
        refusal = _not_pending(pended, now_us)
        if pended is None or refusal is not None:
            return refusal or Outcome.PENDING_UNKNOWN
        voids = bool(row.flags & RowFlag.VOID)
        if row.debit not in (-1, pended.row.debit) or row.credit not in (-1, pended.row.credit):
            return Outcome.PENDING_MISMATCH
        if voids and row.amount not in (0, pended.row.amount):
            return Outcome.PENDING_MISMATCH
        if row.amount > pended.row.amount:
            return Outcome.PENDING_EXCEEDS
        if not voids:
            barred = self._barred(self.accounts[pended.row.debit], self.accounts[pended.row.credit])
            if barred is not None:
                return barred
            self._move(pended.row, row.amount or pended.row.amount)
        self._release(pended.row)
        state = PendingState.VOIDED if voids else PendingState.POSTED
        self.transfers[row.pending_id] = replace(pended, state=state)
        return Outcome.VOIDED if voids else Outcome.POSTED

    def _release(self, row: TransferRow) -> None:
        self._add(row.debit, debits_pending=-row.amount)
        self._add(row.credit, credits_pending=-row.amount)

    def _move(self, row: TransferRow, amount: int) -> None:
        self._add(row.debit, debits_posted=amount)
        self._add(row.credit, credits_posted=amount)

    def _add(self, account: int, **changes: int) -> None:
        found = self.accounts[account]
        self.accounts[account] = replace(
            found, **{name: getattr(found, name) + change for name, change in changes.items()}
        )


def _not_pending(pended: ReferenceTransfer | None, now_us: int) -> Outcome | None:
    if pended is None or pended.state is PendingState.NONE:
        return Outcome.PENDING_UNKNOWN
    if pended.state is PendingState.POSTED:
        return Outcome.PENDING_ALREADY_POSTED
    if pended.state is PendingState.VOIDED:
        return Outcome.PENDING_ALREADY_VOIDED
    if pended.state is PendingState.EXPIRED:
        return Outcome.PENDING_ALREADY_EXPIRED
    return None
