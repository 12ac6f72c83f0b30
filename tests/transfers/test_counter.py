"""Many single callers at once: nobody overshoots, everybody gets one durable answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.controls import Kind, Outcome
from sandrail.journal import Journal
from sandrail.ledger import Outcome as Posting
from sandrail.transfers import Counter, Desk, Instruction, InstructionError, KeyConflict, Reply
from sandrail.transfers.instructions import (
    batch_of,
    batch_of_packed,
    body_hash,
    body_hash_of_one,
    packed_of,
)
from sandrail.world import HOUR_US, Actor, Role, TrialClock, derive_id
from tests.makers.desk import START_US, condition, issue, open_desk

CALLERS = 64
SUPERVISOR = Actor("pvara:live", "Live supervisor", Role.SUPERVISOR, "pvara")


def ask_all(desk: Desk, items: list[Instruction], *, keys: list[str]) -> list[Reply]:
    """Let every item be asked by a caller of its own, all at the same time."""

    async def run() -> list[Reply]:
        counter = Counter(desk)
        replies = await asyncio.gather(
            *(counter.submit(item, key=key) for item, key in zip(items, keys, strict=True))
        )
        await counter.close()
        return replies

    return asyncio.run(run())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new durable journal may be, in each store."""
    if request.param == "sqlite":
        return str(tmp_path / "desk.db")
    return str(request.getfixturevalue("postgres_url"))


def test_sixty_four_callers_never_pass_one_cap_by_a_unit(place: str) -> None:
    with Journal.create(place, name="test") as journal:
        desk = open_desk(condition("G07.client_funds_max", "1000", "PKR"), journal=journal)
        items = [issue(n, n % 4, 7_001) for n in range(CALLERS)]
        replies = ask_all(desk, items, keys=[f"k{n}" for n in range(CALLERS)])
        assert sum(reply.decision < Outcome.HOLD for reply in replies) == 14
        assert desk.floor.units_in_issue(0) == 14 * 7_001 <= 100_000
        head, state = journal.head, desk.floor.book.state_hash()
    with Journal.open(place) as journal:
        again = Desk.open(journal, desk.floor.terms.pack, desk.clock)
        assert (journal.head, again.floor.book.state_hash()) == (head, state)


@pytest.mark.parametrize("end", ["release", "expiry"])
def test_callers_at_once_share_what_holds_leave_and_get_it_back(place: str, end: str) -> None:
    """Holds of 64 callers reserve one cap exactly; ended, they give exactly that much back."""
    clock = TrialClock(START_US)
    with Journal.create(place, name="test") as journal:
        cap = condition("G07.client_funds_max", "1000", "PKR")
        desk = open_desk(cap, journal=journal, clock=clock)
        items = [issue(n, n % 4, 7_001, two_step=True, timeout_us=HOUR_US) for n in range(CALLERS)]
        replies = ask_all(desk, items, keys=[f"h{n}" for n in range(CALLERS)])
        held = [n for n, reply in enumerate(replies) if reply.outcome == Posting.PENDING]
        assert len(held) == 14
        (late,) = ask_all(desk, [issue("late", 0, 7_001)], keys=["late"])
        assert late.decision == Outcome.BLOCK
        if end == "expiry":
            clock.advance_by(HOUR_US)
        else:
            ends = [
                Instruction(id=derive_id("end", n), kind=Kind.RELEASE, pending=items[n].id)
                for n in held
            ]
            done = ask_all(desk, ends, keys=[f"r{n}" for n in held])
            assert {reply.outcome for reply in done} == {Posting.VOIDED}
        items = [issue(("again", n), n % 4, 10_000) for n in range(CALLERS)]
        replies = ask_all(desk, items, keys=[f"a{n}" for n in range(CALLERS)])
        assert sum(reply.decision < Outcome.HOLD for reply in replies) == 10
        assert desk.floor.units_in_issue(0) == 100_000


def test_the_emergency_stop_is_felt_by_the_next_row_of_callers_in_flight(tmp_path: Path) -> None:
    """Who was answered before the stop is posted, who came after is not, nobody is in between."""
    with Journal.create(tmp_path / "desk.db", name="test") as journal:
        desk = open_desk(journal=journal)
        held = issue("held", 0, 500, two_step=True)
        desk.submit([held], key="held")

        async def run() -> tuple[list[Reply], list[Reply], int]:
            counter = Counter(desk)
            first = [counter.submit(issue(n, n % 4, 10), key=f"f{n}") for n in range(CALLERS)]
            before = asyncio.ensure_future(asyncio.gather(*first))
            await asyncio.sleep(0)  # All of them wait for one commit now.
            desk.pause(reason="drill", actor=SUPERVISOR)
            stopped = journal.head.seq
            after = [counter.submit(issue(("s", n), 0, 10), key=f"s{n}") for n in range(CALLERS)]
            replies = await asyncio.gather(*after)
            answered = await before
            await counter.close()
            return answered, replies, stopped

        before, after, stopped = asyncio.run(run())
        # The stop is one fact of the same sequence: it decides alone who was first.
        for reply in before:
            assert (reply.outcome == Posting.POSTED) is (reply.seq < stopped)
        assert {reply.decision for reply in after} == {Outcome.BLOCK}
        posted = sum(reply.outcome == Posting.POSTED for reply in before + after)
        assert desk.floor.units_in_issue(0) == 10 * posted
        # What was on hold is still on hold; exits and the end of a hold still pass.
        (end,) = desk.submit(
            [Instruction(id=derive_id("end"), kind=Kind.RELEASE, pending=held.id)], key="end"
        ).outcome
        assert end == Posting.VOIDED
        again = Desk.open(journal, desk.floor.terms.pack, desk.clock)
        assert again.floor.paused
        assert again.floor.book.state_hash() == desk.floor.book.state_hash()


def test_the_answer_is_in_the_journal_at_the_place_it_names(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "desk.db", name="test") as journal:
        desk = open_desk(journal=journal)
        items = [issue(n, 0, n) for n in range(1, CALLERS)]
        replies = ask_all(desk, items, keys=[f"k{n}" for n in range(1, CALLERS)])
        counter = Counter(desk)
        for reply in replies:
            assert counter.answers(reply).found.outcome.tolist() == [reply.decision]
        asyncio.run(counter.close())
        again = Desk.open(journal, desk.floor.terms.pack, desk.clock)
        assert again.floor.book.state_hash() == desk.floor.book.state_hash()


def test_two_callers_with_one_key_get_one_answer() -> None:
    desk = open_desk()
    first, second = ask_all(desk, [issue(1, 0, 5)] * 2, keys=["same"] * 2)
    assert (first.seq, first.row) == (second.seq, second.row)
    assert second.repeated and desk.floor.units_in_issue(0) == 5


def test_one_caller_s_mistake_is_its_own() -> None:
    desk = open_desk()

    async def run() -> list[Reply | BaseException]:
        counter = Counter(desk)
        replies = await asyncio.gather(
            counter.submit(issue(1, 0, 5), key="a"),
            counter.submit(issue(2, 0, 5, asset=9), key="b"),
            counter.submit(issue(3, 0, 6), key="a"),
            counter.submit(issue(4, 0, 5, linked=True), key="d"),
            counter.submit(issue(5, 0, 5), key="e"),
            return_exceptions=True,
        )
        await counter.close()
        return list(replies)

    replies = asyncio.run(run())
    kinds = [type(reply) for reply in replies]
    assert kinds == [Reply, InstructionError, KeyConflict, InstructionError, Reply]
    assert desk.floor.units_in_issue(0) == 10


@given(
    st.builds(
        Instruction,
        id=st.integers(1, 2**128 - 1),
        kind=st.sampled_from(Kind),
        amount_minor=st.integers(0, 2**128 - 1),
        debtor=st.integers(-1, 9),
        creditor=st.integers(-1, 9),
        facts=st.integers(0, 2**32 - 1),
        pending=st.integers(0, 2**128 - 1),
        timeout_us=st.integers(0, 2**40),
        two_step=st.booleans(),
    )
)
def test_a_packed_instruction_is_the_batch_of_one(item: Instruction) -> None:
    batch, packed = batch_of([item]), packed_of(item)
    assert body_hash_of_one(packed) == body_hash(batch)
    again = batch_of_packed([packed, packed])
    for column, wanted in zip(again, batch_of([item, item]), strict=True):
        assert column.dtype == wanted.dtype and column.tolist() == wanted.tolist()


def test_a_number_that_does_not_fit_is_an_error_in_words() -> None:
    with pytest.raises(InstructionError, match="does not fit its column"):
        packed_of(issue(1, 0, 1, facts=2**40))
    with pytest.raises(InstructionError, match="does not fit its column"):
        open_desk().submit([issue(1, 0, 1, facts=2**40)], key="a")
