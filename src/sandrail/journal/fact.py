"""What a journal is made of: drafts that become facts, chained by SHA-256.

The hash of a fact is SHA-256 over these bytes, integers big-endian::

    "sandrail/fact/1\\n"
    seq            8 bytes, unsigned
    at_us          8 bytes, signed
    prev_hash     32 bytes, the hash of fact seq - 1, or the genesis
    payload_hash  32 bytes, SHA-256 of the payload
    kind           2 bytes length, then UTF-8
    actor          2 bytes length, then UTF-8

The genesis is SHA-256 over ``"sandrail/journal/1\\n"`` and the journal's name. The payload enters
through its own hash, so that a payload may be removed later, by law, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from sandrail.journal.errors import ChainError, DraftError, LocationError, RedactedError
from sandrail.journal.limits import (
    ACTOR_CHARS_MAX,
    JOURNAL_NAME_CHARS_MAX,
    KIND_CHARS_MAX,
    PAYLOAD_BYTES_MAX,
)
from sandrail.world import canonical_bytes, parse_canonical

__all__ = [
    "EMPTY_SEQ",
    "Draft",
    "Fact",
    "Head",
    "Json",
    "chain_hash",
    "check_draft",
    "genesis_hash",
    "json_payload",
    "parse_payload",
    "require_payload",
    "seal",
    "verify_fact",
]

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

EMPTY_SEQ = -1
"""The sequence number of the head of a journal that holds no fact yet."""

HASH_BYTES = 32
_FACT_TAG = b"sandrail/fact/1\n"
_JOURNAL_TAG = b"sandrail/journal/1\n"
_FIXED = struct.Struct(">Qq")
_LENGTH = struct.Struct(">H")
_KIND = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+", re.ASCII)
_INT64 = range(-(2**63), 2**63)
_NO_BYTES_HASH = hashlib.sha256(b"").digest()
_sha256 = hashlib.sha256


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants recorded.

    Attributes:
        kind: room and event, such as ``ledger.batch``.
        at_us: when it happened, in microseconds since the epoch, by the journal's users' clock.
        actor: id of whoever did it.
        payload: a frame, or canonical JSON.
    """

    kind: str
    at_us: int
    actor: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The last fact of a journal.

    Attributes:
        seq: its position, or ``EMPTY_SEQ`` when there is none.
        hash: its hash, or the genesis.
    """

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Fact:
    """What was recorded, for ever.

    Attributes:
        seq: position in the journal, from 0, without gaps.
        kind: room and event, such as ``ledger.batch``.
        at_us: when it happened, in microseconds since the epoch.
        actor: id of whoever did it.
        payload: a frame or canonical JSON; empty when it was redacted.
        payload_hash: SHA-256 of the payload as it was recorded.
        prev_hash: hash of the fact before it, or the genesis.
        hash: SHA-256 over all of the above, as the module says.
    """

    seq: int
    kind: str
    at_us: int
    actor: str
    payload: bytes
    payload_hash: bytes
    prev_hash: bytes
    hash: bytes

    @property
    def is_redacted(self) -> bool:
        """Whether the payload was removed; its hash is still here."""
        return not self.payload and self.payload_hash != _NO_BYTES_HASH

    @property
    def head(self) -> Head:
        """This fact as the end of a chain."""
        return Head(self.seq, self.hash)


def genesis_hash(name: str) -> bytes:
    """Return the hash that the first fact of the journal ``name`` chains to."""
    if not name or len(name) > JOURNAL_NAME_CHARS_MAX or not name.isprintable():
        raise LocationError(
            f"{name[:JOURNAL_NAME_CHARS_MAX]!r} cannot be the name of a journal.",
            why=f"A name has 1 to {JOURNAL_NAME_CHARS_MAX} printable characters.",
            fix="Name it after what it records, such as pk-art-trial-1.",
        )
    return _sha256(_JOURNAL_TAG + name.encode()).digest()


def check_draft(draft: Draft) -> None:
    """Refuse a draft that cannot become a fact.

    Raises:
        DraftError: bad kind, actor, instant or payload.
    """
    _kind_field(draft.kind)
    _actor_field(draft.actor)
    if type(draft.at_us) is not int or draft.at_us not in _INT64:
        raise DraftError(
            f"The instant of a {draft.kind} draft is {draft.at_us!r}.",
            why="An instant is a whole number of microseconds that fits in 64 bits.",
            fix="Take it from a Clock.",
        )
    if type(draft.payload) is not bytes or len(draft.payload) > PAYLOAD_BYTES_MAX:
        raise DraftError(
            f"The payload of a {draft.kind} draft cannot be recorded.",
            why=f"A payload is bytes, at most {PAYLOAD_BYTES_MAX}.",
            fix="Encode it with encode_frame or json_payload, and split a batch that is too large.",
        )


def seal(draft: Draft, after: Head) -> Fact:
    """Return the fact that ``draft`` becomes directly after the fact ``after``."""
    seq = after.seq + 1
    payload_hash = _sha256(draft.payload).digest()
    own = chain_hash(
        seq,
        kind=draft.kind,
        at_us=draft.at_us,
        actor=draft.actor,
        links=(after.hash, payload_hash),
    )
    return Fact(
        seq,
        draft.kind,
        draft.at_us,
        draft.actor,
        draft.payload,
        payload_hash,
        after.hash,
        own,
    )


def verify_fact(fact: Fact, after: Head) -> Head:
    """Check that ``fact`` stands directly after ``after`` and is unchanged; return it as the head.

    A redacted fact passes here; whoever reads a whole chain also asks who redacted it.

    Raises:
        ChainError: naming the fact's place and what about it is wrong.
    """
    expected_seq = after.seq + 1
    if not _is_whole(fact):
        raise _broken(expected_seq, "A field of it is damaged beyond reading.")
    if fact.seq != expected_seq:
        raise _broken(expected_seq, f"The next fact in the file carries the number {fact.seq}.")
    if fact.prev_hash != after.hash:
        raise _broken(fact.seq, "It does not chain to the fact before it.")
    if not fact.is_redacted and _sha256(fact.payload).digest() != fact.payload_hash:
        raise _broken(fact.seq, "Its payload is not the one that was recorded.")
    try:
        check_draft(Draft(fact.kind, fact.at_us, fact.actor, fact.payload))
        own = chain_hash(
            fact.seq,
            kind=fact.kind,
            at_us=fact.at_us,
            actor=fact.actor,
            links=(after.hash, fact.payload_hash),
        )
    except DraftError as error:
        raise _broken(fact.seq, error.what) from error
    if own != fact.hash:
        raise _broken(fact.seq, "Its kind, instant, actor or hash was changed.")
    return Head(fact.seq, fact.hash)


def json_payload(value: Mapping[str, object]) -> bytes:
    """Return the payload of a small fact: the canonical JSON of an object."""
    return canonical_bytes(value)


def require_payload(fact: Fact) -> None:
    """Refuse a fact whose payload is gone.

    Raises:
        RedactedError: it was removed by law.
    """
    if fact.is_redacted:
        raise RedactedError(
            f"The payload of fact {fact.seq} ({fact.kind}) was redacted.",
            why="Only its hash was kept.",
            fix="Look for the journal.redacted fact that names who removed it and why.",
            seq=fact.seq,
        )


def parse_payload(fact: Fact) -> dict[str, object]:
    """Return the object that ``json_payload`` wrote.

    Raises:
        RedactedError: the payload was removed by law.
        InputError: the payload is not a canonical JSON object.
    """
    require_payload(fact)
    value = parse_canonical(fact.payload)
    if not isinstance(value, dict):
        raise DraftError(
            f"The payload of fact {fact.seq} is JSON but not an object.",
            fix="Write small facts with json_payload.",
            seq=fact.seq,
        )
    return value


def _is_whole(fact: Fact) -> bool:
    """Whether every field has its type; a damaged database row may hold anything."""
    return (
        type(fact.seq) is int
        and type(fact.at_us) is int
        and type(fact.kind) is str
        and type(fact.actor) is str
        and type(fact.payload) is bytes
        and type(fact.payload_hash) is bytes
        and type(fact.prev_hash) is bytes
        and type(fact.hash) is bytes
    )


def chain_hash(seq: int, *, kind: str, at_us: int, actor: str, links: tuple[bytes, bytes]) -> bytes:
    """Return the hash of a fact; ``links`` are the hash before it and that of its payload.

    Raises:
        DraftError: a kind or an actor that no fact can have.
    """
    return _sha256(
        b"".join(
            (_FACT_TAG, _FIXED.pack(seq, at_us), *links, _kind_field(kind), _actor_field(actor))
        )
    ).digest()


@lru_cache(maxsize=4_096)
def _kind_field(kind: str) -> bytes:
    if len(kind) > KIND_CHARS_MAX or not _KIND.fullmatch(kind):
        raise DraftError(
            f"{kind[:KIND_CHARS_MAX]!r} cannot be the kind of a fact.",
            why="A kind is two or more lower-case words with dots between.",
            fix="Write room.event, such as ledger.batch.",
        )
    data = kind.encode()
    return _LENGTH.pack(len(data)) + data


@lru_cache(maxsize=65_536)
def _actor_field(actor: str) -> bytes:
    if not actor or len(actor) > ACTOR_CHARS_MAX or not actor.isprintable():
        raise DraftError(
            f"{actor[:ACTOR_CHARS_MAX]!r} cannot be the actor of a fact.",
            why=f"An actor id has 1 to {ACTOR_CHARS_MAX} printable characters.",
            fix="Pass Actor.id.",
        )
    data = actor.encode()
    return _LENGTH.pack(len(data)) + data


def _broken(seq: int, why: str) -> ChainError:
    return ChainError(
        f"The journal is broken at fact {seq}.",
        why=why,
        fix="Restore it from a backup whose checkpoint you trust; facts before it are sound.",
        seq=seq,
    )
