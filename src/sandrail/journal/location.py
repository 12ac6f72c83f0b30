"""Which store a path or URL means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sandrail.journal.errors import LocationError, StoreFault
from sandrail.journal.stores.port import Store
from sandrail.journal.stores.sqlite import SqliteStore
from sandrail.world import Clock, RealClock

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["create_store", "file_path", "is_postgres", "migrate", "open_store"]

_POSTGRES_SCHEMES = ("postgresql://", "postgres://")
_FILE_SCHEME = "sqlite:///"


def create_store(where: str | Path, *, name: str, now_us: int) -> Store:
    """Make a new, empty store at a path or URL and hold its writer's place."""
    if is_postgres(where):
        made: Store = _postgres().PostgresStore.create(str(where), name=name, now_us=now_us)
        return made
    return SqliteStore.create(file_path(where), name=name, now_us=now_us)


def open_store(where: str | Path, *, read_only: bool, now_us: int) -> Store:
    """Open the store at a path or URL."""
    if is_postgres(where):
        opened: Store = _postgres().PostgresStore.open(
            str(where), read_only=read_only, now_us=now_us
        )
        return opened
    return SqliteStore.open(file_path(where), read_only=read_only, now_us=now_us)


def migrate(where: str | Path, *, clock: Clock | None = None) -> list[str]:
    """Bring the journal at a path or URL to this version's form; return the steps applied."""
    if is_postgres(where):
        steps: list[str] = _postgres().migrate(str(where))
        return steps
    now_us = (clock or RealClock()).now_us()
    return SqliteStore.migrate(file_path(where), now_us=now_us)


def is_postgres(where: str | Path) -> bool:
    """Whether the place is a PostgreSQL database."""
    return isinstance(where, str) and where.startswith(_POSTGRES_SCHEMES)


def file_path(where: str | Path) -> Path:
    """Return the path of a journal file given as a path or ``sqlite:///`` URL."""
    if isinstance(where, Path):
        return where
    if where.startswith(_FILE_SCHEME):
        return Path(where[len(_FILE_SCHEME) :])
    if "://" in where:
        raise LocationError(
            f"{where!r} names no store that this version knows.",
            why="A journal lives in a file or in PostgreSQL.",
            fix="Give a path, sqlite:///path or postgresql://host/database.",
        )
    return Path(where)


def _postgres() -> ModuleType:
    try:
        from sandrail.journal.stores import postgres
    except ImportError as error:
        raise StoreFault(
            "PostgreSQL support is not installed.",
            why=f"{error}.",
            fix="Install sandrail[postgres].",
            code="journal.missing_extra",
        ) from error
    return postgres
