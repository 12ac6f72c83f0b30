"""Spellings that must fold together, and numbers that must not be unmasked into letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.screening.fold import tokens_of
from sandrail.screening.limits import NAME_TOKENS_MAX, TOKEN_CHARS_MAX

SAME = [
    ("Abd al-Rahman", "Abdul Rahman"),
    ("Abdulghafur", "Abdul Ghafur"),
    ("Abd ur Rahman", "ABD-AL-RAHMAN"),
    ("Abdullah", "Abd Allah"),
    ("عبدالرحمن", "عبد الرحمن"),
    ("عبداللہ", "عبد الله"),
    ("Saif ad-Din", "Saifuddin"),
    ("سیف الدین", "سيف الدين"),
    ("Nasrullah", "Nasr Ullah"),
    ("Usаma", "Usama"),  # the third letter is Cyrillic
    ("Us\u200bama", "Usama"),
    ("Ig0r Sech1n", "Igor Sechin"),
    ("محمّد", "محمد"),
    ("کریم", "كريم"),
    ("Sergeĭ", "Sergei"),
    ("ＵＳＡＭＡ", "Usama"),
    ("Mohd Aslam", "Md. Aslam"),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_spellings_of_one_name_fold_together(one: str, two: str) -> None:
    assert tokens_of(one) == tokens_of(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("OAO Gazprom", "Gazprom, Open Joint Stock Company"),
        ("A.B.C. Company", "ABC Co."),
        ("Brigade Forty-Four", "Brigade 44"),
        ("MV Hellenic Spirit", "Hellenic Spirit"),
    ],
)
def test_organisations_fold_together(one: str, two: str) -> None:
    assert sorted(tokens_of(one, entity=True)) == sorted(tokens_of(two, entity=True))


def test_numbers_stay_numbers() -> None:
    assert tokens_of("Zu Zag Bong 6", entity=True)[-1] == "6"
    assert "3rd" not in tokens_of("3rd Brigade", entity=True)
    assert tokens_of("Boeing747 Parts", entity=True)[0] == "boeing747"


def test_titles_and_particles_never_leave_nothing() -> None:
    assert tokens_of("Bin") == ("bin",)
    assert tokens_of("Haji") == ("haji",)
    assert tokens_of("") == ()
    assert tokens_of("!!! ---") == ()


@given(st.text(max_size=400))
def test_any_text_folds_within_bounds(text: str) -> None:
    for entity in (False, True):
        tokens = tokens_of(text, entity=entity)
        assert len(tokens) <= NAME_TOKENS_MAX
        for token in tokens:
            assert 0 < len(token) <= TOKEN_CHARS_MAX
            token.encode("latin-1")
