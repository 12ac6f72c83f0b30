"""The published lists, where the operator has them; skipped loudly elsewhere."""

import os
from pathlib import Path

import pytest

from sandrail.screening import (
    Decision,
    Index,
    Kind,
    ListFormatError,
    PartyIdentity,
    Screener,
    load_addresses_json,
    load_ofac_csv,
    load_un_xml,
    screen_name,
)
from sandrail.screening.sources.bundle import bundle

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def folder() -> Path:
    path = os.environ.get("SANDRAIL_TEST_DATA", "")
    if not path:
        if os.environ.get("SANDRAIL_REQUIRE_ALL") == "1":
            pytest.fail("SANDRAIL_TEST_DATA is not set, and SANDRAIL_REQUIRE_ALL=1 asks for it")
        pytest.skip("SANDRAIL_TEST_DATA is not set: the published lists are not read")
    return Path(path)


def test_original_scripts_find_their_latin_entries(folder: Path) -> None:
    """Named individuals of the list, asked for in Arabic letters, all Arabic names left out."""
    from dataclasses import replace

    one = load_un_xml(next((folder / "lists").glob("un_consolidated_*.xml")))
    people = [e for e in one.entries if e.kind is Kind.PERSON]
    latin = [replace(e, names=tuple(n for n in e.names if max(n.text) < "\u0250")) for e in people]
    screener = Screener(Index.build([replace(one, entries=tuple(e for e in latin if e.names))]))
    asked = found = 0
    for entry in people:
        for name in entry.names:
            if "\u0600" <= name.text[:1] <= "\u06ff":
                result = screen_name(screener, name.text)
                hits = {m.entry_id for m in result.matches if m.decision is not Decision.CLEAR}
                asked, found = asked + 1, found + (entry.id in hits)
    assert asked > 250
    assert found / asked >= 0.88


def test_the_whole_un_list_is_read(folder: Path) -> None:
    """Every entry, and what earlier readers lost: fathers, notes, numbers inside sentences."""
    path = next((folder / "lists").glob("un_consolidated_*.xml"))
    one = load_un_xml(path)
    data = path.read_bytes()
    assert not one.skipped
    assert len(one.entries) == data.count(b"<INDIVIDUAL>") + data.count(b"<ENTITY>")
    said = [
        e for e in one.entries if "father\u2019s name" in e.remarks.lower().replace("'", "\u2019")
    ]
    assert sum(bool(e.father_names) for e in said) >= 0.95 * len(said) > 40
    numbers = [i for e in one.entries for i in e.identifiers]
    assert sum(i.scheme == "cnic" for i in numbers) >= 10
    assert all(any(c.isdigit() for c in i.value) and len(i.value) <= 30 for i in numbers)
    assert all(e.names[0].quality == "primary" for e in one.entries)
    for part in range(1, 5):
        with pytest.raises(ListFormatError):
            load_un_xml(data[: len(data) * part // 5])


def test_the_whole_ofac_list_is_read_with_its_addresses(folder: Path) -> None:
    lists = folder / "lists"
    one = load_ofac_csv(
        lists / "ofac_sdn.csv",
        alt=lists / "ofac_alt.csv",
        add=lists / "ofac_add.csv",
        comments=lists / "ofac_sdn_comments.csv",
    )
    text = (lists / "ofac_sdn.csv").read_text() + (lists / "ofac_sdn_comments.csv").read_text()
    wallets = [i for e in one.entries for i in e.identifiers if i.scheme == "wallet"]
    assert not one.skipped and len(one.entries) > 8_900
    assert len(wallets) >= text.count("Digital Currency Address - ") > 90, "one is cut in two files"
    assert all(i.issuer for i in wallets), "the asset is said with each"
    born = [e for e in one.entries if "DOB " in e.remarks]
    assert sum(bool(e.dobs) for e in born) >= 0.999 * len(born)


def test_a_customer_s_sanctioned_wallet_is_found(folder: Path) -> None:
    one = load_addresses_json(bundle((folder / "lists" / "ofac_crypto").glob("*.json")))
    assert len(one.entries) > 600 and not one.skipped
    screener = Screener(Index.build([one]))
    for entry in one.entries[::60]:
        party = PartyIdentity(0, "Ingrid Lindqvist", wallets=(entry.identifiers[0].value,))
        assert screener.screen(party).decision is Decision.HIT
    clean = PartyIdentity(0, "Ingrid Lindqvist", wallets=("0x" + "1" * 40,))
    assert screener.screen(clean).decision is Decision.CLEAR
