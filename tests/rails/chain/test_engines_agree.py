"""A probing contract asks what engines could answer differently; they may not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sandrail.rails.chain import (
    Address,
    Artifact,
    Call,
    CallLogError,
    EmbeddedChain,
    open_chain,
    replay,
)
from tests.contracts.stream import Stream
from tests.contracts.world import Act, World
from tests.makers.chain import ALICE, BOB, GENESIS_US, needs, ref

vyper = needs("vyper")
pytestmark = pytest.mark.evm


@pytest.fixture(scope="module")
def probe() -> Artifact:
    from vyper.compiler import compile_code
    from vyper.compiler.settings import Settings

    source = (Path(__file__).parent / "probe.vy").read_text("utf-8")
    built = compile_code(
        source,
        output_formats=("abi", "bytecode", "bytecode_runtime"),
        settings=Settings(evm_version="cancun"),
    )
    text = {
        "abi": built["abi"],
        "bytecode": built["bytecode"],
        "compiler": "vyper",
        "events_once": True,
        "name": "Probe",
        "runtime": built["bytecode_runtime"],
        "source_sha256": "",
    }
    return Artifact.from_json(json.dumps(text))


def start(engine: str, probe: Artifact) -> tuple[EmbeddedChain, Address]:
    chain = open_chain("probe", genesis_us=GENESIS_US, engine=engine)
    made = chain.deploy(probe, (False,), sender=ALICE, ref=ref("probe")).contract
    assert made is not None
    return chain, made


def both(probe: Artifact) -> list[tuple[EmbeddedChain, Address]]:
    needs("simular")
    pair = [start(engine, probe) for engine in ("simular", "py-evm")]
    assert pair[0][1] == pair[1][1]
    return pair


def test_values_of_every_kind_are_reported_alike(probe: Artifact) -> None:
    poke = probe.interface.functions["poke"]
    pair = both(probe)
    for number, flag in enumerate((True, False)):
        data = poke.encode(flag, BOB, bytes(range(32)), 255, 2**256 - 1)
        receipts = [chain.apply([Call(ref(number), ALICE, to, data)])[0] for chain, to in pair]
        assert receipts[0].ok and len(receipts[0].logs) == 2
        assert receipts[0].logs == receipts[1].logs


@pytest.mark.parametrize("how", range(10))
def test_every_way_to_fail_fails_alike(probe: Artifact, how: int) -> None:
    data = probe.interface.functions["fail"].encode(how)
    pair = both(probe)
    receipts = [chain.apply([Call(ref(1), ALICE, to, data)])[0] for chain, to in pair]
    one, two = (receipt._replace(gas_used=0) for receipt in receipts)
    assert one == two
    assert one.ok == (how == 9)
    if how == 0:
        assert one.reason == "plain words"
    if how == 8:
        assert one.reason == "a?tab and a bell ?"
    if how == 1:
        assert one.reason == "words with \"quotes\", \\ and a 'tick'"
    kept = probe.interface.functions["kept_now"].encode()
    assert [int.from_bytes(chain.view(to, kept), "big") for chain, to in pair] == [9 * one.ok] * 2


@pytest.mark.parametrize("how", [0, 3])
def test_a_failure_that_is_caught_leaves_no_log_of_its_own(probe: Artifact, how: int) -> None:
    data = probe.interface.functions["catch"].encode(how)
    receipts = [chain.apply([Call(ref(1), ALICE, to, data)])[0] for chain, to in both(probe)]
    assert receipts[0].logs == receipts[1].logs
    assert len(receipts[0].logs) == 1


def test_transient_storage_ends_with_the_call(probe: Artifact) -> None:
    data = probe.interface.functions["lock_once"].encode()
    for chain, to in both(probe):
        receipts = chain.apply([Call(ref(n), ALICE, to, data) for n in range(3)])
        assert [receipt.ok for receipt in receipts] == [True] * 3


def test_the_ground_a_contract_stands_on_is_the_same(probe: Artifact) -> None:
    ground = probe.interface.functions["ground"].encode()
    answers = []
    for chain, to in both(probe):
        chain.seal(GENESIS_US + 5_999_999)
        answers.append(chain.view(to, ground))
    assert answers[0] == answers[1]
    timestamp, number, chain_id = (
        int.from_bytes(answers[0][32 * n : 32 * (n + 1)], "big") for n in range(3)
    )
    assert (timestamp, number, chain_id) == (GENESIS_US // 10**6 + 5, 2, 1)


def test_signed_numbers_and_texts_come_back_whole(probe: Artifact) -> None:
    for name in ("signs", "text", "raw"):
        function = probe.interface.functions[name]
        answers = [chain.view(to, function.encode()) for chain, to in both(probe)]
        assert answers[0] == answers[1]
    signs = probe.interface.functions["signs"]
    (chain, to), _ = both(probe)
    assert signs.decode_output(chain.view(to, signs.encode()))[:3] == (-(2**255), -1, True)


def test_contracts_made_by_contracts_have_the_same_address(probe: Artifact) -> None:
    spawn, born = (probe.interface.functions[name] for name in ("spawn", "born"))
    addresses = []
    for chain, to in both(probe):
        assert chain.apply([Call(ref(1), ALICE, to, spawn.encode())])[0].ok
        addresses.append(chain.view(to, born.encode()))
    assert addresses[0] == addresses[1]


def test_a_deployers_addresses_follow_its_successes_on_both(probe: Artifact) -> None:
    made = []
    for chain, to in both(probe):
        fail = probe.interface.functions["fail"]
        chain.apply(
            [Call(ref(1), ALICE, to, fail.encode(0)), Call(ref(2), ALICE, to, fail.encode(9))]
        )
        made.append(chain.deploy(probe, (False,), sender=ALICE, ref=ref(3)).contract)
    assert made[0] is not None and made[0] == made[1]


@pytest.mark.parametrize("out_of_order", [True, False])
def test_a_broken_promise_about_events_is_found_by_the_reference(
    probe: Artifact, out_of_order: bool
) -> None:
    data = probe.interface.functions["twice"].encode(out_of_order)
    (fast, to), _ = both(probe)
    fast.apply([Call(ref(1), ALICE, to, data)])
    with pytest.raises(CallLogError) as caught:
        replay(fast.records(), engine="py-evm")
    assert caught.value.stable_code == "chain.promise_broken"


def test_a_constructor_that_reports_breaks_the_promise(probe: Artifact) -> None:
    chain = open_chain("probe", genesis_us=GENESIS_US, engine="py-evm")
    with pytest.raises(CallLogError) as caught:
        chain.deploy(probe, (True,), sender=ALICE, ref=1)
    assert caught.value.stable_code == "chain.promise_broken"


def test_a_contract_without_the_promise_runs_on_the_reference_with_its_logs_as_they_come(
    probe: Artifact,
) -> None:
    free = replace(probe, events_once=False)
    chain = open_chain("probe", genesis_us=GENESIS_US, engine="py-evm")
    made = chain.deploy(free, (True,), sender=ALICE, ref=1)
    assert made.contract is not None and len(made.logs) == 1
    data = free.interface.functions["twice"].encode(False)
    receipt = chain.apply([Call(2, ALICE, made.contract, data)])[0]
    assert len(receipt.logs) == 2 and receipt.logs[0] == receipt.logs[1]


def test_gas_is_the_same_although_no_digest_needs_it(probe: Artifact) -> None:
    needs("simular")
    worlds = [World.make(engine) for engine in ("simular", "py-evm")]
    for world in worlds:
        for act in Stream(world, 5).acts(400):
            if isinstance(act, Act):
                world.do(act)
            else:
                world.wait(act)
    fast, slow = (world.chain for world in worlds)
    gas = [(fast.receipt_at(n), slow.receipt_at(n)) for n in range(fast.receipt_count)]
    executed = [(one.gas_used, two.gas_used) for one, two in gas if one.ok and one.contract is None]
    assert len(executed) > 100
    assert [one for one, _ in executed] == [two for _, two in executed]
