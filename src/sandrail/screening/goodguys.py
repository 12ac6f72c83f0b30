"""Entries that a person decided are *not* this party: with a reason, two persons, and an expiry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from sandrail.screening.errors import FourEyesError, IdentityError
from sandrail.screening.limits import GOOD_GUY_DAYS_MAX
from sandrail.screening.nouns import Decision, ListEntry, Match, PartyIdentity, ScreeningResult
from sandrail.world import DAY_US, Actor, Role, iso

__all__ = ["CLEARING_ROLES", "GoodGuy", "Ruled", "clear_match", "clearance_flaw", "less_cleared"]

REASON_CHARS_MIN = 15

CLEARING_ROLES = (Role.MLRO, Role.AML_SPECIALIST, Role.SUPERVISOR, Role.HEAD)
"""Who may rule a listed person out, and who may confirm it."""


@dataclass(frozen=True, slots=True)
class GoodGuy:
    """A false alarm that was looked into, and must not ring again for a while.

    Attributes:
        party_no: who was cleared.
        party_version: the state of the party; a changed party is looked at afresh.
        source: list of the entry.
        entry_id: which entry was ruled out.
        entry_hash: the state of the entry; a changed entry rings again.
        reason: why they are two different persons.
        by: who decided.
        confirmed_by: the second person.
        from_us: when.
        expires_us: until when it holds.
        role: what who decided is; confirmed_role: what the second person is.
    """

    party_no: int
    party_version: str
    source: str
    entry_id: str
    entry_hash: str
    reason: str
    by: str
    confirmed_by: str
    from_us: int
    expires_us: int
    role: str = ""
    confirmed_role: str = ""

    def holds(self, identity_version: str, entry: ListEntry, *, at_us: int) -> bool:
        """Whether it still covers this party and this state of the entry."""
        return (
            self.from_us <= at_us < self.expires_us
            and self.party_version == identity_version
            and self.entry_hash == entry.content_hash()
        )

    def as_dict(self) -> dict[str, object]:
        """The payload of a ``screening.cleared`` fact."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, payload: Mapping[str, object]) -> GoodGuy:
        """Read the payload of a fact back.

        Raises:
            TypeError: it has other fields, or a field holds something else.
        """
        good = cls(**cast("dict[str, Any]", dict(payload)))
        for one in fields(cls):
            kind = int if one.type == "int" else str
            if type(getattr(good, one.name)) is not kind:
                raise TypeError(f"{one.name} is no {kind.__name__}")
        return good


def clear_match(
    identity: PartyIdentity,
    entry: ListEntry,
    *,
    reason: str,
    by: Actor,
    confirmed_by: Actor,
    at_us: int,
    days: int,
) -> GoodGuy:
    """Rule an entry out for a party.

    Raises:
        FourEyesError: both persons are the same, or it is not for one of them to decide.
        IdentityError: the reason says nothing, or the time is too long.
    """
    if by.id == confirmed_by.id:
        raise FourEyesError(
            f"{by.name} cannot confirm a decision of {by.name}.",
            why="Ruling out a listed person takes two people.",
            fix="Ask a second officer to confirm.",
        )
    for person in (by, confirmed_by):
        _require_role(person)
    if len(reason.strip()) < REASON_CHARS_MIN:
        raise IdentityError(
            "The reason is too short.",
            why=f"{reason.strip()!r} does not let anybody check the decision later.",
            fix="Say what differs: date of birth, father's name, number, photograph.",
        )
    if not 0 < days <= GOOD_GUY_DAYS_MAX:
        raise IdentityError(
            f"A clearance of {days} days is not possible.",
            why=f"It ends after at most {GOOD_GUY_DAYS_MAX} days, because lists and people change.",
            fix=f"Give 1 to {GOOD_GUY_DAYS_MAX} days from {iso(at_us)[:10]}; then look again.",
        )
    return GoodGuy(
        party_no=identity.party_no,
        party_version=identity.version(),
        source=entry.source,
        entry_id=entry.id,
        entry_hash=entry.content_hash(),
        reason=reason.strip(),
        by=by.id,
        confirmed_by=confirmed_by.id,
        from_us=at_us,
        expires_us=at_us + days * DAY_US,
        role=by.role.value,
        confirmed_role=confirmed_by.role.value,
    )


def clearance_flaw(good: GoodGuy) -> str:
    """Say why a recorded clearance could never have been given; nothing when it could."""
    if good.by == good.confirmed_by:
        return f"{good.by} alone ruled the entry out; it takes two people."
    for person, role in ((good.by, good.role), (good.confirmed_by, good.confirmed_role)):
        if role not in CLEARING_ROLES:
            return f"{person} ruled an entry out as {role or 'nobody knows what'}."
    if len(good.reason.strip()) < REASON_CHARS_MIN:
        return f"Its reason says nothing: {good.reason.strip()!r}."
    if not 0 < good.expires_us - good.from_us <= GOOD_GUY_DAYS_MAX * DAY_US:
        return f"It does not end within {GOOD_GUY_DAYS_MAX} days."
    return ""


@dataclass(frozen=True, slots=True)
class Ruled:
    """A verdict without the entries that were ruled out.

    Attributes:
        result: the verdict that is left.
        by: the clearances it rests on; it holds until the first of them ends.
    """

    result: ScreeningResult
    by: tuple[GoodGuy, ...]


def less_cleared(
    found: ScreeningResult,
    cleared: Mapping[tuple[int, str, str], GoodGuy],
    entry_of: Callable[[Match], ListEntry | None],
    *,
    at_us: int,
) -> Ruled:
    """Leave out the matches that two people ruled out and whose clearance holds at an instant.

    Args:
        found: what the matcher found about a party.
        cleared: entries ruled out, by party, list and entry.
        entry_of: the entry in force behind a match.
    """
    kept: list[Match] = []
    used: list[GoodGuy] = []
    for match in found.matches:
        good = cleared.get((found.party_no, match.source, match.entry_id))
        entry = None if good is None else entry_of(match)
        if good and entry and good.holds(found.party_version, entry, at_us=at_us):
            used.append(good)
        else:
            kept.append(match)
    if not used:
        return Ruled(found, ())
    decision = max((match.decision for match in kept), default=Decision.CLEAR)
    text = f"{len(used)} resembling entries were ruled out by two officers. {found.explanation}"
    left = replace(found, matches=tuple(kept), decision=decision, explanation=text)
    return Ruled(left, tuple(used))


def _require_role(person: Actor) -> None:
    if person.role in CLEARING_ROLES:
        return
    who = ", ".join(role.value.replace("_", " ") for role in CLEARING_ROLES)
    raise FourEyesError(
        f"{person.id} may not rule a listed person out.",
        why=f"{person.id} acts as {person.role.value.replace('_', ' ')}; it takes: {who}.",
        fix="Let somebody decide whose role it is.",
        code="screening.not_your_role",
    )
