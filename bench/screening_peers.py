"""What others find in the same names: rapidfuzz alone, and nomenklatura where it is installed.

Same index of names, same queries, same meaning of found: the entry that is meant must be the one
that is returned above the threshold; a stranger is held up when any listed (not invented) entry is.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.screening_data import FOREIGN, JUDGE, folder, part_of, persons
from bench.screening_disguises import TUNING, apply
from bench.screening_regression import f1
from sandrail.screening import Kind, ScreeningList

__all__ = ["peers"]

_SCRIPT = Path(__file__).with_name("_screening_nomenklatura.py")
_SECONDS_MAX = 1_800
_ASKED_MAX = 300


class Task(NamedTuple):
    """What every peer is asked: listed names by owner, names to find, and names of strangers."""

    listed: list[tuple[str, list[str]]]
    meant: list[tuple[str, str]]
    strangers: list[str]


def _task(
    lists: list[ScreeningList], decoys: list[dict[str, str]], ask: list[dict[str, str]]
) -> Task:
    rng = random.Random(2026)
    who = persons(lists)
    people = [e for one in lists for e in one.entries if e.kind is Kind.PERSON]
    listed = [(f"{e.source}-{e.id}", [n.text for n in e.names if not FOREIGN.search(n.text)])
              for e in people]  # fmt: skip
    judged = [e for e in people if part_of(who[e.source, e.id]) == JUDGE]
    meant = []
    for entry in rng.sample(judged, min(_ASKED_MAX, len(judged))):
        latin = [n.text for n in entry.names if not FOREIGN.search(n.text)]
        if latin:
            key = f"{entry.source}-{entry.id}"
            meant += [(key, latin[0]), (key, apply(TUNING, latin[0], rng)[1])]
    bad = [r["full_name"] for r in ask
           if part_of(r["full_name"]) == JUDGE and not FOREIGN.search(r["full_name"])]  # fmt: skip
    filling = [(f"decoy-{n}", [r["full_name"]]) for n, r in enumerate(decoys)]
    return Task([o for o in listed if o[1]] + filling, meant, rng.sample(bad, 1_000))


def _line(name: str, task: Task, best: Sequence[tuple[str, float]], cut: float) -> str:
    asked = len(task.meant)
    right = sum(
        key == owner and score >= cut
        for (key, _), (owner, score) in zip(task.meant, best[:asked], strict=True)
    )
    held = sum(score >= cut and not key.startswith("decoy") for key, score in best[asked:])
    return (
        f"{name} at {cut:.3g}: recall {right / asked:.3f} of {asked}, "
        f"strangers held {held / len(task.strangers):.4f} of {len(task.strangers)}"
    )


def _cut_for(task: Task, best: Sequence[tuple[str, float]], rate: float) -> float:
    """Return the threshold at which a peer holds up the share of strangers that we may."""
    falling = sorted(
        (s for key, s in best[len(task.meant) :] if not key.startswith("decoy")), reverse=True
    )
    return falling[int(rate * len(task.strangers))] + 1e-9 if falling else 0.0


def peers(
    lists: list[ScreeningList], decoys: list[dict[str, str]], ask: list[dict[str, str]],
    *, ours: dict[str, float],
) -> tuple[list[str], dict[str, float]]:  # fmt: skip
    """Run what is installed beside us; say what is absent. Return lines, and ratios of speed."""
    task = _task(lists, decoys, ask)
    with (folder() / "names" / "name_pairs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    truth = np.array([r["is_match"] == "true" for r in rows], np.float64)
    lines, ratio = _rapidfuzz(task, rows, truth, ours)
    python = os.environ.get("NOMENKLATURA_PYTHON", "")
    if not python:
        return [
            *lines,
            "nomenklatura: absent (NOMENKLATURA_PYTHON is not set); not compared",
        ], ratio
    more, other = _nomenklatura(python, task, rows, truth, ours)
    return lines + more, ratio | other


def _rapidfuzz(
    task: Task, rows: list[dict[str, str]], truth: np.ndarray, ours: dict[str, float]
) -> tuple[list[str], dict[str, float]]:
    from rapidfuzz import fuzz, process, utils

    names = [utils.default_process(n) for _, own in task.listed for n in own]
    owners = [key for key, own in task.listed for _ in own]
    asked = [utils.default_process(n) for _, n in task.meant] + [
        utils.default_process(n) for n in task.strangers[:300]
    ]
    start = time.thread_time()
    found = [process.extractOne(q, names, scorer=fuzz.token_sort_ratio) for q in asked]
    rate = len(asked) / (time.thread_time() - start)
    best = [(owners[f[2]], f[1]) for f in found]
    small = task._replace(strangers=task.strangers[:300])
    start = time.thread_time()
    scores = np.array([fuzz.WRatio(r["name1"], r["name2"], processor=utils.default_process)
                       for r in rows])  # fmt: skip
    pair_us = (time.thread_time() - start) / len(rows) * 1e6
    top = max(f1(truth, scores >= cut) for cut in range(50, 100))
    return [
        _line(
            "rapidfuzz token_sort_ratio over all names", small, best, _cut_for(small, best, 0.002)
        )
        + f"; {rate:,.0f} names/cpu-s",
        f"rapidfuzz WRatio on the labelled pairs: best F1 {top:.3f} (threshold chosen on them), "
        f"{pair_us:.1f} us a pair",
    ], {"names_per_s/rapidfuzz": round(ours["names_per_cpu_s"] / rate, 1)}


def _nomenklatura(
    python: str, task: Task, rows: list[dict[str, str]], truth: np.ndarray, ours: dict[str, float]
) -> tuple[list[str], dict[str, float]]:
    request = {
        "listed": task.listed,
        "queries": [n for _, n in task.meant] + task.strangers,
        "pairs": [
            [r["name1"], r["name2"], "Person" if r["schema"] == "Person" else "Organization"]
            for r in rows
        ],
    }
    done = subprocess.run(
        [python, str(_SCRIPT)], input=json.dumps(request), capture_output=True, text=True,
        timeout=_SECONDS_MAX, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        return [f"nomenklatura: failed ({done.stderr.strip()[-200:]})"], {}
    answer = json.loads(done.stdout)
    best = [(str(key), float(score)) for key, score in answer["best"]]
    rate = len(request["queries"]) / answer["asking_s"]
    scores = np.array(answer["pairs"])
    pair_us = answer["pairing_s"] / len(rows) * 1e6
    name = "nomenklatura blocker + LogicV2"
    return [
        _line(name, task, best, 0.7)
        + f"; {rate:,.0f} names/cpu-s, index {answer['built_s']:.0f} s",
        _line(name, task, best, _cut_for(task, best, 0.002)) + " (threshold at our false rate)",
        f"LogicV2 on the labelled pairs at 0.7: F1 {f1(truth, scores >= 0.7):.3f}, best "
        f"{max(f1(truth, scores >= c / 100) for c in range(30, 100)):.3f}, {pair_us:.0f} us a pair",
    ], {
        "names_per_s/nomenklatura": round(ours["names_per_cpu_s"] / rate, 1),
        "pair_us/nomenklatura": round(pair_us / ours["pair_us"], 1),
    }
