"""PostgreSQL: the contract of all stores, then what is its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest

from sandrail.journal import (
    ChainError,
    Head,
    Journal,
    LocationError,
    Store,
    StoreFault,
    WriterError,
    migrate,
    verify_chain,
)
from sandrail.journal.stores import migration
from sandrail.journal.stores.postgres import COPY_FACTS_MIN, Place, PostgresStore
from sandrail.world import TrialClock

from .makers import AT_US, draft, drafts, filled, frame_draft, heads
from .store_contract import NAME, StoreContract, chain

pytestmark = pytest.mark.postgres
REFUSED_WITHIN_SECONDS = 4


def edit(url: str, statement: str, *, rows: int = 1) -> None:
    """Change the database behind the journal's back."""
    with Place.parse(url).connect("test") as connection:
        assert connection.execute(statement.encode()).rowcount == rows


class TestPostgresStore(StoreContract):
    @pytest.fixture
    def store(self, postgres_url: str) -> Iterator[Store]:
        store = PostgresStore.create(postgres_url, name=NAME, now_us=0)
        yield store
        store.close()

    @pytest.fixture
    def reopen(self, postgres_url: str) -> Iterator[Callable[[Store], Store]]:
        opened: list[Store] = []

        def again(store: Store) -> Store:
            store.close()
            opened.append(PostgresStore.open(postgres_url, read_only=False, now_us=0))
            return opened[-1]

        yield again
        for store in opened:
            store.close()

    def test_few_facts_and_many_are_written_alike(self, store: Store) -> None:
        facts = chain(4 * COPY_FACTS_MIN)
        at = 0
        for count in (1, COPY_FACTS_MIN - 1, COPY_FACTS_MIN, 2 * COPY_FACTS_MIN):
            store.append(facts[at : at + count])
            at += count
        assert list(store.read(0)) == facts

    @pytest.mark.parametrize("count", [2, COPY_FACTS_MIN + 2])
    def test_many_facts_of_another_history_are_refused(self, store: Store, count: int) -> None:
        ours = chain(3)
        store.append(ours)
        with pytest.raises(WriterError):
            store.append(chain(count + 3, variant=1)[3:])
        assert list(store.read(0)) == ours

    def test_pages_shrink_for_large_payloads(self, store: Store) -> None:
        facts = chain(40, size=600_000)
        for fact in facts:
            store.append([fact])
        assert list(store.read(0)) == facts


def test_same_facts_same_hashes_as_in_memory(postgres_url: str) -> None:
    with Journal.create(postgres_url, name="t") as journal:
        filled(journal, 20).commit([frame_draft(50)])
        here = list(journal.facts())
    memory = filled(Journal.in_memory("t"), 20)
    memory.commit([frame_draft(50)])
    assert here == list(memory.facts())
    with Journal.open(postgres_url) as journal:
        assert journal.head == memory.head


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fact SET payload = 'other' WHERE seq = 4",
        "UPDATE fact SET payload = '' WHERE seq = 4",
        "UPDATE fact SET at_us = 0 WHERE seq = 4",
        "UPDATE fact SET hash = prev_hash WHERE seq = 4",
        "DELETE FROM fact WHERE seq = 4",
    ],
)
def test_opening_names_the_first_changed_fact(postgres_url: str, statement: str) -> None:
    with Journal.create(postgres_url, name="t") as journal:
        filled(journal, 9)
    edit(postgres_url, statement)
    with pytest.raises(ChainError) as caught:
        Journal.open(postgres_url)
    assert caught.value.fields["seq"] == 4


def test_a_cut_off_end_is_noticed_by_the_head_row(postgres_url: str) -> None:
    with Journal.create(postgres_url, name="t") as journal:
        filled(journal, 9)
    edit(postgres_url, "DELETE FROM fact WHERE seq = 8")
    with pytest.raises(ChainError, match="another one"):
        Journal.open(postgres_url)


def test_a_second_writer_learns_who_holds_the_place(postgres_url: str) -> None:
    code = (
        "import sys; from sandrail.journal import Journal, WriterError\n"
        "with Journal.open(sys.argv[1], read_only=True) as j: print(j.head.seq)\n"
        "try: Journal.open(sys.argv[1])\n"
        "except WriterError as error: print(error.fields['holder_pid'], error.why)\n"
    )
    with filled(Journal.create(postgres_url, name="t", clock=TrialClock(AT_US)), 5):
        out = subprocess.run(
            [sys.executable, "-c", code, postgres_url], capture_output=True, text=True, check=True
        )
    assert out.stdout.startswith(f"4\n{os.getpid()} Process {os.getpid()} on ")
    assert "since 2026-01-01T00:00:00Z" in out.stdout
    Journal.open(postgres_url).close()


def test_there_is_one_writers_place(postgres_url: str) -> None:
    with Journal.create(postgres_url, name="t"), pytest.raises(WriterError, match="elsewhere"):
        Journal.open(postgres_url).close()


def test_a_commit_from_another_head_is_refused(postgres_url: str) -> None:
    store = PostgresStore.create(postgres_url, name=NAME, now_us=0)
    try:
        facts = chain(4)
        store.append(facts[:2])
        with pytest.raises(WriterError):
            store.append(facts[3:])
    finally:
        store.close()


def test_two_writers_never_both_succeed(postgres_url: str) -> None:
    """The advisory lock taken away, as by a pooler that reset the session."""
    with filled(Journal.create(postgres_url, name="t"), 3) as first:
        store = first._store
        assert isinstance(store, PostgresStore)
        store._writer.execute("SELECT pg_advisory_unlock_all()")
        with Journal.open(postgres_url) as second:
            with pytest.raises(WriterError, match="Fact 3"):
                first.commit([draft(99)])
            with pytest.raises(StoreFault, match="no more facts"):
                first.commit([draft(99)])
            second.commit([draft(3)])
    with Journal.open(postgres_url) as journal:
        assert heads(journal.facts()) == heads(filled(Journal.in_memory("t"), 4).facts())


def test_racing_writers_leave_one_history(postgres_url: str) -> None:
    """Both believe in the same fence and head; of every race exactly one commit survives."""
    with Journal.create(postgres_url, name=NAME) as journal:
        fence = journal._store._fence  # type: ignore[attr-defined]
    stores = [PostgresStore(Place.parse(postgres_url), writes=True) for _ in range(2)]
    outcomes: list[bool] = []
    for _ in range(25):
        head = stores[0].head()
        barrier = threading.Barrier(2)
        results: list[bool] = []

        def race(store: PostgresStore, variant: int) -> None:
            store.name, store._fence, store._spoiled = NAME, fence, ""
            facts = chain(2, after=head, variant=variant)  # noqa: B023
            barrier.wait()  # noqa: B023
            try:
                store.append(facts)
                results.append(True)  # noqa: B023
            except WriterError:
                results.append(False)  # noqa: B023

        threads = [threading.Thread(target=race, args=(s, v)) for v, s in enumerate(stores)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        outcomes.extend(results)
    for store in stores:
        store.close()
    assert outcomes.count(True) == outcomes.count(False) == 25
    with Journal.open(postgres_url) as journal:
        assert journal.head.seq == 49


def test_an_overtaken_writer_keeps_no_snapshot(postgres_url: str) -> None:
    """It may hold what its successor has redacted."""
    with filled(Journal.create(postgres_url, name="t"), 3) as first:
        writer = first._store._writer  # type: ignore[attr-defined]
        writer.execute("SELECT pg_advisory_unlock_all()")
        with Journal.open(postgres_url) as second:
            second.redact(1, at_us=AT_US, actor="court:1", reason="Order 7/2026")
            with pytest.raises(WriterError, match="no longer written here"):
                first.put_snapshot("book", [b"x"], head=first.head, version=1)
            assert second.snapshot("book", version=1) is None


def test_takeovers_from_a_writer_that_notices_nothing(postgres_url: str) -> None:
    """Writers are overtaken in the middle of their work, five times, while readers look.

    Nobody is disconnected; the lock alone is gone, as behind a pooler. From the moment in which the
    next one holds the place no commit of the last one succeeds, and each fact has one author.
    """
    watchers = [Watcher(postgres_url) for _ in range(2)]
    terms: list[Term] = []
    with ExitStack() as opened:
        journal = opened.enter_context(Journal.create(postgres_url, name="t"))
        for watcher in watchers:
            opened.callback(watcher.end)
            watcher.start()
        for number in range(6):
            terms.append(Term(journal, number))
            terms[-1].start()
            assert terms[-1].busy.wait(30)
            writer = journal._store._writer  # type: ignore[attr-defined]
            writer.execute("SELECT pg_advisory_unlock_all()")
            successor = opened.enter_context(Journal.open(postgres_url))
            opened.callback(terms[-1].end)
            held_from = successor.head.seq
            terms[-1].join(REFUSED_WITHIN_SECONDS)
            assert terms[-1].ended is WriterError
            assert successor.head.seq == held_from == terms[-1].acknowledged[-1].seq
            journal.close()
            journal = successor
    with Journal.open(postgres_url, read_only=True) as after:
        assert heads(after.facts()) == [head for term in terms for head in term.acknowledged]
    for watcher in watchers:
        assert watcher.wrong == []
        assert watcher.looks > 0


class Term(threading.Thread):
    """A writer that commits until it is refused."""

    def __init__(self, journal: Journal, number: int) -> None:
        super().__init__(daemon=True)
        self.journal, self.number = journal, number
        self.acknowledged: list[Head] = []
        self.busy = threading.Event()
        self.stop = threading.Event()
        self.ended: type[Exception] | None = None

    def end(self) -> None:
        self.stop.set()
        self.join(30)

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                facts = self.journal.commit(drafts(self.number, len(self.acknowledged)))
                self.acknowledged += heads(facts)
                if len(self.acknowledged) >= 20:
                    self.busy.set()
        except (WriterError, StoreFault) as error:
            self.ended = type(error)


class Watcher(threading.Thread):
    """A reader that verifies the whole chain again and again, and never sees it shrink."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.stop, self.looks = url, threading.Event(), 0
        self.wrong: list[str] = []

    def run(self) -> None:
        last = -1
        with Journal.open(self.url, read_only=True) as reader:
            while not self.stop.is_set():
                try:
                    head = verify_chain(reader.facts(), reader.genesis)
                except ChainError as error:
                    self.wrong.append(str(error))
                    return
                if head.seq < last:
                    self.wrong.append(f"fact {last} was there and is gone")
                last = head.seq
                self.looks += 1

    def end(self) -> None:
        self.stop.set()
        self.join(30)


def test_a_writer_whose_connection_dies_stops_and_another_takes_over(postgres_url: str) -> None:
    first = filled(Journal.create(postgres_url, name="t"), 3)
    edit(
        postgres_url,
        "SELECT pg_terminate_backend(l.pid) FROM pg_locks l"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> pg_backend_pid()",
    )
    with pytest.raises(StoreFault, match="Nothing was acknowledged"):
        first.commit([draft(3)])
    with pytest.raises(StoreFault):
        first.commit([draft(3)])
    with Journal.open(postgres_url) as second:
        assert second.head.seq == 2
        second.commit([draft(3)])
    first.close()


def test_readers_and_writer_do_not_wait_for_each_other(postgres_url: str) -> None:
    with filled(Journal.create(postgres_url, name="t"), 60) as journal:
        done = threading.Event()
        counts: list[int] = []

        def look() -> None:
            with Journal.open(postgres_url, read_only=True) as reader:
                while True:
                    counts.append(sum(1 for _ in reader.facts()))
                    if done.is_set():
                        return

        threads = [threading.Thread(target=look) for _ in range(3)]
        for thread in threads:
            thread.start()
        for n in range(60, 160):
            journal.commit([draft(n)])
        done.set()
        for thread in threads:
            thread.join()
        assert len(counts) >= len(threads)
        assert all(60 <= count <= 160 for count in counts)
        assert journal.head.seq == 159


def test_a_journal_of_the_first_version_is_migrated_and_unchanged(postgres_url: str) -> None:
    """Made with the first migration only, filled by hand, then brought forward."""
    facts = list(filled(Journal.in_memory("old"), 6).facts())
    place = Place.parse(postgres_url)
    with place.connect("test") as connection:
        assert migration.apply_migrations(connection, place.schema, up_to=1) == ["0001_facts.sql"]
        connection.execute(
            "INSERT INTO journal (name, created_us, head_seq, head_hash) VALUES ('old', 0, 5, %s)",
            (facts[-1].hash,),
        )
        for f in facts:
            row = (f.seq, f.kind, f.at_us, f.actor, f.hash, f.prev_hash, f.payload_hash, f.payload)
            connection.execute("INSERT INTO fact VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row)
    with pytest.raises(LocationError, match="sandrail migrate") as caught:
        Journal.open(postgres_url)
    assert caught.value.stable_code == "journal.needs_migration"
    later = ["0002_snapshots.sql", "0003_writers.sql", "0004_snapshot_parts.sql"]
    assert migrate(postgres_url) == later
    assert migrate(postgres_url) == []
    with Journal.open(postgres_url) as journal:
        assert list(journal.facts()) == facts
        journal.commit(drafts(6))
        journal.put_snapshot("book", [b"x"], head=journal.head, version=1)


def test_an_edited_or_unknown_migration_is_refused(postgres_url: str) -> None:
    Journal.create(postgres_url, name="t").close()
    edit(postgres_url, "INSERT INTO migration (no, name, sha256) VALUES (99, '0099_x.sql', '')")
    with pytest.raises(StoreFault, match="0099_x"):
        Journal.open(postgres_url)
    edit(postgres_url, "DELETE FROM migration WHERE no = 99")
    edit(postgres_url, "UPDATE migration SET sha256 = 'x' WHERE no = 2")
    with pytest.raises(StoreFault, match="0002_snapshots"):
        migrate(postgres_url)


def test_places_that_hold_no_journal_or_have_one(postgres_server: str, postgres_url: str) -> None:
    with pytest.raises(LocationError, match="no journal in the schema"):
        Journal.open(postgres_url)
    migrate(postgres_url)
    with pytest.raises(LocationError, match="no journal in the schema"):
        Journal.open(postgres_url)
    Journal.create(postgres_url, name="t").close()
    with pytest.raises(LocationError, match="already holds"):
        Journal.create(postgres_url, name="t")
    for schema in ("Upper", "a-b", "pg_x", "x" * 64, 'q"'):
        with pytest.raises(LocationError, match="schema of a journal"):
            Journal.open(f"{postgres_server}&schema={schema}")
    with pytest.raises(StoreFault, match="cannot be reached"):
        Journal.open("postgresql://nobody@/none?host=/nonexistent")


def test_payloads_are_stored_uncompressed(postgres_url: str) -> None:
    with Journal.create(postgres_url, name="t") as journal:
        journal.commit([draft(0, size=100_000)])
    with Place.parse(postgres_url).connect("test") as connection:
        rows = connection.execute("SELECT pg_column_compression(payload) FROM fact").fetchall()
    assert rows == [(None,)]


def test_a_commit_waits_for_the_disk(postgres_url: str) -> None:
    with Journal.create(postgres_url, name="t") as journal:
        store = journal._store
        assert isinstance(store, PostgresStore)
        assert store._writer.execute("SHOW synchronous_commit").fetchall() == [("on",)]
    with psycopg.connect(Place.parse(postgres_url).conninfo) as connection:
        assert connection.execute("SHOW fsync").fetchall() == [("on",)]
