"""A simulated settlement bank at the end of an unreliable line.

The firm's side builds real ISO 20022 messages, the bank's side parses them, and its answers come
back the same way; nothing passes between the two but bytes. Given the same clock, seed, plan of
faults and calls, every byte is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sandrail.money import Asset, Money
from sandrail.rails.bank.archive import ArchivedMessage, MessageArchive, Way
from sandrail.rails.bank.books import AccountState, BankBooks
from sandrail.rails.bank.camt import parse_camt053, parse_camt054
from sandrail.rails.bank.core import Answer, BankCore
from sandrail.rails.bank.faults import Channel, Fault, FaultKind, FaultPlan, FaultTracker
from sandrail.rails.bank.iban import Bic, Iban, make_iban, parse_bic, parse_iban
from sandrail.rails.bank.limits import (
    ID_CHARS_MAX,
    NAME_CHARS_MAX,
    POLL_EVENTS_MAX,
    TRANSFERS_PER_MESSAGE_MAX,
)
from sandrail.rails.bank.messages import (
    BankParty,
    CreditTransfer,
    CreditTransferMessage,
    Statement,
    StatusRequest,
    TransferStatus,
)
from sandrail.rails.bank.pacs import (
    PACS_008,
    PACS_028,
    build_pacs008,
    build_pacs028,
    parse_pacs002,
)
from sandrail.rails.bank.port import (
    BankEvent,
    BankRail,
    CreditEvent,
    CustomerBank,
    MessageRef,
    StatusEvent,
)
from sandrail.rails.bank.xml import check_text
from sandrail.rails.errors import PaymentConflictError, UnknownPaymentError
from sandrail.world import Clock, Micros, Seed, date_of, derive_id

__all__ = ["BankSettings", "SimulatedBank"]

_LOST = (FaultKind.TIMEOUT_APPLIED, FaultKind.TIMEOUT_NOT_APPLIED)
_NO_FAULTS = FaultPlan()


@dataclass(frozen=True, slots=True)
class BankSettings:
    """Who the bank is and where. ``XX`` is a country code that ISO 3166 leaves to its users.

    Attributes:
        country: two letters, used in account numbers and bank codes.
        bank_code: four letters of the bank.
        firm_code: four letters of the firm as a participant of the payment system.
        utc_offset_minutes: of the bank's day.
    """

    country: str = "XX"
    bank_code: str = "SNDR"
    firm_code: str = "FIRM"
    utc_offset_minutes: int = 0

    @property
    def bic(self) -> Bic:
        """The bank's code."""
        return parse_bic(f"{self.bank_code}{self.country}22")

    @property
    def firm_bic(self) -> Bic:
        """The firm's code."""
        return parse_bic(f"{self.firm_code}{self.country}22")


_SETTINGS = BankSettings()


class SimulatedBank:
    """A bank with accounts for the firm and for its customers; implements ``BankRail``."""

    def __init__(
        self,
        clock: Clock,
        seed: Seed,
        *,
        currency: Asset,
        faults: FaultPlan = _NO_FAULTS,
        settings: BankSettings = _SETTINGS,
    ) -> None:
        self._clock = clock
        self._seed = seed
        self._settings = settings
        self._books = BankBooks(currency)
        self._core = BankCore(
            self._books, bic=settings.bic, utc_offset_minutes=settings.utc_offset_minutes
        )
        self._faults = FaultTracker(faults)
        self._archive = MessageArchive()
        self._sent: dict[str, CreditTransfer] = {}
        self._events: list[BankEvent] = []
        self._polled = 0
        self._messages = 0
        self._customer_payments = 0

    @property
    def currency(self) -> Asset:
        """What all accounts are kept in."""
        return self._books.currency

    @property
    def bic(self) -> Bic:
        """The bank's code, which every account here shares."""
        return self._core.bic

    @property
    def archive(self) -> MessageArchive:
        """Every message that crossed the line, with its bytes and their SHA-256."""
        return self._archive

    # --- accounts ----------------------------------------------------------------------------

    def open_account(self, holder: str, *, iban: str | None = None) -> Iban:
        """Open an account that the firm operates by message and gets notices of."""
        return self._open(holder, iban, operated=True)

    def open_customer_account(
        self, holder: str, *, iban: str | None = None, opening: Money | None = None
    ) -> Iban:
        """Open a customer's account, which the firm can neither debit nor see."""
        number = self._open(holder, iban, operated=False)
        if opening is not None:
            self.pay_in_cash(number, opening)
        return number

    def pay_in_cash(self, iban: Iban, amount: Money) -> None:
        """Somebody brings cash to the counter: the only way money enters this bank."""
        self._settle_due()
        self._books.pay_in_cash(iban, amount, self._clock.now_us())

    def set_account_state(self, iban: Iban, state: AccountState) -> None:
        """Block, reopen or close an account."""
        self._settle_due()
        self._books.set_state(iban, state)

    def party(self, iban: Iban) -> BankParty:
        """Return the holder of an account as a party of a payment."""
        return BankParty(self._books.holder(iban), iban, self.bic)

    def balance(self, iban: Iban) -> Money:
        """Return the booked balance now."""
        self._settle_due()
        return self._books.balance(iban)

    def statement(self, iban: Iban, day: date) -> Statement:
        """Return the day's statement, read back from the camt.053 that the archive keeps."""
        self._settle_due()
        answer = self._core.statement(iban, day, self._clock.now_us())
        self._keep(answer)
        return parse_camt053(answer.xml, currency=self.currency)

    def check_books(self) -> None:
        """Check that the bank neither made nor lost money.

        Raises:
            StatementError: it did.
        """
        self._books.check()

    # --- the firm pays -----------------------------------------------------------------------

    def send(self, payment: CreditTransfer) -> MessageRef:
        """Send one payment; see ``BankRail.send``."""
        return self.send_batch([payment])[0]

    def send_batch(self, payments: Sequence[CreditTransfer]) -> list[MessageRef]:
        """Send payments in order; one that the line will lose travels in a message of its own.

        Raises:
            PaymentConflictError: an end-to-end id belongs to another payment; nothing is sent.
        """
        self._refuse_conflicts(payments)
        self._settle_due()
        references: list[MessageRef] = []
        group: list[CreditTransfer] = []
        faults: dict[str, Fault] = {}
        for payment in payments:
            fault = self._faults.strike(Channel.FIRM, payment.end_to_end_id)
            if fault is not None and fault.kind in _LOST:
                references += self._transmit(group, faults)
                references += self._transmit([payment], {payment.end_to_end_id: fault})
                group, faults = [], {}
                continue
            group.append(payment)
            if fault is not None:
                faults[payment.end_to_end_id] = fault
            if len(group) == TRANSFERS_PER_MESSAGE_MAX:
                references += self._transmit(group, faults)
                group, faults = [], {}
        return references + self._transmit(group, faults)

    def enquire(self, end_to_end_id: str) -> MessageRef:
        """Ask what became of a payment; see ``BankRail.enquire``."""
        if end_to_end_id not in self._sent:
            raise UnknownPaymentError(
                f"The payment {end_to_end_id[:40]!r} was never sent.",
                why=f"This rail has sent {len(self._sent)} payments.",
                fix="Check the end-to-end id.",
            )
        self._settle_due()
        now_us = self._clock.now_us()
        request = StatusRequest(self._next_id(), now_us, end_to_end_id)
        kept = self._archive.keep(
            build_pacs028(request),
            way=Way.SENT,
            name=PACS_028,
            message_id=request.message_id,
            at_us=now_us,
        )
        self._hear(self._core.receive(kept.xml, now_us, {}))
        return MessageRef(request.message_id, end_to_end_id, kept.sha256, acknowledged=True)

    def poll(self, *, after: int | None = None) -> list[BankEvent]:
        """Return what the bank has told; see ``BankRail.poll``."""
        self._settle_due()
        first = self._polled if after is None else after + 1
        events = self._events[max(first, 0) : max(first, 0) + POLL_EVENTS_MAX]
        if events:
            self._polled = max(self._polled, events[-1].number + 1)
        return events

    # --- customers pay -----------------------------------------------------------------------

    def customer_pays(
        self, from_iban: Iban, to_iban: Iban, amount: Money, reference: str
    ) -> TransferStatus | None:
        """A customer orders a payment in the bank's app; return its status.

        ``reference`` is what both sides see. None means that the app timed out: the customer
        does not know whether the money has moved.
        """
        self._settle_due()
        self._customer_payments += 1
        end_to_end_id = f"APP{self._customer_payments:012d}"
        payment = CreditTransfer(
            end_to_end_id, amount, self.party(from_iban), self.party(to_iban), reference
        )
        fault = self._faults.strike(Channel.CUSTOMER, end_to_end_id)
        if fault is not None and fault.kind is FaultKind.TIMEOUT_NOT_APPLIED:
            return None
        status, told = self._core.customer_pays(payment, self._clock.now_us(), fault)
        if fault is not None and fault.kind is FaultKind.TIMEOUT_APPLIED:
            return None
        self._hear(told)
        return status

    # --- inside ------------------------------------------------------------------------------

    def _open(self, holder: str, iban: str | None, *, operated: bool) -> Iban:
        check_text(holder, field="holder", chars_max=NAME_CHARS_MAX)
        number = self._new_iban() if iban is None else parse_iban(iban)
        self._books.open(number, holder, operated=operated)
        return number

    def _new_iban(self) -> Iban:
        attempt = 0
        while True:
            digits = derive_id("bank.iban", self._seed.value, len(self._books), attempt) % 10**16
            number = make_iban(self._settings.country, f"{self._settings.bank_code}{digits:016d}")
            if number not in self._books:
                return number
            attempt += 1

    def _refuse_conflicts(self, payments: Sequence[CreditTransfer]) -> None:
        batch: dict[str, CreditTransfer] = {}
        for payment in payments:
            check_text(payment.end_to_end_id, field="end_to_end_id", chars_max=ID_CHARS_MAX)
            known = self._sent.get(payment.end_to_end_id) or batch.get(payment.end_to_end_id)
            if known is not None and known != payment:
                raise PaymentConflictError(
                    f"The id {payment.end_to_end_id} belongs to another payment.",
                    why=f"It was used to send {known.amount} to {known.creditor.iban}; now "
                    f"{payment.amount} to {payment.creditor.iban}.",
                    fix="Repeat the first payment unchanged, or give the new one its own id.",
                    end_to_end_id=payment.end_to_end_id,
                )
            batch[payment.end_to_end_id] = payment

    def _transmit(
        self, payments: list[CreditTransfer], faults: dict[str, Fault]
    ) -> list[MessageRef]:
        if not payments:
            return []
        now_us = self._clock.now_us()
        kept = self._archive_payment(payments, now_us)
        kinds = {fault.kind for fault in faults.values()}
        answers: list[Answer] = []
        if FaultKind.TIMEOUT_NOT_APPLIED not in kinds:
            answers = self._core.receive(kept.xml, now_us, faults)
        lost = not kinds.isdisjoint(_LOST)
        if not lost:
            self._hear(answers)
        self._sent.update((payment.end_to_end_id, payment) for payment in payments)
        return [
            MessageRef(kept.message_id, p.end_to_end_id, kept.sha256, acknowledged=not lost)
            for p in payments
        ]

    def _archive_payment(self, payments: list[CreditTransfer], now_us: Micros) -> ArchivedMessage:
        message = CreditTransferMessage(
            message_id=self._next_id(),
            created_us=now_us,
            settlement_day=date_of(now_us, utc_offset_minutes=self._settings.utc_offset_minutes),
            instructing_bic=self._settings.firm_bic,
            instructed_bic=self.bic,
            transfers=tuple(payments),
        )
        return self._archive.keep(
            build_pacs008(message),
            way=Way.SENT,
            name=PACS_008,
            message_id=message.message_id,
            at_us=now_us,
        )

    def _settle_due(self) -> None:
        self._hear(self._core.settle_due(self._clock.now_us()))

    def _hear(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            kept = self._keep(answer)
            if answer.name.startswith("pacs.002."):
                self._hear_status(kept)
            else:
                self._hear_credit(kept)

    def _hear_status(self, kept: ArchivedMessage) -> None:
        report = parse_pacs002(kept.xml)
        for status in report.statuses:
            self._events.append(
                StatusEvent(
                    len(self._events),
                    report.created_us,
                    report.message_id,
                    kept.sha256,
                    status.end_to_end_id,
                    status.state,
                    status.reason,
                )
            )

    def _hear_credit(self, kept: ArchivedMessage) -> None:
        notice = parse_camt054(kept.xml, currency=self.currency)
        for entry in notice.entries:
            self._events.append(
                CreditEvent(
                    len(self._events),
                    notice.created_us,
                    notice.message_id,
                    kept.sha256,
                    notice.iban,
                    entry,
                )
            )

    def _keep(self, answer: Answer) -> ArchivedMessage:
        return self._archive.keep(
            answer.xml,
            way=Way.RECEIVED,
            name=answer.name,
            message_id=answer.message_id,
            at_us=answer.at_us,
        )

    def _next_id(self) -> str:
        self._messages += 1
        return f"{self._settings.firm_bic}-{self._messages:010d}"


if TYPE_CHECKING:  # the type checker holds the class against both ports
    _RAIL: type[BankRail] = SimulatedBank
    _CUSTOMERS: type[CustomerBank] = SimulatedBank
