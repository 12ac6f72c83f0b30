"""What applies on a day; among several laws the strictest, with the reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.rulebook import Bound, RuleMissingError, Status, Value, load_pack
from sandrail.rulebook.resolve import is_tighter, resolve, rules_on

from .makers import make_rule

DAY = date(2026, 12, 1)


def test_ten_years_win_against_seven_and_the_resolver_says_why() -> None:
    resolution = load_pack("pakistan").in_force(DAY).resolution("G33.retention_min")
    assert resolution.rule.integer == 10
    assert [rule.integer for rule in resolution.strands] == [10, 7]
    assert "10 years" in resolution.because
    assert "7 years" in resolution.because
    assert "because" in resolution.because


def test_before_the_regulations_only_the_act_applies() -> None:
    resolution = load_pack("pakistan").in_force(date(2025, 12, 1)).resolution("G33.retention_min")
    assert [rule.integer for rule in resolution.strands] == [10]


def test_a_rule_that_is_not_in_force_is_reported_with_the_day_and_a_neighbour() -> None:
    rules = load_pack("pakistan").in_force(DAY)
    with pytest.raises(RuleMissingError, match="2026-12-01") as raised:
        rules["G05.transfers_max"]
    assert "G05.transfer_max" in raised.value.fix
    assert rules.get("G05.transfers_max") is None
    assert "G05.transfers_max" not in rules


def test_the_successor_applies_from_its_first_day() -> None:
    rules = [
        make_rule(value="100", valid_to=date(2026, 6, 30)),
        make_rule(value="200", valid_from=date(2026, 7, 1)),
    ]
    texts = [
        rules_on(rules, pack_id="x", on=day)["G05.transfer_max"].value
        for day in (date(2026, 6, 30), date(2026, 7, 1))
    ]
    assert texts == ["100", "200"]


@pytest.mark.parametrize(
    ("rule_id", "unit", "bound", "values", "winner"),
    [
        ("G05.transfer_max", "PKR", None, ["100", "90", "110"], "90"),
        ("G33.retention_min", "years", None, [7, 10, 8], 10),
        ("G21.rule_above", "PKR", None, ["1000", "0"], "0"),
        ("G14.must", "yes_no", Bound.MUST, [False, True], True),
        ("G24.may", "yes_no", Bound.MAY, [True, False], False),
        ("G03.only", "names", Bound.ONLY, [("a", "b"), ("b", "c")], ("b",)),
        ("G19.lists", "names", Bound.ALL, [("a", "b"), ("b", "c")], ("a", "b", "c")),
    ],
)
def test_the_strictest_strand_wins_whatever_the_order(
    rule_id: str, unit: str, bound: Bound | None, values: list[Value], winner: Value
) -> None:
    rules = [
        make_rule(rule_id, value=value, unit=unit, bound=bound, strand=f"law {number}")
        for number, value in enumerate(values)
    ]
    assert resolve(rules).rule.value == winner
    assert resolve(rules[::-1]).rule.value == winner
    assert resolve(rules[::-1]).because == resolve(rules).because


def test_of_two_equal_limits_the_exclusive_one_is_stricter() -> None:
    inclusive, exclusive = make_rule(), make_rule(inclusive=False)
    assert resolve([inclusive, exclusive]).rule is exclusive
    at_line, above_line = (
        make_rule("G21.rule_above", inclusive=True),
        make_rule("G21.rule_above", inclusive=False),
    )
    assert resolve([above_line, at_line]).rule is at_line


def test_of_two_equal_values_the_firmer_law_is_cited() -> None:
    draft, law = make_rule(status=Status.DRAFT, strand="a"), make_rule(strand="b")
    assert resolve([draft, law]).rule is law


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_obeying_a_tighter_rule_never_breaks_the_looser_one(
    one: int, other: int, quantity: int
) -> None:
    for name in ("G05.transfer_max", "G12.ratio_min"):
        tight, loose = (make_rule(name, value=str(value)) for value in (one, other))
        if is_tighter(tight, loose) and not tight.crossed_by(quantity):
            assert not loose.crossed_by(quantity)


def test_a_figure_that_other_rules_use_is_neither_tightened_nor_loosened() -> None:
    rate, other = make_rule("G21.rate", value="280"), make_rule("G21.rate", value="279")
    assert is_tighter(rate, rate)
    assert not is_tighter(other, rate)
    assert not is_tighter(rate, other)
