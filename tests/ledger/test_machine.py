"""The ledger machine on SQLite and on PostgreSQL, and the bank test under fire on PostgreSQL."""

from __future__ import annotations

import itertools
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from sandrail.journal import Journal, StoreFault, WriterError
from sandrail.ledger import (
    AccountFlag,
    BookReader,
    HaltedError,
    Ledger,
    Outcome,
    TransferRow,
    check_book,
    rows_of,
)
from sandrail.money import Asset, AssetKind
from sandrail.world import Seed
from tests.ledger.machine import LedgerMachine

EXAMPLES = int(os.environ.get("SANDRAIL_SEEDS", "25"))
_places = itertools.count(1)


def settings_for(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def test_machine_on_sqlite() -> None:
    with tempfile.TemporaryDirectory() as folder:

        class OnSqlite(LedgerMachine):
            def new_place(self) -> str:
                return str(Path(folder) / f"{next(_places)}.journal")

        run_state_machine_as_test(OnSqlite, settings=settings_for(EXAMPLES))


@pytest.mark.postgres
def test_machine_on_postgresql(postgres_server: str) -> None:
    class OnPostgres(LedgerMachine):
        def new_place(self) -> str:
            return f"{postgres_server}&schema=machine_{next(_places)}"

    run_state_machine_as_test(OnPostgres, settings=settings_for(max(5, EXAMPLES // 4)))


CUSTOMERS = 8
FUNDS = 1_000


def open_bank(journal: Journal) -> Ledger:
    """An outside account and customers who all begin with the same."""
    ledger = Ledger.open(journal)
    ledger.define_asset(Asset("PKR", 2, AssetKind.FIAT), at_us=0)
    ledger.open_account(asset=0, at_us=0)
    for _ in range(CUSTOMERS):
        ledger.open_account(asset=0, flags=AccountFlag.MUST_NOT_OVERDRAW_CREDITS, at_us=0)
    funds = [TransferRow(id=no, debit=0, credit=no, amount=FUNDS) for no in range(1, CUSTOMERS + 1)]
    ledger.post(rows_of(funds), "funds", 1)
    return ledger


def payments(seed: int) -> Iterator[list[TransferRow]]:
    """Random payments between customers, many of them too large."""
    stream = Seed(seed).stream("payments")
    for number in itertools.count():
        rows = []
        for place in range(20):
            debit, credit = (int(n) + 1 for n in stream.choice(CUSTOMERS, 2, replace=False))
            id_ = seed << 64 | number << 16 | place + 100
            amount = int(stream.integers(1, 2 * FUNDS))
            rows.append(TransferRow(id=id_, debit=debit, credit=credit, amount=amount))
        yield rows


class Watcher(threading.Thread):
    """A reader that looks all the time: the total is constant and nobody is below zero."""

    def __init__(self, place: str) -> None:
        super().__init__(daemon=True)
        self.place, self.stop, self.looks = place, threading.Event(), 0
        self.wrong: list[str] = []

    def run(self) -> None:
        with Journal.open(self.place, read_only=True) as journal:
            reader = BookReader(journal)
            while not self.stop.is_set():
                reader.catch_up()
                nets = [reader.balance(no).net_credit for no in range(1, CUSTOMERS + 1)]
                if sum(nets) != CUSTOMERS * FUNDS or min(nets) < 0:
                    self.wrong.append(f"fact {reader.head.seq}: {nets}")
                self.looks += 1


def serve_one_term(ledger: Ledger, term: int, *, server: str) -> dict[int, int]:
    """Post until the server cuts this writer off; return what it had told its callers by then."""
    told: dict[int, int] = {}
    coming = payments(term)
    for number, rows in enumerate(itertools.islice(coming, 15)):
        posted = ledger.post(rows_of(rows), f"{term}/{number}", ledger.book.last_us + 1)
        told |= {row.id: code for row, code in zip(rows, posted.outcomes.tolist(), strict=True)}
    cut_off_the_writer(server)
    with pytest.raises((StoreFault, WriterError)):
        ledger.post(rows_of(next(coming)), f"{term}/cut off", ledger.book.last_us + 1)
    with pytest.raises(HaltedError):
        ledger.post(rows_of(next(coming)), f"{term}/after", ledger.book.last_us + 1)
    return told


def cut_off_the_writer(server: str) -> None:
    """End the session that holds the writer's advisory lock."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        ).fetchall()
    assert ended, "nobody holds the writer's place"


@pytest.mark.postgres
def test_bank_keeps_its_total_while_writers_are_cut_off(postgres_url: str) -> None:
    """Three writers one after the other; the server cuts each off in the middle of its work.

    What a writer told its callers is there for the next one; whoever was cut off takes no more.
    Readers look all the time.
    """
    server = postgres_url.partition("&schema=")[0]
    with Journal.create(postgres_url, name="bank") as journal:
        open_bank(journal)
    watchers = [Watcher(postgres_url) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    told: dict[int, int] = {}
    try:
        for term in range(3):
            with Journal.open(postgres_url) as journal:
                told |= serve_one_term(Ledger.open(journal), term, server=server)
    finally:
        for watcher in watchers:
            watcher.stop.set()
            watcher.join(timeout=30)
    with Journal.open(postgres_url) as journal:
        book = Ledger.open(journal).book
        kept = {id_: book.transfer(id_) for id_ in told}
        assert {id_: int(found.outcome) for id_, found in kept.items() if found} == told
        assert check_book(journal).sound
    assert {Outcome.POSTED, Outcome.OVERDRAFT} <= set(told.values())
    for watcher in watchers:
        assert watcher.wrong == [] and watcher.looks > 0
