"""The contract, run against memory and SQLite; test_postgres.py runs it against PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandrail.journal import Store
from sandrail.journal.stores.memory import MemoryStore
from sandrail.journal.stores.sqlite import SqliteStore

from .store_contract import NAME, StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore(NAME)

    @pytest.fixture
    def reopen(self) -> Callable[[Store], Store]:
        return lambda store: store


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = SqliteStore.create(tmp_path / "j.db", name=NAME, now_us=0)
        yield store
        store.close()

    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Iterator[Callable[[Store], Store]]:
        opened: list[Store] = []

        def again(store: Store) -> Store:
            store.close()
            opened.append(SqliteStore.open(tmp_path / "j.db", read_only=False, now_us=0))
            return opened[-1]

        yield again
        for store in opened:
            store.close()
