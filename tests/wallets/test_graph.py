"""Taint over the economy's own transfers: the kernel is the reference, and nothing is made."""

from __future__ import annotations

import inspect
import os
from types import ModuleType

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandrail.wallets import ExposureGraph, ExposureLines, LinesError, WalletError
from sandrail.wallets import reference as reference_module
from sandrail.wallets.kernel import part_of
from sandrail.wallets.reference import ReferenceGraph

NODES = 8
EXAMPLES = int(os.environ.get("SANDRAIL_EXAMPLES", "60"))
LINES = ExposureLines(
    categories=("sanctions", "mixer"),
    hops=3,
    hop_weight_ppm=900_000,
    direct_share_ppm=10_000,
    direct_value_minor=100,
    share_ppm=100_000,
    value_minor=500,
)
Flow = tuple[int, int, int]
Act = list[Flow] | dict[int, str | None]

FLOWS = st.lists(
    st.tuples(
        st.integers(-1, NODES - 1),
        st.integers(-1, NODES - 1),
        st.one_of(st.integers(0, 5), st.integers(1, 2_000), st.integers(2**40, 2**58)),
    ),
    max_size=30,
)
TAGS = st.dictionaries(
    st.integers(0, NODES - 1), st.sampled_from(["sanctions", "mixer", "", None]), max_size=3
)
ACTS = st.lists(st.one_of(FLOWS, TAGS), min_size=1, max_size=6)


def feed(graph: ExposureGraph, flows: list[Flow]) -> None:
    columns = np.array(flows, dtype=np.int64).reshape(-1, 3)
    graph.add_flows(columns[:, 0], columns[:, 1], columns[:, 2])


def run(acts: list[Act], reference: ReferenceGraph | None = None) -> ExposureGraph:
    graph = ExposureGraph(LINES)
    for act in acts:
        if isinstance(act, dict):
            graph.set_roles(act)
            if reference is not None:
                reference.set_roles(act)
        else:
            feed(graph, act)
            if reference is not None:
                reference.add_flows(act)
        graph.refresh()
    return graph


def differences(graph: ExposureGraph, reference: ReferenceGraph) -> list[str]:
    wrong = []
    for node, wallet in reference.wallets().items():
        said = graph.exposure(node)
        seen = {
            (LINES.categories.index(i.category), i.hops): i.value_minor for i in said.ingredients
        }
        want = (wallet.balance, wallet.received, sum(wallet.held.values()), wallet.seen)
        got = (said.balance_minor, said.received_minor, said.tainted_balance_minor, seen)
        if want != got:
            wrong.append(f"{node}: {got}, not {want}")
        decided = int(graph.decisions(np.array([node]))[0])
        if decided != reference.decision(node, wallet):
            wrong.append(f"{node}: decided {decided}")
    totals = graph.totals()
    if (totals.emitted, totals.absorbed) != (reference.emitted, reference.absorbed):
        wrong.append(f"books {totals}")
    return wrong


# Clean value alone, in a later batch than the taint: it lowers the share under the line, so the
# wallet is to be decided on anew although no taint moved.
DILUTED: list[Flow] = [(0, 1, 101), (-1, 1, 2**40)]


@given(ACTS)
@example([{0: "sanctions"}, DILUTED[:1], DILUTED[1:]])
@settings(max_examples=EXAMPLES)
def test_the_kernel_is_the_reference_and_taint_is_neither_made_nor_lost(acts: list[Act]) -> None:
    reference = ReferenceGraph(LINES)
    graph = run(acts, reference)
    assert differences(graph, reference) == []
    totals = graph.totals()
    assert totals.emitted == totals.held + totals.absorbed
    for node in range(NODES):
        said = graph.exposure(node)
        assert 0 <= said.tainted_balance_minor <= said.balance_minor <= said.received_minor
        assert sum(item.value_minor for item in said.ingredients) <= said.received_minor


@given(FLOWS, TAGS, st.integers(1, 7))
@example(DILUTED, {0: "sanctions"}, 1)
@settings(max_examples=EXAMPLES)
def test_batches_and_the_moment_of_a_tag_change_nothing(
    flows: list[Flow], tags: dict[int, str | None], size: int
) -> None:
    whole = run([tags, flows])
    parts: list[Act] = [flows[k : k + size] for k in range(0, len(flows), size)]
    for other in (run([tags, *parts]), run([*parts, tags])):
        assert [other.exposure(n) for n in range(NODES)] == [
            whole.exposure(n) for n in range(NODES)
        ]
        assert np.array_equal(other.decision[:NODES], whole.decision[:NODES])


@given(st.integers(0, 2**62 - 1), st.integers(0, 2**62 - 1), st.integers(1, 2**62 - 1))
@settings(max_examples=300)
def test_a_part_of_a_whole_is_exact_where_64_bits_are_too_few(a: int, times: int, b: int) -> None:
    part, whole = min(a, b), max(a, b)
    assert part_of(np.int64(part), np.int64(times), np.int64(whole)) == part * times // whole


CHAIN = [(-1, 0, 10_000), (0, 1, 10_000), (1, 2, 10_000), (2, 3, 10_000), (3, 4, 10_000)]
SPLIT = [(0, 1, 1_000), (0, 2, 1_000), (1, 3, 900), (2, 3, 900), (-1, 3, 200)]
FAULTS = [
    ("min(hops + 1, self.lines.hops + 1)", "min(hops, self.lines.hops + 1)", CHAIN),
    ("total * value // balance", "-(-total * value // balance)", [(0, 1, 3), (-1, 1, 4), (1, 2, 2),
                                                                    (1, 3, 2)]),
    ("total if value >= balance else", "", [(0, 1, 100), (1, 2, 250)]),
    ("wallet.held[key] -= upto - gone", "wallet.held[key] -= 0", CHAIN),
    ("if receiver < 0 or receiver in self.tags", "if receiver < 0", [*CHAIN, (4, 0, 5_000)]),
    ("gone = upto", "gone = 0", [(0, 1, 900), (5, 1, 900), (1, 2, 600)]),
    ("(self.lines.categories.index(tag), 1)", "(self.lines.categories.index(tag), 2)", CHAIN),
    ("value > line and value * MILLION", "value * MILLION", [(0, 1, 50), (-1, 1, 60)]),
    (
        "value * MILLION // wallet.received > share",
        "value > share",
        [(-1, 1, 10_000_000), (0, 1, 11_000)],
    ),
    ("for value, share, line in pairs", "for value, share, line in pairs[1:]", [(0, 1, 400)]),
    ("weights[hops - 1]", "MILLION", [(0, 1, 590), (1, 2, 590), (2, 3, 590)]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "flows"), FAULTS, ids=[old for old, _, _ in FAULTS])
def test_a_planted_fault_makes_reference_and_kernel_differ(
    old: str, new: str, flows: list[Flow]
) -> None:
    tags: dict[int, str | None] = {0: "sanctions", 5: "mixer"}
    sound = ReferenceGraph(LINES)
    assert differences(run([tags, flows], sound), sound) == []
    source = inspect.getsource(reference_module)
    assert source.count(old) >= 1
    faulty = ModuleType("faulty_reference")
    # Dataclasses look their module up by name.
    faulty.__dict__["__name__"] = reference_module.__name__
    exec(compile(source.replace(old, new, 1), "faulty", "exec"), faulty.__dict__)
    wrong = faulty.ReferenceGraph(LINES)
    assert differences(run([tags, flows], wrong), wrong)


def test_a_chain_is_followed_as_far_as_the_pack_says() -> None:
    graph = run([{0: "sanctions"}, CHAIN])
    assert [graph.exposure(node).hops for node in range(5)] == [0, 1, 2, 3, 4]
    assert graph.exposure(3).share_ppm == 1_000_000 and graph.exposure(4).share_ppm == 0
    assert graph.decision[:5].tolist() == [2, 1, 1, 1, 0]
    assert graph.path(3, category="sanctions") == (0, 1, 2, 3)
    assert graph.path(4, category="sanctions") == ()


def test_splitting_over_mules_is_added_up_again() -> None:
    graph = run([{0: "sanctions"}, SPLIT])
    said = graph.exposure(3)
    assert (said.direct_minor, said.indirect_minor, said.received_minor) == (0, 1_800, 2_000)
    assert said.share_ppm == 900_000 and graph.decision[3] == 1


@pytest.mark.parametrize(
    ("flows", "decided"),
    [
        ([(-1, 1, 1_000_000), (0, 1, 100)], 0),  # dust: neither the value nor the share
        ([(0, 1, 100)], 0),  # all it ever had is dust: the share alone freezes nobody
        ([(-1, 1, 10_000_000), (0, 1, 400)], 0),  # the value alone does not either
        ([(0, 1, 101)], 1),
        ([(-1, 1, 9_900), (0, 1, 101)], 1),  # 1.00 % and a bit
        ([(-1, 1, 10_100), (0, 1, 101)], 0),  # 0.99 %
    ],
)
def test_both_lines_must_be_passed(flows: list[Flow], decided: int) -> None:
    assert run([{0: "sanctions"}, flows]).decision[1] == decided


def test_a_service_mixes_and_an_untagged_wallet_no_longer_taints() -> None:
    flows = [(0, 1, 5_000), (1, 2, 5_000)]
    assert run([{0: "mixer", 1: ""}, flows]).decision[:3].tolist() == [2, 0, 0]
    graph = run([{0: "mixer"}, flows])
    assert graph.decision[:3].tolist() == [2, 1, 1]
    assert graph.set_roles({0: None}) and graph.refresh()
    assert graph.decision[:3].tolist() == [0, 0, 0]


def test_a_tag_on_a_wallet_that_never_moved_value_computes_nothing_again() -> None:
    graph = run([CHAIN])
    assert not graph.set_roles({7: "mixer"})
    assert graph.decision[7] == 2
    assert graph.set_roles({0: "mixer"})
    told = [(change.node, change.before, change.after) for change in graph.refresh()]
    assert told == [(0, 0, 2), (1, 0, 1), (2, 0, 1), (3, 0, 1), (7, 0, 2)]
    assert graph.refresh() == []


def test_what_two_people_cleared_does_not_count_again_but_more_does() -> None:
    graph = run([{0: "sanctions"}, [(0, 1, 5_000)]])
    graph.excuse(1, graph.seen(1))
    graph.refresh()
    assert graph.decision[1] == 0
    feed(graph, [(0, 1, 100)])
    graph.refresh()
    assert graph.decision[1] == 0
    feed(graph, [(0, 1, 900)])
    graph.refresh()
    assert graph.decision[1] == 1
    graph.set_roles({5: "mixer", 0: "mixer"})
    graph.refresh()
    assert graph.decision[1] == 1 and graph.exposure(1).direct_minor == 6_000


def test_unknown_categories_and_impossible_lines_are_refused() -> None:
    with pytest.raises(WalletError) as caught:
        ExposureGraph(LINES).set_roles({0: "sanctoins"})
    assert caught.value.stable_code == "wallets.bad_tag"
    with pytest.raises(LinesError):
        ExposureLines(("sanctions",), 0, 1, 1, 1, 1, 1)


def test_many_wallets_make_room_for_themselves() -> None:
    spray = [(0, node, 10) for node in range(1, 3_000)]
    reference = ReferenceGraph(LINES)
    assert differences(run([{0: "mixer"}, spray], reference), reference) == []
