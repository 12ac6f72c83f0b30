"""The write-ahead log is given its length, overwritten and written back beside the commits."""

from __future__ import annotations

import dataclasses
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandrail.journal import Journal, StoreFault
from sandrail.journal.stores import driver as driver_module
from sandrail.journal.stores.driver import LOG_SUFFIX, STDLIB, Driver, LogSizes
from sandrail.journal.stores.sqlite import SqliteStore

from .makers import draft

SIZES = LogSizes(extend_after=3, kept_bytes=800_000, write_back_bytes=200_000)
ROUNDS = 8
COMMITS_MAX = 5_000
WAIT_SECONDS = 30


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "j.db"


class Watched:
    """A connection that tells somebody before it writes a log back."""

    def __init__(self, connection: sqlite3.Connection, told: Callable[[], None]) -> None:
        self._connection = connection
        self._told = told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, sql: str, *bindings: Any) -> Any:
        if "wal_checkpoint" in sql:
            self._told()
        return self._connection.execute(sql, *bindings)


def kept(path: Path, driver: Driver) -> tuple[Journal, SqliteStore]:
    store = SqliteStore.create(path, name="t", now_us=0, driver=driver)
    return Journal(store), store


def small(*, shares_file: bool = True, told: Callable[[], None] = lambda: None) -> Driver:
    """Return the driver of production with a small log."""

    def connect(path: str, writes: bool) -> Any:
        return Watched(STDLIB.connect(path, writes), told)

    return dataclasses.replace(
        STDLIB,
        connect=connect,
        extend_log=lambda *where: driver_module._extend_log(*where),
        shares_file=shares_file,
        log_sizes=SIZES,
    )


def crash_image(store: SqliteStore, path: Path) -> Path:
    """Copy what the next process would find if this one died now."""
    image = path.with_name("image.db")
    with store._turn:
        for suffix in ("", LOG_SUFFIX):
            shutil.copyfile(f"{path}{suffix}", f"{image}{suffix}")
    return image


def test_a_log_that_got_its_length_ends_where_it_did(path: Path) -> None:
    journal, store = kept(path, small(shares_file=False))
    with journal:
        for n in range(SIZES.extend_after):
            journal.commit([draft(n, size=20_000)])
        assert path.with_name("j.db" + LOG_SUFFIX).stat().st_size == SIZES.kept_bytes
        with Journal.open(crash_image(store, path)) as image:
            assert list(image.facts()) == list(journal.facts())


@pytest.mark.parametrize("shares_file", [True, False])
def test_the_log_is_begun_anew_and_nothing_is_lost(path: Path, shares_file: bool) -> None:
    written_back = threading.Event()
    journal, store = kept(path, small(shares_file=shares_file, told=written_back.set))
    log = path.with_name("j.db" + LOG_SUFFIX)
    with journal:
        for rounds in range(ROUNDS):
            written_back.clear()
            before = journal.head.seq
            while not written_back.is_set():
                assert journal.head.seq - before < COMMITS_MAX
                journal.commit([draft(journal.head.seq + 1, size=3_000)])
            with Journal.open(crash_image(store, path)) as image:
                assert list(image.facts()) == list(journal.facts()), rounds
        recorded = list(journal.facts())
        if not shares_file:
            assert log.stat().st_size == SIZES.kept_bytes < ROUNDS * SIZES.write_back_bytes
    assert not log.exists()
    with Journal.open(path) as again:
        assert list(again.facts()) == recorded


def test_the_end_of_a_write_back_waits_its_turn(path: Path) -> None:
    """The first pass runs beside the commits, the second while none can begin."""
    held: list[bool] = []
    twice = threading.Event()
    stores: list[SqliteStore] = []

    def told() -> None:
        if stores:
            held.append(stores[0]._turn.locked())
            if len(held) == 2:
                twice.set()

    journal, store = kept(path, small(told=told))
    stores.append(store)
    with journal:
        journal.commit([draft(0, size=2 * SIZES.write_back_bytes)])
        assert twice.wait(WAIT_SECONDS)
    assert held[1]


def test_a_failing_write_back_ends_the_writing(path: Path) -> None:
    def told() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    journal, _ = kept(path, small(shares_file=False, told=told))
    with journal:
        journal.commit([draft(0, size=2 * SIZES.write_back_bytes)])
        with pytest.raises(StoreFault, match="takes no more facts") as caught:
            journal.commit([draft(1)])
        assert "could not be written back: disk I/O error" in str(caught.value.why)
    with Journal.open(path) as again:
        assert again.head.seq == 0


def test_no_room_for_the_log_harms_nobody(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    journal, _ = kept(path, small(shares_file=False))
    with journal:
        with monkeypatch.context() as patch:
            patch.setattr(driver_module.os, "pwrite", full)
            for n in range(SIZES.extend_after + 1):
                journal.commit([draft(n)])
        journal.commit([draft(9)])
    with Journal.open(path) as again:
        assert again.head.seq == SIZES.extend_after + 1


def test_closing_ends_the_thread(path: Path) -> None:
    journal, store = kept(path, small())
    for n in range(SIZES.extend_after):
        journal.commit([draft(n)])
    keeper = store._keeper
    assert keeper is not None
    thread = keeper._thread
    assert thread is not None
    journal.close()
    assert not thread.is_alive()
