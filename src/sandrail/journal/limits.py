"""Every limit of the journal room, with the reason for its size."""

from __future__ import annotations

__all__ = [
    "ACTOR_CHARS_MAX",
    "COLUMNS_MAX",
    "COLUMN_NAME_CHARS_MAX",
    "COLUMN_WIDTH_MAX",
    "COMMIT_BYTES_MAX",
    "FACTS_PER_COMMIT_MAX",
    "HEADER_BYTES_MAX",
    "JOURNAL_NAME_CHARS_MAX",
    "KIND_CHARS_MAX",
    "NOTE_BYTES_MAX",
    "PAYLOAD_BYTES_MAX",
    "READ_PAGE_BYTES",
    "READ_PAGE_FACTS",
    "RECEIPT_BYTES_MAX",
    "ROWS_MAX",
    "SCHEMA_PLANS_MAX",
    "SIGNATURES_MAX",
    "SNAPSHOT_BYTES_MAX",
    "SNAPSHOT_NAME_CHARS_MAX",
    "SNAPSHOT_PARTS_MAX",
    "SNAPSHOT_VERSION_MAX",
    "TREE_LEAVES_MAX",
]

PAYLOAD_BYTES_MAX = 64 * 1024 * 1024
"""One payload: 64 full batches of 8,190 transfers; far under SQLite's and PostgreSQL's 1 GB."""

COMMIT_BYTES_MAX = 256 * 1024 * 1024
"""All payloads of one commit: what a small machine still holds twice in memory."""

FACTS_PER_COMMIT_MAX = 65_536
"""Facts of one commit; a caller with more has a batch to write instead."""

KIND_CHARS_MAX = 64
ACTOR_CHARS_MAX = 80
JOURNAL_NAME_CHARS_MAX = 120
SNAPSHOT_NAME_CHARS_MAX = 80

SNAPSHOT_BYTES_MAX = 1024 * 1024 * 1024
"""One snapshot of derived state: ten million accounts and fifty million remembered ids."""

SNAPSHOT_PARTS_MAX = 4_096
SNAPSHOT_VERSION_MAX = 2**31 - 1

COLUMNS_MAX = 256
COLUMN_NAME_CHARS_MAX = 64
COLUMN_WIDTH_MAX = 4_096
"""Items in one row of a fixed-width column, such as 32 for a hash."""

ROWS_MAX = 4 * 1024 * 1024
"""Rows in one table of a frame."""

HEADER_BYTES_MAX = 1024 * 1024
"""Schema or meta of a frame, header of a slice or of one fact in it: JSON a reader must parse."""

SCHEMA_PLANS_MAX = 1_024
"""Remembered column layouts; a running system has a few dozen."""

READ_PAGE_FACTS = 256
READ_PAGE_BYTES = 16 * 1024 * 1024
"""A reader holds the database for one page only, so that it never holds up the writer's log."""

TREE_LEAVES_MAX = 2**40
"""Leaves of a Merkle tree; bounds the length of a proof that a verifier will look at."""

SIGNATURES_MAX = 16
"""Signatures on one checkpoint: the operator's and its witnesses'."""

NOTE_BYTES_MAX = 64 * 1024
"""One signed checkpoint."""

RECEIPT_BYTES_MAX = 256 * 1024
"""One receipt: a row, two proofs and a checkpoint; commonly 3 kB."""
