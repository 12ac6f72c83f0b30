"""What the journal says about the screening of a book, read from the facts alone.

Three kinds of fact carry everything: ``screening.decided`` (a verdict), ``screening.cleared`` (two
officers ruled an entry out) and ``screening.rescreened`` (lists changed, and who did not). Who a
party *is* is not in them: identities come from onboarding, and are recognised by their version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandrail.journal import Journal, parse_payload
from sandrail.screening.errors import IndexDamagedError
from sandrail.screening.goodguys import GoodGuy
from sandrail.screening.nouns import Decision, Evidence, Match, ScreeningResult
from sandrail.world import MALFORMED

__all__ = ["BookRecord", "read_record"]

KIND_DECIDED = "screening.decided"
KIND_CLEARED = "screening.cleared"
KIND_RESCREENED = "screening.rescreened"


@dataclass(slots=True)
class BookRecord:
    """The state of a book as its facts tell it.

    Attributes:
        results: the verdict in force, by party.
        cleared: entries ruled out, by party, list and entry.
        list_version: version of the lists of the last fact; empty if there is none.
        checked_us: when the lists were last changed; -1 if never.
    """

    results: dict[int, ScreeningResult] = field(default_factory=dict)
    cleared: dict[tuple[int, str, str], GoodGuy] = field(default_factory=dict)
    list_version: str = ""
    checked_us: int = -1


def read_record(journal: Journal) -> BookRecord:
    """Rebuild the record of a book, fact by fact.

    Raises:
        IndexDamagedError: a fact does not have the shape that the book writes.
    """
    record = BookRecord()
    for fact in journal.facts(kinds=[KIND_DECIDED, KIND_CLEARED, KIND_RESCREENED]):
        payload = parse_payload(fact)
        try:
            if not isinstance(payload, dict):
                raise TypeError("the payload is not an object")
            _apply(record, fact.kind, payload, at_us=fact.at_us)
        except MALFORMED as error:
            raise IndexDamagedError(
                f"Fact {fact.seq} ({fact.kind}) cannot be read.",
                why=f"{type(error).__name__}: {error}.",
                fix="The journal was not written by this software: check its seals.",
            ) from error
    return record


def _apply(record: BookRecord, kind: str, payload: Mapping[str, object], *, at_us: int) -> None:
    if kind == KIND_DECIDED:
        result = _result(payload)
        record.results[result.party_no] = result
        record.list_version = result.list_version
    elif kind == KIND_CLEARED:
        good = GoodGuy.from_dict(payload)
        record.cleared[good.party_no, good.source, good.entry_id] = good
    else:
        record.list_version, record.checked_us = str(payload["after"]), at_us
        for party_no, result in record.results.items():
            record.results[party_no] = replace(result, list_version=record.list_version)


def _result(payload: Mapping[str, object]) -> ScreeningResult:
    matches = payload["matches"]
    if not isinstance(matches, list):
        raise TypeError("matches is not a list")
    return ScreeningResult(
        party_no=int(str(payload["party_no"])),
        party_version=str(payload["party_version"]),
        list_version=str(payload["list_version"]),
        decision=Decision[str(payload["decision"])],
        matches=tuple(
            Match(
                entry_id=m["entry_id"],
                source=m["source"],
                listed_name=m["listed_name"],
                score_milli=m["score_milli"],
                decision=Decision[m["decision"]],
                pattern=m["pattern"],
                evidence=tuple(Evidence(**line) for line in m["evidence"]),
            )
            for m in matches
        ),
        explanation=str(payload["explanation"]),
    )
