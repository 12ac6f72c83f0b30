"""Facts in PostgreSQL: one schema per journal, one writer, any number of readers.

Two things keep a second writer out. A session-level advisory lock refuses it at the door and names
the holder. And each commit moves the one row of ``journal`` from exactly the head and the fence
that its writer believes in; a writer that lost its place finds no such row and commits nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from sandrail.journal.errors import LocationError, StoreFault, WriterError
from sandrail.journal.fact import EMPTY_SEQ, Fact, Head, genesis_hash
from sandrail.journal.limits import READ_PAGE_BYTES, READ_PAGE_FACTS
from sandrail.journal.snapshot import Snapshot
from sandrail.journal.stores.lock import holder_text
from sandrail.journal.stores.migration import apply_migrations, pending_migrations

__all__ = ["Place", "PostgresStore", "migrate"]

DEFAULT_SCHEMA = "sandrail"
CONNECT_SECONDS = 10
COPY_FACTS_MIN = 32
"""From this many facts on, COPY is faster than one long statement."""

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)
_COLUMNS = ("seq", "kind", "at_us", "actor", "hash", "prev_hash", "payload_hash", "payload")
_MOVE = """
    UPDATE journal SET head_seq = %s, head_hash = %s
    WHERE head_seq = %s AND head_hash = %s AND fence = %s
"""
_COPY = (
    "COPY fact (seq, kind, at_us, actor, hash, prev_hash, payload_hash, payload)"
    " FROM STDIN WITH (FORMAT BINARY)"
)
_TYPES = ("int8", "text", "int8", "text", "bytea", "bytea", "bytea", "bytea")
_READ = """
    SELECT seq, kind, at_us, actor, payload, payload_hash, prev_hash, hash
    FROM fact WHERE seq >= %s AND seq < %s AND (%s::text[] IS NULL OR kind = ANY(%s::text[]))
    ORDER BY seq LIMIT %s
"""
_HEAD = "SELECT head_seq, head_hash FROM journal"
_TAKE_FENCE = """
    UPDATE journal SET fence = fence + 1, holder_pid = %s, holder_host = %s, holder_since_us = %s
    RETURNING fence
"""
_HOLDER = "SELECT holder_pid, holder_host, holder_since_us FROM journal"
_PUT_SNAPSHOT = (
    "INSERT INTO snapshot (name, version, seq, hash, digest) VALUES (%s, %s, %s, %s, %s)"
)
_PUT_PART = "INSERT INTO snapshot_part (name, part, data) VALUES (%s, %s, %s)"
_READ_SNAPSHOT = """
    SELECT version, seq, hash, digest, data
    FROM snapshot JOIN snapshot_part USING (name) WHERE name = %s ORDER BY part
"""
_INT64_MAX = 2**63 - 1

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a journal is.

    Attributes:
        conninfo: what the database driver connects to.
        schema: the schema that holds the journal.
    """

    conninfo: str
    schema: str

    @classmethod
    def parse(cls, url: str) -> Place:
        """Read ``postgresql://host/database?schema=trial_1``; without a schema, ``sandrail``."""
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        named = [value for key, value in query if key == "schema"]
        schema = named[-1] if named else DEFAULT_SCHEMA
        if not _SCHEMA.fullmatch(schema) or schema.startswith("pg_"):
            raise LocationError(
                f"{schema!r} cannot be the schema of a journal.",
                why="A schema has 1 to 63 lower-case letters, digits and underscores.",
                fix="Write ?schema=trial_1 at the end of the URL.",
            )
        rest = urlencode([(key, value) for key, value in query if key != "schema"])
        return cls(urlunsplit(parts._replace(query=rest)), schema)

    @property
    def lock_key(self) -> int:
        """The advisory lock of this journal, within its database."""
        name = hashlib.sha256(b"sandrail/writer/1\n" + self.schema.encode()).digest()
        return int.from_bytes(name[:8], "big", signed=True)

    def connect(self, purpose: str) -> Connection:
        """Return a connection whose unqualified names mean this journal's tables."""
        try:
            connection = psycopg.connect(
                self.conninfo,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                application_name=f"sandrail journal {purpose}",
            )
            path = sql.SQL("SET search_path TO {}").format(sql.Identifier(self.schema))
            connection.execute(path)
            connection.execute("SET synchronous_commit = on")
        except psycopg.Error as error:
            raise StoreFault(
                "The database of the journal cannot be reached.",
                why=f"PostgreSQL says: {_one_line(error)}.",
                fix="Check the URL, that the server runs, and the user's rights.",
            ) from error
        return connection


def migrate(url: str) -> list[str]:
    """Bring the journal's schema up to date and return the names of the steps applied.

    Raises:
        StoreFault: the database cannot be reached, or is newer than this version.
    """
    place = Place.parse(url)
    with place.connect("migration") as connection, _faults("be migrated"):
        return apply_migrations(connection, place.schema)


class PostgresStore:
    """One journal in one schema. Made by ``create`` and ``open``, not by calling the class."""

    def __init__(self, place: Place, *, writes: bool) -> None:
        self._place = place
        self._connections = [place.connect("writer" if writes else "reader")]
        self._fence = -1
        self._spoiled = ""
        self.name = ""

    @classmethod
    def create(cls, url: str, *, name: str, now_us: int) -> PostgresStore:
        """Make a new journal in a schema that holds none, and hold its writer's place."""
        genesis = genesis_hash(name)
        store = cls(Place.parse(url), writes=True)
        opened = False
        try:
            with _faults("be set up"):
                apply_migrations(store._writer, store._place.schema)
                made = store._writer.execute(
                    "INSERT INTO journal (name, created_us, head_seq, head_hash)"
                    " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    (name, now_us, EMPTY_SEQ, genesis),
                )
            if made.rowcount != 1:
                raise LocationError(
                    f"The schema {store._place.schema} already holds a journal.",
                    fix="Open it, or choose another schema with ?schema=name.",
                )
            store._take_place(now_us)
            opened = True
        finally:
            if not opened:
                store.close()
        return store

    @classmethod
    def open(cls, url: str, *, read_only: bool, now_us: int) -> PostgresStore:
        """Open the journal in a schema; for writing, hold its writer's place."""
        store = cls(Place.parse(url), writes=not read_only)
        opened = False
        try:
            store._read_identity()
            if not read_only:
                store._take_place(now_us)
            opened = True
        finally:
            if not opened:
                store.close()
        return store

    @property
    def _writer(self) -> Connection:
        return self._connections[0]

    @property
    def _reader(self) -> Connection:
        return self._connections[-1]

    def head(self) -> Head:
        with _faults("tell its head"):
            rows = self._reader.execute(_HEAD, binary=True).fetchall()
        return Head(*rows[0])

    def append(self, facts: Sequence[Fact], redacting: Sequence[int] = ()) -> None:
        self._require_sound()
        if not facts:
            return
        first, last = facts[0], facts[-1]
        move = (last.seq, last.hash, first.seq - 1, first.prev_hash, self._fence)
        try:
            if redacting or len(facts) >= COPY_FACTS_MIN:
                moved = self._append_in_steps(facts, redacting, move)
            else:
                moved = self._append_at_once(facts, move)
        except psycopg.Error as error:
            self._spoiled = f"An earlier write failed: {_one_line(error)}"
            raise StoreFault(
                f"The journal {self.name} could not record {len(facts)} facts.",
                why=f"PostgreSQL says: {_one_line(error)}. Nothing was acknowledged.",
                fix="See to the server, then open the journal again: it shows what was recorded.",
            ) from error
        if not moved:
            self._spoiled = "Somebody else has written."
            raise WriterError(
                f"Fact {facts[0].seq} of the journal {self.name} cannot be written here.",
                why=f"Another writer has taken the place: {holder_text(self._holder())}.",
                fix="Open the journal again and decide again.",
            )

    def _append_at_once(self, facts: Sequence[Fact], move: tuple[object, ...]) -> bool:
        """One statement, one round trip: move the head and, if it moved, add the facts."""
        values = [getattr(fact, name) for fact in facts for name in _COLUMNS]
        statement = _append_statement(_MOVE, len(facts))
        done = self._writer.execute(statement, (*move, *values), prepare=True, binary=True)
        return done.rowcount == len(facts)

    def _append_in_steps(
        self, facts: Sequence[Fact], redacting: Sequence[int], move: tuple[object, ...]
    ) -> bool:
        try:
            with self._writer.transaction(), self._writer.cursor() as cursor:
                cursor.execute(_MOVE, move, binary=True)
                if cursor.rowcount != 1:
                    raise _Overtaken
                with cursor.copy(_COPY) as copy:
                    copy.set_types(_TYPES)
                    for fact in facts:
                        copy.write_row([getattr(fact, name) for name in _COLUMNS])
                if redacting:
                    cursor.execute(
                        "UPDATE fact SET payload = '' WHERE seq = ANY(%s)", (list(redacting),)
                    )
                    cursor.execute("DELETE FROM snapshot WHERE seq >= %s", (min(redacting),))
        except _Overtaken:
            return False
        return True

    def read(
        self, since: int, until: int | None = None, kinds: Sequence[str] | None = None
    ) -> Iterator[Fact]:
        next_seq = max(since, 0)
        end = _INT64_MAX if until is None else until
        wanted = None if kinds is None else list(kinds)
        limit = READ_PAGE_FACTS // 16
        while True:
            with _faults("read its facts"):
                rows = self._reader.execute(
                    _READ, (next_seq, end, wanted, wanted, limit), prepare=True, binary=True
                ).fetchall()
            page = [Fact(*row) for row in rows]
            yield from page
            if len(page) < limit:
                return
            next_seq = page[-1].seq + 1
            size = sum(len(fact.payload) for fact in page)
            grown = READ_PAGE_BYTES * limit // max(2 * size, 1)
            limit = min(max(grown, 1), 2 * limit, READ_PAGE_FACTS)

    def put_snapshot(self, snapshot: Snapshot) -> None:
        self._require_sound()
        head = snapshot.head
        row = (snapshot.name, snapshot.version, head.seq, head.hash, snapshot.digest)
        with _faults("keep a snapshot"), self._writer.transaction():
            self._require_fence()
            self._writer.execute("DELETE FROM snapshot WHERE name = %s", (snapshot.name,))
            self._writer.execute(_PUT_SNAPSHOT, row, binary=True)
            for place, part in enumerate(snapshot.parts):
                self._writer.execute(_PUT_PART, (snapshot.name, place, part), binary=True)

    def snapshot(self, name: str) -> Snapshot | None:
        with _faults("read a snapshot"):
            rows = self._reader.execute(_READ_SNAPSHOT, (name,), binary=True).fetchall()
        if not rows:
            return None
        version, seq, own_hash, digest, _ = rows[0]
        return Snapshot(name, version, Head(seq, own_hash), tuple(row[4] for row in rows), digest)

    def drop_snapshots(self) -> None:
        self._require_sound()
        with _faults("drop its snapshots"):
            self._writer.execute("DELETE FROM snapshot")

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        self._spoiled = self._spoiled or "It was closed."

    def _read_identity(self) -> None:
        schema = self._place.schema
        with _faults("be read"):
            missing = pending_migrations(self._writer, schema)
            if "0001_facts.sql" in missing:
                rows = []
            else:
                rows = self._writer.execute("SELECT name FROM journal").fetchall()
        if not rows:
            raise LocationError(
                f"There is no journal in the schema {schema}.",
                fix="Create one with `sandrail init`, or check the URL.",
            )
        if missing:
            raise LocationError(
                f"The journal in the schema {schema} was made by an older version.",
                why=f"It lacks {', '.join(missing)}.",
                fix="Run sandrail migrate; it changes no fact.",
                code="journal.needs_migration",
            )
        self.name = rows[0][0]

    def _take_place(self, now_us: int) -> None:
        """Lock the writer's place, raise the fence, and open a second connection for reading."""
        self._read_identity()
        with _faults("be locked"):
            got = self._writer.execute(
                "SELECT pg_try_advisory_lock(%s)", (self._place.lock_key,)
            ).fetchall()
            if got != [(True,)]:
                holder = self._holder()
                raise WriterError(
                    f"The journal {self.name} is open for writing elsewhere.",
                    why=f"{holder_text(holder)} holds it.",
                    fix="Wait for that process or end it; to look only, open it read-only.",
                    **{f"holder_{key}": str(value) for key, value in holder.items()},
                )
            taken = self._writer.execute(_TAKE_FENCE, (os.getpid(), socket.gethostname(), now_us))
            self._fence = taken.fetchall()[0][0]
            durable = self._writer.execute("SHOW fsync").fetchall()
        if durable != [("on",)]:
            raise StoreFault(
                "The server does not make commits durable.",
                why=f"It runs with fsync = {durable[0][0]}.",
                fix="Start PostgreSQL with fsync = on.",
            )
        self._connections.append(self._place.connect("reader"))

    def _require_fence(self) -> None:
        """Inside a transaction: nobody has taken the place, nor does until it ends."""
        if self._writer.execute("SELECT fence FROM journal FOR UPDATE").fetchall() != [
            (self._fence,)
        ]:
            self._spoiled = "Somebody else has written."
            raise WriterError(
                f"The journal {self.name} is no longer written here.",
                why=f"Another writer has taken the place: {holder_text(self._holder())}.",
                fix="Open the journal again.",
            )

    def _holder(self) -> dict[str, object]:
        with _faults("tell its holder"):
            pid, host, since_us = self._writer.execute(_HOLDER).fetchall()[0]
        return {"pid": pid, "host": host, "since_us": since_us}

    def _require_sound(self) -> None:
        if self._spoiled:
            raise StoreFault(
                f"The journal {self.name} takes no more facts in this process.",
                why=self._spoiled,
                fix="Open it again: it then shows what was recorded.",
            )


@lru_cache(maxsize=COPY_FACTS_MIN)
def _append_statement(move: str, count: int) -> bytes:
    """Return the statement that moves the head and adds so many facts.

    Rows of values, not arrays to unnest: the server would try to compress a payload on its way
    through a function's result, which takes ten times as long as storing it.
    """
    row = "(" + ", ".join(f"%s::{name}" for name in _TYPES) + ")"
    columns = ", ".join(_COLUMNS)
    return (
        f"WITH moved AS ({move} RETURNING 1) INSERT INTO fact ({columns})"
        f" SELECT added.* FROM moved, (VALUES {', '.join([row] * count)}) AS added ({columns})"
    ).encode()


class _Overtaken(Exception):
    """Ends the transaction of a writer whose head or fence is not the current one."""


class _faults:  # noqa: N801  (reads as a statement)
    """Turns an error of the driver into a ``StoreFault`` that says what was being done."""

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, psycopg.Error):
            raise StoreFault(
                f"The journal could not {self._purpose}.",
                why=f"PostgreSQL says: {_one_line(error)}.",
                fix="See to the server; nothing was acknowledged that is not recorded.",
            ) from error


def _one_line(error: psycopg.Error) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
