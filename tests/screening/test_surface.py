"""The room's public surface and its commands, pinned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sandrail.screening as room
from sandrail.cli import screen_index
from sandrail.screening import load_un_xml
from sandrail.screening.synthetic import synthetic_people, synthetic_un_xml
from sandrail.world import HOUR_US, RefusedError, Seed
from tests.makers.commands import ask

PEOPLE = synthetic_people(Seed(7), count=180)


@pytest.fixture(scope="module")
def un_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("un") / "un.xml"
    path.write_bytes(synthetic_un_xml(Seed(7)))
    return path


def test_everything_exported_exists_and_is_sorted() -> None:
    assert all(hasattr(room, name) for name in room.__all__)
    assert sorted(room.__all__) == sorted(set(room.__all__))
    assert {"Index", "Screener", "ScreeningBook", "ListStore", "screen_file"} <= set(room.__all__)


def test_lists_are_taken_in_and_screened_against(un_file: Path, tmp_path: Path) -> None:
    run, folder = ask, str(tmp_path / "lists")
    done = run(["lists", "update", "un", "--file", str(un_file), "--lists", folder, "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)["lists"][0]["entries"] == 200
    status = json.loads(run(["lists", "status", "--lists", folder, "--json"]).stdout)
    status = status["lists"]
    assert status[0]["list"] == "un" and status[0]["version"] == load_un_xml(un_file).version
    diff = run(["lists", "diff", "un", "--lists", folder])
    assert "added 200, changed 0, removed 0" in diff.stdout
    for _ in range(2):  # the second time from the saved index
        hit = run(
            ["screen", PEOPLE[0].script, "--dob", PEOPLE[0].dob, "--lists", folder, "--json"],
        )
        assert hit.exit_code == 11 and json.loads(hit.stdout)["decision"] == "HIT"
    review = run(["screen", PEOPLE[0].name, "--lists", folder])
    assert review.exit_code == 10 and "REVIEW" in review.stdout
    clear = run(["screen", "Ingrid Lindqvist", "--un-file", str(un_file)])
    assert clear.exit_code == 0 and "CLEAR" in clear.stdout


def test_a_file_is_screened(un_file: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f"name,dob\n{PEOPLE[1].name},{PEOPLE[1].dob}\nIngrid Lindqvist,\n")
    words = ["screen", str(source), "--out", str(target), "--un-file", str(un_file), "--json"]
    done = ask(words)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["hit"] == 1 and target.read_text().count("\n") == 3
    assert "Screening" not in done.stderr, "no bar where nobody watches"


def test_without_a_list_nobody_is_cleared(tmp_path: Path) -> None:
    done = ask(["screen", "Ali", "--lists", str(tmp_path)])
    assert done.exit_code != 0
    assert "No list is in force" in str(done.exception)


def test_a_file_without_a_place_for_its_verdicts_is_not_a_name(
    un_file: Path, tmp_path: Path
) -> None:
    table = tmp_path / "customers.csv"
    table.write_text("name\nAli Raza\n", encoding="utf-8")
    refused = ask(["screen", str(table), "--un-file", str(un_file)])
    assert isinstance(refused.exception, room.IdentityError)
    assert "--out" in refused.exception.fix


def test_the_clerk_sees_the_sum_and_what_it_is_held_to(un_file: Path) -> None:
    told = ask(["screen", PEOPLE[0].name, "--un-file", str(un_file)]).stdout
    assert "Weighed: name +" in told and "from which an officer looks" in told
    assert "What would change the verdict:" in told and "never read the list out" in told
    assert "9900000 of un/2026-03-01/" in told, "the version of the list is named"


def test_options_may_come_before_the_name_and_a_command_s_word_can_be_a_name(un_file: Path) -> None:
    run, un = ask, ["--un-file", str(un_file)]
    early = run(["screen", "--dob", PEOPLE[0].dob, *un, PEOPLE[0].name])
    assert early.exit_code == 11
    assert run(["screen", "name", "clear", *un]).exit_code == 0


def test_every_number_and_every_script_can_be_given(un_file: Path) -> None:
    run, un = ask, ["--un-file", str(un_file), "--json"]
    number = run(["screen", "Somebody Else", "--cnic", PEOPLE[4].cnic, *un])
    assert number.exit_code == 11
    told = json.loads(number.stdout)
    assert told["matches"][0]["pattern"] == "cnic" and told["lists"] == [
        load_un_xml(un_file).version
    ]
    scripts = run(["screen", "Ali", "--other-name", PEOPLE[0].script, "--dob",
                        PEOPLE[0].dob, "--wallet", "0xabc", "--passport", "AB1", *un])  # fmt: skip
    assert scripts.exit_code == 11


def test_lists_that_nobody_looked_at_for_too_long_clear_nobody(
    un_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, folder = ask, str(tmp_path / "lists")
    take_in = ["lists", "update", "un", "--file", str(un_file), "--lists", folder]
    asked = ["screen", "Ingrid Lindqvist", "--lists", folder]
    run(take_in)
    real = screen_index.RealClock

    class Later:
        def now_us(self) -> int:
            return real().now_us() + 25 * HOUR_US

    monkeypatch.setattr(screen_index, "RealClock", Later)
    stale = run(asked).exception
    assert isinstance(stale, RefusedError) and stale.stable_code == "screening.stale_lists"
    assert "25 hours ago" in stale.why and "24 hours" in stale.why
    allowed = run([*asked, "--allow-stale"])
    assert allowed.exit_code == 0 and "Nobody may rely" in allowed.stderr
    monkeypatch.setattr(screen_index, "RealClock", real)
    assert run(take_in).exit_code == 0, "the same file again is a fresh look"
    assert run(asked).exit_code == 0
