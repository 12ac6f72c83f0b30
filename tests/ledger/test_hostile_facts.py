"""A journal from a stranger may hold anything under our kinds; a check reports, and never breaks.

The hash chain of each of these is right: the forger rebuilt it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sandrail.ledger as real
from sandrail.journal import Draft, Journal, encode_frame, frame_of, json_payload
from sandrail.ledger import AccountFlag, Engine, RowFlag, TransferRow, check_book, rows_of
from tests.ledger.ledger_stories import furnish, pay

KINDS = (
    "ledger.asset_defined",
    "ledger.accounts_opened",
    "ledger.flags_set",
    "ledger.batch",
    "transfers.batch",
)
DTYPES = ("u1", "<u2", "<u4", "<u8", "i1", "<i2", "<i4", "<i8")


def sound() -> Journal:
    """A journal with every kind of column in its last batch."""
    journal = Journal.in_memory("hostile")
    ledger = furnish(real, journal)
    hold = TransferRow(id=7, debit=1, credit=2, amount=5, flags=RowFlag.PENDING, timeout_us=1)
    ledger.post(rows_of([hold]), "hold", 20)
    ledger.set_flags({2: AccountFlag.FROZEN_CREDIT}, reason="test", at_us=25)
    ledger.set_flags({2: AccountFlag.NONE}, reason="test", at_us=40)
    ledger.post(pay(8, 30), "after", 30)
    return journal


SOUND = sound()
FRAMES = {fact.seq: frame_of(fact) for fact in SOUND.facts() if fact.kind != "ledger.asset_defined"}


def rebuilt(seq: int, payload: bytes, kind: str | None = None) -> Journal:
    """The sound journal with one payload replaced and every hash right."""
    copy = Journal.in_memory("hostile")
    for fact in SOUND.facts():
        if fact.seq == seq:
            copy.commit([Draft(kind or fact.kind, fact.at_us, fact.actor, payload)])
        else:
            copy.commit([Draft(fact.kind, fact.at_us, fact.actor, fact.payload)])
    return copy


def both_report(journal: Journal) -> None:
    """Neither engine may raise; each says something about the journal."""
    for engine in Engine:
        report = check_book(journal, engine=engine)
        assert report.facts <= journal.head.seq + 1


def test_the_untouched_journal_is_sound() -> None:
    for engine in Engine:
        assert check_book(rebuilt(-1, b""), engine=engine).sound


@st.composite
def changes(draw: st.DrawFn) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Another type, width, length, value or absence of columns of one frame."""
    seq = draw(st.sampled_from(sorted(FRAMES)))
    frame = FRAMES[seq]
    columns = {name: values.copy() for name, values in frame.columns.items()}
    for _ in range(draw(st.integers(1, 2))):
        name = draw(st.sampled_from(sorted(columns) or ["id_lo"]))
        what = draw(st.sampled_from(["drop", "dtype", "wide", "long", "short", "value", "new"]))
        values = columns.get(name, np.zeros(1, "<u8"))
        if what == "drop":
            columns.pop(name, None)
        elif what == "dtype":
            columns[name] = values.astype(draw(st.sampled_from(DTYPES)))
        elif what == "wide":
            columns[name] = np.ascontiguousarray(np.stack([values.reshape(-1)] * 3, axis=1))
        elif what == "long":
            columns[name] = np.concatenate([values, values])
        elif what == "short":
            columns[name] = values[:0]
        elif what == "value" and values.size:
            info = np.iinfo(values.dtype)
            number = draw(st.sampled_from([info.min, info.max, 0, 1]))
            values.reshape(-1)[draw(st.integers(0, values.size - 1))] = number
            columns[name] = values
        elif what == "new":
            columns[draw(st.sampled_from(["flags", "outcome", "expired.slot", "extra"]))] = values
    meta = draw(st.sampled_from([dict(frame.meta), {}, {"first": "x", "key": 3, "body": None}]))
    return seq, columns, meta


@settings(max_examples=300, deadline=None)
@given(change=changes())
def test_changed_columns_are_reported(change: tuple[int, dict[str, Any], dict[str, Any]]) -> None:
    seq, columns, meta = change
    lengths: dict[str, int] = {}
    for name, values in list(columns.items()):
        table = name.partition(".")[0] if "." in name else ""
        if lengths.setdefault(table, len(values)) != len(values):
            columns[name] = np.resize(values, (lengths[table], *values.shape[1:]))
    both_report(rebuilt(seq, encode_frame(columns, meta)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"not json",
        b'{"asset_no":0,"caip19":null,"code":"","kind":"fiat","scale":2}',
        b'{"asset_no":0,"caip19":null,"code":"PKR","kind":"nonsense","scale":2}',
        b'{"asset_no":"x","caip19":null,"code":"PKR","kind":"fiat","scale":99}',
        json_payload({"key": "k"}),
        encode_frame({}, {}),
        b"SRFRAME1" + bytes(24),
    ],
    ids=range(11),
)
def test_nonsense_under_any_kind_is_reported(kind: str, payload: bytes) -> None:
    for seq in (0, 2, SOUND.head.seq):
        both_report(rebuilt(seq, payload, kind))
