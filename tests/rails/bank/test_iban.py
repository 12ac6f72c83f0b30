"""IBANs and BICs: published examples hold, every mistyped character is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.rails.bank import make_iban, parse_bic, parse_iban
from sandrail.rails.errors import IbanError


@pytest.mark.parametrize(
    "text",
    ["PK36 SCBL 0000 0011 2345 6702", "GB82WEST12345698765432", "de89370400440532013000"],
)
def test_the_registrys_own_examples_hold(text: str) -> None:
    iban = parse_iban(text)
    assert iban == text.replace(" ", "").upper()
    assert make_iban(iban[:2], iban[4:]) == iban


@given(st.integers(0, 10**16 - 1), st.integers(0, 23), st.sampled_from("0123456789ABCXYZ"))
def test_a_mistyped_character_is_noticed(number: int, at: int, typed: str) -> None:
    iban = make_iban("PK", f"SNDR{number:016d}")
    assert parse_iban(iban) == iban
    wrong = iban[:at] + typed + iban[at + 1 :]
    if wrong != iban:
        with pytest.raises(IbanError):
            parse_iban(wrong)


@pytest.mark.parametrize("text", ["", "PK", "PK36SCBL", "36PKSCBL0000001123456702", "پاکستان" * 4])
def test_other_shapes_are_refused(text: str) -> None:
    with pytest.raises(IbanError):
        parse_iban(text)


@pytest.mark.parametrize(("country", "bban"), [("pk", "SNDR0000000000000001"), ("PK", "SN DR")])
def test_no_iban_is_made_of_nonsense(country: str, bban: str) -> None:
    with pytest.raises(IbanError):
        make_iban(country, bban)


def test_bics() -> None:
    assert parse_bic("SNDRPK22") == "SNDRPK22"
    assert parse_bic("SNDRPK22XXX") == "SNDRPK22XXX"
    for text in ("SNDR", "sndrpk22", "SNDRP022", "SNDRPK22X"):
        with pytest.raises(IbanError) as caught:
            parse_bic(text)
        assert caught.value.stable_code == "rails.bad_bic"
