"""Facts about rows and parties that controls read, gathered before the gate runs."""

from __future__ import annotations

from enum import IntEnum, IntFlag

__all__ = ["TRAVEL_DATA_COMPLETE", "PartyStatus", "RowFact", "Screen"]


class RowFact(IntFlag):
    """What is known about one instruction; bits of the ``facts`` column."""

    ORIGINATOR_COMPLETE = 1
    BENEFICIARY_COMPLETE = 2
    COUNTERPARTY_APPROVED = 4
    """Due diligence on the other provider is in date."""
    WITH_COUNTERPARTY = 8
    """The other side is held at another provider."""
    SELF_HOSTED = 16
    OWNERSHIP_PROVEN = 32
    CROSS_BORDER = 64
    FX_CONSENT = 128
    ANONYMITY_ENHANCED = 256
    ADDRESS_EXPOSED = 512
    """The wallet is near a tagged one, within the hops that the pack sets."""
    ADDRESS_LISTED = 1024
    """The wallet itself is on a list."""
    CUSTODY_APPROVED = 2048
    """The quorum of key holders signed."""
    PRICE_STALE = 4096
    CORRIDOR_CLOSED = 8192


TRAVEL_DATA_COMPLETE = RowFact.ORIGINATOR_COMPLETE | RowFact.BENEFICIARY_COMPLETE


class PartyStatus(IntEnum):
    """Where a party stands with the firm."""

    ABSENT = 0
    ACTIVE = 1
    FROZEN = 2
    CLOSED = 3


class Screen(IntEnum):
    """What screening decided about a party, as of the newest list."""

    CLEAR = 0
    REVIEW = 1
    HIT = 2
    UNSCREENED = 3
