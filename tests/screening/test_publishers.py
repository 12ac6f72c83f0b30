"""Each publisher's form says what it means: names, scripts, dates, numbers, sanctions."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandrail.screening import (
    PUBLISHERS,
    Identifier,
    Kind,
    ListEntry,
    ListFormatError,
    PartialDate,
    load_addresses_json,
    load_eu_xml,
    load_ofac_advanced_xml,
    load_ofac_csv,
    load_ofac_enhanced_xml,
    load_tagpack,
    load_uk_csv,
    load_uk_xml,
    load_un_xml,
    publisher,
)
from sandrail.screening.sources.bundle import bundle
from sandrail.screening.sources.draft import EntryDraft
from sandrail.screening.sources.numbers import addresses_in, is_cnic, number_in, scheme_of
from sandrail.screening.sources.ofac_terms import add_document
from sandrail.screening.sources.sniff import load_ofac
from tests.screening.samples import (
    EU,
    EVM,
    OFAC,
    OFAC_ADD,
    OFAC_ALT,
    OFAC_COMMENTS,
    OFAC_ENHANCED,
    OFAC_XML,
    OFSI_CSV,
    TAGPACK,
    UK_CSV,
    UK_XML,
    UN,
    base58_address,
)

WALLET = Identifier("wallet", EVM.lower(), "ETH")
CNIC = Identifier("cnic", "9912345678901", "Pakistan")


def names_of(entry: ListEntry) -> list[tuple[str, str]]:
    return [(name.text, name.quality) for name in entry.names]


def test_un() -> None:
    found = load_un_xml(UN)
    person, fund = found.entries
    assert str(found.published) == "2026-03-01" and not found.skipped
    assert names_of(person) == [
        ("ASIF RAHIM KOHMARI", "primary"),
        ("آصف رحیم کوہماری", "primary"),
        ("Aasif Kuhmari", "good"),
        ("A. Kohmari", "good"),
        ("The Falcon", "low"),
        ("Asef of Talgan", "good"),
        ("آصف تلگانی", "good"),
        ("Асиф Кохмари", "good"),
        ("آصف طالقانی", "good"),
    ]
    assert person.father_names == ("Rahim Bakhsh",)
    assert [str(dob) for dob in person.dobs] == [
        "1948-12-10",
        "about 1950",
        "1953-1958",
        "about 1960-1961",
        "1973-11",
        "about 1981-1982",
        "about 1977",
        "1951-02-03",
    ]
    assert person.countries == ("Pakistan", "Zarrinab", "Narwand")
    assert person.places == ("Sangbar", "Mirkot", "Talgan")
    assert person.identifiers[:4] == (
        Identifier("passport", "D00000777", "Zarrinab"),
        Identifier("cnic", "9912345678901"),
        Identifier("other", "545167"),
        Identifier("passport", "R00012098"),
    )
    assert [i.scheme for i in person.identifiers[4:]] == ["wallet", "wallet"]
    assert (person.programme, person.listed_on) == ("Invented", "2011-05-04")
    assert fund.kind is Kind.ENTITY and names_of(fund)[1] == ("Shaheen Fund", "good")


def test_ofac_csv() -> None:
    found = load_ofac_csv(OFAC, alt=OFAC_ALT, add=OFAC_ADD, comments=OFAC_COMMENTS)
    person, ship, company = found.entries
    assert names_of(person) == [
        ("Asif KOHMARI", "primary"),
        ("The Falcon", "low"),
        ("Aasif KUHMARI", "good"),
        ("Asif RAHIM", "good"),
    ]
    assert [str(d) for d in person.dobs] == ["1948-12-10", "1950", "about 1951"]
    assert person.countries == ("Pakistan",) and person.places == ("Talgan", "Sangbar")
    assert person.identifiers[:3] == (Identifier("passport", "AB123456", "Pakistan"), CNIC, WALLET)
    assert person.identifiers[3].value.startswith("1"), "Bitcoin addresses keep their case"
    assert "A340642" not in {i.value for i in person.identifiers}, "a model names nobody"
    assert ship.kind is Kind.VESSEL and ship.identifiers == (Identifier("imo", "9187629"),)
    assert [(i.scheme, i.value) for i in company.identifiers[:2]] == [
        ("other", "445566"),
        ("lei", "5493001KJTIIGC8Y1R12"),
    ]
    assert company.identifiers[2].issuer == "TRX", "long remarks go on in the comments file"


@pytest.mark.parametrize(
    ("text", "dob"),
    [
        ("01 Feb 1960 to 29 Feb 1960", "1960-02"),
        ("01 Jan 1970 to 31 Dec 1970", "1970"),
        ("Mar 1962 to Feb 1963", "1962-1963"),
        ("1955 to 1958", "1955-1958"),
        ("circa 1955 to 1958", "about 1955-1958"),
    ],
)
def test_periods_between_two_dates_are_read(text: str, dob: str) -> None:
    data = OFAC.replace(b"DOB 10 Dec 1948", f"DOB {text}".encode())
    assert str(load_ofac_csv(data).entries[0].dobs[0]) == dob


def test_ofac_advanced_xml() -> None:
    found = load_ofac_advanced_xml(OFAC_XML)
    person, ship, dateless = found.entries
    assert str(found.published) == "2026-03-01" and person.kind is Kind.PERSON
    assert names_of(person) == [
        ("Asif KOHMARI", "primary"),
        ("آصف کوہماری", "primary"),
        ("THE FALCON", "low"),
    ]
    assert person.dobs == (
        PartialDate(1948, 12, 10),
        PartialDate(1950, year_to=1952, approximate=True),
    )
    assert person.countries == ("Pakistan", "Narwand") and person.places == ("Talgan", "Sangbar")
    assert person.identifiers == (Identifier("passport", "AB123456", "Pakistan"), WALLET, CNIC)
    assert (person.programme, person.listed_on) == ("SDGT; IRGC", "2020-01-02")
    assert ship.kind is Kind.VESSEL and ship.identifiers == (Identifier("imo", "9187629"),)
    assert dateless.kind is Kind.PERSON, "the kind of the party says so, not its birthday"
    assert found.skipped == ("documents of identity 99: no such party",)


def test_documents_of_nobody_are_told_in_the_order_of_the_file() -> None:
    document = b'<IDRegDocument ID="5" IDRegDocTypeID="1584" IdentityID="99">'
    many = range(300, 330)
    others = (document.replace(b'"99"', b'"%d"' % n) + b"</IDRegDocument>" for n in many)
    data = OFAC_XML.replace(document, b"".join(others) + document)
    assert load_ofac_advanced_xml(data).skipped == tuple(
        f"documents of identity {n}: no such party" for n in (*many, 99)
    )


def test_a_period_of_a_month_keeps_the_month() -> None:
    data = OFAC_XML.replace(
        b"<To><Year>1952</Year><Month>12</Month>", b"<To><Year>1950</Year><Month>1</Month>"
    )
    person = load_ofac_advanced_xml(data).entries[0]
    assert str(person.dobs[1]) == "about 1950-01"


def test_ofac_enhanced_xml() -> None:
    found = load_ofac_enhanced_xml(OFAC_ENHANCED)
    (person,) = found.entries
    assert str(found.published) == "2026-03-01" and person.kind is Kind.PERSON
    assert names_of(person) == [
        ("Asif KOHMARI", "primary"),
        ("آصف کوہماری", "primary"),
        ("THE FALCON", "low"),
    ]
    assert str(person.dobs[0]) == "about 1951" and person.listed_on == "2020-01-02"
    assert person.identifiers == (WALLET, Identifier("passport", "AB123456", "Pakistan"), CNIC)
    assert person.places == ("Talgan", "Sangbar") and "Narwand" in person.countries
    delta = OFAC_ENHANCED.replace(b'<entity id="7001"', b'<entity action="add" id="7001"')
    with pytest.raises(ListFormatError, match="is not the") as caught:
        load_ofac_enhanced_xml(delta)
    assert "delta" in caught.value.why


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("Passport", "AB123456 (Pakistan)", Identifier("passport", "AB123456", "Narwand")),
        ("Vessel Registration Identification", "9187629", Identifier("imo", "9187629")),
        ("Registration Number", "IMO 9187629", Identifier("imo", "9187629")),
        (
            "Legal Entity Number",
            "5493001KJTIIGC8Y1R12",
            Identifier("lei", "5493001KJTIIGC8Y1R12"),
        ),
        ("Registration Number", "445566", Identifier("other", "445566", "Narwand")),
    ],
)
def test_a_document_of_ofac_is_what_its_words_say(kind: str, text: str, said: Identifier) -> None:
    draft = EntryDraft("1", Kind.ENTITY)
    add_document(draft, kind, text, "Narwand")
    assert list(draft.identifiers) == [said]


def test_the_first_day_of_publication_counts() -> None:
    day = b"<DateGenerated>01/03/2026</DateGenerated>"
    assert UK_XML.count(day) == 1
    later = day.replace(b"2026", b"2027")
    assert load_uk_xml(UK_XML.replace(day, day + later)).published == load_uk_xml(UK_XML).published


def test_ofac_in_any_form(tmp_path: Path) -> None:
    assert load_ofac(OFAC_XML) == load_ofac_advanced_xml(OFAC_XML)
    assert load_ofac(OFAC_ENHANCED) == load_ofac_enhanced_xml(OFAC_ENHANCED)
    for name, data in (("cons_prim", OFAC), ("cons_alt", OFAC_ALT), ("cons_add", OFAC_ADD)):
        (tmp_path / f"{name}.csv").write_bytes(data)
    found = load_ofac(bundle(tmp_path.iterdir()), name="ofac_cons")
    assert found.entries[0].source == "ofac_cons" and len(found.entries[0].names) == 4
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "SDN_ADVANCED.XML").write_bytes(OFAC_XML)
    zipped = load_ofac(bundle((tmp_path / "one").iterdir()))
    assert zipped.entries == load_ofac(OFAC_XML).entries
    with pytest.raises(ListFormatError, match="not the OFAC advanced list"):
        load_ofac(UN)
    cons = bundle(tmp_path.glob("*.csv"))
    with pytest.raises(ListFormatError, match="no OFAC list of the kind ofac") as caught:
        load_ofac(cons)
    assert "sdn.csv" in caught.value.why, "one list is not taken for the other"


def test_eu() -> None:
    found = load_eu_xml(EU)
    person, company = found.entries
    assert names_of(person) == [
        ("Asif Kohmari", "primary"),
        ("آصف کوہماری", "good"),
        ("Falcon", "low"),
        ("Aasif Kuhmari", "low"),
    ]
    assert [str(d) for d in person.dobs] == [
        "1948-12-10",
        "about 1953-1958",
        "1961-03",
        "about 1981-1982",
    ]
    assert "Born in 1980 or before." in person.remarks, "an open range bounds nothing to match"
    assert person.identifiers == (
        Identifier("passport", "AB123456", "PAKISTAN"),
        Identifier("cnic", "9912345678901", "PK"),
    )
    assert person.countries == ("PAKISTAN",) and person.places == ("Talgan", "Mirkot", "Sangbar")
    assert (person.programme, person.listed_on) == ("TAQA", "2020-01-02")
    assert company.kind is Kind.ENTITY


@pytest.mark.parametrize(("load", "data"), [(load_uk_xml, UK_XML), (load_uk_csv, UK_CSV)])
def test_uk(load: type[object], data: bytes) -> None:
    found = load(data)  # type: ignore[call-arg]
    person, ship = found.entries  # type: ignore[attr-defined]
    assert str(found.published) == "2026-03-01"  # type: ignore[attr-defined]
    assert person.id == "INV0001" and names_of(person)[0] == ("Asif KOHMARI", "primary")
    assert ("Aasif KUHMARI", "good") in names_of(person), "a variation is no alias"
    assert ("آصف کوہماری", "good") in names_of(person)
    assert PartialDate(1948, 12, 10) in person.dobs and PartialDate(1950) in person.dobs
    assert Identifier("cnic", "9912345678901") in person.identifiers
    assert Identifier("passport", "AB123456") in person.identifiers
    assert Identifier("wallet", EVM.lower()) in person.identifiers
    assert person.remarks.startswith("OFSI group 501. UN XXi.001. ")
    assert ship.kind is Kind.VESSEL and ship.identifiers == (Identifier("imo", "9187629"),)


def test_uk_partial_dates_and_numbered_passports() -> None:
    person = load_uk_xml(UK_XML).entries[0]
    assert PartialDate(1951, 3) in person.dobs and PartialDate(1952) in person.dobs
    assert Identifier("passport", "CD654321") in person.identifiers
    assert ("Falcon", "low") in names_of(person)


def test_the_closed_ofsi_form_is_read_for_archives() -> None:
    found = load_uk_csv(OFSI_CSV)
    person, ship = found.entries
    assert "closed on 28 January 2026" in found.title and str(found.published) == "2026-03-01"
    assert names_of(person)[0] == ("Asif KOHMARI", "primary")
    assert ("Aasif KUHMARI", "low") in names_of(person)
    assert person.dobs == (PartialDate(1948, 12, 10), PartialDate(1948))
    assert ship.kind is Kind.VESSEL
    with pytest.raises(ListFormatError, match="is not the UK list"):
        load_uk_csv(b"a,b\n1,2\n")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("AB 123456", "AB123456"),
        ("Libyan passport No. 513519", "513519"),
        ("CAR diplomatic passport no. D00000898", "D00000898"),
        ("Diplomatic Passport: Z30321794", "Z30321794"),
        ("381110042 (Expired 25 Jan. 2016)", "381110042"),
        ("R00012098, South Sudan", "R00012098"),
        ("German travel document (Reiseausweis) A 0139243", "A0139243"),
        ("35202- 4135948-7", "35202-4135948-7"),
        ("96 03 464086", "9603464086"),
        ("Laissez-passer no. N°235/MISPAT/DIRCAB", "235/MISPAT/DIRCAB"),
        ("issued in 1974", ""),
        ("expires on 18 May 2029", ""),
        ("Fiscal Code", ""),
        ("", ""),
    ],
)
def test_numbers_are_read_out_of_sentences(text: str, number: str) -> None:
    assert number_in(text) == number


def test_what_kind_of_number_it_is() -> None:
    assert scheme_of("Passport", "AB12345", "") == "passport"
    assert scheme_of("Número de pasaporte", "AB12345", "") == "passport"
    assert scheme_of("National ID", "99123-4567890-1", "Pakistan") == "cnic"
    assert scheme_of("Pakistani national identification number", "9912345678901", "") == "cnic"
    assert scheme_of("National ID", "99123-4567890-1", "Narwand") == "other"
    assert scheme_of("Birth certificate", "394445", "") == "other"
    assert is_cnic("99123-4567890-1") and not is_cnic("99123-4567890")


def test_addresses_are_read_out_of_sentences() -> None:
    tron = base58_address(b"\x41" + bytes(range(20)))
    text = f"Paid to {EVM}, {tron}. Also bc1qinvented0000000000, not 1Invented11111111111111111."
    assert addresses_in(text) == [EVM, tron]
    assert addresses_in("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq") != []
    spoilt = tron[:-1] + ("2" if tron[-1] != "2" else "3")
    assert addresses_in(spoilt) == [], "a checksum that fails is no address"


def test_a_folder_of_addresses_is_one_list(tmp_path: Path) -> None:
    (tmp_path / "sanctioned_addresses_XBT.json").write_text('["1abcdefgh"]')
    (tmp_path / "sanctioned_addresses_ETH.json").write_text(f'["{EVM}"]')
    found = load_addresses_json(bundle(tmp_path.iterdir()))
    assert {(i.issuer, i.value) for e in found.entries for i in e.identifiers} == {
        ("XBT", "1abcdefgh"),
        ("ETH", EVM.lower()),
    }
    (tmp_path / "no-asset-named.json").write_text("[]")
    assert "its name does not end" in load_addresses_json(bundle(tmp_path.iterdir())).skipped[0]


def test_a_folder_of_tagpacks_is_one_list(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(TAGPACK)
    (tmp_path / "b.yml").write_bytes(TAGPACK.replace(b"Invented mixer", b"Invented tumbler"))
    first, second = load_tagpack(bundle(tmp_path.iterdir())).entries
    assert [n.text for n in first.names] == ["Invented mixer", "Invented tumbler"]
    assert second.id == "bc1qinvented"


def test_publishers_are_official_and_their_hosts_hold_their_address() -> None:
    for one in PUBLISHERS:
        assert publisher(one.source) is one
        if one.address:
            host = one.address.split("/")[2]
            assert one.address.startswith("https://")
            assert any(host == known or host.endswith(f".{known}") for known in one.hosts)
    assert "ofsi" not in publisher("uk").address, "closed on 28 January 2026"
