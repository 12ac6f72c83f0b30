"""What would change a verdict: the party is screened again with one thing different."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sandrail.screening.dates import PartialDate
from sandrail.screening.nouns import (
    NUMBER_PATTERNS,
    Decision,
    ListEntry,
    Match,
    PartyIdentity,
    ScreeningResult,
)
from sandrail.screening.screen import Screener

__all__ = ["what_would_change"]

_YEARS_AWAY = 20
_STRANGER = "Qwzx Vbnm"
"""No name: it agrees with no father's name."""

_SAYS = {
    Decision.CLEAR: "clear",
    Decision.REVIEW: "for an officer to look at",
    Decision.HIT: "frozen",
    Decision.UNSCREENED: "held",
}


def what_would_change(
    screener: Screener, identity: PartyIdentity, result: ScreeningResult
) -> tuple[str, ...]:
    """Return sentences on what would change the verdict, for the match that decides it.

    Each is found by screening the party again with that one thing different, against every list.
    Nothing of what a list holds is for the customer's ears: the officer asks, and compares.
    """
    match = next((m for m in result.matches if m.decision is result.decision), None)
    if match is None or result.decision is Decision.CLEAR:
        return ()
    if match.pattern in NUMBER_PATTERNS:
        return ("Only another number: correct it if it was mistyped, on sight of the document.",)
    entry = screener.index.find(match.source, match.entry_id)
    if entry is None:
        return ()
    told = []
    for name, known, party in _variants(identity, entry):
        after = screener.screen(party).decision
        if after is not result.decision:
            given = ", instead of what was given," if known else ""
            told.append(f"{name}{given} would make it {_SAYS[after]}.")
    return tuple(told) or (_nothing(match),)


def _variants(
    identity: PartyIdentity, entry: ListEntry
) -> Iterator[tuple[str, bool, PartyIdentity]]:
    """Yield what could be different, whether the party said something else, and the party."""
    whole = [date for date in entry.dobs if date.whole]
    if whole and identity.dob != whole[0]:
        same = replace(identity, dob=whole[0])
        yield f"The listed date of birth ({whole[0]})", identity.dob is not None, same
    if entry.dobs:
        year = entry.dobs[0].year - _YEARS_AWAY
        other = replace(identity, dob=PartialDate(year, 6, 17))
        yield "A date of birth that is many years away", identity.dob is not None, other
    if entry.father_names:
        had = bool(identity.father_name)
        listed = entry.father_names[0]
        yield f"The listed father's name ({listed})", had, replace(identity, father_name=listed)
        yield "Another father's name", had, replace(identity, father_name=_STRANGER)
    numbers = [i.value for i in entry.identifiers if i.scheme == "cnic"]
    if numbers:
        had = bool(identity.cnic)
        other_number = "".join(str((int(c) + 5) % 10) for c in numbers[0] if c.isdigit())
        yield "Another national number", had, replace(identity, cnic=other_number)
        yield "The listed national number", had, replace(identity, cnic=numbers[0])


def _nothing(match: Match) -> str:
    return (
        f"No single answer of the customer: {match.source} says too little about "
        f"{match.listed_name}. Compare documents, and let two officers rule the entry out."
    )
