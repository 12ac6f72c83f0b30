"""Capital: the larger of an amount and a share, per activity, summed, and explained."""

from __future__ import annotations

import pytest

from sandrail.money import Money
from sandrail.rulebook import CapitalSum, Pack, capital_required, load_pack


@pytest.fixture(scope="module")
def uae() -> Pack:
    return load_pack("uae")


def _required(
    pack: Pack,
    *activities: str,
    overheads: str = "",
    circumstances: tuple[str, ...] = (),
    combine: CapitalSum = CapitalSum.SUM,
) -> tuple[str, str]:
    figures = {"annual_fixed_overheads": Money.parse(overheads, pack.currency)} if overheads else {}
    answer = capital_required(
        pack.capital,
        activities=activities,
        figures=figures,
        circumstances=circumstances,
        combine=combine,
        assets=pack.assets,
    )
    return str(answer.required), " ".join(line.because for line in answer.lines)


@pytest.mark.parametrize(
    ("overheads", "required"),
    [
        ("0", "AED 1,500,000.00"),
        ("6000000", "AED 1,500,000.00"),
        ("6000000.04", "AED 1,500,000.01"),
        ("6000000.01", "AED 1,500,000.01"),
        ("10000000", "AED 2,500,000.00"),
    ],
)
def test_the_larger_of_amount_and_share_rounded_up_to_the_minor_unit(
    uae: Pack, overheads: str, required: str
) -> None:
    assert _required(uae, "exchange", overheads=overheads)[0] == required


def test_a_circumstance_picks_its_own_formula(uae: Pack) -> None:
    text, because = _required(uae, "exchange", overheads="1", circumstances=("licensed_custody",))
    assert text == "AED 800,000.00"
    assert "15 %" in because


def test_activities_add_up_or_the_largest_counts(uae: Pack) -> None:
    both = ("exchange", "custody")
    assert _required(uae, *both, overheads="1")[0] == "AED 2,100,000.00"
    largest = _required(uae, *both, overheads="1", combine=CapitalSum.LARGEST)[0]
    assert largest == "AED 1,500,000.00"


def test_a_missing_figure_makes_the_answer_unknown_and_says_which(uae: Pack) -> None:
    text, because = _required(uae, "exchange")
    assert text == "None"
    assert "annual fixed overheads" in because


def test_an_activity_without_a_formula_is_named(uae: Pack) -> None:
    answer = capital_required(
        uae.capital, activities=("advisory", "mining"), figures={}, assets=uae.assets
    )
    assert answer.unanswered == ("mining",)
    assert str(answer.required) == "AED 100,000.00"


def test_a_figure_in_another_currency_is_not_converted(uae: Pack) -> None:
    pakistan = load_pack("pakistan")
    answer = capital_required(
        uae.capital,
        activities=("exchange",),
        figures={"annual_fixed_overheads": Money.parse("1", pakistan.currency)},
        assets=uae.assets,
    )
    assert answer.required is None


def test_no_activity_needs_nothing_and_says_so(uae: Pack) -> None:
    answer = capital_required(uae.capital, activities=(), figures={}, assets=uae.assets)
    assert answer.required is None
    assert "no capital formula" in answer.because


def test_one_unknown_requirement_makes_the_total_unknown(uae: Pack) -> None:
    text, because = _required(uae, "advisory", "exchange")
    assert text == "None"
    assert "AED 100,000.00" in because
