"""The port behind which facts are kept. tests/journal/store_contract.py holds for every store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from sandrail.journal.fact import Fact, Head
from sandrail.journal.snapshot import Snapshot

__all__ = ["Store"]


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

        In the same transaction the payloads of the earlier facts ``redacting`` are emptied, and
        the snapshots that one of them went into are dropped.

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

    def snapshot(self, name: str) -> Snapshot | None:
        """Return the snapshot of that name as it is kept, if there is one."""
        ...

    def drop_snapshots(self) -> None:
        """Forget all snapshots."""
        ...

    def close(self) -> None:
        """Give the writer's place back. Closing twice is no error."""
        ...
