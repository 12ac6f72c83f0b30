"""Which store a path or URL means."""

from __future__ import annotations

from pathlib import Path

from sandrail.journal.errors import LocationError
from sandrail.journal.stores.port import Store
from sandrail.journal.stores.sqlite import SqliteStore

__all__ = ["create_store", "is_postgres", "open_store"]

_POSTGRES_SCHEMES = ("postgresql://", "postgres://")
_FILE_SCHEME = "sqlite:///"


def create_store(where: str | Path, *, name: str, now_us: int) -> Store:
    """Make a new, empty store at a path or URL and hold its writer's place."""
    return SqliteStore.create(_path(where), name=name, now_us=now_us)


def open_store(where: str | Path, *, read_only: bool, now_us: int) -> Store:
    """Open the store at a path or URL."""
    return SqliteStore.open(_path(where), read_only=read_only, now_us=now_us)


def is_postgres(where: str | Path) -> bool:
    """Whether the place is a PostgreSQL database."""
    return isinstance(where, str) and where.startswith(_POSTGRES_SCHEMES)


def _path(where: str | Path) -> Path:
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
