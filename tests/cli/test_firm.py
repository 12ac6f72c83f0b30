"""``sandrail firm``: a break is told, pauses the firm, and two people lift it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandrail.journal import Journal
from tests.cli.test_commands import answer, run
from tests.makers.desk import issue, open_desk

BREAK = ("firm", "observe", "break_opened", "case=B1", "between=ledger and bank", "minor=500")
LATER = ("--at", "2026-06-01T11:00:00+05:00")
LIFT = ("firm", "lift", "G30.break_age_max", "--reason", "a late booking", "--by", "pvara:one")


@pytest.fixture
def journal(tmp_path: Path) -> tuple[str, str]:
    """A journal with a desk in business."""
    path = tmp_path / "journal.db"
    with Journal.create(path, name="cli") as opened:
        open_desk(journal=opened).submit([issue(1, 0, 5_000)], key="fund")
    return "--journal", str(path)


def test_a_break_is_told_pauses_the_firm_on_the_clock_and_is_lifted_by_two(
    journal: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(capsys, *BREAK, *journal) == (0, {"consequences": []})
    _, before = answer(capsys, "firm", "status", *journal)
    assert before["ahead"][0]["rule"] == "G30.break_age_max"
    assert not before["standing"]
    _, later = answer(capsys, "firm", "status", *LATER, *journal)
    assert [one["effect"] for one in later["standing"]] == ["PAUSE_FIRM"]
    code, out, _ = run(capsys, "firm", "status", *LATER, *journal)
    assert code == 0 and "PAUSE_FIRM" in out and "B1" in out
    code, refused = answer(capsys, *LIFT, "--confirmed-by", "pvara:one", *LATER, *journal)
    assert (code, refused["error"]["code"]) == (4, "transfers.needs_second_person")
    code, lifted = answer(capsys, *LIFT, "--confirmed-by", "pvara:two", *LATER, *journal)
    assert code == 0 and [one["subject"] for one in lifted["consequences"]] == ["B1"]
    assert not answer(capsys, "firm", "status", *LATER, *journal)[1]["standing"]


def test_a_report_is_owed_filed_and_an_escalation_answered(
    journal: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    told = ("case=7", "severity=high", "summary=A key was lost.")
    _, news = answer(capsys, "firm", "observe", "incident_reported", *told, *journal)
    assert [one["effect"] for one in news["consequences"]] == ["REPORT"] * 3
    rule = "G29.first_notice_max"
    filed = ("firm", "file", rule, "7", "--reference", "PVARA-1", "--by", "firm:mlro", *journal)
    assert answer(capsys, *filed)[0] == 0
    assert answer(capsys, *filed)[0] == 4
    code, _ = answer(
        capsys, "firm", "answer", rule, "--reason", "seen", "--by", "pvara:one", *journal
    )
    assert code == 4


@pytest.mark.parametrize("words", [("status",), BREAK[1:]], ids=lambda words: words[0])
def test_an_instant_before_the_journal_s_last_is_refused_not_moved(
    journal: tuple[str, str], capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """Whoever names a day gets an answer of that day, or none; and nothing is dated otherwise."""
    with Journal.open(journal[1], read_only=True) as opened:
        before = opened.head
    code, said = answer(capsys, "firm", *words, "--at", "1999-01-01", *journal)
    assert (code, said["error"]["code"]) == (2, "cli.past_instant")
    assert "--at" in said["error"]["fix"]
    with Journal.open(journal[1], read_only=True) as opened:
        assert opened.head == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("weather",), "nothing that can be observed"),
        (("break_opened", "case=B1"), "Missing: between, minor"),
        (("break_opened", "case=B1", "between=a", "minor=five"), "neither a number"),
        (("break_opened", "case=B1", "between=a", "minor=[[[[[[1]]]]]]"), "a whole number"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words(
    words: tuple[str, ...],
    said: str,
    journal: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, _, err = run(capsys, "firm", "observe", *words, *journal)
    assert code == 2 and said in err
