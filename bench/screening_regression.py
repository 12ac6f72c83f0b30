"""Logistic regression, operating curves and shares: the arithmetic of the fit, without any data."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CURVE_RATES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
RIDGES = (0.1, 0.3, 1.0, 3.0, 10.0)
LIKENESS = 3
"""The feature by which the likest are told before anything is fitted."""

Features = NDArray[np.float32] | NDArray[np.float64]
"""``float64[found, width]``: what was found for one question, a row each."""


def newton(
    x: NDArray[np.float64], y: NDArray[np.float64], *, ridge: float = 1.0
) -> NDArray[np.float64]:
    """Return the weights of a ridge logistic regression; the first column is the constant."""
    weights = np.zeros(x.shape[1])
    penalty = ridge * (np.arange(x.shape[1]) > 0)
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (p - y) + penalty * weights
        curve = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-7:
            break
    return weights


def best_ridge(x: NDArray[np.float64], y: NDArray[np.float64], *, folds: int = 5) -> float:
    """Return the ridge that predicts best what it did not see, by cross-validation."""
    fold = np.random.default_rng(3).integers(folds, size=len(y))

    def loss(ridge: float) -> float:
        total = 0.0
        for left_out in range(folds):
            weights = newton(x[fold != left_out], y[fold != left_out], ridge=ridge)
            score = np.clip(x[fold == left_out] @ weights, -30, 30)
            total += float(np.logaddexp(0, -np.where(y[fold == left_out] > 0, score, -score)).sum())
        return total

    return min(RIDGES, key=loss)


def fit_likest(
    meant: Sequence[Features], strangers: Sequence[Features], *, turns: int, likest: int
) -> tuple[NDArray[np.float64], float]:
    """Fit the best name of who is meant against the likest strangers; return weights and ridge.

    Who is best and likest, the fit before says; the ridge is chosen in the last turn.

    Args:
        meant: per question, the names of who is meant; a question that found none says nothing.
        strangers: per question, the names of whom it must not find.
        turns: how often to fit.
        likest: strangers that count in a question.
    """
    weights, ridge = np.eye(strangers[0].shape[1])[LIKENESS], 1.0
    for turn in range(turns):
        best = [found[np.argmax(found @ weights)] for found in meant if len(found)]
        worst = [found[at] for found in strangers for at in np.argsort(-(found @ weights))[:likest]]
        table = np.array(best + worst, np.float64)
        answer = np.array([1.0] * len(best) + [0.0] * len(worst))
        if turn == turns - 1:
            ridge = best_ridge(table, answer)
        weights = newton(table, answer, ridge=ridge)
    return weights, ridge


def curve(yes: NDArray[np.float64], no: NDArray[np.float64]) -> list[list[int]]:
    """Return threshold, recall and false rate at the rates of interest."""
    falling = np.sort(no)[::-1]
    points = []
    for rate in CURVE_RATES:
        threshold = falling[min(int(rate * len(falling)), len(falling) - 1)] + 1e-6
        recall, false = (yes >= threshold).mean(), (no >= threshold).mean()
        points.append([round(threshold * 1000), round(recall * 1e6), round(false * 1e6)])
    return points


def chosen(no: NDArray[np.float64], rate: float) -> int:
    """Return the lowest threshold whose false rate stays within ``rate``."""
    falling = np.sort(no)[::-1]
    return math.ceil((falling[min(int(rate * len(falling)), len(falling) - 1)]) * 1000) + 1


def f1(y: NDArray[np.float64], said: NDArray[np.bool_]) -> float:
    """Return the harmonic mean of precision and recall."""
    hits = float((y * said).sum())
    return 2 * hits / max(float(y.sum() + said.sum()), 1.0)
