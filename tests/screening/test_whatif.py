"""What would change a verdict is found by screening again, and it is true."""

from __future__ import annotations

from dataclasses import replace

from sandrail.screening import (
    Decision,
    PartialDate,
    PartyIdentity,
    Screener,
    what_would_change,
)
from sandrail.screening.synthetic import SyntheticPerson


def asked(screener: Screener, party: PartyIdentity) -> tuple[Decision, tuple[str, ...]]:
    result = screener.screen(party)
    return result.decision, what_would_change(screener, party, result)


def test_a_bare_name_learns_what_to_ask_for(
    screener: Screener, people: list[SyntheticPerson]
) -> None:
    person = people[0]
    party = PartyIdentity(0, person.name)
    decision, told = asked(screener, party)
    assert decision is Decision.REVIEW
    freezes = f"The listed date of birth ({person.dob}) would make it frozen."
    clears = "A date of birth that is many years away would make it clear."
    assert freezes in told and clears in told
    year, month, day = (int(part) for part in person.dob.split("-"))
    same = replace(party, dob=PartialDate(year, month, day))
    away = replace(party, dob=PartialDate(year - 20, 6, 17))
    assert asked(screener, same)[0] is Decision.HIT
    assert asked(screener, away)[0] is Decision.CLEAR


def test_a_number_is_changed_by_a_number_only(
    screener: Screener, people: list[SyntheticPerson]
) -> None:
    decision, told = asked(screener, PartyIdentity(0, "Ali", cnic=people[4].cnic))
    assert decision is Decision.HIT and told[0].startswith("Only another number")


def test_nothing_is_said_about_a_clear_party(screener: Screener) -> None:
    assert asked(screener, PartyIdentity(0, "Ingrid Lindqvist")) == (Decision.CLEAR, ())
