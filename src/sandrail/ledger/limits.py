"""Every limit of the ledger, in one place."""

from __future__ import annotations

__all__ = [
    "ACCOUNTS_MAX",
    "ADJUSTMENT_ROWS_MAX",
    "ASSETS_MAX",
    "BATCH_ROWS_MAX",
    "CALLERS_WAITING_MAX",
    "GROUP_REQUESTS_MAX",
    "INSTANT_US_MAX",
    "KEY_CHARS_MAX",
    "PAGE_ENTRIES_MAX",
    "READ_AHEAD_BYTES",
    "READ_AHEAD_FACTS",
    "REASON_CHARS_MAX",
    "RECENT_ROWS_MAX",
    "TIMEOUT_US_MAX",
    "TRANSFERS_MAX",
]

ACCOUNTS_MAX = 2**31 - 1
"""Accounts of one book; an account number is stored in 32 bits."""

TRANSFERS_MAX = 2**32 - 2
"""Transfer ids of one book; the id index keeps a slot in 32 bits."""

ASSETS_MAX = 4_096
"""Assets of one book."""

BATCH_ROWS_MAX = 65_536
"""Rows of one batch: bounds the memory, the fact and the time of one commit."""

INSTANT_US_MAX = 2**62
"""Last instant of a book: a time-out added to it still fits in 64 bits."""

KEY_CHARS_MAX = 200
"""Characters of a batch's idempotency key."""

TIMEOUT_US_MAX = 10 * 366 * 86_400_000_000
"""Longest life of a pending transfer: ten years, in microseconds."""

PAGE_ENTRIES_MAX = 10_000
"""Entries on one page of a statement."""

CALLERS_WAITING_MAX = 65_536
"""Single callers that may wait for one group commit."""

RECENT_ROWS_MAX = 65_536
"""Rows whose answers a ledger keeps in memory, 129 bytes each, for a key that is repeated soon."""

READ_AHEAD_BYTES = 4 * 1024 * 1024
"""Payload that a check reads ahead of its replay, one fact more or less."""

READ_AHEAD_FACTS = 4_096
"""Facts that a check reads ahead of its replay."""

GROUP_REQUESTS_MAX = 8_190
"""Single requests that one group commit records together."""

ADJUSTMENT_ROWS_MAX = 100
"""Rows of one adjustment."""

REASON_CHARS_MAX = 2_000
"""Characters of the reason for an adjustment."""
