"""The bank behind the line: takes messages in, moves money, answers. Speaks bytes only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from heapq import heappop, heappush

from sandrail.rails.bank.books import BankBooks
from sandrail.rails.bank.camt import CAMT_053, CAMT_054, build_camt053, build_camt054
from sandrail.rails.bank.faults import Channel, Fault, FaultKind
from sandrail.rails.bank.iban import Bic, Iban
from sandrail.rails.bank.messages import (
    CreditTransfer,
    Entry,
    Notification,
    PaymentState,
    Reason,
    Statement,
    StatusReport,
    TransferStatus,
)
from sandrail.rails.bank.pacs import (
    PACS_002,
    PACS_008,
    PACS_028,
    build_pacs002,
    parse_pacs008,
    parse_pacs028,
)
from sandrail.rails.bank.xml import message_name
from sandrail.rails.errors import XmlError
from sandrail.world import Micros, start_of_day

__all__ = ["Answer", "BankCore"]

_WORDS = {
    Reason.UNKNOWN_ACCOUNT: "No such account",
    Reason.CLOSED_ACCOUNT: "The account is closed",
    Reason.FORBIDDEN: "Not allowed on this account",
    Reason.AMOUNT_NOT_ALLOWED: "Amount not allowed",
    Reason.CURRENCY_NOT_ALLOWED: "Currency not kept here",
    Reason.INSUFFICIENT_FUNDS: "Insufficient funds",
    Reason.DUPLICATE: "Another payment has this id",
    Reason.NOT_FOUND: "No such payment was received",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A message from the bank on its way to the firm.

    Attributes:
        name: such as ``pacs.002.001.10``.
        message_id: the bank's.
        at_us: when the bank sent it.
        xml: the bytes.
    """

    name: str
    message_id: str
    at_us: Micros
    xml: bytes


@dataclass(frozen=True, slots=True)
class _Payment:
    transfer: CreditTransfer
    channel: Channel
    message_id: str
    status: TransferStatus
    fault: Fault | None


class BankCore:
    """One bank: its books, the payments it has seen, and those it will settle later."""

    def __init__(self, books: BankBooks, *, bic: Bic, utc_offset_minutes: int) -> None:
        self.books = books
        self.bic = bic
        self._utc_offset_minutes = utc_offset_minutes
        self._payments: dict[tuple[Channel, str], _Payment] = {}
        self._due: list[tuple[int, int, tuple[Channel, str]]] = []
        self._messages = 0

    def receive(self, data: bytes, now_us: Micros, faults: dict[str, Fault]) -> list[Answer]:
        """Take in one message of the firm and return the answers.

        ``faults`` are the troubles of this delivery, by end-to-end id.

        Raises:
            MessageError: the bank cannot read it; nothing has happened.
        """
        name = message_name(data)
        if name.startswith("pacs.028."):
            request = parse_pacs028(data)
            return [self._report_on(request.end_to_end_id, request.message_id, now_us)]
        if name != PACS_008:
            raise XmlError(
                f"The bank does not take {name} messages.",
                why=f"It takes {PACS_008} and {PACS_028}.",
                fix="Send one of those.",
            )
        message = parse_pacs008(data, currency=self.books.currency)
        statuses, notices = [], []
        for transfer in message.transfers:
            fault = faults.get(transfer.end_to_end_id)
            status, told = self._take(
                transfer, Channel.FIRM, message.message_id, now_us, fault=fault
            )
            statuses.append(status)
            notices += told
        return [self._report(message.message_id, tuple(statuses), now_us), *notices]

    def customer_pays(
        self, transfer: CreditTransfer, now_us: Micros, fault: Fault | None
    ) -> tuple[TransferStatus, list[Answer]]:
        """Execute a customer's order; return its status and what the firm is told of it."""
        return self._take(transfer, Channel.CUSTOMER, "", now_us, fault=fault)

    def settle_due(self, now_us: Micros) -> list[Answer]:
        """Settle every delayed payment whose time has come, each at its own instant."""
        answers: list[Answer] = []
        while self._due and self._due[0][0] <= now_us:
            due_us, _, key = heappop(self._due)
            payment = self._payments[key]
            status, told = self._settle(payment, Micros(due_us))
            self._payments[key] = replace(payment, status=status)
            if payment.channel is Channel.FIRM:
                told = [self._report(payment.message_id, (status,), Micros(due_us)), *told]
            answers += told
        return answers

    def statement(self, iban: Iban, day: date, now_us: Micros) -> Answer:
        """Return the statement of one local day; today's ends now."""
        from_us = start_of_day(day, utc_offset_minutes=self._utc_offset_minutes)
        until_us = start_of_day(
            day + timedelta(days=1), utc_offset_minutes=self._utc_offset_minutes
        )
        period = self.books.period(iban, from_us=from_us, until_us=until_us)
        statement = Statement(
            message_id=self._next_id(),
            created_us=now_us,
            iban=iban,
            holder=self.books.holder(iban),
            servicer_bic=self.bic,
            number=day.toordinal(),
            from_us=from_us,
            until_us=until_us,
            opening=period.opening,
            closing=period.closing,
            entries=period.entries,
        )
        return Answer(CAMT_053, statement.message_id, now_us, build_camt053(statement))

    def _take(
        self,
        transfer: CreditTransfer,
        channel: Channel,
        message_id: str,
        now_us: Micros,
        *,
        fault: Fault | None,
    ) -> tuple[TransferStatus, list[Answer]]:
        """Execute a payment once; a repetition is answered and moves nothing."""
        key = (channel, transfer.end_to_end_id)
        known = self._payments.get(key)
        if known is not None:
            same = known.transfer == transfer
            return (known.status if same else _rejected(transfer, Reason.DUPLICATE)), []
        payment = _Payment(
            transfer,
            channel,
            message_id,
            TransferStatus(transfer.end_to_end_id, PaymentState.ACCEPTED),
            fault,
        )
        told: list[Answer] = []
        if fault is not None and fault.kind is FaultKind.DELAY:
            heappush(self._due, (now_us + fault.delay_us, len(self._payments), key))
        else:
            status, told = self._settle(payment, now_us)
            payment = replace(payment, status=status)
        self._payments[key] = payment
        return payment.status, told

    def _settle(self, payment: _Payment, at_us: Micros) -> tuple[TransferStatus, list[Answer]]:
        transfer, fault = payment.transfer, payment.fault
        if fault is not None and fault.kind is FaultKind.REJECT:
            return _rejected(transfer, fault.reason), []
        foreign = payment.channel is Channel.FIRM and not self.books.operated(transfer.debtor.iban)
        reason = self.books.refusal(transfer) or (Reason.FORBIDDEN if foreign else None)
        if reason is not None:
            return _rejected(transfer, reason), []
        entry = self.books.book(transfer, at_us)
        status = TransferStatus(transfer.end_to_end_id, PaymentState.SETTLED)
        return status, self._notices(transfer.creditor.iban, entry, fault)

    def _notices(self, iban: Iban, entry: Entry, fault: Fault | None) -> list[Answer]:
        if not self.books.operated(iban):
            return []
        notice = self._notice(iban, entry)
        if fault is not None and fault.kind is FaultKind.DUPLICATE:
            return [notice, notice]
        if fault is not None and fault.kind is FaultKind.RENUMBERED:
            return [notice, self._notice(iban, entry)]
        return [notice]

    def _notice(self, iban: Iban, entry: Entry) -> Answer:
        notification = Notification(self._next_id(), entry.booked_us, iban, (entry,))
        xml = build_camt054(notification)
        return Answer(CAMT_054, notification.message_id, entry.booked_us, xml)

    def _report_on(self, end_to_end_id: str, message_id: str, now_us: Micros) -> Answer:
        known = self._payments.get((Channel.FIRM, end_to_end_id))
        if known is not None:
            return self._report(known.message_id, (known.status,), now_us)
        status = TransferStatus(
            end_to_end_id,
            PaymentState.REJECTED,
            Reason.NOT_FOUND.value,
            _WORDS[Reason.NOT_FOUND],
        )
        return self._report(message_id, (status,), now_us, about=PACS_028)

    def _report(
        self,
        original_message_id: str,
        statuses: tuple[TransferStatus, ...],
        at_us: Micros,
        *,
        about: str = PACS_008,
    ) -> Answer:
        report = StatusReport(self._next_id(), at_us, original_message_id, about, statuses)
        return Answer(PACS_002, report.message_id, at_us, build_pacs002(report))

    def _next_id(self) -> str:
        self._messages += 1
        return f"{self.bic}-{self._messages:010d}"


def _rejected(transfer: CreditTransfer, reason: str) -> TransferStatus:
    words = {code.value: text for code, text in _WORDS.items()}.get(reason, "Rejected by the bank")
    return TransferStatus(transfer.end_to_end_id, PaymentState.REJECTED, str(reason), words)
