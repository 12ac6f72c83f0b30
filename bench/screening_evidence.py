"""What an attribute beside the name is worth: agreements counted in the data, drawn to a prior."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

from bench.screening_data import TUNE, common_names, part_of
from bench.screening_disguises import TUNING, apply
from sandrail.screening import Kind, ListEntry, PartialDate, parse_partial_date
from sandrail.screening.attributes import (
    compare_countries,
    compare_dates,
    compare_fathers,
    compare_places,
)
from sandrail.screening.fold import tokens_of
from sandrail.screening.pairs import PairComparer

PRIOR_SIGHTINGS = 20
"""How many sightings the weights set by hand count as, beside what is counted in the data."""

HAND_MILLI = {
    "dob.same_day": 7500, "dob.swapped": 4500, "dob.year_off": 3000, "dob.one_digit": 2500,
    "dob.same_month": 2200, "dob.same_year_day": 1600, "dob.same_year": 600, "dob.year_only": 2500,
    "dob.in_range": 1600, "dob.near_year": 400, "dob.about": 300, "dob.close": -1500,
    "dob.apart": -3000, "dob.far": -7000, "father.same_rare": 5000, "father.same": 3500,
    "father.same_common": 2000, "father.part": 0, "father.other": -7000,
    "father.patronymic": 1500, "country.same": 700, "country.other": -700, "place.same": 1200,
    "number.near": 5000, "number.other": -3000, "imo.other": -4500,
}  # fmt: skip
"""Where nothing can be counted honestly (numbers, patronymics, countries, places) these stay."""


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
