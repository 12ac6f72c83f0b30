"""``sandrail case`` on a journal that a journey wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandrail.casework import Casebook, RegisterError, play, snapshot_json, take_snapshot
from sandrail.cli.casework import case_app
from sandrail.journal import Journal
from sandrail.rulebook import load_pack
from sandrail.world import SandrailError
from tests.makers.commands import ask as run_command

JOURNEY = Path(__file__).parents[2] / "examples" / "journeys" / "remittance" / "journey.toml"
ON = ["--on", "2026-11-20"]


@pytest.fixture
def journal(tmp_path: Path) -> str:
    path = tmp_path / "case.journal"
    with Journal.create(path, name="remittance") as kept:
        play(JOURNEY, journal=kept, pack=load_pack("pakistan"))
    return str(path)


def ask(app, *words: str) -> dict:  # type: ignore[no-untyped-def, type-arg]
    result = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=True)
    if isinstance(result.exception, SandrailError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.strip().splitlines()[-1])  # type: ignore[no-any-return]


def test_cases_are_listed_and_shown(journal: str) -> None:
    rows = ask(case_app, "list", "--journal", journal)["rows"]
    assert [row["state"] for row in rows] == ["refused", "granted", "live"]
    shown = ask(case_app, "show", rows[0]["id"], "--journal", journal, *ON)
    assert shown["history"][-1]["act"] == "refused"
    assert {it["id"] for it in shown["clocks"]} >= {"completeness", "evaluation", "committee"}


def test_people_read_tables(journal: str) -> None:
    for app, words in (
        (case_app, ["list", "--journal", journal]),
        (case_app, ["show", "PK-SBX-000001-51", "--journal", journal, *ON]),
        (case_app, ["statistics", "--journal", journal, *ON]),
        (case_app, ["lifecycle"]),
        (case_app, ["search", "", "--journal", journal, *ON]),
        (case_app, ["reasons", "--journal", journal]),
    ):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        assert result.stdout.strip()


def test_the_queue_of_a_supervisor_holds_the_live_test(journal: str) -> None:
    people = JOURNEY.parents[2] / "rupee-art" / "people.toml"
    answer = ask(
        case_app, "queue", "pvara:l.supervisor", "--journal", journal, "--people", str(people), *ON
    )
    assert "PK-SBX-000001-51" in [row["id"] for row in answer["rows"]]


def test_the_register_is_searched_in_any_script(journal: str) -> None:
    for query in ("دریا", "darya", "PK-SBX"):
        assert ask(case_app, "search", query, "--journal", journal, *ON)["count"] == 1
    assert ask(case_app, "search", "meridian", "--journal", journal, *ON)["count"] == 0


def test_a_snapshot_is_proved_and_a_forged_one_is_not(journal: str, tmp_path: Path) -> None:
    pack = load_pack("pakistan")
    with Journal.open(journal, read_only=True) as opened:
        book = Casebook.open(opened, pack)
        data = snapshot_json(take_snapshot(opened, book.docket, pack, at_us=0))
    file = tmp_path / "register.json"
    file.write_bytes(data)
    assert ask(case_app, "prove", str(file), "--journal", journal)["sound"]
    file.write_bytes(data.replace(b"Darya", b"Durya"))
    with pytest.raises(RegisterError):
        ask(case_app, "prove", str(file), "--journal", journal)


def test_the_register_of_a_day_tells_nothing_that_was_done_later(
    journal: str, tmp_path: Path
) -> None:
    """Else a snapshot that is dated before a decision would publish it."""
    days = {"1999-01-01": [], "2026-09-02": [], ON[1]: ["PK-SBX-000001-51"]}
    heads = []
    for day, told in days.items():
        file = tmp_path / f"{day}.json"
        words = ("register", journal, "--on", day, "--out", str(file))
        done = run_command([*words, "--json"])
        snapshot = json.loads(done.stdout)
        assert [entry["id"] for entry in snapshot["entries"]] == told
        searched = ask(case_app, "search", "PK-SBX", "--journal", journal, "--on", day)
        assert searched["count"] == len(told)
        assert ask(case_app, "prove", str(file), "--journal", journal)["sound"]
        heads.append(snapshot["seq"])
    assert heads[0] == -1 < heads[1] < heads[2]


def test_an_empty_journal_has_an_empty_register(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "new.db", name="new"):
        pass
    done = run_command(["register", str(tmp_path / "new.db"), "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)["entries"] == []


def test_reasons_name_no_firm(journal: str) -> None:
    answer = ask(case_app, "reasons", "--journal", journal)
    assert "AML-1" in json.dumps(answer)
    assert "Darya" not in json.dumps(answer)
