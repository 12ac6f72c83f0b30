"""Each planted fault is killed by the story that is named beside it."""

from __future__ import annotations

import pytest

from tests.ledger.mutants import faulty_ledger
from tests.ledger.scenarios import STORIES

FAULTS: list[tuple[str, str, str, str, str]] = [
    (
        "overdraft off by one",
        "legs",
        "return 0 if le128(sum_hi, sum_lo, line[earned], line[earned + 1]) else 1",
        "return 0 if le128(sum_hi, sum_lo, line[earned], line[earned + 1] + 1) else 1",
        "spends_to_the_last_unit_and_no_further",
    ),
    (
        "pending forgotten in the limit",
        "legs",
        "_ = add128(line[spent], line[spent + 1], line[spent + 2], line[spent + 3])",
        "_ = line[spent + 2], line[spent + 3], False",
        "pending_counts_against_the_limit",
    ),
    (
        "incoming pending counted as spendable",
        "legs",
        "le128(sum_hi, sum_lo, line[earned], line[earned + 1])",
        "le128(sum_hi, sum_lo, line[earned], line[earned + 1] + line[earned - 1])",
        "pending_counts_against_the_limit",
    ),
    (
        "asset accounts unguarded",
        "legs",
        "if takes == 1 and credit_flags & NO_OVERDRAW_DEBITS:",
        "if takes == 1 and debit_flags & NO_OVERDRAW_DEBITS:",
        "an_asset_account_cannot_pay_out_more_than_it_holds",
    ),
    (
        "overflow unnoticed",
        "legs",
        "    if overflow:\n        return 2\n",
        "",
        "balances_carry_into_the_high_half_and_never_leave_128_bits",
    ),
    (
        "frozen accounts may pay",
        "legs",
        "if debit_flags & FROZEN_DEBIT or credit_flags & FROZEN_CREDIT:",
        "if credit_flags & FROZEN_DEBIT or credit_flags & FROZEN_CREDIT:",
        "frozen_accounts_give_or_take_nothing_but_get_holds_back",
    ),
    (
        "closed accounts may receive",
        "legs",
        "if (debit_flags | credit_flags) & CLOSED:",
        "if debit_flags & CLOSED:",
        "closed_accounts_are_closed_on_both_sides",
    ),
    (
        "assets mix",
        "legs",
        "if book.accounts[debit].asset != book.accounts[credit].asset:",
        "if book.accounts[debit].asset > book.accounts[credit].asset:",
        "exchange_of_two_assets_is_one_chain",
    ),
    (
        "time-out one microsecond late",
        "timeouts",
        "book.heap[0, 0] <= now_us",
        "book.heap[0, 0] < now_us",
        "a_time_out_comes_exactly_when_it_is_due",
    ),
    (
        "a posted hold expires all the same",
        "timeouts",
        "        if entry.state != OPEN:\n            continue\n",
        "",
        "a_hold_posted_just_in_time_does_not_expire_later",
    ),
    (
        "the heap forgets to sift down",
        "timeouts",
        "        parent = child\n\n\n@lean_part\ndef expire_due",
        "        return slot\n\n\n@lean_part\ndef expire_due",
        "time_outs_come_in_order_whatever_the_order_of_arrival",
    ),
    (
        "idempotency dropped",
        "kernel",
        "    outcome = known_outcome(book, rows, i)\n    if outcome != UNSEEN:\n"
        "        return outcome\n    outcome = check_shape",
        "    outcome = check_shape",
        "the_same_id_moves_money_once",
    ),
    (
        "a refusal may be tried again",
        "id_index",
        "return EXISTS if book.transfers[slot].outcome <= ACCEPTED else ID_ALREADY_REFUSED",
        "return EXISTS if book.transfers[slot].outcome <= ACCEPTED else UNSEEN",
        "a_refused_id_stays_refused",
    ),
    (
        "ids compared by their hash",
        "id_index",
        "if known.id_lo == lo and known.id_hi == hi:",
        "if known.id_lo == known.id_lo:",
        "ids_with_the_same_hash_are_still_two",
    ),
    (
        "amount no part of the request",
        "id_index",
        "if known.amount_lo != rows.amount_lo[i] or known.amount_hi != rows.amount_hi[i]:",
        "if known.amount_hi != rows.amount_hi[i]:",
        "the_same_id_for_another_row_is_a_conflict",
    ),
    (
        "a far account is cut to 32 bits",
        "id_index",
        "        and INT32_MIN <= debit <= INT32_MAX\n",
        "",
        "what_a_narrow_record_cannot_hold_is_compared_all_the_same",
    ),
    (
        "a pending id is forgotten by a narrow record",
        "id_index",
        "        rows.pending_lo[i] == ZERO\n        and rows.pending_hi",
        "        rows.pending_hi",
        "what_a_narrow_record_cannot_hold_is_compared_all_the_same",
    ),
    (
        "a time-out is no part of the request",
        "id_index",
        "        and rows.timeout_us[i] == 0\n",
        "",
        "what_a_narrow_record_cannot_hold_is_compared_all_the_same",
    ),
    (
        "ids lost when the index grows",
        "book",
        "        rebuild_ids(ids, self.state.ids_key, self.state.transfers, self.transfer_count)\n",
        "",
        "ids_survive_the_growth_of_the_book",
    ),
    (
        "undo forgets the hold of a failed chain",
        "kernel",
        "    else:\n        debit, credit = np.int64(entry.debit), np.int64(entry.credit)\n"
        "        release(book, debit, credit, entry.amount_hi, entry.amount_lo)\n"
        "        entry.state = 0\n",
        "    else:\n        entry.state = 0\n",
        "a_failed_chain_gives_back_its_holds",
    ),
    (
        "undo leaves the hold alive",
        "kernel",
        "        release(book, debit, credit, entry.amount_hi, entry.amount_lo)\n"
        "        entry.state = 0\n",
        "        release(book, debit, credit, entry.amount_hi, entry.amount_lo)\n",
        "a_failed_chain_gives_back_its_holds",
    ),
    (
        "undo takes back the whole of a partial posting",
        "kernel",
        "                if hi == ZERO and lo == ZERO:\n"
        "                    hi, lo = pended.amount_hi, pended.amount_lo\n",
        "                hi, lo = pended.amount_hi, pended.amount_lo\n",
        "a_failed_chain_reopens_the_hold_it_posted",
    ),
    (
        "undo does not reopen what it set aside again",
        "kernel",
        "            pended.state = OPEN\n",
        "",
        "a_failed_chain_reopens_the_hold_it_voided",
    ),
    (
        "undo goes forwards",
        "kernel",
        "    slot = book.counters[TRANSFERS] - 1\n"
        "    while slot >= book.counters[CHAIN_START]:\n"
        "        if book.transfers[slot].outcome <= ACCEPTED:\n"
        "            undo_entry(book, slot)\n"
        "        slot -= 1\n",
        "    for slot in range(book.counters[CHAIN_START], book.counters[TRANSFERS]):\n"
        "        if book.transfers[slot].outcome <= ACCEPTED:\n"
        "            undo_entry(book, slot)\n",
        "a_chain_may_hold_and_post_the_same_transfer_and_still_be_undone",
    ),
    (
        "an open chain is posted",
        "kernel",
        "        return last, CHAIN_CUT\n",
        "        return last, CHAIN_POST\n",
        "an_open_chain_at_the_end_of_a_batch_fails",
    ),
    (
        "a half-known chain is posted",
        "kernel",
        "return last, CHAIN_MIXED if known > 0 else CHAIN_POST",
        "return last, CHAIN_POST",
        "a_chain_half_known_is_not_posted",
    ),
    (
        "HOLD posts at once",
        "kernel",
        "    if decision == HOLD:\n",
        "    if decision == BLOCK:\n",
        "the_gate_holds_blocks_and_freezes",
    ),
    (
        "BLOCK passes",
        "kernel",
        "if decision >= BLOCK or (decision == HOLD and ends):",
        "if decision > BLOCK or (decision == HOLD and ends):",
        "the_gate_holds_blocks_and_freezes",
    ),
    (
        "a hold may be posted twice",
        "kernel",
        "    entry.state = STATE_POSTED\n    return POSTED",
        "    return POSTED",
        "a_pending_transfer_is_posted_once_whole",
    ),
    (
        "more than the hold may be posted",
        "kernel",
        "    if lt128(entry.amount_hi, entry.amount_lo, hi, lo):\n        return PENDING_EXCEEDS\n",
        "",
        "a_pending_transfer_is_posted_in_part_and_the_rest_released",
    ),
    (
        "the rest of a hold is kept",
        "kernel",
        "    release(book, debit, credit, entry.amount_hi, entry.amount_lo)\n"
        "    if np.int64(rows.flags[i]) & VOID:",
        "    release(book, debit, credit, rows.amount_hi[i], rows.amount_lo[i])\n"
        "    if np.int64(rows.flags[i]) & VOID:",
        "a_pending_transfer_is_posted_in_part_and_the_rest_released",
    ),
    (
        "an account is told twice",
        "legs",
        "        book.accounts[account].epoch = book.counters[EPOCH]\n",
        "",
        "what_a_batch_touched_is_told_in_order_and_once",
    ),
]


@pytest.mark.parametrize(
    ("module", "old", "new", "killer"),
    [pytest.param(*fault[1:], id=fault[0].replace(" ", "-")) for fault in FAULTS],
)
def test_fault_is_killed(module: str, old: str, new: str, killer: str) -> None:
    with faulty_ledger(module, old, new) as ledger:
        try:
            STORIES[killer](ledger.Book)
        except (AssertionError, IndexError):
            return
    pytest.fail(f"{killer} does not notice the fault")


def test_the_interpreted_copy_without_a_fault_passes_every_story() -> None:
    """Else a fault might be killed by the interpreting and not by the story."""
    unchanged = "def post_batch("
    with faulty_ledger("kernel", unchanged, unchanged) as ledger:
        for tell in STORIES.values():
            tell(ledger.Book)
