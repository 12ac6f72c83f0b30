"""Every check here is worth something: each planted fault is found by the test named with it.

A fault is a change to one passage of the product's source. Its killer is an ordinary test of this
room, called once without the fault, when it must pass, and once with it, when it must fail.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandrail.journal import Journal, slice, verification
from sandrail.journal import fact as fact_module
from sandrail.journal import journal as journal_module
from sandrail.journal.redaction import RedactionWatch
from sandrail.journal.stores import driver, lock, postgres, sqlite, sqlite_snapshots
from sandrail.journal.stores.log_keeper import LogKeeper
from sandrail.journal.stores.sqlite import SqliteStore
from sandrail.ledger import Ledger
from sandrail.world import SandrailError

from . import (
    test_checkpoint,
    test_fact,
    test_form,
    test_frame,
    test_journal,
    test_log_keeper,
    test_merkle,
    test_postgres,
    test_receipt,
    test_redaction,
    test_simulator,
    test_slice,
    test_snapshot,
)
from .makers import filled, frame_draft
from .planting import plant
from .simulator.clients import run_clients
from .simulator.world import run_world
from .store_contract import NAME, StoreContract

WORLDS_MAX = 400
Killer = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: where, what, and which test must find it."""

    name: str
    owner: Any
    function: str
    old: str
    new: str
    killer: Killer


def worlds(_: Path) -> None:
    """Run sampled worlds until one breaks."""
    for seed in range(WORLDS_MAX):
        run_world(seed)


def clients(_: Path) -> None:
    for seed in range(WORLDS_MAX):
        run_clients(seed)


def late_syncs(_: Path) -> None:
    test_simulator.late_worlds(WORLDS_MAX)


def power_cuts(_: Path) -> None:
    for keep in ("none", "some"):
        test_simulator.test_a_power_cut_at_every_operation_loses_nothing(keep)


def migration_cuts(_: Path) -> None:
    for keep in ("none", "some"):
        test_form.test_a_power_cut_at_every_operation_of_a_migration_loses_nothing(keep)


def changed_fact(path: Path, column: str, value: object) -> None:
    test_journal.test_opening_names_the_first_changed_fact(path / "j.db", column, value)


def contract(path: Path, test: str) -> None:
    store = SqliteStore.create(path / "j.db", name=NAME, now_us=0)
    try:
        getattr(StoreContract(), test)(store)
    finally:
        store.close()


def received(test: Callable[[Journal], None]) -> None:
    journal = filled(Journal.in_memory("t"), test_receipt.FRAME_SEQ)
    journal.commit([frame_draft(test_receipt.ROWS)])
    test(filled(journal, 7))


def fields(_: Path) -> None:
    test_fact.test_any_changed_field_of_any_fact_is_found_there()


FAULTS = [
    Fault(
        "acknowledged before the fsync",
        SqliteStore, "_make_durable",
        'self._set("synchronous = FULL")',
        'self._rows = _claim_full(self, self._set("synchronous = OFF"))',
        power_cuts,
    ),
    Fault(
        "one fsync per checkpoint instead of one per commit",
        SqliteStore, "_make_durable",
        'self._set("synchronous = FULL")',
        'self._rows = _claim_full(self, self._set("synchronous = NORMAL"))',
        power_cuts,
    ),
    Fault(
        "acknowledged before the commit",
        SqliteStore, "_transact",
        'writer.execute("COMMIT")', "pass",
        power_cuts,
    ),
    Fault(
        "a batch written without a transaction",
        SqliteStore, "_transact",
        'writer.execute("BEGIN IMMEDIATE")', 'writer.execute("BEGIN; COMMIT")',
        worlds,
    ),
    Fault(
        "the log trusted after a failed sync",
        SqliteStore, "_rewrite_log",
        "self._driver.rewrite_log(str(self._path))", "pass",
        lambda path: test_simulator.test_a_log_that_only_seems_written_is_written_again(),
    ),
    Fault(
        "writing goes on after a failed write",
        SqliteStore, "_spoil",
        'self._spoiled = f"An earlier write failed: {error}"', "pass",
        lambda path: test_journal.test_a_writer_that_was_overtaken_stops_for_good(path / "j.db"),
    ),
    Fault(
        "the log written over where it is not empty",
        driver, "_extend_log",
        "bytes(wanted), length)", "bytes(wanted), 40_000)",
        lambda path: test_log_keeper.test_a_log_that_got_its_length_ends_where_it_did(
            path / "j.db"
        ),
    ),
    Fault(
        "a log that could not be written back, and nothing said",
        LogKeeper, "_look_after",
        'self.failure = f"Its log could not be written back: {error}"', "pass",
        lambda path: test_log_keeper.test_a_failing_write_back_ends_the_writing(path / "j.db"),
    ),
    Fault(
        "a log written back while somebody commits, and begun anew",
        LogKeeper, "_holding_turn",
        "self._turn if self._driver.shares_file else _Held()", "_Held()",
        lambda path: test_log_keeper.test_the_end_of_a_write_back_waits_its_turn(path / "j.db"),
    ),
    Fault(
        "a redaction outside the transaction",
        SqliteStore, "append",
        "if redacting:\n",
        'if redacting:\n            writer.execute("COMMIT; BEGIN")\n',
        worlds,
    ),
    Fault(
        "a chain not verified when it is opened",
        Journal, "__init__",
        "verify_chain(store.read(0), self.genesis) if verify else store.head()", "store.head()",
        late_syncs,
    ),
    Fault(
        "each commit left to the next one, and answered before",
        SqliteStore, "_transact",
        'writer.execute("BEGIN IMMEDIATE")\n            write(writer)\n'
        '            writer.execute("COMMIT")',
        'writer.execute("COMMIT; BEGIN" if writer.in_transaction else "BEGIN IMMEDIATE")\n'
        "            write(writer)",
        clients,
    ),
    Fault(
        "a request asked again taken for a new one",
        Ledger, "post",
        "known = self._keys.get(key)", "known = None",
        clients,
    ),
    Fault(
        "a second writer admitted at the door",
        lock.WriterLock, "__init__",
        "fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)", "pass",
        lambda path: test_journal.test_a_second_writer_learns_who_holds_the_place(path / "j.db"),
    ),
    Fault(
        "a second history accepted in the commit",
        SqliteStore, "_require_place",
        "if facts and found != Head(facts[0].seq - 1, facts[0].prev_hash):", "if False:",
        lambda path: contract(path, "test_a_gap_is_refused"),
    ),
    Fault(
        "a payload not hashed on load",
        verification, "verify_fact",
        "_sha256(fact.payload).digest() != fact.payload_hash", "False",
        lambda path: changed_fact(path, "payload", b"other"),
    ),
    Fault(
        "a hash not recomputed on load",
        verification, "verify_fact",
        "if own != fact.hash:", "if False:",
        lambda path: changed_fact(path, "actor", "somebody"),
    ),
    Fault(
        "a broken link accepted on load",
        verification, "verify_fact",
        "if fact.prev_hash != after.hash:", "if False:",
        lambda path: changed_fact(path, "prev_hash", bytes(32)),
    ),
    Fault(
        "a gap accepted on load",
        verification, "verify_fact",
        "if fact.seq != expected_seq:", "if False:",
        lambda path: test_journal.test_a_deleted_fact_and_another_name_are_found(path / "j.db"),
    ),
    Fault(
        "a field left out of the hash",
        fact_module, "chain_hash",
        "_kind_field(kind), _actor_field(actor)", "_kind_field(kind)",
        fields,
    ),
    Fault(
        "an emptied payload taken for a redaction",
        RedactionWatch, "finish",
        "if self._missing:", "if False:",
        lambda path: test_fact.test_an_emptied_payload_is_not_a_redaction_by_itself(),
    ),
    Fault(
        "a record of another payload taken for an excuse",
        RedactionWatch, "see",
        "self._missing.get(said.seq) == said.payload_hash", "said.seq in self._missing",
        lambda path: test_redaction.test_a_record_of_another_payload_is_no_excuse(),
    ),
    Fault(
        "a witness ignored",
        Journal, "contains",
        "any(fact.head == head for", "any(fact.seq == head.seq for",
        lambda path: test_journal.test_a_cut_off_end_is_noticed_only_with_a_witness(
            path / "j.db"
        ),
    ),
    Fault(
        "a snapshot of another history accepted",
        Journal, "_flaw",
        "if not self.contains(found.head):", "if False:",
        lambda path: test_snapshot.test_a_snapshot_of_another_history_is_ignored(path / "j.db"),
    ),
    Fault(
        "a snapshot of another form accepted",
        Journal, "_flaw",
        "if found.version != version:", "if False:",
        lambda path: test_snapshot.test_a_snapshot_of_another_form_is_ignored(path / "j.db"),
    ),
    Fault(
        "the digest of a snapshot not compared",
        journal_module, "is_intact",
        "== snapshot_digest(snapshot.name, snapshot.version, head, snapshot.parts)", "is not None",
        lambda path: test_snapshot.test_any_changed_field_of_a_snapshot_is_noticed(path / "j.db"),
    ),
    Fault(
        "a snapshot kept that may hold what was redacted",
        Journal, "put_snapshot",
        "if head.seq < self._redacted_at:", "if False:",
        lambda path: test_snapshot.test_what_was_redacted_comes_back_in_no_snapshot(path / "j.db"),
    ),
    Fault(
        "a redaction that leaves the snapshots",
        SqliteStore, "append",
        "sqlite_snapshots.drop_since(writer, min(redacting))", "pass",
        lambda path: test_snapshot.test_what_was_redacted_comes_back_in_no_snapshot(path / "j.db"),
    ),
    Fault(
        "the parts of an older snapshot left under a newer",
        sqlite_snapshots, "put",
        "_drop(writer, (snapshot.name,))", 'writer.execute("DELETE FROM snapshot")',
        lambda path: test_snapshot.test_a_snapshot_comes_back_as_it_was_and_is_replaced(
            path / "j.db"
        ),
    ),
    Fault(
        "a file migrated outside a transaction",
        sqlite, "apply_steps",
        "writer.execute(statement)",
        'writer.execute("COMMIT"); writer.execute(statement); writer.execute("BEGIN")',
        migration_cuts,
    ),
    Fault(
        "the head moved before the write",
        Journal, "_append",
        "self._store.append(facts, redacting)\n        self._head = head",
        "self._head = head\n        self._store.append(facts, redacting)",
        lambda path: head_stands_still(path),
    ),
    Fault(
        "a leaf hashed like a node",
        test_merkle, "leaf_hash",
        'b"\\x00" + data', "data",
        lambda path: test_merkle.test_known_roots(),
    ),
    Fault(
        "an inclusion proof not compared with the root",
        test_merkle, "verify_inclusion",
        "if found != root:", "if False:",
        lambda path: test_merkle.test_a_changed_inclusion_proof_never_holds(),
    ),
    Fault(
        "a consistency proof not compared with the old root",
        test_merkle, "verify_consistency",
        "or old_found != old_root", "",
        lambda path: test_merkle.test_a_rewritten_tree_is_never_consistent(),
    ),
    Fault(
        "a checkpoint that nobody trusted has signed",
        test_checkpoint, "verify_checkpoint",
        "if not held:", "if False:",
        lambda path: (
            test_checkpoint.test_a_stranger_an_impostor_and_another_origin_are_refused()
        ),
    ),
    Fault(
        "a receipt whose fact is not in the tree",
        test_receipt, "verify_receipt",
        "verify_inclusion(leaf, header.seq", "(lambda *_, **__: None)(leaf, header.seq",
        lambda path: received(test_receipt.test_every_change_to_a_receipt_is_found),
    ),
    Fault(
        "a receipt whose row is not in the fact",
        test_receipt, "verify_receipt",
        "verify_inclusion(row_leaf, index", "(lambda *_, **__: None)(row_leaf, index",
        lambda path: received(test_receipt.test_every_change_to_a_receipt_is_found),
    ),
    Fault(
        "the end of a slice not compared",
        slice, "_check_end",
        "if raw.read(_DIGEST_BYTES + 1) != expected:", "if False:",
        lambda path: test_slice.test_the_end_of_a_slice_is_covered_too(path),
    ),
    Fault(
        "the filling of a frame not looked at",
        test_frame, "decode_frame",
        "padded != end and data[end:padded] != _PADS[padded - end]", "False",
        lambda path: test_frame.test_a_flipped_bit_is_refused_or_gives_other_values(),
    ),
    Fault(
        "bytes after the last column accepted",
        test_frame, "decode_frame",
        "if end != len(data):", "if False:",
        lambda path: test_frame.test_a_cut_or_longer_frame_is_refused(0),
    ),
]  # fmt: skip


def _claim_full(store: SqliteStore, _: object) -> Callable[..., Any]:
    """Let the store believe that it got ``synchronous=FULL``."""
    honest = SqliteStore._rows

    def rows(sql: str, bindings: tuple[object, ...] = ()) -> Any:
        return [(2,)] if sql == "PRAGMA synchronous" else honest(store, sql, bindings)

    return rows


def head_stands_still(path: Path) -> None:
    """After a refused write the head is the last fact that is really there."""
    first = filled(Journal.create(path / "j.db", name="t"), 3)
    (path / "j.db.lock").unlink()
    second = Journal.open(path / "j.db")
    filled(second, 1)
    try:
        with pytest.raises(Exception, match="cannot be written"):
            filled(first, 1)
        assert first.head.seq == 2
    finally:
        first.close()
        second.close()


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_planted_fault_is_found(fault: Fault, tmp_path: Path) -> None:
    killed = (AssertionError, pytest.fail.Exception, SandrailError)
    for folder in ("sound", "planted"):
        os.mkdir(tmp_path / folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SqliteStore._make_durable.__globals__, "_claim_full", _claim_full)
        if fault.killer not in (worlds, clients, late_syncs, power_cuts, fields):
            fault.killer(tmp_path / "sound")
        plant(patch, fault.owner, fault.function, old=fault.old, new=fault.new)
        with pytest.raises(killed):
            fault.killer(tmp_path / "planted")


@pytest.mark.postgres
def test_a_snapshot_of_an_overtaken_writer_is_found(postgres_url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        old = "self._require_fence()"
        plant(patch, postgres.PostgresStore, "put_snapshot", old=old, new="pass")
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            test_postgres.test_an_overtaken_writer_keeps_no_snapshot(postgres_url)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("old", "new", "killer"),
    [
        ("fence = %s", "%s::bigint > 0", test_postgres.test_two_writers_never_both_succeed),
        (
            "fence = %s",
            "%s::bigint > 0",
            test_postgres.test_takeovers_from_a_writer_that_notices_nothing,
        ),
        (
            "head_seq = %s AND head_hash = %s",
            "%s::bigint >= -1 AND %s::bytea <> ''",
            test_postgres.test_a_commit_from_another_head_is_refused,
        ),
    ],
    ids=["the fence not compared", "the fence not compared under fire", "the head not compared"],
)
def test_a_fault_planted_in_the_database_is_found(
    postgres_url: str, old: str, new: str, killer: Callable[[str], None]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        killed = (AssertionError, pytest.fail.Exception, SandrailError)
        assert postgres._MOVE.count(old) == 1
        patch.setattr(postgres, "_MOVE", postgres._MOVE.replace(old, new))
        with pytest.raises(killed):
            killer(postgres_url)


@pytest.mark.postgres
def test_a_second_writer_admitted_to_the_database_is_found(postgres_url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plant(
            patch,
            postgres.PostgresStore,
            "_take_place",
            old="if got != [(True,)]:",
            new="if False:",
        )
        with pytest.raises(pytest.fail.Exception):
            test_postgres.test_there_is_one_writers_place(postgres_url)
