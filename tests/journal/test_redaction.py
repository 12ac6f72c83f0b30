"""What a reader gets for a payload that was removed by law, and what cannot pass for that."""

from __future__ import annotations

import dataclasses

import pytest

from sandrail.journal import (
    REDACTED_KIND,
    ChainError,
    Draft,
    Fact,
    Head,
    Journal,
    RedactedError,
    frame_of,
    genesis_hash,
    json_payload,
    parse_payload,
    read_redaction,
    rows_root,
    verify_chain,
)
from sandrail.journal.fact import seal

from .makers import AT_US, filled, frame_draft

GENESIS = Head(-1, genesis_hash("t"))
ORDER = "Order 7/2026"


@pytest.mark.parametrize("seq", [1, 4], ids=["json", "frame"])
def test_a_reader_gets_the_head_a_typed_error_and_the_record(seq: int) -> None:
    journal = filled(Journal.in_memory("t"), 4)
    journal.commit([frame_draft(9)])
    before = journal.fact(seq)
    journal.redact(seq, at_us=AT_US, actor="court:1", reason=ORDER)
    fact, record = journal.facts(seq, kinds=(before.kind, REDACTED_KIND))
    assert dataclasses.replace(fact, payload=before.payload) == before
    assert fact.is_redacted and not record.is_redacted
    for read in (parse_payload, frame_of):
        with pytest.raises(RedactedError, match=f"fact {seq} .* was redacted") as caught:
            read(fact)
        assert caught.value.stable_code == "journal.redacted"
    said = read_redaction(record)
    assert (said.seq, said.reason, said.actor, said.at_us) == (seq, ORDER, "court:1", AT_US)
    assert (said.payload_hash, said.rows) == (before.payload_hash, rows_root(before))
    assert said.record == record.seq


def emptied(said: object) -> list[Fact]:
    """Return a chain whose fact 2 has no payload and whose last fact says ``said`` of it."""
    facts = list(filled(Journal.in_memory("t"), 5).facts())
    facts[2] = dataclasses.replace(facts[2], payload=b"")
    payload = said if isinstance(said, bytes) else json_payload(said)  # type: ignore[arg-type]
    facts.append(seal(Draft(REDACTED_KIND, AT_US, "court:1", payload), facts[-1].head))
    return facts


def said_of(fact: Fact, **changed: object) -> dict[str, object]:
    return {
        "payload_hash": fact.payload_hash.hex(),
        "reason": ORDER,
        "rows_count": 0,
        "rows_root": bytes(32).hex(),
        "seq": fact.seq,
    } | changed


def test_a_record_of_another_payload_is_no_excuse() -> None:
    second = emptied({})[2]
    verify_chain(emptied(said_of(second)), GENESIS)
    for changed in ({"payload_hash": bytes(32).hex()}, {"seq": 1}, {"seq": 3}):
        with pytest.raises(ChainError, match="no later fact records a redaction") as caught:
            verify_chain(emptied(said_of(second, **changed)), GENESIS)
        assert caught.value.fields["seq"] == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"seq": True},
        {"seq": "2"},
        {"payload_hash": "not hexadecimal"},
        {"payload_hash": 7},
        {"rows_count": None},
        {"rows_root": []},
        {"reason": {}},
    ],
    ids=str,
)
def test_a_record_that_says_nothing_is_named(changed: dict[str, object]) -> None:
    second = emptied({})[2]
    with pytest.raises(ChainError, match="says nothing") as caught:
        verify_chain(emptied(said_of(second, **changed)), GENESIS)
    assert caught.value.fields["seq"] == 5


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b"SRFRAME1", b"\xff"], ids=repr)
def test_a_record_of_any_bytes_is_named(payload: bytes) -> None:
    with pytest.raises(ChainError) as caught:
        verify_chain(emptied(payload), GENESIS)
    assert caught.value.fields["seq"] == 5
