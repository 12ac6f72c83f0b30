"""Spelling systems, spaces and digits: what must meet the listed name, and what must not."""

from __future__ import annotations

import numpy as np
import pytest

from sandrail.screening import (
    Decision,
    Index,
    Kind,
    ListedName,
    ListEntry,
    PartyIdentity,
    Screener,
    ScreeningList,
)
from sandrail.screening.fold import read_otherwise, tokens_of, wordings
from sandrail.screening.pairs import PairComparer
from sandrail.screening.phones import PHONE, SOUNDS
from sandrail.screening.segment import Searcher

LISTED = (
    "Jalaluddin Haqqani Zadran",
    "Shamsuddin Yahya al-Khorasani",
    "Ubaydullah Harun Mujahid",
    "Sheikh Khalil Jabbar Qandahari",
    "Tahir Yuldashevich Chatayev",
    "Nasrullah Wazir Shinwari",
    "Abd al-Rahman bin Rashid al-Dosari",
    "Zulkifli Hamdani Syafruddin",
)


def entry(number: int, name: str) -> ListEntry:
    return ListEntry(str(number), "un", Kind.PERSON, (ListedName(name),))


@pytest.fixture(scope="module")
def book() -> Screener:
    entries = tuple(entry(number, name) for number, name in enumerate(LISTED))
    return Screener(Index.build([ScreeningList("un", "spelled", None, "0" * 64, entries)]))


def found(book: Screener, name: str) -> str:
    """The listed name that a person would be shown for this one, or nothing."""
    matches = book.screen(PartyIdentity(-1, name)).matches
    held = [m.listed_name for m in matches if m.decision is not Decision.CLEAR]
    return held[0] if held else ""


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        *[(w, LISTED[0]) for w in (
            "Dschalaluddin Hakkani Sadran",  # German
            "Djalaloudine Haccani Zadrane",  # French
            "Celaleddin Hakkani Zadran",  # Turkish
            "Jalaluddin Haqqani Zadran",
            "Dzhalaluddin Khakkani Zadran",  # by way of Russian
            "Djalaloeddin Hakkani Zadran",  # Dutch
            "Dżalaluddin Hakkani Zadran",  # Polish
        )],
        *[(w, LISTED[1]) for w in (
            "Schamsuddin Jahja al-Chorasani",
            "Chamseddine Yahia al-Khorassani",
            "Şemseddin Yahya el-Horasani",
            "Sjamsoeddin Jahja al-Chorasani",
            "Szamsuddin Jahja al-Chorasani",
            "Syamsuddin Yahya al-Khorasani",
        )],
        *[(w, LISTED[3]) for w in (
            "Chalil Dschabbar Kandahari",
            "Halil Cabbar Kandahari",
            "Khalil Djabbar Candahari",
        )],
        *[(w, LISTED[4]) for w in (
            "Tahir Juldaschewitsch Tschatajew",
            "Tahir Yuldaşeviç Çatayev",
            "Tahir Iouldachevitch Tchataiev",
        )],
        ("Nasroulla Vazir Chinvari", LISTED[5]),
        ("Sulkifli Hamdani Schafruddin", LISTED[7]),
    ],
)  # fmt: skip
def test_a_spelling_system_does_not_hide_a_name(book: Screener, written: str, listed: str) -> None:
    assert found(book, written) == listed


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("JalaluddinHaqqaniZadran", LISTED[0]),
        ("ZadranJalaluddinHaqqani", LISTED[0]),
        ("chatayevyuldashevichtahir", LISTED[4]),
        ("jalaludinhakanizadran", LISTED[0]),
        ("Jalaludd inHaqq aniZadran", LISTED[0]),
        ("dschalaluddinhakkanisadran", LISTED[0]),
        ("ShamsuddinYahyaAlKhorasani", LISTED[1]),
        ("shamsuddinyahyakhorasani", LISTED[1]),
        ("KhalilJabbarQandahari", LISTED[3]),
        ("AbdAlRahmanBinRashidAlDosari", LISTED[6]),
        ("abdurrahmanrashiddosari", LISTED[6]),
        ("Haji KhalilJabbarQandahari", LISTED[3]),
    ],
)
def test_spaces_do_not_hide_a_name(book: Screener, written: str, listed: str) -> None:
    assert found(book, written) == listed


@pytest.mark.parametrize(
    "written",
    [
        "Jamal Haqqani",
        "Jalil Zadran",
        "Shamsher Yusuf Khorasanizadeh",
        "jamaluddinzahran",
        "Ubaid Akhtar",
        "ShamimaYasmin",
        "Khalid Jabir Qureshi",
        "Nasir Wazir",
        "Abd al-Karim bin Rashid",
        "TariqYousafzai",
        "Zulfiqar Hamid Safdar",
    ],
)
def test_a_near_stranger_is_served(book: Screener, written: str) -> None:
    assert found(book, written) == ""


def test_without_keys_of_whole_names_a_joined_name_is_lost(book: Screener) -> None:
    part = book.index.blocks[0].parts[Kind.PERSON]
    tokens = tokens_of("jalaludinhakanizadran")
    assert part.searcher.nearest(tokens)[0].size > 0
    empty = part.vocabulary._replace(whole_bucket=np.zeros_like(part.vocabulary.whole_bucket))
    assert Searcher(empty).nearest(tokens)[0].size == 0


def test_an_ambiguous_letter_costs_little_and_another_costs_all() -> None:
    near = {("CK", "J"), ("CHX", "X"), ("CHX", "SH"), ("J", "Y"), ("CS", "CH"), ("GJ", "J")}
    assert all(SOUNDS.sub[0, PHONE[a], PHONE[b]] <= 20 for a, b in near)
    assert all(SOUNDS.sub[0, PHONE[a], PHONE[b]] == 100 for a, b in (("CK", "L"), ("CHX", "M")))


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("شمس الدین", "Shamsuddin"),
        ("شمسودین", "Shamsuddin"),
        ("ابدولرحمن", "Abdurrahman"),
        ("عبد الرحمٰن", "Abdul Rahman"),
        ("عتیق اللہ", "Atiqullah"),
        ("اتیقولہ", "Atiqullah"),
        ("زین العابدین", "Zain ul Abidin"),
        ("عبداللہ", "Abdullah"),
    ],
)
def test_compounds_in_arabic_letters_are_parted_as_in_latin(written: str, latin: str) -> None:
    assert len(tokens_of(written)) == len(tokens_of(latin))
    assert PairComparer().features(written, latin)[8] >= 0.75


@pytest.mark.parametrize(
    ("written", "reading"),
    [
        ("Karim Khan s/o Rashid", "Karim Khan"),
        ("Amina daughter of Yusuf", "Amina"),
        ("Mo7ammed 3ali", "Mohammed aali"),
        ("Al1 R1za", "Ali Riza"),
    ],
)
def test_a_name_is_read_otherwise_too(written: str, reading: str) -> None:
    assert reading in read_otherwise(written)


def test_an_ordinary_name_has_one_reading() -> None:
    assert read_otherwise("Osman of the Hills 2") == read_otherwise("Karim Khan") == ()


def test_a_whole_name_is_known_with_particles_and_without_titles() -> None:
    tokens = tokens_of("Sheikh Ahmad al-Baghdadi")
    assert wordings("Sheikh Ahmad al-Baghdadi", tokens) == [
        ("ahmad", "baghdadi"),
        ("ahmad", "albaghdadi"),
    ]
