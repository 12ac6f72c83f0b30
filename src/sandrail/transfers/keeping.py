"""A desk's snapshot beside its journal: kept at a quiet moment, read when the desk is opened."""

from __future__ import annotations

import warnings

from sandrail.journal import Head, Journal, SnapshotWarning
from sandrail.rulebook import Pack
from sandrail.transfers.errors import DeskBroken, DeskSnapshotDamaged
from sandrail.transfers.floor import Floor
from sandrail.transfers.replay import KINDS
from sandrail.transfers.snapshot import floor_from_parts, floor_to_parts

__all__ = ["DESK_FORM", "SNAPSHOT_NAME", "keep_floor", "kept_floor"]

SNAPSHOT_NAME = "transfers.desk"

DESK_FORM = 1
"""Raised whenever the bytes of a desk change their form or their meaning."""


def kept_floor(journal: Journal, pack: Pack) -> tuple[Floor | None, int]:
    """Return the floor of the journal's snapshot and the last fact in it; None and -1 without one.

    A snapshot that cannot be used is passed over with a ``SnapshotWarning``.
    """
    found = journal.snapshot(SNAPSHOT_NAME, version=DESK_FORM)
    if found is None:
        return None, -1
    try:
        return floor_from_parts(found.parts, pack), found.head.seq
    except DeskSnapshotDamaged as error:
        warnings.warn(
            f"The snapshot {SNAPSHOT_NAME} is not used ({error.why}); all facts are run again.",
            SnapshotWarning,
            stacklevel=3,
        )
        return None, -1


def keep_floor(journal: Journal, floor: Floor, *, known_seq: int) -> Head:
    """Keep a floor that knows all facts up to ``known_seq``; return the last fact that went in.

    Raises:
        DeskBroken: a later fact of a desk is in the journal. SnapshotError: see ``put_snapshot``.
    """
    head = journal.head
    missed = next(iter(journal.facts(known_seq + 1, kinds=KINDS)), None)
    if missed is not None:
        raise DeskBroken(
            "This desk is behind its journal.",
            why=f"Fact {missed.seq} ({missed.kind}) was recorded by somebody else.",
            fix="Open the desk again.",
            code="transfers.desk_behind",
        )
    journal.put_snapshot(SNAPSHOT_NAME, floor_to_parts(floor), head=head, version=DESK_FORM)
    return head
