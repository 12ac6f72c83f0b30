"""Fit the matcher: weights on one part of the data, thresholds on another; writes
``operating.json``.

Run ``SANDRAIL_TEST_DATA=... python -m bench.screening_fit``; about three minutes. With ``--only
persons`` or ``--only organisations`` the other section of the file stays as it is. The third part
of the data is never looked at here, but for the curves that are stored to be drawn.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

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
    latin_only,
    part_of,
    persons,
    real_lists,
    strangers,
)
from bench.screening_disguises import TUNING, apply
from bench.screening_evidence import date_for, fit_attributes
from bench.screening_fit_bodies import fit_bodies
from bench.screening_pairs import fit_pairs
from bench.screening_regression import chosen, curve, fit_likest
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
from sandrail.screening.agreement import AGREEMENT_NAMES
from sandrail.screening.attributes import REASONS, compare_dates
from sandrail.screening.encoding import FEATURES
from sandrail.screening.fold import tokens_of

TARGET = Path(model_file.__file__).with_name("operating.json")
PICTURES = Path(__file__).resolve().parents[1] / "docs" / "concepts"
CHOSEN_RATE = {"latin": 0.0015, "cross": 0.03, "latin+dob": 0.0005, "cross+dob": 0.006}
COMMON_RATE = {"latin+dob": 0.03}
"""With a date, this share of the bearers of very common names may be held up."""

FATHER_MILLI = {"latin+father": 159, "cross+father": -500}
"""Thresholds with a father's name and no date: the lists name too few fathers to choose them."""


class Question(NamedTuple):
    """A name asked for: which part, who is meant (-1 nobody), date, rows and features found."""

    part: int
    meant: int
    given: str
    dob: PartialDate | None
    rows: NDArray[np.int32]
    features: NDArray[np.float32]


def ask(
    index: Index, entries: list[ListEntry], who: dict[tuple[str, str], str],
    rows: list[dict[str, str]],
) -> dict[str, list[Question]]:  # fmt: skip
    """Put every question to the index once."""
    part = index.blocks[0].parts[Kind.PERSON]
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
    """Fit the first part; decoys beyond the ``real`` entries are nobody's false alarm."""
    return fit_likest(
        [q.features[q.rows == q.meant] for q in yes if q.part == TUNE],
        [q.features[q.rows < real] for q in no if q.part == TUNE],
        turns=5,
        likest=4,
    )


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


Section = dict[str, Any]


def namesake_milli(attributes: Mapping[str, int]) -> int:
    """Return what no namesake of one's own country comes to, once the fathers are two men."""
    return model_file.NAME_MILLI_MAX + attributes["father.other"] + attributes["country.same"] + 1


def fit_persons() -> Section:
    """Fit names of persons and everything beside them; return the sections of the file it owns."""
    ask_rows, decoys = strangers()
    full = real_lists()
    who = persons(full)
    stripped = [latin_only(one) for one in full]
    kept_ids = {(e.source, e.id) for one in stripped for e in one.entries}
    entries = [e for one in full for e in one.entries if (e.source, e.id) in kept_ids]
    asked = ask(Index.build([*stripped, decoy_list(decoys)]), entries, who, ask_rows)
    attributes, sightings = fit_attributes(entries, who, ask_rows)
    weights, ridges = {}, {}
    for family in ("latin", "cross"):
        weights[family], ridges[family] = fit(asked[family], asked[f"no {family}"], len(entries))
    review, curves = thresholds_and_curves(asked, weights, attributes, entries)
    review |= {f"{f}+dob+father": review[f"{f}+dob"] for f in ("latin", "cross")}
    review |= {k: max(review[k.split("+")[0]], v) for k, v in FATHER_MILLI.items()}
    review["latin+father"] = max(review["latin+father"], namesake_milli(attributes))
    pair_weights, pair_thresholds, judged = fit_pairs()
    print(judged, ridges, sightings, attributes, review)
    return {
        "weights_milli": {
            **{k: [round(w * 1000) for w in v] for k, v in weights.items()},
            "pair_person": pair_weights["pair_person"],
        },
        "attributes_milli": {code: attributes[code] for code in REASONS},
        "review_milli": review,
        "pair_threshold_milli": {"pair_person": pair_thresholds["pair_person"]},
        "curves": curves,
        "pairs": judged,
        "sightings": sightings,
    }


def fit_organisations() -> Section:
    """Fit names of organisations and vessels; return the sections of the file it owns."""
    weights, thresholds, judged = fit_pairs()
    section = fit_bodies()
    section["weights_milli"] |= {"pair_entity": weights["pair_entity"]}
    section["agreement_milli"] |= {"pair_entity": [0] * len(AGREEMENT_NAMES)}
    return section | {
        "pair_threshold_milli": {"pair_entity": thresholds["pair_entity"]},
        "pairs": judged,
    }


FITS = {"persons": fit_persons, "organisations": fit_organisations}


def merged(stored: Section, new: Section) -> Section:
    """Return the file with the new sections in place of the old, everything else kept."""
    out = dict(stored)
    for key, value in new.items():
        old = out.get(key)
        out[key] = {**old, **value} if isinstance(old, dict) else value
    return out


def main() -> None:
    """Fit, choose, write, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(FITS), help="leave the other section alone")
    only = parser.parse_args().only
    stored: Section = json.loads(TARGET.read_text(encoding="utf-8"))
    for section in (only,) if only else tuple(FITS):
        stored = merged(stored, FITS[section]())
    stored |= {"version": "2026-11-22", "features": FEATURES, "hit_margin_milli": 1500}
    TARGET.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    draw()


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
