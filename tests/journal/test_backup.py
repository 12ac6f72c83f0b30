from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandrail.journal import (
    ChainError,
    Draft,
    FactTree,
    Journal,
    LocationError,
    SliceError,
    backup_journal,
    fork_journal,
    restore_journal,
    write_slice,
)

from .makers import AT_US, draft, filled, frame_draft


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Return a function that names a new place of one kind of store."""
    if request.param == "sqlite":
        yield lambda name: str(tmp_path / f"{name}.db")
        return
    url = request.getfixturevalue("postgres_url")
    yield lambda name: f"{url}_{name}"
    import psycopg

    from sandrail.journal.stores.postgres import Place

    for name in ("source", "copy"):
        place = Place.parse(f"{url}_{name}")
        with psycopg.connect(place.conninfo, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {place.schema} CASCADE".encode())


def some_journal(where: str) -> Journal:
    journal = filled(Journal.create(where, name="t"), 60)
    journal.commit([frame_draft(50), Draft("a.big", 0, "x", bytes(9_000_000))])
    journal.redact(7, at_us=AT_US, actor="court:1", reason="Order 7/2026")
    return filled(journal, 3)


def test_a_restored_journal_is_the_same_and_goes_on(
    places: Callable[[str], str], tmp_path: Path
) -> None:
    with some_journal(places("source")) as journal:
        head = backup_journal(journal, tmp_path / "backup")
        assert head == journal.head
        facts = list(journal.facts())
        after = journal.commit([draft(1)])
        tree = FactTree(journal)
        tree.catch_up()
    with restore_journal(tmp_path / "backup", places("copy")) as copy:
        assert list(copy.facts()) == facts
        assert copy.commit([draft(1)]) == after
        again = FactTree(copy)
        again.catch_up()
        assert again.checkpoint("o") == tree.checkpoint("o")
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []


def test_a_fork_shares_the_past_and_not_the_future(places: Callable[[str], str]) -> None:
    with filled(Journal.create(places("source"), name="t"), 300) as journal:
        with fork_journal(journal, places("copy"), until=200) as fork:
            assert list(fork.facts()) == list(journal.facts(0, 200))
            fork.commit([draft(77)])
            assert fork.head.seq == 200
            assert fork.head != journal.fact(200).head
        assert journal.head.seq == 299


def test_a_fork_into_another_kind_of_store(postgres_url: str, tmp_path: Path) -> None:
    with (
        some_journal(str(tmp_path / "j.db")) as journal,
        fork_journal(journal, postgres_url) as fork,
        fork_journal(fork, tmp_path / "back.db") as back,
    ):
        assert list(back.facts()) == list(journal.facts()) == list(fork.facts())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    with filled(Journal.create(tmp_path / "j.db", name="t"), 3) as journal:
        backup_journal(journal, tmp_path / "backup")
        with pytest.raises(LocationError, match="already exists"):
            restore_journal(tmp_path / "backup", tmp_path / "j.db")
        with pytest.raises(LocationError, match="already exists"):
            fork_journal(journal, tmp_path / "j.db")
        assert journal.head.seq == 2


def test_a_changed_backup_restores_nothing(tmp_path: Path) -> None:
    with filled(Journal.create(tmp_path / "j.db", name="t"), 30) as journal:
        backup_journal(journal, tmp_path / "backup")
        write_slice(tmp_path / "later", "t", journal.facts(5))
    whole = (tmp_path / "backup").read_bytes()
    for data in (whole[:-40], whole.replace(b'{"n":20', b'{"n":99'), whole[:1000]):
        (tmp_path / "bad").write_bytes(data)
        with pytest.raises((SliceError, ChainError)):
            restore_journal(tmp_path / "bad", tmp_path / "new.db")
    with pytest.raises(SliceError, match="begins at fact 5"):
        restore_journal(tmp_path / "later", tmp_path / "new.db")
    assert not list(tmp_path.glob("new*"))


def test_a_fork_does_not_end_between_a_redaction_and_its_record(tmp_path: Path) -> None:
    with filled(Journal.create(tmp_path / "j.db", name="t"), 5) as journal:
        journal.redact(1, at_us=AT_US, actor="court:1", reason="Order 7/2026")
        with pytest.raises(ChainError, match="redaction"):
            fork_journal(journal, tmp_path / "new.db", until=3)
        assert not list(tmp_path.glob("new*"))
