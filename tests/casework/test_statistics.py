"""Scoring agreement and service levels: exact figures, checked against hand-made ones."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.casework import Application, Grounds, Walk, service_levels
from sandrail.casework import walk as walk_module
from sandrail.casework.law import Law
from sandrail.casework.scoring import weighted_kappa
from sandrail.casework.statistics import median
from sandrail.rulebook import Pack
from sandrail.world import DAY_US
from tests.casework.conftest import sha


def test_kappa_of_perfect_agreement_is_one() -> None:
    assert weighted_kappa([(0, 0), (2, 2), (4, 4)], top=4) == 1


def test_kappa_of_opposite_scores_is_negative() -> None:
    assert weighted_kappa([(0, 4), (4, 0)], top=4) == -1


def test_kappa_is_the_textbook_figure() -> None:
    """Two raters, four cases: squared steps observed 1/4, expected by chance 20/16."""
    pairs = [(1, 1), (2, 2), (3, 3), (3, 2)]
    observed = Fraction(1, 4)
    expected = Fraction(sum((a - b) ** 2 for a, _ in pairs for _, b in pairs), len(pairs) ** 2)
    assert weighted_kappa(pairs, top=4) == 1 - observed / expected
    assert weighted_kappa(pairs, top=4) == Fraction(4, 5)


def test_kappa_is_undefined_when_nobody_distinguishes() -> None:
    assert weighted_kappa([], top=4) is None
    assert weighted_kappa([(3, 3)] * 5, top=4) is None


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40))
def test_kappa_lies_between_minus_one_and_one_and_is_symmetric(
    pairs: list[tuple[int, int]],
) -> None:
    kappa = weighted_kappa(pairs, top=4)
    if kappa is not None:
        assert -1 <= kappa <= 1
        assert kappa == weighted_kappa([(b, a) for a, b in pairs], top=4)


def test_service_levels_count_what_happened(
    walk: Walk, application: Application, pack: Pack, grounds: Grounds
) -> None:
    walk.approve(application, grounds=grounds)
    refusal = Grounds(("AML-1",), (sha("minutes"),))
    walk.refuse(application, failed=("minimum_aml",), grounds=refusal)
    case = walk.file(application)
    levels = service_levels(walk.book.docket, pack, at_us=walk.now_us + 60 * DAY_US)
    assert dict(levels.states) == {"evaluation": 1, "in_principle": 1, "refused": 1}
    clocks = {it.id: it for it in levels.clocks}
    assert (clocks["completeness"].ended, clocks["completeness"].in_time) == (3, 3)
    assert (clocks["evaluation"].ended, clocks["evaluation"].running) == (2, 1)
    assert clocks["evaluation"].late_now == 1, f"{case.id} has waited for sixty days"
    assert clocks["committee"].median_used is not None
    assert levels.scored_pairs == 2 * 7
    assert levels.kappa is None, "both scorers gave the same points everywhere"


def test_percentiles_are_ranks_and_not_guesses() -> None:
    assert median([]) is None
    assert median([3]) == 3
    assert median([1, 2, 3, 10]) == Fraction(5, 2)


@pytest.mark.parametrize(("points", "percent"), [(4, 100), (3, 75), (0, 0)])
def test_the_weighted_score_follows_the_packs_weights(
    walk: Walk, application: Application, points: int, percent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_module, "_POINTS", points)
    case = walk.file(application)
    assert Law.of(walk.book.pack, case.kind).weighted_percent(case) is None
    assert Law.of(walk.book.pack, case.kind).weighted_percent(walk.evaluate(case.id)) == percent
