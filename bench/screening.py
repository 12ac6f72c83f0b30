"""Speed and accuracy of screening: ``SANDRAIL_TEST_DATA=... python -m bench.screening [--quick]``.

Accuracy is measured on the third of the persons that neither weights nor thresholds ever saw,
through the product's own verdict (``Screener.screen``), at the thresholds it ships with; some kinds
of disguise were kept from the fit as well. Every share is printed with its size and its 95 per cent
(Wilson) interval. The last line is one JSON object.

``pair_us`` is the mean time of a pair of names as written, over all labelled pairs, asked again
and again: what is known about a *word* (its parts, its weight) is remembered, a name or a pair
never is. ``pair_cold_us`` is the same with every word forgotten before each pair. Without
``--quick`` the book that a changed list is taken to has a million parties; ``book_build_s``
(folding the names and indexing them) comes once, before the first change, and is not part of
``rescreen_s``.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import resource
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.screening_data import (
    ARABIC,
    FOREIGN,
    JUDGE,
    common_names,
    decoy_list,
    folder,
    latin_only,
    part_of,
    persons,
    real_lists,
    shares_of,
    strangers,
)
from bench.screening_disguises import HELD_OUT, SEALED, TUNING, apply
from bench.screening_entities import entity_accuracy
from bench.screening_evidence import date_for
from bench.screening_pairs import pair_part
from bench.screening_peers import peers
from bench.screening_regression import f1
from sandrail.screening import (
    Decision,
    Index,
    Kind,
    PartyIdentity,
    ScreeningList,
    fold,
    parse_partial_date,
)
from sandrail.screening import pairs as comparer
from sandrail.screening.ask import compare_names
from sandrail.screening.parties import PartyIndex
from sandrail.screening.screen import Screener

Result = dict[str, float]


def found(screener: Screener, party: PartyIdentity, meant: tuple[str, str] | None) -> bool:
    """Whether a person would look: at who is meant, or (for a stranger) at any real entry."""
    for match in screener.screen(party).matches:
        if match.decision is not Decision.CLEAR:
            if meant is None and match.source != "decoy":
                return True
            if meant == (match.source, match.entry_id):
                return True
    return False


Asked = dict[str, list[bool]]


def ask_listed(screener: Screener, lists: list[ScreeningList], asked: Asked, *, step: int) -> None:
    """Ask for listed persons of the judging part: as listed, disguised, and in Arabic letters."""
    rng = random.Random(2026)
    who = persons(lists)
    listed = [e for one in lists for e in one.entries if e.kind is Kind.PERSON]
    judged = [e for e in listed if part_of(who[e.source, e.id]) == JUDGE]
    for number, entry in enumerate(judged):
        if entry.source == "ofac" and number % step:
            continue
        dob, meant = date_for(entry, rng), (entry.source, entry.id)
        latin = [n.text for n in entry.names if not FOREIGN.search(n.text)]
        ways = []
        if latin:
            kind, altered = apply(TUNING, latin[0], rng)
            ways = [("latin_clean", latin[0]), ("latin_disguised", altered)]
            ways.append((f"seen kind: {kind}", altered))
            ways += [(f"new kind: {k}", apply({k: f}, latin[0], rng)[1])
                     for k, f in HELD_OUT.items() if rng.random() < 0.25]  # fmt: skip
            later = random.Random(f"{entry.source}/{entry.id}")
            ways += [(f"sealed kind: {k}", apply({k: f}, latin[0], later)[1])
                     for k, f in SEALED.items() if later.random() < 0.25]  # fmt: skip
        ways += [("arabic_name", n.text) for n in entry.names
                 if ARABIC.search(n.text) and n.quality == "primary"]  # fmt: skip
        for label, name in ways:
            if "kind" in label and name == latin[0]:
                continue
            bare = PartyIdentity(-1, name)
            asked.setdefault(f"recall_{label}", []).append(found(screener, bare, meant))
            if dob is not None and "kind" not in label:
                dated = label.replace("_name", "") + "_dob"
                answer = found(screener, replace(bare, dob=dob), meant)
                asked.setdefault(f"recall_{dated}", []).append(answer)


def ask_strangers(
    screener: Screener, ask: list[dict[str, str]], asked: Asked, *, step: int
) -> None:
    """Ask for people on no list: those of the judging part, and bearers of common names."""
    judged = [r for r in ask if part_of(r["full_name"]) == JUDGE]
    common = [("common", r) for r in common_names(3_000)]
    for script, row in [*((_script(r), r) for r in judged), *common][::step]:
        if script == "other":
            continue
        bare = PartyIdentity(-1, row["full_name"])
        dated = replace(bare, dob=parse_partial_date(row["date_of_birth"]))
        suffix = "_name" if script == "arabic" else ""
        asked.setdefault(f"fpr_{script}{suffix}", []).append(found(screener, bare, None))
        asked.setdefault(f"fpr_{script}_dob", []).append(found(screener, dated, None))
        if script == "common":
            whole = replace(dated, father_name=row["father_name"], country=row["nationality"])
            asked.setdefault("fpr_common_whole", []).append(found(screener, whole, None))


def _script(row: dict[str, str]) -> str:
    if ARABIC.search(row["full_name"]):
        return "arabic"
    return "other" if FOREIGN.search(row["full_name"]) else "latin"


def accuracy(
    screener: Screener, lists: list[ScreeningList], ask: list[dict[str, str]], *, step: int
) -> tuple[Result, list[str]]:
    """Recall and false rate on the judging part, and a line with sizes and intervals for each."""
    asked: Asked = {}
    ask_listed(screener, lists, asked, step=step)
    ask_strangers(screener, ask, asked, step=1)
    asked["recall_latin"] = asked["recall_latin_clean"] + asked["recall_latin_disguised"]
    asked["recall_latin_new_kinds"] = [
        answer
        for name, answers in asked.items()
        if name.startswith("recall_new kind") and "Urdu" not in name
        for answer in answers
    ]
    asked["recall_latin_sealed_kinds"] = [
        answer
        for name, answers in asked.items()
        if name.startswith("recall_sealed kind")
        for answer in answers
    ]
    return shares_of(asked)


def full_lists(lists: list[ScreeningList]) -> list[ScreeningList]:
    """Return the lists with only their Latin names, but with every entry that has one."""
    return [latin_only(one) for one in lists]


def speed(screener: Screener, ask: list[dict[str, str]], *, rounds: int, count: int) -> Result:
    """Names a second on one core, every one new to the screener, with date and country.

    The rate is that of a file or a book (``Screener.screen_many``), the slowest in a hundred that
    of single questions (``Screener.screen``) about other people.
    """
    parties = [
        PartyIdentity(
            i, r["full_name"], dob=parse_partial_date(r["date_of_birth"]), country=r["nationality"]
        )
        for i, r in enumerate(ask)
    ]
    rates, cpu_rates, single_rates, slow = [], [], [], []
    for round_no in range(rounds):
        step = max(len(parties) // count, 1)
        together, single = parties[2 * round_no % step :: step], parties[2 * round_no + 1 :: step]
        wall, cpu = time.perf_counter(), time.thread_time()
        for _ in screener.screen_many(together):
            pass
        rates.append(len(together) / (time.perf_counter() - wall))
        cpu_rates.append(len(together) / (time.thread_time() - cpu))
        laps = np.zeros(len(single))
        wall = time.perf_counter()
        for i, party in enumerate(single):
            start = time.perf_counter()
            screener.screen(party)
            laps[i] = time.perf_counter() - start
        single_rates.append(len(single) / (time.perf_counter() - wall))
        slow.append(float(np.quantile(laps, 0.99)) * 1000)
    return {
        "names_per_s": statistics.median(rates),
        "names_per_cpu_s": statistics.median(cpu_rates),
        "single_names_per_s": statistics.median(single_rates),
        "p99_ms": statistics.median(slow),
    }


def pairs(*, rounds: int) -> Result:
    """F1 on the labelled pairs kept from fitting, and time a pair."""
    with (folder() / "names" / "name_pairs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    truth = np.array([r["is_match"] == "true" for r in rows], np.float64)
    kept = np.array([pair_part(r) == JUDGE for r in rows])
    asked = [(r["name1"], r["name2"], r["schema"] != "Person") for r in rows]
    laps = []
    for _ in range(max(rounds, 9)):
        start = time.perf_counter()
        said = [compare_names(one, two, entity=entity).same for one, two, entity in asked]
        laps.append((time.perf_counter() - start) / len(asked) * 1e6)
    answer = np.array(said)
    return {
        "pairs_f1": f1(truth[kept], answer[kept]),
        "pairs_f1_all": f1(truth, answer),
        "pairs_held_out": int(kept.sum()),
        "pair_us": statistics.median(laps),
        "pair_cold_us": cold_pair_us(asked),
    }


def cold_pair_us(asked: list[tuple[str, str, bool]]) -> float:
    """Mean time of a pair when no word was ever seen before, in microseconds."""
    lap = 0.0
    for one, two, entity in asked:
        for remembered in (fold._parts_of, comparer._nats):
            remembered.cache_clear()
        start = time.perf_counter()
        compare_names(one, two, entity=entity)
        lap += time.perf_counter() - start
    return lap / len(asked) * 1e6


def rescreen(lists: list[ScreeningList], ask: list[dict[str, str]], *, size: int) -> Result:
    """Take 100 changed entries to a book of ``size`` parties and weigh who resembles them."""
    given = sorted({r["full_name"].split(" ")[0] for r in ask})
    family = sorted({r["full_name"].split(" ")[-1] for r in ask})
    rng = np.random.default_rng(5)
    first, second = rng.integers(len(given), size=size), rng.integers(len(family), size=size)
    names = [f"{given[a]} {family[b]}" for a, b in zip(first, second, strict=True)]
    changed = [e for one in lists for e in one.entries if e.kind is Kind.PERSON][::40][:100]
    compiled = PartyIndex()
    compiled.add_names(0, names[:1])
    compiled.resembling(changed[0])
    book = PartyIndex()
    before = resident_mb()
    start = time.perf_counter()
    for number, name in enumerate(names):
        book.add_names(number, (name,))
    book.resembling(changed[0])
    built, grown = time.perf_counter() - start, resident_mb() - before
    delta = ScreeningList("un", "changed", None, "0" * 64, tuple(changed))
    start = time.perf_counter()
    screener = Screener(Index.build([delta]))
    concerned: set[int] = set()
    for entry in changed:
        concerned |= book.resembling(entry)
    looked = screener.screen_many(PartyIdentity(no, names[no]) for no in sorted(concerned))
    decisions = [result.decision for result in looked]
    took = time.perf_counter() - start
    held = sum(decision is not Decision.CLEAR for decision in decisions)
    return {"rescreen_s": took, "rescreen_parties": size, "rescreen_looked_at": len(decisions),
            "rescreen_held": held, "book_build_s": built, "book_mb": grown,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}  # fmt: skip


def resident_mb() -> float:
    """Memory of this process that is in use, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Run everything and print a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, within a minute")
    quick = parser.parse_args().quick
    rounds = 3 if quick else 5
    ask, decoys = strangers()
    lists = real_lists()
    latin = full_lists(lists)
    index = Index.build([*latin, decoy_list(decoys)])
    screener = Screener(index)
    median, lines = accuracy(screener, lists, ask, step=3 if quick else 1)
    of_bodies, more_lines = entity_accuracy(lists, ask)
    median |= of_bodies
    lines += more_lines
    median |= speed(screener, ask, rounds=rounds, count=2_000)
    median |= pairs(rounds=rounds)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "lists.index"
        index.save(path)
        start = time.perf_counter()
        Index.load(path)
        median |= {"load_s": time.perf_counter() - start, "index_mb": path.stat().st_size / 1e6}
    median |= rescreen(lists, ask, size=100_000 if quick else 1_000_000)
    median["entries"] = len(index)
    targets = {
        "names_per_s": ">= 5000", "p99_ms": "<= 1", "recall_latin": ">= 0.99",
        "fpr_latin": "<= 0.002",
        "recall_arabic_dob": ">= 0.90", "fpr_arabic_dob": "<= 0.02",
        "recall_arabic_name": ">= 0.80",
        "fpr_arabic_name": "<= 0.15", "pairs_f1": ">= 0.85", "pair_us": "<= 50", "load_s": "<= 1",
        "rescreen_s": "<= 10", "recall_org": ">= 0.97", "fpr_org": "<= 0.01",
    }  # fmt: skip
    for name, value in median.items():
        print(f"{name:28} {value:>14,.4f}   {targets.get(name, '')}")
    print("\n".join(lines))
    compared, ratio = peers(lists, decoys, ask, ours=median)
    print("\n".join(compared))
    machine = {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }
    rounded = {k: round(v, 6) for k, v in median.items()}
    print(
        json.dumps(
            {
                "bench": "screening",
                "median": rounded,
                "ratio": ratio,
                "rounds": rounds,
                "machine": machine,
            }
        )
    )


if __name__ == "__main__":
    main()
