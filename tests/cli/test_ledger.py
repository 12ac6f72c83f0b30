"""The auditor's commands: balances and statements, page by page, as of then and as of now."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sandrail.cli import main
from sandrail.journal import Journal
from sandrail.ledger import AccountFlag, ChartCode, Ledger, RowFlag, TransferRow, rows_of
from sandrail.money import Asset, AssetKind
from sandrail.world import DAY_US, parse_instant

START = parse_instant("2026-03-01")
ASSETS = (
    Asset("PKR", 2, AssetKind.FIAT),
    Asset("WEI", 18, AssetKind.TOKENIZED_ASSET),
    Asset("SHARE", 0, AssetKind.TOKENIZED_ASSET),
)
FUNDS = {"PKR": "123.45", "WEI": "25.000000000000000001", "SHARE": "7"}


@pytest.fixture
def books(tmp_path: Path) -> str:
    """Three assets; account 1 pays 2 eight times, one a day, value-dated to even days."""
    place = tmp_path / "audit.journal"
    with Journal.create(place, name="audit") as journal:
        ledger = Ledger.open(journal)
        guarded = AccountFlag.MUST_NOT_OVERDRAW_CREDITS
        for number, asset in enumerate(ASSETS):
            ledger.define_asset(asset, at_us=START)
            ledger.open_account(asset=number, chart=ChartCode.RESERVE_AT_BANK, at_us=START)
            for owner in (0, 1):
                ledger.open_account(asset=number, owner=owner, flags=guarded, at_us=START)
        minor = (12_345, 25 * 10**18 + 1, 7)
        funds = [TransferRow(k + 1, 3 * k, 3 * k + 1, amount) for k, amount in enumerate(minor)]
        ledger.post(rows_of(funds), "funds", START)
        for day in range(1, 9):
            at_us = START + day * DAY_US
            valid_us = np.array([START + (day - day % 2) * DAY_US], "<i8")
            pay = rows_of([TransferRow(100 + day, 1, 2, 10 * day)])
            ledger.post(pay, f"day {day}", at_us, context={"valid_us": valid_us})
        hold = TransferRow(200, 1, 2, 500, flags=RowFlag.PENDING)
        ledger.post(rows_of([hold]), "hold", START + 9 * DAY_US)
    return str(place)


def ask(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    """Run a ledger command for a machine and return its answer, or its error."""
    with pytest.raises(SystemExit):
        main(["ledger", *map(str, words), "--json"])
    said = capsys.readouterr()
    return json.loads((said.out or said.err).splitlines()[-1])


def test_balances_show_every_scale_exactly(capsys: pytest.CaptureFixture[str], books: str) -> None:
    found = ask(capsys, "balances", books, "--chart", "reserve_at_bank")
    assert {line["asset"]: line["balance"] for line in found["accounts"]} == FUNDS
    assert {line["side"] for line in found["accounts"]} == {"DBIT"}
    held = ask(capsys, "balances", books, "--owner", "0", "--limit", "1")
    assert (held["accounts"][0]["held"], held["next_after"]) == ("5.00", 1)
    assert "error" in ask(capsys, "balances", books, "--chart", "nothing")


def test_pages_of_a_statement_are_the_whole_one(
    capsys: pytest.CaptureFixture[str], books: str
) -> None:
    whole = ask(capsys, "statement", 1, "--journal", books)
    pages, after = [], ""
    while after is not None:
        more = ("--after", after) if after else ()
        pages.append(ask(capsys, "statement", 1, "--journal", books, "--limit", 4, *more))
        after = pages[-1]["next_after"]
    assert [entry for page in pages for entry in page["entries"]] == whole["entries"]
    assert [len(page["entries"]) for page in pages] == [4, 4, 1]
    for before, page in pairwise(pages):
        assert page["page_opening"] == before["page_closing"]
    assert {page["closing"]["amount"] for page in pages} == {"119.85"}
    assert whole["closing"] == pages[-1]["page_closing"]


def test_what_was_known_then_and_what_was_valid_then_are_told_apart(
    capsys: pytest.CaptureFixture[str], books: str
) -> None:
    statement = ("statement", 1, "--journal", books)
    recorded = ask(capsys, *statement, "--until", "2026-03-04")
    valid = ask(capsys, *statement, "--until", "2026-03-04", "--axis", "valid")
    assert [entry["amount"] for entry in recorded["entries"][1:]] == ["0.10", "0.20"]
    assert [entry["amount"] for entry in valid["entries"][1:]] == ["0.10", "0.20", "0.30"]
    third = recorded["entries"][2]["ref"].split(".")[0]
    known = ask(capsys, *statement, "--until", "2026-03-04", "--axis", "valid",
                "--as-of-seq", third)  # fmt: skip
    assert known["closing"] == recorded["closing"]
    assert (known["pending_debits"], valid["pending_debits"]) == ("0.00", "5.00")
    assert known["as_of_seq"] == int(third)


@pytest.mark.parametrize("after", ["3", "99.0", "a.b", "-1.0"])
def test_an_address_that_is_none_is_refused(
    capsys: pytest.CaptureFixture[str], books: str, after: str
) -> None:
    error = ask(capsys, "statement", 1, "--journal", books, f"--after={after}")["error"]
    assert error["code"] == "ledger.bad_page"


def test_a_period_that_ends_before_it_begins_is_refused(
    capsys: pytest.CaptureFixture[str], books: str
) -> None:
    """An empty statement would be taken for an account at rest."""
    period = ("--from", "2026-03-05", "--until", "2026-03-01")
    error = ask(capsys, "statement", 1, "--journal", books, *period)["error"]
    assert error["code"] == "cli.bad_period" and error["fix"]


def test_people_see_the_same(capsys: pytest.CaptureFixture[str], books: str) -> None:
    with pytest.raises(SystemExit):
        main(["ledger", "statement", "4", "--journal", books])
    said = capsys.readouterr().out
    assert "Closing (CLBD)   25.000000000000000001 CRDT" in said
    with pytest.raises(SystemExit):
        main(["ledger", "check", books])
    assert "PKR" in capsys.readouterr().out
