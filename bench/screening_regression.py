"""Logistic regression, operating curves and shares: the arithmetic of the fit, without any data."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

CURVE_RATES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
RIDGES = (0.1, 0.3, 1.0, 3.0, 10.0)


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
