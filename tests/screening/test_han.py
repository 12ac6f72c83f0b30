"""Chinese characters meet the pinyin and the English that lists use."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.screening import Index, PartyIdentity, Screener, ScreeningList, compare_names
from sandrail.screening.fold import tokens_of
from sandrail.screening.han import HAN_RUN, read_han
from sandrail.screening.nouns import Decision, Kind, ListedName, ListEntry


@pytest.mark.parametrize(
    ("characters", "words"),
    [
        ("王伟明", "wang weiming"),
        ("曾庆红", "zeng qinghong"),
        ("欧阳修", "ouyang xiu"),
        ("馬英九", "ma yingjiu"),
        ("吕布", "lu bu"),
        ("上海海信贸易有限公司", "shang hai hai xin trading co ltd"),
        ("朝鮮貿易銀行", "korea trading bank"),
        ("\U0002bf7c", "h2bf7c"),
    ],
)
def test_characters_are_read(characters: str, words: str) -> None:
    assert " ".join(tokens_of(characters)) == words


@pytest.mark.parametrize(
    ("one", "two", "entity", "same"),
    [
        ("王伟明", "WANG, Weiming", False, True),
        ("王伟明", "Wang Wei-ming", False, True),
        ("王伟明", "王伟明", False, True),
        ("王伟明", "Li Jianguo", False, False),
        ("김영철", "KIM Yong Chol", False, True),
        ("김영철", "Park Sung Ho", False, False),
        ("大连海信船务有限公司", "Dalian Haixin Shipping Co., Ltd.", True, True),
        ("大连海信船务有限公司", "Dalian Golden Sun Shipping Co., Ltd.", True, False),
    ],
)
def test_characters_against_latin_letters(one: str, two: str, entity: bool, same: bool) -> None:
    assert compare_names(one, two, entity=entity).same is same


def test_a_party_with_characters_meets_a_list_in_pinyin() -> None:
    entry = ListEntry(
        id="1", source="own", kind=Kind.PERSON, names=(ListedName("CHEN, Zhongyuan"),)
    )
    screener = Screener(Index.build([ScreeningList("own", "Own", None, "0" * 64, (entry,))]))
    assert screener.screen(PartyIdentity(1, "陈中原")).decision is not Decision.CLEAR
    assert screener.screen(PartyIdentity(2, "王伟明")).decision is Decision.CLEAR


@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x2FA1F), max_size=80))
def test_any_characters_are_read_as_plain_words(text: str) -> None:
    for run in HAN_RUN.findall(text):
        assert re.fullmatch("[a-z0-9 ]+", read_han(run))


def test_a_run_without_blanks_of_any_length_is_read() -> None:
    assert len(read_han("海" * 300).split()) == 300
    assert tokens_of("海" * 5_000)
