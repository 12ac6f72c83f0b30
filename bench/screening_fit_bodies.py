"""Fit names of organisations and vessels against whole lists, and thresholds by what is known.

Weights are fitted on the first third of the bodies, thresholds chosen on the second; the third is
only looked at for the curves that are stored to be drawn.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.screening_bodies import (
    ORG_TUNING,
    VESSEL_TUNING,
    Bodies,
    bodies_only,
    invented_firms,
    invented_ships,
    is_aircraft,
)
from bench.screening_data import (
    ARABIC,
    CHOOSE,
    JUDGE,
    TUNE,
    common_names,
    part_of,
    real_lists,
    strangers,
)
from bench.screening_disguises import HELD_OUT, apply
from bench.screening_regression import chosen, curve, fit_likest
from sandrail.screening import Index, Kind, ListEntry, load_model
from sandrail.screening.agreement import AGREEMENT_NAMES, body_agreement
from sandrail.screening.attributes import compare_countries
from sandrail.screening.encoding import FEATURES
from sandrail.screening.model import NAME_MILLI_MAX
from sandrail.screening.readings import readings_of

__all__ = ["fit_bodies"]

WIDTH = FEATURES + len(AGREEMENT_NAMES)
CHOSEN_RATE = {"entity": 0.007, "entity_cross": 0.007, "vessel": 0.01}
PERSON_RATE = 0.0004
"""Of persons whose kind was not said, how many may be held up on a body's words alone."""

_COPIES = 3
_INVENTED = {Kind.ENTITY: invented_firms(9_000), Kind.VESSEL: invented_ships(3_000)}
_PERSONS_STEP = 8


class Question(NamedTuple):
    """A name asked for: which part, who is meant, and what of whom was found.

    Attributes:
        part: ``TUNE``, ``CHOOSE`` or ``JUDGE``.
        country: as a party would give it.
        rows: entries found.
        right: whether each is the body that is meant, or (for a stranger) may be counted.
        features: of each.
    """

    part: int
    country: str
    rows: NDArray[np.int32]
    right: NDArray[np.bool_]
    features: NDArray[np.float64]


class Bench:
    """An index of organisations or vessels, and the questions put to it."""

    def __init__(self, kind: Kind) -> None:
        lists = real_lists()
        self.kind = kind
        self.bodies = Bodies(lists)
        self.block = Index.build(bodies_only(lists)).blocks[0]
        entries = [self.block.table.entry(row) for row in range(len(self.block.table))]
        self.entries = entries
        self.body = [
            self.bodies.of(e.source, e.id) if e.kind in (Kind.ENTITY, Kind.VESSEL) else ""
            for e in entries
        ]

    def put(self, name: str, part: int, country: str, right: Callable[[int], bool]) -> Question:
        """Ask the index once, in every reading."""
        listed = self.block.parts[self.kind]
        owners = listed.vocabulary.name_entry
        rows: list[int] = []
        found: list[NDArray[np.float64]] = []
        for reading in readings_of(name, self.kind):
            hits, features = listed.searcher.nearest(reading)
            for hit, row in zip(hits.tolist(), features.astype(np.float64), strict=True):
                rows.append(int(owners[hit]))
                facts = body_agreement(reading, listed.searcher.tokens(hit))
                found.append(np.concatenate([row, facts]))
        return Question(
            part,
            country,
            np.array(rows, np.int32),
            np.array([right(row) for row in rows], np.bool_),
            np.array(found, np.float64).reshape(len(rows), WIDTH),
        )

    def listed(self) -> tuple[list[Question], list[Question], list[Question]]:
        """Return questions about listed bodies, about them as strangers, and in Arabic letters."""
        rng = random.Random(17)
        vessel = self.kind is Kind.VESSEL
        yes, no, cross = [], [], []
        for entry in (e for e in self.bodies.entries if e.kind is self.kind):
            part, own = self.bodies.part(entry), self.bodies.of(entry.source, entry.id)
            country = entry.countries[0] if entry.countries else ""
            meant = self._is(own)
            for name in self.bodies.latin(entry)[:1]:
                kinds = VESSEL_TUNING if vessel else ORG_TUNING
                copies = 0 if is_aircraft(entry) else _COPIES if part == TUNE else 1
                names = [name, *(apply(kinds, name, rng)[1] for _ in range(copies))]
                yes += [self.put(one, part, country, meant) for one in names]
                no.append(self.put(name, part, country, self._unrelated(entry)))
                urdu = HELD_OUT["Urdu letters"](name, rng)
                if urdu and not vessel and part != JUDGE:
                    cross.append(self.put(urdu, part, country, meant))
            originals = [n.text for n in entry.names if ARABIC.search(n.text)]
            cross += [self.put(one, part, country, meant) for one in originals]
        return yes, no, cross

    def _is(self, own: str) -> Callable[[int], bool]:
        return lambda row: self.body[row] == own

    def _unrelated(self, entry: ListEntry) -> Callable[[int], bool]:
        return lambda row: bool(self.body[row]) and self.bodies.unrelated(entry, self.body[row])

    def strangers(self) -> tuple[list[Question], list[Question]]:
        """Return invented firms (or ships) and people, and the firms in Urdu letters."""
        rng = random.Random(18)
        names = list(_INVENTED[self.kind])
        people = [r["full_name"] for r in strangers()[0][::_PERSONS_STEP]]
        no = [self.put(n, part_of(n), "Pakistan", lambda row: True) for n in (*names, *people)]
        urdu = [(n, HELD_OUT["Urdu letters"](n, rng)) for n in names[::2]]
        cross = [
            self.put(text, part_of(n), "Pakistan", lambda row: True) for n, text in urdu if text
        ]
        return no, cross

    def people(self) -> list[Question]:
        """Return persons who are asked for without saying that they are, of the second part."""
        names = [r["full_name"] for r in strangers()[0] if part_of(r["full_name"]) == CHOOSE]
        names += [r["full_name"] for r in common_names(1_500, seed=CHOOSE)]
        return [self.put(n, CHOOSE, "Pakistan", lambda row: True) for n in names]


def fit(yes: Sequence[Question], no: Sequence[Question]) -> tuple[NDArray[np.float64], float]:
    """Fit the first part."""
    meant, strangers = ([q.features[q.right] for q in of if q.part == TUNE] for of in (yes, no))
    return fit_likest(meant, strangers, turns=4, likest=3)


def totals(
    bench: Bench, questions: Sequence[Question], weights: NDArray[np.float64], *, country: bool
) -> NDArray[np.float64]:
    """Return, per question, the best total of whoever counts, in log-odds."""
    worth = load_model().attributes
    out = []
    for q in questions:
        best = -99.0
        for row, score in zip(q.rows[q.right], q.features[q.right] @ weights, strict=True):
            total = float(score)
            if country:
                code = compare_countries(q.country, bench.entries[int(row)].countries)[0]
                total = min(total, NAME_MILLI_MAX / 1000) + worth.get(code, 0) / 1000
            best = max(best, total)
        out.append(best)
    return np.array(out)


def _thresholds(
    bench: Bench, family: str, weights: NDArray[np.float64],
    asked: tuple[Sequence[Question], Sequence[Question]], people: Sequence[Question],
) -> tuple[dict[str, int], dict[str, list[list[int]]]]:  # fmt: skip
    """Choose on the second part, with and without a country; draw the curve of the third."""
    review: dict[str, int] = {}
    curves: dict[str, list[list[int]]] = {}
    for pattern, country in ((family, False), (f"{family}+country", True)):
        found = {
            part: [
                totals(bench, [q for q in questions if q.part == part], weights, country=country)
                for questions in asked
            ]
            for part in (CHOOSE, JUDGE)
        }
        review[pattern] = chosen(found[CHOOSE][1], CHOSEN_RATE[family])
        unstated = chosen(totals(bench, people, weights, country=country), PERSON_RATE)
        review[f"{pattern}+unstated"] = max(review[pattern], unstated)
        if found[JUDGE][0].size:
            curves[pattern] = curve(*found[JUDGE])
        shares = [float((v >= review[pattern] / 1000).mean()) for v in found[CHOOSE]]
        print(pattern, [len(v) for v in found[CHOOSE]], review[pattern], unstated, shares)
    return review, curves


def _milli(weights: NDArray[np.float64]) -> list[int]:
    return [round(1000 * float(w)) for w in weights]


def fit_bodies() -> dict[str, Any]:
    """Return the sections of the stored file that organisations and vessels own."""
    section: dict[str, Any] = {
        key: {} for key in ("weights_milli", "agreement_milli", "review_milli", "curves")
    }
    for kind in (Kind.ENTITY, Kind.VESSEL):
        bench = Bench(kind)
        yes, no, cross = bench.listed()
        invented, invented_cross = bench.strangers()
        people = bench.people()
        families = {kind.value: (yes, no + invented)}
        if kind is Kind.ENTITY:
            families["entity_cross"] = (cross, invented_cross)
        for family, asked in families.items():
            weights, ridge = fit(*asked)
            print(family, "ridge", ridge, "weights", np.round(weights, 2).tolist())
            section["weights_milli"][family] = _milli(weights[:FEATURES])
            section["agreement_milli"][family] = _milli(weights[FEATURES:])
            review, curves = _thresholds(bench, family, weights, asked, people)
            section["review_milli"] |= review
            section["curves"] |= curves
    return section
