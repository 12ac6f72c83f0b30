"""The port behind which facts are kept. tests/journal/store_contract.py holds for every store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sandrail.journal.fact import Fact, Head

__all__ = ["Snapshot", "Store"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """State derived from the facts up to one of them; a convenience, never the truth.

    Attributes:
        name: what was derived, such as ``ledger.book``.
        head: the last fact that went into it.
        data: the state.
        data_hash: SHA-256 of the data as it was put.
    """

    name: str
    head: Head
    data: bytes
    data_hash: bytes


class Store(Protocol):
    """Keeps the facts of one journal. It neither hashes nor judges; the journal does.

    A store that was opened for writing holds the journal's only writer's place until it is closed.
    Its methods raise ``StoreFault`` when the disk or the database fails.
    """

    @property
    def name(self) -> str:
        """The journal's name."""
        ...

    def head(self) -> Head:
        """Return the last durable fact's place and hash, or the genesis."""
        ...

    def append(self, facts: Sequence[Fact], redacting: Sequence[int] = ()) -> None:
        """Add facts that follow the head, all or none; durable when this returns.

        In the same transaction the payloads of the earlier facts ``redacting`` are emptied.

        Raises:
            WriterError: somebody else has written since this store was opened. Decided inside the
                transaction, so two writers never both succeed.
        """
        ...

    def read(
        self, since: int, until: int | None = None, kinds: Sequence[str] | None = None
    ) -> Iterator[Fact]:
        """Yield facts ``since <= seq < until`` in order, never holding up a writer."""
        ...

    def put_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot in place of the one of the same name."""
        ...

    def latest_snapshot(self, name: str) -> Snapshot | None:
        """Return the snapshot of that name, if there is one."""
        ...

    def close(self) -> None:
        """Give the writer's place back. Closing twice is no error."""
        ...
