"""The desk: verdict, posting and fact in one step; retries, refusals, replay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sandrail.controls import AssetTerms, Kind, Outcome, PartyStatus, Screen
from sandrail.journal import Draft, Journal, encode_frame, frame_of
from sandrail.ledger import Book
from sandrail.ledger import Outcome as Posting
from sandrail.ledger import apply_fact as apply_ledger_fact
from sandrail.money import Asset, AssetKind
from sandrail.transfers import (
    Desk,
    DeskBroken,
    Instruction,
    InstructionError,
    KeyConflict,
    NotAllowed,
    OnboardingError,
    ReplayMismatch,
    batch_of,
    rebuild,
)
from sandrail.world import DAY_US, HOUR_US, Actor, Role, TrialClock, derive_id
from tests.makers.desk import (
    AGREED,
    START_US,
    TOKEN,
    condition,
    issue,
    open_desk,
    permission,
    redeem,
    transfer,
)

SUPERVISOR = Actor("pvara:live", "Live supervisor", Role.SUPERVISOR, "pvara")
SECOND = Actor("pvara:second", "Second supervisor", Role.SUPERVISOR, "pvara")
PKR = 100


def holdings(desk: Desk) -> list[int]:
    """Posted units of each party."""
    book = desk.floor.book
    accounts = desk.floor.parties.accounts[: desk.floor.parties.count, 0]
    return [book.balance(int(account)).net_credit for account in accounts]


def test_an_accepted_transfer_moves_units_and_a_refused_one_names_its_rule() -> None:
    desk = open_desk()
    batch = [issue(1, 0, 50_000 * PKR), transfer(2, 0, 1, 20_000 * PKR), issue(3, 2, 100_001 * PKR)]
    answers = desk.submit(batch, key="a")
    assert [answers.posting(row) for row in range(3)] == [
        Posting.POSTED,
        Posting.POSTED,
        Posting.REFUSED_BY_GATE,
    ]
    verdict = answers.verdict(2)
    assert (verdict.outcome, verdict.rule) == (Outcome.BLOCK, "G05.transfer_max")
    assert "PKR 1.00 less would pass" in verdict.reason
    assert "placeholder" in verdict.citation
    assert holdings(desk) == [30_000 * PKR, 20_000 * PKR, 0, 0]


def test_the_same_key_and_body_get_the_stored_answer_and_nothing_moves() -> None:
    desk = open_desk()
    batch = [issue(1, 0, 100), issue(2, 1, 100_001 * PKR)]
    first = desk.submit(batch, key="a")
    head = desk.journal.head
    again = desk.submit(batch, key="a")
    assert again.repeated and not first.repeated
    assert again.outcome.tolist() == first.outcome.tolist()
    assert again.verdict(1) == first.verdict(1)
    assert desk.journal.head == head


def test_the_same_key_with_another_body_is_a_conflict_that_the_journal_keeps() -> None:
    desk = open_desk()
    desk.submit([issue(1, 0, 100)], key="a")
    before = desk.floor.book.state_hash()
    with pytest.raises(KeyConflict, match="used before for another request"):
        desk.submit([issue(1, 0, 101)], key="a")
    assert desk.floor.book.state_hash() == before
    assert list(desk.journal.facts())[-1].kind == "transfers.refused"


def test_a_transfer_id_moves_money_once_whatever_the_key() -> None:
    desk = open_desk()
    desk.submit([issue(1, 0, 100)], key="a")
    again = desk.submit([issue(1, 0, 100)], key="b")
    other = desk.submit([issue(1, 0, 200)], key="c")
    assert (again.posting(0), other.posting(0)) == (Posting.EXISTS, Posting.ID_CONFLICT)
    assert holdings(desk)[0] == 100
    # A retry is not counted against the limits a second time.
    assert int(desk.floor.gate.party[0, 1]) == 1


def test_a_retry_of_a_refused_transfer_stays_refused() -> None:
    desk = open_desk()
    too_much = issue(1, 0, 100_001 * PKR)
    desk.submit([too_much], key="a")
    again = desk.submit([too_much], key="b")
    assert again.posting(0) == Posting.ID_ALREADY_REFUSED
    assert again.found.outcome[0] == Outcome.BLOCK


def test_the_first_unit_above_the_daily_limit_waits_as_a_hold() -> None:
    desk = open_desk(condition("G06.daily_value_max", "1000", "PKR"))
    rows = [issue(1, 0, 799 * PKR), issue(2, 0, 1 * PKR), issue(3, 0, 200 * PKR), issue(4, 0, 1)]
    answers = desk.submit(rows, key="a")
    # From 80 % of the limit on the pack asks for a warning.
    assert answers.found.outcome.tolist() == [0, 1, 1, 2]
    last = answers.verdict(3)
    assert (last.rule, last.excess_minor) == ("G06.daily_value_max", 1)
    assert answers.posting(3) == Posting.HELD
    assert holdings(desk)[0] == 1_000 * PKR


def test_a_released_hold_gives_its_headroom_back_and_a_settled_one_does_not() -> None:
    limits = (
        condition("G06.daily_value_max", "1000", "PKR"),
        condition("G06.monthly_value_max", "900000", "PKR"),
    )
    for finish, passes in ((Kind.RELEASE, True), (Kind.SETTLE, False)):
        desk = open_desk(*limits)
        held = issue(1, 0, 1_000 * PKR, two_step=True)
        assert desk.submit([held], key="a").posting(0) == Posting.PENDING
        end = Instruction(id=derive_id("end"), kind=finish, pending=held.id)
        assert desk.submit([end], key="b").accepted[0]
        again = desk.submit([issue(2, 0, 1_000 * PKR)], key="c")
        assert bool(again.found.outcome[0] < Outcome.HOLD) is passes


def test_a_hold_that_times_out_gives_its_headroom_back() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(condition("G06.daily_value_max", "1000", "PKR"), clock=clock)
    held = issue(1, 0, 1_000 * PKR, two_step=True, timeout_us=HOUR_US)
    desk.submit([held], key="a")
    clock.advance_by(HOUR_US - 1)
    assert desk.submit([issue(2, 0, 1)], key="b").found.outcome[0] == Outcome.HOLD
    clock.advance_by(1)
    assert desk.submit([issue(3, 0, 999 * PKR)], key="c").found.outcome[0] < Outcome.HOLD


def test_units_are_issued_up_to_the_reserve_and_not_one_more() -> None:
    desk = open_desk(reserve_minor=1_000)
    answers = desk.submit([issue(1, 0, 600), issue(2, 1, 401), issue(3, 1, 400)], key="a")
    assert answers.found.outcome.tolist() == [0, 3, 0]
    assert answers.verdict(1).rule == "G12.reserve_ratio_min"
    assert "PKR 0.01 less would pass" in answers.verdict(1).reason
    assert desk.floor.units_in_issue(0) == 1_000


def test_a_limit_in_units_is_not_explained_in_money_at_another_price() -> None:
    desk = open_desk(reserve_minor=1_000)
    desk.floor.terms = replace(desk.floor.terms, assets=(AssetTerms(TOKEN, 3, 2),))
    verdict = desk.submit([issue(1, 0, 1_001)], key="a").verdict(0)
    assert (verdict.rule, verdict.excess_minor) == ("G12.reserve_ratio_min", -1)
    assert "would pass" not in verdict.reason


def test_a_stale_attestation_and_stale_lists_stop_what_enters_and_say_so() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    desk.submit([issue(1, 0, 1_000)], key="a")
    clock.advance_by(DAY_US + 1)
    answers = desk.submit([issue(2, 0, 1), transfer(3, 0, 1, 1), redeem(4, 0, 1)], key="b")
    assert answers.verdict(0).rule == "G12.attestation_age_max"
    assert answers.verdict(1).rule == "G19.list_age_max"
    # An exit waits for fresh lists; it is not refused.
    assert answers.verdict(2).outcome is Outcome.HOLD


def test_customers_get_out_after_the_window_and_during_an_emergency_stop() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    desk.submit([issue(1, 0, 1_000)], key="a")
    desk.pause(reason="drill", actor=SUPERVISOR)
    answers = desk.submit([issue(2, 0, 1), redeem(3, 0, 10)], key="b")
    assert [answers.verdict(0).rule, answers.found.outcome[1]] == ["STOP.firm_paused", 0]
    with pytest.raises(NotAllowed, match="second person"):
        desk.resume(reason="drill over", actor=SUPERVISOR, confirmed_by=SUPERVISOR)
    desk.resume(reason="drill over", actor=SUPERVISOR, confirmed_by=SECOND)
    clock.advance_by(31 * DAY_US)
    desk.set_lists("test-2", published_us=clock.now_us())
    answers = desk.submit([transfer(4, 0, 1, 1), redeem(5, 0, 10)], key="c")
    assert answers.verdict(0).rule == "G01.window_months_max"
    assert answers.posting(1) == Posting.POSTED


def test_a_designated_person_is_frozen_in_the_same_commit_and_stays_frozen() -> None:
    desk = open_desk()
    desk.submit([issue(1, 0, 1_000)], key="a")
    desk.set_screening(np.array([0]), np.array([Screen.HIT], dtype=np.uint8), list_version="test-2")
    answers = desk.submit([transfer(2, 0, 1, 1), redeem(3, 0, 1)], key="b")
    assert answers.found.outcome.tolist() == [Outcome.FREEZE, Outcome.FREEZE]
    assert desk.floor.parties.status[0] == PartyStatus.FROZEN
    # Clearing the name alone does not thaw: a person decides that.
    desk.set_screening(
        np.array([0]), np.array([Screen.CLEAR], dtype=np.uint8), list_version="test-3"
    )
    assert desk.submit([redeem(4, 0, 1)], key="c").found.outcome[0] == Outcome.FREEZE


def test_a_possible_match_and_an_unscreened_customer_wait() -> None:
    desk = open_desk()
    desk.onboard(["new"], consent=AGREED)
    answers = desk.submit([issue(1, 4, 100)], key="a")
    assert (answers.verdict(0).rule, answers.posting(0)) == ("G19.lists", Posting.HELD)


def test_linked_instructions_stand_or_fall_together_and_so_do_their_limits() -> None:
    desk = open_desk(condition("G06.daily_value_max", "1000", "PKR"))
    payable = desk.floor.parties.accounts[3, 0]
    leg = Instruction(
        id=derive_id("leg"), kind=Kind.LEG, amount_minor=10**9, debit=int(payable), credit=0
    )
    answers = desk.submit([issue(1, 0, 500 * PKR, linked=True), leg], key="a")
    assert answers.posting(0) == Posting.LINKED_FAILED
    assert holdings(desk)[0] == 0
    assert desk.submit([issue(2, 0, 1_000 * PKR)], key="b").found.outcome[0] < Outcome.HOLD


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "transfers.bad_batch"),
        ([issue(1, 0, 1, asset=7)], "transfers.unknown_asset"),
        ([issue(1, 0, 1, linked=True), issue(2, 0, 1, timeout_us=5)], "transfers.uneven_chain"),
        (
            batch_of([issue(1, 0, 1)])._replace(asset=np.array([2**32])),
            "transfers.bad_batch",
        ),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_and_journalled(
    rows: list[Instruction], code: str
) -> None:
    desk = open_desk()
    before = desk.floor.book.state_hash()
    with pytest.raises(InstructionError) as caught:
        desk.submit(rows, key="a")
    assert caught.value.stable_code == code
    assert desk.floor.book.state_hash() == before
    assert list(desk.journal.facts())[-1].kind == "transfers.refused"


def test_an_unknown_party_is_refused_by_the_ledger_and_nothing_crashes() -> None:
    desk = open_desk()
    rows = [transfer(1, 99, 0, 1), transfer(2, 0, -7, 1), issue(3, 2**40, 1)]
    answers = desk.submit(rows, key="a")
    assert {answers.posting(row) for row in range(3)} == {Posting.ACCOUNT_UNKNOWN}


def test_a_token_with_eighteen_decimals_holds_exactly() -> None:
    ether_like = Asset("WPKR", 18, AssetKind.ASSET_REFERENCED_TOKEN)
    desk = open_desk(asset=ether_like, reserve_minor=10**25)
    # Its price is one paisa a minor unit here, so only the ledger's own width matters.
    answers = desk.submit([issue(1, 0, 2**70)], key="a")
    assert answers.verdict(0).rule == "G08.issued_supply_max"
    fiat = Asset("PKR0", 0, AssetKind.FIAT)
    assert open_desk(asset=fiat).submit([issue(1, 0, 7)], key="a").accepted[0]


def test_onboarding_stops_at_the_permitted_number_and_a_reference_is_used_once() -> None:
    desk = open_desk(condition("G02.customers_max", 5, "customers"))
    desk.onboard(["five"])
    for refs, code in ((["six"], "transfers.customers_full"),):
        with pytest.raises(OnboardingError) as caught:
            desk.onboard(refs)
        assert caught.value.stable_code == code
    other = open_desk()
    with pytest.raises(OnboardingError, match="cannot be used"):
        other.onboard(["C0"])


def busy_desk(journal: Journal | None = None) -> Desk:
    """A desk that has seen some of everything."""
    clock = TrialClock(START_US)
    desk = open_desk(journal=journal, clock=clock)
    desk.submit([issue(n, n % 4, 90_000 * PKR) for n in range(8)], key="a")
    clock.advance_by(HOUR_US)
    desk.submit([transfer(n, 0, 1 + n % 3, n * PKR) for n in range(10, 40)], key="b")
    desk.submit([issue(50, 2, 100, two_step=True, timeout_us=HOUR_US)], key="c")
    desk.set_screening(np.array([3]), np.array([Screen.HIT], dtype=np.uint8), list_version="test-2")
    desk.submit([redeem(60, 3, 5), redeem(61, 1, 5)], key="d")
    clock.advance_by(2 * HOUR_US)
    desk.submit([redeem(62, 1, 5)], key="e")
    return desk


def test_a_desk_opened_again_stands_where_it_stood(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "desk.db", name="test") as journal:
        desk = busy_desk(journal)
        pack, clock, state = desk.floor.terms.pack, desk.clock, desk.floor.book.state_hash()
        gate = desk.floor.gate.party[:4].tolist()
    with Journal.open(tmp_path / "desk.db") as journal:
        again = Desk.open(journal, pack, clock)
        assert again.floor.book.state_hash() == state
        assert again.floor.gate.party[:4].tolist() == gate
        assert again.submit([redeem(62, 1, 5)], key="e").repeated


def test_the_ledger_reads_the_desk_s_facts_without_the_gate() -> None:
    desk = busy_desk()
    book = Book()
    for fact in desk.journal.facts():
        apply_ledger_fact(book, fact)
    assert book.state_hash() == desk.floor.book.state_hash()


def test_the_same_instructions_give_the_same_journal() -> None:
    assert busy_desk().journal.head == busy_desk().journal.head


@pytest.mark.parametrize(
    "column", ["decision", "outcome", "rule", "excess", "amount_lo", "value", "touched.balance"]
)
def test_replay_finds_a_forged_answer_even_under_a_sound_chain(column: str) -> None:
    """Somebody rewrites history and computes the whole chain anew: the verdicts give it away."""
    desk = busy_desk()
    forged = Journal.in_memory("test")
    done = False
    for fact in desk.journal.facts():
        payload = fact.payload
        if fact.kind == "transfers.batch" and not done:
            columns = {name: array.copy() for name, array in frame_of(fact).columns.items()}
            if column in columns:
                columns[column].reshape(-1)[0] ^= 1
                payload = encode_frame(columns, frame_of(fact).meta)
                done = True
        forged.commit([Draft(fact.kind, fact.at_us, fact.actor, payload)])
    assert done
    with pytest.raises(ReplayMismatch, match="cannot be reproduced"):
        rebuild(forged.facts(), desk.floor.terms.pack)


def test_a_wider_stage_is_enforced_from_the_next_row_and_forgets_nothing() -> None:
    narrow = condition("G06.daily_value_max", "1000", "PKR")
    desk = open_desk(narrow)
    rows = [issue(1, 0, 900 * PKR), issue(2, 0, 200 * PKR)]
    assert desk.submit(rows, key="a").found.outcome.tolist()[1] == Outcome.HOLD
    wider = condition("G06.daily_value_max", "1500", "PKR")
    granted = permission(desk.floor.terms.pack, conditions=(wider,))
    with pytest.raises(NotAllowed, match="second person"):
        desk.change_permission(granted, actor=SUPERVISOR, confirmed_by=SUPERVISOR)
    desk.change_permission(granted, actor=SUPERVISOR, confirmed_by=SECOND)
    # 900 and the held 200 are used; 400 are left and not one paisa more.
    rows = [issue(3, 0, 400 * PKR), issue(4, 0, 1)]
    assert [o >= Outcome.HOLD for o in desk.submit(rows, key="b").found.outcome] == [False, True]
    again = Desk.open(desk.journal, desk.floor.terms.pack, desk.clock)
    assert again.floor.program.content_hash == desk.floor.program.content_hash
    assert again.floor.gate.party[:4].tolist() == desk.floor.gate.party[:4].tolist()


def test_a_failed_commit_closes_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = open_desk()

    def fail(_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(desk.journal, "commit", fail)
    with pytest.raises(OSError, match="disk full"):
        desk.submit([issue(1, 0, 1)], key="a")
    monkeypatch.undo()
    with pytest.raises(DeskBroken, match="takes nothing more"):
        desk.submit([issue(2, 0, 1)], key="b")
