"""A number that cannot be what it is called is told, in a verdict and in a file of verdicts."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from sandrail.rails.travel_rule.lei import make_lei
from sandrail.screening import identity_from, unusable_numbers
from sandrail.screening.numbers import is_lei
from sandrail.screening.synthetic import synthetic_un_xml
from sandrail.world import Seed
from tests.makers.commands import ask

LEI = make_lei("529900T8BM49AURSDO")
BECH32 = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
HEX = "0x" + "ab" * 20


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("cnic", "35202-1234567-1", "35202-1234567"),
        ("cnic", "3520212345671", "35202123456711"),
        ("lei", LEI, LEI[:-1] + str((int(LEI[-1]) + 1) % 10)),
        ("lei", LEI.lower(), LEI[:-1]),
        ("imo", "IMO 9074729", "9074728"),
        ("imo", "9074729", "907472"),
        ("wallets", HEX, HEX[:-1]),
        ("wallets", HEX.upper().replace("0X", "0x"), HEX[:-1] + "g"),
        ("wallets", BECH32, BECH32[:-1] + "b"),
        ("wallets", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", HEX + "00"),
    ],
)
def test_a_mistyped_number_is_told_and_a_right_one_is_not(
    field: str, right: str, wrong: str
) -> None:
    def said(number: str) -> tuple[str, ...]:
        return unusable_numbers(identity_from({"name": "Ingrid Lindqvist", field: number}))

    assert said(right) == ()
    assert len(said(wrong)) == 1


def test_every_slip_of_one_digit_in_an_lei_is_seen() -> None:
    slips = [
        f"{LEI[:at]}{other}{LEI[at + 1 :]}"
        for at in range(len(LEI))
        for other in "0123456789"
        if LEI[at].isdigit() and other != LEI[at]
    ]
    assert is_lei(LEI) and not any(map(is_lei, slips))


def test_the_command_says_it_on_paper_and_as_data(tmp_path: Path) -> None:
    lists = tmp_path / "un.xml"
    lists.write_bytes(synthetic_un_xml(Seed(7)))
    asked = ["screen", "Ingrid Lindqvist", "--cnic", "35202", "--un-file", str(lists)]
    assert "5 digits instead of 13" in " ".join(ask(asked).stdout.split())
    assert len(json.loads(ask([*asked, "--json"]).stdout)["unusable"]) == 1
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("name,cnic\nIngrid Lindqvist,35202\nAnna Berg,\n", "utf-8")
    ask(["screen", str(source), "--out", str(target), "--un-file", str(lists)])
    with target.open(encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert first["decision"] == "CLEAR" and "5 digits instead of 13" in first["reason"]
    assert "digits" not in second["reason"]
