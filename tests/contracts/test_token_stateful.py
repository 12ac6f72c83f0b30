"""Hypothesis looks for a shortest history on which the engines and the model part ways."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sandrail.rails.chain import engines_here
from tests.contracts.model import ENDLESS, SHUT, ZERO
from tests.contracts.world import OFFICERS, ORDER, PEOPLE, Act, Mismatch, World
from tests.makers.chain import ROLES

AMOUNTS = st.one_of(st.integers(0, 120), st.sampled_from([SHUT, ENDLESS - 1, 2**128]))
PERSONS = st.sampled_from(PEOPLE)
RECEIVERS = st.sampled_from((*PEOPLE, ZERO))
ANYONE = st.sampled_from((*PEOPLE, *OFFICERS))
ORDERS = st.sampled_from([ORDER, ORDER, ORDER, bytes(32)])


class TokenMachine(RuleBasedStateMachine):
    """One history on every engine that is here, each beside a model of its own."""

    worlds: list[World]

    @initialize(reserve=st.integers(0, 300))
    def begin(self, reserve: int) -> None:
        self.worlds = [World.make(engine) for engine in engines_here()]
        self.act("set_minter", ROLES.owner, ROLES.minter, 400)
        self.act("attest", ROLES.attester, reserve, self.worlds[0].model.now_s, ORDER)

    def act(self, name: str, caller: bytes, *args: object) -> None:
        receipts = [world.do(Act(name, caller, args))._replace(gas_used=0) for world in self.worlds]
        if any(receipt != receipts[0] for receipt in receipts):
            raise Mismatch(f"the engines disagree about {name}: {receipts}")

    @rule(payer=PERSONS, payee=RECEIVERS, amount=AMOUNTS)
    def transfer(self, payer: bytes, payee: bytes, amount: int) -> None:
        self.act("transfer", payer, payee, amount)

    @rule(owner=PERSONS, spender=PERSONS, amount=AMOUNTS)
    def approve(self, owner: bytes, spender: bytes, amount: int) -> None:
        self.act("approve", owner, spender, amount)

    @rule(spender=PERSONS, payer=PERSONS, payee=RECEIVERS, amount=AMOUNTS)
    def transfer_from(self, spender: bytes, payer: bytes, payee: bytes, amount: int) -> None:
        self.act("transferFrom", spender, payer, payee, amount)

    @rule(payee=RECEIVERS, amount=AMOUNTS, order=ORDERS)
    def mint(self, payee: bytes, amount: int, order: bytes) -> None:
        self.act("mint", ROLES.minter, payee, amount, order)

    @rule(holder=PERSONS, amount=AMOUNTS, order=ORDERS)
    def burn(self, holder: bytes, amount: int, order: bytes) -> None:
        self.act("burn", ROLES.redeemer, holder, amount, order)

    @rule(payer=PERSONS, payee=RECEIVERS, amount=AMOUNTS, order=ORDERS)
    def order(self, payer: bytes, payee: bytes, amount: int, order: bytes) -> None:
        self.act("forced_transfer", ROLES.enforcer, payer, payee, amount, order)

    @rule(holder=PERSONS, amount=AMOUNTS)
    def freeze(self, holder: bytes, amount: int) -> None:
        self.act("setFrozenTokens", ROLES.freezer, holder, amount)

    @precondition(lambda self: not self.worlds[0].model.paused)
    @rule(caller=ANYONE)
    def pause(self, caller: bytes) -> None:
        self.act("pause", caller)

    @rule(caller=ANYONE)
    def unpause(self, caller: bytes) -> None:
        self.act("unpause", caller)

    @rule(reserve=st.integers(0, 300))
    def attest(self, reserve: int) -> None:
        self.act("attest", ROLES.attester, reserve, self.worlds[0].model.now_s, ORDER)

    @rule(seconds=st.sampled_from([0, 1, 40_000, 86_400, 86_401]))
    def wait(self, seconds: int) -> None:
        for world in self.worlds:
            world.wait(seconds)

    @invariant()
    def supply_is_the_sum_of_the_balances(self) -> None:
        for world in getattr(self, "worlds", ()):
            assert world.ask("totalSupply") == sum(world.model.balances.values())

    @invariant()
    def the_engines_agree_on_every_block(self) -> None:
        heads = [world.chain.head() for world in getattr(self, "worlds", ())]
        assert all(head == heads[0] for head in heads)

    def teardown(self) -> None:
        for world in getattr(self, "worlds", ()):
            world.compare()


TokenMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("SANDRAIL_EXAMPLES", "12")),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestTokenMachine = pytest.mark.evm(TokenMachine.TestCase)
