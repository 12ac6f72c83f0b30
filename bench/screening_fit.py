"""Fit the matcher: weights on one part of the data, thresholds on another; writes
``operating.json``.

Run ``SANDRAIL_TEST_DATA=... python -m bench.screening_fit``; about three minutes. The third part is
never looked at here, but for the curves that are stored to be drawn.
"""

from __future__ import annotations

import csv
import json
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.screening_data import (
    ARABIC,
    CHOOSE,
    FOREIGN,
    JUDGE,
    TUNE,
    common_names,
    decoy_list,
    folder,
    latin_only,
    part_of,
    persons,
    real_lists,
    strangers,
)
from bench.screening_disguises import TUNING, apply
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
from sandrail.screening.attributes import (
    REASONS,
    compare_countries,
    compare_dates,
    compare_fathers,
    compare_places,
)
from sandrail.screening.encoding import FEATURES
from sandrail.screening.fold import tokens_of
from sandrail.screening.pairs import PairComparer

TARGET = Path(model_file.__file__).with_name("operating.json")
PICTURES = Path(__file__).resolve().parents[1] / "docs" / "concepts"
CURVE_RATES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
CHOSEN_RATE = {"latin": 0.0015, "cross": 0.015, "latin+dob": 0.0005, "cross+dob": 0.003}
COMMON_RATE = {"latin+dob": 0.03}
"""With a date, this share of the bearers of very common names may be held up."""

RIDGES = (0.1, 0.3, 1.0, 3.0, 10.0)
FATHER_MILLI = {"latin+father": 159, "cross+father": -500}
"""Thresholds with a father's name and no date: the lists name too few fathers to choose them."""

PRIOR_SIGHTINGS = 20
"""How many sightings the weights set by hand count as, beside what is counted in the data."""

HAND_MILLI = {
    "dob.same_day": 7500, "dob.swapped": 4500, "dob.year_off": 3000, "dob.one_digit": 2500,
    "dob.same_month": 2200, "dob.same_year_day": 1600, "dob.same_year": 600, "dob.year_only": 2500,
    "dob.in_range": 1600, "dob.near_year": 400, "dob.about": 300, "dob.close": -1500,
    "dob.apart": -3000, "dob.far": -7000, "father.same_rare": 5000, "father.same": 3500,
    "father.same_common": 2000, "father.part": 0, "father.other": -7000,
    "father.patronymic": 1500, "country.same": 700, "country.other": -700, "place.same": 1200,
    "number.near": 5000, "number.other": -3000,
}  # fmt: skip
"""Where nothing can be counted honestly (numbers, patronymics, countries, places) these stay."""


class Question(NamedTuple):
    """A name asked for: which part, who is meant (-1 nobody), date, rows and features found."""

    part: int
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
    index: Index, entries: list[ListEntry], who: dict[tuple[str, str], str],
    rows: list[dict[str, str]],
) -> dict[str, list[Question]]:  # fmt: skip
    """Put every question to the index once."""
    part = index.blocks[0].people
    owners = part.vocabulary.name_entry
    rng = random.Random(11)

    def put(side: int, meant: int, name: str, dob: PartialDate | None) -> Question:
        tokens = tokens_of(name)
        rows, found = [], []
        for reading in (tokens, *part.searcher.apart(tokens)):
            hits, features = part.searcher.nearest(reading)
            rows.append(owners[hits].copy())
            found.append(features.copy())
        return Question(side, meant, name, dob, np.concatenate(rows), np.concatenate(found))

    kinds = ("latin", "cross", "no latin", "no cross", "no common")
    asked: dict[str, list[Question]] = {kind: [] for kind in kinds}
    for row, entry in enumerate(entries):
        side = part_of(who[entry.source, entry.id])
        if entry.kind is not Kind.PERSON:
            continue
        latin = [n.text for n in entry.names if not FOREIGN.search(n.text)]
        if latin:
            asked["latin"].append(put(side, row, latin[0], date_for(entry, rng)))
            _, altered = apply(TUNING, latin[0], rng)
            asked["latin"].append(put(side, row, altered, date_for(entry, rng)))
        for name in entry.names:
            if ARABIC.search(name.text) and name.quality == "primary":
                asked["cross"].append(put(side, row, name.text, date_for(entry, rng)))
    for stranger in rows:
        name, dob = stranger["full_name"], parse_partial_date(stranger["date_of_birth"])
        if ARABIC.search(name):
            asked["no cross"].append(put(part_of(name), -1, name, dob))
        elif not FOREIGN.search(name):
            asked["no latin"].append(put(part_of(name), -1, name, dob))
    for row in common_names(2_000, seed=CHOOSE):
        born = parse_partial_date(row["date_of_birth"])
        asked["no common"].append(put(CHOOSE, -1, row["full_name"], born))
    return asked


def fit(yes: list[Question], no: list[Question], real: int) -> tuple[NDArray[np.float64], float]:
    """Fit the first part: the best name of who is meant against the likest strangers."""
    weights, ridge = np.eye(FEATURES)[3], 1.0
    for turn in range(5):
        x, y = [], []
        for q in (q for q in yes if q.part == TUNE):
            own = q.features[q.rows == q.meant]
            if len(own):
                x.append(own[np.argmax(own @ weights)])
                y.append(1.0)
        for q in (q for q in no if q.part == TUNE):
            others = q.features[q.rows < real]
            for at in np.argsort(-(others @ weights))[:4]:
                x.append(others[at])
                y.append(0.0)
        table, answer = np.array(x, np.float64), np.array(y)
        if turn == 4:
            ridge = best_ridge(table, answer)
        weights = newton(table, answer, ridge=ridge)
    return weights, ridge


def from_counts(same: Counter[str], other: Counter[str]) -> dict[str, int]:
    """Return the log-odds of each code, drawn towards the weights set by hand.

    The prior says that the hand-set weights were seen in ``PRIOR_SIGHTINGS`` pairs of one person.
    """
    codes = sorted(set(same) | set(other))
    strange = {c: (other[c] + 0.5) / (sum(other.values()) + 0.5 * len(codes)) for c in codes}
    hand = {c: strange[c] * math.exp(HAND_MILLI[c] / 1000) for c in codes}
    prior = {c: PRIOR_SIGHTINGS * hand[c] / sum(hand.values()) for c in codes}
    total = sum(same.values()) + PRIOR_SIGHTINGS
    odds = {c: math.log((same[c] + prior[c]) / total / strange[c]) for c in codes}
    return {c: round(1000 * min(max(v, -7.0), 7.5)) for c, v in odds.items()}


def fit_attributes(
    entries: Sequence[ListEntry], who: dict[tuple[str, str], str], rows: list[dict[str, str]]
) -> tuple[dict[str, int], dict[str, int]]:
    """Count agreements: between two publishers' records of one person, and between strangers."""
    tune = [e for e in entries if e.kind is Kind.PERSON and part_of(who[e.source, e.id]) == TUNE]
    held = [r for r in rows if part_of(r["full_name"]) == TUNE]
    by_person: dict[str, list[ListEntry]] = {}
    for entry in tune:
        by_person.setdefault(who[entry.source, entry.id], []).append(entry)
    twins = [
        (a, b)
        for group in by_person.values()
        if len(group) <= 4
        for a in group
        for b in group
        if a.source != b.source and surely_one(a, b)
    ]
    same: dict[str, Counter[str]] = {k: Counter() for k in ("dob", "country", "place", "father")}
    other: dict[str, Counter[str]] = {k: Counter() for k in same}
    for one, two in twins:
        codes = [compare_dates(dob, two.dobs, HAND_MILLI)[1] for dob in one.dobs]
        same["dob"][max(codes, key=lambda c: HAND_MILLI.get(c, -99_999), default="")] += 1
        for country in one.countries[:1]:
            same["country"][compare_countries(country, two.countries)[0]] += 1
        for place in one.places[:1]:
            same["place"][compare_places(place, two.places)[0]] += 1 if two.places else 0
    print("dates of one person:", sorted(same["dob"].items()))
    rng = random.Random(12)
    for row in held * 4:
        entry = rng.choice(tune)
        _count_date(other["dob"], parse_partial_date(row["date_of_birth"]), entry)
        other["country"][compare_countries(row["nationality"], entry.countries)[0]] += 1
        stranger = rng.choice(tune)
        if stranger.places and entry.places:
            other["place"][compare_places(stranger.places[0], entry.places)[0]] += 1
    _count_fathers(same["father"], other["father"], entries, rng)
    weights = dict(HAND_MILLI)
    for kind in same:
        for counts in (same[kind], other[kind]):
            del counts[""]
        # A place says something only when it agrees: its absence is no code.
        # Nationalities of strangers from all the world would overrate one's own compatriots.
        if kind in ("dob", "father"):
            weights |= from_counts(same[kind], other[kind])
    sizes = {f"{k} same": sum(v.values()) for k, v in same.items()}
    return weights, sizes | {f"{k} strangers": sum(v.values()) for k, v in other.items()}


def surely_one(one: ListEntry, two: ListEntry) -> bool:
    """Whether two entries are one person beyond a chance namesake: by two names, or a long one."""
    words = [{tuple(sorted(tokens_of(n.text))) for n in e.names} for e in (one, two)]
    shared = [w for w in words[0] & words[1] if len(w) >= 2]
    return len(shared) >= 2 or any(len(w) >= 4 for w in shared)


def _count_date(counts: Counter[str], dob: PartialDate, entry: ListEntry) -> None:
    counts[compare_dates(dob, entry.dobs, HAND_MILLI)[1]] += 1


def _count_fathers(
    same: Counter[str], other: Counter[str], entries: Sequence[ListEntry], rng: random.Random
) -> None:
    """Fathers as invented customers name them: once disguised, once another man's."""
    comparer = PairComparer()
    names = [r["father_name"] for r in common_names(4_000)]
    names += [f for e in entries for f in e.father_names for _ in range(4)]
    for name in names:
        for counts, given in (
            (same, apply(TUNING, name, rng)[1] if rng.random() < 0.5 else name),
            (other, rng.choice(names)),
        ):
            row = comparer.features(given, name).tolist()
            counts[compare_fathers(row[1], row[2], row[4])] += 1


Total = Callable[[Question, int, float], float]


def totals(
    questions: list[Question], weights: NDArray[np.float64], real: int, total: Total
) -> NDArray[np.float64]:
    """Return, per question, the best total of who is meant (or of anybody)."""
    out = []
    for q in questions:
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


def chosen(no: NDArray[np.float64], rate: float) -> int:
    """Return the lowest threshold whose false rate stays within ``rate``."""
    falling = np.sort(no)[::-1]
    return math.ceil((falling[min(int(rate * len(falling)), len(falling) - 1)]) * 1000) + 1


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


def f1(y: NDArray[np.float64], said: NDArray[np.bool_]) -> float:
    """Return the harmonic mean of precision and recall."""
    hits = float((y * said).sum())
    return 2 * hits / max(float(y.sum() + said.sum()), 1.0)


def thresholds_and_curves(
    asked: dict[str, list[Question]], weights: dict[str, NDArray[np.float64]],
    attributes: dict[str, int], entries: list[ListEntry],
) -> tuple[dict[str, int], dict[str, list[list[int]]]]:  # fmt: skip
    """Choose thresholds on the second part; draw the curves of the third."""

    def by_name(_: Question, __: int, score: float) -> float:
        return score

    def by_date(q: Question, row: int, score: float) -> float:
        dobs = entries[row].dobs
        if q.dob is None or not dobs or score < -8:
            return -99.0
        name = min(score, model_file.NAME_MILLI_MAX / 1000)
        return name + compare_dates(q.dob, dobs, attributes)[0] / 1000

    curves, review = {}, {}
    for family in ("latin", "cross"):
        for extra, total in (("", by_name), ("+dob", by_date)):
            name = family + extra
            yes_questions = [q for q in asked[family] if not extra or q.dob is not None]
            found = {}
            for side in (CHOOSE, JUDGE):
                yes = [q for q in yes_questions if q.part == side]
                no = [q for q in asked[f"no {family}"] if q.part == side]
                found[side] = [
                    totals(questions, weights[family], len(entries), total)
                    for questions in (yes, no)
                ]
            review[name] = chosen(found[CHOOSE][1], CHOSEN_RATE[name])
            if name in COMMON_RATE:
                common = totals(asked["no common"], weights[family], len(entries), total)
                review[name] = max(review[name], chosen(common, COMMON_RATE[name]))
            curves[name] = curve(*found[JUDGE])
            shares = [float((v >= review[name] / 1000).mean()) for v in found[CHOOSE]]
            print(name, [len(v) for v in found[CHOOSE]], review[name], shares)
    return review, curves


def main() -> None:
    """Fit, choose, write, and print what was found."""
    ask_rows, decoys = strangers()
    full = real_lists()
    who = persons(full)
    stripped = [latin_only(one) for one in full]
    kept_ids = {(e.source, e.id) for one in stripped for e in one.entries}
    entries = [e for one in full for e in one.entries if (e.source, e.id) in kept_ids]
    asked = ask(Index.build([*stripped, decoy_list(decoys)]), entries, who, ask_rows)
    attributes, sightings = fit_attributes(entries, who, ask_rows)
    pair_weights, pair_thresholds, judged = fit_pairs()
    weights, ridges = {}, {}
    for family in ("latin", "cross"):
        weights[family], ridges[family] = fit(asked[family], asked[f"no {family}"], len(entries))
    review, curves = thresholds_and_curves(asked, weights, attributes, entries)
    review |= {f"{f}+dob+father": review[f"{f}+dob"] for f in ("latin", "cross")}
    review |= {k: max(review[k.split("+")[0]], v) for k, v in FATHER_MILLI.items()}
    stored = {
        "version": "2026-11-22",
        "features": FEATURES,
        "weights_milli": {
            **{k: [round(w * 1000) for w in v] for k, v in weights.items()},
            "entity": pair_weights["pair_entity"],
            **pair_weights,
        },
        "attributes_milli": {code: attributes[code] for code in REASONS},
        "review_milli": {**review, "entity": pair_thresholds["pair_entity"] + 2000},
        "hit_margin_milli": 1500,
        "pair_threshold_milli": pair_thresholds,
        "curves": curves,
        "pairs": judged,
        "sightings": sightings,
    }
    TARGET.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(judged, ridges, sightings, attributes, review)


def draw() -> None:
    """Draw the stored curves beside the page that explains them."""
    load_model.cache_clear()
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
