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

from sandrail.screening.agreement import AGREEMENT_NAMES
from sandrail.screening.attributes import REASONS
from sandrail.screening.encoding import FEATURES
from sandrail.screening.errors import IndexDamagedError
from sandrail.screening.nouns import Kind

__all__ = ["FAMILIES", "FEATURE_NAMES", "NAME_MILLI_MAX", "CurvePoint", "Model", "load_model"]

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
        weights: one row of ``FEATURES`` for ``latin`` and ``cross`` names of persons, ``entity``
            and ``entity_cross`` names of organisations, and names of a ``vessel``.
        agreement: one row of :data:`AGREEMENT_NAMES` for each of the last three, and for
            ``pair_entity``.
        attributes: worth of each code of :mod:`attributes`, in thousandths of log-odds.
        review_milli: threshold by attribute pattern, in thousandths of log-odds.
        hit_margin_milli: how far above it a corroborated match must be to freeze.
        pair_threshold: log-odds at which two bare names are called the same.
        curves: operating curve by attribute pattern.
        version: of the stored file, named in every explanation.
    """

    weights: dict[str, NDArray[np.float64]]
    agreement: dict[str, NDArray[np.float64]]
    attributes: dict[str, int]
    review_milli: dict[str, int]
    hit_margin_milli: int
    pair_threshold: dict[str, float]
    curves: dict[str, tuple[CurvePoint, ...]]
    version: str

    def lift(self, kind: Kind) -> float:
        """Return the most that the agreement of two bodies could add to a name, in log-odds."""
        if kind is Kind.PERSON:
            return 0.0
        return max(float(self.agreement[f].clip(min=0).sum()) for f in FAMILIES[kind])


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
    fits = fits and set(stored["agreement_milli"]) == _BODY_FAMILIES
    fits = fits and {len(v) for v in stored["agreement_milli"].values()} == {len(AGREEMENT_NAMES)}
    if stored.get("features") != FEATURES or not fits:
        raise IndexDamagedError(
            "The stored operating point does not fit this version of the matcher.",
            why="It was fitted for another set of features.",
            fix="Run python -m bench.screening_fit, or reinstall Sandrail.",
        )
    return Model(
        weights={k: np.array(v, np.float64) / 1000 for k, v in stored["weights_milli"].items()},
        agreement={k: np.array(v, np.float64) / 1000 for k, v in stored["agreement_milli"].items()},
        attributes={k: int(v) for k, v in stored["attributes_milli"].items()},
        review_milli={k: int(v) for k, v in stored["review_milli"].items()},
        hit_margin_milli=int(stored["hit_margin_milli"]),
        pair_threshold={k: v / 1000 for k, v in stored["pair_threshold_milli"].items()},
        curves={k: tuple(CurvePoint(*p) for p in v) for k, v in stored["curves"].items()},
        version=stored["version"],
    )


FAMILIES = {
    Kind.PERSON: ("latin", "cross"),
    Kind.ENTITY: ("entity", "entity_cross"),
    Kind.VESSEL: ("vessel", "vessel"),
}
"""Which weights a name is held to: in the script of the list, and in another."""

_BODY_FAMILIES = {"entity", "entity_cross", "vessel", "pair_entity"}
_FAMILIES = {"latin", "cross", "pair_person"} | _BODY_FAMILIES
