"""Any story, any faults: the bank equals a plain model, and no money is made or lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sandrail.money import Money
from sandrail.rails.bank import (
    Channel,
    CreditEvent,
    Direction,
    Fault,
    FaultKind,
    FaultPlan,
    Iban,
    PaymentState,
    StatusEvent,
    random_faults,
)
from sandrail.rails.errors import PaymentConflictError
from sandrail.world import DAY_US, HOUR_US, Seed, date_of
from tests.rails.bank.conftest import PKR, World, make_world

TOTAL_MINOR = 11_000_000
DURABLE = (FaultKind.REJECT, FaultKind.TIMEOUT_NOT_APPLIED)


@dataclass(slots=True)
class Model:
    """What ought to happen, in plain Python: balances, outcomes by id, and what is due when."""

    balances: dict[Iban, int]
    firm: dict[str, tuple[int, Iban, PaymentState]] = field(default_factory=dict)
    attempts: dict[tuple[Channel, str], int] = field(default_factory=dict)
    numbers: dict[Channel, int] = field(default_factory=lambda: dict.fromkeys(Channel, 0))
    due: list[tuple[int, int, str, Iban, Iban, int]] = field(default_factory=list)

    def fault(self, plan: FaultPlan, channel: Channel, name: str) -> Fault | None:
        key = (channel, name)
        if key in self.attempts:
            return None
        self.attempts[key] = 1
        self.numbers[channel] += 1
        found = [f for f in plan.faults if f.channel is channel and f.nth == self.numbers[channel]]
        return found[0] if found else None

    def move(self, source: Iban, target: Iban, minor: int) -> bool:
        if self.balances[source] < minor:
            return False
        self.balances[source] -= minor
        self.balances[target] += minor
        return True


class BankStory(RuleBasedStateMachine):
    """The firm and its customers pay each other while the line fails."""

    @initialize(seed=st.integers(0, 10_000), rate=st.sampled_from([0, 200_000, 700_000]))
    def begin(self, seed: int, rate: int) -> None:
        chance = Seed(seed)
        firm = random_faults(chance, payments=40, per_million=rate)
        customers = random_faults(chance, payments=40, per_million=rate, channel=Channel.CUSTOMER)
        self.plan = FaultPlan(firm.faults + customers.faults)
        self.world: World = make_world(self.plan, seed=seed)
        self.accounts = (self.world.reserve, self.world.sara, self.world.bilal)
        self.model = Model({a: self.world.bank.balance(a).minor for a in self.accounts})
        self.customer_payments = 0
        self.statuses: dict[str, StatusEvent] = {}
        self.bookings: set[str] = set()

    @rule(
        name=st.sampled_from([f"R{n}" for n in range(12)]),
        minor=st.sampled_from([1, 700, 400_000, 2_000_000]),
    )
    def firm_pays(self, name: str, minor: int) -> None:
        world, model = self.world, self.model
        known = model.firm.get(name)
        if known is not None and known[0] != minor:
            try:
                world.bank.send(world.pays(minor, name))
            except PaymentConflictError:
                return
            raise AssertionError("a conflict was not noticed")
        fault = model.fault(self.plan, Channel.FIRM, name)
        answered = world.bank.send(world.pays(minor, name)).acknowledged
        lost = fault is not None and fault.kind in (
            FaultKind.TIMEOUT_APPLIED,
            FaultKind.TIMEOUT_NOT_APPLIED,
        )
        assert answered == (not lost)
        if known is not None and known[2] is not PaymentState.ACCEPTED:
            return
        if fault is not None and fault.kind is FaultKind.TIMEOUT_NOT_APPLIED:
            model.firm[name] = (minor, world.sara, PaymentState.ACCEPTED)
            return
        if known is not None and any(row[2] == name for row in model.due):
            return
        state = self._settle(fault, name, world.reserve, world.sara, minor)
        model.firm[name] = (minor, world.sara, state)

    @rule(sara=st.booleans(), minor=st.sampled_from([1, 90_000, 6_000_000]))
    def customer_pays(self, sara: bool, minor: int) -> None:
        world = self.world
        payer = world.sara if sara else world.bilal
        self.customer_payments += 1
        name = f"APP{self.customer_payments}"
        fault = self.model.fault(self.plan, Channel.CUSTOMER, name)
        status = world.bank.customer_pays(payer, world.reserve, Money(PKR, minor), "Buy")
        if fault is not None and fault.kind is FaultKind.TIMEOUT_NOT_APPLIED:
            assert status is None
            return
        state = self._settle(fault, name, payer, world.reserve, minor)
        assert status is None or status.state is state

    def _settle(
        self, fault: Fault | None, name: str, source: Iban, target: Iban, minor: int
    ) -> PaymentState:
        if fault is not None and fault.kind is FaultKind.REJECT:
            return PaymentState.REJECTED
        if fault is not None and fault.kind is FaultKind.DELAY:
            at_us = self.world.clock.now_us() + fault.delay_us
            order = sum(self.model.numbers.values())
            self.model.due.append((at_us, order, name, source, target, minor))
            return PaymentState.ACCEPTED
        moved = self.model.move(source, target, minor)
        return PaymentState.SETTLED if moved else PaymentState.REJECTED

    @rule(hours=st.integers(1, 50))
    def time_passes(self, hours: int) -> None:
        self.world.clock.advance_by(hours * HOUR_US)
        now_us = self.world.clock.now_us()
        ready = sorted(row for row in self.model.due if row[0] <= now_us)
        self.model.due = [row for row in self.model.due if row[0] > now_us]
        for _, _, name, source, target, minor in ready:
            moved = self.model.move(source, target, minor)
            if name in self.model.firm:
                state = PaymentState.SETTLED if moved else PaymentState.REJECTED
                self.model.firm[name] = (minor, target, state)

    @rule(name=st.sampled_from([f"R{n}" for n in range(12)]))
    def firm_enquires(self, name: str) -> None:
        if name in self.model.firm:
            self.world.bank.enquire(name)
            self._hear()
            told, expected = self.statuses[name], self.model.firm[name][2]
            unknown = told.state is PaymentState.REJECTED and told.reason == "NOOR"
            assert unknown or told.state is expected

    @rule()
    def firm_listens(self) -> None:
        self._hear()

    def _hear(self) -> None:
        for event in self.world.bank.poll():
            if isinstance(event, StatusEvent):
                self.statuses[event.end_to_end_id] = event
            elif isinstance(event, CreditEvent):
                self.bookings.add(event.entry.reference)

    @invariant()
    def the_bank_equals_the_model(self) -> None:
        if hasattr(self, "world"):
            found = {a: self.world.bank.balance(a).minor for a in self.accounts}
            assert found == self.model.balances
            assert sum(found.values()) == TOTAL_MINOR
            self.world.bank.check_books()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self._hear()
        self._statements_tie()

    def _statements_tie(self) -> None:
        """Every day's statement continues the one before and ends at the balance."""
        bank, last = self.world.bank, date_of(self.world.clock.now_us(), utc_offset_minutes=300)
        day_us = self.world.clock.now_us() - 90 * DAY_US
        previous = Money(PKR, 0)
        credited: set[str] = set()
        for n in range(91):
            statement = bank.statement(
                self.world.reserve, date_of(day_us + n * DAY_US, utc_offset_minutes=300)
            )
            assert statement.opening == previous
            previous = statement.closing
            credited |= {e.reference for e in statement.entries if e.direction is Direction.CREDIT}
        assert statement.number == last.toordinal()
        assert previous == bank.balance(self.world.reserve)
        assert self.bookings <= credited


BankStory.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, print_blob=True
)
TestBankStory = BankStory.TestCase
