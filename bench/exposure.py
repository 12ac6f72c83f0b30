"""Exposure over a million wallets: transfers a second, what the gate reads, what a new tag costs.

Half of the value passes hubs, so taint spreads; 1,000 wallets are tagged. Beside it the
plain-Python reference, which says the same. Run it as ``python -m bench.exposure [--quick]``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from bench._harness import Rounds, arguments, finish
from sandrail.wallets import ExposureGraph, ExposureLines
from sandrail.wallets.reference import ReferenceGraph

BATCH = 8_192
TAGGED = 1_000
LINES = ExposureLines(
    categories=("sanctions", "terrorism", "ransomware", "mixer", "theft", "darknet"),
    hops=6,
    hop_weight_ppm=900_000,
    direct_share_ppm=10_000,
    direct_value_minor=500_000,
    share_ppm=100_000,
    value_minor=2_500_000,
)
Flows = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]


def flows(rows: int, wallets: int) -> Flows:
    """Return transfers of which half go to or come from one wallet in a thousand."""
    random = np.random.Generator(np.random.Philox(key=5))
    hubs = max(wallets // 1_000, 1)
    sender = random.integers(0, wallets, rows)
    receiver = random.integers(0, wallets, rows)
    hub = random.integers(0, hubs, rows)
    side = random.random(rows)
    sender = np.where(side < 0.25, hub, sender)
    receiver = np.where(side > 0.75, hub, receiver)
    sender = np.where(random.random(rows) < 0.1, -1, sender)
    return sender, receiver, random.integers(1, 10_000_000, rows)


def tags(wallets: int) -> dict[int, str | None]:
    """Return tagged wallets, none of them a hub."""
    chosen = np.linspace(wallets // 1_000 + 1, wallets - 1, TAGGED).astype(int).tolist()
    return {node: LINES.categories[k % 6] for k, node in enumerate(dict.fromkeys(chosen))}


def fed(graph: ExposureGraph, given: Flows, rows: int) -> float:
    """Feed flows in batches of the desk's size, deciding after each; return the seconds."""
    started = time.perf_counter()
    for first in range(0, rows, BATCH):
        part = slice(first, first + BATCH)
        graph.add_flows(given[0][part], given[1][part], given[2][part])
        graph.refresh()
    return time.perf_counter() - started


def measure(given: Flows, wallets: int) -> Mapping[str, float]:
    """Time flows with and without tags, the gate's look, a new tag and a tag on a stranger."""
    rows = given[0].shape[0]
    clean = fed(ExposureGraph(LINES), given, rows)
    graph = ExposureGraph(LINES)
    graph.set_roles(tags(wallets))
    tainted = fed(graph, given, rows)
    asked = given[0][:BATCH]
    started = time.perf_counter()
    for _ in range(100):
        graph.decisions(asked)
    looked = (time.perf_counter() - started) / 100
    busy = int(np.bincount(given[0][given[0] >= 0]).argmax())
    started = time.perf_counter()
    graph.set_roles({busy: "mixer"})
    changed = len(graph.refresh())
    tag_s = time.perf_counter() - started
    graph.set_roles({wallets + 6: None})
    started = time.perf_counter()
    graph.set_roles({wallets + 5: "mixer"})
    graph.refresh()
    stranger_s = time.perf_counter() - started
    return {
        "transfers_per_s": rows / tainted,
        "transfers_per_s_untagged": rows / clean,
        "lookup_ns": 1e9 * looked / BATCH,
        "new_tag_ms": 1_000 * tag_s,
        "new_tag_changed": changed,
        "tag_on_stranger_us": 1e6 * stranger_s,
        "exposed_percent": 100 * float((graph.decision == 1).mean()),
    }


def measure_reference(given: Flows, wallets: int, rows: int) -> Mapping[str, float]:
    """Time the plain-Python reference on the first transfers."""
    graph = ReferenceGraph(LINES)
    graph.set_roles(tags(wallets))
    graph.add_flows(zip(*(column[:rows].tolist() for column in given), strict=True))
    started = time.perf_counter()
    graph.wallets()
    return {"reference_per_s": rows / (time.perf_counter() - started)}


def main() -> None:
    """Run the benchmark."""
    options = arguments(__doc__ or "", rounds=5)
    rows, wallets = (400_000, 200_000) if options.quick else (4_000_000, 1_000_000)
    given = flows(rows, wallets)
    measure(flows(BATCH, 1_000), 2_000)
    rounds = Rounds(3 if options.quick else options.rounds)
    rounds.run([lambda: measure(given, wallets), lambda: measure_reference(given, wallets, 20_000)])
    median = rounds.median
    ratio = {"kernel_over_reference": median["transfers_per_s"] / median["reference_per_s"]}
    units = {name: "transfers/s" for name in median if "per_s" in name}
    absent = ["graphsense-clustering (clusters addresses; it computes no shares)"]
    finish("exposure", rounds, units=units, ratio=ratio, absent=absent)


if __name__ == "__main__":
    main()
