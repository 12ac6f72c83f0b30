"""Fit the matcher's weights on one half of the data and choose thresholds; writes
``operating.json``.

Run ``SANDRAIL_TEST_DATA=... python -m bench.screening_fit``. Takes about two minutes. The curves
that
are stored come from the judging half only.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.screening_data import (
    ARABIC,
    FOREIGN,
    decoy_list,
    disguise,
    folder,
    half,
    latin_only,
    real_lists,
    strangers,
)
from sandrail.screening import (
    Index,
    Kind,
    ListEntry,
    PartialDate,
    curve_svg,
    load_model,
    parse_partial_date,
)
from sandrail.screening import model as model_file
from sandrail.screening.attributes import compare_dates
from sandrail.screening.encoding import FEATURES
from sandrail.screening.fold import tokens_of
from sandrail.screening.pairs import PairComparer

TARGET = Path(model_file.__file__).with_name("operating.json")
PICTURES = Path(__file__).resolve().parents[1] / "docs" / "concepts"
CURVE_RATES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
CROSS_FATHER_MILLI = -500
"""With a father's name given, a name across scripts needs it to agree at least in part."""

CHOSEN_RATE = {"latin": 0.0015, "cross": 0.015, "latin+dob": 0.0005, "cross+dob": 0.003}


class Question(NamedTuple):
    """A name asked for: which half, who is meant (-1 nobody), dates, rows and features found."""

    half: int
    meant: int
    given: str
    dob: PartialDate | None
    rows: NDArray[np.int32]
    features: NDArray[np.float32]


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


def date_for(entry: ListEntry, rng: random.Random) -> PartialDate | None:
    """Return a date such as the entry's bearer would show: whole, sometimes with a slip."""
    if not entry.dobs:
        return None
    one = rng.choice(entry.dobs)
    year = rng.randint(one.year, one.year_to)
    month, day = one.month or rng.randint(1, 12), one.day or rng.randint(1, 28)
    if rng.random() < 0.1:
        year, month, day = rng.choice(
            [
                (year, day, month) if day <= 12 else (year, month, min(day, 28) % 28 + 1),
                (year + 1, month, min(day, 28)),
            ]
        )
    return PartialDate(year, month, min(day, 28) if month == 2 else day)


def ask(
    index: Index, entries: list[ListEntry], rows: list[dict[str, str]]
) -> dict[str, list[Question]]:
    """Put every question to the index once."""
    part = index.blocks[0].people
    owners = part.vocabulary.name_entry
    rng = random.Random(11)

    def put(side: int, meant: int, name: str, dob: PartialDate | None) -> Question:
        hits, features = part.searcher.nearest(tokens_of(name))
        return Question(side, meant, name, dob, owners[hits].copy(), features.copy())

    asked: dict[str, list[Question]] = {"latin": [], "cross": [], "no latin": [], "no cross": []}
    for row, entry in enumerate(entries):
        if entry.kind is not Kind.PERSON or (entry.source == "ofac" and int(entry.id) % 3):
            continue
        side = half(entry.source + entry.id)
        latin = [n.text for n in entry.names if not FOREIGN.search(n.text)]
        if latin:
            asked["latin"].append(put(side, row, latin[0], date_for(entry, rng)))
            asked["latin"].append(put(side, row, disguise(latin[0], rng), date_for(entry, rng)))
        for name in entry.names:
            if ARABIC.search(name.text) and name.quality == "primary":
                asked["cross"].append(put(side, row, name.text, date_for(entry, rng)))
    for stranger in rows:
        name, dob = stranger["full_name"], parse_partial_date(stranger["date_of_birth"])
        if ARABIC.search(name):
            asked["no cross"].append(put(half(name), -1, name, dob))
        elif not FOREIGN.search(name):
            asked["no latin"].append(put(half(name), -1, name, dob))
    return asked


def fit(yes: list[Question], no: list[Question], real: int) -> NDArray[np.float64]:
    """Fit on the fitting half: the best name of who is meant against the likest strangers."""
    weights = np.eye(FEATURES)[3]
    for _ in range(4):
        x, y = [], []
        for q in (q for q in yes if q.half == 0):
            own = q.features[q.rows == q.meant]
            if len(own):
                x.append(own[np.argmax(own @ weights)])
                y.append(1.0)
        for q in (q for q in no if q.half == 0):
            others = q.features[q.rows < real]
            for at in np.argsort(-(others @ weights))[:4]:
                x.append(others[at])
                y.append(0.0)
        weights = newton(np.array(x, np.float64), np.array(y))
    return weights


Total = Callable[[Question, int, float], float]


def totals(
    questions: list[Question], weights: NDArray[np.float64], real: int, total: Total
) -> NDArray[np.float64]:
    """Return, per question of the judging half, the best total of who is meant (or of anybody)."""
    out = []
    for q in (q for q in questions if q.half == 1):
        keep = (q.rows == q.meant) if q.meant >= 0 else (q.rows < real)
        best = -99.0
        for row, score in zip(q.rows[keep], q.features[keep] @ weights, strict=True):
            best = max(best, total(q, int(row), float(score)))
        out.append(best)
    return np.array(out)


def curve(yes: NDArray[np.float64], no: NDArray[np.float64]) -> list[list[int]]:
    """Return threshold, recall and false rate at the rates of interest."""
    falling = np.sort(no)[::-1]
    points = []
    for rate in CURVE_RATES:
        threshold = falling[min(int(rate * len(falling)), len(falling) - 1)] + 1e-6
        recall, false = (yes >= threshold).mean(), (no >= threshold).mean()
        points.append([round(threshold * 1000), round(recall * 1e6), round(false * 1e6)])
    return points


def chosen(points: list[list[int]], rate: float) -> int:
    """Return the lowest threshold whose false rate stays within ``rate``, between two points."""
    rates = [p[2] / 1e6 for p in points]
    thresholds = [p[0] for p in points]
    return round(float(np.interp(rate, rates, thresholds)))


def fit_pairs() -> tuple[dict[str, list[int]], dict[str, int], dict[str, float]]:
    """Fit the comparison of two bare names on three quarters of the pairs; judge on the rest."""
    with (folder() / "names" / "name_pairs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    comparer = PairComparer()
    entity = np.array([r["schema"] != "Person" for r in rows])
    x = np.array(
        [
            comparer.features(r["name1"], r["name2"], entity=bool(e)).copy()
            for r, e in zip(rows, entity, strict=True)
        ],
        np.float64,
    )
    y = np.array([r["is_match"] == "true" for r in rows], np.float64)
    kept = np.array(
        [
            half(f"{r['name1']}|{r['name2']}|a") + 2 * half(f"{r['name1']}|{r['name2']}|b") == 3
            for r in rows
        ]
    )
    weights, thresholds, scores = {}, {}, np.zeros(len(rows))
    both = np.hstack([x, x * entity[:, None]])
    together = newton(both[~kept], y[~kept], ridge=1.0)
    for name, mask, own in (
        ("pair_person", ~entity, together[:FEATURES]),
        ("pair_entity", entity, together[:FEATURES] + together[FEATURES:]),
    ):
        weights[name] = [round(w * 1000) for w in own]
        scores[mask] = x[mask] @ own
        tune = mask & ~kept
        grid = np.linspace(-1.5, 1.0, 26)
        best = max(grid, key=lambda t: f1(y[tune], scores[tune] >= t))
        thresholds[name] = round(float(best) * 500)
    said = np.where(
        entity,
        scores >= thresholds["pair_entity"] / 1000,
        scores >= thresholds["pair_person"] / 1000,
    )
    judged = {
        "f1_held_out": f1(y[kept], said[kept]),
        "held_out": int(kept.sum()),
        "f1_fitted": f1(y[~kept], said[~kept]),
    }
    return weights, thresholds, judged


def f1(y: NDArray[np.float64], said: NDArray[np.bool_]) -> float:
    """Return the harmonic mean of precision and recall."""
    hits = float((y * said).sum())
    return 2 * hits / max(float(y.sum() + said.sum()), 1.0)


def main() -> None:
    """Fit, choose, write, and print what was found."""
    ask_rows, decoys = strangers()
    full = real_lists()
    entries = [e for one in full for e in one.entries]
    stripped = [latin_only(one) for one in full]
    kept_ids = {(e.source, e.id) for one in stripped for e in one.entries}
    entries = [e for e in entries if (e.source, e.id) in kept_ids]
    index = Index.build([*stripped, decoy_list(decoys)])
    asked = ask(index, entries, ask_rows)
    pair_weights, pair_thresholds, judged = fit_pairs()
    weights = {
        "latin": fit(asked["latin"], asked["no latin"], len(entries)),
        "cross": fit(asked["cross"], asked["no cross"], len(entries)),
    }

    def by_name(_: Question, __: int, score: float) -> float:
        return score

    def by_date(q: Question, row: int, score: float) -> float:
        dobs = entries[row].dobs
        if q.dob is None or not dobs or score < -8:
            return -99.0
        return min(score, model_file.NAME_MILLI_MAX / 1000) + compare_dates(q.dob, dobs)[0]

    curves, review = {}, {}
    for family in ("latin", "cross"):
        for extra, total in (("", by_name), ("+dob", by_date)):
            yes_questions = [q for q in asked[family] if not extra or q.dob is not None]
            yes = totals(yes_questions, weights[family], len(entries), total)
            no = totals(asked[f"no {family}"], weights[family], len(entries), total)
            name = family + extra
            curves[name] = curve(yes, no)
            review[name] = chosen(curves[name], CHOSEN_RATE[name])
            print(
                name,
                len(yes),
                len(no),
                "threshold",
                review[name],
                "recall",
                (yes >= review[name] / 1000).mean(),
                "false",
                (no >= review[name] / 1000).mean(),
            )
    entity = np.array(pair_weights["pair_entity"])
    stored = {
        "version": "2026-11",
        "features": FEATURES,
        "weights_milli": {
            **{k: [round(w * 1000) for w in v] for k, v in weights.items()},
            "entity": [int(w) for w in entity],
            **pair_weights,
        },
        "review_milli": {
            **review,
            "entity": pair_thresholds["pair_entity"] + 2000,
            **{f"{f}+dob+father": review[f"{f}+dob"] for f in ("latin", "cross")},
            "latin+father": review["latin"],
            "cross+father": max(review["cross"], CROSS_FATHER_MILLI),
        },
        "hit_margin_milli": 1500,
        "pair_threshold_milli": pair_thresholds,
        "curves": curves,
        "pairs": {k: round(v * 1000) for k, v in judged.items()},
    }
    TARGET.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(
        json.dumps(stored["curves"]), judged, {k: v.round(2).tolist() for k, v in weights.items()}
    )


def draw() -> None:
    """Draw the stored curves beside the page that explains them."""
    for family, title in (
        ("latin", "Latin names against Latin lists"),
        ("cross", "Arabic-script names against Latin lists"),
    ):
        curves = {k: p for k, p in load_model().curves.items() if k.startswith(family)}
        picture = curve_svg(dict(curves), title=f"{title}: found, and held up for nothing")
        (PICTURES / f"screening-{family}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
    draw()
