"""Run many worlds from the command line: ``python -m tests.journal.simulator --seeds 1000000``.

Every tenth seed also decides a world of several clients, which takes as long as three others.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter

from .clients import run_clients
from .world import Violation, run_world

CHUNK = 500
CLIENTS_EVERY = 10


def main() -> int:
    """Run the worlds in several processes; exit with 1 when any broke a promise."""
    parser = argparse.ArgumentParser(prog="tests.journal.simulator", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000, help="how many worlds")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    began = time.perf_counter()
    endings: Counter[str] = Counter()
    befell: Counter[str] = Counter()
    broken: list[str] = []
    firsts = range(options.start, options.start + options.seeds, CHUNK)
    last = options.start + options.seeds
    with multiprocessing.Pool(options.processes) as pool:
        for done, part in enumerate(
            pool.imap(run_range, [(first, min(first + CHUNK, last)) for first in firsts]), 1
        ):
            endings += part[0]
            befell += part[1]
            broken += part[2]
            sys.stderr.write(f"\r{min(done * CHUNK, options.seeds)} worlds, {len(broken)} broken")
    seconds = time.perf_counter() - began
    sys.stderr.write("\n")
    for text in broken:
        sys.stdout.write(f"BROKEN {text}\n")
    summary = {
        "worlds": options.seeds,
        "worlds_per_second": round(options.seeds / seconds, 1),
        "endings": dict(sorted(endings.items())),
        "faults": dict(sorted(befell.items())),
        "broken": len(broken),
    }
    sys.stdout.write(json.dumps(summary) + "\n")
    return 1 if broken else 0


def run_range(bounds: tuple[int, int]) -> tuple[Counter[str], Counter[str], list[str]]:
    """Run the worlds of a range of seeds; return endings, faults and broken promises."""
    endings: Counter[str] = Counter()
    befell: Counter[str] = Counter()
    broken: list[str] = []
    for seed in range(*bounds):
        runs = (run_world, run_clients) if seed % CLIENTS_EVERY == 0 else (run_world,)
        for run in runs:
            try:
                report = run(seed)
            except Violation as violation:
                broken.append(str(violation))
            else:
                endings[report.ending if run is run_world else "clients"] += 1
                befell += report.befell
    return endings, befell, broken


if __name__ == "__main__":
    sys.exit(main())
