from __future__ import annotations

import dataclasses
import hashlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.journal import (
    ChainError,
    Draft,
    DraftError,
    Head,
    Journal,
    LocationError,
    genesis_hash,
    json_payload,
    parse_payload,
    verify_chain,
)
from sandrail.journal.fact import seal, verify_fact
from sandrail.journal.limits import PAYLOAD_BYTES_MAX

from .makers import draft, filled


def test_the_hash_is_the_documented_one() -> None:
    """Rebuilt by hand from the docstring, so that the format cannot drift unnoticed."""
    genesis = hashlib.sha256(b"sandrail/journal/1\npk-trial").digest()
    assert genesis_hash("pk-trial") == genesis
    fact = seal(Draft("ledger.batch", -5, "firm:حسن", b"payload"), Head(6, genesis))
    actor = "firm:حسن".encode()
    expected = hashlib.sha256(
        b"sandrail/fact/1\n"
        + struct.pack(">Qq", 7, -5)
        + genesis
        + hashlib.sha256(b"payload").digest()
        + struct.pack(">H", 12)
        + b"ledger.batch"
        + struct.pack(">H", len(actor))
        + actor
    ).digest()
    assert fact.hash == expected
    assert fact.prev_hash == genesis
    assert fact.payload_hash == hashlib.sha256(b"payload").digest()


@given(
    field=st.sampled_from(
        ["seq", "kind", "at_us", "actor", "payload", "payload_hash", "prev_hash"]
    ),
    at=st.integers(0, 9),
)
def test_any_changed_field_of_any_fact_is_found_there(field: str, at: int) -> None:
    facts = list(filled(Journal.in_memory("t"), 10).facts())
    old = getattr(facts[at], field)
    changed: Any
    if isinstance(old, int):
        changed = old + 1
    elif isinstance(old, str):
        changed = old + "a"
    else:
        changed = bytes([old[0] ^ 1]) + old[1:]
    facts[at] = dataclasses.replace(facts[at], **{field: changed})
    with pytest.raises(ChainError) as caught:
        verify_chain(facts, Head(-1, genesis_hash("t")))
    assert caught.value.fields["seq"] == at


def test_a_changed_fact_with_a_recomputed_hash_breaks_the_next_one() -> None:
    facts = list(filled(Journal.in_memory("t"), 5).facts())
    facts[2] = seal(draft(99), facts[1].head)
    with pytest.raises(ChainError) as caught:
        verify_chain(facts, Head(-1, genesis_hash("t")))
    assert caught.value.fields["seq"] == 3


def test_a_missing_a_repeated_and_a_moved_fact_are_found() -> None:
    facts = list(filled(Journal.in_memory("t"), 5).facts())
    genesis = Head(-1, genesis_hash("t"))
    for wrong in (facts[:2] + facts[3:], [*facts[:3], facts[2]], [facts[1], facts[0]]):
        with pytest.raises(ChainError):
            verify_chain(wrong, genesis)
    with pytest.raises(ChainError):
        verify_chain(facts, Head(-1, genesis_hash("another name")))


def test_an_emptied_payload_is_not_a_redaction_by_itself() -> None:
    facts = list(filled(Journal.in_memory("t"), 5).facts())
    facts[3] = dataclasses.replace(facts[3], payload=b"")
    assert facts[3].is_redacted
    verify_fact(facts[3], facts[2].head)
    with pytest.raises(ChainError, match="redaction") as caught:
        verify_chain(facts, Head(-1, genesis_hash("t")))
    assert caught.value.fields["seq"] == 3


@pytest.mark.parametrize(
    "bad",
    [
        Draft("nodots", 0, "a", b""),
        Draft("Upper.case", 0, "a", b""),
        Draft("a." + "b" * 80, 0, "a", b""),
        Draft("a.b", 0, "", b""),
        Draft("a.b", 0, "x" * 81, b""),
        Draft("a.b", 0, "line\nbreak", b""),
        Draft("a.b", 2**63, "a", b""),
        Draft("a.b", True, "a", b""),
        Draft("a.b", 0.5, "a", b""),  # type: ignore[arg-type]
        Draft("a.b", 0, "a", "text"),  # type: ignore[arg-type]
        Draft("a.b", 0, "a", bytearray(b"x")),  # type: ignore[arg-type]
        Draft("a.b", 0, "a", bytes(PAYLOAD_BYTES_MAX + 1)),
    ],
    ids=lambda bad: f"{bad.kind[:12]}-{bad.actor[:4]!r}-{len(bad.payload)}",
)
def test_an_unfit_draft_is_refused_and_nothing_is_recorded(bad: Draft) -> None:
    journal = filled(Journal.in_memory("t"), 2)
    with pytest.raises(DraftError):
        journal.commit([draft(2), bad])
    assert journal.head.seq == 1


@pytest.mark.parametrize("name", ["", "x" * 121, "tab\there"])
def test_an_unfit_name_is_refused(name: str) -> None:
    with pytest.raises(LocationError):
        genesis_hash(name)


def test_json_payloads_are_objects_in_canonical_form() -> None:
    journal = Journal.in_memory("t")
    payload = json_payload({"b": 1, "a": ["ے", None]})
    facts = journal.commit(
        [Draft("a.b", 0, "x", payload), Draft("a.b", 0, "x", b"[]"), Draft("a.b", 0, "x", b"{ }")]
    )
    assert parse_payload(facts[0]) == {"a": ["ے", None], "b": 1}
    for fact in facts[1:]:
        with pytest.raises(Exception, match="JSON"):
            parse_payload(fact)
