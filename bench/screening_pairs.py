"""The labelled pairs of names, and the fit of the comparison of two bare names."""

from __future__ import annotations

import csv
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.screening_data import JUDGE, folder, part_of
from bench.screening_regression import best_ridge, f1, newton
from sandrail.screening.encoding import FEATURES
from sandrail.screening.pairs import PairComparer


class Pairs(NamedTuple):
    """The labelled pairs of names: features, truth, kind and part."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    entity: NDArray[np.bool_]
    part: NDArray[np.int64]


def pair_part(row: dict[str, str]) -> int:
    """Return the part of a labelled pair."""
    return part_of(f"{row['name1']}|{row['name2']}")


def read_pairs() -> Pairs:
    """Read and describe the labelled pairs."""
    with (folder() / "names" / "name_pairs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    comparer = PairComparer()
    kinds = [r["schema"] != "Person" for r in rows]
    x = [
        comparer.features(r["name1"], r["name2"], entity=k).copy()
        for r, k in zip(rows, kinds, strict=True)
    ]
    return Pairs(
        np.array(x, np.float64),
        np.array([r["is_match"] == "true" for r in rows], np.float64),
        np.array(kinds),
        np.array([pair_part(r) for r in rows]),
    )


def fit_pairs() -> tuple[dict[str, list[int]], dict[str, int], dict[str, int]]:
    """Fit the comparison of two bare names: one weight a feature, and a change for firms."""
    pairs = read_pairs()
    seen = pairs.part != JUDGE
    both = np.hstack([pairs.x, pairs.x * pairs.entity[:, None]])
    ridge = best_ridge(both[seen], pairs.y[seen])
    together = newton(both[seen], pairs.y[seen], ridge=ridge)
    weights, thresholds = {}, {}
    said = np.zeros(len(pairs.y), bool)
    fold = np.random.default_rng(4).integers(5, size=len(pairs.y))
    for name, mask, own in (
        ("pair_person", ~pairs.entity, together[:FEATURES]),
        ("pair_entity", pairs.entity, together[:FEATURES] + together[FEATURES:]),
    ):
        weights[name] = [round(w * 1000) for w in own]
        unseen = _unseen_scores(both, pairs, seen, fold, ridge)
        grid = np.linspace(-1.5, 1.5, 31)
        at = mask & seen
        best = max(grid, key=lambda t: f1(pairs.y[at], unseen[at] >= t))
        thresholds[name] = round(float(best) * 500)
        said[mask] = pairs.x[mask] @ own >= thresholds[name] / 1000
    judged = {
        "f1_judged": round(f1(pairs.y[~seen], said[~seen]) * 1000),
        "judged": int((~seen).sum()),
        "f1_fitted": round(f1(pairs.y[seen], said[seen]) * 1000),
    }
    return weights, thresholds, judged


def _unseen_scores(
    x: NDArray[np.float64], pairs: Pairs, seen: NDArray[np.bool_], fold: NDArray[np.int64],
    ridge: float,
) -> NDArray[np.float64]:  # fmt: skip
    """Score every pair by weights that were fitted without its fold."""
    scores = np.zeros(len(pairs.y))
    for left_out in range(5):
        used = seen & (fold != left_out)
        scores[fold == left_out] = x[fold == left_out] @ newton(x[used], pairs.y[used], ridge=ridge)
    return scores
