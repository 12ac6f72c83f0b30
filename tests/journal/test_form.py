"""A journal file made by an older version is migrated without a change to its facts."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sandrail.cli import main
from sandrail.journal import ChainError, Journal, LocationError, StoreFault, migrate
from sandrail.journal.stores.form import APPLICATION_ID, FORM
from sandrail.journal.stores.sqlite import SqliteStore

from .makers import draft, filled
from .simulator.disk import Disk, FaultPlan, driver_for

FIRST_FORM = (
    "PRAGMA page_size = 8192",
    f"PRAGMA application_id = {APPLICATION_ID}",
    "PRAGMA user_version = 1",
    "PRAGMA journal_mode = WAL",
    "CREATE TABLE journal (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE fact (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, at_us INTEGER NOT NULL,"
    " actor TEXT NOT NULL, hash BLOB NOT NULL, prev_hash BLOB NOT NULL,"
    " payload_hash BLOB NOT NULL, payload BLOB NOT NULL) STRICT",
    "CREATE TABLE snapshot (name TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL,"
    " data_hash BLOB NOT NULL, data BLOB NOT NULL) STRICT",
    "INSERT INTO journal VALUES ('name', 'old'), ('created_us', '0')",
    "INSERT INTO snapshot VALUES ('journal.tree', 0, x'00', x'00', x'00')",
)
FACTS = tuple(filled(Journal.in_memory("old"), 6).facts())


def write_first_form(connection: Any) -> None:
    for statement in FIRST_FORM:
        list(connection.execute(statement))
    connection.executemany(
        "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (f.seq, f.kind, f.at_us, f.actor, f.hash, f.prev_hash, f.payload_hash, f.payload)
            for f in FACTS
        ],
    )


@pytest.fixture
def old(tmp_path: Path) -> Path:
    connection = sqlite3.connect(tmp_path / "old.db", isolation_level=None)
    write_first_form(connection)
    connection.close()
    return tmp_path / "old.db"


def test_a_file_of_the_first_form_is_migrated_and_unchanged(old: Path) -> None:
    for read_only in (True, False):
        with pytest.raises(LocationError, match="sandrail migrate") as caught:
            Journal.open(old, read_only=read_only)
        assert caught.value.stable_code == "journal.needs_migration"
    assert migrate(old) == ["file 2: snapshots in parts"]
    assert migrate(old) == []
    with Journal.open(old) as journal:
        assert tuple(journal.facts()) == FACTS
        assert journal.snapshot("journal.tree", version=1) is None
        journal.commit([draft(6)])
        journal.put_snapshot("book", [b"x"], head=journal.head, version=1)


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_says_what_it_did(
    old: Path, as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for _ in range(2):
        with pytest.raises(SystemExit) as stop:
            main(["migrate", str(old), *(["--json"] if as_json else [])])
        assert not stop.value.code
        said.append(capsys.readouterr().out.splitlines()[-1])
    if as_json:
        steps = [json.loads(line)["applied"] for line in said]
        assert steps == [["file 2: snapshots in parts"], []]
    else:
        assert said == ["file 2: snapshots in parts", "Nothing to do."]


def test_a_reader_holds_up_the_end_of_a_migration_only(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandrail.journal.stores.sqlite.BUSY_MS", 1)
    reader = sqlite3.connect(old, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM fact").fetchall()
    with pytest.raises(StoreFault, match="Close the readers"):
        migrate(old)
    with pytest.raises(LocationError, match="sandrail migrate"):
        Journal.open(old)
    reader.close()
    assert migrate(old) == []
    with Journal.open(old) as journal:
        assert tuple(journal.facts()) == FACTS


def test_a_file_that_is_newer_is_not_touched(old: Path) -> None:
    with sqlite3.connect(old) as connection:
        connection.execute(f"PRAGMA user_version = {FORM + 1}")
    connection.close()
    before = old.read_bytes()
    for act in (migrate, Journal.open):
        with pytest.raises(LocationError, match="this version reads"):
            act(old)
    with pytest.raises(LocationError, match="no journal at"):
        migrate(old.with_name("absent.db"))
    assert old.read_bytes() == before


@pytest.mark.parametrize("keep", ["all", "none", "some"])
def test_a_power_cut_at_every_operation_of_a_migration_loses_nothing(keep: str) -> None:
    operations = migrated_after_a_cut(None, keep)
    assert operations > 10
    for operation in range(operations):
        migrated_after_a_cut(operation, keep)


def migrated_after_a_cut(operation: int | None, keep: str) -> int:
    """Migrate on a simulated disk whose power fails once; return the operations it took."""
    path = Path("/simulated/old.db")
    disk = Disk(Random(3), FaultPlan(keep=keep))
    driver = driver_for(disk)
    connection = driver.connect(str(path), True)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    write_first_form(connection)
    connection.close()
    began = disk.operations
    if operation is not None:
        disk.plan.power_cut_at = began + operation
        with pytest.raises(StoreFault):
            SqliteStore.migrate(path, now_us=0, driver=driver)
            raise StoreFault("It was done before the power went.")
        disk.powered = False
        disk.power_cycle()
    SqliteStore.migrate(path, now_us=0, driver=driver)
    took = disk.operations - began
    store = SqliteStore.open(path, read_only=False, now_us=0, driver=driver)
    assert tuple(store.read(0)) == FACTS
    assert store.snapshot("journal.tree") is None
    store.close()
    disk.session = None
    return took


@pytest.mark.parametrize("name", ["nam3", "empty2", ""])
def test_an_empty_journal_whose_name_was_changed_is_not_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / "empty.db"
    Journal.create(path, name="empty").close()
    Journal.open(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE journal SET value = ? WHERE key = 'name'", (name,))
    connection.close()
    with pytest.raises(ChainError, match="not the journal"):
        Journal.open(path)
