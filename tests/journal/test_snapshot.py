"""Snapshots: used when they are whole, of this form and of this history; ignored otherwise."""

from __future__ import annotations

import sqlite3
import warnings
from pathlib import Path

import pytest

from sandrail.journal import (
    DraftError,
    FactTree,
    Head,
    Journal,
    SnapshotError,
    SnapshotWarning,
    backup_journal,
    fork_journal,
    restore_journal,
)
from sandrail.journal import snapshot as snapshot_module
from sandrail.journal.limits import SNAPSHOT_NAME_CHARS_MAX, SNAPSHOT_PARTS_MAX

from .makers import AT_US, draft, filled

PARTS = [b"state", b"", b"more of it"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "j.db"


def with_snapshot(path: Path) -> Journal:
    """Return a journal of six facts with a snapshot of four of them."""
    journal = filled(Journal.create(path, name="t"), 6)
    journal.put_snapshot("book", PARTS, head=journal.fact(3).head, version=1)
    return journal


def edit(path: Path, sql: str, *bindings: object) -> None:
    """Change the file behind the journal's back."""
    with sqlite3.connect(path) as connection:
        assert connection.execute(sql, bindings).rowcount == 1
    connection.close()


def require_ignored(path: Path, flaw: str, *, version: int = 1) -> None:
    with Journal.open(path) as journal, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert journal.snapshot("book", version=version) is None
    assert [warning.category for warning in caught] == [SnapshotWarning]
    assert flaw in str(caught[0].message)


def test_a_snapshot_comes_back_as_it_was_and_is_replaced(path: Path) -> None:
    with with_snapshot(path) as journal:
        found = journal.snapshot("book", version=1)
        assert found is not None
        assert (found.parts, found.head) == (tuple(PARTS), journal.fact(3).head)
        assert journal.snapshot("other", version=1) is None
        journal.put_snapshot("book", [b"later"], head=journal.head, version=2)
    with Journal.open(path, read_only=True) as reader:
        found = reader.snapshot("book", version=2)
        assert found is not None
        assert (found.parts, found.head.seq) == ((b"later",), 5)


def test_a_snapshot_of_another_history_is_ignored(path: Path) -> None:
    with_snapshot(path).close()
    for head in (Head(3, bytes(32)), Head(17, bytes(32)), Head(-7, bytes(32))):
        digest = snapshot_module.snapshot_digest("book", 1, head, PARTS)
        edit(path, "UPDATE snapshot SET seq = ?, hash = ?, digest = ?", head.seq, head.hash, digest)
        require_ignored(path, "another history")


def test_a_snapshot_of_another_form_is_ignored(path: Path) -> None:
    with_snapshot(path).close()
    require_ignored(path, "has form 1, and this version reads 2", version=2)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("version", [1, 2])
def test_no_snapshot_is_no_warning(path: Path, version: int) -> None:
    with filled(Journal.create(path, name="t"), 2) as journal:
        assert journal.snapshot("book", version=version) is None


def test_any_changed_field_of_a_snapshot_is_noticed(path: Path) -> None:
    with with_snapshot(path) as journal:
        other = journal.fact(4).head
    edits: list[tuple[str, tuple[object, ...]]] = [
        ("UPDATE snapshot SET version = ?", (2,)),
        ("UPDATE snapshot SET version = ?", (-1,)),
        ("UPDATE snapshot SET seq = ?, hash = ?", (other.seq, other.hash)),
        ("UPDATE snapshot SET digest = ?", (bytes(32),)),
        ("UPDATE snapshot_part SET data = ? WHERE part = 0", (b"statf",)),
        ("UPDATE snapshot_part SET part = ? WHERE part = 0", (7,)),
        ("DELETE FROM snapshot_part WHERE part = ?", (2,)),
        ("INSERT INTO snapshot_part VALUES ('book', ?, x'')", (3,)),
    ]
    sound = path.read_bytes()
    for sql, bindings in edits:
        path.write_bytes(sound)
        edit(path, sql, *bindings)
        for version in (1, 2):
            require_ignored(path, "was changed", version=version)


def test_what_was_redacted_comes_back_in_no_snapshot(path: Path) -> None:
    with with_snapshot(path) as journal:
        journal.put_snapshot("early", [b"x"], head=journal.fact(0).head, version=1)
        before = journal.head
        journal.redact(2, at_us=AT_US, actor="court:1", reason="Order 7/2026")
        assert journal.snapshot("book", version=1) is None
        assert journal.snapshot("early", version=1) is not None
        with pytest.raises(SnapshotError, match="may hold what was redacted"):
            journal.put_snapshot("book", PARTS, head=before, version=1)
        journal.put_snapshot("book", [b"anew"], head=journal.head, version=1)
    assert b"more of it" not in path.read_bytes()


def test_what_cannot_be_kept_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_module, "PAYLOAD_BYTES_MAX", 10)
    monkeypatch.setattr(snapshot_module, "SNAPSHOT_BYTES_MAX", 25)
    refused: list[tuple[str, list[bytes], int]] = [
        ("", [b"x"], 1),
        ("n" * (SNAPSHOT_NAME_CHARS_MAX + 1), [b"x"], 1),
        ("book", [], 1),
        ("book", [b""] * (SNAPSHOT_PARTS_MAX + 1), 1),
        ("book", [b"x"], 0),
        ("book", [b"x"], 2**31),
        ("book", [bytes(11)], 1),
        ("book", [bytes(9)] * 3, 1),
    ]
    with filled(Journal.create(path, name="t"), 2) as journal:
        for name, parts, version in refused:
            with pytest.raises(DraftError, match="cannot be kept"):
                journal.put_snapshot(name, parts, head=journal.head, version=version)
        with pytest.raises(SnapshotError, match="not in here"):
            journal.put_snapshot("book", [b"x"], head=Head(1, bytes(32)), version=1)
        journal.put_snapshot("book", [bytes(10)] * 2, head=journal.head, version=1)


def test_a_dropped_snapshot_is_derived_again(path: Path) -> None:
    with with_snapshot(path) as journal:
        tree = FactTree(journal)
        tree.catch_up()
        tree.save()
        root = tree.checkpoint("x.example/y").root
        assert len(FactTree(journal)) == 6
        journal.drop_snapshots()
        assert journal.snapshot("book", version=1) is None
        anew = FactTree(journal)
        assert len(anew) == 0
        anew.catch_up()
        assert anew.checkpoint("x.example/y").root == root


def test_copies_of_a_journal_carry_no_snapshots(path: Path, tmp_path: Path) -> None:
    with with_snapshot(path) as journal:
        backup_journal(journal, tmp_path / "backup")
        copies = [
            restore_journal(tmp_path / "backup", tmp_path / "restored.db"),
            fork_journal(journal, tmp_path / "fork.db", until=5),
        ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for copy in copies:
            assert copy.snapshot("book", version=1) is None
            copy.commit([draft(9)])
            copy.close()


def test_a_snapshot_of_the_genesis_is_allowed(path: Path) -> None:
    with Journal.create(path, name="t") as journal:
        journal.put_snapshot("book", [b"nothing yet"], head=journal.head, version=1)
        assert journal.snapshot("book", version=1) is not None
