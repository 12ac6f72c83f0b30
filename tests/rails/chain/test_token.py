"""The token as Python sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandrail.rails.chain import (
    SHUT_MINOR,
    CallError,
    SupervisedToken,
    TokenTerms,
    checksum_text,
    open_chain,
    wallet_address,
)
from sandrail.world import DAY_US, HOUR_US
from tests.makers.chain import ALICE, BOB, EVIDENCE, GENESIS_US, PKRT, ROLES, make_token, ref, who

pytestmark = pytest.mark.evm
TERMS = TokenTerms("Rupee Token", DAY_US, 10_000, 1_000)


def token() -> SupervisedToken:
    return make_token("auto")


def test_nothing_is_minted_before_a_reserve_is_attested() -> None:
    bare = make_token("auto", reserve_minor=0)
    assert bare.mint(ALICE, 1, ref=ref(1)).reason == "token: no reserve is attested"
    assert bare.mintable() == 0
    assert bare.attested_reserve() == (0, 0)


def test_supply_never_passes_the_reserve() -> None:
    small = make_token("auto", reserve_minor=100)
    assert small.attested_reserve() == (100, GENESIS_US)
    assert small.mint(ALICE, 60, ref=ref(1)).ok
    assert small.mintable() == 40
    assert small.mint(ALICE, 41, ref=ref(2)).reason == "token: the reserve is short"
    assert small.mint(ALICE, 40, ref=ref(3)).ok
    assert small.total_supply() == 100


def test_a_ratio_above_one_asks_for_more_reserve() -> None:
    covered = make_token("auto", reserve_minor=1_015, ratio_bps=10_150)
    assert covered.mintable() == 1_000
    assert covered.mint(ALICE, 1_001, ref=ref(1)).reason == "token: the reserve is short"
    assert covered.mint(ALICE, 1_000, ref=ref(2)).ok


def test_an_issuer_that_mints_beyond_its_allowance_is_stopped() -> None:
    some = make_token("auto", allowance_minor=10)
    assert some.mint(ALICE, 11, ref=ref(1)).reason == "token: the minter's allowance is short"


def test_a_frozen_part_stays_and_the_rest_moves() -> None:
    frozen = token()
    frozen.mint(ALICE, 100, ref=ref(1))
    frozen.freeze(ALICE, minor=70)
    assert frozen.transfer(ALICE, BOB, 31, ref=ref(2)).reason == "token: the balance is frozen"
    assert frozen.transfer(ALICE, BOB, 30, ref=ref(3)).ok
    assert frozen.frozen_of(ALICE) == 70
    frozen.unfreeze(ALICE)
    assert frozen.transfer(ALICE, BOB, 70, ref=ref(4)).ok


def test_a_shut_account_neither_sends_nor_receives_but_an_order_moves_it() -> None:
    shut = token()
    shut.mint(ALICE, 100, ref=ref(1))
    shut.freeze(ALICE)
    assert shut.frozen_of(ALICE) == SHUT_MINOR
    assert shut.transfer(ALICE, BOB, 1, ref=ref(2)).reason == "token: the sender is shut"
    assert shut.mint(ALICE, 1, ref=ref(3)).reason == "token: the receiver is shut"
    assert shut.burn(ALICE, 1, ref=ref(4)).reason == "token: the balance is frozen"
    assert shut.forced_transfer(ALICE, who("court"), 100, order=EVIDENCE, ref=ref(5)).ok
    assert (shut.balance_of(ALICE), shut.balance_of(who("court"))) == (0, 100)
    assert shut.frozen_of(ALICE) == SHUT_MINOR


def test_a_pause_stops_everything_but_redemption_and_orders() -> None:
    paused = token()
    paused.mint(ALICE, 100, ref=ref(1))
    assert paused.pause().ok and paused.paused()
    assert paused.transfer(ALICE, BOB, 1, ref=ref(2)).reason == "token: paused"
    assert paused.mint(ALICE, 1, ref=ref(3)).reason == "token: paused"
    assert paused.burn(ALICE, 40, ref=ref(4)).ok
    assert paused.forced_transfer(ALICE, BOB, 10, order=EVIDENCE, ref=ref(5)).ok
    assert paused.unpause().ok and not paused.paused()
    assert paused.transfer(ALICE, BOB, 1, ref=ref(6)).ok


def test_a_batch_answers_row_by_row() -> None:
    busy = token()
    busy.mint(ALICE, 10, ref=ref(1))
    receipts = busy.transfer_batch(
        [ref(2), ref(3), ref(4)], [ALICE, BOB, ALICE], [BOB, ALICE, BOB], [7, 8, 3]
    )
    assert [receipt.ok for receipt in receipts] == [True, False, True]
    assert busy.balance_of(BOB) == 10


def test_a_restriction_is_said_in_words_before_anything_is_tried() -> None:
    asked = token()
    asked.mint(ALICE, 10, ref=ref(1))
    assert asked.restriction(ALICE, BOB, 10) == ""
    assert asked.restriction(ALICE, BOB, 11) == "token: the balance is short"


def test_the_redeemed_order_is_the_reference() -> None:
    redeemed = token()
    redeemed.mint(ALICE, 10, ref=ref(1))
    _, event = redeemed.burn(ALICE, 10, ref=ref(2)).logs
    assert int.from_bytes(event.topics[3], "big") == ref(2)


def test_the_token_lives_on_in_a_fork() -> None:
    first = token()
    twin = first.on(first.chain.fork())
    twin.mint(ALICE, 5, ref=ref(1))
    assert (first.total_supply(), twin.total_supply()) == (0, 5)


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, attestation_age_max_us=HOUR_US + 1),
        replace(TERMS, reserve_ratio_bps=9_999),
        replace(TERMS, title="x" * 49),
        replace(TERMS, attestation_age_max_us=2**64 * 1_000_000),
        replace(TERMS, minter_allowance_minor=-1),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: TokenTerms) -> None:
    chain = open_chain("x", genesis_us=GENESIS_US)
    with pytest.raises(CallError) as caught:
        SupervisedToken.deploy(chain, asset=PKRT, terms=terms, roles=ROLES)
    assert caught.value.stable_code == "chain.bad_argument"


def test_a_token_of_eighteen_decimals_holds_exactly() -> None:
    wei = replace(PKRT, code="PKRW", scale=18)
    chain = open_chain("x", genesis_us=GENESIS_US)
    huge = 2**128 - 1
    fine = SupervisedToken.deploy(
        chain, asset=wei, terms=replace(TERMS, minter_allowance_minor=huge), roles=ROLES
    )
    fine.attest_reserve(huge, as_of_us=GENESIS_US, evidence=EVIDENCE)
    assert fine.mint(ALICE, huge, ref=ref(1)).ok
    assert fine.transfer(ALICE, BOB, huge - 1, ref=ref(2)).ok
    assert (fine.balance_of(ALICE), fine.balance_of(BOB)) == (1, huge - 1)
    assert fine.attest_reserve(huge + 1, as_of_us=GENESIS_US, evidence=EVIDENCE).reason == (
        "oracle: the reserve is out of range"
    )


def test_wallets_depend_on_their_owner_and_on_nothing_else() -> None:
    assert wallet_address("t", 1) == wallet_address("t", 1)
    assert len({wallet_address("t", 1), wallet_address("t", 2), wallet_address("t", "1", "")}) == 3


def test_an_address_is_written_with_the_capitals_of_eip_55() -> None:
    # The examples of the standard's own text.
    for text in (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ):
        assert checksum_text(bytes.fromhex(text[2:])) == text  # type: ignore[arg-type]
