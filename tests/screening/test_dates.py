"""Dates in the forms that lists and people use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.screening import IdentityError, PartialDate, parse_partial_date
from sandrail.screening.attributes import compare_dates
from sandrail.screening.model import load_model


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1957", PartialDate(1957)),
        ("1957-03", PartialDate(1957, 3)),
        ("1957-03-01", PartialDate(1957, 3, 1)),
        ("01/03/1957", PartialDate(1957, 3, 1)),
        ("10 Dec 1948", PartialDate(1948, 12, 10)),
        ("Dec 1948", PartialDate(1948, 12)),
        ("circa 1963", PartialDate(1963, approximate=True)),
        ("1955 to 1958", PartialDate(1955, year_to=1958)),
        ("1378-01-05", PartialDate(1958, year_to=2000, approximate=True)),
    ],
)
def test_known_forms(text: str, want: PartialDate) -> None:
    assert parse_partial_date(text) == want


@pytest.mark.parametrize("text", ["", "yesterday", "1957-13-01", "31/02/1957", "99999", "0007"])
def test_anything_else_is_a_precise_error(text: str) -> None:
    with pytest.raises(IdentityError) as caught:
        parse_partial_date(text)
    assert caught.value.stable_code == "screening.bad_date"
    assert "1957-03-01" in caught.value.fix


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    try:
        parse_partial_date(text)
    except IdentityError:
        return


def _agrees(given: PartialDate, *listed: PartialDate) -> tuple[int, str]:
    weight, code, _ = compare_dates(given, listed, load_model().attributes)
    return weight, code


def test_closer_dates_weigh_more() -> None:
    born = PartialDate(1957, 3, 10)
    listed = ["1957-03-10", "1957-10-03", "1957", "1957-07-22", "1959-01-05", "1975-06-06"]
    weights = [_agrees(born, parse_partial_date(text))[0] for text in listed]
    assert weights[0] > weights[1] > weights[2] > weights[4] > weights[5]
    assert weights[1] > weights[3] > weights[5]


@pytest.mark.parametrize(
    ("given", "listed", "code"),
    [
        ((1957, 1, 1), (1957, 6, 3), "dob.year_only"),
        ((1957, 6, 4), (1957, 2, 3), "dob.same_year"),
        ((1957, 3, 10), (1957, 10, 3), "dob.swapped"),
        ((1957, 3, 10), (1958, 3, 10), "dob.year_off"),
        ((1957, 3, 10), (1967, 3, 10), "dob.one_digit"),
        ((1957, 3, 10), (1957, 3, 11), "dob.same_month"),
        ((1957, 3, 10), (1958, 7, 11), "dob.close"),
        ((1957, 3, 10), (1975, 7, 11), "dob.far"),
    ],
)
def test_what_two_dates_are_to_each_other(
    given: tuple[int, int, int], listed: tuple[int, int, int], code: str
) -> None:
    """The first of January counts as a year only: that is how registrars write it."""
    assert _agrees(PartialDate(*given), PartialDate(*listed))[1] == code


def test_the_best_of_several_dates_counts() -> None:
    listed = [PartialDate(1950, 1, 2), PartialDate(1957, 3, 10)]
    assert _agrees(PartialDate(1957, 3, 10), *listed)[1] == "dob.same_day"
