"""Dates in the forms that lists and people use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.screening import IdentityError, PartialDate, parse_partial_date
from sandrail.screening.attributes import compare_dates


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


def test_closer_dates_weigh_more() -> None:
    born = PartialDate(1957, 3, 10)
    listed = ["1957-03-10", "1957-10-03", "1957", "1957-07-22", "1959-01-05", "1975-06-06"]
    weights = [compare_dates(born, [parse_partial_date(t)])[0] for t in listed]
    assert weights[0] > weights[1] > weights[2] > weights[3] > weights[4] > weights[5]


def test_a_registrars_first_of_january_counts_as_a_year() -> None:
    assert compare_dates(PartialDate(1957, 1, 1), [PartialDate(1957, 6, 3)])[0] > 2
    assert compare_dates(PartialDate(1957, 6, 4), [PartialDate(1957, 2, 3)])[0] < 1


def test_the_best_of_several_dates_counts() -> None:
    listed = [PartialDate(1950, 1, 2), PartialDate(1957, 3, 10)]
    assert compare_dates(PartialDate(1957, 3, 10), listed)[0] == 7.5
