from __future__ import annotations

from pathlib import Path

import pytest

from sandrail.journal import (
    ChainError,
    Journal,
    SliceError,
    StoreFault,
    read_slice,
    verify_slice,
    write_slice,
)

from .makers import AT_US, filled, frame_draft


@pytest.fixture
def journal() -> Journal:
    journal = filled(Journal.in_memory("t"), 5)
    journal.commit([frame_draft(4)])
    return journal


def test_a_slice_carries_the_facts_unchanged(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / "all.slice"
    assert write_slice(path, "t", journal.facts()) == journal.head
    piece = read_slice(path)
    assert (piece.journal, piece.after) == ("t", journal.genesis)
    assert list(piece) == list(journal.facts())
    assert list(piece) == list(piece)
    assert verify_slice(path) == journal.head
    assert [p.name for p in tmp_path.iterdir()] == ["all.slice"]


def test_a_part_of_a_journal_chains_to_the_fact_before_it(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / "part.slice"
    write_slice(path, "t", journal.facts(2, 4))
    assert read_slice(path).after == journal.fact(1).head
    assert [fact.seq for fact in read_slice(path)] == [2, 3]


def test_an_empty_journal_has_an_empty_slice(tmp_path: Path) -> None:
    journal = Journal.in_memory("t")
    assert write_slice(tmp_path / "s", "t", journal.facts()) == journal.genesis
    assert verify_slice(tmp_path / "s") == journal.genesis


def test_every_flipped_bit_and_every_cut_is_found(tmp_path: Path) -> None:
    journal = filled(Journal.in_memory("t"), 2)
    journal.commit([frame_draft(1)])
    path = tmp_path / "s"
    write_slice(path, "t", journal.facts())
    whole = path.read_bytes()
    first_payload = whole.index(b'{"n":0')
    for position in range(len(whole)):
        path.write_bytes(
            whole[:position]
            + bytes([whole[position] ^ (1 << position % 8)])
            + whole[position + 1 :]
        )
        with pytest.raises((SliceError, ChainError)) as caught:
            verify_slice(path)
        assert isinstance(caught.value.fields["seq"], int)
        if position == first_payload:
            assert caught.value.fields["seq"] == 0
    for size in range(0, len(whole), 5):
        path.write_bytes(whole[:size])
        with pytest.raises(SliceError):
            verify_slice(path)
    path.write_bytes(whole + b"x")
    with pytest.raises(SliceError):
        verify_slice(path)


def test_the_end_of_a_slice_is_covered_too(tmp_path: Path) -> None:
    path = tmp_path / "s"
    journal = filled(Journal.in_memory("t"), 1)
    write_slice(path, "t", journal.facts())
    whole = path.read_bytes()
    for position in range(-40, 0):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position:][1:])
        with pytest.raises(SliceError):
            verify_slice(path)


def test_a_changed_fact_is_named(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / "s"
    write_slice(path, "t", journal.facts())
    path.write_bytes(path.read_bytes().replace(b'{"n":3', b'{"n":9'))
    with pytest.raises(ChainError, match="fact 3") as caught:
        verify_slice(path)
    assert caught.value.fields["seq"] == 3


def test_facts_that_do_not_chain_are_not_exported(journal: Journal, tmp_path: Path) -> None:
    facts = list(journal.facts())
    with pytest.raises(ChainError):
        write_slice(tmp_path / "s", "t", [facts[0], facts[2]])
    with pytest.raises(ChainError):
        write_slice(tmp_path / "s", "another", facts)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreFault):
        write_slice(tmp_path / "no" / "s", "t", facts)
    with pytest.raises(StoreFault):
        read_slice(tmp_path / "absent")


def test_a_redacted_fact_needs_its_record_in_the_slice(journal: Journal, tmp_path: Path) -> None:
    journal.redact(1, at_us=AT_US, actor="court:1", reason="Order 7/2026")
    write_slice(tmp_path / "whole", "t", journal.facts())
    assert verify_slice(tmp_path / "whole") == journal.head
    with pytest.raises(ChainError, match="redaction"):
        write_slice(tmp_path / "part", "t", journal.facts(0, 4))
