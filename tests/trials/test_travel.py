"""Travel-rule data come from the person's own record, and what is withheld is missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sandrail.controls import TRAVEL_DATA_COMPLETE, RowFact
from sandrail.rails.chain import wallet_address
from sandrail.rails.travel_rule import TravelRuleData, Version, decode, encode
from sandrail.rulebook import Pack
from sandrail.trials import draw_people
from sandrail.trials.plan import PopulationPlan
from sandrail.trials.population import People
from sandrail.trials.travel import completeness, travel_party
from sandrail.world import Seed

ON = date(2027, 1, 4)


def people() -> People:
    return draw_people(PopulationPlan((("salaried", 20),)), seed=Seed(1), on=ON)


def facts(drawn: People, pack: Pack) -> RowFact:
    party = travel_party(drawn, 0, wallet=wallet_address("x"))
    return completeness(party, pack.in_force(ON), today=ON)


def test_a_whole_record_suffices_for_both_roles(pack: Pack) -> None:
    assert facts(people(), pack) == TRAVEL_DATA_COMPLETE


def test_without_an_address_nobody_can_originate(pack: Pack) -> None:
    secretive = replace(people(), district=("",) * 20)
    assert facts(secretive, pack) == RowFact.BENEFICIARY_COMPLETE


def test_data_that_violate_the_standard_suffice_for_nothing(pack: Pack) -> None:
    unborn = replace(people(), born=(date(2027, 1, 5),) * 20)
    assert facts(unborn, pack) == RowFact(0)


def test_the_payload_survives_the_wire() -> None:
    party = travel_party(people(), 3, wallet=wallet_address("x"))
    data = TravelRuleData(originators=(party,), beneficiaries=(party,))
    assert decode(encode(data, version=Version.V2023)) == data
