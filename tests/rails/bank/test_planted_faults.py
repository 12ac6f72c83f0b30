"""Every checker can fail: each planted defect of the bank is killed by a named check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from sandrail.rails.bank import PaymentState, Reason, SimulatedBank
from sandrail.rails.bank.archive import MessageArchive
from sandrail.rails.bank.books import BankBooks
from sandrail.rails.bank.core import BankCore
from sandrail.rails.bank.faults import FaultTracker
from sandrail.rails.bank.messages import Direction
from tests.rails.bank import test_faults, test_simulated
from tests.rails.bank.test_simulated import TestSimulatedBankKeepsTheContract as Contract
from tests.rails.bank.test_stateful import BankStory

Patch = Callable[[pytest.MonkeyPatch], None]
contract = Contract()


def story() -> None:
    quick = settings(
        max_examples=30,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        phases=[p for p in settings().phases if p.name in ("explicit", "generate")],
    )
    run_state_machine_as_test(BankStory, settings=quick)


def pays_twice(patch: pytest.MonkeyPatch) -> None:
    honest = BankCore._take

    def take(self: BankCore, transfer: Any, channel: Any, *rest: Any, **more: Any) -> Any:
        self._payments.pop((channel, transfer.end_to_end_id), None)
        return honest(self, transfer, channel, *rest, **more)

    patch.setattr(BankCore, "_take", take)


def forgets_the_debit(patch: pytest.MonkeyPatch) -> None:
    honest = BankBooks._append

    def append(self: BankBooks, account: Any, entry: Any, change: int) -> None:
        honest(self, account, entry, change if change > 0 else 0)

    patch.setattr(BankBooks, "_append", append)


def allows_overdrafts(patch: pytest.MonkeyPatch) -> None:
    honest = BankBooks.refusal

    def refusal(self: BankBooks, transfer: Any) -> Reason | None:
        found = honest(self, transfer)
        return None if found is Reason.INSUFFICIENT_FUNDS else found

    patch.setattr(BankBooks, "refusal", refusal)


def debits_anybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BankBooks, "operated", lambda self, iban: True)


def notifies_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BankCore, "_notices", lambda self, iban, entry, fault: [])


def ignores_conflicts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SimulatedBank, "_refuse_conflicts", lambda self, payments: None)


def settles_delayed_payments_twice(patch: pytest.MonkeyPatch) -> None:
    honest = BankCore.settle_due

    def settle(self: BankCore, now_us: Any) -> Any:
        again = [row for row in self._due if row[0] <= now_us]
        answers = honest(self, now_us)
        self._due.extend(again)
        return answers + honest(self, now_us)

    patch.setattr(BankCore, "settle_due", settle)


def settles_early(patch: pytest.MonkeyPatch) -> None:
    honest = BankCore.settle_due
    patch.setattr(BankCore, "settle_due", lambda self, now: honest(self, now + 3_600_000_000))


def applies_what_was_lost(patch: pytest.MonkeyPatch) -> None:
    honest = SimulatedBank._transmit

    def transmit(self: SimulatedBank, payments: Any, faults: Any) -> Any:
        refs = honest(self, payments, faults)
        if faults and not refs[0].acknowledged:
            honest(self, payments, {})
        return refs

    patch.setattr(SimulatedBank, "_transmit", transmit)


def strikes_for_ever(patch: pytest.MonkeyPatch) -> None:
    honest = FaultTracker.strike

    def strike(self: FaultTracker, channel: Any, name: str) -> Any:
        self._attempts.clear()
        return honest(self, channel, name)

    patch.setattr(FaultTracker, "strike", strike)


def counts_repetitions(patch: pytest.MonkeyPatch) -> None:
    honest = FaultTracker.strike

    def strike(self: FaultTracker, channel: Any, name: str) -> Any:
        self._numbers.clear()
        return honest(self, channel, name)

    patch.setattr(FaultTracker, "strike", strike)


def drops_an_entry(patch: pytest.MonkeyPatch) -> None:
    honest = BankBooks.period

    def period(self: BankBooks, iban: Any, **when: int) -> Any:
        found = honest(self, iban, **when)
        kept = found.entries[:-1]
        change = sum(
            e.amount.minor if e.direction is Direction.CREDIT else -e.amount.minor for e in kept
        )
        closing = replace(found.opening, minor=found.opening.minor + change)
        return replace(found, entries=kept, closing=closing)

    patch.setattr(BankBooks, "period", period)


def reports_rejections_as_settled(patch: pytest.MonkeyPatch) -> None:
    honest = BankCore._settle

    def settle(self: BankCore, payment: Any, at_us: Any) -> Any:
        status, told = honest(self, payment, at_us)
        return replace(status, state=PaymentState.SETTLED, reason=None), told

    patch.setattr(BankCore, "_settle", settle)


def loses_events(patch: pytest.MonkeyPatch) -> None:
    honest = SimulatedBank.poll

    def poll(self: SimulatedBank, *, after: int | None = None) -> Any:
        return honest(self, after=after)[1:]

    patch.setattr(SimulatedBank, "poll", poll)


def alters_the_archive(patch: pytest.MonkeyPatch) -> None:
    honest = MessageArchive.keep

    def keep(self: MessageArchive, xml: bytes, **more: Any) -> Any:
        kept = honest(self, xml, **more)
        self._messages[-1] = replace(kept, sha256=kept.sha256[::-1])
        return kept

    patch.setattr(MessageArchive, "keep", keep)


PLANTED: list[tuple[Patch, Callable[[], None]]] = [
    (pays_twice, contract.test_the_same_payment_again_moves_nothing),
    (pays_twice, story),
    (forgets_the_debit, contract.test_a_payment_moves_money_and_is_reported),
    (forgets_the_debit, story),
    (allows_overdrafts, contract.test_an_overdraft_is_rejected),
    (allows_overdrafts, story),
    (
        debits_anybody,
        lambda: test_simulated.test_the_firm_cannot_debit_a_customer(test_simulated.make_world()),
    ),
    (notifies_nobody, contract.test_a_credit_to_an_account_of_the_firm_is_notified),
    (ignores_conflicts, contract.test_the_same_id_for_another_payment_is_a_conflict),
    (ignores_conflicts, story),
    (settles_delayed_payments_twice, story),
    (
        settles_early,
        test_faults.test_a_delayed_payment_is_accepted_now_and_settled_at_its_hour,
    ),
    (applies_what_was_lost, test_faults.test_a_lost_order_moves_nothing_until_it_is_sent_again),
    (applies_what_was_lost, story),
    (strikes_for_ever, test_faults.test_payments_are_counted_per_channel_and_once_per_id),
    (counts_repetitions, test_faults.test_payments_are_counted_per_channel_and_once_per_id),
    (drops_an_entry, contract.test_the_statement_ties_to_the_balance_and_names_each_payment),
    (drops_an_entry, story),
    (reports_rejections_as_settled, contract.test_an_overdraft_is_rejected),
    (loses_events, contract.test_events_are_numbered_and_can_be_read_again),
    (alters_the_archive, contract.test_every_message_is_archived_with_its_bytes),
]


def _names() -> Iterator[str]:
    for patch, check in PLANTED:
        name = getattr(check, "__name__", "check").removeprefix("test_")
        yield f"{patch.__name__}-{name}"


@pytest.mark.parametrize(("plant", "check"), PLANTED, ids=list(_names()))
def test_the_planted_defect_is_killed(
    plant: Patch, check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises((Exception, pytest.fail.Exception)):
        check()


def test_without_a_planted_defect_every_check_passes() -> None:
    for check in {check: None for _, check in PLANTED}:
        check()
