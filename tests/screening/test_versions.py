"""Versions are kept, compared, refused when they shrink, and never silently replaced."""

from pathlib import Path

import pytest

from sandrail.screening import (
    FetchError,
    IndexDamagedError,
    ListFormatError,
    ListStore,
    ShrunkListError,
    VersionError,
    diff_lists,
    fetch_bytes,
    load_un_xml,
)
from sandrail.screening import versions as versions_file
from sandrail.screening.synthetic import synthetic_un_xml
from sandrail.world import DAY_US, Seed, parse_instant

FULL = synthetic_un_xml(Seed(7))
FEWER = synthetic_un_xml(Seed(7), people=120)
MORE = synthetic_un_xml(Seed(7), people=181)
NOW_US = parse_instant("2026-03-02")


def test_a_version_is_kept_and_read_back(tmp_path: Path) -> None:
    store = ListStore(tmp_path)
    first = store.update("un", at_us=NOW_US, data=FULL)
    again = store.update("un", at_us=NOW_US + DAY_US, data=FULL)
    assert first.is_new and not again.is_new
    assert [kept.state for kept in store.history("un")] == ["in_force", "checked"]
    assert store.checked_us("un") == NOW_US + DAY_US and store.checked_us("eu") == -1
    assert store.load(first.kept).entries == load_un_xml(FULL).entries
    assert (tmp_path / first.kept.file).read_bytes() == FULL
    later = store.update("un", at_us=NOW_US + DAY_US, data=MORE)
    assert [e.id for e in later.change.added] == ["9900180"]
    assert len(store.lists_in_force()[0].entries) == 201


def test_a_list_that_shrank_waits_for_a_person(tmp_path: Path) -> None:
    store = ListStore(tmp_path)
    store.update("un", at_us=NOW_US, data=FULL)
    with pytest.raises(ShrunkListError) as caught:
        store.update("un", at_us=NOW_US, data=FEWER)
    assert caught.value.fields == {"before": 200, "after": 140}
    assert len(store.lists_in_force()[0].entries) == 200, "the old version stays in force"
    waiting = store.waiting("un")
    assert waiting is not None and waiting.entries == 140
    done = store.confirm("un", by="pvara:s.khan", at_us=NOW_US)
    assert done.kept.by == "pvara:s.khan" and len(done.change.removed) == 60
    assert len(store.lists_in_force()[0].entries) == 140
    with pytest.raises(VersionError):
        store.confirm("un", by="pvara:s.khan", at_us=NOW_US)


def test_the_shrink_guard_is_what_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: the guard is off."""
    monkeypatch.setattr(versions_file, "_shrank", lambda before, after: False)
    with pytest.raises(pytest.fail.Exception):
        test_a_list_that_shrank_waits_for_a_person(tmp_path)


def test_a_damaged_file_is_not_screened_against(tmp_path: Path) -> None:
    store = ListStore(tmp_path)
    kept = store.update("un", at_us=NOW_US, data=FULL).kept
    (tmp_path / kept.file).write_bytes(FULL.replace(b"EXACT", b"APPRO", 1))
    with pytest.raises(IndexDamagedError):
        store.lists_in_force()
    (tmp_path / "versions.jsonl").write_text("{broken\n")
    with pytest.raises(IndexDamagedError):
        store.history()


def test_what_is_fetched_must_be_large_and_fresh(tmp_path: Path) -> None:
    store = ListStore(tmp_path)
    big = synthetic_un_xml(Seed(7), people=400)
    with pytest.raises(FetchError, match="only 200 entries"):
        store.update("un", at_us=NOW_US, fetch=lambda address: FULL)
    with pytest.raises(FetchError, match="days ago"):
        store.update("un", at_us=NOW_US + 400 * DAY_US, fetch=lambda address: big)
    asked: list[str] = []
    found = store.update("un", at_us=NOW_US, fetch=lambda address: asked.append(address) or big)
    assert found.is_new and asked[0].startswith("https://scsanctions.un.org/")


def test_lists_without_an_address_need_a_file(tmp_path: Path) -> None:
    with pytest.raises(VersionError, match="nowhere to come from"):
        ListStore(tmp_path).update("nacta", at_us=NOW_US, fetch=fetch_bytes)
    with pytest.raises(ListFormatError, match="No list is called"):
        ListStore(tmp_path).update("atlantis", at_us=NOW_US, data=b"x")


def test_only_https_is_fetched() -> None:
    for address in ("http://scsanctions.un.org/x", "file:///etc/passwd", "ftp://a/b"):
        with pytest.raises(FetchError, match="https only"):
            fetch_bytes(address)


def test_a_diff_names_what_changed() -> None:
    change = diff_lists(load_un_xml(MORE), load_un_xml(FULL))
    assert [e.id for e in change.removed] == ["9900180"]
    assert not change.added and not change.changed
