"""A machine that posts, repeats, freezes, reopens and reads, and always agrees with the reference.

The same machine runs against every store; only the place differs.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from sandrail.journal import Journal
from sandrail.ledger import (
    AccountFlag,
    BookReader,
    KeyConflictError,
    Ledger,
    Posted,
    TransferRow,
    book_to_parts,
    check_book,
    rows_of,
)
from sandrail.ledger.reference import ReferenceBook
from tests.ledger.makers import ACCOUNTS, rows
from tests.ledger.test_history import small_ledger

Asked = tuple[str, tuple[TransferRow, ...], Posted]
FREEZES = (AccountFlag.NONE, AccountFlag.FROZEN_DEBIT, AccountFlag.FROZEN_CREDIT)


class LedgerMachine(RuleBasedStateMachine):
    """Subclasses say where a new journal lives, and how to drop it."""

    batches = Bundle("batches")

    def new_place(self) -> str:
        """Return the path or URL of a journal that does not exist yet."""
        raise NotImplementedError

    @initialize()
    def open(self) -> None:
        self.place = self.new_place()
        self.journal = Journal.create(self.place, name="machine")
        self.ledger = small_ledger(self.journal)
        self.reference = ReferenceBook()
        for asset, flags in ACCOUNTS:
            self.reference.open_account(asset=asset, flags=flags)
        self.now_us = 1_000
        self.count = 0
        self.looking: tuple[Journal, BookReader] | None = None

    @rule(
        target=batches,
        asked=st.lists(rows(), min_size=1, max_size=10).map(tuple),
        wait_us=st.integers(0, 4),
    )
    def post(self, asked: tuple[TransferRow, ...], wait_us: int) -> Asked:
        self.now_us += wait_us
        self.count += 1
        key = f"batch {self.count}"
        posted = self.ledger.post(rows_of(asked), key, self.now_us)
        expected = self.reference.post(asked, self.now_us)
        assert posted.outcomes.tolist() == [int(outcome) for outcome in expected]
        return key, asked, posted

    @rule(batch=batches)
    def repeat(self, batch: Asked) -> None:
        key, asked, first = batch
        head = self.journal.head
        posted = self.ledger.post(rows_of(asked), key, self.now_us)
        assert posted.repeated and self.journal.head == head
        assert posted.outcomes.tolist() == first.outcomes.tolist()
        assert posted.debit_after.tolist() == first.debit_after.tolist()
        assert posted.credit_after.tolist() == first.credit_after.tolist()

    @rule(batch=batches)
    def use_the_key_for_something_else(self, batch: Asked) -> None:
        key, asked, _ = batch
        other = (*asked, TransferRow(id=2**127 + self.count, debit=0, credit=1, amount=1))
        try:
            self.ledger.post(rows_of(other), key, self.now_us)
        except KeyConflictError:
            return
        raise AssertionError("a key was taken for two bodies")

    @rule(account=st.integers(0, len(ACCOUNTS) - 1), flags=st.sampled_from(FREEZES))
    def freeze(self, account: int, flags: AccountFlag) -> None:
        flags |= ACCOUNTS[account][1]
        self.ledger.set_flags({account: flags}, reason="test", at_us=self.now_us)
        self.reference.set_flags(account, flags)

    @rule()
    def reopen(self) -> None:
        before, head = self.ledger.book.state_hash(), self.journal.head
        self.journal.close()
        self.journal = Journal.open(self.place)
        self.ledger = Ledger.open(self.journal)
        assert self.journal.head == head
        assert self.ledger.book.state_hash() == before
        whole = Ledger.open(self.journal, use_snapshot=False)
        assert book_to_parts(self.ledger.book) == book_to_parts(whole.book)

    @rule()
    def keep_snapshot(self) -> None:
        assert self.ledger.keep_snapshot() == self.journal.head

    @rule()
    def look(self) -> None:
        if self.looking is None:
            journal = Journal.open(self.place, read_only=True)
            self.looking = (journal, BookReader(journal))
        reader = self.looking[1]
        reader.catch_up()
        assert reader.book.state_hash() == self.ledger.book.state_hash()

    @precondition(lambda self: self.count)
    @rule()
    def check(self) -> None:
        report = check_book(self.journal)
        assert report.sound
        assert report.state_hash == self.ledger.book.state_hash()

    @invariant()
    def agrees_with_the_reference(self) -> None:
        for no, account in enumerate(self.reference.accounts):
            found = self.ledger.balance(no)
            assert account.balances == (
                found.debits_pending,
                found.debits_posted,
                found.credits_pending,
                found.credits_posted,
            )
        assert all(line.balances for line in self.ledger.trial_balance())

    def teardown(self) -> None:
        if self.looking is not None:
            self.looking[0].close()
        self.journal.close()
