"""State derived from the facts up to one of them, kept beside the journal to start faster.

A snapshot is outside the hash chain: whoever can write to the disk can write another one with its
own digest. So it is a cache that may be dropped at any time, and a proof never rests on it: what
checks a book or exports evidence reads the facts.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from sandrail.journal.errors import DraftError
from sandrail.journal.fact import Head
from sandrail.journal.limits import (
    PAYLOAD_BYTES_MAX,
    SNAPSHOT_BYTES_MAX,
    SNAPSHOT_NAME_CHARS_MAX,
    SNAPSHOT_PARTS_MAX,
    SNAPSHOT_VERSION_MAX,
)

__all__ = ["Snapshot", "SnapshotWarning", "check_snapshot", "is_intact", "snapshot_digest"]

_TAG = b"sandrail/snapshot/1\n"
_FIXED = struct.Struct(">HIqI")


class SnapshotWarning(UserWarning):
    """A snapshot is there and was not used; the state is derived from the facts instead."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """State derived from the facts up to one of them; a convenience, never the truth.

    Attributes:
        name: what was derived, such as ``ledger.book``.
        version: the form of the parts, counted by the room that writes them.
        head: the last fact that went into it.
        parts: the state, cut as its room likes; commonly frames.
        digest: what ``snapshot_digest`` says of all of the above.
    """

    name: str
    version: int
    head: Head
    parts: tuple[bytes, ...]
    digest: bytes


def snapshot_digest(name: str, version: int, head: Head, parts: Sequence[bytes]) -> bytes:
    """Return SHA-256 over everything that a snapshot says."""
    text = name.encode()
    whole = hashlib.sha256(_TAG)
    whole.update(_FIXED.pack(len(text), version, head.seq, len(parts)))
    whole.update(text + head.hash)
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.digest()


def is_intact(snapshot: Snapshot) -> bool:
    """Whether a snapshot is what was written; a damaged database row may hold anything."""
    head = snapshot.head
    return (
        type(snapshot.version) is int
        and 0 < snapshot.version <= SNAPSHOT_VERSION_MAX
        and type(head.seq) is int
        and type(head.hash) is bytes
        and all(type(part) is bytes for part in snapshot.parts)
        and snapshot.digest
        == snapshot_digest(snapshot.name, snapshot.version, head, snapshot.parts)
    )


def check_snapshot(name: str, version: int, parts: Sequence[bytes]) -> None:
    """Refuse what cannot be kept as a snapshot.

    Raises:
        DraftError: a bad name or version, or too much or nothing to keep.
    """
    size = sum(len(part) for part in parts)
    if (
        not 0 < len(name) <= SNAPSHOT_NAME_CHARS_MAX
        or not 0 < version <= SNAPSHOT_VERSION_MAX
        or not 0 < len(parts) <= SNAPSHOT_PARTS_MAX
        or max(len(part) for part in parts) > PAYLOAD_BYTES_MAX
        or size > SNAPSHOT_BYTES_MAX
    ):
        raise DraftError(
            f"The snapshot {name[:SNAPSHOT_NAME_CHARS_MAX]!r} cannot be kept.",
            why=f"A name has 1 to {SNAPSHOT_NAME_CHARS_MAX} characters, a version is 1 to"
            f" {SNAPSHOT_VERSION_MAX}, and there are 1 to {SNAPSHOT_PARTS_MAX} parts of at most"
            f" {PAYLOAD_BYTES_MAX} bytes and {SNAPSHOT_BYTES_MAX} together; these are"
            f" {len(parts)} of {size}.",
            fix="Cut the state into more parts, or replay the journal instead.",
        )
