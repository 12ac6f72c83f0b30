"""The stateful gate against its plain-Python reference, on streams meant to hurt."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandrail.controls import (
    CLIENT_FUNDS,
    ENTRIES,
    GateRows,
    GateState,
    Kind,
    Limit,
    Measure,
    Outcome,
    Program,
    RuleRef,
    Window,
    arrays,
    assemble,
    empty_gate,
    gate_arrays,
    gate_batch,
    mask,
    rethreaded_gate,
)
from sandrail.controls.kernel import WARMTH
from sandrail.controls.reference import ReferenceGate, ReferenceRow

DAY, MONTH = Window(100, ENTRIES), Window(1_000, ENTRIES)
SENT = Window(100, mask(Kind.TRANSFER))
KINDS = (Kind.ISSUE, Kind.TRANSFER, Kind.REDEEM, Kind.REMIT)


def ref(name: str) -> RuleRef:
    return RuleRef(id=name, guardrail=name[:3], title=name, limit_text="", citation="test")


def program(**changes: Any) -> Program:
    """Every measure once, with limits small enough to be hit all the time."""
    limits = [
        Limit(ref("G12.cover"), Measure.RESERVE, 0, Outcome.BLOCK, mask(Kind.ISSUE)),
        Limit(ref("G08.supply"), Measure.SUPPLY, 900, Outcome.BLOCK, mask(Kind.ISSUE), asset=0),
        Limit(ref("G07.funds"), Measure.CLIENT_FUNDS, 800, Outcome.BLOCK, mask(Kind.ISSUE)),
        Limit(ref("G05.one"), Measure.VALUE, 50, Outcome.HOLD, ENTRIES, inclusive=False),
        Limit(ref("G06.day"), Measure.WINDOW_SUM, 120, Outcome.HOLD, ENTRIES, window=DAY),
        Limit(ref("G06.count"), Measure.WINDOW_COUNT, 4, Outcome.BLOCK, ENTRIES, window=DAY),
        Limit(
            ref("G06.month"), Measure.WINDOW_SUM, 400, Outcome.BLOCK, ENTRIES, window=MONTH,
            warn_at=300,
        ),
        Limit(ref("G04.hold"), Measure.HOLDING, 200, Outcome.BLOCK, ENTRIES, asset=1),
        Limit(
            ref("G21.travel"), Measure.WINDOW_SUM, 80, Outcome.HOLD, mask(Kind.TRANSFER),
            window=SENT, unless=3,
        ),
    ]  # fmt: skip
    return assemble((), limits)


class World:
    """Kernel, arrays and reference side by side, fed the same rows.

    Kernel and arrays must agree to the bit, in what they answer and in what they remember.
    """

    arrays = staticmethod(gate_arrays)

    def __init__(self, judged: Program, *, parties: int = 4, capacity: int = 4_096) -> None:
        self.program = judged
        self.state = empty_gate(
            windows=len(judged.windows), assets=2, parties=parties, events=capacity
        )
        self.state.cover_lo[:] = [700, 2**63]
        self.reference = ReferenceGate(judged, cover={0: 700, 1: 2**63})
        self.holdings = np.zeros((parties, 2, 2), dtype=np.uint64)
        self.supply = np.zeros((2, 2), dtype=np.uint64)
        self.ref_holdings = [[0, 0] for _ in range(parties)]
        self.ref_supply = [0, 0]

    def kernel(self, rows: list[tuple[int, ...]], now_us: int) -> list[tuple[int, ...]]:
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        kind, asset, debtor, creditor, value, facts = columns
        amounts = np.stack([np.zeros(len(rows), dtype=np.uint64), value.astype(np.uint64)], axis=1)
        verdicts = np.zeros((len(rows), 4), dtype=np.int64)
        asked = GateRows(
            kind.astype(np.uint8),
            asset.astype(np.int32),
            debtor.astype(np.int64),
            creditor.astype(np.int64),
            value.astype(np.int64),
            facts.astype(np.uint32),
        )
        before = GateState._make(column.copy() for column in self.state)
        holdings, supply = self.holdings.copy(), self.supply.copy()
        gate_batch(
            self.program.table, self.state, tuple(asked), amounts, self.holdings, self.supply,
            now_us, verdicts,
        )  # fmt: skip
        again = np.zeros_like(verdicts)
        self.arrays(self.program.table, before, asked, amounts, holdings, supply, now_us, again)
        before.totals[WARMTH] = self.state.totals[WARMTH]
        for one, other in zip(
            (verdicts, self.holdings, self.supply, *self.state),
            (again, holdings, supply, *before),
            strict=True,
        ):
            assert np.array_equal(one, other)
        return [tuple(row) for row in verdicts.tolist()]

    def truth(self, rows: list[tuple[int, ...]], now_us: int) -> list[tuple[int, ...]]:
        answers = []
        for kind, asset, debtor, creditor, value, facts in rows:
            held = self.ref_holdings[creditor][asset] + value if creditor >= 0 else 0
            supply = self.ref_supply[asset] + (value if kind == Kind.ISSUE else 0)
            party = debtor if debtor >= 0 else creditor
            row = ReferenceRow(Kind(kind), asset, party, value, facts, held, supply)
            answer = self.reference.check(row, now_us)
            if answer[0].moves:
                self.reference.commit(row, now_us, final=True)
                if debtor >= 0:
                    left = self.ref_holdings[debtor][asset] - value
                    self.ref_holdings[debtor][asset] = max(left, 0)
                if kind == Kind.REDEEM:
                    supply = max(supply - value, 0)
                if creditor >= 0:
                    self.ref_holdings[creditor][asset] = held
                self.ref_supply[asset] = supply
            answers.append(tuple(int(item) for item in answer))
        return answers


def row_strategy() -> st.SearchStrategy[tuple[int, ...]]:
    party = st.integers(0, 3)
    value = st.integers(1, 60) | st.sampled_from([49, 50, 51, 120])

    def shape(kind: Kind, a: int, b: int, asset: int, v: int, facts: int) -> tuple[int, ...]:
        debtor = -1 if kind == Kind.ISSUE else a
        creditor = -1 if kind == Kind.REDEEM else b
        return int(kind), asset, debtor, creditor, v, facts

    return st.builds(
        shape, st.sampled_from(KINDS), party, party, st.integers(0, 1), value, st.integers(0, 3)
    )


batches = st.lists(
    st.tuples(st.integers(0, 130), st.lists(row_strategy(), min_size=1, max_size=30)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(batches)
def test_kernel_and_reference_agree_row_by_row(stream: list[Any]) -> None:
    world, now_us = World(program()), 1_000_000
    for step, rows in stream:
        now_us += step
        assert world.kernel(rows, now_us) == world.truth(rows, now_us)
    assert int(world.state.totals[CLIENT_FUNDS]) == world.reference.client_funds


@settings(max_examples=150)
@given(batches, batches)
def test_rules_that_change_in_mid_stream_count_what_was_used_before(
    before: list[Any], after: list[Any]
) -> None:
    world, now_us = World(program()), 1_000_000
    for step, rows in before:
        now_us += step
        assert world.kernel(rows, now_us) == world.truth(rows, now_us)
    week = Window(300, mask(Kind.TRANSFER, Kind.REMIT))
    limits = [
        Limit(ref("G06.week"), Measure.WINDOW_SUM, 90, Outcome.BLOCK, ENTRIES, window=week),
        Limit(ref("G06.count"), Measure.WINDOW_COUNT, 3, Outcome.HOLD, ENTRIES, window=DAY),
        Limit(ref("G07.funds"), Measure.CLIENT_FUNDS, 500, Outcome.BLOCK, mask(Kind.ISSUE)),
    ]
    world.program = assemble((), limits)
    world.state = rethreaded_gate(world.state, world.program.table)
    world.reference.program = world.program
    for step, rows in after:
        now_us += step
        assert world.kernel(rows, now_us) == world.truth(rows, now_us)


def test_one_party_a_thousand_times_in_one_batch_stops_at_the_exact_unit() -> None:
    limit = Limit(ref("G06.day"), Measure.WINDOW_SUM, 500, Outcome.HOLD, ENTRIES, window=DAY)
    world = World(assemble((), [limit]))
    answers = world.kernel([(Kind.TRANSFER, 0, 0, 1, 1, 0)] * 1_000, 1_000)
    # A HOLD reserves headroom too, so the sum goes on; the first 500 pass and no more.
    assert [answer[0] for answer in answers] == [0] * 500 + [2] * 500


@pytest.mark.parametrize(("age", "outcome"), [(99, Outcome.BLOCK), (100, Outcome.ALLOW)])
def test_a_window_forgets_an_event_exactly_when_it_is_as_old_as_the_window(
    age: int, outcome: Outcome
) -> None:
    limit = Limit(ref("G06.day"), Measure.WINDOW_SUM, 10, Outcome.BLOCK, ENTRIES, window=DAY)
    world = World(assemble((), [limit]))
    row = (Kind.TRANSFER, 0, 0, 1, 10, 0)
    assert world.kernel([row], 1_000)[0][0] == Outcome.ALLOW
    assert world.kernel([row], 1_000 + age)[0][0] == outcome


def test_an_exit_meets_no_quota_and_uses_none() -> None:
    limit = Limit(ref("G06.day"), Measure.WINDOW_SUM, 10, Outcome.BLOCK, ENTRIES, window=DAY)
    world = World(assemble((), [limit]))
    rows = [(Kind.REDEEM, 0, 0, -1, 1_000, 0), (Kind.TRANSFER, 0, 0, 1, 10, 0)]
    assert [answer[0] for answer in world.kernel(rows, 1_000)] == [Outcome.ALLOW, Outcome.ALLOW]


def test_the_excess_is_what_would_pass_and_one_unit_more_would_not() -> None:
    world = World(program())
    (answer,) = world.kernel([(Kind.REMIT, 0, 0, 1, 150, 0)], 1_000)
    excess = answer[3]
    assert excess == 150 - 49
    for less, passes in ((excess, True), (excess - 1, False)):
        fresh = World(program())
        (again,) = fresh.kernel([(Kind.REMIT, 0, 0, 1, 150 - less, 0)], 1_000)
        assert (again[0] == Outcome.ALLOW) is passes


@pytest.mark.parametrize(
    "mutant",
    [
        {"inclusive": False},
        {"limit": 121},
        {"window": MONTH},
        {"kinds": mask(Kind.TRANSFER)},
        {"outcome": Outcome.BLOCK},
    ],
)
def test_the_comparison_kills_a_planted_fault(mutant: dict[str, Any]) -> None:
    """A gate whose daily limit is off in one field does not pass as the reference's equal."""
    right = {
        "rule": ref("G06.day"),
        "measure": Measure.WINDOW_SUM,
        "limit": 120,
        "outcome": Outcome.HOLD,
        "kinds": ENTRIES,
        "window": DAY,
    }
    world = World(assemble((), [Limit(**(right | mutant))]))
    world.reference = ReferenceGate(assemble((), [Limit(**right)]))
    rows = [(Kind.TRANSFER, 0, 0, 1, 60, 0), (Kind.REMIT, 0, 0, 1, 60, 0)]
    rows += [(Kind.TRANSFER, 0, 0, 1, 1, 0)]
    same = all(world.kernel(rows, t) == world.truth(rows, t) for t in (1_000, 1_050, 1_160))
    assert not same


def crowd(seed: int, rows: int, parties: int) -> list[tuple[int, ...]]:
    """Draw a batch among many customers: most rows feel no other, some feel many."""
    random = np.random.Generator(np.random.Philox(key=seed))
    kinds = (Kind.TRANSFER, Kind.TRANSFER, Kind.TRANSFER, Kind.REMIT, *KINDS)
    mixed = kinds if seed % 2 else kinds[:4]
    drawn = []
    for _ in range(rows):
        kind = mixed[int(random.integers(len(mixed)))]
        debtor, creditor = random.integers(0, parties, 2).tolist()
        debtor = -1 if kind == Kind.ISSUE else 0 if random.random() < 0.05 else debtor
        creditor = -1 if kind == Kind.REDEEM else creditor
        asset, facts = random.integers(0, (2, 4)).tolist()
        drawn.append((int(kind), asset, debtor, creditor, int(random.integers(1, 60)), facts))
    return drawn


@pytest.mark.parametrize("seed", range(6))
def test_three_forms_agree_among_many_customers(seed: int) -> None:
    world, now_us = World(program(), parties=1_500), 1_000_000
    for step in range(8):
        now_us += (0, 30, 99, 100, 1_000)[step % 5]
        rows = crowd(10 * seed + step, 400, 1_500)
        assert world.kernel(rows, now_us) == world.truth(rows, now_us)
        if step == 4:
            world.program = program()
            world.state = rethreaded_gate(world.state, world.program.table)


ARRAY_FAULTS = [
    ("moves = work.verdicts[chosen, 0] <= Outcome.HOLD", "moves = work.verdicts[chosen, 0] <= 9"),
    ("wave_of[key] = wave + 1", "wave_of[key] = wave"),
    ("feels |= firm", "pass"),
    ("return np.flatnonzero(~feels), np.flatnonzero(feels)",
     "return np.flatnonzero(feels), np.flatnonzero(~feels)"),
    ("due = asking[state.party[asking, column + 3] <= now_us - length_us]",
     "due = asking[state.party[asking, column + 3] < now_us - length_us]"),
    ("outcome < answer", "outcome <= answer"),
    ("excess[hopeless] = INCURABLE", "pass"),
    ("value[brings].sum() - value[takes].sum()", "value[brings].sum()"),
    ("low = lo + a_lo\n    return hi + a_hi + (low < lo), low",
     "low = lo + a_lo\n    return hi + a_hi, low + np.uint64(1)"),
    ("left[short] = 0", "pass"),
    ('np.argsort(party, kind="stable")', 'np.argsort(-party, kind="stable")[::-1]'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), ARRAY_FAULTS)
def test_a_fault_in_the_arrays_is_noticed(
    old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = inspect.getsource(arrays)
    assert source.count(old) == 1, old
    faulty = ModuleType("sandrail.controls.arrays")
    exec(compile(source.replace(old, new), "<arrays with a fault>", "exec"), faulty.__dict__)
    monkeypatch.setattr(World, "arrays", staticmethod(faulty.gate_arrays))
    with pytest.raises((AssertionError, IndexError)):
        for seed in range(6):
            test_three_forms_agree_among_many_customers(seed)
