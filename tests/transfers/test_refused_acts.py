"""An act that cannot be taken over is refused before it is recorded: it leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sandrail.controls import (
    BreakClosed,
    BreakOpened,
    Consent,
    DeletionAsked,
    ListingProposed,
    PartyStatus,
    PositionTaken,
    RedemptionsAsked,
    Screen,
)
from sandrail.journal import Journal
from sandrail.ledger import AccountFlag, ChartCode
from sandrail.transfers import (
    ChainFlow,
    Desk,
    FirmDesk,
    NotAllowed,
    ReplayMismatch,
    WalletDesk,
)
from sandrail.transfers.checks import RESERVE_BITS
from sandrail.transfers.limits import CONSENTS_MAX
from sandrail.wallets import Hosting
from sandrail.world import DAY_US, HOUR_US, SandrailError, TrialClock
from tests.makers.desk import AGREED, START_US, condition, issue, open_desk
from tests.makers.firm import full_pack, permission
from tests.makers.wallets import OFFICER, address

NOBODY = np.array([99], dtype=np.int64)
CLEAR = np.array([Screen.CLEAR], dtype=np.uint8)
SOMEBODY = np.array([0], dtype=np.int64)
WALLET = address(7)

ACTS: dict[str, Callable[[Desk], object]] = {
    "screening of nobody": lambda desk: desk.set_screening(NOBODY, CLEAR, list_version="x"),
    "screening in no form": lambda desk: desk.set_screening(
        SOMEBODY, np.array([99], dtype=np.uint8), list_version="x"
    ),
    "screening of fewer": lambda desk: desk.set_screening(
        np.arange(2), np.array([Screen.CLEAR] * 3, dtype=np.uint8), list_version="x"
    ),
    "freezing of nobody": lambda desk: desk.set_status(
        NOBODY, PartyStatus.FROZEN, reason="x", actor=OFFICER
    ),
    "consent of nobody": lambda desk: FirmDesk(desk).consent(NOBODY, AGREED),
    "a reserve of nothing": lambda desk: desk.set_reserve(
        7, reserve_minor=1, attested_us=START_US, evidence=""
    ),
    "a reserve beyond what is counted": lambda desk: desk.set_reserve(
        0, reserve_minor=2**RESERVE_BITS, attested_us=START_US, evidence=""
    ),
    "a reserve below zero": lambda desk: desk.set_reserve(
        0, reserve_minor=-1, attested_us=START_US, evidence=""
    ),
    "an account of nothing": lambda desk: desk.open_account(
        7, ChartCode.SUSPENSE, AccountFlag.NONE
    ),
    "classes of fewer": lambda desk: desk.onboard(["N1", "N2"], np.zeros(1, dtype=np.uint8)),
    "a position made up": lambda desk: FirmDesk(desk).observe(
        PositionTaken(at_us=START_US, customers=1, client_funds_minor=0, assets=())
    ),
    "a challenge for nobody": lambda desk: WalletDesk(desk).challenge(-1, WALLET),
    "a challenge over nothing": lambda desk: WalletDesk(desk).challenge(0, WALLET, asset=-1),
    "a flow of nothing": lambda desk: WalletDesk(desk).observe(
        [ChainFlow(address(8), WALLET, -1, 5)], source="chain"
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_what_cannot_be_taken_over_is_never_recorded(name: str) -> None:
    desk = open_desk()
    WalletDesk(desk).register(WALLET, Hosting.SELF_HOSTED)
    head = desk.journal.head
    with pytest.raises(SandrailError) as refused:
        ACTS[name](desk)
    assert not isinstance(refused.value, ReplayMismatch)
    assert desk.journal.head == head
    assert desk.submit([issue(1, 0, 100)], key="goes on").accepted.all()
    assert Desk.open(desk.journal, desk.floor.terms.pack, desk.clock).floor.now_us == START_US


def test_a_desk_tells_so_many_consents_apart_and_not_one_more() -> None:
    desk = open_desk()
    firm = FirmDesk(desk)
    for number in range(CONSENTS_MAX - 2):
        firm.consent(SOMEBODY, Consent(f"v{number}", ("en", "ur")))
    head = desk.journal.head
    with pytest.raises(NotAllowed, match="consent"):
        firm.consent(SOMEBODY, Consent("one more", ("en", "ur")))
    firm.consent(SOMEBODY, AGREED)
    assert desk.journal.head.seq == head.seq + 1
    assert Desk.open(desk.journal, desk.floor.terms.pack, desk.clock)


def test_one_thing_told_twice_follows_once_and_the_desk_opens_again() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    firm = FirmDesk(desk)
    firm.observe(RedemptionsAsked(at_us=START_US, refs=("R1", "R1")))
    firm.observe(RedemptionsAsked(at_us=START_US, refs=("R1",)))
    firm.observe(*(BreakOpened(at_us=START_US, case="B", between="a and b", minor=9**9),) * 2)
    clock.advance_by(40 * DAY_US)
    told = [one.key for one in firm.advance()]
    assert told and len(set(told)) == len(told)
    again = Desk.open(desk.journal, desk.floor.terms.pack, clock)
    assert again.floor.firm == desk.floor.firm


@pytest.mark.parametrize(
    "asked",
    [
        DeletionAsked(at_us=START_US, record="fact 3", recorded_us=START_US),
        ListingProposed(at_us=START_US, instrument="X", form="bond", size_minor=0),
    ],
    ids=["deletion", "listing"],
)
def test_what_was_refused_once_is_refused_again(asked: DeletionAsked | ListingProposed) -> None:
    pack = full_pack()
    desk = Desk.create(
        Journal.in_memory("asks"),
        replace(open_desk().floor.terms, pack=pack, permission=permission(pack)),
        TrialClock(START_US),
    )
    for _ in range(3):
        with pytest.raises(NotAllowed) as refused:
            FirmDesk(desk).require(asked)
        assert refused.value.stable_code == "transfers.refused_by_rule"
    assert Desk.open(desk.journal, pack, desk.clock).floor.firm == desk.floor.firm


def test_a_break_that_opens_again_under_its_old_name_counts_again() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    firm = FirmDesk(desk)
    firm.observe(BreakOpened(at_us=START_US, case="B", between="a and b", minor=9**9))
    clock.advance_by(HOUR_US)
    firm.observe(BreakClosed(at_us=clock.now_us(), case="B", because="seen"))
    clock.advance_by(HOUR_US)
    firm.observe(BreakOpened(at_us=clock.now_us(), case="B", between="a and b", minor=9**9))
    clock.advance_by(30 * DAY_US)
    assert [one.rule for one in firm.advance() if one.subject == "B"]


def test_an_answer_given_under_an_older_permission_is_read_by_its_own_rules() -> None:
    line = condition("G05.transfer_max", "100000", "PKR")
    desk = open_desk(line)
    item = issue(1, 0, 15_000_000)
    first = desk.submit([item], key="k").verdict(0)
    before = desk.floor.terms.permission
    pack = desk.floor.terms.pack
    other = (condition("G06.daily_value_max", "1", "PKR"),)
    desk.change_permission(
        replace(before, conditions=other),
        actor=OFFICER,
        confirmed_by=replace(OFFICER, id="pvara:second"),
    )
    assert desk.submit([item], key="k").verdict(0) == first
    again = Desk.open(desk.journal, pack, desk.clock)
    assert again.submit([item], key="k").verdict(0) == first


def test_a_journal_has_one_desk() -> None:
    desk = open_desk()
    desk.submit([issue(1, 0, 100)], key="k")
    head = desk.journal.head
    with pytest.raises(SandrailError):
        Desk.create(desk.journal, desk.floor.terms, desk.clock)
    assert desk.journal.head == head


def test_a_pause_that_began_under_the_old_permission_stands_under_the_new_one() -> None:
    clock = TrialClock(START_US)
    desk = open_desk(clock=clock)
    firm = FirmDesk(desk)
    firm.observe(BreakOpened(at_us=START_US, case="B", between="a and b", minor=10**6))
    clock.advance_by(29 * DAY_US)
    before = desk.floor.terms.permission
    # Under the new one such a break would be too small to matter.
    wider = condition("G05.transfer_max", "100000", "PKR")
    desk.change_permission(
        replace(before, conditions=(wider,)),
        actor=OFFICER,
        confirmed_by=replace(OFFICER, id="pvara:second"),
    )
    assert [one.rule for one in desk.floor.firm.standing] == ["G30.break_age_max"]
    assert Desk.open(desk.journal, desk.floor.terms.pack, clock).floor.firm == desk.floor.firm
