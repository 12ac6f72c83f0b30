"""Fixtures of the journal room; one PostgreSQL server serves all of its tests in a process."""

from .postgres_server import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]
