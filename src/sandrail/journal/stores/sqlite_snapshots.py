"""Snapshots in a journal file: one of each name, replaced whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandrail.journal.fact import Head
from sandrail.journal.snapshot import Snapshot

__all__ = ["drop_since", "put", "read"]

_READ = """
    SELECT version, seq, hash, digest, data
    FROM snapshot JOIN snapshot_part USING (name) WHERE name = ? ORDER BY part
"""


def put(writer: Any, snapshot: Snapshot) -> None:
    """Write a snapshot in place of the one of its name, inside the caller's transaction."""
    head = snapshot.head
    _drop(writer, (snapshot.name,))
    writer.execute(
        "INSERT INTO snapshot (name, version, seq, hash, digest) VALUES (?, ?, ?, ?, ?)",
        (snapshot.name, snapshot.version, head.seq, head.hash, snapshot.digest),
    )
    writer.executemany(
        "INSERT INTO snapshot_part (name, part, data) VALUES (?, ?, ?)",
        ((snapshot.name, place, part) for place, part in enumerate(snapshot.parts)),
    )


def read(reader: Any, name: str) -> Snapshot | None:
    """Return the snapshot of that name as it stands in the file, unchecked."""
    rows = list(reader.execute(_READ, (name,)).fetchall())
    if not rows:
        return None
    version, seq, own_hash, digest, _ = rows[0]
    return Snapshot(name, version, Head(seq, own_hash), tuple(row[4] for row in rows), digest)


def drop_since(writer: Any, seq: int) -> None:
    """Forget the snapshots that a fact went into, inside the caller's transaction."""
    names = writer.execute("SELECT name FROM snapshot WHERE seq >= ?", (seq,)).fetchall()
    _drop(writer, [name for (name,) in names])


def _drop(writer: Any, names: Sequence[str]) -> None:
    keys = [(name,) for name in names]
    writer.executemany("DELETE FROM snapshot_part WHERE name = ?", keys)
    writer.executemany("DELETE FROM snapshot WHERE name = ?", keys)
