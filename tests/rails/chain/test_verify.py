"""A log that does not come out as recorded, and engines that disagree, are named to the receipt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sandrail.rails.chain import (
    CallLogError,
    SupervisedToken,
    compare_engines,
    engines_here,
    replay_checked,
)
from sandrail.rails.chain import pyevm_run as loop
from sandrail.world import HOUR_US
from tests.makers.chain import ALICE, BOB, GENESIS_US, make_token, needs, ref

pytestmark = pytest.mark.evm


@pytest.fixture
def token() -> SupervisedToken:
    """A token with two sealed blocks and a payment in the open one."""
    made = make_token("auto")
    made.mint(ALICE, 1_000, ref=ref(1))
    made.chain.seal(GENESIS_US + HOUR_US)
    made.transfer(ALICE, BOB, 400, ref=ref(2))
    made.chain.seal(GENESIS_US + 2 * HOUR_US)
    made.transfer(BOB, ALICE, 7, ref=ref(3))
    return made


@pytest.fixture
def wrong_subtraction(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A reference engine that takes one unit too few from a balance of a thousand."""
    loop._decode.cache_clear()
    right = loop._BINARY[0x03]

    def subtract(a: int, b: int) -> int:
        return right(a, b) + 1 if (a, b) == (1_000, 400) else right(a, b)

    monkeypatch.setitem(loop._BINARY, 0x03, subtract)
    yield
    loop._decode.cache_clear()


def test_an_honest_log_passes_on_every_engine(token: SupervisedToken) -> None:
    records, headers = token.chain.records(), token.chain.headers()  # type: ignore[attr-defined]
    for engine in engines_here():
        assert replay_checked(records, headers=headers, engine=engine).headers() == headers
    assert {chain.head() for chain in compare_engines(records)} == {token.chain.head()}


def test_the_first_block_that_differs_is_named(token: SupervisedToken) -> None:
    records, headers = token.chain.records(), token.chain.headers()  # type: ignore[attr-defined]
    place = next(n for n, data in enumerate(records) if ref(2).to_bytes(16, "big") in data)
    records[place] = records[place][:-1] + b"\x01"
    with pytest.raises(CallLogError, match="Block 2") as caught:
        replay_checked(records, headers=headers)
    assert caught.value.stable_code == "chain.replay_mismatch"
    assert "Its digest is" in caught.value.why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"timestamp_us": 5}, "instant"),
        ({"receipts": 9}, "receipts"),
        ({"prev_digest": bytes(32)}, "before it"),
        ({"digest": bytes(32)}, "digest"),
    ],
)
def test_a_changed_header_is_said_in_words(
    token: SupervisedToken, change: dict[str, object], why: str
) -> None:
    headers = list(token.chain.headers())  # type: ignore[attr-defined]
    headers[1] = replace(headers[1], **change)
    with pytest.raises(CallLogError, match="Block 1") as caught:
        replay_checked(token.chain.records(), headers=headers)
    assert why in caught.value.why


def test_a_log_that_ends_too_early_is_said(token: SupervisedToken) -> None:
    headers = token.chain.headers()  # type: ignore[attr-defined]
    with pytest.raises(CallLogError, match="Block 2") as caught:
        replay_checked(token.chain.records()[:-2], headers=headers)
    assert "ends before it" in caught.value.why


def test_engines_that_disagree_are_named_with_the_call(
    token: SupervisedToken, wrong_subtraction: None
) -> None:
    needs("simular")
    # The wrong balance shows when all of it is spent.
    token.transfer(ALICE, BOB, 608, ref=ref(4))
    with pytest.raises(CallLogError, match=f"{ref(4):032x}") as caught:
        compare_engines(token.chain.records())
    assert caught.value.stable_code == "chain.engine_disagrees"
    assert "the balance is short" in caught.value.why


def test_a_chain_interrupted_in_a_call_does_not_go_on(
    token: SupervisedToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = token.chain._engine  # type: ignore[attr-defined]

    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "call", stop)
        with pytest.raises(KeyboardInterrupt):
            token.transfer(ALICE, BOB, 1, ref=ref(5))
    for go_on in (
        lambda: token.transfer(ALICE, BOB, 1, ref=ref(6)),
        lambda: token.chain.seal(GENESIS_US + 3 * HOUR_US),
        token.chain.fork,
    ):
        with pytest.raises(CallLogError) as caught:
            go_on()
        assert caught.value.stable_code == "chain.interrupted"
