"""The simulated bank: the contract, its customers, whose accounts may be debited, determinism."""

from __future__ import annotations

from datetime import date

import pytest

from sandrail.money import Asset, AssetKind, Money
from sandrail.rails.bank import (
    PACS_002,
    AccountState,
    BankParty,
    Channel,
    CreditEvent,
    CreditTransfer,
    Direction,
    Fault,
    FaultKind,
    FaultPlan,
    PaymentState,
    Reason,
    SimulatedBank,
    StatusEvent,
    make_iban,
)
from sandrail.rails.errors import AccountConflictError, IbanError, UnknownAccountError
from sandrail.world import DAY_US, HOUR_US
from tests.rails.bank.conftest import PKR, World, make_world
from tests.rails.bank.contract import BankRailContract, Rig

MARCH_1 = date(2026, 3, 1)


class TestSimulatedBankKeepsTheContract(BankRailContract):
    def make_rig(self) -> Rig:
        world = make_world()
        return Rig(
            world.bank, world.bank.party(world.reserve), world.bank.party(world.sara), MARCH_1
        )


def statuses(world: World) -> list[tuple[str, PaymentState, str | None]]:
    return [
        (e.end_to_end_id, e.state, e.reason)
        for e in world.bank.poll()
        if isinstance(e, StatusEvent)
    ]


def test_a_customer_pays_in_and_the_firm_is_told(world: World) -> None:
    status = world.bank.customer_pays(world.sara, world.reserve, Money(PKR, 150_000), "Buy PKRT")
    assert status is not None and status.state is PaymentState.SETTLED
    (event,) = world.bank.poll()
    assert isinstance(event, CreditEvent)
    assert event.entry.amount == Money(PKR, 150_000)
    assert event.entry.counterparty_iban == world.sara
    assert event.entry.counterparty_name == "سارہ احمد"
    assert event.entry.remittance == "Buy PKRT"
    assert world.bank.balance(world.reserve) == Money(PKR, 1_150_000)


def test_payments_between_customers_are_none_of_the_firms_business(world: World) -> None:
    world.bank.customer_pays(world.sara, world.bilal, Money(PKR, 100), "Lunch")
    assert world.bank.poll() == []
    assert len(world.bank.archive) == 0


def test_a_customer_without_money_is_refused(world: World) -> None:
    status = world.bank.customer_pays(world.sara, world.reserve, Money(PKR, 5_000_001), "Too much")
    assert status is not None and (status.state, status.reason) == (PaymentState.REJECTED, "AM04")
    assert world.bank.poll() == []


def test_the_firm_cannot_debit_a_customer(world: World) -> None:
    theft = CreditTransfer(
        "T1",
        Money(PKR, 100),
        world.bank.party(world.sara),
        world.bank.party(world.reserve),
        "Thanks",
    )
    world.bank.send(theft)
    assert statuses(world) == [("T1", PaymentState.REJECTED, Reason.FORBIDDEN)]
    assert world.bank.balance(world.sara) == Money(PKR, 5_000_000)


@pytest.mark.parametrize(
    ("state", "reason"),
    [(AccountState.BLOCKED, "MS03"), (AccountState.CLOSED, "AC04")],
)
def test_an_account_out_of_use_is_refused(world: World, state: AccountState, reason: str) -> None:
    if state is AccountState.CLOSED:
        world.bank.customer_pays(world.sara, world.bilal, Money(PKR, 5_000_000), "All of it")
    world.bank.set_account_state(world.sara, state)
    world.bank.send(world.pays(100))
    assert statuses(world) == [("R1", PaymentState.REJECTED, reason)]


def test_a_blocked_account_is_refused_in_the_very_words_of_any_other_refusal() -> None:
    """A block may be a freeze, and who is told of it would know."""
    rejects = Fault(FaultKind.REJECT, Channel.FIRM, nth=1, reason=Reason.NOT_SPECIFIED)
    said = []
    for world, blocked in ((make_world(FaultPlan((rejects,))), False), (make_world(), True)):
        if blocked:
            world.bank.set_account_state(world.sara, AccountState.BLOCKED)
        world.bank.send(world.pays(100))
        (answer,) = [one for one in world.bank.archive if one.name == PACS_002]
        said.append(answer.xml)
        (told,) = statuses(world)
        assert told == ("R1", PaymentState.REJECTED, "MS03")
    assert said[0] == said[1]
    assert b"block" not in said[1].lower() and b"AC06" not in said[1]


def test_an_unknown_account_is_rejected_with_its_code(world: World) -> None:
    stranger = BankParty("Nobody", make_iban("PK", "SNDR0000000000000000"), world.bank.bic)
    world.bank.send(
        CreditTransfer("X", Money(PKR, 1), world.bank.party(world.reserve), stranger, "?")
    )
    assert statuses(world) == [("X", PaymentState.REJECTED, "AC01")]


def test_an_account_with_money_cannot_be_closed_and_a_closed_one_stays_closed(
    world: World,
) -> None:
    with pytest.raises(AccountConflictError):
        world.bank.set_account_state(world.sara, AccountState.CLOSED)
    world.bank.customer_pays(world.sara, world.bilal, Money(PKR, 5_000_000), "All of it")
    world.bank.set_account_state(world.sara, AccountState.CLOSED)
    with pytest.raises(AccountConflictError):
        world.bank.set_account_state(world.sara, AccountState.OPEN)


def test_account_numbers_are_checked_and_taken_once(world: World) -> None:
    with pytest.raises(IbanError):
        world.bank.open_account("Wrong digits", iban="PK00SNDR0000000000000001")
    with pytest.raises(AccountConflictError):
        world.bank.open_account("Twice", iban=world.sara)
    with pytest.raises(UnknownAccountError):
        world.bank.party(make_iban("PK", "SNDR0000000000000000"))


def test_another_currency_is_refused_before_it_leaves(world: World) -> None:
    usd = Asset("USD", 2, AssetKind.FIAT)
    status = world.bank.customer_pays(world.sara, world.reserve, Money(usd, 100), "Dollars")
    assert status is not None and status.reason == Reason.CURRENCY_NOT_ALLOWED


def test_statements_follow_the_local_day(world: World) -> None:
    world.bank.customer_pays(world.sara, world.reserve, Money(PKR, 100), "Before midnight")
    world.clock.advance_by(15 * HOUR_US)  # 19:00 UTC is midnight in Karachi
    world.bank.customer_pays(world.sara, world.reserve, Money(PKR, 200), "After midnight")
    first = world.bank.statement(world.reserve, MARCH_1)
    second = world.bank.statement(world.reserve, date(2026, 3, 2))
    assert [e.remittance for e in first.entries] == ["Cash deposit", "Before midnight"]
    assert [e.remittance for e in second.entries] == ["After midnight"]
    assert first.closing == second.opening == Money(PKR, 1_000_100)
    assert second.number == first.number + 1
    assert (first.from_us, first.until_us) == (
        second.from_us - DAY_US,
        second.from_us,
    )


def test_a_day_without_entries_still_has_a_statement(world: World) -> None:
    world.clock.advance_by(3 * DAY_US)
    statement = world.bank.statement(world.reserve, date(2026, 3, 3))
    assert statement.entries == ()
    assert statement.opening == statement.closing == Money(PKR, 1_000_000)
    before = world.bank.statement(world.reserve, date(2026, 2, 1))
    assert before.opening == before.closing == Money(PKR, 0)


def test_both_sides_of_a_payment_show_the_other(world: World) -> None:
    world.bank.send(world.pays(700))
    (entry,) = (
        e
        for e in world.bank.statement(world.sara, MARCH_1).entries
        if e.counterparty_iban == world.reserve
    )
    assert (entry.direction, entry.amount.minor) == (Direction.CREDIT, 700)
    assert entry.counterparty_name == "Rupee Art (Private) Limited"


def _story(seed: int) -> tuple[str, list[str]]:
    world = make_world(seed=seed)
    world.bank.customer_pays(world.sara, world.reserve, Money(PKR, 4_200), "Buy")
    world.bank.send_batch([world.pays(100 + n, f"R{n}") for n in range(3)])
    world.bank.statement(world.reserve, MARCH_1)
    return world.bank.archive.head, [m.sha256 for m in world.bank.archive]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    assert _story(7) == _story(7)
    assert _story(7)[0] != _story(8)[0]


def test_the_archives_head_depends_on_the_order_of_messages(world: World) -> None:
    other = make_world()
    world.bank.send(world.pays(1, "A"))
    world.bank.send(world.pays(2, "B"))
    other.bank.send(other.pays(2, "B"))
    other.bank.send(other.pays(1, "A"))
    assert world.bank.archive.head != other.bank.archive.head


def test_a_large_batch_is_split_into_messages_of_a_thousand(world: World) -> None:
    refs = world.bank.send_batch([world.pays(1, f"N{n}") for n in range(1_001)])
    assert len({ref.message_id for ref in refs}) == 2
    assert len(statuses(world)) == 1_001
    world.bank.check_books()


def test_the_bank_needs_a_clock_that_moves_forward(world: World) -> None:
    assert isinstance(world.bank, SimulatedBank)
    world.bank.send(world.pays(1, "A"))
    world.clock.advance_by(1)
    world.bank.send(world.pays(1, "B"))
    times = [e.at_us for e in world.bank.poll()]
    assert times == sorted(times) and times[0] < times[1]
