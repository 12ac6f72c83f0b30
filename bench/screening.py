"""Speed and accuracy of screening: ``SANDRAIL_TEST_DATA=... python -m bench.screening [--quick]``.

Accuracy is measured on the half of the names that was never used for fitting, through the product's
own verdict (``Screener.screen``), at the thresholds it ships with. The last line is one JSON
object.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import platform
import random
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

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
from bench.screening_fit import date_for, f1
from sandrail.screening import (
    Decision,
    Index,
    Kind,
    ListEntry,
    PartyIdentity,
    ScreeningList,
    parse_partial_date,
)
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


def accuracy(
    screener: Screener, lists: list[ScreeningList], ask: list[dict[str, str]], *, step: int
) -> Result:
    """Recall and false rate by attribute pattern, on the judging half."""
    rng = random.Random(2026)
    asked: dict[str, list[bool]] = {}
    for entry in (e for one in lists for e in one.entries if half(e.source + e.id) == 1):
        if entry.kind is not Kind.PERSON or (entry.source == "ofac" and int(entry.id) % (3 * step)):
            continue
        dob = date_for(entry, rng)
        meant = (entry.source, entry.id)
        latin = [n.text for n in entry.names if not FOREIGN.search(n.text)]
        for label, name in (
            (("clean", latin[0]), ("disguised", disguise(latin[0], rng))) if latin else ()
        ):
            party = PartyIdentity(-1, name)
            asked.setdefault(f"recall_latin_{label}", []).append(found(screener, party, meant))
            if dob is not None:
                party = replace(party, dob=dob)
                asked.setdefault(f"recall_latin_dob_{label}", []).append(
                    found(screener, party, meant)
                )
        for name in (
            n.text for n in entry.names if ARABIC.search(n.text) and n.quality == "primary"
        ):
            asked.setdefault("recall_arabic_name", []).append(
                found(screener, PartyIdentity(-1, name), meant)
            )
            if dob is not None:
                party = PartyIdentity(-1, name, dob=dob)
                asked.setdefault("recall_arabic_dob", []).append(found(screener, party, meant))
    for row in [r for r in ask if half(r["full_name"]) == 1][::step]:
        script = "arabic" if ARABIC.search(row["full_name"]) else "latin"
        if script == "latin" and FOREIGN.search(row["full_name"]):
            continue
        bare = PartyIdentity(-1, row["full_name"])
        dated = replace(bare, dob=parse_partial_date(row["date_of_birth"]))
        suffix = "_name" if script == "arabic" else ""
        asked.setdefault(f"fpr_{script}{suffix}", []).append(found(screener, bare, None))
        asked.setdefault(f"fpr_{script}_dob", []).append(found(screener, dated, None))
    out = {name: sum(v) / len(v) for name, v in asked.items()}
    counts = {f"n_{name}": len(v) for name, v in asked.items()}
    both = asked["recall_latin_clean"] + asked["recall_latin_disguised"]
    return out | counts | {"recall_latin": sum(both) / len(both)}


def full_lists(lists: list[ScreeningList]) -> list[ScreeningList]:
    """Return the lists with only their Latin names, but with every entry that has one."""
    return [latin_only(one) for one in lists]


def speed(screener: Screener, ask: list[dict[str, str]], *, rounds: int, count: int) -> Result:
    """Names a second on one core, every one new to the screener, with date and country."""
    parties = [
        PartyIdentity(
            i, r["full_name"], dob=parse_partial_date(r["date_of_birth"]), country=r["nationality"]
        )
        for i, r in enumerate(ask)
    ]
    rates, cpu_rates, slow = [], [], []
    for round_no in range(rounds):
        chosen = parties[round_no % 7 :: max(len(parties) // count, 1)]
        laps = np.zeros(len(chosen))
        wall, cpu = time.perf_counter(), time.thread_time()
        for i, party in enumerate(chosen):
            start = time.perf_counter()
            screener.screen(party)
            laps[i] = time.perf_counter() - start
        rates.append(len(chosen) / (time.perf_counter() - wall))
        cpu_rates.append(len(chosen) / (time.thread_time() - cpu))
        slow.append(float(np.quantile(laps, 0.99)) * 1000)
    return {
        "names_per_s": statistics.median(rates),
        "names_per_cpu_s": statistics.median(cpu_rates),
        "p99_ms": statistics.median(slow),
    }


def pairs(*, rounds: int) -> Result:
    """F1 on the labelled pairs kept from fitting, and time a pair."""
    with (folder() / "names" / "name_pairs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    truth = np.array([r["is_match"] == "true" for r in rows], np.float64)
    kept = np.array(
        [
            half(f"{r['name1']}|{r['name2']}|a") + 2 * half(f"{r['name1']}|{r['name2']}|b") == 3
            for r in rows
        ]
    )
    laps = []
    for _ in range(rounds):
        start = time.perf_counter()
        said = [
            compare_names(r["name1"], r["name2"], entity=r["schema"] != "Person").same for r in rows
        ]
        laps.append((time.perf_counter() - start) / len(rows) * 1e6)
    answer = np.array(said)
    return {
        "pairs_f1": f1(truth[kept], answer[kept]),
        "pairs_f1_all": f1(truth, answer),
        "pairs_held_out": int(kept.sum()),
        "pair_us": statistics.median(laps),
    }


def rescreen(lists: list[ScreeningList], ask: list[dict[str, str]], *, size: int) -> Result:
    """Take 100 changed entries to a book of ``size`` parties and weigh who resembles them."""
    given = sorted({r["full_name"].split(" ")[0] for r in ask})
    family = sorted({r["full_name"].split(" ")[-1] for r in ask})
    rng = np.random.default_rng(5)
    first, second = rng.integers(len(given), size=size), rng.integers(len(family), size=size)
    names = [f"{given[a]} {family[b]}" for a, b in zip(first, second, strict=True)]
    book = PartyIndex()
    start = time.perf_counter()
    for number, name in enumerate(names):
        book.add_names(number, (name,))
    changed = [e for one in lists for e in one.entries if e.kind is Kind.PERSON][::40][:100]
    book.resembling(changed[0])
    built = time.perf_counter() - start
    delta = ScreeningList("un", "changed", None, "0" * 64, tuple(changed))
    start = time.perf_counter()
    screener = Screener(Index.build([delta]))
    concerned: set[int] = set()
    for entry in changed:
        concerned |= book.resembling(entry)
    looked = [screener.screen(PartyIdentity(no, names[no])) for no in sorted(concerned)]
    took = time.perf_counter() - start
    held = sum(r.decision is not Decision.CLEAR for r in looked)
    return {"rescreen_s": took, "rescreen_parties": size, "rescreen_looked_at": len(looked),
            "rescreen_held": held, "book_build_s": built}  # fmt: skip


def peers(lists: list[ScreeningList], ask: list[dict[str, str]]) -> list[str]:
    """Run what is installed beside us; say what is absent."""
    lines = []
    from rapidfuzz import fuzz, process, utils

    entries: list[ListEntry] = [e for one in lists for e in one.entries if e.kind is Kind.PERSON]
    names = [utils.default_process(n.text) for e in entries for n in e.names]
    owners = [(e.source, e.id) for e in entries for n in e.names]
    rng = random.Random(2026)
    queries = [
        (utils.default_process(disguise(e.names[0].text, rng)), (e.source, e.id))
        for e in entries
        if half(e.source + e.id) == 1
    ][::25]
    bad = [
        utils.default_process(r["full_name"]) for r in ask if not FOREIGN.search(r["full_name"])
    ][::60]
    start = time.thread_time()
    best = [process.extractOne(q, names, scorer=fuzz.token_sort_ratio) for q, _ in queries]
    rate = len(queries) / (time.thread_time() - start)
    top_bad = sorted(
        (process.extractOne(q, names, scorer=fuzz.token_sort_ratio)[1] for q in bad), reverse=True
    )
    cut = top_bad[max(int(0.002 * len(top_bad)), 0)]
    right = sum(
        b[1] > cut and owners[b[2]] == who for b, (_, who) in zip(best, queries, strict=True)
    )
    lines.append(
        f"rapidfuzz alone (token_sort_ratio over all names): {rate:,.0f} names/cpu-s, "
        f"recall on disguised names {right / len(queries):.3f} at FPR about 0.002 "
        f"({len(queries)} and {len(bad)} queries)"
    )
    present = importlib.util.find_spec("nomenklatura") is not None
    lines.append(
        "nomenklatura: installed, run its own bench beside this one"
        if present
        else "nomenklatura: absent on this machine (its pyicu needs a compiler); not compared"
    )
    return lines


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
    median: Result = accuracy(screener, lists, ask, step=4 if quick else 1)
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
        "rescreen_s": "<= 10",
    }  # fmt: skip
    for name, value in median.items():
        print(f"{name:28} {value:>14,.4f}   {targets.get(name, '')}")
    for line in peers(lists, ask):
        print(line)
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
                "ratio": {},
                "rounds": rounds,
                "machine": machine,
            }
        )
    )


if __name__ == "__main__":
    main()
