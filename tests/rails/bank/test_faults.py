"""Each fault does what it says, once, to the payment it names, and a retry heals it."""

from __future__ import annotations

import pytest

from sandrail.money import Money
from sandrail.rails.bank import (
    Channel,
    CreditEvent,
    Fault,
    FaultKind,
    FaultPlan,
    PaymentState,
    StatusEvent,
    random_faults,
)
from sandrail.rails.bank.faults import FaultTracker
from sandrail.rails.errors import FaultPlanError
from sandrail.world import HOUR_US, Seed
from tests.rails.bank.conftest import PKR, World, make_world


def states(world: World) -> list[tuple[str, PaymentState, str | None]]:
    return [
        (e.end_to_end_id, e.state, e.reason)
        for e in world.bank.poll()
        if isinstance(e, StatusEvent)
    ]


def one(kind: FaultKind, channel: Channel = Channel.FIRM, **more: object) -> World:
    row = {"kind": kind.value, "channel": channel.value, "nth": 1, **more}
    return make_world(FaultPlan.from_data([row]))


def test_a_rejection_carries_its_code_and_moves_nothing() -> None:
    world = one(FaultKind.REJECT, reason="AC04")
    assert world.bank.send(world.pays(100)).acknowledged
    assert states(world) == [("R1", PaymentState.REJECTED, "AC04")]
    assert world.bank.balance(world.reserve) == Money(PKR, 1_000_000)
    world.bank.send(world.pays(100))
    assert states(world) == [("R1", PaymentState.REJECTED, "AC04")], "a rejection is final"
    world.bank.send(world.pays(100, "R2"))
    assert states(world) == [("R2", PaymentState.SETTLED, None)]


def test_a_lost_order_moves_nothing_until_it_is_sent_again() -> None:
    world = one(FaultKind.TIMEOUT_NOT_APPLIED)
    assert not world.bank.send(world.pays(100)).acknowledged
    assert states(world) == []
    world.bank.enquire("R1")
    assert states(world) == [("R1", PaymentState.REJECTED, "NOOR")]
    assert world.bank.balance(world.reserve) == Money(PKR, 1_000_000)
    assert world.bank.send(world.pays(100)).acknowledged
    assert states(world) == [("R1", PaymentState.SETTLED, None)]
    assert world.bank.balance(world.reserve) == Money(PKR, 999_900)


def test_a_lost_answer_hides_a_payment_that_was_made_once() -> None:
    world = one(FaultKind.TIMEOUT_APPLIED)
    assert not world.bank.send(world.pays(100)).acknowledged
    assert states(world) == []
    assert world.bank.balance(world.reserve) == Money(PKR, 999_900)
    world.bank.enquire("R1")
    assert states(world) == [("R1", PaymentState.SETTLED, None)]
    world.bank.send(world.pays(100))
    assert world.bank.balance(world.reserve) == Money(PKR, 999_900)


def test_a_delayed_payment_is_accepted_now_and_settled_at_its_hour() -> None:
    world = one(FaultKind.DELAY, delay_us=2 * HOUR_US)
    due_us = world.clock.now_us() + 2 * HOUR_US
    world.bank.send(world.pays(100))
    assert states(world) == [("R1", PaymentState.ACCEPTED, None)]
    world.clock.advance_by(2 * HOUR_US - 1)
    assert world.bank.balance(world.reserve) == Money(PKR, 1_000_000)
    world.clock.advance_by(HOUR_US)
    (event,) = world.bank.poll()
    assert isinstance(event, StatusEvent)
    assert (event.state, event.at_us) == (PaymentState.SETTLED, due_us)
    assert world.bank.balance(world.reserve) == Money(PKR, 999_900)


def test_a_delayed_payment_may_find_the_account_empty() -> None:
    world = one(FaultKind.DELAY, delay_us=HOUR_US)
    world.bank.send_batch([world.pays(600_000, "R1"), world.pays(600_000, "R2")])
    world.clock.advance_by(HOUR_US)
    assert states(world) == [
        ("R1", PaymentState.ACCEPTED, None),
        ("R2", PaymentState.SETTLED, None),
        ("R1", PaymentState.REJECTED, "AM04"),
    ]
    world.bank.check_books()


@pytest.mark.parametrize("kind", [FaultKind.DUPLICATE, FaultKind.RENUMBERED])
def test_a_duplicated_webhook_tells_twice_what_was_booked_once(kind: FaultKind) -> None:
    world = one(kind, Channel.CUSTOMER)
    world.bank.customer_pays(world.sara, world.reserve, Money(PKR, 5_000), "Buy")
    events = world.bank.poll()
    assert len(events) == 2 and all(isinstance(e, CreditEvent) for e in events)
    first, second = events
    assert isinstance(first, CreditEvent) and isinstance(second, CreditEvent)
    assert first.entry == second.entry
    assert (first.sha256 == second.sha256) == (kind is FaultKind.DUPLICATE)
    assert world.bank.balance(world.reserve) == Money(PKR, 1_005_000)


def test_a_customers_money_may_arrive_unannounced() -> None:
    world = one(FaultKind.TIMEOUT_APPLIED, Channel.CUSTOMER)
    assert world.bank.customer_pays(world.sara, world.reserve, Money(PKR, 9), "Buy") is None
    assert world.bank.poll() == []
    assert world.bank.balance(world.reserve) == Money(PKR, 1_000_009)


def test_a_customers_order_may_be_lost() -> None:
    world = one(FaultKind.TIMEOUT_NOT_APPLIED, Channel.CUSTOMER)
    assert world.bank.customer_pays(world.sara, world.reserve, Money(PKR, 9), "Buy") is None
    assert world.bank.balance(world.reserve) == Money(PKR, 1_000_000)


def test_a_lost_message_in_the_middle_of_a_batch_loses_only_its_own() -> None:
    plan = FaultPlan((Fault(FaultKind.TIMEOUT_NOT_APPLIED, end_to_end_id="B2"),))
    world = make_world(plan)
    refs = world.bank.send_batch([world.pays(10, f"B{n}") for n in (1, 2, 3)])
    assert [ref.acknowledged for ref in refs] == [True, False, True]
    assert [i for i, _, _ in states(world)] == ["B1", "B3"]
    assert world.bank.balance(world.reserve) == Money(PKR, 999_980)


def test_payments_are_counted_per_channel_and_once_per_id() -> None:
    plan = FaultPlan(
        (
            Fault(FaultKind.REJECT, Channel.FIRM, nth=2, reason="AM02"),
            Fault(FaultKind.REJECT, Channel.CUSTOMER, nth=1, reason="AC06"),
        )
    )
    tracker = FaultTracker(plan)
    assert tracker.strike(Channel.FIRM, "A") is None
    assert tracker.strike(Channel.FIRM, "A") is None, "a repetition is not counted again"
    struck = tracker.strike(Channel.FIRM, "B")
    assert struck is not None and struck.reason == "AM02"
    assert tracker.strike(Channel.FIRM, "B") is None, "it strikes once"
    other = tracker.strike(Channel.CUSTOMER, "A")
    assert other is not None and other.reason == "AC06"


def test_a_fault_may_strike_several_attempts() -> None:
    world = one(FaultKind.TIMEOUT_NOT_APPLIED, times=3)
    assert [world.bank.send(world.pays(1)).acknowledged for _ in range(4)] == [
        False,
        False,
        False,
        True,
    ]


def test_a_plan_is_data_and_comes_back_from_it() -> None:
    plan = random_faults(Seed(3), payments=200, per_million=300_000)
    assert FaultPlan.from_data(plan.as_data()) == plan
    assert plan == random_faults(Seed(3), payments=200, per_million=300_000)
    assert plan != random_faults(Seed(4), payments=200, per_million=300_000)
    assert 30 < len(plan.faults) < 90
    assert {f.kind for f in plan.faults} == set(FaultKind)


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "explode", "nth": 1},
        {"kind": "reject"},
        {"kind": "reject", "nth": 1, "end_to_end_id": "X"},
        {"kind": "reject", "nth": -1},
        {"kind": "reject", "nth": True},
        {"kind": "reject", "nth": "1"},
        {"kind": "reject", "nth": 1, "reason": "TOOLONG"},
        {"kind": "reject", "nth": 1, "when": "now"},
        {"kind": "reject", "nth": 1, "channel": "fax"},
        {"kind": "delay", "nth": 1, "delay_us": 0},
        {"kind": "delay", "nth": 1, "times": 0},
        {"kind": "reject", "end_to_end_id": "X" * 36},
    ],
)
def test_a_wrong_plan_is_refused_with_the_reason(row: dict[str, object]) -> None:
    with pytest.raises(FaultPlanError) as caught:
        FaultPlan.from_data([row])
    assert caught.value.why and caught.value.fix


def test_two_faults_cannot_strike_the_same_payment() -> None:
    with pytest.raises(FaultPlanError):
        FaultPlan((Fault(FaultKind.REJECT, nth=1), Fault(FaultKind.DELAY, nth=1)))


@pytest.mark.parametrize(("payments", "per_million"), [(-1, 5), (5, -1), (5, 1_000_001)])
def test_chances_have_bounds(payments: int, per_million: int) -> None:
    with pytest.raises(FaultPlanError):
        random_faults(Seed(1), payments=payments, per_million=per_million)
