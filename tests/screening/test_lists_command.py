"""``sandrail lists`` as a compliance officer uses it, and what a new version says differently."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sandrail.cli import screening as command_file
from sandrail.cli.screening import lists_app
from sandrail.screening import (
    FetchError,
    ListFormatError,
    Publisher,
    ShrunkListError,
    VersionError,
    changes_of,
    load_un_xml,
)
from sandrail.screening.synthetic import synthetic_un_xml
from sandrail.world import DAY_US, InputError, Seed, parse_instant
from tests.screening.samples import TAGPACK, UN

FULL = synthetic_un_xml(Seed(7), people=40)
NOW_US = parse_instant("2026-03-02")


class Clock:
    """A clock that stands where a test puts it."""

    at_us = NOW_US

    def now_us(self) -> int:
        return self.at_us


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(Clock, "at_us", NOW_US)
    monkeypatch.setattr(command_file, "RealClock", Clock)
    return Clock


def run(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(lists_app, [*words, "--lists", str(folder / "lists")])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout


def asked(folder: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(folder, *words, "--json"))
    return found


def test_a_list_is_taken_in_looked_at_and_confirmed(tmp_path: Path, clock: type[Clock]) -> None:
    file = tmp_path / "un.xml"
    file.write_bytes(FULL)
    assert "60 entries, in force; 60 added" in run(tmp_path, "update", "un", "--file", str(file))
    assert "unchanged" in run(tmp_path, "update", "un", "--file", str(file))
    file.write_bytes(synthetic_un_xml(Seed(7), people=20))
    with pytest.raises(ShrunkListError):
        run(tmp_path, "update", "un", "--file", str(file), "--by", "pvara:clerk")
    warned = run(tmp_path, "status")
    assert "un has a version that waits: The un list lost 20 of 60 entries" in warned
    diff = run(tmp_path, "diff", "un", "--show", "3")
    assert "(waiting) against un/2026-03-01/" in diff and "removed 20" in diff
    assert "and 17 more" in diff
    assert "in force" in run(tmp_path, "confirm", "un", "--by", "pvara:s.khan")
    clock.at_us = NOW_US + 3 * DAY_US
    rows = asked(tmp_path, "status")
    un = next(row for row in rows["lists"] if row["list"] == "un")
    assert un["stale"] and un["confirmed_by"] == "pvara:s.khan" and un["entries"] == 40
    assert "G19.list_age_max allows 24 hours" in rows["warnings"][0]


def test_an_old_copy_is_said_to_be_old(tmp_path: Path, clock: type[Clock]) -> None:
    file = tmp_path / "un.xml"
    file.write_bytes(FULL)
    clock.at_us = NOW_US + 100 * DAY_US
    assert "published on 2026-03-01, 101 days ago" in run(
        tmp_path, "update", "un", "--file", str(file)
    )
    assert any("101 days ago" in text for text in asked(tmp_path, "status")["warnings"])


def test_a_folder_is_one_list_and_a_file_is_one_list_only(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    packs.mkdir()
    for name in ("a.yaml", "b.yml"):
        (packs / name).write_bytes(TAGPACK)
    (packs / "README.md").write_text("not a pack")
    done = asked(tmp_path, "update", "tagpack", "--file", str(packs))
    assert done["lists"][0]["entries"] == 2 and len(done["lists"][0]["notes"]) == 2
    with pytest.raises(ListFormatError, match="one list, not all"):
        run(tmp_path, "update", "all", "--file", str(packs))
    with pytest.raises(ListFormatError, match="No file of the addresses list"):
        run(tmp_path, "update", "addresses", "--file", str(packs))
    (tmp_path / "un.xml").write_bytes(UN)
    with pytest.raises(ListFormatError):
        run(tmp_path, "update", "eu", "--file", str(tmp_path / "un.xml"))
    firm = tmp_path / "firm.csv"
    firm.write_bytes(b"name\nAsif\n")
    run(tmp_path, "update", "firm", "--file", str(firm))
    firm.write_bytes(b"name,father_name,cnic\nAsif,,\n")
    run(tmp_path, "update", "nacta", "--file", str(firm))
    with pytest.raises(VersionError, match="in force as the nacta list"):
        run(tmp_path, "update", "firm", "--file", str(firm))


def test_one_publisher_in_trouble_does_not_hold_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = synthetic_un_xml(Seed(7), people=400)

    def fetch(one: Publisher, target: Path) -> None:
        if one.source != "un":
            raise FetchError("No line.", fix="Wait.")
        target.write_bytes(big)

    monkeypatch.setattr(command_file, "fetch_list", fetch)
    done = CliRunner().invoke(lists_app, ["update", "all", "--lists", str(tmp_path), "--json"])
    told = json.loads(done.stdout)
    assert [one["source"] for one in told["lists"]] == ["un"] and len(told["failed"]) == 4
    assert done.exit_code == FetchError.exit_code


def test_the_house_says_how_many_confirm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDRAIL_LIST_CONFIRMATIONS", "2")
    file = tmp_path / "un.xml"
    file.write_bytes(FULL)
    run(tmp_path, "update", "un", "--file", str(file))
    file.write_bytes(synthetic_un_xml(Seed(7), people=20))
    with pytest.raises(ShrunkListError):
        run(tmp_path, "update", "un", "--file", str(file))
    assert "waits for one more person" in run(tmp_path, "confirm", "un", "--by", "pvara:a")
    assert "in force" in run(tmp_path, "confirm", "un", "--by", "pvara:b")
    monkeypatch.setenv("SANDRAIL_LIST_CONFIRMATIONS", "0")
    with pytest.raises(InputError, match="SANDRAIL_LIST_CONFIRMATIONS"):
        run(tmp_path, "confirm", "un", "--by", "pvara:c")


def test_changes_are_said_in_words() -> None:
    before = load_un_xml(UN)
    after = load_un_xml(
        UN.replace(b"<QUALITY>Low</QUALITY>", b"<QUALITY>Good</QUALITY>")
        .replace(b"1948-12-10", b"1949-12-10")
        .replace(b"Rahim Bakhsh", b"Rahim Gul")
        .replace(b"D00000777", b"D00000778")
        .replace(b"Sangbar", b"Mirgot")
    )
    (change,) = changes_of(before, after)
    assert (change.state, change.id) == ("changed", "9900001")
    for words in (
        "name 'The Falcon': low became good",
        "father's name added: Rahim Gul",
        "father's name removed: Rahim Bakhsh",
        "date of birth added: 1949-12-10",
        "date of birth removed: 1948-12-10",
        "place added: Mirgot",
        "number added: passport D00000778",
    ):
        assert words in change.words
    assert any(words.startswith("remarks: ") and len(words) <= 160 for words in change.words)
    assert changes_of(before, before) == ()
    gone = changes_of(before, replace(before, entries=before.entries[1:]))
    assert [(one.state, one.id) for one in gone] == [("removed", "9900001")]
    assert [one.state for one in changes_of(None, before)] == ["added", "added"]
    turned = replace(before.entries[0], names=before.entries[0].names[::-1])
    order = changes_of(before, replace(before, entries=(turned, before.entries[1])))
    assert order[0].words == ("names in another order",)
