"""Facts in memory, for tests and replays. Nothing here survives the process."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from sandrail.journal.errors import WriterError
from sandrail.journal.fact import EMPTY_SEQ, Fact, Head, genesis_hash
from sandrail.journal.snapshot import Snapshot

__all__ = ["MemoryStore"]


class MemoryStore:
    """A list of facts behind the port of all stores."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._genesis = Head(EMPTY_SEQ, genesis_hash(name))
        self._facts: list[Fact] = []
        self._snapshots: dict[str, Snapshot] = {}

    def head(self) -> Head:
        return self._facts[-1].head if self._facts else self._genesis

    def append(self, facts: Sequence[Fact], redacting: Sequence[int] = ()) -> None:
        if facts and (facts[0].seq, facts[0].prev_hash) != (
            len(self._facts),
            self.head().hash,
        ):
            raise WriterError(
                f"Fact {facts[0].seq} is already written.",
                why=f"The journal {self.name} has moved on to fact {self.head().seq}.",
                fix="Open the journal again and decide again.",
            )
        for seq in redacting:
            self._facts[seq] = dataclasses.replace(self._facts[seq], payload=b"")
            self._snapshots = {n: s for n, s in self._snapshots.items() if s.head.seq < seq}
        self._facts.extend(facts)

    def read(
        self, since: int, until: int | None = None, kinds: Sequence[str] | None = None
    ) -> Iterator[Fact]:
        end = len(self._facts) if until is None else min(until, len(self._facts))
        for seq in range(max(since, 0), end):
            fact = self._facts[seq]
            if kinds is None or fact.kind in kinds:
                yield fact

    def put_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshots[snapshot.name] = snapshot

    def snapshot(self, name: str) -> Snapshot | None:
        return self._snapshots.get(name)

    def drop_snapshots(self) -> None:
        self._snapshots.clear()

    def close(self) -> None:
        return
