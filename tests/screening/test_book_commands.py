"""A book of customers from the command line: screened, ruled out, rescreened, told to the gate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandrail.controls import Screen
from sandrail.journal import Journal
from sandrail.screening import (
    FourEyesError,
    IdentityError,
    ListStore,
    curve_of_customers,
    load_model,
    read_record,
)
from sandrail.screening.synthetic import synthetic_people, synthetic_un_xml
from sandrail.world import RealClock, Seed
from tests.makers.commands import ask
from tests.makers.desk import open_desk

LISTED = synthetic_people(Seed(7), count=1)[0]
LIST = synthetic_un_xml(Seed(7))
REASON = "Born in 1990, father Bilal: passport seen on 3 March."
OFFICERS = ["--by", "firm:mlro/a", "--confirmed-by", "firm:mlro/b"]


class Office:
    """A journal, a list store and a file of customers."""

    def __init__(self, folder: Path) -> None:
        self.journal, self.lists = folder / "j.db", folder / "lists"
        self.customers = folder / "customers.csv"
        self.customers.write_text(f"party_no,name\n0,{LISTED.name}\n1,Ingrid Lindqvist\n", "utf-8")
        self.take_in(LIST)

    def take_in(self, data: bytes) -> None:
        ListStore(self.lists).update("un", at_us=RealClock().now_us(), data=data)

    def run(self, *words: str, stores: bool = True) -> dict[str, Any]:
        where = ["--journal", str(self.journal), "--json"]
        where += ["--lists", str(self.lists)] if stores else []
        done = ask(["screen", *words, *where])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def clear(self, *words: str) -> dict[str, Any]:
        asked = ["clear", "0", "un/9900000", "--reason", REASON]
        return self.run(*asked, *(words or OFFICERS), "--customers", str(self.customers))

    def standing(self) -> str:
        (one,) = self.run("clearances", stores=False)["clearances"]
        return str(one["standing"])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_clearance_takes_two_and_ends_with_the_entry(office: Office) -> None:
    Journal.create(office.journal, name="book").close()
    first = office.run("book", str(office.customers))
    assert (first["review"], first["clear"], first["gate"]) == (1, 1, -1)
    assert office.run("book", str(office.customers))["recorded"] == 0, "remembered"
    with pytest.raises(FourEyesError):
        office.clear("--by", "firm:mlro/a", "--confirmed-by", "firm:aml_specialist/a")
    assert office.clear()["decision"] == "CLEAR" and office.standing() == "holds"
    with pytest.raises(IdentityError, match="does not match"):
        office.clear()
    office.take_in(LIST.replace(b"1974-02-01", b"1974-02-02", 1))
    with pytest.raises(IdentityError, match="other lists are in force"):
        office.run("book", str(office.customers))
    report = office.run("rescreen", str(office.customers))
    assert report["proposals"] == [[0, "CLEAR", "REVIEW"]] and report["time_to_freeze_us"] > 0
    assert len(report["changed"]) == 1 and report["before"] != report["after"]
    assert office.standing() == "ended: the entry changed, and matches again"
    with Journal.open(office.journal, read_only=True) as journal:
        kinds = [fact.kind for fact in journal.facts()]
        assert read_record(journal).list_version == report["after"]
    assert kinds.count("screening.cleared") == 1 and kinds.count("screening.rescreened") == 1


def test_the_gate_of_a_desk_learns_the_verdicts_and_freezes_whom_new_lists_name(
    office: Office,
) -> None:
    with Journal.create(office.journal, name="desk") as journal:
        count = open_desk(journal=journal).floor.parties.count
    assert office.run("book", str(office.customers))["gate"] == count
    with Journal.open(office.journal, read_only=True) as journal:
        screens = [f.kind for f in journal.facts()].count("transfers.screened")
    assert screens >= 1
    born = f"party_no,name,dob\n0,{LISTED.name},{LISTED.dob}\n1,Ingrid Lindqvist,\n"
    office.customers.write_text(born, "utf-8")
    assert office.run("book", str(office.customers))["hit"] == 1
    from sandrail.cli.desk import open_desk as opened

    with Journal.open(office.journal, read_only=True) as journal:
        floor = opened(journal).floor
    assert floor.parties.screen[0] == Screen.HIT and floor.parties.screen[1] == Screen.CLEAR
    assert floor.parties.screen[2] == Screen.UNSCREENED, "nobody screened is nobody cleared"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("party_no,name\n0,Ali Raza\n0,Bilal\n", "'0' is not a party_no of its own"),
        ("name\nAli Raza\n", "'' is not a party_no"),
        ("party_no,name\n0,!!!\n", "is not a name"),
        ("party_no,name\n0,Raza, Ali\n", "3 cells and the header 2"),
    ],
)
def test_a_customer_who_cannot_be_screened_is_named_by_row(
    office: Office, text: str, said: str
) -> None:
    Journal.create(office.journal, name="bad").close()
    office.customers.write_text(text, "utf-8")
    with pytest.raises(IdentityError) as refused:
        office.run("book", str(office.customers))
    assert "Row " in refused.value.what and said in refused.value.why


def test_a_budget_is_measured_on_ones_own_customers(office: Office, tmp_path: Path) -> None:
    picture = tmp_path / "own.svg"
    namesakes = "".join(f"{no},{LISTED.name}\n" for no in range(30))
    strangers = "".join(f"{no},Ingrid Lindqvist\n" for no in range(30, 100))
    office.customers.write_text(f"party_no,name\n{namesakes}{strangers}", "utf-8")
    asked = ["screen", "budget", "--parties-a-day", "1000", "--alarms-a-day", "10", "--json"]
    own = ["--customers", str(office.customers), "--lists", str(office.lists)]
    answer = json.loads(ask([*asked, *own, "--svg", str(picture)]).stdout)
    assert answer["measured_on"] == "your 100 customers"
    assert (answer["alarms_a_day"], answer["within_budget"]) == (300, False)
    assert "your 100 customers" in picture.read_text("utf-8")
    told = ask([*asked[:-1], *own]).stdout
    assert "30.00 % of them still ring" in " ".join(told.split())
    office.customers.write_text("party_no,name\n", "utf-8")
    assert isinstance(ask([*asked, *own]).exception, IdentityError)


@given(st.lists(st.none() | st.integers(-1_000, 6_000), max_size=40))
@settings(deadline=None)
def test_a_stricter_threshold_never_rings_more_nor_finds_more(margins: list[int | None]) -> None:
    curve = curve_of_customers(margins, pattern="latin")
    strict_first = sorted(curve, reverse=True)
    assert list(curve) == strict_first
    assert [p.false_ppm for p in curve] == sorted(p.false_ppm for p in curve)
    assert [p.recall_ppm for p in curve] == sorted(p.recall_ppm for p in curve)
    shipped = load_model().review_milli["latin"]
    rings = [m for m in margins if m is not None and m >= 0]
    at_shipped = next(p for p in curve if p.threshold_milli == shipped)
    assert at_shipped.false_ppm == 1_000_000 * len(rings) // max(len(margins), 1)


def test_a_budget_is_told_with_its_price_and_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "budget.svg"
    asked = ["screen", "budget", "--parties-a-day", "10000", "--json", "--svg", str(picture)]
    answers = [
        json.loads(ask([*asked, "--alarms-a-day", str(most)]).stdout) for most in (0, 5, 2_000)
    ]
    recalls = [one["recall_ppm"] for one in answers]
    assert recalls == sorted(recalls) and answers[1]["alarms_a_day"] <= 5
    assert answers[2]["within_budget"] and "chosen" in picture.read_text("utf-8")
    unknown = ask([*asked, "--alarms-a-day", "5", "--pattern", "nonsense"])
    assert isinstance(unknown.exception, IdentityError)
