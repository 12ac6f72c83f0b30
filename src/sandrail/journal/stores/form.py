"""The form of a journal file: its mark, its tables, and the steps from each form to the next."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandrail.journal.errors import LocationError, StoreFault
from sandrail.journal.stores.driver import Driver, Faults

__all__ = ["APPLICATION_ID", "FORM", "TABLES", "Mark", "apply_steps", "read_mark", "require_form"]

APPLICATION_ID = 0x53414E44
_SQLITE_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES, _VERSION_AT, _APPLICATION_AT = 100, 60, 68

_SNAPSHOT = (
    """CREATE TABLE snapshot (
        name TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        hash BLOB NOT NULL,
        digest BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE snapshot_part (
        name TEXT NOT NULL,
        part INTEGER NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (name, part)
    ) STRICT""",
)

TABLES = (
    "CREATE TABLE journal (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE fact (
        seq INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        actor TEXT NOT NULL,
        hash BLOB NOT NULL,
        prev_hash BLOB NOT NULL,
        payload_hash BLOB NOT NULL,
        payload BLOB NOT NULL
    ) STRICT""",
    *_SNAPSHOT,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What the first bytes of a file say it is."""

    application: int
    form: int


@dataclass(frozen=True, slots=True)
class Step:
    """What brings a file from one form to the next; it changes no fact."""

    name: str
    statements: tuple[str, ...]


STEPS = (Step("file 2: snapshots in parts", ("DROP TABLE snapshot", *_SNAPSHOT)),)
"""The step at place n brings form n + 1 to form n + 2."""

FORM = 1 + len(STEPS)


def read_mark(path: Path, driver: Driver) -> Mark | None:
    """Return what the file is, touching nothing; ``None`` when it is no database."""
    with Faults(path, driver, "be read"):
        start = driver.read_start(str(path), _HEADER_BYTES)
    if len(start) < _HEADER_BYTES or not start.startswith(_SQLITE_MAGIC):
        return None
    (version,) = struct.unpack_from(">I", start, _VERSION_AT)
    (application,) = struct.unpack_from(">I", start, _APPLICATION_AT)
    return Mark(application, version)


def require_form(path: Path, driver: Driver, *, migrating: bool = False) -> None:
    """Refuse a file that is no journal, or not of this form, before anything touches it.

    Args:
        path: the file.
        driver: reads it.
        migrating: take older forms too.

    Raises:
        LocationError: it is something else, newer, or older than this version writes.
    """
    mark = read_mark(path, driver)
    if mark is None:
        raise LocationError(
            f"{path} is not a journal.",
            why="It is not an SQLite database.",
            fix="Check the path.",
        )
    if mark.application != APPLICATION_ID or not 1 <= mark.form <= FORM:
        raise LocationError(
            f"{path} is not a journal that this version reads.",
            why=f"Its application id is {mark.application:#x} and its form {mark.form}; expected"
            f" {APPLICATION_ID:#x} and {FORM}.",
            fix="Check the path, or use the version of Sandrail that wrote it.",
        )
    if mark.form < FORM and not migrating:
        raise LocationError(
            f"The journal {path} was made by an older version.",
            why=f"Its form is {mark.form}; this version writes form {FORM}.",
            fix="Run sandrail migrate; it changes no fact.",
            code="journal.needs_migration",
        )


def apply_steps(path: Path, writer: Any) -> list[str]:
    """Bring a file to this version's form, each step in a transaction, and name the steps.

    The form is also what the file's first bytes say, so the log is written back at the end.

    Raises:
        StoreFault: a reader keeps the log from being written back; nothing is lost by trying again.
    """
    form = writer.execute("PRAGMA user_version").fetchall()[0][0]
    done = []
    for form_made, step in enumerate(STEPS[form - 1 :], form + 1):
        writer.execute("BEGIN IMMEDIATE")
        for statement in step.statements:
            writer.execute(statement)
        writer.execute(f"PRAGMA user_version = {form_made}")
        writer.execute("COMMIT")
        done.append(step.name)
    busy = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]
    if busy:
        raise StoreFault(
            f"The journal {path} is migrated, but its first bytes do not say so yet.",
            why="Somebody is reading it.",
            fix="Close the readers and migrate again.",
        )
    return done
