"""``sandrail case`` and ``sandrail register`` on a journal that a journey wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandrail.casework import JourneyError, RegisterError
from sandrail.cli.casework import case_app, register_app
from sandrail.world import InputError, SandrailError

JOURNEY = Path(__file__).parents[2] / "examples" / "journeys" / "remittance" / "journey.toml"
ON = ["--on", "2026-11-20"]


@pytest.fixture
def journal(tmp_path: Path) -> str:
    path = tmp_path / "case.journal"
    answer = ask(case_app, "play", str(JOURNEY), "--journal", str(path))
    assert answer["ids"]["second"].startswith("PK-APP-")
    assert any(step["refused"] for step in answer["steps"])
    return str(path)


def ask(app, *words: str) -> dict:  # type: ignore[no-untyped-def, type-arg]
    result = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=True)
    if isinstance(result.exception, SandrailError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.strip().splitlines()[-1])  # type: ignore[no-any-return]


def test_cases_are_listed_and_shown(journal: str) -> None:
    rows = ask(case_app, "list", journal)["rows"]
    assert [row["state"] for row in rows] == ["refused", "granted", "live"]
    shown = ask(case_app, "show", rows[0]["id"], journal, *ON)
    assert shown["history"][-1]["act"] == "refused"
    assert {it["id"] for it in shown["clocks"]} >= {"completeness", "evaluation", "committee"}


def test_people_read_tables(journal: str) -> None:
    for app, words in (
        (case_app, ["list", journal]),
        (case_app, ["show", "PK-SBX-000001-51", journal, *ON]),
        (case_app, ["statistics", journal, *ON]),
        (case_app, ["lifecycle"]),
        (register_app, ["show", "--journal", journal, *ON]),
        (register_app, ["reasons", "--journal", journal]),
    ):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        assert result.stdout.strip()


def test_the_queue_of_a_supervisor_holds_the_live_test(journal: str) -> None:
    people = JOURNEY.parents[2] / "rupee-art" / "people.toml"
    answer = ask(case_app, "queue", "pvara:l.supervisor", journal, "--people", str(people), *ON)
    assert "PK-SBX-000001-51" in [row["id"] for row in answer["rows"]]


def test_the_register_is_searched_exported_and_proved(journal: str, tmp_path: Path) -> None:
    found = ask(register_app, "show", "دریا", "--journal", journal, *ON)
    assert found["count"] == 1
    for ending in ("json", "csv", "parquet"):
        out = tmp_path / f"register.{ending}"
        ask(register_app, "export", str(out), "--journal", journal, *ON)
        assert out.stat().st_size > 100
    snapshot = tmp_path / "register.json"
    assert ask(register_app, "prove", str(snapshot), "--journal", journal)["sound"]
    forged = snapshot.read_text(encoding="utf-8").replace("Darya", "Durya")
    snapshot.write_text(forged, encoding="utf-8")
    with pytest.raises(RegisterError):
        ask(register_app, "prove", str(snapshot), "--journal", journal)
    with pytest.raises(InputError, match="not written as"):
        ask(register_app, "export", str(tmp_path / "register.xls"), "--journal", journal, *ON)


def test_reasons_name_no_firm(journal: str) -> None:
    answer = ask(register_app, "reasons", "--journal", journal)
    assert "AML-1" in json.dumps(answer)
    assert "Darya" not in json.dumps(answer)


def test_a_journey_that_is_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "journey.toml").write_text("x = 1", encoding="utf-8")
    with pytest.raises(JourneyError):
        ask(case_app, "play", str(tmp_path / "journey.toml"))
