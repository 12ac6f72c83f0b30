"""What is added up about wallets: cleared value, unproven sums, signatures, online shares."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandrail.controls import Kind
from sandrail.ledger import AccountFlag, ChartCode
from sandrail.rulebook import Condition, RuleSet
from sandrail.transfers import ChainFlow, Instruction
from sandrail.wallets import (
    Approval,
    Challenge,
    CustodyRefused,
    Hosting,
    ProofRefused,
    WalletError,
    signed_hash,
)
from sandrail.world import DAY_US
from tests.makers.wallets import (
    BAD,
    HEAD,
    MLRO,
    OFFICER,
    SEEDS,
    Economy,
    address,
    approval,
    ceremony,
    open_economy,
    own_wallet,
)
from tests.transfers.test_wallets import ALLOWED, EXPOSED, PKR, UNPROVEN, fund, ready, sign

MULE = address(501)


@pytest.fixture
def economy() -> Economy:
    return open_economy()


def clear(economy: Economy, number: int = 0) -> None:
    economy.wallets.clear(
        address(number),
        until_us=economy.clock.now_us() + DAY_US,
        reason="seen",
        actor=MLRO,
        confirmed_by=OFFICER,
    )


def taint(economy: Economy, minor: int, *, over: str = "") -> None:
    flows = [ChainFlow(BAD, over or address(0), 0, minor)]
    flows += [ChainFlow(over, address(0), 0, minor)] if over else []
    economy.wallets.observe(flows, source="chain")


def tighten(economy: Economy, *conditions: Condition) -> None:
    before = economy.desk.floor.terms.permission
    economy.desk.change_permission(
        replace(before, conditions=conditions), actor=OFFICER, confirmed_by=HEAD
    )


def test_what_was_cleared_of_far_taint_does_not_excuse_near_taint(economy: Economy) -> None:
    fund(economy, 0)
    economy.list_wallets(BAD)
    taint(economy, 40_000 * PKR, over=MULE)
    assert economy.wallets.report(address(0)).decision == "exposed"
    clear(economy)
    assert economy.one(economy.pay(0, 1, PKR)) == ALLOWED
    # Straight from the listed wallet, above both lines of direct exposure by itself.
    taint(economy, 12_000 * PKR)
    assert economy.one(economy.pay(0, 1, PKR)) == EXPOSED
    economy.replays()


def test_other_rules_excuse_nothing_that_came_after_the_clearance(economy: Economy) -> None:
    fund(economy, 0)
    economy.list_wallets(BAD)
    taint(economy, 30_000 * PKR)
    clear(economy)
    taint(economy, 30_000 * PKR)
    assert economy.one(economy.pay(0, 1, PKR)) == EXPOSED
    tighten(economy, Condition("G20.direct_value_above", "1000", "PKR", citation="Notice"))
    assert economy.one(economy.pay(0, 1, PKR)) == EXPOSED
    economy.replays()


def test_lines_that_come_back_remember_what_was_tagged_and_what_moved(economy: Economy) -> None:
    fund(economy, 0)
    economy.list_wallets(BAD)
    taint(economy, 30_000 * PKR)
    state, terms = economy.wallets.state, economy.desk.floor.terms
    rules = terms.setting(economy.clock.now_us()).rules
    kept = {one.id: rules.resolution(one.id) for one in rules if not one.id.startswith("G20.")}
    none = RuleSet(rules.pack_id, on=rules.on, resolutions=kept)
    state.under(none, terms.pack)
    assert [(change.before, change.after) for change in state.unstated] == [(1, 0), (2, 0)]
    state.unstated = []
    economy.submit(economy.pay(0, 1, 30_000 * PKR))
    state.under(rules, terms.pack)
    assert [(change.before, change.after) for change in state.unstated] == [(0, 1), (0, 2)]
    assert economy.wallets.report(address(1)).exposure.indirect_minor > 0


def test_a_wallet_s_figures_are_right_before_anything_is_tagged(economy: Economy) -> None:
    fund(economy, 0, minor=7 * PKR)
    assert economy.wallets.report(address(0)).exposure.received_minor == 7 * PKR


def test_clearing_on_a_desk_that_traces_nothing_is_refused(economy: Economy) -> None:
    economy.wallets.state.graph = None
    head = economy.desk.journal.head
    with pytest.raises(WalletError):
        clear(economy)
    assert economy.desk.journal.head == head


def test_a_hold_that_was_given_back_moved_nothing_unproven(economy: Economy) -> None:
    wallet = economy.wallets.register(own_wallet(9).public_key.to_address(), Hosting.SELF_HOSTED)
    much = economy.deposit(0, 60_000 * PKR, wallet.number)
    assert economy.one(much) == UNPROVEN
    economy.submit(Instruction(economy.next_id(), Kind.RELEASE, pending=much.id))
    assert economy.one(economy.deposit(0, 50_000 * PKR, wallet.number)) == ALLOWED
    assert economy.one(economy.deposit(0, 1, wallet.number)) == UNPROVEN
    economy.replays()


def test_what_moved_while_the_wallet_was_proven_is_not_unproven_later(economy: Economy) -> None:
    text = own_wallet(9).public_key.to_address()
    wallet = economy.wallets.register(text, Hosting.SELF_HOSTED)
    asked = economy.wallets.challenge(0, text)
    signature = own_wallet(9).sign_msg_hash(signed_hash(asked.message())).to_bytes()
    economy.wallets.prove(asked.nonce, signature)
    assert economy.one(economy.deposit(0, 60_000 * PKR, wallet.number)) == ALLOWED
    proof = economy.wallets.state.proofs[0, wallet.number]
    economy.wallets.state.proofs[0, wallet.number] = replace(proof, expires_us=proof.proven_us - 1)
    assert economy.one(economy.deposit(0, 50_000 * PKR, wallet.number)) == ALLOWED
    assert economy.one(economy.deposit(0, 1, wallet.number)) == UNPROVEN


def test_a_payment_from_before_the_challenge_proves_nothing(economy: Economy) -> None:
    text = own_wallet(9).public_key.to_address()
    wallet = economy.wallets.register(text, Hosting.SELF_HOSTED)
    # The amount that the next challenge will ask for is paid already, by chance or by trying all.
    early = economy.deposit(0, 1, wallet.number)
    economy.submit(early)
    economy.clock.advance_by(1)
    asked = economy.wallets.challenge(0, text)
    asked = replace(asked, nonce=_asks_for(1))
    economy.wallets.state.challenges[asked.nonce] = asked
    with pytest.raises(ProofRefused) as refused:
        economy.wallets.prove_by_deposit(asked.nonce, early.id)
    assert refused.value.stable_code == "wallets.bad_deposit"


def _asks_for(minor: int) -> int:
    """The number of a challenge that asks for so little."""
    asked = Challenge("", "", "", "", 0, 0)
    return next(n for n in range(10**6) if replace(asked, nonce=n).deposit_minor() == minor)


def test_the_name_of_a_ceremony_is_used_once(economy: Economy) -> None:
    wallet = ready(economy)
    out = economy.withdraw(0, 5_000 * PKR, wallet)
    sign(economy, out, "ops-1")
    held = ceremony(economy.wallets.state.desk, number="2")
    economy.wallets.hold_ceremony(held, actor=OFFICER)
    head = economy.desk.journal.head
    with pytest.raises(CustodyRefused) as refused:
        economy.wallets.hold_ceremony(ceremony(economy.wallets.state.desk), actor=OFFICER)
    assert refused.value.stable_code == "wallets.bad_ceremony"
    assert economy.desk.journal.head == head


def test_a_larger_quorum_of_the_pack_counts_from_the_next_row(economy: Economy) -> None:
    wallet = ready(economy)
    out = economy.withdraw(0, 5_000 * PKR, wallet)
    for key in ("ops-1", "ops-2"):
        sign(economy, out, key)
    tighten(economy, Condition("G18.key_quorum_min", 3, "keys", citation="Notice"))
    assert economy.one(out)[:2] == ("HOLD", "G18.key_quorum_min")
    sign(economy, out, "ops-3")
    assert economy.one(economy.settle(out)) == ALLOWED
    economy.replays()


def test_an_approval_of_nothing_readable_is_refused(economy: Economy) -> None:
    ready(economy)
    held = economy.wallets.state.ceremony
    assert held is not None
    real = approval(held, "ops-1", economy.wallets.movement(economy.withdraw(0, 1, 0)),
                    expires_us=2**60)  # fmt: skip
    for digest in ("xy", "ab", real.digest.upper()):
        unsigned = Approval(held.id, "ops-1", digest, 2**60, "")
        key = Ed25519PrivateKey.from_private_bytes(SEEDS["ops-1"])
        signed = replace(unsigned, signature=key.sign(unsigned.signed_bytes()).hex())
        with pytest.raises(CustodyRefused):
            economy.wallets.approve(signed, actor=MLRO)


def test_what_comes_from_cold_wallets_does_not_widen_the_online_share(economy: Economy) -> None:
    ready(economy)

    def sweep(debit: int, credit: int, minor: int) -> Instruction:
        return Instruction(
            economy.next_id(), Kind.SWEEP, amount_minor=minor, debit=debit, credit=credit
        )

    assert economy.one(sweep(economy.cold, economy.online, 20_000 * PKR)) == ALLOWED
    suspense = economy.desk.open_account(0, ChartCode.SUSPENSE, AccountFlag.NONE)
    # 5 % of 20,000 may be online. 1,000 from the cold wallets fill that to the unit; what comes
    # from outside after it adds only itself to what is kept.
    back = sweep(economy.online, economy.cold, 1_000 * PKR)
    found = sweep(economy.online, int(suspense), 50 * PKR)
    for key in ("ops-1", "ops-2"):
        sign(economy, back, key)
    answers = economy.submit(back, found)
    assert answers[0] == ALLOWED and answers[1][1] == "G18.hot_share_max"
