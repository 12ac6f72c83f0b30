"""The contract every chain keeps, whatever engine executes for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import pytest

from sandrail.rails.chain import (
    Call,
    CallError,
    RefConflict,
    SupervisedToken,
    load_artifact,
    open_chain,
    replay,
)
from sandrail.world import HOUR_US
from tests.makers.chain import ALICE, BOB, EVIDENCE, GENESIS_US, ROLES, make_token, needs, ref, who

pytestmark = pytest.mark.evm
Fresh = Callable[[], SupervisedToken]
FUNCTIONS = load_artifact("SupervisedToken").interface.functions


def test_a_mint_a_payment_and_a_redemption_leave_the_right_balances(fresh: Fresh) -> None:
    token = fresh()
    assert token.mint(ALICE, 500, ref=ref(1)).ok
    assert token.transfer(ALICE, BOB, 200, ref=ref(2)).ok
    assert token.burn(BOB, 50, ref=ref(3)).ok
    assert (token.balance_of(ALICE), token.balance_of(BOB)) == (300, 150)
    assert token.total_supply() == 450


def test_a_refused_call_has_a_reason_no_log_and_no_effect(fresh: Fresh) -> None:
    token = fresh()
    token.mint(ALICE, 500, ref=ref(1))
    receipt = token.transfer(ALICE, BOB, 501, ref=ref(2))
    assert (receipt.ok, receipt.reason) == (False, "token: the balance is short")
    assert receipt.logs == ()
    assert token.balance_of(ALICE) == 500


def test_a_bad_call_never_stops_the_rest_of_its_batch(fresh: Fresh) -> None:
    token = fresh()
    token.mint(ALICE, 500, ref=ref(0))
    good = token.transfer_call(ref(1), ALICE, BOB, 1)
    calls = [
        good,
        Call(ref(2), ALICE, who("nobody"), good.data),
        Call(ref(3), ALICE, token.address, b"\x01\x02\x03\x04"),
        Call(ref(4), ALICE, token.address, good.data + b"\x00"),
        Call(ref(5), ALICE, token.address, good.data[:4] + b"\x01" + good.data[5:]),
        Call(ref(6), ALICE, token.address, FUNCTIONS["totalSupply"].encode()),
        token.transfer_call(ref(7), ALICE, BOB, 2),
    ]
    receipts = token.chain.apply(calls)
    assert [receipt.reason for receipt in receipts] == [
        "",
        "port: there is no contract at this address",
        "port: the contract has no such function",
        "port: the calldata is not what the function takes",
        "port: the calldata is not what the function takes",
        "port: a view is asked, not called",
        "",
    ]
    assert token.balance_of(BOB) == 3


def test_a_repeated_reference_moves_nothing_and_returns_the_first_receipt(fresh: Fresh) -> None:
    token = fresh()
    token.mint(ALICE, 500, ref=ref(0))
    first = token.transfer(ALICE, BOB, 10, ref=ref(1))
    position = token.chain.position
    token.chain.seal(GENESIS_US + HOUR_US)
    again = token.transfer(ALICE, BOB, 10, ref=ref(1))
    assert again == first
    assert token.balance_of(BOB) == 10
    assert token.chain.position == position + 1


def test_a_reference_repeated_within_one_batch_executes_once(fresh: Fresh) -> None:
    token = fresh()
    token.mint(ALICE, 500, ref=ref(0))
    call = token.transfer_call(ref(1), ALICE, BOB, 10)
    first, second = token.chain.apply([call, call])
    assert first == second
    assert token.balance_of(BOB) == 10


def test_a_reference_with_another_call_is_a_conflict_and_nothing_runs(fresh: Fresh) -> None:
    token = fresh()
    token.mint(ALICE, 500, ref=ref(0))
    token.transfer(ALICE, BOB, 10, ref=ref(1))
    calls = [
        token.transfer_call(ref(2), ALICE, BOB, 1),
        token.transfer_call(ref(1), ALICE, BOB, 11),
    ]
    with pytest.raises(RefConflict) as caught:
        token.chain.apply(calls)
    assert caught.value.stable_code == "chain.ref_conflict"
    assert token.balance_of(BOB) == 10


@pytest.mark.parametrize(
    "call",
    [
        Call(0, ALICE, BOB, b""),
        Call(2**128, ALICE, BOB, b""),
        Call(1, ALICE[:19], BOB, b""),
        Call(1, ALICE, BOB + b"\x00", b""),
        Call(1, ALICE, BOB, bytes(4097)),
    ],
)
def test_a_malformed_call_is_an_error_and_nothing_of_its_batch_runs(
    fresh: Fresh, call: Call
) -> None:
    token = fresh()
    token.mint(ALICE, 500, ref=ref(0))
    with pytest.raises(CallError):
        token.chain.apply([token.transfer_call(ref(1), ALICE, BOB, 1), call])
    assert token.balance_of(BOB) == 0


def test_calls_see_the_time_of_their_block(fresh: Fresh) -> None:
    token = fresh()
    token.chain.seal(GENESIS_US + 24 * HOUR_US)
    assert token.mint(ALICE, 1, ref=ref(1)).ok, "an attestation is fresh up to its last second"
    token.chain.seal(GENESIS_US + 24 * HOUR_US + 1_000_000)
    receipt = token.mint(ALICE, 1, ref=ref(2))
    assert receipt.reason == "token: the attestation is stale"


def test_time_does_not_run_backwards(fresh: Fresh) -> None:
    chain = fresh().chain
    chain.seal(GENESIS_US + HOUR_US)
    chain.seal(GENESIS_US + HOUR_US)
    with pytest.raises(CallError) as caught:
        chain.seal(GENESIS_US)
    assert caught.value.stable_code == "chain.clock_backwards"


def test_headers_chain_and_count(fresh: Fresh) -> None:
    token = fresh()
    token.mint(ALICE, 5, ref=ref(1))
    genesis = token.chain.head()
    first = token.chain.seal(GENESIS_US + HOUR_US)
    second = token.chain.seal(GENESIS_US + 2 * HOUR_US)
    assert (genesis.number, first.number, second.number) == (0, 1, 2)
    assert (first.receipts, second.receipts) == (5, 0)
    assert first.prev_digest == genesis.digest and second.prev_digest == first.digest
    assert (first.timestamp_us, second.timestamp_us) == (GENESIS_US, GENESIS_US + HOUR_US)
    assert token.chain.head() == second


def test_receipts_and_logs_are_found_again(fresh: Fresh) -> None:
    token = fresh()
    minted = token.mint(ALICE, 5, ref=ref(1))
    token.chain.seal(GENESIS_US + HOUR_US)
    paid = token.transfer(ALICE, BOB, 3, ref=ref(2))
    assert token.chain.receipt(ref(1)) == minted
    assert token.chain.receipt(ref(2)) == paid
    assert (paid.block, paid.position) == (2, 0)
    logs = [log for _, log in token.chain.logs(address=token.address)]
    assert logs[-3:] == [*minted.logs, *paid.logs]
    assert [log for _, log in token.chain.logs(since=5)] == list(paid.logs)
    with pytest.raises(CallError) as caught:
        token.chain.receipt(ref("never"))
    assert caught.value.stable_code == "chain.unknown_ref"


def test_a_transfer_log_is_what_erc20_says(fresh: Fresh) -> None:
    token = fresh()
    token.mint(ALICE, 2**100 // 2**90, ref=ref(1))
    (log,) = token.transfer(ALICE, BOB, 3, ref=ref(2)).logs
    signature = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
    assert [topic.hex() for topic in log.topics] == [
        signature,
        bytes(12).hex() + ALICE.hex(),
        bytes(12).hex() + BOB.hex(),
    ]
    assert int.from_bytes(log.data, "big") == 3
    assert log.address == token.address


def test_a_fork_goes_its_own_way(fresh: Fresh) -> None:
    token = fresh()
    token.mint(ALICE, 100, ref=ref(1))
    twin = token.on(token.chain.fork())
    twin.transfer(ALICE, BOB, 40, ref=ref(2))
    token.transfer(ALICE, BOB, 7, ref=ref(2))
    assert (token.balance_of(BOB), twin.balance_of(BOB)) == (7, 40)
    twin.chain.seal(GENESIS_US + HOUR_US)
    token.chain.seal(GENESIS_US + HOUR_US)
    assert twin.chain.head().digest != token.chain.head().digest
    assert twin.chain.head().prev_digest == token.chain.head().prev_digest


def test_a_fork_of_a_fork_keeps_the_time(fresh: Fresh) -> None:
    token = fresh()
    token.chain.seal(GENESIS_US + 25 * HOUR_US)
    twin = token.on(token.chain.fork().fork())
    assert twin.chain.now_us == GENESIS_US + 25 * HOUR_US
    assert twin.mint(ALICE, 1, ref=ref(1)).reason == "token: the attestation is stale"
    twin.chain.seal(GENESIS_US + 26 * HOUR_US)
    twin.attest_reserve(9, as_of_us=GENESIS_US + 26 * HOUR_US, evidence=EVIDENCE)
    assert twin.mint(ALICE, 1, ref=ref(2)).ok


def test_a_view_changes_nothing_and_refuses_in_words(fresh: Fresh) -> None:
    token = fresh()
    position = token.chain.position
    with pytest.raises(CallError, match="no contract"):
        token.chain.view(ALICE, FUNCTIONS["totalSupply"].encode())
    with pytest.raises(CallError, match="no such function"):
        token.chain.view(token.address, b"\x00\x00\x00\x00")
    with pytest.raises(CallError, match="not what the function takes"):
        token.chain.view(token.address, FUNCTIONS["balanceOf"].selector)
    assert token.chain.position == position


def test_texts_come_back_from_views(fresh: Fresh) -> None:
    token = fresh()
    answer = token.chain.view(token.address, FUNCTIONS["name"].encode())
    assert FUNCTIONS["name"].decode_output(answer) == ("Rupee Token",)


def test_a_constructor_that_refuses_creates_nothing(engine: str) -> None:
    chain = open_chain("test", genesis_us=GENESIS_US, engine=engine)
    oracle = load_artifact("ReserveOracle")
    refused = chain.deploy(oracle, (2, bytes(20), BOB), sender=ALICE, ref=ref(1))
    assert (refused.ok, refused.contract) == (False, None)
    assert refused.reason == "oracle: the owner is missing"
    made = chain.deploy(oracle, (2, ALICE, BOB), sender=ALICE, ref=ref(2))
    assert made.ok and made.contract is not None
    assert chain.deploy(oracle, (2, ALICE, BOB), sender=ALICE, ref=ref(2)) == made


def test_one_call_log_gives_one_digest_on_every_engine(engine: str) -> None:
    needs("simular")
    token = make_token(engine)
    token.mint(ALICE, 1_000, ref=ref(1))
    token.mint(ALICE, 10_000_000, ref=ref(2))
    token.freeze(BOB)
    token.transfer(ALICE, BOB, 5, ref=ref(3))
    token.forced_transfer(ALICE, ROLES.owner, 9, order=EVIDENCE, ref=ref(4))
    token.pause()
    token.chain.seal(GENESIS_US + HOUR_US)
    records = token.chain.records()
    for other in ("simular", "py-evm"):
        again = replay(records, engine=other)
        assert again.engine == other
        assert again.head() == token.chain.head()
        assert list(again.logs()) == list(token.chain.logs())
        assert again.records() == records


def test_the_same_calls_give_another_digest_on_another_chain(engine: str) -> None:
    one, two = make_token(engine, name="one"), make_token(engine, name="two")
    digests = {token.chain.seal(GENESIS_US + HOUR_US).digest for token in (one, two)}
    assert len(digests) == 2


def test_roles_are_all_different_so_that_every_check_is_exercised() -> None:
    holders = [getattr(ROLES, field.name) for field in fields(ROLES)]
    assert len(set(holders)) == len(holders)
