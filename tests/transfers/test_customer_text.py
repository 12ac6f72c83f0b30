"""What the customer of an answer reads on a real desk: the ledger's word, a limit, or no reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sandrail.controls import CustomerCode, PartyStatus, Screen, plain_text
from sandrail.journal import Journal
from sandrail.screening import Index, PartyIdentity, ScreeningBook, load_un_xml
from sandrail.transfers import Answers, Desk
from sandrail.world import SYSTEM
from tests.cli.test_commands import answer, run
from tests.evidence.conftest import EXAMPLE
from tests.makers.desk import condition, issue, open_desk, redeem, transfer

LIMIT = condition("G05.transfer_max", "500", "PKR")
RICH, POOR, WATCHED = 0, 1, 2
PROCESSING = plain_text(CustomerCode.PROCESSING)
NOT_CARRIED_OUT = plain_text(CustomerCode.NOT_CARRIED_OUT)


@pytest.fixture
def desk() -> Desk:
    opened = open_desk(LIMIT)
    opened.submit([issue(1, RICH, 40_000), issue(2, WATCHED, 40_000)], key="fund")
    return opened


def screen(desk: Desk, party: int, found: Screen) -> None:
    parties, screens = np.array([party]), np.array([found], dtype=np.uint8)
    desk.set_screening(parties, screens, list_version="test-1")


def freeze(desk: Desk, party: int) -> None:
    desk.set_status(np.array([party]), PartyStatus.FROZEN, reason="G19: named", actor=SYSTEM)


def review(desk: Desk) -> None:
    screen(desk, WATCHED, Screen.REVIEW)


def hit(desk: Desk) -> None:
    screen(desk, WATCHED, Screen.HIT)


def frozen(desk: Desk) -> None:
    freeze(desk, WATCHED)


def nothing(_: Desk) -> None:
    """Leave the desk as it is."""


@pytest.mark.parametrize(
    ("before", "minor", "debtor", "code"),
    [
        (nothing, 100, WATCHED, CustomerCode.DONE),
        (nothing, 60_000, WATCHED, CustomerCode.LIMIT),
        (nothing, 100, POOR, CustomerCode.FUNDS),
        (review, 100, WATCHED, CustomerCode.PROCESSING),
        (hit, 100, WATCHED, CustomerCode.NOT_CARRIED_OUT),
        (frozen, 100, WATCHED, CustomerCode.NOT_CARRIED_OUT),
        (hit, 60_000, WATCHED, CustomerCode.NOT_CARRIED_OUT),
    ],
)
def test_each_answer_has_one_text_for_its_customer(
    desk: Desk, before: Callable[[Desk], None], minor: int, debtor: int, code: CustomerCode
) -> None:
    before(desk)
    answers = desk.submit([transfer(9, debtor, RICH, minor)], key="asked")
    assert answers.customer_text(0).code is code
    again = desk.submit([transfer(9, debtor, RICH, minor)], key="asked")
    assert again.repeated and again.customer_text(0) == answers.customer_text(0)


def test_a_limit_is_told_alike_whether_or_not_screening_objects_too(desk: Desk) -> None:
    """The staff read what would pass, or that nothing would; the customer never does."""
    clean = desk.submit([transfer(9, WATCHED, RICH, 60_000)], key="clean")
    review(desk)
    watched = desk.submit([transfer(8, WATCHED, RICH, 60_000)], key="watched")
    assert clean.verdict(0).reason != watched.verdict(0).reason
    assert clean.customer_text(0) == watched.customer_text(0)
    assert "PKR 500" in str(clean.customer_text(0).words)


def test_a_redemption_that_waits_for_an_officer_reads_like_one_that_waits_for_the_bank(
    desk: Desk,
) -> None:
    bank = desk.submit([redeem(5, WATCHED, 100, two_step=True)], key="bank")
    review(desk)
    officer = desk.submit([redeem(6, WATCHED, 100, two_step=True)], key="officer")
    assert bank.verdict(0).outcome is not officer.verdict(0).outcome
    assert bank.customer_text(0) == officer.customer_text(0) == PROCESSING


def test_a_refusal_by_sanctions_reads_like_one_by_the_emergency_stop(desk: Desk) -> None:
    hit(desk)
    freeze_ = desk.submit([transfer(5, WATCHED, RICH, 100)], key="freeze")
    chained = [transfer(6, RICH, POOR, 1, linked=True), transfer(7, WATCHED, RICH, 1)]
    torn = desk.submit(chained, key="chain")
    assert freeze_.customer_text(0) == NOT_CARRIED_OUT
    assert [torn.customer_text(row) for row in range(2)] == [NOT_CARRIED_OUT] * 2


def said_of(answers: Answers) -> str:
    told = answers.customer_text(0)
    return json.dumps(told.as_dict(), ensure_ascii=False).casefold()


def test_no_name_entry_list_or_rule_of_a_real_match_reaches_the_customer(desk: Desk) -> None:
    listed = load_un_xml(EXAMPLE / "lists" / "synthetic_un.xml")
    entry = listed.entries[0]
    found = ScreeningBook(Index.build([listed])).screen(PartyIdentity(WATCHED, entry.name))
    assert found.matches
    screen(desk, WATCHED, Screen(int(found.decision)))
    said = said_of(desk.submit([transfer(9, WATCHED, RICH, 100)], key="asked"))
    secret = {"g19", "sanction", "list", "screen", "review", "match", "hold", "officer", "un/"}
    secret |= {entry.id, listed.version, found.list_version}
    secret |= {word.casefold() for word in entry.name.split()}
    assert not [word for word in secret if word.casefold() in said]


def test_the_command_line_keeps_the_customer_s_words_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "journal.db"
    with Journal.create(path, name="cli") as journal:
        desk = open_desk(LIMIT, journal=journal)
        desk.submit([issue(1, RICH, 40_000)], key="fund")
        screen(desk, RICH, Screen.REVIEW)
    asked = ["transfer", "--amount", "1", "--from", "C0", "--to", "C1", "--key", "k"]
    asked += ["--journal", str(path), "--travel-data"]
    _, told = answer(capsys, *asked)
    assert told["rule"] == "G19.lists" and told["customer_text"] == PROCESSING.as_dict()
    _, said, _ = run(capsys, *asked)
    assert "For the customer, and no more: Your instruction" in said
