"""Blind double scoring: where two scorers differ, and how well scorers agree over a cohort."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from sandrail.casework.case import Case
from sandrail.casework.permissions import SCORERS

__all__ = ["cohort_pairs", "differing_criteria", "settled_points", "weighted_kappa"]


def differing_criteria(case: Case, *, by_at_least: int) -> tuple[str, ...]:
    """Return the criteria on which the two blind scores differ by at least that many points."""
    if len(case.sheets) < SCORERS:
        return ()
    first, second = case.sheets[:SCORERS]
    found = []
    for score in first.scores:
        other = second.points(score.criterion)
        if other is not None and abs(score.points - other) >= by_at_least:
            found.append(score.criterion)
    return tuple(found)


def settled_points(case: Case, criterion: str) -> Fraction | None:
    """Return the moderated points, or the mean of the two blind scores; None before both are in."""
    if criterion in case.moderated:
        return Fraction(case.moderated[criterion])
    given = [sheet.points(criterion) for sheet in case.sheets[:SCORERS]]
    points = [it for it in given if it is not None]
    return Fraction(sum(points), SCORERS) if len(points) == SCORERS else None


def cohort_pairs(cases: Iterable[Case]) -> list[tuple[int, int]]:
    """Return the (first, second) points of every criterion that two scorers scored blind."""
    pairs = []
    for case in cases:
        if len(case.sheets) >= SCORERS:
            first, second = case.sheets[:SCORERS]
            for score in first.scores:
                other = second.points(score.criterion)
                if other is not None:
                    pairs.append((score.points, other))
    return pairs


def weighted_kappa(pairs: Sequence[tuple[int, int]], *, top: int) -> Fraction | None:
    """Return Cohen's kappa with quadratic weights, exactly; None where it is not defined.

    1 is perfect agreement, 0 is what chance gives. With ``o`` the observed and ``e`` the expected
    share of a pair of ratings (i, j), kappa = 1 - sum(w o) / sum(w e), w = (i - j)² / top²
    (J. Cohen, Psychological Bulletin 70, 1968). Undefined when both raters use one rating only.

    Args:
        pairs: ratings by the first and by the second scorer, each 0 to ``top``.
        top: the largest rating.
    """
    if not pairs:
        return None
    count = len(pairs)
    firsts = [0] * (top + 1)
    seconds = [0] * (top + 1)
    observed = 0
    for first, second in pairs:
        firsts[first] += 1
        seconds[second] += 1
        observed += (first - second) ** 2
    expected = sum(
        (i - j) ** 2 * firsts[i] * seconds[j] for i in range(top + 1) for j in range(top + 1)
    )
    return None if expected == 0 else 1 - Fraction(observed * count, expected)
