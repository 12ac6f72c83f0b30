"""Faults planted in what makes the ledger durable, each killed by the story beside it."""

from __future__ import annotations

import pytest

import sandrail.ledger as real
from sandrail.world import EvidenceError
from tests.ledger.ledger_stories import STORIES
from tests.ledger.mutants import faulty_ledger

FAULTS = [
    (
        "batch keys forgotten",
        "ledger",
        "known = self._keys.get(key)",
        "known = None",
        "a_repeated_key_gets_its_first_answer",
    ),
    (
        "batch keys forgotten on opening",
        "ledger",
        "self._keys[key_of_batch(fact)[0]] = fact.seq",
        "self._keys = {}",
        "a_repeated_key_gets_its_first_answer",
    ),
    (
        "another body passes for the same",
        "ledger",
        "if body != first_body:",
        "if body > first_body and body < first_body:",
        "a_key_for_another_body_is_a_conflict",
    ),
    (
        "amounts no part of the body",
        "rows",
        'if name != "decision":',
        'if name not in ("decision", "amount_lo"):',
        "a_key_for_another_body_is_a_conflict",
    ),
    (
        "recorded outcomes not compared",
        "facts",
        "np.flatnonzero(recorded != result.outcomes)",
        "np.flatnonzero(recorded != recorded)",
        "a_forged_outcome_is_refused_on_opening",
    ),
    (
        "recorded balances not compared",
        "facts",
        '    _require_equal(fact, columns, "touched.balance", result.balances)\n',
        "",
        "a_forged_balance_is_refused_on_opening",
    ),
    (
        "the ledger goes on after a failed commit",
        "ledger",
        "        self._halted = True\n",
        "",
        "a_failed_commit_stops_the_ledger",
    ),
    (
        "the clock may run backwards",
        "book",
        "if now_us < self.last_us:",
        "if now_us < 0:",
        "the_clock_never_runs_backwards",
    ),
    (
        "a refused closing leaves half done",
        "ledger",
        "for account, bits in before.items():",
        "for account, bits in ():",
        "flags_are_set_all_or_none_and_survive",
    ),
    (
        "an account with money may be closed",
        "book",
        "if AccountFlag.CLOSED in flags and (pending or balance.net_credit):",
        "if AccountFlag.CLOSED in flags and pending:",
        "flags_are_set_all_or_none_and_survive",
    ),
    (
        "a freeze is not recorded",
        "ledger",
        'return self._commit_frame(FLAGS_SET, at_us, columns, {"reason": reason}, actor)',
        "return None",
        "flags_are_set_all_or_none_and_survive",
    ),
    (
        "acknowledged and never recorded",
        "ledger",
        "        fact = self._journal.commit([draft])[0]\n",
        "        head = self._journal.head\n"
        "        self._journal.commit([draft]) if kind != BATCH or head.seq < 5 else None\n"
        "        fact = self._journal.fact(self._journal.head.seq)\n",
        "every_batch_is_there_after_opening_again",
    ),
    (
        "balances told as of the end of the batch",
        "kernel",
        "            for j in range(i, last + 1):\n"
        "                capture_after(book, rows, j, debit_after, credit_after)\n",
        "            for j in range(0, last + 1):\n"
        "                capture_after(book, rows, j, debit_after, credit_after)\n",
        "both_balances_are_those_right_after_the_row",
    ),
    *(
        (name, module, old, new, "a_snapshot_and_what_came_after_it_are_the_whole_book")
        for name, module, old, new in (
            (
                "a snapshot forgets the time-outs",
                "snapshot",
                "state.counters[at.HEAP] = len(slots)",
                "state.counters[at.HEAP] = 0",
            ),
            ("a snapshot forgets the ids", "snapshot", "    book.index_ids()\n", ""),
            (
                "a snapshot forgets the keys",
                "ledger",
                "assets, keys, book\n",
                "assets, {}, book\n",
            ),
            (
                "the fact after a snapshot is passed over",
                "ledger",
                "self._read_until = found.head.seq + 1",
                "self._read_until = found.head.seq + 2",
            ),
            (
                "the other halves of wide rows are lost",
                "snapshot",
                "    state.wide[: len(wide)] = wide\n",
                "",
            ),
        )
    ),
    (
        "a book behind its journal is kept",
        "ledger",
        "        if missed is not None:\n",
        "        if missed is None and self._halted:\n",
        "a_book_behind_its_journal_is_not_kept",
    ),
    (
        "balances of a repeated batch are those of now",
        "ledger",
        "seq=fact.seq - 1).post(",
        "seq=fact.seq).post(",
        "a_repeated_key_gets_its_first_answer",
    ),
]


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str) -> None:
    STORIES[name](real)


@pytest.mark.parametrize(
    ("module", "old", "new", "killer"),
    [pytest.param(*fault[1:], id=fault[0].replace(" ", "-")) for fault in FAULTS],
)
def test_fault_is_killed(module: str, old: str, new: str, killer: str) -> None:
    with faulty_ledger(module, old, new) as ledger:
        try:
            STORIES[killer](ledger)
        except (AssertionError, pytest.fail.Exception, EvidenceError):
            return
    pytest.fail(f"{killer} does not notice the fault")


def test_the_interpreted_copy_without_a_fault_passes_every_story() -> None:
    unchanged = "def post_batch("
    with faulty_ledger("kernel", unchanged, unchanged) as ledger:
        for tell in STORIES.values():
            tell(ledger)
