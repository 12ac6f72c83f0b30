"""The bytes of a chain: records of the call log, receipts, and the digests over them.

A record is one byte of kind and a body (big-endian, lengths in front):

====  =======  ==================================================================
kind  name     body
====  =======  ==================================================================
0     genesis  name length u1, name, timestamp_us u8
1     deploy   ref 16, sender 20, descriptor length u4, descriptor, initcode
2     call     ref 16, sender 20, to 20, calldata
3     seal     timestamp_us u8 of the block that opens
====  =======  ==================================================================

A packed log is ``sandrail/calls/1`` and a line feed, then each record behind its length (u4).
A receipt is packed without its gas, its block and its position: the digest of the block says those.
The digest of a block commits to what was asked and to what became of it.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandrail.rails.chain.errors import CallLogError
from sandrail.rails.chain.limits import ADDRESS_BYTES, RECORD_BYTES_MAX, RECORDS_MAX, REF_BYTES
from sandrail.rails.chain.port import Address, BlockHeader, Call, Log, Receipt

__all__ = [
    "Deploy",
    "Genesis",
    "Record",
    "Seal",
    "block_digest",
    "genesis_digest",
    "pack_call",
    "pack_deploy",
    "pack_genesis",
    "pack_receipt",
    "pack_records",
    "pack_seal",
    "parse_receipt",
    "parse_record",
    "unpack_records",
]

MAGIC = b"sandrail/calls/1\n"
_GENESIS, _DEPLOY, _CALL, _SEAL = b"\x00", b"\x01", b"\x02", b"\x03"
_U4 = struct.Struct(">I")
_U8 = struct.Struct(">Q")
_LENGTH = _U4.pack
_BYTE = tuple(bytes([n]) for n in range(256))
_PLAIN_SUCCESS = tuple(b"\x01\x00\x00\x00" + n for n in _BYTE)
_CALL_HEAD = 1 + REF_BYTES + 2 * ADDRESS_BYTES
_DEPLOY_HEAD = 1 + REF_BYTES + ADDRESS_BYTES + 4


@dataclass(frozen=True, slots=True)
class Genesis:
    """The first record: the chain's name and the instant of its first open block."""

    name: str
    timestamp_us: int


@dataclass(frozen=True, slots=True)
class Deploy:
    """A contract is created. ``descriptor`` is what ``Artifact.descriptor`` wrote."""

    ref: int
    sender: Address
    descriptor: bytes
    initcode: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """The open block closes and the next opens at ``timestamp_us``."""

    timestamp_us: int


Record = Genesis | Deploy | Call | Seal


def pack_genesis(name: str, timestamp_us: int) -> bytes:
    """Return the first record of a chain."""
    text = name.encode()
    return _GENESIS + bytes([len(text)]) + text + _U8.pack(timestamp_us)


def pack_deploy(ref: int, sender: bytes, descriptor: bytes, initcode: bytes) -> bytes:
    """Return the record of a deployment."""
    head = _DEPLOY + ref.to_bytes(REF_BYTES, "big") + sender + _U4.pack(len(descriptor))
    return head + descriptor + initcode


def pack_call(call: Call) -> bytes:
    """Return the record of a call."""
    return b"".join((_CALL, call[0].to_bytes(REF_BYTES, "big"), call[1], call[2], call[3]))


def pack_seal(timestamp_us: int) -> bytes:
    """Return the record that closes a block."""
    return _SEAL + _U8.pack(timestamp_us)


def parse_record(data: bytes) -> Record:
    """Read one record back.

    Raises:
        CallLogError: it is not one.
    """
    kind = data[:1]
    if kind == _CALL and len(data) >= _CALL_HEAD:
        ref = int.from_bytes(data[1:17], "big")
        return Call(ref, Address(data[17:37]), Address(data[37:57]), data[57:])
    if kind == _SEAL and len(data) == 9:
        return Seal(_U8.unpack(data[1:])[0])
    if kind == _DEPLOY and len(data) >= _DEPLOY_HEAD:
        end = _DEPLOY_HEAD + _U4.unpack(data[37:41])[0]
        if end <= len(data):
            ref = int.from_bytes(data[1:17], "big")
            return Deploy(ref, Address(data[17:37]), data[_DEPLOY_HEAD:end], data[end:])
    if kind == _GENESIS and len(data) >= 2 and len(data) == 10 + data[1]:
        try:
            name = data[2:-8].decode("ascii")
        except UnicodeDecodeError as error:
            raise _bad_log(f"the name of the chain is not ASCII: {error}") from error
        return Genesis(name, _U8.unpack(data[-8:])[0])
    raise _bad_log(
        f"a record of {len(data)} bytes with kind {kind.hex() or 'none'} is none of ours"
    )


def pack_records(records: Iterable[bytes]) -> bytes:
    """Return records as one byte string, the payload of a fact or a file of a bundle."""
    parts = [MAGIC]
    for record in records:
        parts.append(_U4.pack(len(record)))
        parts.append(record)
    return b"".join(parts)


def unpack_records(data: bytes) -> list[bytes]:
    """Read packed records back.

    Raises:
        CallLogError: the bytes are damaged; the error says where.
    """
    if not data.startswith(MAGIC):
        raise _bad_log("it does not begin with " + MAGIC.decode().strip())
    records: list[bytes] = []
    at = len(MAGIC)
    while at < len(data):
        if len(records) >= RECORDS_MAX:
            raise _bad_log(f"it holds more than {RECORDS_MAX} records")
        length = int.from_bytes(data[at : at + 4], "big")
        start, end = at + 4, at + 4 + length
        if not 0 < length <= RECORD_BYTES_MAX or end > len(data):
            raise _bad_log(f"record {len(records)} at byte {at} does not fit in the file")
        records.append(data[start:end])
        at = end
    return records


def pack_receipt(receipt: Receipt) -> bytes:
    """Return the bytes that the block digest is taken over, for one receipt."""
    ref, ok, reason, contract, logs = receipt[:5]
    parts = [ref.to_bytes(REF_BYTES, "big")]
    if ok and contract is None:
        parts.append(_PLAIN_SUCCESS[len(logs)])
    else:
        words = reason.encode()
        head = bytes([ok, len(contract or b"")])
        parts += [head, contract or b"", len(words).to_bytes(2, "big"), words, bytes([len(logs)])]
    for address, topics, data in logs:
        parts += (address, _BYTE[len(topics)], *topics, _LENGTH(len(data)), data)
    return b"".join(parts)


def parse_receipt(data: bytes, *, block: int, position: int, gas_used: int) -> Receipt:
    """Read a packed receipt back; the bytes are the chain's own and are not checked."""
    contract_end = 18 + data[17]
    contract = Address(data[18:contract_end]) if data[17] else None
    at = contract_end + 2
    end = at + int.from_bytes(data[contract_end:at], "big")
    reason = data[at:end].decode()
    logs: list[Log] = []
    at = end + 1
    for _ in range(data[end]):
        address, count = Address(data[at : at + 20]), data[at + 20]
        at += 21
        topics = tuple(data[at + 32 * n : at + 32 * (n + 1)] for n in range(count))
        at += 32 * count
        length = int.from_bytes(data[at : at + 4], "big")
        logs.append(Log(address, topics, data[at + 4 : at + 4 + length]))
        at += 4 + length
    ref, ok = int.from_bytes(data[:16], "big"), data[16] == 1
    return Receipt(ref, ok, reason, contract, tuple(logs), block, position, gas_used)


def genesis_digest(name: str, timestamp_us: int) -> bytes:
    """Return the digest of block 0."""
    return hashlib.sha256(b"sandrail/chain/1\n" + pack_genesis(name, timestamp_us)).digest()


def block_digest(
    head: BlockHeader, *, timestamp_us: int, records: Sequence[bytes], receipts: Sequence[bytes]
) -> bytes:
    """Return the digest of the block that follows ``head``.

    Args:
        head: the sealed block before.
        timestamp_us: instant of the block.
        records: its deployments and calls, as the call log holds them.
        receipts: what became of them, packed.
    """
    place = head.digest + _U8.pack(head.number + 1) + _U8.pack(timestamp_us)
    asked = hashlib.sha256(pack_records(records)).digest()
    became = hashlib.sha256(b"".join(receipts)).digest()
    count = _U4.pack(len(receipts))
    return hashlib.sha256(b"sandrail/block/1\n" + place + count + asked + became).digest()


def _bad_log(why: str) -> CallLogError:
    return CallLogError(
        "The call log is damaged.",
        why=f"As far as it was read, {why}.",
        fix="Take it again from the journal or the bundle it came from.",
    )
