"""The table of known names: which spellings are one name, and which names only sound alike."""

from __future__ import annotations

import numpy as np
import pytest

from sandrail.screening.fold import tokens_of
from sandrail.screening.known import first_slot, hash_of, known_names, parse_known_names


def group(word: str) -> int | None:
    (token,) = tokens_of(word)
    return known_names().group.get(token)


@pytest.mark.parametrize(
    "spellings",
    [
        "Mohammad Muhammed Mohamed محمد",
        "Mahmood Mahmoud Mehmood محمود",
        "Hussain Hossein Husayn حسین حسين",
        "Yousaf Yusuf Youssef یوسف يوسف",
        "Zahid Zahed زاهد زاہد",
        "Petrov Petrova",
    ],
)
def test_spellings_of_one_name(spellings: str) -> None:
    groups = {group(word) for word in spellings.split()}
    assert len(groups) == 1 and None not in groups


@pytest.mark.parametrize(
    ("one", "two"),
    [("Zahid", "Javed"), ("Imran", "Kamran"), ("Nadeem", "Naeem"), ("Hasan", "Hussain"),
     ("محمد", "محمود"), ("احمد", "حامد"), ("محمود", "Muhammad"), ("Anwar", "Munir")],
)  # fmt: skip
def test_names_that_only_sound_alike(one: str, two: str) -> None:
    assert group(one) is not None and group(two) is not None and group(one) != group(two)


@pytest.mark.parametrize("word", ["Nasir", "Hamid", "Majid", "Rashid", "Zahir"])
def test_a_spelling_of_two_names_decides_nothing(word: str) -> None:
    assert group(word) is None


def test_the_hash_table_says_the_same() -> None:
    known = known_names()
    mask = known.codes.size - 1
    for word, number in known.group.items():
        slot = first_slot(hash_of(word))
        while known.codes[slot] != np.uint64(hash_of(word)):
            assert known.codes[slot] != 0, word
            slot = (slot + 1) & mask
        assert known.groups[slot] == number


def test_a_line_that_is_two_words_is_refused() -> None:
    with pytest.raises(ValueError, match="Line 1: abdulrahman"):
        parse_known_names("1 abdulrahman")
