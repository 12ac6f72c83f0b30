"""Money: exact in every scale, refused where it would be rounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.money import MINOR_MAX, SCALE_MAX, AmountError, Asset, AssetKind, Money

PKR = Asset("PKR", 2, AssetKind.FIAT)
assets = st.integers(0, SCALE_MAX).map(lambda scale: Asset("TOK", scale, AssetKind.FIAT))
amounts = st.builds(Money, assets, st.integers(0, MINOR_MAX))


@given(amounts)
def test_text_and_amount_are_the_same_thing(money: Money) -> None:
    assert Money.parse(money.text(), money.asset) == money
    assert Money.parse(money.text(grouped=False), money.asset) == money


@given(assets, st.integers(0, 2**100), st.integers(0, 2**100))
def test_adding_and_subtracting_lose_nothing(asset: Asset, a: int, b: int) -> None:
    assert (Money(asset, a) + Money(asset, b) - Money(asset, b)).minor == a
    assert (Money(asset, a) <= Money(asset, b)) == (a <= b)
    assert (Money(asset, a) < Money(asset, b)) == (a < b)


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1,250.50", 125_050), ("0", 0), ("7", 700), ("2,80,000.5", 28_000_050), (" 3.07 ", 307)],
)
def test_amounts_as_people_write_them(text: str, minor: int) -> None:
    assert Money.parse(text, PKR).minor == minor


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "money.bad_amount"),
        ("-5", "money.bad_amount"),
        ("1e3", "money.bad_amount"),
        ("12..0", "money.bad_amount"),
        ("１２", "money.bad_amount"),
        ("0x10", "money.bad_amount"),
        ("1" * 65, "money.bad_amount"),
        ("1.005", "money.wrong_scale"),
        ("9" * 40, "money.out_of_range"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(AmountError) as caught:
        Money.parse(text, PKR)
    assert caught.value.stable_code == code
    assert caught.value.why and caught.value.fix


@given(st.text(max_size=80))
def test_any_text_is_an_amount_or_a_clear_error(text: str) -> None:
    try:
        assert Money.parse(text, PKR).minor >= 0
    except AmountError as error:
        assert error.what


def test_two_assets_do_not_add_up_and_less_than_nothing_is_nothing() -> None:
    with pytest.raises(AmountError, match="do not add up"):
        Money(PKR, 1) + Money(Asset("USD", 2, AssetKind.FIAT), 1)
    with pytest.raises(AmountError, match="out of range"):
        Money(PKR, 1) - Money(PKR, 2)
    with pytest.raises(AmountError, match="whole number"):
        Money(PKR, True)


@pytest.mark.parametrize(("code", "scale"), [("", 2), ("1AB", 2), ("PKR", 19), ("PKR", -1)])
def test_an_asset_has_a_code_and_a_scale_that_exist(code: str, scale: int) -> None:
    with pytest.raises(AmountError):
        Asset(code, scale, AssetKind.FIAT)
