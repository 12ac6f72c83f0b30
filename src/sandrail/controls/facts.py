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
    LEAVES_CUSTODY = 2048
    """Units leave wallets whose keys the firm holds."""
    CUSTODY_APPROVED = 4096
    """The quorum of key holders signed."""
    PRICE_STALE = 8192
    """The price is older, or further from its reference, than the pack allows."""
    CORRIDOR_CLOSED = 16384
    """The country on the other side is not one the pack opens."""
    FROM_LISTED = 32768
    """Units have already arrived from a wallet that is on a list."""
    PROOF_DUE = 65536
    """With this row, more than the pack's line moved with a self-hosted wallet."""
    ALLOW_LISTED = 131072
    """The customer put the wallet on the list of allowed ones long enough ago."""
    HOT_SHARE_OVER = 262144
    """The row fills online wallets beyond their share of what the firm keeps."""


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
