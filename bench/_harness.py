"""What every benchmark shares: rounds, medians, the machine's name, one JSON object at the end.

A benchmark prints a table for people; its last line is one JSON object with the keys ``bench``,
``median``, ``ratio``, ``rounds`` and ``machine``. Absent peers are said to be absent.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

__all__ = ["Rounds", "arguments", "finish", "machine"]

Measure = Callable[[], Mapping[str, float]]


class Rounds:
    """Runs measures in turn, A B A B …, so that a drifting machine is fair to all of them."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.samples: dict[str, list[float]] = {}

    def run(self, measures: Sequence[Measure]) -> None:
        """Run every measure once a round and keep what each reports."""
        for _ in range(self.rounds):
            for measure in measures:
                for name, value in measure().items():
                    self.samples.setdefault(name, []).append(value)

    @property
    def median(self) -> dict[str, float]:
        """The median of every figure."""
        return {name: statistics.median(values) for name, values in self.samples.items()}


def arguments(about: str, *, rounds: int = 5) -> argparse.Namespace:
    """Read ``--quick`` and ``--rounds``."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="end within a minute")
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser.parse_args()


def machine() -> dict[str, object]:
    """Say where the figures come from."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), model)
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def finish(
    name: str,
    rounds: Rounds,
    *,
    units: Mapping[str, str],
    ratio: Mapping[str, float] | None = None,
    absent: Sequence[str] = (),
) -> None:
    """Print the table and the last line."""
    print(f"\n{name}: median of {rounds.rounds} rounds (min … max)")
    for figure, values in rounds.samples.items():
        unit = units.get(figure, "")
        median = statistics.median(values)
        print(f"  {figure:<28}{median:>14,.1f} {unit:<14}({min(values):,.1f} … {max(values):,.1f})")
    for figure, value in (ratio or {}).items():
        print(f"  {figure:<28}{value:>14.2f} x")
    for peer in absent:
        print(f"  {peer}: absent")
    print(
        json.dumps(
            {
                "bench": name,
                "median": {key: round(value, 3) for key, value in rounds.median.items()},
                "ratio": {key: round(value, 3) for key, value in (ratio or {}).items()},
                "rounds": rounds.rounds,
                "machine": machine(),
                "absent": list(absent),
            }
        )
    )
