"""What every parser must stand: cut, flipped, nested, endless, oversized and misencoded files."""

from __future__ import annotations

import os
import subprocess
import sys
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
    PartyIdentity,
    Screener,
    load_addresses_json,
    load_firm_csv,
    load_nacta_csv,
    load_tagpack,
    load_uk,
    load_un_xml,
)
from sandrail.screening.limits import LIST_BYTES_MAX, NAMES_PER_ENTRY_MAX
from sandrail.screening.sources import stream, xmlsafe
from sandrail.screening.sources.stream import open_list
from tests.screening.samples import (
    ADDRESSES,
    FIRM,
    NACTA,
    NACTA_JSON,
    SAMPLES,
    TAGPACK,
    UN,
    Sample,
)

every_form = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
every_xml = pytest.mark.parametrize(
    "sample", [s for s in SAMPLES if s.data.startswith(b"<")], ids=lambda sample: sample.name
)
every_csv = pytest.mark.parametrize(
    "sample",
    [s for s in SAMPLES if b",\n" in s.data or b",," in s.data],
    ids=lambda sample: sample.name,
)


def root_of(sample: Sample) -> str:
    with open_list(sample.data, what="sample") as file:
        return xmlsafe._root_of(file).decode()


@every_form
def test_a_file_and_its_bytes_are_the_same_list(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(sample.data)
    assert sample.load(path) == sample.load(sample.data)
    assert sample.load(path).sha256 == stream.sha256_of(sample.data)
    assert sample.load(path).entries


@every_form
def test_cut_and_flipped_files_are_read_or_refused(sample: Sample) -> None:
    """Every fiftieth of a file, and a changed byte there: a list or a precise error."""
    good = sample.data
    for at in range(1, len(good), max(len(good) // 50, 1)):
        for data in (good[:at], good[:at] + b"\xff\x00" + good[at:], good[at:]):
            try:
                assert sample.load(data).sha256
            except (ListFormatError, IdentityError) as error:
                assert error.what and error.stable_code.startswith("screening.")


@every_xml
def test_no_truncated_xml_is_taken_for_a_list(sample: Sample) -> None:
    body = sample.data.rstrip()
    for at in range(1, len(body), max(len(body) // 50, 1)):
        with pytest.raises(ListFormatError):
            sample.load(body[:at])


@every_form
@settings(max_examples=60, deadline=None)
@given(noise=st.binary(max_size=400), at=st.integers(0, 6_000))
def test_noise_is_read_or_refused(sample: Sample, noise: bytes, at: int) -> None:
    for data in (noise, sample.data[:at] + noise + sample.data[at:]):
        try:
            sample.load(data)
        except ListFormatError:
            continue


BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
]>"""


@every_xml
def test_entities_and_document_types_are_refused(sample: Sample) -> None:
    root = root_of(sample)
    inner = f"<{root}><A>&b;</A></{root}>"
    hostile = (
        BOMB + inner,
        "<?xml version='1.0'?><!--" + " " * 5_000 + "-->" + BOMB.partition("?>")[2] + inner,
        "<?xml version='1.0'?><!--" + " " * 70_000 + "-->" + BOMB.partition("?>")[2] + inner,
        f"<?xml version='1.0'?><!-- <{root}> -->" + BOMB.partition("?>")[2] + inner,
        BOMB.replace("<!DOCTYPE", "<!doctype") + inner,
        f'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><{root}/>',
        f"<{root}>{' ' * 9_000}<!DOCTYPE x><a/></{root}>",
    )
    for text in hostile:
        for data in (text.encode(), text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()):
            with pytest.raises(ListFormatError):
                sample.load(data)


@every_xml
def test_depth_and_entries_without_end_are_refused(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = root_of(sample)
    deep = f"<{root}>" + "<d>" * 500 + "</d>" * 500 + f"</{root}>"
    with pytest.raises(ListFormatError, match="refused"):
        sample.load(deep.encode())
    monkeypatch.setattr(xmlsafe, "XML_ELEMENTS_PER_ENTRY_MAX", 40)
    tag = {"CONSOLIDATED_LIST": "INDIVIDUAL", "export": "sanctionEntity", "Sanctions": "Location",
           "sanctionsData": "entity", "Designations": "Designation"}[root]  # fmt: skip
    endless = f"<{root}><{tag}>" + "<d/>" * 100 + f"</{tag}></{root}>"
    with pytest.raises(ListFormatError) as caught:
        sample.load(endless.encode())
    assert caught.value.stable_code == "screening.list_hostile"
    beside = f"<{root}>" + "<d/>" * 100 + f"</{root}>"
    assert sample.load(beside.encode()).entries == (), "what is not wanted is freed, not counted"


@every_xml
def test_huge_attributes_and_texts_are_refused_or_cut(sample: Sample) -> None:
    root = root_of(sample)
    for data in (
        f'<{root} a="{"x" * 11_000_000}"/>',
        f"<{root}><d>{'x' * 11_000_000}</d></{root}>",
    ):
        with pytest.raises(ListFormatError):
            sample.load(data.encode())


@every_xml
def test_another_publisher_s_document_is_told_apart(sample: Sample) -> None:
    for other in SAMPLES:
        if other.data.startswith(b"<") and root_of(other) != root_of(sample):
            with pytest.raises(ListFormatError, match="is not the"):
                sample.load(other.data)


@every_xml
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_that_xml_declares_is_read(sample: Sample, encoding: str) -> None:
    text = sample.data.decode().replace('encoding="UTF-8"', "").replace('encoding="utf-8"', "")
    if encoding.startswith("utf-16-"):
        text = "\ufeff" + text
    assert sample.load(text.encode(encoding)).entries == sample.load(sample.data).entries


@every_csv
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_tables_of_any_encoding_are_read(sample: Sample, encoding: str) -> None:
    text = sample.data.decode()
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    if sample.name != "ofac":  # the legacy csv has no header, and never had a mark
        data = (mark + text).encode(encoding)
        assert sample.load(data).entries == sample.load(sample.data).entries


def test_letters_of_windows_1252_are_not_lost() -> None:
    found = load_firm_csv("name\nZoë Müller\nآصف\n".encode().replace("ë".encode(), b"\xeb"))
    assert [e.name for e in found.entries] == ["Zoë Müller", "آصف"]


def test_nuls_in_a_table_are_dropped() -> None:
    assert load_firm_csv(b"na\0me\nAs\0if\n").entries[0].name == "Asif"


def test_a_row_that_never_ends_is_refused() -> None:
    long_line = b'name\n"' + b"x" * 100_000 + b"," * 200_000
    for data in (long_line, b'name\n"' + b'a\n","b' * 5_000, b"name\n" + b"x," * 200_000):
        with pytest.raises(ListFormatError):
            load_firm_csv(data)


def test_a_repeated_id_hides_nobody() -> None:
    twice = b"id,name\n7,Asif Kohmari\n7,Zubair Narwandi\n7,Asif Kohmari\n7,Nadeem Talgani\n"
    found = load_firm_csv(twice)
    assert [(e.id, e.name) for e in found.entries] == [
        ("7", "Asif Kohmari"),
        ("7#2", "Zubair Narwandi"),
        ("7#3", "Nadeem Talgani"),
    ]
    assert [note.partition(": ")[2] for note in found.skipped] == [
        "another entry has this id; kept as 7#2",
        "the same entry again",
        "another entry has this id; kept as 7#3",
    ]


def test_an_overfull_entry_is_cut_and_said() -> None:
    names = ";".join(f"Alias {n}" for n in range(NAMES_PER_ENTRY_MAX + 5))
    found = load_firm_csv(f"id,name,aliases\n1,Asif,{names}\n".encode())
    assert len(found.entries[0].names) == NAMES_PER_ENTRY_MAX
    assert "more names or numbers" in found.skipped[0]


def test_yaml_anchors_and_depth_are_refused() -> None:
    for bomb in (b"a: &a [x,x,x]\nb: &b [*a,*a,*a]\ntags: [*b,*b]\n", b"tags: " + b"[" * 90_000):
        with pytest.raises(ListFormatError, match="not readable"):
            load_tagpack(bomb)


@every_form
def test_a_gigabyte_is_refused_before_it_is_read(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    assert path.stat().st_size > LIST_BYTES_MAX
    with pytest.raises(ListFormatError) as caught:
        sample.load(path)
    assert caught.value.stable_code == "screening.list_too_large"
    with pytest.raises(ListFormatError, match="cannot be read"):
        sample.load(tmp_path / "absent")
    with pytest.raises(ListFormatError, match="empty"):
        sample.load(b"")


def test_a_file_that_grows_while_it_is_read_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LIST_BYTES_MAX", len(UN))
    file = open_list(UN, what="UN list")
    monkeypatch.setattr(stream, "LIST_BYTES_MAX", len(UN) - 1)
    with file, pytest.raises(ListFormatError, match="never parsed"):
        file.sha256()


RSS_PROBE = """
import resource, sys
from sandrail.screening.sources import load_un_xml, load_uk
for load, path in ((load_un_xml, sys.argv[1]), (load_uk, sys.argv[2])):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = load(path)
    print(len(found.entries), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def long_file(path: Path, data: bytes, row: bytes, megabytes: int, word: bytes) -> None:
    """Write a list that says one entry again and again, with a long remark."""
    long_row = row.replace(word, word + b"x" * 100_000)
    before, _, after = data.partition(row)
    with path.open("wb") as file:
        file.write(before)
        for _ in range(megabytes * 1_000_000 // len(long_row)):
            file.write(long_row)
        file.write(after)


def test_memory_is_bounded_by_entries_not_by_the_file(tmp_path: Path) -> None:
    """Sixteen megabytes of the same few entries; 250 when SANDRAIL_LIST_MB asks for them."""
    megabytes = int(os.environ.get("SANDRAIL_LIST_MB", "16"))
    un, uk = tmp_path / "un.xml", tmp_path / "uk.csv"
    person = UN[UN.index(b"<INDIVIDUALS>") + 13 : UN.index(b"</INDIVIDUALS>")]
    long_file(un, UN, person, megabytes, b"Father")
    ofsi = next(s.data for s in SAMPLES if s.name == "ofsi_csv")
    row = ofsi[ofsi.index(b"KOHMARI") : ofsi.index(b"KUHMARI")]
    long_file(uk, ofsi, row, megabytes, b"Invented")
    probe = [sys.executable, "-c", RSS_PROBE, str(un), str(uk)]
    done = subprocess.run(probe, capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        entries, kilobytes = map(int, line.split())
        assert entries == 2
        assert kilobytes < 10_000, "the whole file was held"


def test_the_planted_reader_that_frees_nothing_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed: list[object] = []
    real = xmlsafe._free
    monkeypatch.setattr(xmlsafe, "_free", lambda element: (freed.append(1), real(element)))
    load_un_xml(UN)
    assert len(freed) > 3, "entries and their containers are freed as they close"


def test_nacta() -> None:
    found = load_nacta_csv(NACTA)
    person, son, damaged = found.entries
    assert [n.text for n in person.names] == [
        "Asif Kohmari",
        "Asifa",
        "Falcon",
        "آصف کوہماری",
        "شاہین",
    ]
    assert person.father_names == ("Rahim Bakhsh", "رحیم بخش")
    assert person.identifiers == (Identifier("cnic", "9912345678901", "Pakistan"),)
    assert person.places == ("Talgan", "Punjab", "Sangbar")
    assert (son.name, son.father_names) == ("Zubair", ("Haroon",))
    assert damaged.identifiers == () and damaged.name == "Nadeem"
    assert [note.partition(": ")[2] for note in found.skipped] == [
        "the same person again; both rows are one entry",
        "the CNIC is not one of 13 digits; the person is kept without it",
        "no name",
    ]
    (same,) = load_nacta_csv(NACTA_JSON).entries
    assert same.id == person.id, "the same number is the same person in every form"


def test_firm() -> None:
    found = load_firm_csv(FIRM)
    (person,) = found.entries
    assert len(person.names) == 3 and person.remarks == "left owing"
    assert "'not a date' is no date" in found.skipped[0]
    with pytest.raises(ListFormatError, match="no column 'name'"):
        load_firm_csv(b"who\nAsif\n")


def test_tagpacks() -> None:
    tagged = load_tagpack(TAGPACK)
    mixer, ransom = tagged.entries
    assert [e.kind for e in tagged.entries] == [Kind.WALLET, Kind.WALLET]
    assert mixer.id == "0xdeadbeef00000000000000000000000000000001", "never read as a number"
    assert "confidence: forensic" in ransom.remarks, "the header is inherited"
    assert (mixer.programme, ransom.programme) == ("scam", "ransomware")
    assert ransom.identifiers[0].issuer == "BTC" and mixer.identifiers[0].issuer == "ETH"
    assert tagged.skipped == ("tag 3: no address",)
    quiet = load_tagpack(TAGPACK.replace(b"abuse: scam\n", b""))
    assert [e.id for e in quiet.entries] == ["bc1qinvented"], "attribution incriminates nobody"
    spoken = load_tagpack(TAGPACK.replace(b"abuse: scam", b"concepts: [exchange, sextortion]"))
    assert len(spoken.entries) == 2, "newer packs say it by concepts"


def test_a_wallet_on_a_list_is_a_hit() -> None:
    screener = Screener(Index.build([load_tagpack(TAGPACK)]))
    party = PartyIdentity(0, "Anybody", wallets=("0xDEADBEEF00000000000000000000000000000001",))
    assert screener.screen(party).decision is Decision.HIT
    assert screener.screen(PartyIdentity(0, "Invented Mixer")).decision is Decision.CLEAR


def test_plain_addresses() -> None:
    found = load_addresses_json(ADDRESSES, asset="XBT")
    assert [e.id for e in found.entries] == ["0xabc", "bc1q"]
    by_asset = load_addresses_json(b'{"XBT": ["1abcdef"], "ETH": ["0xAB"]}')
    assert [i.issuer for e in by_asset.entries for i in e.identifiers] == ["XBT", "ETH"]
    for bad in (b"{", b'{"a": 1}', b"[1]", b"[", b"[" * 100_000, b"[[[1]]]"):
        with pytest.raises(ListFormatError):
            load_addresses_json(bad, asset="XBT")


def test_the_uk_form_is_known_by_its_first_bytes() -> None:
    for sample in SAMPLES:
        if sample.name in ("uk_xml", "uk_csv", "ofsi_csv"):
            assert load_uk(sample.data) == sample.load(sample.data)
