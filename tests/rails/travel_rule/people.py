"""Makers of the travel-rule tests: synthetic persons, and strategies for any payload."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from sandrail.rails.travel_rule import (
    COUNTRIES,
    Address,
    AddressKind,
    Birth,
    IdKind,
    Intermediary,
    LegalName,
    LegalNameKind,
    LegalPerson,
    NationalId,
    NaturalName,
    NaturalNameKind,
    NaturalPerson,
    Party,
    Transliteration,
    TravelRuleData,
    make_lei,
)

TODAY = date(2026, 3, 1)
WALLET = "eip155:1:0x00000000000000000000000000000000000000b1"

SARA = NaturalPerson(
    names=(NaturalName("Ahmed", "Sara"),),
    local_names=(NaturalName("احمد", "سارہ"),),
    addresses=(
        Address(AddressKind.HOME, "PK", "Lahore", street="Canal Road", building_number="12-B"),
    ),
    national_id=NationalId("35202-0000000-0", IdKind.IDENTITY_CARD, "PK"),
    birth=Birth(date(1990, 2, 25), "Multan"),
    country_of_residence="PK",
)
TRADERS = LegalPerson(
    names=(LegalName("Indus Traders Limited"), LegalName("Indus", LegalNameKind.TRADING)),
    national_id=NationalId("0012345", IdKind.TAX, registration_authority="RA000472"),
    country_of_registration="PK",
)


def vasp(name: str) -> Party:
    """Return a VASP with a synthetic LEI."""
    lei = make_lei(f"SYNTH{len(name):02d}00000000000"[:18])
    return Party(LegalPerson((LegalName(name),), national_id=NationalId(lei, IdKind.LEI)))


DATA = TravelRuleData(
    originators=(Party(SARA, ("PK00SNDR0000000000000001",)),),
    beneficiaries=(Party(TRADERS, (WALLET,)),),
    originating_vasp=vasp("Rupee Art (Private) Limited"),
    beneficiary_vasp=vasp("Other VASP"),
    transfer_path=(Intermediary(vasp("Middle VASP"), 0),),
    transliterations=(Transliteration.NASTALIQ,),
)


def with_originator(person: NaturalPerson | LegalPerson) -> TravelRuleData:
    """Return the data with another originator."""
    return replace(DATA, originators=(Party(person, DATA.originators[0].account_numbers),))


def with_sara(**changes: object) -> TravelRuleData:
    """Return the data with a changed originator."""
    return with_originator(replace(SARA, **changes))  # type: ignore[arg-type]


def with_traders(**changes: object) -> TravelRuleData:
    """Return the data with a changed company as originator."""
    return with_originator(replace(TRADERS, **changes))  # type: ignore[arg-type]


# --- anything ---------------------------------------------------------------------------------

texts = st.sampled_from(["x", "سارہ", "O'Neil", "Ω≈ç", "a b"]) | st.text(
    st.characters(codec="utf-8"), min_size=1, max_size=4
)
maybe_texts = st.none() | texts
countries = st.sampled_from(sorted(COUNTRIES))
natural_names = st.builds(NaturalName, texts, maybe_texts, st.sampled_from(NaturalNameKind))
legal_names = st.builds(LegalName, texts, st.sampled_from(LegalNameKind))
addresses = st.builds(
    Address,
    st.sampled_from(AddressKind),
    countries,
    texts,
    *([maybe_texts] * 4),
    *([st.sampled_from([None, "7"])] * 8),
    st.lists(texts, max_size=7).map(tuple),
)
national_ids = st.builds(
    NationalId, texts, st.sampled_from(IdKind), st.none() | countries, maybe_texts
)


Several = st.SearchStrategy[tuple[object, ...]]


def several(item: st.SearchStrategy[object], least: int = 0) -> Several:
    return st.lists(item, min_size=least, max_size=2).map(tuple)


naturals = st.builds(
    NaturalPerson,
    several(natural_names, 1),
    several(natural_names),
    several(natural_names),
    several(addresses),
    st.none() | national_ids,
    maybe_texts,
    st.none() | st.builds(Birth, st.dates(date(1900, 1, 1), date(2026, 1, 1)), texts),
    st.none() | countries,
)
legals = st.builds(
    LegalPerson,
    several(legal_names, 1),
    several(legal_names),
    several(legal_names),
    several(addresses),
    st.none() | national_ids,
    maybe_texts,
    st.none() | countries,
)
parties = st.builds(Party, naturals | legals, several(texts))
bare_parties = st.builds(Party, naturals | legals)
payloads = st.builds(
    TravelRuleData,
    several(parties, 1),
    several(parties, 1),
    st.none() | parties,
    st.none() | parties,
    several(st.builds(Intermediary, parties, st.integers(0, 3))),
    several(st.sampled_from(Transliteration)),
)
payloads_2020 = st.builds(
    TravelRuleData,
    st.tuples(parties) | st.tuples(parties, bare_parties),
    st.tuples(parties) | st.tuples(parties, bare_parties),
    st.none() | bare_parties,
    st.none() | bare_parties,
    several(st.builds(Intermediary, bare_parties, st.integers(0, 3))),
    several(st.sampled_from(Transliteration)),
)
