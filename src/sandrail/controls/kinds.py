"""What an instruction asks for, and which kinds a control looks at."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ENTRIES", "EXITS", "GATED", "MOVES_BETWEEN_CUSTOMERS", "Kind", "mask"]


class Kind(IntEnum):
    """The kinds of instruction; the number is what the journal records."""

    LEG = 0
    """A leg that the platform adds beside a gated one, such as the fiat side of an issue."""
    ISSUE = 1
    """New units against money that reached the reserve."""
    TRANSFER = 2
    """From one customer to another."""
    REDEEM = 3
    """Units returned for money at par: an exit."""
    ON_RAMP = 4
    """Fiat in for virtual assets of an existing supply."""
    OFF_RAMP = 5
    """Virtual assets out for fiat: an exit."""
    REMIT = 6
    """Across a border, to a beneficiary of another provider."""
    SETTLE = 7
    """A rail confirmed: the hold becomes final."""
    RELEASE = 8
    """A rail refused or a supervisor declined: the hold is given back."""
    SWEEP = 9
    """Between wallets of the firm's own, online and cold: no customer's limit is touched."""


def mask(*kinds: Kind) -> int:
    """Return the bit mask of some kinds, as compiled programs use it."""
    return sum(1 << kind for kind in set(kinds))


ENTRIES = mask(Kind.ISSUE, Kind.TRANSFER, Kind.ON_RAMP, Kind.REMIT)
"""Kinds that quotas and windows act on."""

EXITS = mask(Kind.REDEEM, Kind.OFF_RAMP)
"""Kinds that no quota and no expired window may stop: customers get out."""

GATED = ENTRIES | EXITS | mask(Kind.SWEEP)
"""Kinds that pass the gate at all; the others only finish what the gate allowed."""

MOVES_BETWEEN_CUSTOMERS = mask(Kind.TRANSFER, Kind.REMIT)
"""Kinds with an originator and a beneficiary."""
