"""The token's life: bought, paid, redeemed, refunded, held, frozen; the books agree throughout."""

from __future__ import annotations

import numpy as np
import pytest

from sandrail.controls import AssetTerms, Kind, Outcome, Screen
from sandrail.evidence.check_holds import require_decided
from sandrail.evidence.opened import Wrong
from sandrail.journal import Draft, Journal, json_payload, parse_payload
from sandrail.ledger import Outcome as Posting
from sandrail.money import Asset, AssetKind, Money
from sandrail.products import BooksDisagree, ProductError, ReserveToken
from sandrail.rails.bank import Fault, FaultKind, FaultPlan
from sandrail.transfers import (
    Desk,
    DeskTerms,
    Instruction,
    InstructionError,
    ReplayMismatch,
    draft_hold_decided,
    rebuild,
)
from sandrail.world import derive_id
from tests.makers.desk import permission
from tests.makers.wallets import OFFICER
from tests.products.conftest import Shop

DAY = "20260601"


def first_payouts(*kinds: FaultKind, times: int = 1) -> FaultPlan:
    return FaultPlan(
        tuple(
            Fault(kind, end_to_end_id=f"PKRT-{DAY}-{n:05d}", times=times)
            for n, kind in enumerate(kinds, start=1)
        )
    )


def sound(shop: Shop) -> bool:
    return shop.product.books().breaks() == ()


def test_a_purchase_is_issued_and_minted_one_to_one(shop: Shop) -> None:
    assert shop.buy(500_000, 250_050) == [Posting.POSTED, Posting.POSTED]
    assert shop.holdings() == shop.on_chain() == [500_000, 250_050, 0, 0]
    books = shop.product.books()
    assert books.supply_minor == books.liability_minor == books.reserve_minor == 750_050
    assert books.waiting_minor == 0 and sound(shop)


def test_a_transfer_moves_ledger_and_chain_alike(shop: Shop) -> None:
    shop.buy(500_000)
    step = shop.product.pay(shop.orders((0, 1, 200_000), (1, 2, 200_000)), key=shop.next_step())
    assert step.outcome.tolist() == [Posting.POSTED] * 2
    assert shop.holdings() == shop.on_chain() == [300_000, 0, 200_000, 0]


def test_a_refused_transfer_leaves_both_as_they_were(shop: Shop) -> None:
    shop.buy(500_000)
    step = shop.product.pay(shop.orders((0, 1, 500_001), (0, 1, 10**9)), key=shop.next_step())
    assert step.outcome.tolist() == [Posting.OVERDRAFT, Posting.REFUSED_BY_GATE]
    assert step.program.rules[step.rule[1]].id == "G05.transfer_max"
    assert shop.holdings() == shop.on_chain() == [500_000, 0, 0, 0]


def test_a_redemption_is_paid_at_par_and_burnt(shop: Shop) -> None:
    shop.buy(500_000)
    before = shop.at_bank(0)
    key = shop.next_step()
    step = shop.product.redeem(shop.orders((0, 0, 200_000)), key=key)
    assert step.outcome.tolist() == [Posting.PENDING]
    assert shop.holdings()[0] == 300_000
    ends = shop.product.settle_all(key=key)
    assert [end.paid for end in ends] == [True]
    assert shop.at_bank(0) == before + 200_000
    assert shop.on_chain()[0] == 300_000 == shop.product.books().supply_minor
    assert sound(shop)


def test_a_blocked_purchase_is_refunded(shop: Shop) -> None:
    before = shop.at_bank(0)
    assert shop.buy(50_000_000) == [Posting.REFUSED_BY_GATE]
    assert shop.at_bank(0) == before
    books = shop.product.books()
    assert books.bank_minor == books.waiting_minor == books.supply_minor == 0
    assert sound(shop)


def test_a_listed_customers_money_stays_where_it_is(shop_of: type[Shop]) -> None:
    shop = shop_of(screen=[Screen.HIT, Screen.CLEAR, Screen.CLEAR, Screen.CLEAR])
    before = shop.at_bank(0)
    assert shop.buy(100_000, 100_000) == [Posting.REFUSED_BY_GATE, Posting.POSTED]
    assert shop.at_bank(0) == before - 100_000
    books = shop.product.books()
    assert (books.waiting_minor, books.reserve_minor) == (100_000, 100_000)
    assert sound(shop)


def test_the_same_notice_again_credits_nothing(shop: Shop) -> None:
    key = shop.next_step()
    shop.pay_in(0, 100_000)
    events = shop.bank.poll()
    deposits = shop.product.deposits_in(events)  # type: ignore[arg-type]
    first = shop.product.issue_against(deposits + deposits, key=key)
    assert first.outcome.tolist() == [Posting.POSTED, Posting.EXISTS]
    again = shop.product.issue_against(
        shop.product.deposits_in(shop.bank.poll(after=-1)),  # type: ignore[arg-type]
        key=shop.next_step(),
    )
    assert again.outcome.tolist() == [Posting.EXISTS]
    assert shop.holdings()[0] == 100_000 and sound(shop)


def test_money_from_a_stranger_is_set_aside(shop: Shop) -> None:
    iban = shop.bank.open_customer_account("A stranger", opening=Money(shop.bank.currency, 900))
    shop.bank.customer_pays(
        iban, shop.product.reserve.iban, Money(shop.bank.currency, 700), "for whom?"
    )
    assert shop.product.deposits_in(shop.bank.poll()) == []  # type: ignore[arg-type]
    books = shop.product.books()
    assert (books.unmatched_minor, books.reserve_minor) == (700, 0)
    assert sound(shop)


# --- a bank that fails -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(FaultKind)[:3])
def test_one_failure_of_the_bank_costs_nobody_anything(
    shop_of: type[Shop], kind: FaultKind
) -> None:
    shop = shop_of(faults=first_payouts(kind))
    shop.buy(500_000)
    before = shop.at_bank(0)
    key = shop.next_step()
    shop.product.redeem(shop.orders((0, 0, 200_000)), key=key)
    ends = shop.product.settle_all(key=key, enquire=True)
    assert [end.paid for end in ends] == [True]
    assert shop.at_bank(0) == before + 200_000
    assert shop.on_chain()[0] == 300_000 and sound(shop)


def test_a_bank_that_keeps_refusing_gives_the_tokens_back(shop_of: type[Shop]) -> None:
    shop = shop_of(faults=first_payouts(*[FaultKind.REJECT] * 3))
    shop.buy(500_000)
    key = shop.next_step()
    shop.product.redeem(shop.orders((0, 0, 200_000)), key=key)
    ends = shop.product.settle_all(key=key)
    assert [(end.paid, end.payout.attempt, end.reason) for end in ends] == [(False, 3, "MS03")]
    assert shop.holdings()[0] == shop.on_chain()[0] == 500_000
    assert sound(shop)


def test_while_nobody_knows_the_books_allow_for_both(shop_of: type[Shop]) -> None:
    shop = shop_of(faults=first_payouts(FaultKind.TIMEOUT_APPLIED))
    shop.buy(500_000)
    shop.product.redeem(shop.orders((0, 0, 200_000)), key=shop.next_step())
    books = shop.product.books()
    assert (books.bank_minor, books.supply_minor, books.in_transit_minor) == (
        300_000,
        500_000,
        200_000,
    )
    assert books.breaks() == ()


# --- people decide ---------------------------------------------------------------------------


def held(shop_of: type[Shop]) -> Shop:
    """Customer 0 is under review: whatever it asks is held."""
    shop = shop_of(screen=[Screen.CLEAR] * 4)
    shop.buy(500_000)
    review = np.array([Screen.REVIEW], dtype=np.uint8)
    shop.desk.set_screening(np.array([0]), review, list_version="test")
    return shop


def decide(shop: Shop, *, approve: bool) -> None:
    for hold in list(shop.product.holds.values()):
        shop.product.decide(hold, approve=approve, actor=OFFICER, key=shop.next_step())
    shop.product.settle_all(key=shop.next_step())
    assert not shop.product.holds


@pytest.mark.parametrize("approve", [True, False])
def test_a_held_transfer_waits_for_a_person(shop_of: type[Shop], approve: bool) -> None:
    shop = held(shop_of)
    step = shop.product.pay(shop.orders((0, 1, 200_000)), key=shop.next_step())
    assert step.outcome.tolist() == [Posting.HELD] and step.decision.tolist() == [Outcome.HOLD]
    assert shop.on_chain() == [500_000, 0, 0, 0] and shop.holdings()[0] == 300_000
    decide(shop, approve=approve)
    expected = [300_000, 200_000, 0, 0] if approve else [500_000, 0, 0, 0]
    assert shop.holdings() == shop.on_chain() == expected and sound(shop)


@pytest.mark.parametrize("approve", [True, False])
def test_a_held_redemption_is_paid_or_given_back(shop_of: type[Shop], approve: bool) -> None:
    shop = held(shop_of)
    before = shop.at_bank(0)
    shop.product.redeem(shop.orders((0, 0, 200_000)), key=shop.next_step())
    assert shop.at_bank(0) == before
    decide(shop, approve=approve)
    assert shop.at_bank(0) == before + (200_000 if approve else 0)
    assert shop.holdings()[0] == shop.on_chain()[0] == (300_000 if approve else 500_000)
    assert sound(shop)


@pytest.mark.parametrize("approve", [True, False])
@pytest.mark.parametrize("way", ["buys", "pays", "redeems"])
def test_who_decided_about_a_hold_is_on_record_before_anything_moves(
    shop_of: type[Shop], way: str, approve: bool
) -> None:
    shop = held(shop_of)
    asked = {
        "buys": lambda: shop.buy(100_000),
        "pays": lambda: shop.product.pay(shop.orders((0, 1, 100_000)), key=shop.next_step()),
        "redeems": lambda: shop.product.redeem(shop.orders((0, 0, 100_000)), key=shop.next_step()),
    }
    asked[way]()
    (hold,) = shop.product.holds
    seq = shop.desk.journal.head.seq
    decide(shop, approve=approve)
    first, *_ = shop.desk.journal.facts(seq + 1)
    told = dict(parse_payload(first))
    assert (first.kind, first.actor) == ("transfers.hold_decided", OFFICER.id)
    assert told == {"holds": told["holds"], "approved": approve, "role": OFFICER.role.value}
    assert told["holds"][-1] == f"{hold:032x}"
    facts = list(shop.desk.journal.facts())
    assert require_decided(facts, shop.desk.floor.programs) == len(told["holds"])
    assert rebuild(facts, shop.desk.floor.terms.pack).book.transfer(hold)


def test_a_hold_that_ends_without_a_decision_is_named(shop_of: type[Shop]) -> None:
    shop = held(shop_of)
    shop.product.pay(shop.orders((0, 1, 100_000)), key=shop.next_step())
    (hold,) = shop.product.holds
    bare = Instruction(derive_id("bare"), Kind.SETTLE, pending=hold)
    told = draft_hold_decided(shop.desk.floor, [hold], approved=False, signed={"role": "mlro"})
    shop.desk.record(told, actor=OFFICER)
    assert shop.desk.submit([bare], key="bare").posting(0) is Posting.POSTED
    with pytest.raises(Wrong, match=f"{hold:032x} was settled, and nobody had decided so") as found:
        require_decided(shop.desk.journal.facts(), shop.desk.floor.programs)
    assert found.value.fact == shop.desk.journal.head.seq
    with pytest.raises(InstructionError, match="is over: posted"):
        draft_hold_decided(shop.desk.floor, [hold], approved=True, signed={})


def test_a_decision_by_somebody_else_or_about_nothing_is_no_replay(shop_of: type[Shop]) -> None:
    shop = held(shop_of)
    shop.product.pay(shop.orders((0, 1, 100_000)), key=shop.next_step())
    decide(shop, approve=True)
    pack = shop.desk.floor.terms.pack
    for change in ({"role": "firm_engineer"}, {"holds": []}, {"holds": ["0" * 31 + "7"]}):
        forged = Journal.in_memory("forged")
        for fact in shop.desk.journal.facts():
            payload = fact.payload
            if fact.kind == "transfers.hold_decided":
                payload = json_payload(dict(parse_payload(fact)) | change)
            forged.commit([Draft(fact.kind, fact.at_us, fact.actor, payload)])
        with pytest.raises(ReplayMismatch):
            rebuild(forged.facts(), pack)


@pytest.mark.parametrize("approve", [True, False])
def test_a_held_purchase_is_issued_or_refunded(shop_of: type[Shop], approve: bool) -> None:
    shop = held(shop_of)
    before = shop.at_bank(0)
    assert shop.buy(100_000) == [Posting.HELD]
    decide(shop, approve=approve)
    assert shop.at_bank(0) == before - (100_000 if approve else 0)
    assert shop.holdings()[0] == shop.on_chain()[0] == (600_000 if approve else 500_000)
    assert sound(shop)


# --- what a product refuses ------------------------------------------------------------------


def test_an_unbacked_issue_is_blocked_by_the_reserve(shop: Shop) -> None:
    shop.buy(500_000)
    step = shop.product.issue_unbacked(0, 1, key=shop.next_step())
    assert step.outcome.tolist() == [Posting.REFUSED_BY_GATE]
    assert step.program.rules[step.rule[0]].id == "G12.reserve_ratio_min"
    assert shop.on_chain()[0] == 500_000


def test_a_token_that_nobody_booked_takes_its_share_of_the_reserve(shop: Shop) -> None:
    shop.buy(500_000)
    token, before = shop.product.token, shop.at_bank(1)
    token.attest_reserve(500_005, as_of_us=token.chain.now_us, evidence=b"\x01" * 32)
    assert token.mint(shop.product.customer(3).wallet, 5, ref=1).ok
    # What the contract would refuse, the gate refuses first: nothing is posted, money goes back.
    assert shop.buy(0, 100_000) == [Posting.REFUSED_BY_GATE]
    assert shop.at_bank(1) == before
    assert shop.holdings() == [500_000, 0, 0, 0] and shop.on_chain() == [500_000, 0, 0, 5]
    token.burn(shop.product.customer(3).wallet, 5, ref=2)
    assert shop.buy(0, 100_000) == [Posting.POSTED]
    assert shop.holdings() == shop.on_chain() == [500_000, 100_000, 0, 0] and sound(shop)


def test_a_chain_that_parts_from_the_ledger_stops_the_product(shop: Shop) -> None:
    shop.buy(500_000)
    shop.product.token.freeze(shop.product.customer(0).wallet)
    with pytest.raises(BooksDisagree) as caught:
        shop.product.pay(shop.orders((0, 1, 1_000)), key=shop.next_step())
    assert caught.value.fields["reason"] == "token: the sender is shut"
    assert not sound(shop) or shop.holdings() != shop.on_chain()


def test_the_desk_must_move_token_and_money_at_par(shop: Shop) -> None:
    other = Asset("USDT", 6, AssetKind.VIRTUAL_ASSET)
    for assets in (
        (AssetTerms(shop.product.token.asset),),
        (AssetTerms(shop.product.token.asset), AssetTerms(other)),
        (AssetTerms(shop.product.token.asset, 2, 1), AssetTerms(shop.pack.currency)),
    ):
        terms = DeskTerms(shop.pack, permission(shop.pack), assets)
        desk = Desk.create(Journal.in_memory("other"), terms, shop.clock)
        with pytest.raises(ProductError, match="at par"):
            ReserveToken(
                desk, bank=shop.bank, reserve=shop.product.reserve, token=shop.product.token
            )


def test_an_unknown_customer_is_named(shop: Shop) -> None:
    with pytest.raises(ProductError, match="no customer 99"):
        shop.product.customer(99)
