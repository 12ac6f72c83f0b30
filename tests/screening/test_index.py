"""Saved and loaded, updated by delta or built afresh: the same answers."""

from dataclasses import replace
from pathlib import Path

import pytest

from sandrail.screening import (
    Decision,
    Index,
    IndexDamagedError,
    ListedName,
    PartialDate,
    Screener,
    ScreeningList,
    screen_name,
)
from sandrail.screening.synthetic import SyntheticPerson


def answers(index: Index, people: list[SyntheticPerson]) -> list[object]:
    screener = Screener(index)
    found = []
    for person in people[:50]:
        result = screen_name(screener, person.name, dob=person.dob)
        found.append((result.decision, [(m.entry_id, m.score_milli) for m in result.matches[:1]]))
    return found


def test_a_loaded_index_answers_like_the_built_one(
    index: Index, people: list[SyntheticPerson], tmp_path: Path
) -> None:
    index.save(tmp_path / "one.index")
    loaded = Index.load(tmp_path / "one.index")
    assert loaded.version == index.version and len(loaded) == len(index)
    assert answers(loaded, people) == answers(index, people)


def test_one_changed_byte_is_noticed(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "one.index"
    index.save(path)
    data = bytearray(path.read_bytes())
    for at in (40, len(data) // 2, len(data) - 70):
        broken = bytearray(data)
        broken[at] ^= 0x20
        path.write_bytes(bytes(broken))
        with pytest.raises(IndexDamagedError):
            Index.load(path)
    path.write_bytes(data[: len(data) // 3])
    with pytest.raises(IndexDamagedError):
        Index.load(path)
    path.write_bytes(b"hello")
    with pytest.raises(IndexDamagedError):
        Index.load(path)


def test_an_index_that_other_code_built_is_not_used(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.index"
    index.save(path)
    monkeypatch.setattr("sandrail.screening.index.reader_version", lambda: "another")
    with pytest.raises(IndexDamagedError, match="read differently"):
        Index.load(path)


def changed_list(un_list: ScreeningList) -> ScreeningList:
    entries = list(un_list.entries)
    entries[4] = replace(entries[4], dobs=(PartialDate(1901, 2, 3),))
    added = replace(
        entries[7], id="new-1", names=(ListedName("Yaqub Sohrab Narwandi"),), identifiers=()
    )
    return replace(un_list, sha256="f" * 64, entries=(*entries[:10], *entries[12:], added))


def test_a_delta_answers_like_a_fresh_build(
    index: Index, un_list: ScreeningList, people: list[SyntheticPerson]
) -> None:
    later = changed_list(un_list)
    by_delta, change = index.updated([later])
    fresh = Index.build([later])
    assert len(by_delta.blocks) == 2 and len(by_delta) == len(fresh)
    assert by_delta.version == fresh.version != index.version
    counts = (len(change.added), len(change.changed), len(change.removed))
    assert counts == (1, 1, 2)
    one, two = Screener(by_delta), Screener(fresh)
    for person in people[:50]:
        a = screen_name(one, person.name, dob=person.dob)
        b = screen_name(two, person.name, dob=person.dob)
        assert a.decision is b.decision, person.name
    assert screen_name(one, "Yaqoob Sohrab Narwandi").decision is Decision.REVIEW
    assert by_delta.find("un", "new-1") is not None
    assert by_delta.find("un", un_list.entries[10].id) is None


def test_the_delta_survives_saving(
    index: Index, un_list: ScreeningList, people: list[SyntheticPerson], tmp_path: Path
) -> None:
    by_delta, _ = index.updated([changed_list(un_list)])
    by_delta.save(tmp_path / "two.index")
    loaded = Index.load(tmp_path / "two.index")
    assert len(loaded) == len(by_delta)
    assert screen_name(Screener(loaded), "Yaqub Sohrab Narwandi").decision is Decision.REVIEW


def test_nothing_changed_changes_nothing(index: Index, un_list: ScreeningList) -> None:
    same, change = index.updated([un_list])
    assert change.is_empty and same.version == index.version
