"""Fixtures of the transfers room: the PostgreSQL server that the journal's tests start."""

from tests.journal.postgres_server import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]
