"""The contract means what its model says: seeded streams of acts on both engines."""

from __future__ import annotations

import inspect
import os
import re

import pytest

from tests.contracts import model
from tests.contracts.stream import Stream
from tests.contracts.world import PEOPLE, Act, Mismatch, World
from tests.makers.chain import needs

pytestmark = pytest.mark.evm
ACTS = {"simular": 1_500, "py-evm": 400}
SEEDS = range(int(os.environ.get("SANDRAIL_SEEDS", "1")))


def run(world: World, seed: int, acts: int, *, compare_every: int = 100) -> World:
    """Drive a world with a stream and compare as it goes."""
    for number, act in enumerate(Stream(world, seed).acts(acts)):
        if isinstance(act, Act):
            world.do(act)
        else:
            world.wait(act)
        if number % compare_every == 0:
            world.compare()
    world.compare()
    return world


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("engine", ["simular", "py-evm"])
@pytest.mark.parametrize("ratio_bps", [10_000, 10_150])
def test_contract_and_model_agree_on_a_stream(engine: str, ratio_bps: int, seed: int) -> None:
    if engine == "simular":
        needs("simular")
    run(World.make(engine, ratio_bps=ratio_bps), seed, ACTS[engine])


def test_the_stream_reaches_every_refusal_of_the_model() -> None:
    needs("simular")
    words: set[str] = set()
    for seed in range(4):
        words.update(run(World.make("simular"), seed, 1_500, compare_every=1_500).words)
    known = set(re.findall(r'"((?:token|oracle): [^"]+)"', inspect.getsource(model)))
    assert len(known) > 25
    assert words - {""} == known


def test_the_stream_is_the_same_for_the_same_seed() -> None:
    one, two = (run(World.make("py-evm"), 3, 60) for _ in range(2))
    assert one.words == two.words
    assert one.chain.records() == two.chain.records()
    assert run(World.make("py-evm"), 4, 60).words != one.words


def test_a_model_that_is_wrong_is_noticed() -> None:
    world = World.make("py-evm")
    run(world, 1, 200)
    world.model.balances[PEOPLE[0]] += 1
    with pytest.raises(Mismatch):
        world.compare()
