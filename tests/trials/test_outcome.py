"""A hypothesis holds only on a measured value, and exit terms are applied as signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandrail.trials import METRICS, Comparison, load_plan
from sandrail.trials.outcome import DayClose, Recommendation, judge_hypotheses, recommend
from sandrail.world import digest

PLAN = load_plan(Path(__file__).parents[2] / "examples" / "rupee-art" / "plan.toml")
GOOD: dict[str, int | None] = {
    item.metric: item.threshold for item in PLAN.hypotheses
}  # every comparison of the plan allows its threshold


@pytest.mark.parametrize(
    ("comparison", "below", "equal", "above"),
    [
        (Comparison.AT_LEAST, False, True, True),
        (Comparison.AT_MOST, True, True, False),
        (Comparison.EXACTLY, False, True, False),
    ],
)
def test_comparisons(comparison: Comparison, below: bool, equal: bool, above: bool) -> None:
    assert [comparison.holds(value, 5) for value in (4, 5, 6)] == [below, equal, above]


def test_all_hold_and_the_recommendation_is_to_graduate() -> None:
    verdicts = judge_hypotheses(PLAN.hypotheses, GOOD)
    assert all(verdict.holds for verdict in verdicts)
    assert recommend(PLAN, verdicts) is Recommendation.GRADUATE


def test_what_was_not_measured_does_not_hold() -> None:
    for missing in GOOD:
        verdicts = judge_hypotheses(PLAN.hypotheses, {**GOOD, missing: None})
        assert [v.hypothesis.metric for v in verdicts if not v.holds] == [missing]


def test_only_signed_exit_terms_decide() -> None:
    verdicts = judge_hypotheses(PLAN.hypotheses, {**GOOD, "structuring_stopped_bp": 0})
    assert recommend(PLAN, verdicts) is Recommendation.GRADUATE
    verdicts = judge_hypotheses(PLAN.hypotheses, {**GOOD, "unbacked_mint_minor": 1})
    assert recommend(PLAN, verdicts) is Recommendation.EXTEND_OR_WIND_DOWN


def test_every_metric_of_the_catalogue_is_named_once() -> None:
    assert all(name == metric.name and metric.meaning for name, metric in METRICS.items())


def test_a_close_knows_its_coverage_and_has_a_canonical_form() -> None:
    close = DayClose(
        day=1, at_us=0, customers=2, supply_minor=100, liability_minor=100, in_transit_minor=20,
        reserve_minor=80, bank_minor=85, ledger_bank_minor=85, unmatched_minor=0,
        asked=3, served=2, held=1, refused=0, frozen=0, breaks=("x",),
    )  # fmt: skip
    assert close.coverage_bp == 10_000
    assert len(digest(close.as_data())) == 64
