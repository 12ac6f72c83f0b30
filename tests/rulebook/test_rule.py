"""A rule gives its value in the kind that its unit says, and no other."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from sandrail.rulebook import Bound, Outcome, WrongAccessorError, load_pack, strictest
from sandrail.world import HOUR_US

from .makers import make_rule


def test_money_is_read_in_minor_units_of_the_declared_asset() -> None:
    pack = load_pack("pakistan")
    rule = make_rule(value="280000.50")
    assert rule.money(pack).minor == 28_000_050
    assert rule.text == "PKR 280,000.50"


@pytest.mark.parametrize(
    ("rule", "accessor", "expected"),
    [
        (make_rule("G02.customers_max", value=7, unit="customers"), "integer", 7),
        (make_rule("G14.matched", value=True, unit="yes_no"), "flag", True),
        (make_rule("G19.lists", value=("UN",), unit="names"), "names", ("UN",)),
        (make_rule("G12.age_max", value=24, unit="hours"), "duration_us", 24 * HOUR_US),
        (make_rule("G12.age_max", value=2, unit="days"), "duration_us", 48 * HOUR_US),
        (make_rule("G28.share_max", value="0.3", unit="percent"), "basis_points", 30),
        (make_rule("G12.ratio_min", value=100, unit="percent"), "basis_points", 10_000),
        (make_rule("G28.share_max", value="0.3", unit="percent"), "fraction", Fraction(3, 10)),
    ],
)
def test_accessors(rule: object, accessor: str, expected: object) -> None:
    assert getattr(rule, accessor) == expected


@pytest.mark.parametrize(
    ("rule", "accessor"),
    [
        (make_rule(), "integer"),
        (make_rule("G14.matched", value=True, unit="yes_no"), "integer"),
        (make_rule(), "flag"),
        (make_rule(), "names"),
        (make_rule("G01.window_months_max", value=18, unit="months"), "duration_us"),
        (make_rule("G28.share_max", value="0.333", unit="percent"), "basis_points"),
        (make_rule("G02.customers_max", value=7, unit="customers"), "basis_points"),
    ],
)
def test_a_wrong_accessor_says_what_the_rule_is(rule: object, accessor: str) -> None:
    with pytest.raises(WrongAccessorError) as raised:
        getattr(rule, accessor)
    assert "unit" in raised.value.why


def test_money_of_a_count_is_refused() -> None:
    with pytest.raises(WrongAccessorError):
        make_rule("G02.customers_max", value=7, unit="customers").money(load_pack("pakistan"))


@pytest.mark.parametrize(
    ("bound_name", "inclusive", "below", "at", "above"),
    [
        ("G05.transfer_max", True, False, False, True),
        ("G05.transfer_max", False, False, True, True),
        ("G12.ratio_min", True, True, False, False),
        ("G12.ratio_min", False, True, True, False),
        ("G21.rule_above", True, False, True, True),
        ("G21.rule_above", False, False, False, True),
    ],
)
def test_the_value_itself_is_on_the_side_that_inclusive_says(
    bound_name: str, inclusive: bool, below: bool, at: bool, above: bool
) -> None:
    rule = make_rule(bound_name, value="100", inclusive=inclusive)
    assert [rule.crossed_by(quantity) for quantity in (99, 100, 101)] == [below, at, above]


def test_a_flag_is_not_crossed_by_a_quantity() -> None:
    with pytest.raises(WrongAccessorError):
        make_rule("G14.matched", value=1, unit="yes_no", bound=Bound.MUST).crossed_by(1)


def test_both_end_days_belong_to_the_validity() -> None:
    rule = make_rule(valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 31))
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [rule.holds_on(day) for day in days] == [False, True, True, False]
    assert make_rule().holds_on(date.min)


def test_the_strictest_outcome_wins() -> None:
    assert strictest([Outcome.WARN, Outcome.FREEZE, Outcome.BLOCK]) is Outcome.FREEZE
    assert strictest([]) is Outcome.ALLOW
    assert [outcome.rank for outcome in Outcome] == [0, 1, 2, 3, 4]


def test_the_citation_names_rule_status_and_source() -> None:
    citation = make_rule().citation
    assert "G05.transfer_max" in citation
    assert "law" in citation
    assert "https://example.org/gazette" in citation
