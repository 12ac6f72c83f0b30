"""Small stories about posting. Each runs on the compiled kernel, and on every planted fault.

A story takes a function that makes an empty book, so that a faulty copy of the kernel can be put
in its place; it fails with ``AssertionError`` when the book is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace

from sandrail.ledger import AccountFlag, GateDecision, Outcome, PendingState, RowFlag, TransferRow
from sandrail.ledger.limits import TIMEOUT_US_MAX
from sandrail.ledger.rows import rows_of
from tests.ledger.storybook import ALI, BANK, OUTSIDE, SARA, TOKEN, Bench, NewBook

MAX = 2**128 - 1

STORIES: dict[str, Callable[[NewBook], None]] = {}


def story(function: Callable[[NewBook], None]) -> Callable[[NewBook], None]:
    """Put a story on the list."""
    STORIES[function.__name__] = function
    return function


@story
def spends_to_the_last_unit_and_no_further(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    assert b.one(b.row(ALI, SARA, 101)) is Outcome.OVERDRAFT
    assert b.one(b.row(ALI, SARA, 100)) is Outcome.POSTED
    assert b.one(b.row(ALI, SARA, 1)) is Outcome.OVERDRAFT
    assert b.four(ALI) == (0, 100, 0, 100)


@story
def an_asset_account_cannot_pay_out_more_than_it_holds(new_book: NewBook) -> None:
    b = Bench(new_book)
    assert b.one(b.row(OUTSIDE, BANK, 1)) is Outcome.OVERDRAFT
    assert b.one(b.row(BANK, OUTSIDE, 50)) is Outcome.POSTED
    assert b.one(b.row(OUTSIDE, BANK, 51)) is Outcome.OVERDRAFT
    assert b.one(b.row(OUTSIDE, BANK, 50)) is Outcome.POSTED


@story
def pending_counts_against_the_limit(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    assert b.one(b.row(ALI, SARA, 60, flags=RowFlag.PENDING)) is Outcome.PENDING
    assert b.four(ALI) == (60, 0, 0, 100)
    assert b.four(SARA) == (0, 0, 60, 0)
    assert b.one(b.row(ALI, SARA, 41)) is Outcome.OVERDRAFT
    assert b.one(b.row(SARA, ALI, 1)) is Outcome.OVERDRAFT
    assert b.one(b.row(ALI, SARA, 40)) is Outcome.POSTED


@story
def a_pending_transfer_is_posted_once_whole(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    hold = b.row(ALI, SARA, 60, flags=RowFlag.PENDING)
    b.post(hold)
    assert b.one(b.end(hold.id, RowFlag.POST)) is Outcome.POSTED
    assert b.four(ALI) == (0, 60, 0, 100)
    assert b.four(SARA) == (0, 0, 0, 60)
    assert b.one(b.end(hold.id, RowFlag.POST)) is Outcome.PENDING_ALREADY_POSTED
    assert b.one(b.end(hold.id, RowFlag.VOID)) is Outcome.PENDING_ALREADY_POSTED
    assert b.four(ALI) == (0, 60, 0, 100)


@story
def a_pending_transfer_is_posted_in_part_and_the_rest_released(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    hold = b.row(ALI, SARA, 60, flags=RowFlag.PENDING)
    b.post(hold)
    assert b.one(b.end(hold.id, RowFlag.POST, 61)) is Outcome.PENDING_EXCEEDS
    assert b.one(b.end(hold.id, RowFlag.POST, 25, debit=ALI, credit=SARA)) is Outcome.POSTED
    assert b.four(ALI) == (0, 25, 0, 100)
    assert b.four(SARA) == (0, 0, 0, 25)


@story
def a_pending_transfer_is_voided_once(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    hold = b.row(ALI, SARA, 60, flags=RowFlag.PENDING)
    b.post(hold)
    assert b.one(b.end(hold.id, RowFlag.VOID, 59)) is Outcome.PENDING_MISMATCH
    assert b.one(b.end(hold.id, RowFlag.VOID, debit=SARA)) is Outcome.PENDING_MISMATCH
    assert b.one(b.end(hold.id, RowFlag.POST, credit=OUTSIDE)) is Outcome.PENDING_MISMATCH
    assert b.one(b.end(hold.id, RowFlag.VOID, 60)) is Outcome.VOIDED
    assert b.four(ALI) == (0, 0, 0, 100)
    assert b.one(b.end(hold.id, RowFlag.VOID)) is Outcome.PENDING_ALREADY_VOIDED


@story
def only_what_is_pending_can_be_ended(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    poor = b.row(SARA, ALI, 1, flags=RowFlag.PENDING)
    assert b.one(poor) is Outcome.OVERDRAFT
    assert b.one(b.end(1, RowFlag.POST)) is Outcome.PENDING_UNKNOWN
    assert b.one(b.end(poor.id, RowFlag.POST)) is Outcome.PENDING_UNKNOWN
    assert b.one(b.end(777, RowFlag.VOID)) is Outcome.PENDING_UNKNOWN


@story
def a_time_out_comes_exactly_when_it_is_due(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    hold = b.row(ALI, SARA, 60, flags=RowFlag.PENDING, timeout_us=10)
    b.post(hold)
    b.now_us = 1_009
    b.post()
    assert b.four(ALI) == (60, 0, 0, 100)
    b.now_us = 1_010
    assert b.one(b.end(hold.id, RowFlag.POST)) is Outcome.PENDING_ALREADY_EXPIRED
    assert b.four(ALI) == (0, 0, 0, 100)
    assert b.four(SARA) == (0, 0, 0, 0)
    assert b.state(hold.id) is PendingState.EXPIRED


@story
def a_hold_posted_just_in_time_does_not_expire_later(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    hold = b.row(ALI, SARA, 60, flags=RowFlag.PENDING, timeout_us=10)
    b.post(hold)
    b.now_us = 1_009
    assert b.one(b.end(hold.id, RowFlag.POST)) is Outcome.POSTED
    b.now_us = 2_000
    b.post()
    assert b.four(ALI) == (0, 60, 0, 100)
    assert b.state(hold.id) is PendingState.POSTED


@story
def time_outs_come_in_order_whatever_the_order_of_arrival(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 10_000)
    waits = [(7 * k) % 31 + 1 for k in range(30)]
    holds = [b.row(ALI, SARA, 1, flags=RowFlag.PENDING, timeout_us=wait) for wait in waits]
    b.post(*holds)
    seen: list[int] = []
    for now_us in range(1_000, 1_040):
        b.now_us = now_us
        expired = b.book.post(rows_of([]), now_us).expired.tolist()
        gone = {hold.id for hold, wait in zip(holds, waits, strict=True) if 1_000 + wait <= now_us}
        seen += expired
        assert len(seen) == len(gone)
        assert b.four(ALI)[0] == 30 - len(gone)


@story
def a_chain_is_all_or_none(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    linked = RowFlag.LINKED
    chain = [b.row(ALI, SARA, 80, flags=linked), b.row(SARA, ALI, 81)]
    assert b.post(*chain) == [Outcome.LINKED_FAILED, Outcome.OVERDRAFT]
    assert (b.four(ALI), b.four(SARA)) == ((0, 0, 0, 100), (0, 0, 0, 0))
    good = [b.row(ALI, SARA, 80, flags=linked), b.row(SARA, ALI, 80)]
    assert b.post(*good) == [Outcome.POSTED, Outcome.POSTED]
    assert (b.four(ALI), b.four(SARA)) == ((0, 80, 0, 180), (0, 80, 0, 80))


@story
def a_failed_chain_gives_back_its_holds(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    linked = RowFlag.LINKED
    hold = b.row(ALI, SARA, 60, flags=linked | RowFlag.PENDING, timeout_us=5)
    chain = [hold, b.row(ALI, SARA, 41)]
    assert b.post(*chain) == [Outcome.LINKED_FAILED, Outcome.OVERDRAFT]
    assert (b.four(ALI), b.four(SARA)) == ((0, 0, 0, 100), (0, 0, 0, 0))
    assert b.one(b.end(hold.id, RowFlag.POST)) is Outcome.PENDING_UNKNOWN
    b.now_us = 1_100
    assert b.book.post(rows_of([]), b.now_us).expired.tolist() == []
    assert b.four(ALI) == (0, 0, 0, 100)


@story
def a_failed_chain_reopens_the_hold_it_posted(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    hold = b.row(ALI, SARA, 60, flags=RowFlag.PENDING, timeout_us=50)
    b.post(hold)
    for amount in (0, 20):
        chain = [
            b.end(hold.id, RowFlag.POST, amount, linked=RowFlag.LINKED),
            b.row(SARA, ALI, 61),
        ]
        assert b.post(*chain) == [Outcome.LINKED_FAILED, Outcome.OVERDRAFT]
        assert (b.four(ALI), b.four(SARA)) == ((60, 0, 0, 100), (0, 0, 60, 0))
        assert b.state(hold.id) is PendingState.OPEN
    b.now_us = 1_050
    b.post()
    assert (b.four(ALI), b.state(hold.id)) == ((0, 0, 0, 100), PendingState.EXPIRED)


@story
def a_failed_chain_reopens_the_hold_it_voided(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    hold = b.row(ALI, SARA, 60, flags=RowFlag.PENDING)
    b.post(hold)
    chain = [b.end(hold.id, RowFlag.VOID, linked=RowFlag.LINKED), b.row(ALI, SARA, 101)]
    assert b.post(*chain) == [Outcome.LINKED_FAILED, Outcome.OVERDRAFT]
    assert (b.four(ALI), b.four(SARA)) == ((60, 0, 0, 100), (0, 0, 60, 0))
    assert b.one(b.end(hold.id, RowFlag.POST)) is Outcome.POSTED


@story
def a_chain_may_hold_and_post_the_same_transfer_and_still_be_undone(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    linked = RowFlag.LINKED
    hold = b.row(ALI, SARA, 60, flags=linked | RowFlag.PENDING)
    chain = [hold, b.end(hold.id, RowFlag.POST, 50, linked=linked), b.row(SARA, ALI, 51)]
    assert b.post(*chain) == [Outcome.LINKED_FAILED, Outcome.LINKED_FAILED, Outcome.OVERDRAFT]
    assert (b.four(ALI), b.four(SARA)) == ((0, 0, 0, 100), (0, 0, 0, 0))
    assert b.one(b.end(hold.id, RowFlag.POST)) is Outcome.PENDING_UNKNOWN


@story
def an_open_chain_at_the_end_of_a_batch_fails(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    chain = [b.row(ALI, SARA, 1, flags=RowFlag.LINKED), b.row(ALI, SARA, 1, flags=RowFlag.LINKED)]
    assert b.post(*chain) == [Outcome.LINKED_FAILED, Outcome.CHAIN_OPEN]
    assert b.four(ALI) == (0, 0, 0, 100)
    assert b.post(*chain) == [Outcome.ID_ALREADY_REFUSED] * 2


@story
def a_chain_repeated_whole_gets_its_answers_again(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    chain = [b.row(ALI, SARA, 10, flags=RowFlag.LINKED), b.row(ALI, SARA, 5)]
    assert b.post(*chain) == [Outcome.POSTED] * 2
    assert b.post(*chain) == [Outcome.EXISTS] * 2
    assert b.four(ALI) == (0, 15, 0, 100)


@story
def a_chain_half_known_is_not_posted(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    first = b.row(ALI, SARA, 10, flags=RowFlag.LINKED)
    second = b.row(ALI, SARA, 5)
    assert b.post(first, second) == [Outcome.POSTED] * 2
    assert b.post(first, b.row(ALI, SARA, 7)) == [Outcome.EXISTS, Outcome.LINKED_FAILED]
    assert b.four(ALI) == (0, 15, 0, 100)


@story
def an_id_twice_in_one_chain_fails_it(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    twice = b.row(ALI, SARA, 10, flags=RowFlag.LINKED)
    found = b.post(twice, twice, b.row(ALI, SARA, 1))
    assert found == [Outcome.LINKED_FAILED, Outcome.ID_ALREADY_REFUSED, Outcome.LINKED_FAILED]
    assert b.four(ALI) == (0, 0, 0, 100)


@story
def exchange_of_two_assets_is_one_chain(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.book.open_account(asset=1)
    b.fund(ALI, 100)
    rupees = b.row(ALI, OUTSIDE, 90, flags=RowFlag.LINKED)
    units = b.row(5, TOKEN, 3)
    assert b.post(rupees, units) == [Outcome.POSTED] * 2
    assert (b.four(ALI), b.four(TOKEN)) == ((0, 90, 0, 100), (0, 0, 0, 3))
    assert b.one(b.row(ALI, TOKEN, 1)) is Outcome.ASSET_MISMATCH


@story
def the_same_id_moves_money_once(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    pay = b.row(ALI, SARA, 10)
    assert b.post(pay, pay) == [Outcome.POSTED, Outcome.EXISTS]
    assert b.one(pay) is Outcome.EXISTS
    assert b.four(ALI) == (0, 10, 0, 100)


@story
def the_same_id_for_another_row_is_a_conflict(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    pay = TransferRow(id=2**64 + 5, debit=ALI, credit=SARA, amount=10)
    assert b.one(pay) is Outcome.POSTED
    others = [
        TransferRow(id=pay.id, debit=ALI, credit=SARA, amount=11),
        TransferRow(id=pay.id, debit=ALI, credit=SARA, amount=10 + 2**64),
        TransferRow(id=pay.id, debit=ALI, credit=OUTSIDE, amount=10),
        TransferRow(id=pay.id, debit=SARA, credit=SARA, amount=10),
        TransferRow(id=pay.id, debit=ALI, credit=SARA, amount=10, flags=RowFlag.PENDING),
        TransferRow(id=pay.id, debit=ALI, credit=SARA, amount=10, timeout_us=1),
        TransferRow(id=pay.id, debit=ALI, credit=SARA, amount=10, pending_id=1),
        TransferRow(id=pay.id, debit=ALI, credit=SARA, amount=10, pending_id=2**64),
    ]
    assert b.post(*others) == [Outcome.ID_CONFLICT] * len(others)
    elsewhere = [
        TransferRow(id=5, debit=ALI, credit=SARA, amount=10),
        TransferRow(id=2**65 + 5, debit=ALI, credit=SARA, amount=10),
    ]
    assert b.post(*elsewhere) == [Outcome.POSTED] * 2


@story
def ids_with_the_same_hash_are_still_two(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.book.state.ids_key[:] = 0  # under this key the ids below share their tag and their place
    b.fund(ALI, 100)
    twins = (2_924_715, 11_576_972)
    rows = [TransferRow(id=id_, debit=ALI, credit=SARA, amount=10) for id_ in twins]
    assert b.post(*rows) == [Outcome.POSTED] * 2
    assert b.post(*rows) == [Outcome.EXISTS] * 2
    assert b.four(ALI) == (0, 20, 0, 100)


@story
def a_refused_id_stays_refused(new_book: NewBook) -> None:
    b = Bench(new_book)
    pay = b.row(ALI, SARA, 10)
    assert b.one(pay) is Outcome.OVERDRAFT
    b.fund(ALI, 100)
    assert b.one(pay) is Outcome.ID_ALREADY_REFUSED
    assert b.four(ALI) == (0, 0, 0, 100)


@story
def the_gate_holds_blocks_and_freezes(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    held = b.row(ALI, SARA, 10, decision=GateDecision.HOLD)
    warned = b.row(ALI, SARA, 1, decision=GateDecision.WARN)
    blocked = b.row(ALI, SARA, 2, decision=GateDecision.BLOCK)
    frozen = b.row(ALI, SARA, 3, decision=GateDecision.FREEZE)
    assert b.post(held, warned, blocked, frozen) == [
        Outcome.HELD,
        Outcome.POSTED,
        Outcome.REFUSED_BY_GATE,
        Outcome.REFUSED_BY_GATE,
    ]
    assert b.four(ALI) == (10, 1, 0, 100)
    again = TransferRow(id=blocked.id, debit=ALI, credit=SARA, amount=2)
    assert b.one(again) is Outcome.ID_ALREADY_REFUSED
    release = b.end(held.id, RowFlag.POST, decision=GateDecision.HOLD)
    assert b.one(release) is Outcome.REFUSED_BY_GATE
    assert b.one(b.end(held.id, RowFlag.POST)) is Outcome.POSTED
    assert b.four(ALI) == (0, 11, 0, 100)


@story
def a_held_row_times_out_when_it_was_given_a_time(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    held = b.row(ALI, SARA, 10, decision=GateDecision.HOLD, timeout_us=5)
    assert b.one(held) is Outcome.HELD
    b.now_us += 5
    b.post()
    assert b.four(ALI) == (0, 0, 0, 100)


@story
def frozen_accounts_give_or_take_nothing_but_get_holds_back(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    keep = AccountFlag.MUST_NOT_OVERDRAW_CREDITS
    held, back = (b.row(ALI, SARA, 10, flags=RowFlag.PENDING) for _ in range(2))
    b.post(held, back)
    b.book.set_flags(ALI, keep | AccountFlag.FROZEN_DEBIT)
    assert b.one(b.row(ALI, SARA, 1)) is Outcome.ACCOUNT_FROZEN
    assert b.one(b.end(held.id, RowFlag.POST)) is Outcome.ACCOUNT_FROZEN
    assert b.one(b.end(back.id, RowFlag.VOID)) is Outcome.VOIDED
    assert b.one(b.row(OUTSIDE, ALI, 1)) is Outcome.POSTED
    b.book.set_flags(ALI, keep | AccountFlag.FROZEN_CREDIT)
    assert b.one(b.row(OUTSIDE, ALI, 1)) is Outcome.ACCOUNT_FROZEN
    assert b.one(b.row(ALI, SARA, 1)) is Outcome.POSTED


@story
def closed_accounts_are_closed_on_both_sides(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.book.set_flags(SARA, AccountFlag.CLOSED)
    b.fund(ALI, 10)
    assert b.one(b.row(ALI, SARA, 1)) is Outcome.ACCOUNT_CLOSED
    assert b.one(b.row(SARA, ALI, 1)) is Outcome.ACCOUNT_CLOSED


@story
def rows_that_make_no_sense_are_refused(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 100)
    cases = [
        (b.row(ALI, SARA, 0), Outcome.AMOUNT_ZERO),
        (b.row(ALI, ALI, 1), Outcome.SAME_ACCOUNT),
        (b.row(ALI, 5, 1), Outcome.ACCOUNT_UNKNOWN),
        (b.row(-1, ALI, 1), Outcome.ACCOUNT_UNKNOWN),
        (b.row(2**40, ALI, 1), Outcome.ACCOUNT_UNKNOWN),
        (b.row(ALI, SARA, 1, flags=RowFlag(16)), Outcome.FLAGS_INVALID),
        (b.row(ALI, SARA, 1, flags=RowFlag.POST | RowFlag.VOID), Outcome.FLAGS_INVALID),
        (b.row(ALI, SARA, 1, flags=RowFlag.PENDING | RowFlag.POST), Outcome.FLAGS_INVALID),
        (b.row(ALI, SARA, 1, timeout_us=-1), Outcome.TIMEOUT_INVALID),
        (b.row(ALI, SARA, 1, timeout_us=TIMEOUT_US_MAX + 1), Outcome.TIMEOUT_INVALID),
        (b.end(1, RowFlag.POST, timeout_us=1), Outcome.TIMEOUT_INVALID),
        (b.row(ALI, SARA, 1, pending_id=1), Outcome.PENDING_ID_UNEXPECTED),
        (b.row(ALI, SARA, 1, pending_id=2**64), Outcome.PENDING_ID_UNEXPECTED),
        (TransferRow(id=0, debit=ALI, credit=SARA, amount=1), Outcome.ID_ZERO),
    ]
    assert b.post(*(row for row, _ in cases)) == [outcome for _, outcome in cases]
    assert b.four(ALI) == (0, 0, 0, 100)
    again = [Outcome.ID_ALREADY_REFUSED] * (len(cases) - 1) + [Outcome.ID_ZERO]
    assert b.post(*(row for row, _ in cases)) == again


@story
def balances_carry_into_the_high_half_and_never_leave_128_bits(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 2**64 - 1)
    b.fund(ALI, 1)
    assert b.four(ALI)[3] == 2**64
    assert b.one(b.row(ALI, SARA, 2**64 + 1)) is Outcome.OVERDRAFT
    assert b.one(b.row(ALI, SARA, 2**64)) is Outcome.POSTED
    assert b.one(b.row(OUTSIDE, ALI, MAX - 2**64 + 1)) is Outcome.OVERFLOW
    assert b.one(b.row(OUTSIDE, ALI, MAX - 2**65)) is Outcome.POSTED
    assert b.one(b.row(OUTSIDE, SARA, 2**64 + 1)) is Outcome.OVERFLOW
    hold = b.row(OUTSIDE, SARA, 2**64, flags=RowFlag.PENDING)
    assert b.one(hold) is Outcome.PENDING
    assert b.one(b.row(OUTSIDE, SARA, 1)) is Outcome.OVERFLOW
    assert b.one(b.end(hold.id, RowFlag.VOID)) is Outcome.VOIDED
    assert b.one(b.row(OUTSIDE, SARA, 1)) is Outcome.POSTED


@story
def what_a_batch_touched_is_told_in_order_and_once(new_book: NewBook) -> None:
    b = Bench(new_book)
    rows = [b.row(OUTSIDE, SARA, 5), b.row(OUTSIDE, ALI, 5), b.row(SARA, ALI, 1)]
    result = b.book.post(rows_of(rows), b.now_us)
    assert result.touched.tolist() == [OUTSIDE, SARA, ALI]
    assert result.balances.tolist() == b.book.state.balances[[OUTSIDE, SARA, ALI]].tolist()
    result = b.book.post(rows_of([b.row(SARA, ALI, 1)]), b.now_us)
    assert result.touched.tolist() == [SARA, ALI]


@story
def ids_survive_the_growth_of_the_book(new_book: NewBook) -> None:
    b = Bench(new_book)
    b.fund(ALI, 10_000)
    rows = [b.row(ALI, SARA, 1) for _ in range(1_500)]
    assert set(b.post(*rows)) == {Outcome.POSTED}
    assert set(b.post(*(b.row(ALI, SARA, 1) for _ in range(1_500)))) == {Outcome.POSTED}
    assert set(b.post(*rows)) == {Outcome.EXISTS}
    assert b.four(SARA) == (0, 0, 0, 3_000)


@story
def what_a_narrow_record_cannot_hold_is_compared_all_the_same(new_book: NewBook) -> None:
    b = Bench(new_book)
    far = b.row(2**31, ALI, 1)
    assert b.one(far) is Outcome.ACCOUNT_UNKNOWN
    assert b.one(far) is Outcome.ID_ALREADY_REFUSED
    for other in (2**31 + 1, 2**32 + 2**31, -1):
        assert b.one(replace(far, debit=other)) is Outcome.ID_CONFLICT
    odd = replace(b.row(OUTSIDE, ALI, 1), flags=RowFlag(128))
    assert b.one(odd) is Outcome.FLAGS_INVALID
    assert b.one(odd) is Outcome.ID_ALREADY_REFUSED
    for flags in (RowFlag(129), RowFlag(256 + 128), RowFlag.NONE):
        assert b.one(replace(odd, flags=flags)) is Outcome.ID_CONFLICT
    plain, hold = b.row(OUTSIDE, ALI, 1), b.row(OUTSIDE, ALI, 1, flags=RowFlag.PENDING)
    assert b.post(plain, hold) == [Outcome.POSTED, Outcome.PENDING]
    for row in (plain, hold):
        assert b.one(replace(row, timeout_us=5)) is Outcome.ID_CONFLICT
        assert b.one(replace(row, pending_id=7)) is Outcome.ID_CONFLICT
        assert b.one(replace(row, amount=row.amount + 2**64)) is Outcome.ID_CONFLICT
        assert astuple(b.book.transfer(row.id).row) == astuple(row)
    assert astuple(b.book.transfer(far.id).row) == astuple(far)
    assert astuple(b.book.transfer(odd.id).row) == astuple(odd)
