"""Entries that a person decided are *not* this party: with a reason, two persons, and an expiry."""

from __future__ import annotations

from dataclasses import dataclass

from sandrail.screening.errors import FourEyesError, IdentityError
from sandrail.screening.limits import GOOD_GUY_DAYS_MAX
from sandrail.screening.nouns import ListEntry, PartyIdentity
from sandrail.world import DAY_US, Actor, iso

__all__ = ["GoodGuy", "clear_match"]

REASON_CHARS_MIN = 15


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
        FourEyesError: both persons are the same.
        IdentityError: the reason says nothing, or the time is too long.
    """
    if by.id == confirmed_by.id:
        raise FourEyesError(
            f"{by.name} cannot confirm a decision of {by.name}.",
            why="Ruling out a listed person takes two people.",
            fix="Ask a second officer to confirm.",
        )
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
    )
