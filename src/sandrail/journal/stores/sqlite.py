"""Facts in one SQLite file: no server, durable at every commit, readers beside the one writer.

The write-ahead log with ``synchronous=FULL`` makes one fsync per commit, before the commit returns;
under ``NORMAL`` it makes none, so this file checks after opening what it was given. A writer that
met an error of the disk writes no more: what was not acknowledged may or may not be there, and only
opening the journal again tells.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sandrail.journal.errors import ChainError, LocationError, StoreFault, WriterError
from sandrail.journal.fact import EMPTY_SEQ, Fact, Head, genesis_hash
from sandrail.journal.limits import READ_PAGE_BYTES, READ_PAGE_FACTS
from sandrail.journal.snapshot import Snapshot
from sandrail.journal.stores import sqlite_snapshots
from sandrail.journal.stores.driver import STDLIB, Driver, Faults
from sandrail.journal.stores.form import (
    APPLICATION_ID,
    FORM,
    TABLES,
    Mark,
    apply_steps,
    read_mark,
    require_form,
)
from sandrail.journal.stores.lock import WriterLock
from sandrail.journal.stores.log_keeper import LogKeeper

__all__ = ["SqliteStore"]

PAGE_BYTES = 8_192
CACHE_KIB = 65_536
BUSY_MS = 10_000

_INSERT = "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_HEAD = "SELECT seq, hash FROM fact ORDER BY seq DESC LIMIT 1"
_COLUMNS = "seq, kind, at_us, actor, payload, payload_hash, prev_hash, hash"
_INT64_MAX = 2**63 - 1


class SqliteStore:
    """One journal in one file. Made by ``create`` and ``open``, not by calling the class."""

    def __init__(self, path: Path, driver: Driver, lock: WriterLock | None) -> None:
        self._path = path
        self._driver = driver
        self._lock = lock
        self._spoiled = ""
        self._closed = False
        self._connections: list[Any] = []
        self._turn = threading.Lock()
        self._keeper: LogKeeper | None = None
        self.name = ""

    @classmethod
    def create(cls, path: Path, *, name: str, now_us: int, driver: Driver = STDLIB) -> SqliteStore:
        """Make a new journal file and hold its writer's place."""
        genesis_hash(name)
        if not path.parent.is_dir() and driver is STDLIB:
            raise LocationError(
                f"The folder {path.parent} does not exist.",
                fix="Create it first.",
            )
        store = cls(path, driver, cls._take_place(path, driver, now_us))
        with _closing_on_error(store):
            if read_mark(path, driver) == Mark(APPLICATION_ID, FORM):
                store._rewrite_log()  # an earlier attempt to create it failed half-way
            store._connect(writes=True)
            with store._faults("be set up"):
                held = store._rows("SELECT count(*) FROM sqlite_schema")[0][0]
            if held:
                raise LocationError(
                    f"{path} already holds something.",
                    why="A new journal starts in a new file.",
                    fix="Open it with Journal.open, or choose another path.",
                )
            store._sign()
            store._make_durable()
            store._write_tables(name, now_us)
            store._begin_keeping()
        return store

    @classmethod
    def open(
        cls, path: Path, *, read_only: bool, now_us: int, driver: Driver = STDLIB
    ) -> SqliteStore:
        """Open an existing journal file; for writing, hold its writer's place."""
        cls._require_file(path, driver)
        store = cls(path, driver, None if read_only else cls._take_place(path, driver, now_us))
        with _closing_on_error(store):
            require_form(path, driver)
            if not read_only:
                store._rewrite_log()
            store._connect(writes=not read_only)
            store._read_name()
            if not read_only:
                store._make_durable()
                store._begin_keeping()
        return store

    @classmethod
    def migrate(cls, path: Path, *, now_us: int, driver: Driver = STDLIB) -> list[str]:
        """Bring a journal file to this version's form and return the names of the steps applied."""
        cls._require_file(path, driver)
        store = cls(path, driver, cls._take_place(path, driver, now_us))
        try:
            require_form(path, driver, migrating=True)
            store._rewrite_log()
            store._connect(writes=True)
            store._read_name()
            store._make_durable()
            with store._faults("be migrated"):
                return apply_steps(path, store._connections[0])
        finally:
            store.close()

    @staticmethod
    def _require_file(path: Path, driver: Driver) -> None:
        if driver is STDLIB and not path.is_file():
            raise LocationError(
                f"There is no journal at {path}.",
                fix="Create one with `sandrail init`, or check the path.",
            )

    @staticmethod
    def _take_place(path: Path, driver: Driver, now_us: int) -> WriterLock | None:
        return WriterLock(path, since_us=now_us) if driver.shares_file else None

    def head(self) -> Head:
        with self._faults("read its head"):
            rows = self._rows(_HEAD)
        return Head(*rows[0]) if rows else Head(EMPTY_SEQ, genesis_hash(self.name))

    def append(self, facts: Sequence[Fact], redacting: Sequence[int] = ()) -> None:
        rows = [
            (f.seq, f.kind, f.at_us, f.actor, f.hash, f.prev_hash, f.payload_hash, f.payload)
            for f in facts
        ]
        size = sum(len(fact.payload) for fact in facts)

        def write(writer: Any) -> None:
            self._require_place(writer, facts)
            writer.executemany(_INSERT, rows)
            if redacting:
                writer.executemany(
                    "UPDATE fact SET payload = x'' WHERE seq = ?", [(seq,) for seq in redacting]
                )
                sqlite_snapshots.drop_since(writer, min(redacting))

        self._transact(f"record {len(facts)} facts", size, write)

    def _transact(self, purpose: str, size: int, write: Callable[[Any], None]) -> None:
        """Write in one transaction; after any error in it nothing more is taken."""
        with self._turn:
            self._require_sound()
            writer = self._connections[0]
            try:
                writer.execute("BEGIN IMMEDIATE")
                write(writer)
                writer.execute("COMMIT")
            except WriterError as error:
                self._spoil(error)
                raise
            except self._driver.errors as error:
                self._spoil(error)
                raise StoreFault(
                    f"The journal {self._path} could not {purpose}.",
                    why=f"SQLite says: {error}. Nothing was acknowledged.",
                    fix="See to the disk, then open the journal again: it shows what was recorded.",
                ) from error
            if self._keeper is not None:
                self._keeper.committed(size)

    def read(
        self, since: int, until: int | None = None, kinds: Sequence[str] | None = None
    ) -> Iterator[Fact]:
        sql = f"SELECT {_COLUMNS} FROM fact WHERE seq >= ? AND seq < ?"
        if kinds is not None:
            sql += f" AND kind IN ({', '.join('?' * len(kinds))})"
        sql += f" ORDER BY seq LIMIT {READ_PAGE_FACTS}"
        next_seq = max(since, 0)
        end = _INT64_MAX if until is None else until
        while True:
            page, more = self._read_page(sql, (next_seq, end, *(kinds or ())))
            yield from page
            if not more:
                return
            next_seq = page[-1].seq + 1

    def _read_page(self, sql: str, bindings: tuple[object, ...]) -> tuple[list[Fact], bool]:
        page: list[Fact] = []
        size = 0
        with self._faults("read its facts"):
            cursor = self._reader.execute(sql, bindings)
            for row in cursor:
                fact = Fact(*row)
                page.append(fact)
                if isinstance(fact.payload, bytes):  # a damaged row may hold anything
                    size += len(fact.payload)
                if size >= READ_PAGE_BYTES:
                    cursor.close()
                    return page, True
        return page, len(page) == READ_PAGE_FACTS

    def put_snapshot(self, snapshot: Snapshot) -> None:
        size = sum(len(part) for part in snapshot.parts)
        self._transact(
            f"keep the snapshot {snapshot.name}",
            size,
            lambda writer: sqlite_snapshots.put(writer, snapshot),
        )

    def snapshot(self, name: str) -> Snapshot | None:
        with self._faults("read a snapshot"):
            return sqlite_snapshots.read(self._reader, name)

    def drop_snapshots(self) -> None:
        self._transact(
            "drop its snapshots", 0, lambda writer: sqlite_snapshots.drop_since(writer, EMPTY_SEQ)
        )

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._keeper is not None:
            self._keeper.stop()
        for connection in reversed(self._connections):
            # A failing checkpoint loses nothing: what was acknowledged is in the write-ahead log.
            with suppress(*self._driver.errors):
                connection.close()
        self._connections.clear()
        if self._lock is not None:
            self._lock.release()

    def _connect(self, *, writes: bool) -> None:
        with self._faults("be opened"):
            connection = self._driver.connect(str(self._path), writes)
            self._connections.append(connection)
            self._set(f"busy_timeout = {BUSY_MS}")
            if not self._driver.shares_file:
                self._set("locking_mode = EXCLUSIVE")

    def _make_durable(self) -> None:
        """Ask for one sync per commit, and check that it was granted."""
        with self._faults("be made durable"):
            self._set(f"cache_size = -{CACHE_KIB}")
            self._set("journal_mode = WAL")
            self._set("synchronous = FULL")
            self._set("fullfsync = ON")
            self._set("trusted_schema = OFF")
            self._set("secure_delete = ON")
            sizes = self._driver.log_sizes
            self._set(f"wal_autocheckpoint = {4 * sizes.write_back_bytes // PAGE_BYTES}")
            self._set(f"journal_size_limit = {sizes.kept_bytes}")
            modes = (
                self._rows("PRAGMA journal_mode")[0][0],
                self._rows("PRAGMA synchronous")[0][0],
            )
        if modes != ("wal", 2):
            raise StoreFault(
                f"SQLite cannot make commits to {self._path} durable.",
                why=f"It answers journal_mode, synchronous = {modes}, not ('wal', 2).",
                fix="Put the journal on a local disk.",
            )

    def _begin_keeping(self) -> None:
        """Look after the log from now on, and read beside the writer where that is possible."""
        writer = self._connections[0]
        self._keeper = LogKeeper(self._path, self._driver, turn=self._turn, writer=writer)
        if self._driver.shares_file:
            self._connect(writes=False)

    @property
    def _reader(self) -> Any:
        if self._closed:
            raise StoreFault(
                f"The journal {self._path} is closed.",
                fix="Open it again.",
            )
        return self._connections[-1]

    def _set(self, pragma: str) -> None:
        self._reader.execute(f"PRAGMA {pragma}").fetchall()

    def _rows(self, sql: str, bindings: tuple[object, ...] = ()) -> list[Any]:
        return list(self._reader.execute(sql, bindings).fetchall())

    def _write_tables(self, name: str, now_us: int) -> None:
        genesis = genesis_hash(name).hex()
        identity = (("name", name), ("created_us", str(now_us)), ("genesis", genesis))
        writer = self._connections[0]
        with self._faults("be set up"):
            writer.execute("BEGIN IMMEDIATE")
            for table in TABLES:
                writer.execute(table)
            writer.executemany("INSERT INTO journal VALUES (?, ?)", identity)
            writer.execute("COMMIT")
        self.name = name

    def _sign(self) -> None:
        """Write into the file's first bytes, before there is a log, that it is a journal."""
        with self._faults("be set up"):
            self._set(f"page_size = {PAGE_BYTES}")
            self._set(f"application_id = {APPLICATION_ID}")
            self._set(f"user_version = {FORM}")

    def _rewrite_log(self) -> None:
        with self._faults("have its log rewritten"):
            self._driver.rewrite_log(str(self._path))

    def _read_name(self) -> None:
        with self._faults("be read"):
            tables = self._rows("SELECT count(*) FROM sqlite_schema WHERE name = 'journal'")
            rows = self._rows("SELECT key, value FROM journal") if tables[0][0] else []
        identity = dict(rows)
        name = identity.get("name")
        if not isinstance(name, str):
            raise LocationError(
                f"{self._path} holds no whole journal.",
                why="It was never finished, or the file is damaged.",
                fix="Create it again, or restore it from a backup.",
            )
        if not _is_genesis_of(name, identity.get("genesis")):
            raise ChainError(
                f"{self._path} is not the journal that it says it is.",
                why=f"It did not begin under the name {name!r}.",
                fix="Check the disk, then restore it from a backup.",
                seq=0,
            )
        self.name = name

    def _require_place(self, writer: Any, facts: Sequence[Fact]) -> None:
        """Inside the transaction: the head on disk must be the one these facts chain to."""
        row = writer.execute(_HEAD).fetchone()
        found = Head(*row) if row else Head(EMPTY_SEQ, genesis_hash(self.name))
        if facts and found != Head(facts[0].seq - 1, facts[0].prev_hash):
            raise WriterError(
                f"Fact {facts[0].seq} of the journal {self._path} cannot be written here.",
                why=f"Somebody else has written: its head is fact {found.seq}.",
                fix="Open the journal again and decide again.",
                head=found.seq,
            )

    def _require_sound(self) -> None:
        failure = self._spoiled or (self._keeper.failure if self._keeper is not None else "")
        if failure or self._closed:
            raise StoreFault(
                f"The journal {self._path} takes no more facts in this process.",
                why=failure or "It was closed.",
                fix="Open it again: it then shows what was recorded.",
            )

    def _spoil(self, error: Exception) -> None:
        self._spoiled = f"An earlier write failed: {error}"
        try:
            self._connections[0].execute("ROLLBACK")
        except self._driver.errors:
            return

    def _faults(self, purpose: str) -> Faults:
        return Faults(self._path, self._driver, purpose)


class _closing_on_error:  # noqa: N801  (reads as a statement)
    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self._store.close()


def _is_genesis_of(name: str, kept: object) -> bool:
    """Whether the name is the one that the journal began under; files of before do not say.

    While a journal is empty no hash of a fact stands on its name yet.
    """
    try:
        return kept is None or kept == genesis_hash(name).hex()
    except LocationError:
        return False
