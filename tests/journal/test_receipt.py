from __future__ import annotations

import copy
import json
import struct
from typing import Any

import numpy as np
import pytest

from sandrail.journal import (
    CheckpointError,
    Draft,
    FactTree,
    Journal,
    ProofError,
    SigningKey,
    encode_frame,
    frame_of,
    row_leaf,
    rows_root,
    sign_checkpoint,
    verify_consistency,
    verify_receipt,
)
from sandrail.journal.merkle import leaf_hash, verify_inclusion
from sandrail.journal.rows import NO_ROWS, fact_leaf, rows_of
from sandrail.world import canonical_bytes

from .makers import AT_US, draft, drafts, filled, frame_draft

ORIGIN = "regulator.example/sandbox/art-1"
KEY = SigningKey(ORIGIN, bytes(range(32)))
KEYS = [KEY.verifying_key]
FRAME_SEQ = 5
ROWS = 6


@pytest.fixture
def journal() -> Journal:
    journal = filled(Journal.in_memory("t"), FRAME_SEQ)
    journal.commit([frame_draft(ROWS)])
    return filled(journal, 7)


def signed(tree: FactTree) -> str:
    tree.catch_up()
    return sign_checkpoint(tree.checkpoint(ORIGIN), KEY)


def receipt_bytes(journal: Journal, *, row: int | None) -> bytes:
    tree = FactTree(journal)
    note = signed(tree)
    return tree.receipt(FRAME_SEQ, note=note, size=len(tree), row=row).to_bytes()


def test_the_owner_of_a_row_proves_it_offline(journal: Journal) -> None:
    columns = frame_of(journal.fact(FRAME_SEQ)).columns
    for row in range(ROWS):
        proven = verify_receipt(receipt_bytes(journal, row=row), keys=KEYS, origin=ORIGIN)
        assert proven.row == row
        assert proven.checkpoint.size == journal.head.seq + 1
        assert proven.header.hash == journal.fact(FRAME_SEQ).hash
        assert list(proven.values) == ["id_hi", "id_lo", "debit", "outcome", "tx_hash"]
        assert proven.values["id_hi"] == int(columns["id_hi"][row])
        assert proven.values["tx_hash"] == columns["tx_hash"][row].tobytes().hex()


def test_a_fact_as_a_whole_is_proven(journal: Journal) -> None:
    tree = FactTree(journal)
    note = signed(tree)
    for fact in journal.facts():
        data = tree.receipt(fact.seq, note=note, size=len(tree)).to_bytes()
        proven = verify_receipt(data, keys=KEYS)
        assert (proven.header.seq, proven.header.hash, proven.row) == (fact.seq, fact.hash, -1)


def test_all_receipts_of_a_batch_at_once(journal: Journal) -> None:
    tree = FactTree(journal)
    note = signed(tree)
    receipts = list(tree.receipts(FRAME_SEQ, note=note, size=len(tree)))
    assert [r.row for r in receipts] == list(range(ROWS))
    for receipt in receipts:
        single = tree.receipt(FRAME_SEQ, note=note, size=len(tree), row=receipt.row)
        assert single == receipt
        verify_receipt(receipt.to_bytes(), keys=KEYS)


def test_the_row_leaf_is_the_documented_one(journal: Journal) -> None:
    fact = journal.fact(FRAME_SEQ)
    columns = frame_of(fact).columns
    schema = [["id_hi", "u8", 0], ["id_lo", "u8", 0], ["debit", "i8", 0], ["outcome", "u1", 0]]
    schema.append(["tx_hash", "u1", 32])
    import hashlib

    packed = struct.pack(
        "<QQqB",
        *(int(columns[name][2]) for name in ("id_hi", "id_lo", "debit", "outcome")),
    )
    packed += columns["tx_hash"][2].tobytes()
    tag = b"sandrail/row/1\n" + hashlib.sha256(canonical_bytes(schema)).digest()
    assert row_leaf(fact, 2) == leaf_hash(tag + packed)
    root = rows_root(fact)
    assert root.count == ROWS
    verify_inclusion(row_leaf(fact, 2), 2, ROWS, rows_of(fact).tree.inclusion(2), root=root.root)
    expected = leaf_hash(b"sandrail/leaf/1\n" + fact.hash + struct.pack(">Q", ROWS) + root.root)
    assert fact_leaf(fact.hash, root) == expected
    with pytest.raises(ProofError):
        row_leaf(fact, ROWS)
    assert rows_root(journal.fact(0)) == NO_ROWS
    with pytest.raises(ProofError):
        row_leaf(journal.fact(0), 0)


def test_no_other_row_is_in_a_receipt(journal: Journal) -> None:
    columns = frame_of(journal.fact(FRAME_SEQ)).columns
    text = receipt_bytes(journal, row=0).decode()
    for other in range(1, ROWS):
        assert str(int(columns["id_hi"][other])) not in text
        assert columns["tx_hash"][other].tobytes().hex() not in text
    assert "touched" not in text


def changes(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """Every leaf of a JSON value with something else in its place."""
    found: list[tuple[tuple[Any, ...], Any]] = []
    if isinstance(value, dict):
        for key in value:
            found += changes(value[key], (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            found += changes(item, (*path, at))
    elif isinstance(value, str):
        last = value[-1] if value else ""
        found.append((path, value[:-1] + ("0" if last != "0" else "1")))
        found.append((path, value + "00"))
    else:
        found += [(path, value + 1), (path, -value - 1), (path, None), (path, str(value))]
    return found


def test_every_change_to_a_receipt_is_found(journal: Journal) -> None:
    for row in (None, 3):
        value = json.loads(receipt_bytes(journal, row=row))
        for path, other in changes(value):
            changed = copy.deepcopy(value)
            place = changed
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = other
            with pytest.raises((ProofError, CheckpointError)):
                verify_receipt(canonical_bytes(changed), keys=KEYS)


def test_malformed_receipts_are_refused(journal: Journal) -> None:
    good = json.loads(receipt_bytes(journal, row=3))
    for data in (b"", b"[]", b"{}", b"\xff", bytes(300_000), b'{"format":"sandrail/receipt/1"}'):
        with pytest.raises(ProofError):
            verify_receipt(data, keys=KEYS)
    for key in good:
        smaller = {k: v for k, v in good.items() if k != key}
        try:
            verify_receipt(canonical_bytes(smaller), keys=KEYS)
        except (ProofError, CheckpointError):
            continue
        assert key == "row", "without its row it is a receipt for the whole fact"
    with pytest.raises(ProofError):
        verify_receipt(canonical_bytes({**good, "more": 1}), keys=KEYS)
    with pytest.raises(CheckpointError):
        verify_receipt(canonical_bytes(good), keys=[])


def test_a_receipt_of_another_journal_does_not_hold(journal: Journal) -> None:
    other = Journal.in_memory("u")
    other.commit([frame_draft(ROWS, seed=2)])
    tree = FactTree(other)
    mine = json.loads(receipt_bytes(journal, row=0))
    mine["checkpoint"] = signed(tree)
    with pytest.raises(ProofError):
        verify_receipt(canonical_bytes(mine), keys=KEYS)


def test_checkpoints_of_a_growing_journal_are_consistent(journal: Journal) -> None:
    tree = FactTree(journal)
    tree.catch_up()
    before = tree.checkpoint(ORIGIN)
    journal.commit(drafts(50, 51, 52))
    assert tree.catch_up() == journal.head.seq + 1
    after = tree.checkpoint(ORIGIN)
    proof = tree.consistency(before.size)
    verify_consistency(before.size, before.root, after.size, after.root, proof=proof)
    tree.require(before)
    tree.require(after)
    assert tree.head() == journal.head
    rewritten = FactTree(filled(Journal.in_memory("t"), journal.head.seq + 1))
    rewritten.catch_up()
    with pytest.raises(ProofError, match="not the one that was witnessed"):
        rewritten.require(before)
    shorter = FactTree(filled(Journal.in_memory("t"), 2))
    shorter.catch_up()
    with pytest.raises(ProofError, match="has only 2"):
        shorter.require(before)


def test_a_saved_tree_is_taken_up_again(journal: Journal) -> None:
    tree = FactTree(journal)
    assert FactTree(journal).head() == journal.genesis
    tree.catch_up()
    tree.save()
    journal.commit([draft(99)])
    again = FactTree(journal)
    assert len(again) == journal.head.seq
    again.catch_up()
    fresh = Journal.in_memory("t")
    fresh._store.append(list(journal.facts()))
    whole = FactTree(Journal(fresh._store))
    whole.catch_up()
    assert again.checkpoint(ORIGIN) == whole.checkpoint(ORIGIN)


def test_redaction_changes_no_checkpoint(journal: Journal) -> None:
    tree = FactTree(journal)
    tree.catch_up()
    before = tree.checkpoint(ORIGIN)
    journal.redact(FRAME_SEQ, at_us=AT_US, actor="court:1", reason="Order 7/2026")
    journal.redact(0, at_us=AT_US, actor="court:1", reason="Order 8/2026")
    rebuilt = FactTree(journal)
    rebuilt.catch_up()
    rebuilt.require(before)
    note = sign_checkpoint(rebuilt.checkpoint(ORIGIN), KEY)
    data = rebuilt.receipt(FRAME_SEQ, note=note, size=len(rebuilt)).to_bytes()
    verify_receipt(data, keys=KEYS)
    with pytest.raises(ProofError, match="redacted"):
        rebuilt.receipt(FRAME_SEQ, note=note, size=len(rebuilt), row=0)


def test_odd_frames_have_a_place_too() -> None:
    journal = Journal.in_memory("t")
    payloads = [
        encode_frame({"touched.no": np.arange(3)}),
        encode_frame({"a": np.zeros(0, np.uint8)}),
        encode_frame({"a": np.arange(6, dtype=np.int16).reshape(2, 3)}),
        b"SRFRAME1 but not really",
    ]
    journal.commit([Draft("a.b", 0, "x", payload) for payload in payloads])
    tree = FactTree(journal)
    note = signed(tree)
    assert [rows_root(fact).count for fact in journal.facts()] == [0, 0, 2, 0]
    proven = verify_receipt(tree.receipt(2, note=note, size=4, row=1).to_bytes(), keys=KEYS)
    assert proven.values == {"a": [3, 4, 5]}
