"""Backup, restore and fork: the same facts with the same hashes in another place.

A backup is a slice of the whole journal, so that anyone can verify it before trusting it, and it
restores into any store. A fork is a copy of an economy up to some fact, to go on differently from
there. Snapshots are not carried along; they are derived anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from sandrail.journal.errors import LocationError, SliceError, StoreFault
from sandrail.journal.fact import Fact, Head
from sandrail.journal.journal import Journal
from sandrail.journal.limits import READ_PAGE_BYTES, READ_PAGE_FACTS
from sandrail.journal.location import create_store, file_path, is_postgres
from sandrail.journal.slice import read_slice, verify_slice, write_slice
from sandrail.journal.verification import verified_facts
from sandrail.world import Clock, RealClock

__all__ = ["backup_journal", "fork_journal", "restore_journal"]


def backup_journal(journal: Journal, path: str | Path) -> Head:
    """Write the whole journal, as it stands now, to one file; return the last fact's head.

    The journal may be written to meanwhile. Keep the returned head, or better a signed checkpoint,
    apart from the file.
    """
    return write_slice(path, journal.name, journal.facts(0, journal.head.seq + 1))


def restore_journal(path: str | Path, where: str | Path, *, clock: Clock | None = None) -> Journal:
    """Make a journal at a new place out of a backup, after verifying it, and open it for writing.

    Raises:
        SliceError: the file is no backup: cut, changed, or a slice that begins later.
        ChainError: naming the first wrong fact in it.
        LocationError: there is something at ``where`` already.
    """
    verify_slice(path)
    piece = read_slice(path)
    if piece.after.seq >= 0:
        raise SliceError(
            f"The slice {path} is no backup.",
            why=f"It begins at fact {piece.after.seq + 1}.",
            fix="Use a file written by backup.",
            seq=piece.after.seq + 1,
        )
    return _fill(where, piece.journal, piece, clock)


def fork_journal(
    journal: Journal, where: str | Path, *, until: int | None = None, clock: Clock | None = None
) -> Journal:
    """Copy the facts before ``until`` (all without it) to a new place and open it for writing.

    The copy has the journal's name and hashes; what is committed to it from then on differs.

    Raises:
        ChainError: the copy would end between a redaction and its record.
        LocationError: there is something at ``where`` already.
    """
    end = journal.head.seq + 1
    if until is not None:
        if until > end:
            raise LocationError(
                f"The journal {journal.name} holds no fact {until - 1}.",
                why=f"It ends with fact {journal.head.seq}.",
                fix="Name a fact of its own as the first one to leave out.",
            )
        end = until
    facts = verified_facts(journal.facts(0, end), journal.genesis)
    return _fill(where, journal.name, facts, clock)


def _fill(where: str | Path, name: str, facts: Iterable[Fact], clock: Clock | None) -> Journal:
    """Write facts to a new place; a file appears there whole or not at all."""
    now_us = (clock or RealClock()).now_us()
    target = where if is_postgres(where) else file_path(where)
    place = target
    if isinstance(target, Path):
        if target.exists():
            raise LocationError(
                f"{target} already exists.",
                fix="Choose another path; a journal is never overwritten.",
            )
        place = target.with_name(target.name + ".partial")
    try:
        store = create_store(place, name=name, now_us=now_us)
        try:
            for portion in _portions(iter(facts)):
                store.append(portion)
        finally:
            store.close()
        if isinstance(target, Path):
            os.replace(place, target)
    except OSError as error:
        raise StoreFault(
            f"The journal could not be moved to {target}.",
            why=f"{error.strerror}.",
            fix="See to the folder and try again.",
        ) from error
    finally:
        if isinstance(target, Path):
            for suffix in ("", "-wal", "-shm", ".lock"):
                Path(f"{place}{suffix}").unlink(missing_ok=True)
    return Journal.open(target, clock=clock)


def _portions(facts: Iterator[Fact]) -> Iterator[list[Fact]]:
    """Cut a stream of facts into portions that fit in memory and in one commit."""
    while portion := list(islice(facts, 1)):
        size = len(portion[0].payload)
        while size < READ_PAGE_BYTES and len(portion) < READ_PAGE_FACTS:
            following = next(facts, None)
            if following is None:
                break
            portion.append(following)
            size += len(following.payload)
        yield portion
