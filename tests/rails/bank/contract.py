"""What every bank rail must do. A plug-in subclasses this and gives ``make_rail``.

The simulated bank passes it in ``test_simulated.py``; a broken one fails it in
``test_contract_bites.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from sandrail.money import Asset, Money
from sandrail.rails.bank import (
    BankParty,
    BankRail,
    CreditEvent,
    CreditTransfer,
    Direction,
    Iban,
    PaymentState,
    StatusEvent,
    message_name,
)
from sandrail.rails.errors import (
    PaymentConflictError,
    UnknownAccountError,
    UnknownPaymentError,
)
from tests.rails.bank.conftest import PKR


@dataclass(frozen=True, slots=True)
class Rig:
    """A rail under test: a funded account of the firm, an account to pay to, and today."""

    rail: BankRail
    own: BankParty
    other: BankParty
    today: date

    def pays(self, minor: int, end_to_end_id: str, *, asset: Asset = PKR) -> CreditTransfer:
        return CreditTransfer(end_to_end_id, Money(asset, minor), self.own, self.other, "Contract")

    def states(self) -> list[tuple[str, PaymentState, str | None]]:
        return [
            (event.end_to_end_id, event.state, event.reason)
            for event in self.rail.poll()
            if isinstance(event, StatusEvent)
        ]


class BankRailContract:
    """Subclass it, name it ``Test...``, and implement ``make_rig``."""

    def make_rig(self) -> Rig:
        """Return a rail whose account ``own`` holds at least 1,000.00."""
        raise NotImplementedError

    def test_a_payment_moves_money_and_is_reported(self) -> None:
        rig = self.make_rig()
        before, other = rig.rail.balance(rig.own.iban), rig.rail.balance(rig.other.iban)
        assert rig.rail.send(rig.pays(12_345, "C1")).acknowledged
        assert rig.states() == [("C1", PaymentState.SETTLED, None)]
        assert rig.rail.balance(rig.own.iban).minor == before.minor - 12_345
        assert rig.rail.balance(rig.other.iban).minor == other.minor + 12_345

    def test_the_same_payment_again_moves_nothing(self) -> None:
        rig = self.make_rig()
        rig.rail.send(rig.pays(500, "C1"))
        after = rig.rail.balance(rig.own.iban)
        rig.rail.send(rig.pays(500, "C1"))
        assert rig.rail.balance(rig.own.iban) == after
        assert {state for _, state, _ in rig.states()} == {PaymentState.SETTLED}

    def test_the_same_id_for_another_payment_is_a_conflict(self) -> None:
        rig = self.make_rig()
        rig.rail.send(rig.pays(500, "C1"))
        after = rig.rail.balance(rig.own.iban)
        with pytest.raises(PaymentConflictError) as caught:
            rig.rail.send(rig.pays(501, "C1"))
        assert caught.value.stable_code == "rails.payment_conflict"
        assert rig.rail.balance(rig.own.iban) == after

    def test_a_conflict_inside_a_batch_sends_nothing(self) -> None:
        rig = self.make_rig()
        before = rig.rail.balance(rig.own.iban)
        with pytest.raises(PaymentConflictError):
            rig.rail.send_batch([rig.pays(500, "C1"), rig.pays(501, "C1")])
        assert rig.rail.balance(rig.own.iban) == before

    def test_an_overdraft_is_rejected(self) -> None:
        rig = self.make_rig()
        before = rig.rail.balance(rig.own.iban)
        rig.rail.send(rig.pays(before.minor + 1, "C1"))
        assert rig.states() == [("C1", PaymentState.REJECTED, "AM04")]
        assert rig.rail.balance(rig.own.iban) == before

    def test_a_batch_is_executed_in_order(self) -> None:
        rig = self.make_rig()
        before = rig.rail.balance(rig.own.iban).minor
        refs = rig.rail.send_batch(
            [rig.pays(before - 100, "C1"), rig.pays(101, "C2"), rig.pays(100, "C3")]
        )
        assert [ref.end_to_end_id for ref in refs] == ["C1", "C2", "C3"]
        assert [(i, s) for i, s, _ in rig.states()] == [
            ("C1", PaymentState.SETTLED),
            ("C2", PaymentState.REJECTED),
            ("C3", PaymentState.SETTLED),
        ]
        assert rig.rail.balance(rig.own.iban).minor == 0

    def test_events_are_numbered_and_can_be_read_again(self) -> None:
        rig = self.make_rig()
        for n in range(3):
            rig.rail.send(rig.pays(100, f"C{n}"))
        first = rig.rail.poll()
        assert [event.number for event in first] == list(range(len(first)))
        assert rig.rail.poll() == []
        assert rig.rail.poll(after=-1) == first
        assert rig.rail.poll(after=first[0].number) == first[1:]

    def test_a_credit_to_an_account_of_the_firm_is_notified(self) -> None:
        rig = self.make_rig()
        second = rig.rail.open_account("Fees")
        party = BankParty("Fees", second, rig.own.bic)
        rig.rail.send(CreditTransfer("C1", Money(PKR, 250), rig.own, party, "Fee"))
        credits = [e for e in rig.rail.poll() if isinstance(e, CreditEvent)]
        assert [(e.iban, e.entry.amount, e.entry.end_to_end_id) for e in credits] == [
            (second, Money(PKR, 250), "C1")
        ]
        assert credits[0].entry.direction is Direction.CREDIT

    def test_an_enquiry_is_answered(self) -> None:
        rig = self.make_rig()
        rig.rail.send(rig.pays(100, "C1"))
        rig.states()
        rig.rail.enquire("C1")
        assert rig.states() == [("C1", PaymentState.SETTLED, None)]
        with pytest.raises(UnknownPaymentError):
            rig.rail.enquire("C2")

    def test_the_statement_ties_to_the_balance_and_names_each_payment(self) -> None:
        rig = self.make_rig()
        rig.rail.send_batch([rig.pays(100 + n, f"C{n}") for n in range(5)])
        statement = rig.rail.statement(rig.own.iban, rig.today)
        assert statement.closing == rig.rail.balance(rig.own.iban)
        debits = [e for e in statement.entries if e.direction is Direction.DEBIT]
        assert [(e.end_to_end_id, e.amount.minor) for e in debits] == [
            (f"C{n}", 100 + n) for n in range(5)
        ]

    def test_every_message_is_archived_with_its_bytes(self) -> None:
        rig = self.make_rig()
        ref = rig.rail.send(rig.pays(100, "C1"))
        sent = rig.rail.archive.find(ref.message_id)
        assert sent.sha256 == ref.sha256
        assert message_name(sent.xml).startswith("pacs.008.")
        event = rig.rail.poll()[0]
        assert rig.rail.archive.find(event.message_id).sha256 == event.sha256

    def test_an_unknown_account_is_said_to_be_unknown(self) -> None:
        rig = self.make_rig()
        with pytest.raises(UnknownAccountError):
            rig.rail.balance(Iban("PK00NONE"))
