"""Removing a payload by law, in the open: the chain holds, and a later fact says who and why."""

from __future__ import annotations

from sandrail.journal.errors import ChainError, DraftError
from sandrail.journal.fact import Draft, Fact, json_payload, parse_payload
from sandrail.journal.rows import rows_root

__all__ = ["REDACTED_KIND", "RedactionWatch", "redaction_draft"]

REDACTED_KIND = "journal.redacted"
REASON_CHARS_MAX = 2_000


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
        self._missing: dict[int, str] = {}

    def see(self, fact: Fact) -> None:
        """Take note of one fact of the chain."""
        if fact.is_redacted:
            self._missing[fact.seq] = fact.payload_hash.hex()
        elif fact.kind == REDACTED_KIND:
            named = parse_payload(fact)
            seq = named["seq"]
            if isinstance(seq, int) and self._missing.get(seq) == named["payload_hash"]:
                del self._missing[seq]

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
