"""The journal: one append-only, hash-chained sequence of facts. Everything else is derived."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType

from sandrail.journal.errors import (
    ChainError,
    DraftError,
    ReadOnlyError,
    SnapshotError,
    WriterError,
)
from sandrail.journal.fact import (
    EMPTY_SEQ,
    Draft,
    Fact,
    Head,
    check_draft,
    genesis_hash,
    seal,
)
from sandrail.journal.limits import (
    COMMIT_BYTES_MAX,
    FACTS_PER_COMMIT_MAX,
)
from sandrail.journal.location import create_store, open_store
from sandrail.journal.redaction import REDACTED_KIND, redaction_draft
from sandrail.journal.snapshot import (
    Snapshot,
    SnapshotWarning,
    check_snapshot,
    is_intact,
    snapshot_digest,
)
from sandrail.journal.stores.memory import MemoryStore
from sandrail.journal.stores.port import Store
from sandrail.journal.verification import verify_chain
from sandrail.world import Clock, RealClock

__all__ = ["Journal"]


class Journal:
    """One journal, open. Use as a context manager, or close it.

    Commits from several threads take turns. Reading never waits for a commit, nor a commit for it.
    """

    def __init__(self, store: Store, *, read_only: bool = False, verify: bool = True) -> None:
        """Take over a store; callers use ``create``, ``open`` or ``in_memory``."""
        self._store = store
        self._read_only = read_only
        self._commit_turn = threading.Lock()
        self._process = os.getpid()
        self._redacted_at = EMPTY_SEQ
        self.name = store.name
        self.genesis = Head(EMPTY_SEQ, genesis_hash(store.name))
        self._head = verify_chain(store.read(0), self.genesis) if verify else store.head()
        if self._head != store.head() and not read_only:
            raise ChainError(
                f"The journal {self.name} ends at fact {self._head.seq} and at another one too.",
                why=f"Its store names fact {store.head().seq} as its last.",
                fix="Check the disk, then restore from a backup whose checkpoint you trust.",
                seq=self._head.seq + 1,
            )

    @classmethod
    def create(cls, where: str | Path, *, name: str, clock: Clock | None = None) -> Journal:
        """Make a new journal in a file, or at a ``postgresql://`` URL, and open it for writing.

        Raises:
            LocationError: the place is taken or cannot be used, or the name is unfit.
        """
        now_us = (clock or RealClock()).now_us()
        return cls._over(create_store(where, name=name, now_us=now_us))

    @classmethod
    def open(
        cls,
        where: str | Path,
        *,
        read_only: bool = False,
        verify: bool = True,
        clock: Clock | None = None,
        expect: Head | None = None,
    ) -> Journal:
        """Open a journal and verify its whole chain.

        Args:
            where: a path or a ``postgresql://`` URL.
            read_only: look only; any number of readers beside the one writer.
            verify: read every fact and check its hash; without it only the end is read.
            clock: tells when the writer's place was taken, for the error others will see.
            expect: a head known from elsewhere, such as a signed checkpoint. A disk that lost its
                last pages leaves a shorter journal that is sound in itself; only this notices.

        Raises:
            LocationError: there is no journal there.
            WriterError: another process writes it; the error names the holder.
            ChainError: naming the first wrong fact, or the expected one that is not there.
        """
        now_us = (clock or RealClock()).now_us()
        store = open_store(where, read_only=read_only, now_us=now_us)
        journal = cls._over(store, read_only=read_only, verify=verify)
        if expect is not None and not journal.contains(expect):
            journal.close()
            raise ChainError(
                f"The journal {journal.name} lacks fact {expect.seq} as it was witnessed.",
                why=f"It ends at fact {journal.head.seq}, or holds another history.",
                fix="Restore from a backup that holds the witnessed head.",
                seq=min(expect.seq, journal.head.seq + 1),
            )
        return journal

    @classmethod
    def in_memory(cls, name: str) -> Journal:
        """Return a new journal that lives as long as this object; for tests and replays."""
        return cls(MemoryStore(name))

    @classmethod
    def _over(cls, store: Store, *, read_only: bool = False, verify: bool = True) -> Journal:
        opened = False
        try:
            journal = cls(store, read_only=read_only, verify=verify)
            opened = True
            return journal
        finally:
            if not opened:
                store.close()

    @property
    def head(self) -> Head:
        """The last fact; for a journal opened read-only, as of now."""
        return self._store.head() if self._read_only else self._head

    def commit(self, drafts: Sequence[Draft]) -> list[Fact]:
        """Record drafts in order, all or none, and return the facts; durable on return.

        Raises:
            DraftError: a draft cannot become a fact, or there are too many at once.
            ReadOnlyError: the journal was opened for reading only.
            WriterError: somebody else has written; this journal takes no more facts.
            StoreFault: the disk or database failed; this journal takes no more facts. What was not
                acknowledged may or may not be recorded: open the journal again to see.
        """
        self._require_writable()
        batch = tuple(drafts)
        _check_commit(batch)
        with self._commit_turn:
            return self._append(batch, ())

    def redact(self, seq: int, *, at_us: int, actor: str, reason: str) -> Fact:
        """Remove the payload of one fact by recording who did so and why; the chain still holds.

        Snapshots that the fact went into are dropped in the same commit.

        Raises:
            DraftError: there is no such fact, or it is not one that may be redacted.
        """
        self._require_writable()
        draft = redaction_draft(self.fact(seq), at_us=at_us, actor=actor, reason=reason)
        with self._commit_turn:
            record = self._append((draft,), (seq,))[0]
            self._redacted_at = record.seq
            return record

    def facts(
        self, since: int = 0, until: int | None = None, kinds: Collection[str] | None = None
    ) -> Iterator[Fact]:
        """Yield facts ``since <= seq < until`` in order, all or only those of the given kinds."""
        return self._store.read(since, until, None if kinds is None else sorted(kinds))

    def fact(self, seq: int) -> Fact:
        """Return one fact.

        Raises:
            DraftError: the journal has no fact of that number.
        """
        for found in self._store.read(seq, seq + 1):
            if found.seq == seq:
                return found
        raise DraftError(
            f"The journal {self.name} has no fact {seq}.",
            why=f"Its facts are 0 to {self.head.seq}.",
            fix="Ask for one of these.",
            code="journal.no_such_fact",
        )

    def contains(self, head: Head) -> bool:
        """Whether the journal holds exactly this fact at its place; true of its genesis."""
        if head.seq == EMPTY_SEQ:
            return head == self.genesis
        return any(fact.head == head for fact in self._store.read(head.seq, head.seq + 1))

    def put_snapshot(self, name: str, parts: Sequence[bytes], *, head: Head, version: int) -> None:
        """Keep state derived from the facts up to ``head``; replaces the one of the same name.

        It is written in one transaction, and commits wait meanwhile: choose a quiet moment.

        Args:
            name: room and state, such as ``ledger.book``.
            parts: the state, in parts of at most 64 MB.
            head: the last fact that went into it.
            version: the form of the parts; a reader that knows another one ignores them.

        Raises:
            DraftError: a bad name or version, or too much or nothing to keep.
            SnapshotError: no such fact is here, or a payload before it was redacted meanwhile.
            ReadOnlyError: the journal was opened for reading only.
        """
        self._require_writable()
        check_snapshot(name, version, parts)
        kept = tuple(parts)
        snapshot = Snapshot(name, version, head, kept, snapshot_digest(name, version, head, kept))
        with self._commit_turn:
            if not self.contains(head):
                raise SnapshotError(
                    f"The snapshot {name} was derived from a fact {head.seq} that is not in here.",
                    fix="Derive it from this journal.",
                )
            if head.seq < self._redacted_at:
                raise SnapshotError(
                    f"The snapshot {name} may hold what was redacted.",
                    why=f"It ends at fact {head.seq}; fact {self._redacted_at} redacts one.",
                    fix="Open the journal again and derive the state anew.",
                )
            self._store.put_snapshot(snapshot)

    def snapshot(self, name: str, *, version: int) -> Snapshot | None:
        """Return the snapshot of that name if it is whole, of this version, and of this history.

        Any other is ignored with a ``SnapshotWarning``: derive the state from the facts then.
        """
        found = self._store.snapshot(name)
        if found is None:
            return None
        flaw = self._flaw(found, version)
        if not flaw:
            return found
        text = f"The snapshot {name} of the journal {self.name} is not used: {flaw}."
        warnings.warn(text, SnapshotWarning, stacklevel=2)
        return None

    def drop_snapshots(self) -> None:
        """Forget all snapshots; what was kept in them is derived again when it is next needed."""
        self._require_writable()
        with self._commit_turn:
            self._store.drop_snapshots()

    def _flaw(self, found: Snapshot, version: int) -> str:
        """Say why a snapshot cannot be used, or nothing."""
        if not is_intact(found):
            return "it was changed after it was written"
        if found.version != version:
            return f"it has form {found.version}, and this version reads {version}"
        if not self.contains(found.head):
            return f"its fact {found.head.seq} is of another history"
        return ""

    def close(self) -> None:
        """Give the writer's place back. Closing twice is no error."""
        self._store.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _append(self, drafts: Sequence[Draft], redacting: Sequence[int]) -> list[Fact]:
        head = self._head
        facts: list[Fact] = []
        for draft in drafts:
            fact = seal(draft, head)
            head = Head(fact.seq, fact.hash)
            facts.append(fact)
        if facts:
            self._store.append(facts, redacting)
            self._head = head
        return facts

    def _require_writable(self) -> None:
        if self._read_only:
            raise ReadOnlyError(
                f"The journal {self.name} was opened for reading only.",
                fix="Open it for writing; there is one writer at a time.",
            )
        if self._process != os.getpid():
            raise WriterError(
                f"The journal {self.name} was opened by process {self._process}, not by this one.",
                why="A forked child shares its parent's files and would write beside it.",
                fix="Open the journal in the process that writes, after forking.",
            )


def _check_commit(drafts: Sequence[Draft]) -> None:
    size = 0
    for draft in drafts:
        check_draft(draft)
        size += len(draft.payload)
        if draft.kind == REDACTED_KIND:
            raise DraftError(
                f"A {REDACTED_KIND} fact is not committed directly.",
                why="It is written together with the removal of the payload it names.",
                fix="Call Journal.redact.",
            )
    if len(drafts) > FACTS_PER_COMMIT_MAX or size > COMMIT_BYTES_MAX:
        raise DraftError(
            f"A commit of {len(drafts)} facts and {size} bytes is too large.",
            why=f"It may have {FACTS_PER_COMMIT_MAX} facts and {COMMIT_BYTES_MAX} bytes.",
            fix="Commit in parts, or write rows as columns of one fact.",
        )
