"""Reconciliation, and what becomes of a break."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sandrail.ledger as real
from sandrail.journal import Journal
from sandrail.ledger import (
    AdjustmentError,
    BookReader,
    BreakBook,
    BreakKind,
    BreakState,
    FourEyesError,
    Ledger,
    Movement,
    Outcome,
    Reconciliation,
    Source,
    Tolerance,
    TransferRow,
    movements_of,
    reconcile,
    rows_of,
)
from sandrail.world import DAY_US, Actor, Role
from tests.ledger.mutants import faulty_ledger
from tests.ledger.reconcile_stories import STORIES
from tests.ledger.test_history import move, small_ledger

ALIA = Actor("issuer:alia", "Alia", Role.FIRM_PREPARER, "issuer")
BILAL = Actor("issuer:bilal", "Bilal", Role.FIRM_SIGNATORY, "issuer")
BANK_ACCOUNT = 2
"""Debit-normal in ``ACCOUNTS``."""

FAULTS = [
    (
        "amounts not compared",
        "if booked.amount_minor != reported.amount_minor:",
        "if False:",
        "every_kind_of_break_is_told_by_its_name",
    ),
    (
        "nothing is paired",
        "pairs = min(len(booked), len(reported))",
        "pairs = 0",
        "what_agrees_is_clean",
    ),
    (
        "a second report passes",
        "*reported[pairs:]]",
        "*reported[pairs : len(reported) * (not pairs)]]",
        "planted_breaks_are_found_and_no_others",
    ),
    (
        "grace one microsecond short",
        "at_us - left.at_us <= tolerance.grace_us",
        "at_us - left.at_us < tolerance.grace_us",
        "grace_ends_at_its_last_microsecond",
    ),
    (
        "timing not looked at",
        "if apart_us > tolerance.apart_us:",
        "if apart_us > 9 * tolerance.apart_us:",
        "every_kind_of_break_is_told_by_its_name",
    ),
    (
        "bank and chain mixed up",
        "key = (movement.mirror.value, movement",
        'key = ("", movement',
        "mirrors_and_assets_are_told_apart",
    ),
    (
        "under way with the wrong sign",
        "left.amount_minor if is_booked else -left.amount_minor",
        "left.amount_minor",
        "grace_ends_at_its_last_microsecond",
    ),
    (
        "a secret mint needs no reserve",
        "max(p.booked_minor, p.chain_minor)",
        "p.booked_minor",
        "supply_must_be_explained_and_covered",
    ),
    (
        "too little on chain is fine",
        "if p.chain_minor != explained:",
        "if p.chain_minor > explained:",
        "supply_must_be_explained_and_covered",
    ),
    (
        "one id for all of a reference",
        "first.asset, number, side",
        "first.asset",
        "a_break_keeps_its_id_from_day_to_day",
    ),
]


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str) -> None:
    STORIES[name](real)


@pytest.mark.parametrize(
    ("old", "new", "killer"),
    [pytest.param(*fault[1:], id=fault[0].replace(" ", "-")) for fault in FAULTS],
)
def test_fault_is_killed(old: str, new: str, killer: str) -> None:
    with faulty_ledger("reconcile", old, new) as ledger:
        try:
            STORIES[killer](ledger)
        except AssertionError:
            return
    pytest.fail(f"{killer} does not notice the fault")


@pytest.fixture
def journal() -> Iterator[Journal]:
    with Journal.in_memory("breaks") as journal:
        yield journal


def day(ledger: Ledger, journal: Journal, told: list[Movement], at_us: int) -> Reconciliation:
    """Compare the bank account with what the bank tells."""
    page = BookReader(journal).entries(BANK_ACCOUNT, limit=1_000)
    booked = movements_of(page.entries, mirror=Source.BANK, asset="PKR")
    tolerance = Tolerance(grace_us=0, apart_us=DAY_US)
    return reconcile(booked, told, at_us=at_us, tolerance=tolerance)


def missing_deposit(ledger: Ledger, journal: Journal) -> tuple[BreakBook, str]:
    """The bank reports 70 that nobody booked."""
    ledger.post(rows_of([move(1, 100, debit=BANK_ACCOUNT, credit=0)]), "a", 10)
    told = [
        Movement(Source.BANK, f"{1:032x}", "PKR", 100, 10, "camt.054 1"),
        Movement(Source.BANK, "E2E-77", "PKR", 70, 11, "camt.054 2"),
    ]
    breaks = BreakBook(ledger, journal)
    new = breaks.record(day(ledger, journal, told, 20), actor=ALIA, at_us=20)
    assert [(item.kind, item.outside_minor) for item in new] == [(BreakKind.MISSING_INSIDE, 70)]
    return breaks, new[0].id


def test_a_break_is_resolved_by_entries_and_two_people(journal: Journal) -> None:
    ledger = small_ledger(journal)
    breaks, id_ = missing_deposit(ledger, journal)
    entries = [TransferRow(id=1, debit=BANK_ACCOUNT, credit=4, amount=70)]
    breaks.propose(id_, entries, reason="Deposit of a customer", actor=ALIA, at_us=30)
    before = ledger.book.state_hash()
    with pytest.raises(FourEyesError):
        breaks.approve(id_, actor=ALIA, at_us=31)
    assert ledger.book.state_hash() == before
    posted = breaks.approve(id_, actor=BILAL, at_us=32)
    assert posted is not None and posted.outcomes.tolist() == [Outcome.POSTED]
    assert ledger.balance(4).net_credit == 70
    record = breaks.record_of(id_)
    assert (record.state, record.proposed_by, record.closed_by) == (
        BreakState.RESOLVED,
        ALIA.id,
        BILAL.id,
    )
    again = BreakBook(Ledger.open(journal), journal)
    assert again.record_of(id_) == record and again.waiting() == []


def test_what_the_ledger_refuses_is_not_resolved(journal: Journal) -> None:
    ledger = small_ledger(journal)
    breaks, id_ = missing_deposit(ledger, journal)
    poor = [
        TransferRow(id=1, debit=BANK_ACCOUNT, credit=4, amount=70),
        TransferRow(id=1, debit=1, credit=4, amount=1),
    ]
    breaks.propose(id_, poor, reason="Wrong", actor=ALIA, at_us=30)
    with pytest.raises(AdjustmentError, match="OVERDRAFT"):
        breaks.approve(id_, actor=BILAL, at_us=31)
    assert ledger.balance(4).net_credit == 0
    breaks.reject(id_, reason="No such money", actor=BILAL, at_us=32)
    right = [TransferRow(id=1, debit=BANK_ACCOUNT, credit=4, amount=70)]
    breaks.propose(id_, right, reason="Right", actor=BILAL, at_us=33)
    breaks.approve(id_, actor=ALIA, at_us=34)
    assert ledger.balance(4).net_credit == 70


def test_an_approval_cut_short_by_a_crash_is_finished_once(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = small_ledger(journal)
    breaks, id_ = missing_deposit(ledger, journal)
    entries = [TransferRow(id=1, debit=BANK_ACCOUNT, credit=4, amount=70)]
    breaks.propose(id_, entries, reason="Deposit", actor=ALIA, at_us=30)

    def crash(*_: object) -> None:
        raise OSError(5, "power lost between posting and approval")

    with monkeypatch.context() as patch:
        patch.setattr(breaks, "_commit", crash)
        with pytest.raises(OSError, match="power"):
            breaks.approve(id_, actor=BILAL, at_us=31)
    reopened = Ledger.open(journal)
    breaks = BreakBook(reopened, journal)
    assert breaks.record_of(id_).state is BreakState.PROPOSED
    posted = breaks.approve(id_, actor=BILAL, at_us=32)
    assert posted is not None and posted.repeated
    assert reopened.balance(4).net_credit == 70


def test_a_late_confirmation_clears_and_ageing_counts(journal: Journal) -> None:
    ledger = small_ledger(journal)
    ledger.post(rows_of([move(1, 100, debit=BANK_ACCOUNT, credit=0)]), "a", 10)
    breaks = BreakBook(ledger, journal)
    (lost,) = breaks.record(day(ledger, journal, [], 20), actor=ALIA, at_us=20)
    assert lost.kind is BreakKind.MISSING_OUTSIDE
    assert breaks.record(day(ledger, journal, [], DAY_US), actor=ALIA, at_us=DAY_US) == []
    bounds = (DAY_US, 3 * DAY_US)
    assert breaks.ageing(DAY_US, bounds_us=bounds) == [1, 0, 0]
    assert breaks.ageing(DAY_US + 10, bounds_us=bounds) == [0, 1, 0]
    assert breaks.ageing(9 * DAY_US, bounds_us=bounds) == [0, 0, 1]
    told = [Movement(Source.BANK, f"{1:032x}", "PKR", 100, 10, "camt.053")]
    later = 2 * DAY_US
    assert breaks.record(day(ledger, journal, told, later), actor=ALIA, at_us=later) == []
    assert breaks.record_of(lost.id).state is BreakState.CLEARED
    with pytest.raises(AdjustmentError):
        breaks.propose(lost.id, [], reason="Too late", actor=ALIA, at_us=later)
