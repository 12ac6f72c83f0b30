"""Removing a payload by law, in the open: the chain holds, and a later fact says who and why.

A reader meets the fact with its head and hashes, ``is_redacted`` and no payload; whatever would
parse it raises ``RedactedError``. The record that follows, read with ``read_redaction``, says what
went. A room whose state depends on such a payload decides what stands in for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sandrail.journal.errors import ChainError, DraftError
from sandrail.journal.fact import Draft, Fact, json_payload, parse_payload
from sandrail.journal.rows import RowsRoot, rows_root
from sandrail.world import SandrailError

__all__ = [
    "REDACTED_KIND",
    "Redaction",
    "RedactionWatch",
    "read_redaction",
    "redaction_draft",
]

REDACTED_KIND = "journal.redacted"
REASON_CHARS_MAX = 2_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Redaction:
    """What the journal says of a payload that is gone.

    Attributes:
        seq: the fact that lost it.
        payload_hash: SHA-256 of the payload as it was recorded.
        rows: how many rows it had and the root of their tree, so that receipts of them still hold.
        reason: the law or order that demanded it.
        record: the fact that records this.
        at_us: when, in microseconds since the epoch.
        actor: id of who ordered it.
    """

    seq: int
    payload_hash: bytes
    rows: RowsRoot
    reason: str
    record: int
    at_us: int
    actor: str


def read_redaction(record: Fact) -> Redaction:
    """Read a fact of ``REDACTED_KIND``.

    Raises:
        ChainError: it does not say what such a fact says.
    """
    try:
        said = parse_payload(record)
        return Redaction(
            seq=_typed(said["seq"], int),
            payload_hash=bytes.fromhex(_typed(said["payload_hash"], str)),
            rows=RowsRoot(
                _typed(said["rows_count"], int), bytes.fromhex(_typed(said["rows_root"], str))
            ),
            reason=_typed(said["reason"], str),
            record=record.seq,
            at_us=record.at_us,
            actor=record.actor,
        )
    except (KeyError, TypeError, ValueError, SandrailError) as error:
        raise ChainError(
            f"The journal is broken at fact {record.seq}.",
            why=f"It is a record of a redaction that says nothing: {error}.",
            fix="Restore it from a backup whose checkpoint you trust.",
            seq=record.seq,
        ) from error


def _typed(value: object, kind: type[T]) -> T:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value


def redaction_draft(fact: Fact, *, at_us: int, actor: str, reason: str) -> Draft:
    """Return the draft that records the removal of ``fact``'s payload.

    Raises:
        DraftError: the fact is itself a redaction, is redacted already, or no reason is given.
    """
    if fact.kind == REDACTED_KIND or fact.is_redacted or not fact.payload:
        raise DraftError(
            f"Fact {fact.seq} ({fact.kind}) cannot be redacted.",
            why="It has no payload left, or it records a redaction itself.",
            fix="Redact only facts that still hold a payload.",
            seq=fact.seq,
        )
    if not 0 < len(reason.strip()) <= REASON_CHARS_MAX:
        raise DraftError(
            f"The redaction of fact {fact.seq} has no usable reason.",
            why=f"A reason has 1 to {REASON_CHARS_MAX} characters and is kept for ever.",
            fix="Name the law or order that demands it.",
            seq=fact.seq,
        )
    rows = rows_root(fact)
    payload = {
        "payload_hash": fact.payload_hash.hex(),
        "reason": reason,
        "rows_count": rows.count,
        "rows_root": rows.root.hex(),
        "seq": fact.seq,
    }
    return Draft(REDACTED_KIND, at_us, actor, json_payload(payload))


class RedactionWatch:
    """Sees a chain pass and tells at its end whether every missing payload was accounted for.

    Without it, whoever can write to the disk could empty a payload and call it a redaction.
    """

    def __init__(self) -> None:
        self._missing: dict[int, bytes] = {}

    def see(self, fact: Fact) -> None:
        """Take note of one fact of the chain."""
        if fact.is_redacted:
            self._missing[fact.seq] = fact.payload_hash
        elif fact.kind == REDACTED_KIND:
            said = read_redaction(fact)
            if self._missing.get(said.seq) == said.payload_hash:
                del self._missing[said.seq]

    def finish(self) -> None:
        """Refuse a chain with a payload that is missing without a record.

        Raises:
            ChainError: naming the first such fact.
        """
        if self._missing:
            seq = min(self._missing)
            raise ChainError(
                f"The journal is broken at fact {seq}.",
                why="Its payload is missing and no later fact records a redaction.",
                fix="Restore it from a backup whose checkpoint you trust; a copy of a part must"
                " reach the journal.redacted fact.",
                seq=seq,
            )
