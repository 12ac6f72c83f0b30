"""From features to odds, and from odds to a verdict: the stored operating point.

The weights were fitted by logistic regression (``python -m bench.screening_fit``) on one half of
the
public data and are judged on the other half. They live in ``operating.json`` beside this file, with
the curve they were chosen from, so that a reader can see what another threshold would have cost.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.attributes import REASONS
from sandrail.screening.encoding import FEATURES
from sandrail.screening.errors import IndexDamagedError

__all__ = ["FEATURE_NAMES", "NAME_MILLI_MAX", "CurvePoint", "Model", "load_model"]

FEATURE_NAMES = (
    "constant",
    "share of the query that agrees",
    "share of the listed name that agrees",
    "smaller of the two shares",
    "information that agrees",
    "information only in the query",
    "information only in the list",
    "information blurred",
    "worst agreement",
    "all words agree exactly",
    "words out of order",
    "first word has no partner",
    "one word or none agrees",
    "one of the names is a single word",
    "joined or parted words",
    "words that agree",
    "last word has no partner",
    "first listed word has no partner",
    "last listed word has no partner",
)
"""What each position of a feature row means."""

NAME_MILLI_MAX = 6_000
"""A name alone is never surer than this, in thousandths of log-odds: namesakes exist."""

_STORED = Path(__file__).with_name("operating.json")


class CurvePoint(NamedTuple):
    """One point of an operating curve, measured on data held out from fitting.

    Attributes:
        threshold_milli: log-odds at and above which a person must look.
        recall_ppm: listed persons found, per million.
        false_ppm: unlisted persons held up, per million.
    """

    threshold_milli: int
    recall_ppm: int
    false_ppm: int


@dataclass(frozen=True, slots=True)
class Model:
    """The fitted weights and the chosen thresholds.

    Attributes:
        weights: one row of ``FEATURES`` for ``latin``, ``cross`` and ``entity`` names.
        attributes: worth of each code of :mod:`attributes`, in thousandths of log-odds.
        review_milli: threshold by attribute pattern, in thousandths of log-odds.
        hit_margin_milli: how far above it a corroborated match must be to freeze.
        pair_threshold: log-odds at which two bare names are called the same.
        curves: operating curve by attribute pattern.
        version: of the stored file, named in every explanation.
    """

    weights: dict[str, NDArray[np.float64]]
    attributes: dict[str, int]
    review_milli: dict[str, int]
    hit_margin_milli: int
    pair_threshold: dict[str, float]
    curves: dict[str, tuple[CurvePoint, ...]]
    version: str


@lru_cache(maxsize=1)
def load_model() -> Model:
    """Return the operating point that ships with Sandrail.

    Raises:
        IndexDamagedError: the stored file does not have the shape this code expects.
    """
    stored = json.loads(_STORED.read_text(encoding="utf-8"))
    fits = set(stored["weights_milli"]) == _FAMILIES and set(stored["attributes_milli"]) == {
        *REASONS
    }
    if stored.get("features") != FEATURES or not fits:
        raise IndexDamagedError(
            "The stored operating point does not fit this version of the matcher.",
            why="It was fitted for another set of features.",
            fix="Run python -m bench.screening_fit, or reinstall Sandrail.",
        )
    return Model(
        weights={k: np.array(v, np.float64) / 1000 for k, v in stored["weights_milli"].items()},
        attributes={k: int(v) for k, v in stored["attributes_milli"].items()},
        review_milli={k: int(v) for k, v in stored["review_milli"].items()},
        hit_margin_milli=int(stored["hit_margin_milli"]),
        pair_threshold={k: v / 1000 for k, v in stored["pair_threshold_milli"].items()},
        curves={k: tuple(CurvePoint(*p) for p in v) for k, v in stored["curves"].items()},
        version=stored["version"],
    )


_FAMILIES = {"latin", "cross", "entity", "pair_person", "pair_entity"}
