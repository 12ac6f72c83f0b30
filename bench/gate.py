"""The gate alone: five stateful checks, then all transfer controls, a million parties.

Beside it the same gate in NumPy, which judges what does not feel one another as arrays, and the
plain-Python reference: the three say the same to the bit. Run it as
``python -m bench.gate [--quick]``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from bench._harness import Rounds, arguments, finish
from bench.path import roomy_pack
from sandrail.controls import (
    ENTRIES,
    AssetTerms,
    GateRows,
    Kind,
    Limit,
    Measure,
    Outcome,
    PartyStatus,
    Program,
    RuleRef,
    Screen,
    Setting,
    Snapshot,
    Window,
    assemble,
    compile_program,
    empty_gate,
    gate_arrays,
    gate_batch,
    mask,
    run_tests,
)
from sandrail.controls.reference import ReferenceGate, ReferenceRow
from sandrail.money import Asset, AssetKind
from sandrail.rulebook import Permission, effective_rules
from sandrail.world import DAY_US, parse_instant

PARTIES = 1_000_000
BATCH = 1_000
START_US = parse_instant("2026-06-01T09:00:00+05:00")


def five_checks() -> Program:
    """Daily value and number, monthly value, holding, client funds."""

    def ref(name: str) -> RuleRef:
        return RuleRef(name, name[:3], name, "", "bench")

    day, month = Window(DAY_US, ENTRIES), Window(30 * DAY_US, ENTRIES)
    total, count, hold = Measure.WINDOW_SUM, Measure.WINDOW_COUNT, Outcome.HOLD
    return assemble(
        (),
        [
            Limit(ref("G06.day"), total, 25_000_000, hold, ENTRIES, window=day),
            Limit(ref("G06.count"), count, 20, hold, ENTRIES, window=day),
            Limit(ref("G06.month"), total, 100_000_000, hold, ENTRIES, window=month),
            Limit(ref("G04.hold"), Measure.HOLDING, 28_000_000, Outcome.BLOCK, ENTRIES, asset=0),
            Limit(ref("G07.funds"), Measure.CLIENT_FUNDS, 2**60, Outcome.BLOCK, mask(Kind.ISSUE)),
        ],
    )


def all_controls() -> Program:
    """Everything that the Pakistani pack compiles to."""
    pack = roomy_pack()
    permission = Permission(
        "BENCH", "F", "SANDBOX_APPROVAL", pack.id, pack.content_hash, ("art",), "",
        START_US, START_US + 300 * DAY_US,
    )  # fmt: skip
    rules = effective_rules(pack, permission, START_US)
    token = Asset("PKRT", 2, AssetKind.ASSET_REFERENCED_TOKEN)
    return compile_program(Setting(pack, rules, permission, (AssetTerms(token),)))


class Stream:
    """Transfers between a million parties, and the memory they are judged against."""

    def __init__(self, program: Program, rows: int) -> None:
        random = np.random.Generator(np.random.Philox(key=11))
        self.program = program
        self.rows = GateRows(
            kind=np.full(rows, Kind.TRANSFER, dtype=np.uint8),
            asset=np.zeros(rows, dtype=np.int32),
            debtor=random.integers(0, PARTIES, rows),
            creditor=random.integers(0, PARTIES, rows),
            value=random.integers(1, 9_000_000, rows),
            facts=np.full(rows, 3, dtype=np.uint32),
        )
        low = self.rows.value.astype(np.uint64)
        self.amounts = np.stack([np.zeros(rows, dtype=np.uint64), low], axis=1)
        windows = len(program.windows)
        self.state = empty_gate(windows=windows, assets=1, parties=PARTIES, events=rows + 1)
        self.state.events[:] = 0
        self.holdings = np.zeros((PARTIES, 1, 2), dtype=np.uint64)
        self.holdings[:] = 0
        self.supply = np.zeros((1, 2), dtype=np.uint64)
        self.verdicts = np.zeros((rows, 4), dtype=np.int64)
        self.verdicts[:] = 0
        self.seen = Snapshot(
            now_us=START_US,
            paused=False,
            lists_published_us=START_US,
            attested_us=np.array([START_US], dtype=np.int64),
            party_status=np.full(PARTIES, PartyStatus.ACTIVE, dtype=np.uint8),
            party_screen=np.full(PARTIES, Screen.CLEAR, dtype=np.uint8),
            party_consent=np.ones(PARTIES, dtype=np.uint8),
            consent_holds=np.array([False, True]),
        )

    def judge_arrays(self, first: int, last: int) -> None:
        """Judge rows ``first`` to ``last`` as one batch, without a compiler."""
        part = GateRows(*(column[first:last] for column in self.rows))
        gate_arrays(
            self.program.table, self.state, part, self.amounts[first:last], self.holdings,
            self.supply, START_US + first * 1_000, self.verdicts[first:last],
        )  # fmt: skip

    def judge(self, first: int, last: int) -> None:
        """Judge rows ``first`` to ``last`` as one batch."""
        part = GateRows(*(column[first:last] for column in self.rows))
        if self.program.tests:
            run_tests(self.program, part, self.seen)
        gate_batch(
            self.program.table, self.state, tuple(part), self.amounts[first:last], self.holdings,
            self.supply, START_US + first * 1_000, self.verdicts[first:last],
        )  # fmt: skip


def measure(name: str, program: Program, rows: int) -> Mapping[str, float]:
    """Time batches of a thousand one by one."""
    stream = Stream(program, rows)
    stream.judge(0, BATCH)
    seconds = []
    for first in range(BATCH, rows, BATCH):
        started = time.perf_counter()
        stream.judge(first, first + BATCH)
        seconds.append(time.perf_counter() - started)
    stopped = float((stream.verdicts[:, 0] > 1).mean())
    return {
        f"{name}_per_s": (rows - BATCH) / sum(seconds),
        f"{name}_p50_ms": 1_000 * float(np.median(seconds)),
        f"{name}_p99_ms": 1_000 * float(np.percentile(seconds, 99)),
        f"{name}_stopped_percent": 100 * stopped,
    }


def measure_arrays(rows: int) -> Mapping[str, float]:
    """Time the NumPy form, in batches in which few customers come twice and in which many do."""
    figures = {}
    for name, batch in (("numpy", BATCH), ("numpy_n8190", 8_190)):
        stream, seconds = Stream(five_checks(), rows), 0.0
        stream.judge_arrays(0, batch)
        for first in range(batch, rows - batch, batch):
            started = time.perf_counter()
            stream.judge_arrays(first, first + batch)
            seconds += time.perf_counter() - started
        judged = batch * len(range(batch, rows - batch, batch))
        figures[f"{name}_per_s"] = judged / seconds
    return figures


def measure_reference(rows: int) -> Mapping[str, float]:
    """Time the plain-Python gate on the same rows."""
    stream = Stream(five_checks(), rows)
    gate = ReferenceGate(stream.program)
    asked = [
        ReferenceRow(Kind.TRANSFER, 0, debtor, value, 3, value, 0)
        for debtor, value in zip(
            stream.rows.debtor.tolist(), stream.rows.value.tolist(), strict=True
        )
    ]
    started = time.perf_counter()
    for number, row in enumerate(asked):
        if gate.check(row, START_US + number)[0].moves:
            gate.commit(row, START_US + number, final=True)
    return {"reference_per_s": rows / (time.perf_counter() - started)}


def main() -> None:
    """Run the benchmark."""
    options = arguments(__doc__ or "", rounds=5)
    rows = 400_000 if options.quick else 2_000_000
    rounds = Rounds(3 if options.quick else options.rounds)
    rounds.run(
        [
            lambda: measure("five_checks", five_checks(), rows),
            lambda: measure("all_controls", all_controls(), rows),
            lambda: measure_arrays(rows // 10),
            lambda: measure_reference(2_000),
        ]
    )
    median = rounds.median
    ratio = {
        "kernel_over_reference": median["five_checks_per_s"] / median["reference_per_s"],
        "kernel_over_numpy": median["five_checks_per_s"] / median["numpy_per_s"],
        "numpy_over_reference": median["numpy_per_s"] / median["reference_per_s"],
    }
    units = {name: "transfers/s" for name in median if name.endswith("per_s")}
    finish("gate", rounds, units=units, ratio=ratio)


if __name__ == "__main__":
    main()
