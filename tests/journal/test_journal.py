from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sandrail.journal import (
    ChainError,
    DraftError,
    Head,
    Journal,
    LocationError,
    ReadOnlyError,
    StoreFault,
    WriterError,
    genesis_hash,
)
from sandrail.journal.limits import FACTS_PER_COMMIT_MAX
from sandrail.world import TrialClock

from .makers import AT_US, draft, drafts, filled, heads


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "j.db"


def edit(path: Path, sql: str, *bindings: object) -> None:
    """Change the file behind the journal's back."""
    with sqlite3.connect(path) as connection:
        assert connection.execute(sql, bindings).rowcount == 1
    connection.close()


def test_a_commit_is_there_after_reopening(path: Path) -> None:
    with Journal.create(path, name="t") as journal:
        assert journal.head == Head(-1, genesis_hash("t"))
        facts = journal.commit(drafts(0, 1, 2))
        assert [fact.seq for fact in facts] == [0, 1, 2]
        assert journal.head == facts[-1].head
        assert journal.commit([]) == []
    with Journal.open(path) as journal:
        assert list(journal.facts()) == facts
        assert journal.head == facts[-1].head
        assert journal.commit([draft(3)])[0].prev_hash == facts[-1].hash


def test_same_drafts_same_hashes_on_every_store(path: Path) -> None:
    with Journal.create(path, name="t") as journal:
        on_disk = heads(filled(journal, 20).facts())
    assert on_disk == heads(filled(Journal.in_memory("t"), 20).facts())
    assert on_disk[-1] != filled(Journal.in_memory("other"), 20).head


def test_facts_by_place_and_kind(path: Path) -> None:
    with filled(Journal.create(f"sqlite:///{path}", name="t"), 10) as journal:
        assert [f.seq for f in journal.facts(2, 5)] == [2, 3, 4]
        assert [f.seq for f in journal.facts(kinds={"test.event1"})] == [1, 4, 7]
        assert journal.fact(9) == list(journal.facts())[9]
        for seq in (-1, 10):
            with pytest.raises(DraftError, match="0 to 9"):
                journal.fact(seq)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", b"other"),
        ("payload", b""),
        ("payload_hash", bytes(32)),
        ("prev_hash", bytes(32)),
        ("hash", bytes(32)),
        ("kind", "test.other"),
        ("kind", "bad"),
        ("actor", "somebody"),
        ("at_us", 0),
    ],
)
def test_opening_names_the_first_changed_fact(path: Path, column: str, value: object) -> None:
    with Journal.create(path, name="t") as journal:
        filled(journal, 9)
    edit(path, f"UPDATE fact SET {column} = ? WHERE seq = 4", value)
    with pytest.raises(ChainError, match="fact 4") as caught:
        Journal.open(path)
    assert caught.value.fields["seq"] == 4
    with pytest.raises(ChainError):
        Journal.open(path, read_only=True)
    Journal.open(path, verify=False).close()


def test_a_deleted_fact_and_another_name_are_found(path: Path) -> None:
    with Journal.create(path, name="t") as journal:
        filled(journal, 9)
    edit(path, "DELETE FROM fact WHERE seq = 5")
    with pytest.raises(ChainError) as caught:
        Journal.open(path)
    assert caught.value.fields["seq"] == 5
    edit(path, "UPDATE journal SET value = 'u' WHERE key = 'name'")
    with pytest.raises(ChainError) as caught:
        Journal.open(path)
    assert caught.value.fields["seq"] == 0


def test_a_cut_off_end_is_noticed_only_with_a_witness(path: Path) -> None:
    with Journal.create(path, name="t") as journal:
        witnessed = filled(journal, 9).head
    Journal.open(path, expect=witnessed).close()
    edit(path, "DELETE FROM fact WHERE seq = 8")
    Journal.open(path).close()
    with pytest.raises(ChainError) as caught:
        Journal.open(path, expect=witnessed)
    assert caught.value.fields["seq"] == 8
    with pytest.raises(ChainError):
        Journal.open(path, expect=Head(3, bytes(32)))
    Journal.open(path).close()  # and the refused openings gave the writer's place back


def test_a_second_writer_learns_who_holds_the_place(path: Path) -> None:
    clock = TrialClock(AT_US)
    with Journal.create(path, name="t", clock=clock) as journal:
        with pytest.raises(WriterError, match=f"Process {os.getpid()} on .* since 2026-01-01") as e:
            Journal.open(path)
        assert e.value.fields["holder_pid"] == str(os.getpid())
        journal.commit([draft(0)])
    Journal.open(path).close()


def test_a_second_process_may_read_but_not_write(path: Path) -> None:
    code = (
        "import sys; from sandrail.journal import Journal, WriterError\n"
        "with Journal.open(sys.argv[1], read_only=True) as j: print(j.head.seq)\n"
        "try: Journal.open(sys.argv[1])\n"
        "except WriterError as error: print(error.fields['holder_pid'])\n"
    )
    with filled(Journal.create(path, name="t"), 5):
        out = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
        )
    assert out.stdout.split() == ["4", str(os.getpid())]


def test_a_writer_that_was_overtaken_stops_for_good(path: Path) -> None:
    """The lock stripped away, as by a copied lock file or a broken network disk."""
    first = filled(Journal.create(path, name="t"), 3)
    (path.parent / "j.db.lock").unlink()
    second = Journal.open(path)
    second.commit([draft(3)])
    with pytest.raises(WriterError, match="fact 3"):
        first.commit([draft(77)])
    with pytest.raises(StoreFault):
        first.commit([draft(77)])
    second.commit([draft(4)])
    first.close()
    second.close()
    assert heads(Journal.open(path, read_only=True).facts()) == heads(
        filled(Journal.in_memory("t"), 5).facts()
    )


def test_a_reader_follows_the_writer_and_never_writes(path: Path) -> None:
    with (
        Journal.create(path, name="t") as writer,
        Journal.open(path, read_only=True) as reader,
    ):
        assert reader.head.seq == -1
        filled(writer, 4)
        assert reader.head == writer.head
        assert list(reader.facts()) == list(writer.facts())
        for act in (
            lambda: reader.commit([draft(4)]),
            lambda: reader.put_snapshot("x", [b""], head=writer.head, version=1),
            reader.drop_snapshots,
            lambda: reader.redact(0, at_us=0, actor="a", reason="r"),
        ):
            with pytest.raises(ReadOnlyError):
                act()


def test_places_that_hold_no_journal(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    text = tmp_path / "text"
    text.write_text("This is no database at all. " * 500)
    with pytest.raises(LocationError, match="no journal at"):
        Journal.open(tmp_path / "absent.db")
    untouched = other.read_bytes()
    with pytest.raises(LocationError, match="application id"):
        Journal.open(other)
    with pytest.raises(LocationError, match="already holds"):
        Journal.create(other, name="t")
    assert other.read_bytes() == untouched
    with pytest.raises(LocationError, match="not an SQLite database"):
        Journal.open(text)
    with pytest.raises(StoreFault, match="not a database"):
        Journal.create(text, name="t")
    with pytest.raises(LocationError, match="folder"):
        Journal.create(tmp_path / "no" / "such" / "j.db", name="t")
    with pytest.raises(LocationError, match="names no store"):
        Journal.open("mysql://host/db")
    Journal.create(tmp_path / "j.db", name="t").close()
    with pytest.raises(LocationError, match="already holds"):
        Journal.create(tmp_path / "j.db", name="t")
    Journal.open(tmp_path / "j.db").close()


def test_a_closed_journal_says_so(path: Path) -> None:
    journal = filled(Journal.create(path, name="t"), 2)
    journal.close()
    journal.close()
    for act in (lambda: list(journal.facts()), lambda: journal.commit([draft(2)])):
        with pytest.raises(StoreFault, match="closed"):
            act()


def test_a_forked_child_may_not_write_beside_its_parent(path: Path) -> None:
    code = (
        "import os, sys; from sandrail.journal import Draft, Journal, WriterError\n"
        "journal = Journal.create(sys.argv[1], name='t')\n"
        "if os.fork() == 0:\n"
        "    try: journal.commit([Draft('a.b', 0, 'child', b'')])\n"
        "    except WriterError as error: print(error.why)\n"
        "    sys.stdout.flush(); os._exit(0)\n"
        "os.wait(); journal.commit([Draft('a.b', 0, 'parent', b'')]); journal.close()\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert "forked child" in out.stdout
    with Journal.open(path) as journal:
        assert [fact.actor for fact in journal.facts()] == ["parent"]


def test_threads_take_turns(path: Path) -> None:
    with Journal.create(path, name="t") as journal:
        threads = [
            threading.Thread(target=lambda k=k: [journal.commit([draft(k)]) for _ in range(20)])
            for k in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert journal.head.seq == 79
    with Journal.open(path) as journal:
        assert journal.head.seq == 79


def test_too_many_drafts_at_once_are_refused() -> None:
    journal = Journal.in_memory("t")
    with pytest.raises(DraftError, match="too large"):
        journal.commit([draft(0)] * (FACTS_PER_COMMIT_MAX + 1))
    assert journal.head.seq == -1


def test_a_redaction_is_open_and_the_chain_holds(path: Path) -> None:
    with Journal.create(path, name="t") as journal:
        before = filled(journal, 4).fact(2)
        record = journal.redact(2, at_us=AT_US, actor="court:1", reason="Order 7/2026")
        assert record.kind == "journal.redacted"
        for seq in (2, record.seq):
            with pytest.raises(DraftError, match="cannot be redacted"):
                journal.redact(seq, at_us=AT_US, actor="court:1", reason="again")
        with pytest.raises(DraftError, match="reason"):
            journal.redact(1, at_us=AT_US, actor="court:1", reason="  ")
        with pytest.raises(DraftError, match=r"Journal\.redact"):
            journal.commit([journal_draft(record)])
    with Journal.open(path) as journal:
        after = journal.fact(2)
        assert after.is_redacted
        assert (after.hash, after.payload_hash) == (before.hash, before.payload_hash)
    assert before.payload not in path.read_bytes()
    edit(path, "UPDATE fact SET payload = x'' WHERE seq = 1")
    with pytest.raises(ChainError, match="no later fact records a redaction"):
        Journal.open(path)


def journal_draft(fact: object) -> object:
    from sandrail.journal import Draft, Fact

    assert isinstance(fact, Fact)
    return Draft(fact.kind, fact.at_us, fact.actor, fact.payload)
