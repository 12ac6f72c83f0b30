"""Each publisher's shape is read; hostile, cut and endless files are refused in time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandrail.screening import (
    Decision,
    Identifier,
    IdentityError,
    Index,
    Kind,
    ListFormatError,
    PartialDate,
    PartyIdentity,
    Screener,
    ScreeningList,
    load_addresses_json,
    load_eu_xml,
    load_firm_csv,
    load_nacta_csv,
    load_ofac_advanced_xml,
    load_ofac_csv,
    load_tagpack,
    load_uk_csv,
    load_un_xml,
)
from sandrail.screening.limits import LIST_BYTES_MAX
from sandrail.screening.synthetic import synthetic_un_xml
from sandrail.world import Seed

UN = synthetic_un_xml(Seed(3), people=6, entities=2)
OFAC = (
    b'1,"KOHMARI, Asif","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"DOB 10 Dec 1948; alt. DOB 1950; POB Talgan, Pakistan; nationality Pakistan; '
    b"Passport AB123456"
    b" (Pakistan); Digital Currency Address - ETH 0xAbC0000000000000000000000000000000000001; "
    b"alt. Digital Currency Address - XBT 1KohmariAAAAAAAAAAAAAAAAAAAAAA; a.k.a. 'The Falcon'.\"\n"
    b'2,"NILKOTH STAR","vessel","IRAN",-0- ,"9ABC","Tanker",-0- ,-0- ,"Panama",-0- ,'
    b'"Vessel Registration Identification IMO 9187629."\n'
)
OFAC_ALT = b'1,7,"aka","KUHMARI, Aasif",-0- \n'
OFAC_ADD = b'1,9,"1 High Road","Sangbar","Pakistan",-0- \n'
OFAC_XML = b"""<?xml version="1.0" encoding="utf-8"?>
<Sanctions xmlns="urn:x"><DateOfIssue><Year>2026</Year><Month>3</Month><Day>1</Day></DateOfIssue>
<ReferenceValueSets>
<NamePartTypeValues><NamePartType ID="1520">Last Name</NamePartType>
<NamePartType ID="1521">First Name</NamePartType></NamePartTypeValues>
<PartySubTypeValues><PartySubType ID="1">Vessel</PartySubType>
<PartySubType ID="4">Unknown</PartySubType>
</PartySubTypeValues>
<FeatureTypeValues><FeatureType ID="8">Birthdate</FeatureType>
<FeatureType ID="345">Digital Currency Address - ETH</FeatureType></FeatureTypeValues>
</ReferenceValueSets>
<DistinctParties><DistinctParty FixedRef="7001"><Profile ID="7001" PartySubTypeID="4"><Identity>
<Alias Primary="true" LowQuality="false"><DocumentedName>
<DocumentedNamePart><NamePartValue NamePartGroupID="11">KOHMARI</NamePartValue></DocumentedNamePart>
<DocumentedNamePart><NamePartValue NamePartGroupID="12">Asif</NamePartValue></DocumentedNamePart>
</DocumentedName></Alias>
<NamePartGroups>
<MasterNamePartGroup><NamePartGroup ID="11" NamePartTypeID="1520"/></MasterNamePartGroup>
<MasterNamePartGroup><NamePartGroup ID="12" NamePartTypeID="1521"/></MasterNamePartGroup>
</NamePartGroups>
</Identity>
<Feature FeatureTypeID="8"><FeatureVersion><DatePeriod><Start Approximate="false">
<From><Year>1948</Year><Month>12</Month><Day>10</Day></From>
<To><Year>1948</Year><Month>12</Month><Day>10</Day></To></Start>
</DatePeriod></FeatureVersion></Feature>
<Feature FeatureTypeID="345"><FeatureVersion><VersionDetail>0xABC1</VersionDetail>
</FeatureVersion></Feature>
</Profile></DistinctParty></DistinctParties></Sanctions>"""
EU = """<?xml version="1.0"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-03-01T10:00:00">
<sanctionEntity logicalId="13"><regulation programme="TAQA" entryIntoForceDate="2020-01-02"/>
<subjectType code="person" classificationCode="P"/>
<nameAlias wholeName="Asif Kohmari" strong="true"/>
<nameAlias wholeName="آصف کوہماری" strong="false"/>
<citizenship countryDescription="PAKISTAN"/>
<birthdate birthdate="1948-12-10" city="Talgan" countryDescription="PAKISTAN" circa="false"/>
<identification identificationTypeCode="passport" number="AB 123456" countryIso2Code="PK"/>
</sanctionEntity></export>""".encode()
UK = (
    "Last Updated,01/03/2026\n"
    "Name 6,Name 1,Name 2,Name Non-Latin Script,DOB,Town of Birth,Nationality,Passport Number,"
    "National Identification Number,Group Type,Alias Type,Alias Quality,Regime,Listed On,"
    "Other Information,Group ID\n"
    "KOHMARI,Asif,,آصف کوہماری,10/12/1948,Talgan,Pakistan,AB123456,,Individual,Primary name,,ISIL,"
    "02/01/2020,Invented,501\n"
    "KUHMARI,Aasif,,,00/00/1948,,,,,Individual,AKA,Good quality,ISIL,02/01/2020,,501\n"
    "NILKOTH STAR,,,,,,,,,Ship,Primary name,,DPRK,02/01/2020,,502\n"
).encode()
NACTA = (
    b"name,father_name,cnic,province,district\n"
    b"Asif Kohmari @ Asifa @ Falcon,Rahim Bakhsh,99123-4567890-1,Punjab,Talgan\n"
    b"Zubair,Haroon,,Sindh,Mirkot\n"
    b",,,,\n"
)
FIRM = b"id,name,aliases,dob,wallet,kind\nf1,Asif Kohmari,A. Kohmari;Asif K,1948,0xAB12,person\n"
TAGPACK = b"""
title: Invented
creator: nobody
currency: ETH
abuse: scam
tags:
  - address: "0xDEADbeef00000000000000000000000000000001"
    label: Invented mixer
  - address: bc1qinvented
    currency: BTC
  - label: nothing
"""
LOADERS: tuple[tuple[Callable[[bytes], ScreeningList], bytes], ...] = (
    (load_un_xml, UN),
    (load_ofac_csv, OFAC),
    (load_ofac_advanced_xml, OFAC_XML),
    (load_eu_xml, EU),
    (load_uk_csv, UK),
    (load_nacta_csv, NACTA),
    (load_firm_csv, FIRM),
    (load_tagpack, TAGPACK),
    (lambda data: load_addresses_json(data, asset="ETH"), b'["0xABC", "bc1Q"]'),
)
IDS = ["un", "ofac", "ofac_xml", "eu", "uk", "nacta", "firm", "tagpack", "addresses"]


def test_un() -> None:
    found = load_un_xml(UN)
    assert len(found.entries) == 8 and str(found.published) == "2026-03-01"
    assert {e.kind for e in found.entries} == {Kind.PERSON, Kind.ENTITY}


def test_ofac_csv() -> None:
    person, ship = load_ofac_csv(OFAC, alt=OFAC_ALT, add=OFAC_ADD).entries
    assert [n.text for n in person.names] == ["Asif KOHMARI", "Aasif KUHMARI", "The Falcon"]
    assert person.names[2].quality == "low"
    assert person.dobs == (PartialDate(1948, 12, 10), PartialDate(1950))
    assert person.countries == ("Pakistan",) and "Sangbar" in person.places
    wallets = [i for i in person.identifiers if i.scheme == "wallet"]
    assert wallets[0].value == "0xabc0000000000000000000000000000000000001"
    assert wallets[1].value.startswith("1Kohmari"), "Bitcoin addresses keep their case"
    assert ship.kind is Kind.VESSEL and ship.identifiers == (Identifier("imo", "9187629"),)


def test_ofac_advanced_xml() -> None:
    found = load_ofac_advanced_xml(OFAC_XML)
    (person,) = found.entries
    assert str(found.published) == "2026-03-01" and person.kind is Kind.PERSON
    assert person.name == "Asif KOHMARI" and person.dobs == (PartialDate(1948, 12, 10),)
    assert person.identifiers == (Identifier("wallet", "0xabc1", "ETH"),)


def test_eu() -> None:
    (person,) = load_eu_xml(EU).entries
    assert person.id == "13" and [n.quality for n in person.names] == ["primary", "low"]
    assert person.identifiers == (Identifier("passport", "AB123456", "PK"),)
    assert person.places == ("Talgan",) and person.programme == "TAQA"


def test_uk() -> None:
    found = load_uk_csv(UK)
    person, ship = found.entries
    assert str(found.published) == "2026-03-01"
    assert [n.text for n in person.names][:2] == ["Asif KOHMARI", "آصف کوہماری"]
    assert person.dobs == (PartialDate(1948, 12, 10), PartialDate(1948))
    assert ship.kind is Kind.VESSEL


def test_nacta() -> None:
    found = load_nacta_csv(NACTA)
    person, other = found.entries
    assert [n.text for n in person.names] == ["Asif Kohmari", "Asifa", "Falcon"]
    assert person.father_names == ("Rahim Bakhsh",)
    assert person.identifiers == (Identifier("cnic", "9912345678901", "Pakistan"),)
    assert person.places == ("Talgan", "Punjab") and other.identifiers == ()


def test_firm_and_wallets() -> None:
    (person,) = load_firm_csv(FIRM).entries
    assert len(person.names) == 3 and person.dobs == (PartialDate(1948),)
    tagged = load_tagpack(TAGPACK)
    assert [e.kind for e in tagged.entries] == [Kind.WALLET, Kind.WALLET]
    assert tagged.skipped == ("tag 3: no address",)
    quiet = load_tagpack(TAGPACK.replace(b"abuse: scam\n", b""))
    assert quiet.entries == (), "attribution alone incriminates nobody"


def test_a_wallet_on_a_list_is_a_hit() -> None:
    screener = Screener(Index.build([load_tagpack(TAGPACK)]))
    party = PartyIdentity(0, "Anybody", wallets=("0xDEADBEEF00000000000000000000000000000001",))
    assert screener.screen(party).decision is Decision.HIT
    assert screener.screen(PartyIdentity(0, "Invented Mixer")).decision is Decision.CLEAR


def test_plain_addresses() -> None:
    found = load_addresses_json(json.dumps(["0xABC", " bc1Q "]).encode(), asset="XBT")
    assert [e.id for e in found.entries] == ["0xabc", "bc1q"]
    for bad in (b"{}", b"[1]", b"[", b"[" * 100_000):
        with pytest.raises(ListFormatError):
            load_addresses_json(bad, asset="XBT")


@pytest.mark.parametrize(("load", "good"), LOADERS, ids=IDS)
def test_cut_and_flipped_files_are_read_or_refused(
    load: Callable[[bytes], ScreeningList], good: bytes
) -> None:
    """Any prefix, and any single changed byte: a list or a precise error, never a crash."""
    step = max(len(good) // 40, 1)
    for at in range(1, len(good), step):
        for data in (good[:at], good[:at] + b"\xff\x00" + good[at:], good[at:]):
            try:
                assert load(data).sha256
            except (ListFormatError, IdentityError) as error:
                assert error.what and error.stable_code.startswith("screening.")


@pytest.mark.parametrize(("load", "good"), LOADERS, ids=IDS)
@settings(max_examples=60, deadline=None)
@given(noise=st.binary(max_size=400), at=st.integers(0, 2_000))
def test_noise_is_read_or_refused(
    load: Callable[[bytes], ScreeningList], good: bytes, noise: bytes, at: int
) -> None:
    for data in (noise, good[:at] + noise + good[at:]):
        try:
            load(data)
        except ListFormatError:
            continue


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
]>"""


@pytest.mark.parametrize(
    ("load", "root"),
    [
        (load_un_xml, "CONSOLIDATED_LIST"),
        (load_eu_xml, "export"),
        (load_ofac_advanced_xml, "Sanctions"),
    ],
)
def test_entities_and_depth_are_refused(load: Callable[[bytes], ScreeningList], root: str) -> None:
    inner = f"<{root}><A>&b;</A></{root}>".encode()
    for data in (
        BOMB + inner,
        b" " * 5_000 + BOMB + inner,
        BOMB.replace(b"<!DOCTYPE", b"<!doctype") + inner,
    ):
        with pytest.raises(ListFormatError):
            load(data)
    outside = f'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><{root}/>'.encode()
    with pytest.raises(ListFormatError):
        load(outside)
    deep = f"<{root}>".encode() + b"<d>" * 500 + b"</d>" * 500 + f"</{root}>".encode()
    with pytest.raises(ListFormatError):
        load(deep)
    late = f"<{root}>{' ' * 9_000}".encode() + b"<!DOCTYPE x><a/>" + f"</{root}>".encode()
    with pytest.raises(ListFormatError):
        load(late)


def test_yaml_anchors_are_refused() -> None:
    bomb = b"a: &a [x,x,x]\nb: &b [*a,*a,*a]\ntags: [*b,*b]\n"
    with pytest.raises(ListFormatError, match="not readable"):
        load_tagpack(bomb)


@pytest.mark.parametrize(("load", "_"), LOADERS, ids=IDS)
def test_a_gigabyte_is_refused_before_it_is_read(
    load: Callable[..., ScreeningList], _: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    assert path.stat().st_size > LIST_BYTES_MAX
    with pytest.raises(ListFormatError) as caught:
        load(path)
    assert caught.value.stable_code == "screening.list_too_large"
    with pytest.raises(ListFormatError, match="cannot be read"):
        load(tmp_path / "absent")
    with pytest.raises(ListFormatError, match="empty"):
        load(b"")
