"""Versions are kept, compared, refused when they shrink, and never silently replaced."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from sandrail.screening import (
    Fetcher,
    FetchError,
    FourEyesError,
    IndexDamagedError,
    ListFormatError,
    ListStore,
    OlderListError,
    Publisher,
    ShrunkListError,
    Update,
    VersionError,
    diff_lists,
    fetch_list,
    load_un_xml,
)
from sandrail.screening import versions as versions_file
from sandrail.screening.sources.stream import sha256_of
from sandrail.screening.synthetic import synthetic_un_xml
from sandrail.world import DAY_US, Seed, parse_instant
from tests.screening.samples import OFAC, OFAC_ADD, OFAC_ALT, OFAC_COMMENTS

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
    monkeypatch.setattr(versions_file, "_shrank", lambda before, change: False)
    with pytest.raises(pytest.fail.Exception):
        test_a_list_that_shrank_waits_for_a_person(tmp_path)


def test_a_list_whose_entries_were_exchanged_waits_although_it_is_as_long(tmp_path: Path) -> None:
    store = ListStore(tmp_path)
    store.update("un", at_us=NOW_US, data=FULL)
    with pytest.raises(ShrunkListError, match="lost 200 of 200 entries; it now has 200"):
        store.update("un", at_us=NOW_US, data=FULL.replace(b"<DATAID>99", b"<DATAID>88"))


OLDER = FULL.replace(b'dateGenerated="2026-03-01', b'dateGenerated="2026-02-01')


def test_an_older_list_waits_for_a_person(tmp_path: Path) -> None:
    store = ListStore(tmp_path)
    store.update("un", at_us=NOW_US, data=FULL)
    for _ in range(2):
        with pytest.raises(OlderListError, match="of 2026-02-01; the one in force"):
            store.update("un", at_us=NOW_US, data=OLDER)
    assert len(store.history("un")) == 2, "what waits already is not written down again"
    assert store.confirm("un", by="pvara:s.khan", at_us=NOW_US).is_new
    kept = store.in_force("un")
    assert kept is not None and kept.version.startswith("un/2026-02-01/")


def test_the_planted_store_that_takes_any_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions_file, "_is_older", lambda before, after: False)
    with pytest.raises(pytest.fail.Exception):
        test_an_older_list_waits_for_a_person(tmp_path)


def test_a_house_may_ask_for_two_persons(tmp_path: Path) -> None:
    store = ListStore(tmp_path, confirmations_min=2)
    store.update("un", at_us=NOW_US, data=FULL)
    with pytest.raises(OlderListError):
        store.update("un", at_us=NOW_US, data=OLDER, brought_by="pvara:clerk")
    for nobody in ("", "  ", "a, b"):
        with pytest.raises(VersionError, match="Nobody is named"):
            store.confirm("un", by=nobody, at_us=NOW_US)
    with pytest.raises(FourEyesError):
        store.confirm("un", by="PVARA:clerk", at_us=NOW_US)
    first = store.confirm("un", by="pvara:s.khan", at_us=NOW_US)
    assert not first.is_new and first.kept.state == "waiting"
    with pytest.raises(FourEyesError):
        store.confirm("un", by="pvara:s.khan", at_us=NOW_US)
    with pytest.raises(OlderListError):
        store.update("un", at_us=NOW_US, data=OLDER)
    done = store.confirm("un", by="pvara:a.malik", at_us=NOW_US)
    assert done.is_new and done.kept.by == "pvara:s.khan, pvara:a.malik"
    assert store.waiting("un") is None


def test_several_files_are_one_version(tmp_path: Path) -> None:
    folder = tmp_path / "ofac"
    folder.mkdir()
    for name, data in (("sdn", OFAC), ("alt", OFAC_ALT), ("add", OFAC_ADD),
                       ("sdn_comments", OFAC_COMMENTS)):  # fmt: skip
        (folder / f"{name}.csv").write_bytes(data)
    store = ListStore(tmp_path / "lists")
    files = sorted(folder.iterdir())
    kept = store.update("ofac", at_us=NOW_US, data=files).kept
    assert kept.file.endswith(".zip")
    (found,) = store.lists_in_force()
    assert {"Aasif KUHMARI", "Asif RAHIM"} <= {n.text for n in found.entries[0].names}
    assert not store.update("ofac", at_us=NOW_US + 1, data=reversed(files)).is_new, "one hash"
    alone = ListStore(tmp_path / "alone").update("ofac", at_us=NOW_US, data=OFAC)
    assert alone.notes[0] == "alt.csv was not given: what stands in it is not screened"


CRASH = """
import os, sys
from pathlib import Path
from sandrail.screening import ListStore
from sandrail.screening import versions
step, folder, data = sys.argv[1], sys.argv[2], Path(sys.argv[3]).read_bytes()
def die(*args, **kwargs):
    os._exit(9)
if step == "between":
    ListStore._note = die
else:
    def torn(self, kept):
        with self._log.open("ab") as log:
            log.write(b'{"source": "un", "ver')
        os._exit(9)
    ListStore._note = torn
ListStore(folder).update("un", at_us=int(sys.argv[4]), data=data)
"""


@pytest.mark.parametrize("step", ["between", "torn"])
def test_an_update_that_is_killed_leaves_what_was_in_force(tmp_path: Path, step: str) -> None:
    folder, file = tmp_path / "lists", tmp_path / "un.xml"
    store = ListStore(folder)
    first = store.update("un", at_us=NOW_US, data=FULL).kept
    file.write_bytes(MORE)
    words = [sys.executable, "-c", CRASH, step, str(folder), str(file), str(NOW_US + 1)]
    assert subprocess.run(words, check=False).returncode == 9
    assert store.history() == [first] and len(store.lists_in_force()[0].entries) == 200
    assert list(folder.glob(".incoming-*")), "the killed one left its work"
    done = store.update("un", at_us=NOW_US + 2, data=MORE)
    assert done.is_new and store.history() == [first, done.kept]
    assert not list(folder.glob(".incoming-*")), "and the next one swept it"


def test_the_planted_register_that_believes_torn_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ListStore(tmp_path)
    store.update("un", at_us=NOW_US, data=FULL)
    with (tmp_path / "versions.jsonl").open("ab") as log:
        log.write(b'{"torn')
    assert len(store.history()) == 1
    with (tmp_path / "versions.jsonl").open("ab") as log:
        log.write(b'"}\n')
    with pytest.raises(IndexDamagedError):
        store.history()


def test_two_updates_at_once_keep_both_versions(tmp_path: Path) -> None:
    store = ListStore(tmp_path)
    store.update("un", at_us=NOW_US, data=FULL)
    versions = [synthetic_un_xml(Seed(7), people=181 + n) for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda data: _taken(tmp_path, data), versions))
    assert len(store.history()) == 5
    assert {k.sha256 for k in store.history()} >= {sha256_of(data) for data in versions}
    assert sum(len(u.change.added) for u in found if u) >= 4
    assert len(store.lists_in_force()) == 1


def _taken(folder: Path, data: bytes) -> Update | None:
    with suppress(ShrunkListError):
        return ListStore(folder).update("un", at_us=NOW_US, data=data)
    return None


def test_a_damaged_file_is_not_screened_against(tmp_path: Path) -> None:
    store = ListStore(tmp_path)
    kept = store.update("un", at_us=NOW_US, data=FULL).kept
    (tmp_path / kept.file).write_bytes(FULL.replace(b"EXACT", b"APPRO", 1))
    with pytest.raises(IndexDamagedError):
        store.lists_in_force()
    (tmp_path / "versions.jsonl").write_text("{broken\n")
    with pytest.raises(IndexDamagedError):
        store.history()


def served(data: bytes, asked: list[str] | None = None) -> Fetcher:
    """Stand in for a publisher that sends these bytes."""

    def fetch(one: Publisher, target: Path) -> None:
        if asked is not None:
            asked.append(one.address)
        target.write_bytes(data)

    return fetch


def test_what_is_fetched_must_be_large_fresh_and_not_of_tomorrow(tmp_path: Path) -> None:
    store = ListStore(tmp_path)
    big = synthetic_un_xml(Seed(7), people=400)
    with pytest.raises(FetchError, match="only 200 entries"):
        store.update("un", at_us=NOW_US, fetch=served(FULL))
    with pytest.raises(FetchError, match="days ago"):
        store.update("un", at_us=NOW_US + 400 * DAY_US, fetch=served(big))
    with pytest.raises(FetchError, match="3 days from now"):
        store.update("un", at_us=NOW_US - 4 * DAY_US, fetch=served(big))
    assert store.history() == [] and not [p for p in tmp_path.iterdir() if p.is_dir()]
    asked: list[str] = []
    found = store.update("un", at_us=NOW_US, fetch=served(big, asked))
    assert found.is_new and asked[0].startswith("https://scsanctions.un.org/")


def test_lists_without_an_address_need_a_file(tmp_path: Path) -> None:
    with pytest.raises(VersionError, match="nowhere to come from"):
        ListStore(tmp_path).update("nacta", at_us=NOW_US, fetch=fetch_list)
    with pytest.raises(ListFormatError, match="No list is called"):
        ListStore(tmp_path).update("atlantis", at_us=NOW_US, data=b"x")


def test_a_diff_names_what_changed() -> None:
    change = diff_lists(load_un_xml(MORE), load_un_xml(FULL))
    assert [e.id for e in change.removed] == ["9900180"]
    assert not change.added and not change.changed
