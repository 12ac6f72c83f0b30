"""Bringing a PostgreSQL schema to the form that this version reads and writes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import psycopg
from psycopg import sql

from sandrail.journal.errors import StoreFault

__all__ = ["Migration", "apply_migrations", "migrations", "pending_migrations"]

_LOCK_KEY = 0x53414E44_4D494752
_BOOK = """
    CREATE TABLE IF NOT EXISTS migration (
        no integer PRIMARY KEY,
        name text NOT NULL,
        sha256 text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
    )
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step.

    Attributes:
        no: its place, from 1, without gaps.
        name: the file's name.
        text: the SQL.
    """

    no: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash by which a changed file is noticed."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@lru_cache(maxsize=1)
def migrations() -> tuple[Migration, ...]:
    """Return all steps in order."""
    folder = resources.files("sandrail.journal.migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    steps = [Migration(int(n[:4]), n, (folder / n).read_text("utf-8")) for n in names]
    assert [step.no for step in steps] == list(range(1, len(steps) + 1)), "a migration is missing"
    return tuple(steps)


def apply_migrations(
    connection: psycopg.Connection[Any], schema: str, *, up_to: int | None = None
) -> list[str]:
    """Apply the steps that are missing in ``schema``, each in a transaction, and name them.

    Raises:
        StoreFault: a step that was applied differs from the file, or the schema is newer.
    """
    done: list[str] = []
    steps = migrations() if up_to is None else migrations()[:up_to]
    for step in steps:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK_KEY,))
            connection.execute(
                sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema))
            )
            connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
            connection.execute(_BOOK)
            if step.no in _applied(connection, schema):
                continue
            connection.execute(step.text.encode())
            connection.execute(
                "INSERT INTO migration (no, name, sha256) VALUES (%s, %s, %s)",
                (step.no, step.name, step.sha256),
            )
            done.append(step.name)
    return done


def pending_migrations(connection: psycopg.Connection[Any], schema: str) -> list[str]:
    """Return the names of the steps that the schema on the search path lacks."""
    applied = _applied(connection, schema)
    return [step.name for step in migrations() if step.no not in applied]


def _applied(connection: psycopg.Connection[Any], schema: str) -> set[int]:
    if connection.execute("SELECT to_regclass('migration')").fetchall() == [(None,)]:
        return set()
    known = {step.no: step for step in migrations()}
    rows = connection.execute("SELECT no, name, sha256 FROM migration ORDER BY no").fetchall()
    for no, name, sha256 in rows:
        if no not in known or known[no].sha256 != sha256:
            raise StoreFault(
                f"The schema {schema} had {name} applied, which this version does not have so.",
                why="The schema is newer than this version, or a migration file was edited.",
                fix="Install the version of Sandrail that made it.",
            )
    return {no for no, _, _ in rows}
