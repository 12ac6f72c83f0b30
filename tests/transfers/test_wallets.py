"""Wallets in the path of the money: dust, peel chains, quorums, proofs, allow lists; replayed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandrail.controls import Kind
from sandrail.journal import Journal, json_payload
from sandrail.rulebook import Condition
from sandrail.transfers import ChainFlow, Instruction, InstructionError, NotAllowed, ReplayMismatch
from sandrail.transfers import rebuild as rebuild_floor
from sandrail.transfers.replay import KINDS
from sandrail.wallets import CustodyRefused, Hosting, ProofRefused, WalletError, signed_hash
from sandrail.world import DAY_US, HOUR_US, SECOND_US
from tests.makers.desk import issue
from tests.makers.wallets import (
    BAD,
    HEAD,
    MLRO,
    OFFICER,
    Economy,
    address,
    approval,
    ceremony,
    open_economy,
    own_wallet,
)

PKR = 100
ALLOWED = ("ALLOW", "", "POSTED")
BLOCKED = ("BLOCK", "G20.tagged_categories", "REFUSED_BY_GATE")
SET_ASIDE = ("HOLD", "G20.tagged_categories", "HELD")
EXPOSED = ("HOLD", "G20.chain_analytics_required", "HELD")
UNSIGNED = ("HOLD", "G18.key_quorum_min", "HELD")
COOLING = ("HOLD", "G18.allow_list_cooling", "HELD")
UNPROVEN = ("HOLD", "G22.ownership_proof_above", "HELD")
OTHER = address(900)


@pytest.fixture
def economy() -> Economy:
    return open_economy()


def fund(economy: Economy, *parties: int, minor: int = 60_000 * PKR) -> None:
    for party in parties:
        answers = economy.desk.submit(
            [issue(("fund", economy.next_id()), party, minor)], key=f"f{economy.next_id()}"
        )
        assert answers.accepted.all()


def test_a_new_tag_is_felt_by_the_next_row_and_an_untagged_wallet_is_free_again(
    economy: Economy,
) -> None:
    fund(economy, 0)
    other = economy.wallets.register(OTHER, Hosting.OTHER_PROVIDER)
    assert economy.one(economy.deposit(1, 10 * PKR, other.number)) == ALLOWED
    assert economy.list_wallets(OTHER) == 1
    assert economy.one(economy.withdraw(0, 10 * PKR, other.number)) == BLOCKED
    assert economy.one(economy.deposit(1, 10 * PKR, other.number)) == SET_ASIDE
    assert economy.list_wallets(BAD) == 1
    assert economy.one(economy.deposit(1, 10 * PKR, other.number)) == ALLOWED
    economy.replays()


def test_a_customer_whose_own_wallet_is_listed_moves_nothing_and_receives_nothing(
    economy: Economy,
) -> None:
    fund(economy, 0, 1)
    economy.list_wallets(address(0))
    given = economy.submit(economy.pay(0, 1, PKR), economy.pay(1, 0, PKR), economy.pay(1, 2, PKR))
    assert given == [BLOCKED, BLOCKED, ALLOWED]
    economy.replays()


def test_dust_is_set_aside_and_its_victim_goes_on(economy: Economy) -> None:
    fund(economy, 0)
    bad = economy.wallets.register(BAD, Hosting.SELF_HOSTED)
    economy.list_wallets(BAD)
    dust = economy.deposit(0, 1, bad.number)
    assert economy.one(dust) == SET_ASIDE
    assert economy.submit(economy.pay(0, 1, 5_000 * PKR), economy.pay(0, 2, PKR)) == [ALLOWED] * 2
    # Even after a person let the dust through, neither share nor value is passed.
    assert economy.one(economy.settle(dust)) == ALLOWED
    report = economy.wallets.report(address(0))
    assert (report.decision, report.exposure.direct_minor, report.exposure.hops) == ("clean", 1, 1)
    assert economy.one(economy.pay(0, 1, 5_000 * PKR)) == ALLOWED
    economy.replays()


def test_dust_on_the_chain_that_nobody_could_stop_freezes_nobody(economy: Economy) -> None:
    fund(economy, 0)
    economy.list_wallets(BAD)
    flows = [ChainFlow(BAD, address(n), 0, 50 * PKR) for n in range(8)]
    assert economy.wallets.observe(flows, source="chain:block 7") == 8
    assert [economy.wallets.report(address(n)).decision for n in range(8)] == ["clean"] * 8
    assert economy.one(economy.pay(0, 1, PKR)) == ALLOWED
    economy.replays()


def test_a_peel_chain_over_five_mules_waits_at_every_mule(economy: Economy) -> None:
    economy.list_wallets(BAD)
    hop = [address(500 + n) for n in range(4)]
    flows = [ChainFlow(BAD, hop[0], 0, 90_000 * PKR)]
    flows += [ChainFlow(hop[n], hop[n + 1], 0, (90_000 - 5_000 * n) * PKR) for n in range(3)]
    economy.wallets.observe(flows, source="chain:block 8")
    last = economy.wallets.state.register.require(hop[3])
    assert economy.one(economy.deposit(0, 70_000 * PKR, last.number))[:2] == (
        "HOLD",
        "G20.chain_analytics_required",
    )
    report = economy.wallets.report(hop[3])
    assert (report.decision, report.exposure.hops) == ("exposed", 4)
    assert report.path == (BAD, *hop) and report.rule == "G20.chain_analytics_required"
    economy.replays()


def test_a_split_over_five_customers_is_found_where_it_comes_together(economy: Economy) -> None:
    # The list learns of the wallet only after the money has moved on.
    bad = economy.wallets.register(BAD, Hosting.OTHER_PROVIDER)
    mules = range(1, 6)
    economy.submit(*(economy.deposit(n, 9_000 * PKR, bad.number) for n in mules))
    assert economy.submit(*(economy.pay(n, 6, 8_000 * PKR) for n in mules)) == [ALLOWED] * 5
    assert economy.list_wallets(BAD) == 7
    report = economy.wallets.report(address(6))
    assert (report.decision, report.exposure.hops, report.exposure.share_ppm) == (
        "exposed", 2, 1_000_000,
    )  # fmt: skip
    assert report.exposure.indirect_minor == 40_000 * PKR
    assert economy.one(economy.pay(6, 7, PKR)) == EXPOSED
    economy.replays()


def test_the_customer_sees_the_rule_and_nothing_of_the_trail(economy: Economy) -> None:
    economy.list_wallets(BAD)
    economy.wallets.observe([ChainFlow(BAD, address(0), 0, 90_000 * PKR)], source="chain")
    fund(economy, 0)
    verdict = economy.desk.submit([economy.pay(0, 1, PKR)], key="tell").verdict(0)
    said = f"{verdict.reason} {verdict.limit}"
    assert verdict.rule == "G20.chain_analytics_required"
    assert not any(word in said for word in ("sanction", "hop", "%", BAD, "90"))


def test_two_people_clear_a_wallet_until_it_gets_more_or_time_passes(economy: Economy) -> None:
    fund(economy, 0)
    economy.list_wallets(BAD)
    economy.wallets.observe([ChainFlow(BAD, address(0), 0, 30_000 * PKR)], source="chain")
    assert economy.one(economy.pay(0, 1, PKR)) == EXPOSED
    until_us = economy.clock.now_us() + DAY_US
    with pytest.raises(NotAllowed):
        economy.wallets.clear(
            address(0), until_us=until_us, reason="x", actor=MLRO, confirmed_by=MLRO
        )
    economy.wallets.clear(
        address(0), until_us=until_us, reason="paid salary", actor=MLRO, confirmed_by=OFFICER
    )
    assert economy.one(economy.pay(0, 1, PKR)) == ALLOWED
    economy.clock.advance_by(DAY_US - HOUR_US)
    assert economy.one(economy.pay(0, 1, PKR)) == ALLOWED
    economy.clock.advance_by(2 * HOUR_US)
    economy.desk.set_lists("test-2", published_us=economy.clock.now_us())
    assert economy.one(economy.pay(0, 1, PKR))[1] == "G20.chain_analytics_required"
    economy.replays()


# --- custody ---


def ready(economy: Economy, party: int = 0) -> int:
    """Custody keys in force, a provider's wallet on the customer's list for long enough."""
    fund(economy, party)
    wallet = economy.wallets.register(OTHER, Hosting.OTHER_PROVIDER)
    economy.submit(economy.deposit(party + 1, 20_000 * PKR, wallet.number))
    economy.wallets.allow(party, OTHER)
    economy.clock.advance_by(24 * HOUR_US)
    economy.wallets.hold_ceremony(ceremony(economy.wallets.state.desk), actor=OFFICER)
    economy.desk.set_lists("test-1", published_us=economy.clock.now_us())
    economy.desk.set_reserve(
        0, reserve_minor=10**12, attested_us=economy.clock.now_us(), evidence="00" * 32
    )
    return wallet.number


def sign(economy: Economy, item: Instruction, key: str, life_us: int = HOUR_US) -> int:
    held, movement = economy.wallets.state.ceremony, economy.wallets.movement(item)
    assert held is not None
    given = approval(held, key, movement, expires_us=economy.clock.now_us() + life_us)
    holder = held.key(key)
    assert holder is not None
    return economy.wallets.approve(given, actor=replace(MLRO, id=holder.holder))


def test_a_withdrawal_waits_for_its_quorum_and_settles_after_it(economy: Economy) -> None:
    wallet = ready(economy)
    out = economy.withdraw(0, 5_000 * PKR, wallet)
    assert economy.one(out) == UNSIGNED
    early = ("BLOCK", "G18.key_quorum_min", "REFUSED_BY_GATE")
    assert economy.one(economy.settle(out)) == early
    assert sign(economy, out, "ops-1") == 1
    assert economy.one(economy.settle(out)) == early
    with pytest.raises(CustodyRefused):
        sign(economy, out, "ops-1")
    assert sign(economy, out, "ops-3") == 2
    assert economy.one(economy.settle(out)) == ALLOWED
    economy.replays()


def test_signed_beforehand_it_passes_at_once_and_only_exactly_it(economy: Economy) -> None:
    wallet = ready(economy)
    out = economy.withdraw(0, 5_000 * PKR, wallet)
    for key in ("ops-1", "ops-2"):
        sign(economy, out, key)
    assert economy.one(replace(out, amount_minor=5_001 * PKR, id=economy.next_id())) == UNSIGNED
    assert economy.one(out) == ALLOWED
    again = economy.one(out)
    assert again[2] == "EXISTS"
    economy.replays()


def test_an_approval_that_expired_counts_no_more(economy: Economy) -> None:
    wallet = ready(economy)
    out = economy.withdraw(0, 5_000 * PKR, wallet)
    sign(economy, out, "ops-1", life_us=SECOND_US)
    sign(economy, out, "ops-2")
    economy.clock.advance_by(2 * SECOND_US)
    assert economy.one(out) == UNSIGNED
    economy.replays()


def test_the_keys_of_an_older_ceremony_sign_nothing(economy: Economy) -> None:
    wallet = ready(economy)
    out = economy.withdraw(0, 5_000 * PKR, wallet)
    sign(economy, out, "ops-1")
    old = economy.wallets.state.ceremony
    assert old is not None
    economy.wallets.hold_ceremony(ceremony(economy.wallets.state.desk, number="2"), actor=OFFICER)
    late = approval(old, "ops-2", economy.wallets.movement(out), expires_us=2**60)
    with pytest.raises(CustodyRefused):
        economy.wallets.approve(late, actor=MLRO)
    sign(economy, out, "ops-2")
    assert economy.one(out) == UNSIGNED


def test_a_released_withdrawal_gives_the_money_back_without_a_signature(economy: Economy) -> None:
    wallet = ready(economy)
    out = economy.withdraw(0, 20_000 * PKR, wallet)
    assert economy.one(out) == UNSIGNED
    release = Instruction(economy.next_id(), Kind.RELEASE, pending=out.id)
    assert economy.one(release)[2] == "VOIDED"
    assert economy.one(economy.pay(0, 1, 60_000 * PKR)) == ALLOWED
    economy.replays()


def test_a_wallet_just_named_cools_first_and_one_taken_off_is_held(economy: Economy) -> None:
    wallet = ready(economy)
    economy.wallets.allow(2, OTHER)
    fund(economy, 2)
    soon = economy.withdraw(2, PKR, wallet)
    for key in ("ops-1", "ops-2"):
        sign(economy, soon, key)
    assert economy.one(soon) == COOLING
    economy.wallets.disallow(0, OTHER)
    off = economy.withdraw(0, PKR, wallet)
    for key in ("ops-1", "ops-2"):
        sign(economy, off, key)
    assert economy.one(off) == COOLING
    economy.replays()


def test_the_firm_may_not_fill_its_online_wallet_beyond_its_share(economy: Economy) -> None:
    wallet = ready(economy)
    assert economy.wallets.custody(0) == (20_000 * PKR, 0)

    def sweep(debit: int, credit: int, minor: int) -> Instruction:
        return Instruction(
            economy.next_id(), Kind.SWEEP, amount_minor=minor, debit=debit, credit=credit
        )

    away = sweep(economy.cold, economy.online, 19_500 * PKR)
    assert economy.one(away) == ALLOWED
    assert economy.wallets.custody(0) == (500 * PKR, 19_500 * PKR)
    back = sweep(economy.online, economy.cold, 500 * PKR)
    for key in ("ops-1", "ops-2"):
        sign(economy, back, key)
    assert economy.one(back) == ALLOWED  # exactly 5 %
    more = [sweep(economy.online, economy.cold, 1), sweep(economy.online, economy.cold, PKR)]
    for item in more:
        for key in ("ops-1", "ops-2"):
            sign(economy, item, key)
    assert economy.submit(*more) == [("HOLD", "G18.hot_share_max", "HELD")] * 2
    assert economy.one(sweep(economy.online, economy.cold, PKR)) == UNSIGNED
    assert wallet
    economy.replays()


# --- self-hosted wallets ---


def self_hosted(economy: Economy, number: int = 9) -> tuple[str, int]:
    text = own_wallet(number).public_key.to_address()
    wallet = economy.wallets.register(text, Hosting.SELF_HOSTED)
    return text, wallet.number


def test_small_sums_add_up_until_the_wallet_is_proven(economy: Economy) -> None:
    text, wallet = self_hosted(economy)
    part = 20_000 * PKR
    given = economy.submit(*(economy.deposit(0, part, wallet) for _ in range(3)))
    assert given == [ALLOWED, ALLOWED, UNPROVEN]
    assert economy.one(economy.deposit(0, part, wallet)) == UNPROVEN
    assert economy.one(economy.deposit(1, part, wallet)) == ALLOWED
    asked = economy.wallets.challenge(0, text)
    signature = own_wallet(9).sign_msg_hash(signed_hash(asked.message())).to_bytes()
    economy.wallets.prove(asked.nonce, signature)
    assert economy.one(economy.deposit(0, part, wallet)) == ALLOWED
    assert economy.one(economy.deposit(1, 2 * part, wallet)) == UNPROVEN
    with pytest.raises(ProofRefused) as caught:
        economy.wallets.prove(asked.nonce, signature)
    assert caught.value.stable_code == "wallets.no_challenge"
    economy.replays()


def test_a_proof_for_another_customer_or_by_another_wallet_or_too_late_is_refused(
    economy: Economy,
) -> None:
    text, _ = self_hosted(economy)
    first, second = economy.wallets.challenge(0, text), economy.wallets.challenge(1, text)
    assert first.nonce != second.nonce
    stolen = own_wallet(9).sign_msg_hash(signed_hash(first.message())).to_bytes()
    foreign = own_wallet(8).sign_msg_hash(signed_hash(second.message())).to_bytes()
    for signature in (stolen, foreign):
        with pytest.raises(ProofRefused):
            economy.wallets.prove(second.nonce, signature)
    economy.clock.advance_by(25 * HOUR_US)
    with pytest.raises(ProofRefused) as caught:
        economy.wallets.prove(first.nonce, stolen)
    assert caught.value.stable_code == "wallets.proof_expired"


def test_an_exact_small_payment_proves_a_wallet_and_nothing_else_does(economy: Economy) -> None:
    text, wallet = self_hosted(economy)
    asked = economy.wallets.challenge(0, text)
    exact = asked.deposit_minor()
    wrong = [economy.deposit(0, exact + 1, wallet), economy.deposit(1, exact, wallet)]
    right = economy.deposit(0, exact, wallet)
    economy.submit(*wrong, right)
    for item in wrong:
        with pytest.raises(ProofRefused) as caught:
            economy.wallets.prove_by_deposit(asked.nonce, item.id)
        assert caught.value.stable_code == "wallets.bad_deposit"
    economy.wallets.prove_by_deposit(asked.nonce, right.id)
    assert economy.one(economy.deposit(0, 60_000 * PKR, wallet)) == ALLOWED
    economy.replays()


def test_a_proof_ages(economy: Economy) -> None:
    text, wallet = self_hosted(economy)
    asked = economy.wallets.challenge(0, text)
    economy.wallets.prove(
        asked.nonce, own_wallet(9).sign_msg_hash(signed_hash(asked.message())).to_bytes()
    )
    proof = economy.wallets.state.proofs[0, wallet]
    assert proof.expires_us - proof.proven_us == 365 * DAY_US
    assert economy.one(economy.deposit(0, 60_000 * PKR, wallet)) == ALLOWED
    economy.wallets.state.proofs[0, wallet] = replace(proof, expires_us=economy.clock.now_us() - 1)
    assert economy.one(economy.deposit(0, 60_000 * PKR, wallet)) == UNPROVEN


# --- what cannot be ---


def test_unknown_wallets_and_wallets_between_two_customers_are_refused(economy: Economy) -> None:
    for item in (economy.deposit(0, 1, 99), replace(economy.pay(0, 1, 1), wallet=1)):
        with pytest.raises(InstructionError) as caught:
            economy.one(item)
        assert caught.value.stable_code == "transfers.unknown_wallet"
    with pytest.raises(WalletError):
        economy.wallets.register(address(0), Hosting.SELF_HOSTED)


def test_nobody_can_claim_a_signature_or_a_proof_in_the_instruction(economy: Economy) -> None:
    wallet = ready(economy)
    out = economy.withdraw(0, PKR, wallet, facts=2**19 - 1 - 16384 - 8192 - 256 - 64 - 8 - 2048)
    assert economy.one(out)[1] in {"G20.tagged_categories", "G18.key_quorum_min"}
    plain = economy.withdraw(0, PKR, wallet, facts=3 | 32 | 4096 | 131072)
    assert economy.one(plain) == UNSIGNED


def forged(economy: Economy, kind: str, change: dict[str, object]) -> Journal:
    """A copy of the journal in which one fact says something else."""
    from sandrail.journal import Draft, parse_payload

    copy = Journal.in_memory("economy")
    for fact in economy.desk.journal.facts():
        payload = fact.payload
        if fact.kind == kind:
            payload = json_payload(dict(parse_payload(fact)) | change)
        copy.commit([Draft(fact.kind, fact.at_us, fact.actor, payload)])
    return copy


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("custody.approved", {"signature": "00" * 64}),
        ("custody.approved", {"expires_us": 2**60}),
        ("custody.ceremony", {"quorum": 1}),
        ("wallets.proven", {"evidence": "11" * 65}),
        ("wallets.proven", {"method": "micro_deposit", "evidence": "11" * 16}),
        ("wallets.challenged", {"party": 3}),
        ("wallets.cleared", {"value_minor": 2**40}),
        ("wallets.cleared", {"confirmed_by": MLRO.id}),
        ("wallets.tagged", {"tagged": []}),
        ("wallets.allowed", {"allowed": False}),
    ],
)
def test_a_forged_fact_about_a_wallet_is_noticed(
    economy: Economy, kind: str, change: dict[str, object]
) -> None:
    wallet = ready(economy)
    out = economy.withdraw(0, 5_000 * PKR, wallet)
    for key in ("ops-1", "ops-2"):
        sign(economy, out, key)
    assert economy.one(out) == ALLOWED
    text, _ = self_hosted(economy)
    asked = economy.wallets.challenge(0, text)
    economy.wallets.prove(
        asked.nonce, own_wallet(9).sign_msg_hash(signed_hash(asked.message())).to_bytes()
    )
    economy.list_wallets(BAD)
    economy.wallets.observe([ChainFlow(BAD, address(4), 0, 90_000 * PKR)], source="chain")
    economy.wallets.clear(
        address(4), until_us=2**60, reason="seen", actor=MLRO, confirmed_by=OFFICER
    )
    economy.replays()
    with pytest.raises(ReplayMismatch):
        rebuild_floor(
            forged(economy, kind, change).facts(kinds=KINDS), economy.desk.floor.terms.pack
        )


def test_tighter_lines_of_a_new_permission_weigh_what_has_happened(economy: Economy) -> None:
    economy.list_wallets(BAD)
    economy.wallets.observe([ChainFlow(BAD, address(0), 0, 4_000 * PKR)], source="chain")
    fund(economy, 0)
    assert economy.one(economy.pay(0, 1, PKR)) == ALLOWED
    tighter = Condition("G20.direct_value_above", "1000", "PKR", citation="Test notice 2")
    before = economy.desk.floor.terms.permission
    economy.desk.change_permission(
        replace(before, conditions=(tighter,)), actor=OFFICER, confirmed_by=HEAD
    )
    assert economy.one(economy.pay(0, 1, PKR)) == EXPOSED
    economy.replays()


def test_a_settled_hold_carries_its_taint_on_and_a_released_one_does_not(economy: Economy) -> None:
    fund(economy, 0, minor=30_000 * PKR)
    economy.list_wallets(BAD)
    economy.wallets.observe([ChainFlow(BAD, address(0), 0, 60_000 * PKR)], source="chain")
    through, back = economy.pay(0, 1, 30_000 * PKR - 1), economy.pay(0, 2, 1)
    assert economy.submit(through, back) == [EXPOSED, EXPOSED]
    release = Instruction(economy.next_id(), Kind.RELEASE, pending=back.id)
    part = replace(economy.settle(through), amount_minor=27_000 * PKR)
    assert [posting for _, _, posting in economy.submit(part, release)] == ["POSTED", "VOIDED"]
    # Two thirds of what customer 0 ever had was tainted; 27,000 of its 90,000 rupees moved on.
    found = economy.wallets.report(address(1)).exposure
    assert (found.received_minor, found.indirect_minor) == (27_000 * PKR, 18_000 * PKR)
    assert economy.wallets.report(address(2)).exposure.received_minor == 0
    economy.replays()
