"""What the standards promise of a token, one sentence of theirs per test.

Read from the texts of ERC-20, ERC-1404 and ERC-7943, and from the shape of price feeds; each test
runs on every engine through the contract's own bytecode.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandrail.rails.chain import load_artifact
from sandrail.world import SECOND_US
from tests.contracts.model import ENDLESS, SHUT, ZERO
from tests.contracts.world import ORDER, PEOPLE, Act, World
from tests.makers.chain import GENESIS_US, ROLES, needs

pytestmark = pytest.mark.evm
ALICE, BOB, CAROL = PEOPLE
NOW_S = GENESIS_US // SECOND_US


@pytest.fixture(params=["simular", "py-evm"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A token with 100 units at Alice and a reserve of 1,000."""
    if request.param == "simular":
        needs("simular")
    made = World.make(request.param)
    made.do(Act("attest", ROLES.attester, (1_000, NOW_S, ORDER)))
    made.do(Act("set_minter", ROLES.owner, (ROLES.minter, 10_000)))
    made.do(Act("mint", ROLES.minter, (ALICE, 100, ORDER)))
    yield made
    made.compare()


# ERC-20


def test_transfers_of_zero_are_normal_and_report(world: World) -> None:
    receipt = world.do(Act("transfer", ALICE, (BOB, 0)))
    assert receipt.ok and len(receipt.logs) == 1
    assert world.do(Act("transfer", BOB, (CAROL, 0))).ok, "also from an empty account"


def test_a_transfer_to_oneself_changes_nothing(world: World) -> None:
    assert world.do(Act("transfer", ALICE, (ALICE, 100))).ok
    assert world.ask("balanceOf", ALICE) == 100
    assert not world.do(Act("transfer", ALICE, (ALICE, 101))).ok


def test_a_payment_beyond_the_balance_reverts(world: World) -> None:
    assert not world.do(Act("transfer", ALICE, (BOB, 101))).ok
    assert not world.do(Act("transfer", ALICE, (BOB, ENDLESS))).ok


def test_transfer_from_needs_an_allowance(world: World) -> None:
    assert not world.do(Act("transferFrom", BOB, (ALICE, BOB, 1))).ok
    assert not world.do(Act("transferFrom", ALICE, (ALICE, BOB, 1))).ok, "even for oneself"


def test_an_allowance_is_spent_exactly(world: World) -> None:
    world.do(Act("approve", ALICE, (BOB, 30)))
    assert world.do(Act("transferFrom", BOB, (ALICE, CAROL, 30))).ok
    assert world.ask("allowance", ALICE, BOB) == 0
    assert not world.do(Act("transferFrom", BOB, (ALICE, CAROL, 1))).ok


def test_an_approval_replaces_the_one_before(world: World) -> None:
    world.do(Act("approve", ALICE, (BOB, 30)))
    world.do(Act("approve", ALICE, (BOB, 5)))
    assert world.ask("allowance", ALICE, BOB) == 5


def test_an_endless_allowance_stays(world: World) -> None:
    world.do(Act("approve", ALICE, (BOB, ENDLESS)))
    assert world.do(Act("transferFrom", BOB, (ALICE, CAROL, 30))).ok
    assert world.ask("allowance", ALICE, BOB) == ENDLESS


def test_a_refused_transfer_from_keeps_the_allowance(world: World) -> None:
    world.do(Act("approve", ALICE, (BOB, 500)))
    assert not world.do(Act("transferFrom", BOB, (ALICE, CAROL, 101))).ok
    assert world.ask("allowance", ALICE, BOB) == 500


def test_creation_and_destruction_report_the_zero_address(world: World) -> None:
    minted, _ = world.do(Act("mint", ROLES.minter, (BOB, 5, ORDER))).logs
    burnt, _ = world.do(Act("burn", ROLES.redeemer, (BOB, 5, ORDER))).logs
    assert minted.topics[1] == burnt.topics[2] == bytes(32)


def test_name_symbol_and_decimals_are_told(world: World) -> None:
    assert (world.ask("name"), world.ask("symbol"), world.ask("decimals")) == ("Rupee", "PKRT", 2)


def test_transfer_and_approve_answer_true() -> None:
    functions = load_artifact("SupervisedToken").interface.functions
    for name in ("transfer", "transferFrom", "approve", "setFrozenTokens"):
        assert functions[name].outputs == ("bool",)


# ERC-7943


def test_can_transfer_says_what_transfer_does(world: World) -> None:
    world.do(Act("setFrozenTokens", ROLES.freezer, (ALICE, 60)))
    for amount in (0, 39, 40, 41, 100, 101, ENDLESS):
        says = world.ask("canTransfer", ALICE, BOB, amount)
        assert says == world.do(Act("transfer", ALICE, (BOB, amount))).ok
        world.do(Act("transfer", BOB, (ALICE, world.model.balances[BOB])))


def test_frozen_tokens_may_exceed_the_balance(world: World) -> None:
    world.do(Act("setFrozenTokens", ROLES.freezer, (ALICE, 5_000)))
    assert world.ask("getFrozenTokens", ALICE) == 5_000
    assert not world.do(Act("transfer", ALICE, (BOB, 1))).ok
    assert world.ask("canSend", ALICE) and world.ask("canReceive", ALICE)


def test_setting_frozen_tokens_replaces_and_does_not_add(world: World) -> None:
    world.do(Act("setFrozenTokens", ROLES.freezer, (ALICE, 60)))
    world.do(Act("setFrozenTokens", ROLES.freezer, (ALICE, 10)))
    assert world.ask("getFrozenTokens", ALICE) == 10


def test_a_shut_account_can_neither_send_nor_receive(world: World) -> None:
    world.do(Act("setFrozenTokens", ROLES.freezer, (BOB, SHUT)))
    assert not world.ask("canSend", BOB) and not world.ask("canReceive", BOB)
    assert not world.ask("canTransfer", ALICE, BOB, 1)
    assert not world.ask("canReceive", ZERO) and not world.ask("canReceive", world.token)


def test_a_forced_transfer_thaws_what_it_must_and_says_so_first(world: World) -> None:
    world.do(Act("setFrozenTokens", ROLES.freezer, (ALICE, 60)))
    receipt = world.do(Act("forced_transfer", ROLES.enforcer, (ALICE, BOB, 70, ORDER)))
    frozen, moved, forced = receipt.logs
    assert world.ask("getFrozenTokens", ALICE) == 30
    assert [log.topics[0] for log in (frozen, moved, forced)] == [
        world.artifact.interface.events[name].topic
        for name in ("Frozen", "Transfer", "ForcedTransfer")
    ]


def test_a_forced_transfer_cannot_move_what_is_not_there(world: World) -> None:
    assert not world.do(Act("forced_transfer", ROLES.enforcer, (ALICE, BOB, 101, ORDER))).ok


# ERC-1404


def test_every_restriction_has_a_code_and_a_sentence(world: World) -> None:
    sentences = {code: world.ask("messageForTransferRestriction", code) for code in range(9)}
    assert sentences[0] == "token: no restriction"
    assert sentences[8] == "token: no such restriction"
    assert len(set(sentences.values())) == 9


def test_the_sentence_is_the_reason_of_the_refusal(world: World) -> None:
    code = world.ask("detectTransferRestriction", ALICE, BOB, 101)
    receipt = world.do(Act("transfer", ALICE, (BOB, 101)))
    assert receipt.reason == world.ask("messageForTransferRestriction", code)


# Supervision


def test_a_stale_attestation_stops_issue_and_nothing_else(world: World) -> None:
    world.wait(86_401)
    assert not world.do(Act("mint", ROLES.minter, (BOB, 1, ORDER))).ok
    assert world.do(Act("transfer", ALICE, (BOB, 1))).ok
    assert world.do(Act("burn", ROLES.redeemer, (BOB, 1, ORDER))).ok


def test_a_reserve_that_shrinks_stops_issue_until_it_is_whole(world: World) -> None:
    world.do(Act("attest", ROLES.attester, (50, NOW_S, ORDER)))
    assert world.ask("mintable") == 0
    assert not world.do(Act("mint", ROLES.minter, (BOB, 1, ORDER))).ok
    world.do(Act("burn", ROLES.redeemer, (ALICE, 60, ORDER)))
    assert world.do(Act("mint", ROLES.minter, (BOB, 10, ORDER))).ok
    assert not world.do(Act("mint", ROLES.minter, (BOB, 1, ORDER))).ok


def test_nobody_but_its_holder_can_use_a_role(world: World) -> None:
    acts = {
        ROLES.minter: [("mint", (BOB, 1, ORDER))],
        ROLES.redeemer: [("burn", (ALICE, 1, ORDER))],
        ROLES.freezer: [("setFrozenTokens", (ALICE, 1))],
        ROLES.enforcer: [("forced_transfer", (ALICE, BOB, 1, ORDER))],
        ROLES.pauser: [("pause", ())],
        ROLES.owner: [
            ("set_minter", (BOB, 1)),
            ("set_role", (1, BOB)),
            ("offer_ownership", (BOB,)),
        ],
        ROLES.attester: [("attest", (1, NOW_S, ORDER))],
    }
    everyone = (*acts, ALICE, BOB, ZERO)
    for holder, privileged in acts.items():
        for name, args in privileged:
            for other in everyone:
                if other != holder:
                    assert not world.do(Act(name, other, args)).ok, (name, other)


def test_a_role_given_away_is_gone_at_once(world: World) -> None:
    world.do(Act("set_role", ROLES.owner, (2, BOB)))
    assert not world.do(Act("setFrozenTokens", ROLES.freezer, (ALICE, 1))).ok
    assert world.do(Act("setFrozenTokens", BOB, (ALICE, 1))).ok


def test_a_vacant_role_is_no_longer_its_last_holders(world: World) -> None:
    world.do(Act("set_role", ROLES.owner, (1, ZERO)))
    assert not world.do(Act("pause", ROLES.pauser, ())).ok


def test_ownership_needs_both_hands(world: World) -> None:
    world.do(Act("offer_ownership", ROLES.owner, (BOB,)))
    assert world.ask("owner") == ROLES.owner
    assert not world.do(Act("take_ownership", CAROL, ())).ok
    assert world.do(Act("take_ownership", BOB, ())).ok
    assert not world.do(Act("set_minter", ROLES.owner, (BOB, 1))).ok
    assert world.do(Act("set_minter", BOB, (BOB, 1))).ok


def test_an_offer_can_be_withdrawn(world: World) -> None:
    world.do(Act("offer_ownership", ROLES.owner, (BOB,)))
    world.do(Act("offer_ownership", ROLES.owner, (ZERO,)))
    assert not world.do(Act("take_ownership", BOB, ())).ok


def test_the_oracle_has_the_shape_of_a_price_feed(world: World) -> None:
    oracle = load_artifact("ReserveOracle").interface.functions
    world.do(Act("attest", ROLES.attester, (777, NOW_S, ORDER)))
    answer = world.chain.view(world.oracle, oracle["latestRoundData"].encode())
    assert oracle["latestRoundData"].decode_output(answer) == (2, 777, NOW_S, NOW_S, 2)


@pytest.mark.parametrize("name", ["SupervisedToken", "ReserveOracle"])
def test_the_bytecode_holds_no_opcode_that_could_change_it(name: str) -> None:
    code = _code_proper(load_artifact(name).runtime)
    forbidden = {0xF2: "CALLCODE", 0xF4: "DELEGATECALL", 0xFF: "SELFDESTRUCT", 0xF0: "CREATE",
                 0xF5: "CREATE2", 0x32: "ORIGIN", 0xF1: "CALL"}  # fmt: skip
    at, found = 0, set()
    while at < len(code):
        found.add(code[at])
        at += 1 + max(0, code[at] - 0x5F if 0x5F <= code[at] <= 0x7F else 0)
    assert found >= {0x54, 0x55, 0xA3}, "SLOAD, SSTORE and LOG3 are there, so this is the code"
    assert not found & forbidden.keys(), [forbidden[op] for op in found & forbidden.keys()]


def _code_proper(code: bytes) -> bytes:
    # Vyper ends the code with one shared revert and puts its selector table behind it, where
    # nothing can jump.
    return code[: code.rindex(bytes.fromhex("5f80fd")) + 3]
