"""The room's public surface and its commands, pinned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

import sandrail.screening as room
from sandrail.cli.screening import lists_app, screen
from sandrail.screening import load_un_xml
from sandrail.screening.synthetic import synthetic_people, synthetic_un_xml
from sandrail.world import Seed

PEOPLE = synthetic_people(Seed(7), count=180)


@pytest.fixture(scope="module")
def app() -> Typer:
    app = Typer()
    app.command("screen")(screen)
    app.add_typer(lists_app, name="lists")
    return app


@pytest.fixture(scope="module")
def un_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("un") / "un.xml"
    path.write_bytes(synthetic_un_xml(Seed(7)))
    return path


def test_everything_exported_exists_and_is_sorted() -> None:
    assert all(hasattr(room, name) for name in room.__all__)
    assert sorted(room.__all__, key=str.lower) == sorted(set(room.__all__), key=str.lower)
    assert {"Index", "Screener", "ScreeningBook", "ListStore", "screen_file"} <= set(room.__all__)


def test_lists_are_taken_in_and_screened_against(app: Typer, un_file: Path, tmp_path: Path) -> None:
    run, folder = CliRunner().invoke, str(tmp_path / "lists")
    done = run(app, ["lists", "update", "un", "--file", str(un_file), "--lists", folder, "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)[0]["entries"] == 200
    status = json.loads(run(app, ["lists", "status", "--lists", folder, "--json"]).stdout)
    assert status[0]["list"] == "un" and status[0]["version"] == load_un_xml(un_file).version
    diff = run(app, ["lists", "diff", "un", "--lists", folder])
    assert "added 200, changed 0, removed 0" in diff.stdout
    for _ in range(2):  # the second time from the saved index
        hit = run(
            app,
            ["screen", PEOPLE[0].script, "--dob", PEOPLE[0].dob, "--lists", folder, "--json"],
        )
        assert hit.exit_code == 11 and json.loads(hit.stdout)["decision"] == "HIT"
    review = run(app, ["screen", PEOPLE[0].name, "--lists", folder])
    assert review.exit_code == 10 and "REVIEW" in review.stdout
    clear = run(app, ["screen", "Ingrid Lindqvist", "--un-file", str(un_file)])
    assert clear.exit_code == 0 and "CLEAR" in clear.stdout


def test_a_file_is_screened(app: Typer, un_file: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f"name,dob\n{PEOPLE[1].name},{PEOPLE[1].dob}\nIngrid Lindqvist,\n")
    words = ["screen", str(source), "--out", str(target), "--un-file", str(un_file), "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["hit"] == 1 and target.read_text().count("\n") == 3


def test_without_a_list_nobody_is_cleared(app: Typer, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["screen", "Ali", "--lists", str(tmp_path)])
    assert done.exit_code != 0
    assert "No list is in force" in str(done.exception)


def test_a_file_without_a_place_for_its_verdicts_is_not_a_name(
    app: Typer, un_file: Path, tmp_path: Path
) -> None:
    table = tmp_path / "customers.csv"
    table.write_text("name\nAli Raza\n", encoding="utf-8")
    refused = CliRunner().invoke(app, ["screen", str(table), "--un-file", str(un_file)])
    assert isinstance(refused.exception, room.IdentityError)
    assert "--out" in refused.exception.fix


def test_the_clerk_sees_the_sum_and_what_it_is_held_to(app: Typer, un_file: Path) -> None:
    told = CliRunner().invoke(app, ["screen", PEOPLE[0].name, "--un-file", str(un_file)]).stdout
    assert "Together +" in told and "somebody must look from" in told
