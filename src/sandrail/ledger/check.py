"""Is this book sound? Replay everything recorded and compare, or name the first wrong row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from sandrail.journal import Fact, Head, Journal, verified_facts
from sandrail.ledger.book import Book, TrialLine
from sandrail.ledger.codes import ACCEPTED_MAX, AccountFlag
from sandrail.ledger.facts import (
    ACCOUNTS_OPENED,
    ASSET_DEFINED,
    BATCH_KINDS,
    FLAGS_SET,
    apply_fact,
    asset_of_fact,
    columns_of,
    differs,
    rows_of_frame,
)
from sandrail.ledger.limits import READ_AHEAD_BYTES, READ_AHEAD_FACTS
from sandrail.ledger.reference import ReferenceBook
from sandrail.ledger.rows import transfers_of
from sandrail.world import EvidenceError

__all__ = ["BookReport", "Engine", "Problem", "check_book", "check_facts"]


class Engine(StrEnum):
    """Who replays."""

    KERNEL = "kernel"
    """The compiled kernel: millions of rows a second."""
    REFERENCE = "reference"
    """Plain Python that shares no posting code with the kernel: slow, and independent."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The first thing that is wrong.

    Attributes:
        seq: the fact; -1 when the whole is wrong and no single fact.
        row: the row within it, or -1.
        code: of the error, such as ``ledger.replay_differs`` or ``journal.broken_chain``.
        text: what is wrong, with the values.
    """

    seq: int
    row: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class BookReport:
    """What a check found.

    Attributes:
        head: the last fact that was read and is sound.
        facts, batches, rows: how much was replayed.
        accepted: rows that changed the book; the others were refused or repeated.
        accounts: how many there are.
        assets: their codes, by number.
        trial_balance: one line per asset, as of ``head``.
        state_hash: of the book as of ``head``; empty when the reference replayed.
        problem: the first thing that is wrong, or None.
    """

    head: Head
    facts: int
    batches: int
    rows: int
    accepted: int
    accounts: int
    assets: tuple[str, ...]
    trial_balance: tuple[TrialLine, ...]
    state_hash: str
    problem: Problem | None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.problem is None


class _Tally:
    def __init__(self) -> None:
        self.assets: list[str] = []
        self.batches = self.rows = self.accepted = 0

    def define(self, fact: Fact) -> None:
        """Require that assets are numbered in order."""
        if fact.kind == ASSET_DEFINED:
            number, asset = asset_of_fact(fact)
            if number != len(self.assets):
                next_one = len(self.assets)
                raise differs(fact, f"It defines asset {number}; the next one is {next_one}.")
            self.assets.append(asset.code)

    def count(self, outcomes: npt.NDArray[np.uint8] | None) -> None:
        """Count a fact that has replayed well; only a batch has outcomes."""
        if outcomes is not None:
            self.batches += 1
            self.rows += len(outcomes)
            self.accepted += int(np.count_nonzero((outcomes > 0) & (outcomes <= ACCEPTED_MAX)))


def check_book(journal: Journal, *, engine: Engine = Engine.KERNEL) -> BookReport:
    """Verify the journal's chain and replay its books; never raise for what is wrong in them."""
    facts = _read_ahead(verified_facts(journal.facts(), journal.genesis))
    return check_facts(facts, journal.genesis, engine)


def check_facts(facts: Iterable[Fact], after: Head, engine: Engine) -> BookReport:
    """Replay facts that follow ``after``, such as those of a bundle, from an empty book."""
    replayer = _KernelReplay() if engine is Engine.KERNEL else _ReferenceReplay()
    tally, head, count = _Tally(), after, 0
    problem = None
    try:
        for fact in facts:
            tally.define(fact)
            tally.count(replayer.apply(fact))
            head, count = fact.head, count + 1
        problem = replayer.out_of_balance()
    except EvidenceError as error:
        seq, row = error.fields.get("seq"), error.fields.get("row")
        problem = Problem(
            seq=seq if isinstance(seq, int) else head.seq + 1,
            row=row if isinstance(row, int) else -1,
            code=error.stable_code,
            text=f"{error.what} {error.why}".strip(),
        )
    return BookReport(
        head=head,
        facts=count,
        batches=tally.batches,
        rows=tally.rows,
        accepted=tally.accepted,
        accounts=replayer.account_count(),
        assets=tuple(tally.assets),
        trial_balance=tuple(replayer.trial_balance()),
        state_hash=replayer.state_hash(),
        problem=problem,
    )


def _read_ahead(facts: Iterator[Fact]) -> Iterator[Fact]:
    """Yield the facts while a thread reads and hashes the next ones; the replay need not wait."""
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as reader:
        coming = reader.submit(_next_page, facts)
        while True:
            page, error = coming.result()
            if page and error is None:
                coming = reader.submit(_next_page, facts)
            yield from page
            if error is not None:
                raise error
            if not page:
                return


def _next_page(facts: Iterator[Fact]) -> tuple[list[Fact], EvidenceError | None]:
    """Return the next facts, up to some bytes or to the first that is wrong, and what is wrong."""
    page, size = [], 0
    try:
        for fact in facts:
            page.append(fact)
            size += len(fact.payload)
            if size >= READ_AHEAD_BYTES or len(page) >= READ_AHEAD_FACTS:
                break
    except EvidenceError as error:
        return page, error
    return page, None


class _KernelReplay:
    def __init__(self) -> None:
        self.book = Book()

    def apply(self, fact: Fact) -> npt.NDArray[np.uint8] | None:
        result = apply_fact(self.book, fact)
        return None if result is None else result.outcomes

    def account_count(self) -> int:
        return self.book.account_count

    def trial_balance(self) -> list[TrialLine]:
        return self.book.trial_balance()

    def state_hash(self) -> str:
        return self.book.state_hash()

    def out_of_balance(self) -> Problem | None:
        return _out_of_balance(self.trial_balance())


class _ReferenceReplay:
    def __init__(self) -> None:
        self.book = ReferenceBook()
        self.last_us = 0

    def apply(self, fact: Fact) -> npt.NDArray[np.uint8] | None:
        if fact.kind not in (*BATCH_KINDS, ACCOUNTS_OPENED, FLAGS_SET):
            return None
        columns = columns_of(fact).columns
        if fact.kind != ACCOUNTS_OPENED:
            if fact.at_us < self.last_us:
                raise differs(fact, f"It is dated {fact.at_us}, after {self.last_us}.")
            if fact.kind in BATCH_KINDS:
                self.last_us = fact.at_us
        if fact.kind == ACCOUNTS_OPENED:
            opened = zip(columns["asset"].tolist(), columns["flags"].tolist(), strict=True)
            for asset, flags in opened:
                self.book.open_account(asset=asset, flags=AccountFlag(flags))
        elif fact.kind == FLAGS_SET:
            set_to = zip(columns["account"].tolist(), columns["flags"].tolist(), strict=True)
            for account, flags in set_to:
                self._require_account(fact, account)
                self.book.set_flags(account, AccountFlag(flags))
        else:
            return self._apply_batch(fact)
        return None

    def _apply_batch(self, fact: Fact) -> npt.NDArray[np.uint8]:
        frame = columns_of(fact)
        rows = transfers_of(rows_of_frame(frame))
        outcomes = self.book.post(rows, fact.at_us)
        recorded = frame.columns["outcome"].tolist()
        for row, (found, expected) in enumerate(zip(recorded, outcomes, strict=True)):
            if found != expected:
                raise differs(fact, f"Row {row} is recorded as {found}, not {expected!r}.", row)
        touched = frame.columns.get("touched.no")
        balances = frame.columns.get("touched.balance")
        if (touched is None) != (balances is None):
            raise differs(fact, "Accounts touched and their balances do not come together.")
        for place, account in enumerate([] if touched is None else touched.tolist()):
            self._require_account(fact, account)
            words = [] if balances is None else balances[place].tolist()
            recorded_balances = tuple(words[k] << 64 | words[k + 1] for k in (0, 2, 4, 6))
            if recorded_balances != self.book.accounts[account].balances:
                raise differs(fact, f"Account {account} is recorded with other balances.")
        return frame.columns["outcome"]

    def _require_account(self, fact: Fact, account: int) -> None:
        if not 0 <= account < len(self.book.accounts):
            raise differs(fact, f"There is no account {account}.")

    def account_count(self) -> int:
        return len(self.book.accounts)

    def trial_balance(self) -> list[TrialLine]:
        lines = []
        for asset in sorted({account.asset for account in self.book.accounts}):
            mine = [account.balances for account in self.book.accounts if account.asset == asset]
            sums = [sum(balances[k] for balances in mine) for k in range(4)]
            lines.append(TrialLine(asset, len(mine), *sums))
        return lines

    def state_hash(self) -> str:
        return ""

    def out_of_balance(self) -> Problem | None:
        return _out_of_balance(self.trial_balance())


def _out_of_balance(lines: Iterable[TrialLine]) -> Problem | None:
    for line in lines:
        if not line.balances:
            text = (
                f"Asset {line.asset} does not balance: debits {line.debits_posted},"
                f" credits {line.credits_posted}."
            )
            return Problem(-1, -1, "ledger.out_of_balance", text)
    return None
