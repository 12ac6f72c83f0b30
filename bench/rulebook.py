"""The rulebook: load and compile a pack, ask it, diff it, publish it; self-check and register.

The bars: a pack compiles in at most 200 ms, a self-check takes at most 50 ms, and a search among a
hundred thousand register entries at most 20 ms. Run ``python -m bench.rulebook [--quick]``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sandrail.casework import RegisterEntry, RegisterIndex, load_application, self_check
from sandrail.rulebook import (
    Condition,
    Pack,
    Permission,
    compile_rules,
    diff_packs,
    due_day,
    effective_rules,
    lint_pack,
    load_pack,
    publish_guidelines,
)
from sandrail.world import parse_instant

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "rupee-art" / "application.toml"
AT_US = parse_instant("2026-12-01")
ENTRIES = 100_000
ROUNDS = 5
BARS_MS = {"load_and_compile": 200, "self_check": 50, "register_search": 20}


def permission(pack: Pack) -> Permission:
    """Return a permission with a stage and two conditions."""
    return Permission(
        id="PK-SB-0001",
        firm_id="firm-1",
        instrument="SANDBOX_APPROVAL",
        pack_id=pack.id,
        pack_hash=pack.content_hash,
        products=("art",),
        stage="stage_2",
        valid_from_us=AT_US,
        valid_to_us=AT_US + 1,
        conditions=(
            Condition("G05.transfer_max", "50000", "PKR", "notice 1"),
            Condition("G02.customers_max", 900, "customers", "notice 1"),
        ),
    )


def register_index(entries: int) -> RegisterIndex:
    """Return an index over made-up firms."""
    kinds = ("SANDBOX_APPROVAL", "NOC", "CONDITIONAL_LICENCE", "FULL_LICENCE")
    names = ("Mehran", "Ravi", "Indus", "Chenab", "Jhelum", "Sutlej", "Khyber", "Bolan")
    return RegisterIndex(
        [
            RegisterEntry(
                id=f"PK-{number:06d}",
                firm_id=f"PK-F-{number:06d}",
                firm_name=f"{names[number % 8]} {names[number // 8 % 8]} Token {number}",
                firm_name_ur="مہران ٹوکن" if number % 2 else "راوی ٹوکن",
                kind=kinds[number % 4],
                status="ACTIVE",
                stage="",
                products=("art",),
                valid_from="2026-01-01T00:00:00Z",
                valid_to="2027-06-01T00:00:00Z",
                limits=(),
                open_for=("onboarding",),
                history=(),
                seq=number,
            )
            for number in range(entries)
        ]
    )


def median_ms(work: Callable[[], object], *, rounds: int, repeat: int = 1) -> float:
    """Return the median time of one call in milliseconds."""
    times = []
    work()
    for _ in range(rounds):
        begun = time.perf_counter()
        for _ in range(repeat):
            work()
        times.append((time.perf_counter() - begun) * 1_000 / repeat)
    return round(statistics.median(times), 4)


def measure(*, rounds: int, entries: int) -> dict[str, float]:
    """Return the median of every measured thing in milliseconds."""
    pack, union = load_pack("pakistan"), load_pack("eu")
    day = date(2026, 12, 1)
    granted = permission(pack)
    application = load_application(EXAMPLE)
    index = register_index(entries)

    def load_and_compile() -> object:
        loaded = load_pack("pakistan")
        return compile_rules(loaded.in_force(day), pack=loaded)

    work: dict[str, tuple[Callable[[], object], int]] = {
        "load_and_compile": (load_and_compile, 1),
        "in_force": (lambda: pack.in_force(day), 20),
        "effective_rules": (lambda: effective_rules(pack, granted, AT_US), 20),
        "due_day": (lambda: due_day(pack, "completeness", start=day), 100),
        "diff_packs": (lambda: diff_packs(pack, union, on=day), 5),
        "lint": (lambda: lint_pack(pack), 1),
        "guideline_en": (lambda: publish_guidelines(pack, "en"), 2),
        "guideline_ur": (lambda: publish_guidelines(pack, "ur"), 2),
        "self_check": (lambda: self_check(application, pack, at_us=AT_US), 3),
        "register_search": (lambda: index.search("meh tok full"), 5),
    }
    return {name: median_ms(do, rounds=rounds, repeat=n) for name, (do, n) in work.items()}


def main() -> None:
    """Print a table, and as the last line one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rounds = 3 if quick else ROUNDS
    median = measure(rounds=rounds, entries=ENTRIES)
    for name, value in median.items():
        bar = f"   bar {BARS_MS[name]} ms" if name in BARS_MS else ""
        print(f"{name:<20} {value:>10.3f} ms{bar}")
    print(
        json.dumps(
            {
                "bench": "rulebook",
                "unit": "ms",
                "median": median,
                "ratio": {name: round(bar / median[name], 2) for name, bar in BARS_MS.items()},
                "rounds": rounds,
                "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
            }
        )
    )


if __name__ == "__main__":
    main()
