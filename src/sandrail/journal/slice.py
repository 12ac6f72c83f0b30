"""A slice: facts in one portable file that a stranger verifies without the journal.

Layout::

    "sandrail/journal-slice/1\\n"
    header, canonical JSON, "\\n"      journal, first_seq, prev_hash
    for each fact
        "F", header length             1 + 4 bytes, big-endian
        header, canonical JSON         actor, at_us, hash, kind, payload_bytes, payload_hash, seq
        payload
    "E", length of the end             1 + 4 bytes
    end, canonical JSON                count, hash of the last fact
    SHA-256 of all bytes before        32 bytes
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sandrail.journal.errors import SliceError, StoreFault
from sandrail.journal.fact import EMPTY_SEQ, Fact, Head, genesis_hash
from sandrail.journal.limits import HEADER_BYTES_MAX, PAYLOAD_BYTES_MAX
from sandrail.journal.verification import verified_facts
from sandrail.world import InputError, canonical_bytes, parse_canonical

__all__ = ["JournalSlice", "read_slice", "verify_slice", "write_slice"]

_MAGIC = b"sandrail/journal-slice/1\n"
_RECORD = struct.Struct(">cI")
_FACT, _END = b"F", b"E"
_HASH_HEX = 64
_DIGEST_BYTES = 32
_HEADER_TYPES = {
    "actor": str,
    "at_us": int,
    "hash": str,
    "kind": str,
    "payload_bytes": int,
    "payload_hash": str,
    "seq": int,
}


@dataclass(frozen=True, slots=True)
class JournalSlice:
    """A slice on disk. Iterating reads it once more and yields each fact after verifying it.

    The iteration raises ``SliceError`` or ``ChainError`` at the first thing that is wrong; only an
    iteration that ends without one has seen the whole, unchanged file.

    Attributes:
        path: the file.
        journal: name of the journal it was taken from.
        after: the fact before its first one, or the genesis.
    """

    path: Path
    journal: str
    after: Head

    def __iter__(self) -> Iterator[Fact]:
        return verified_facts(_records(self), self.after)


def write_slice(path: str | Path, journal: str, facts: Iterable[Fact]) -> Head:
    """Write consecutive facts of ``journal`` to a new file; return the last one's head.

    The file appears whole or not at all. The facts are verified on their way.

    Raises:
        ChainError: the facts do not chain.
        StoreFault: the file cannot be written.
    """
    target = Path(path)
    partial = target.with_name(target.name + ".partial")
    try:
        with open(partial, "wb") as file:
            head = _write(_Hashed(file), journal, facts)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
    except OSError as error:
        raise StoreFault(
            f"The slice {target} could not be written.",
            why=f"{error.strerror}.",
            fix="Choose a folder that exists, with space, that this user may write to.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return head


def read_slice(path: str | Path) -> JournalSlice:
    """Open a slice; iterate over the result to read and verify its facts.

    Raises:
        SliceError: the file is not a slice.
    """
    with _opened(Path(path)) as file:
        return _read_header(_Hashed(file), Path(path))


def verify_slice(path: str | Path) -> Head:
    """Verify a whole slice and return its last head.

    Raises:
        SliceError: naming the fact at which the file is cut or malformed.
        ChainError: naming the first wrong fact.
    """
    piece = read_slice(path)
    head = piece.after
    for fact in piece:
        head = fact.head
    return head


class _Hashed:
    """A file that hashes what passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._hash.update(data)
        return data

    def digest(self) -> bytes:
        return self._hash.digest()


def _write(file: _Hashed, journal: str, facts: Iterable[Fact]) -> Head:
    file.write(_MAGIC)
    count = 0
    head = Head(EMPTY_SEQ, genesis_hash(journal))
    stream = iter(facts)
    first = next(stream, None)
    if first is not None and first.seq > 0:
        head = Head(first.seq - 1, first.prev_hash)
    start = {"first_seq": head.seq + 1, "journal": journal, "prev_hash": head.hash.hex()}
    file.write(canonical_bytes(start) + b"\n")
    if first is not None:
        for fact in verified_facts(_chain(first, stream), head):
            header = canonical_bytes(_header_of(fact))
            file.write(_RECORD.pack(_FACT, len(header)) + header)
            file.write(fact.payload)
            head = fact.head
            count += 1
    end = canonical_bytes({"count": count, "hash": head.hash.hex()})
    file.write(_RECORD.pack(_END, len(end)) + end)
    file.write(file.digest())
    return head


def _chain(first: Fact, rest: Iterator[Fact]) -> Iterator[Fact]:
    yield first
    yield from rest


def _header_of(fact: Fact) -> dict[str, object]:
    return {
        "actor": fact.actor,
        "at_us": fact.at_us,
        "hash": fact.hash.hex(),
        "kind": fact.kind,
        "payload_bytes": len(fact.payload),
        "payload_hash": fact.payload_hash.hex(),
        "seq": fact.seq,
    }


def _read_header(file: _Hashed, path: Path) -> JournalSlice:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise _cut(path, "It does not begin as a slice does.", 0)
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = file.read(1)
        if not byte or len(line) > HEADER_BYTES_MAX:
            raise _cut(path, "Its header does not end.", 0)
        line += byte
    header = _parse(bytes(line[:-1]), path, 0)
    journal, first_seq = header.get("journal"), header.get("first_seq")
    if not isinstance(journal, str) or type(first_seq) is not int or first_seq < 0:
        raise _cut(path, "Its header names no journal or no first fact.", 0)
    after = Head(first_seq - 1, _hash_field(header, "prev_hash", path, first_seq))
    try:
        genesis = genesis_hash(journal)
    except InputError as error:
        raise _cut(path, error.what, first_seq) from error
    if first_seq == 0 and after.hash != genesis:
        raise _cut(path, f"Its first fact does not chain to the journal {journal}.", 0)
    return JournalSlice(path, journal, after)


def _records(piece: JournalSlice) -> Iterator[Fact]:
    with _opened(piece.path) as raw:
        file = _Hashed(raw)
        if _read_header(file, piece.path) != piece:
            raise _cut(piece.path, "It was replaced while it was read.", piece.after.seq + 1)
        head = piece.after
        while True:
            seq = head.seq + 1
            tag, length = _RECORD.unpack(_exactly(file, _RECORD.size, piece.path, seq))
            if tag not in (_FACT, _END) or length > HEADER_BYTES_MAX:
                raise _cut(piece.path, "A record has no known beginning.", seq)
            header = _parse(_exactly(file, length, piece.path, seq), piece.path, seq)
            if tag == _END:
                break
            fact = _fact_of(header, head, file, piece.path)
            head = fact.head
            yield fact
        _check_end(file, raw, header, piece, head)


def _fact_of(header: dict[str, Any], after: Head, file: _Hashed, path: Path) -> Fact:
    place = after.seq + 1
    if {key: type(value) for key, value in header.items()} != _HEADER_TYPES:
        raise _cut(path, "The header of the fact is incomplete.", place)
    seq, at_us, kind, actor = (header[key] for key in ("seq", "at_us", "kind", "actor"))
    size = header["payload_bytes"]
    if not 0 <= size <= PAYLOAD_BYTES_MAX:
        raise _cut(path, f"The fact claims a payload of {size} bytes.", place)
    payload_hash = _hash_field(header, "payload_hash", path, place)
    own = _hash_field(header, "hash", path, place)
    payload = _exactly(file, size, path, place)
    return Fact(seq, kind, at_us, actor, payload, payload_hash, after.hash, own)


def _check_end(
    file: _Hashed, raw: IO[bytes], end: dict[str, Any], piece: JournalSlice, head: Head
) -> None:
    count = head.seq - piece.after.seq
    expected = file.digest()
    if end != {"count": count, "hash": head.hash.hex()}:
        raise _cut(piece.path, f"It says it ends otherwise than after {count} facts.", head.seq + 1)
    if raw.read(_DIGEST_BYTES + 1) != expected:
        raise _cut(piece.path, "The hash of the whole file does not hold.", head.seq + 1)


def _exactly(file: _Hashed, size: int, path: Path, seq: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise _cut(path, "The file ends too early.", seq)
    return data


def _parse(data: bytes, path: Path, seq: int) -> dict[str, Any]:
    try:
        value = parse_canonical(data)
    except InputError as error:
        raise _cut(path, error.what, seq) from error
    if not isinstance(value, dict):
        raise _cut(path, "A header is not a JSON object.", seq)
    return value


def _hash_field(header: dict[str, Any], key: str, path: Path, seq: int) -> bytes:
    text = header.get(key)
    if isinstance(text, str) and len(text) == _HASH_HEX and text == text.lower():
        try:
            return bytes.fromhex(text)
        except ValueError as error:
            raise _cut(path, f"Its {key} is not a hash.", seq) from error
    raise _cut(path, f"Its {key} is not a hash.", seq)


def _opened(path: Path) -> IO[bytes]:
    try:
        return open(path, "rb")
    except OSError as error:
        raise StoreFault(
            f"The slice {path} cannot be read.",
            why=f"{error.strerror}.",
            fix="Check the path and this user's rights.",
        ) from error


def _cut(path: Path, why: str, seq: int) -> SliceError:
    return SliceError(
        f"The slice {path.name} is broken at fact {seq}.",
        why=why,
        fix="Get it again from whoever made it; do not edit it.",
        seq=seq,
        file=str(path),
    )
