"""Many single callers at once: nobody overshoots, everybody gets one durable answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.controls import Kind, Outcome
from sandrail.journal import Journal
from sandrail.transfers import Counter, Desk, Instruction, InstructionError, KeyConflict, Reply
from sandrail.transfers.instructions import batch_of, body_hash, body_hash_of_one
from tests.makers.desk import condition, issue, open_desk

CALLERS = 64


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


def test_sixty_four_callers_never_pass_one_cap_by_a_unit(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "desk.db", name="test") as journal:
        desk = open_desk(condition("G07.client_funds_max", "1000", "PKR"), journal=journal)
        items = [issue(n, n % 4, 7_001) for n in range(CALLERS)]
        replies = ask_all(desk, items, keys=[f"k{n}" for n in range(CALLERS)])
        assert sum(reply.decision < Outcome.HOLD for reply in replies) == 14
        assert desk.floor.units_in_issue(0) == 14 * 7_001 <= 100_000


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
def test_a_body_of_one_hashes_alike_either_way(item: Instruction) -> None:
    assert body_hash_of_one(item) == body_hash(batch_of([item]))


def test_a_number_that_does_not_fit_is_an_error_in_words() -> None:
    with pytest.raises(InstructionError, match="does not fit its column"):
        body_hash_of_one(issue(1, 0, 1, facts=2**40))
    with pytest.raises(InstructionError, match="does not fit its column"):
        open_desk().submit([issue(1, 0, 1, facts=2**40)], key="a")
