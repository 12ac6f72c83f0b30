"""ABI words: one value, 32 bytes; and the few ways in which texts go beside them.

A supervised contract takes one-word arguments, so encoding is concatenation and costs a
microsecond. Texts occur in constructors and answers. Anything richer (arrays, structures) belongs
to firms' own contracts and goes to the general codec, which is loaded only then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandrail.rails.chain.errors import CallError
from sandrail.rails.chain.limits import ADDRESS_BYTES, WORD_BYTES

__all__ = [
    "SIGNED_TYPES",
    "WORD_TYPES",
    "WordType",
    "decode_values",
    "encode_values",
    "packer_of_reported",
    "word_of_uint",
]

_PAD = bytes(WORD_BYTES - ADDRESS_BYTES)
_PAD_DIGITS = _PAD.hex()
_TRUE = (1).to_bytes(WORD_BYTES, "big")
_FALSE = bytes(WORD_BYTES)
_TEXTS = ("string", "bytes")


@dataclass(frozen=True, slots=True)
class WordType:
    """One static ABI type.

    Attributes:
        name: as in the interface, ``uint256``.
        pack: value to word; raises ``CallError``.
        pattern: regular expression of the word's 64 hexadecimal digits when it is canonical; its
            group holds the digits that matter.
    """

    name: str
    pack: Callable[[object], bytes]
    pattern: str


def word_of_uint(value: int) -> bytes:
    """Return a non-negative integer as one word."""
    return value.to_bytes(WORD_BYTES, "big")


def encode_values(types: Sequence[str], values: Sequence[object]) -> bytes:
    """Encode values by their ABI types.

    Raises:
        CallError: the values do not fit the types.
    """
    if not all(kind in WORD_TYPES or kind in _TEXTS for kind in types):
        return _encode_any(types, values)
    if len(types) != len(values):
        raise _no_fit(types, f"{len(values)} were given")
    heads, tails, offset = [], [], WORD_BYTES * len(types)
    for kind, value in zip(types, values, strict=True):
        if kind in WORD_TYPES:
            heads.append(WORD_TYPES[kind].pack(value))
        else:
            tail = _pack_text(kind, value)
            heads.append(word_of_uint(offset))
            tails.append(tail)
            offset += len(tail)
    return b"".join(heads + tails)


def decode_values(types: Sequence[str], data: bytes) -> tuple[object, ...]:
    """Decode ABI bytes; addresses come back as 20 bytes.

    Raises:
        CallError: the bytes are not such values.
    """
    if not all(kind in WORD_TYPES or kind in SIGNED_TYPES or kind in _TEXTS for kind in types):
        return _decode_any(types, data)
    values = []
    for place, kind in enumerate(types):
        word = data[WORD_BYTES * place : WORD_BYTES * (place + 1)]
        if len(word) < WORD_BYTES:
            raise CallError(f"The bytes end before value {place}.")
        values.append(_unpack_text(kind, data, word) if kind in _TEXTS else _unpack(kind, word))
    return tuple(values)


def _pack_text(kind: str, value: object) -> bytes:
    raw = value.encode() if kind == "string" and isinstance(value, str) else value
    if not isinstance(raw, bytes) or (kind == "string") != isinstance(value, str):
        raise _bad_value(kind, value)
    return word_of_uint(len(raw)) + raw + bytes(-len(raw) % WORD_BYTES)


def _unpack_text(kind: str, data: bytes, word: bytes) -> object:
    start = int.from_bytes(word, "big") + WORD_BYTES
    length = int.from_bytes(data[start - WORD_BYTES : start], "big")
    raw = data[start : start + length]
    if start > len(data) or len(raw) < length:
        raise CallError(f"A {kind} ends behind the last byte.")
    try:
        return raw.decode() if kind == "string" else raw
    except UnicodeDecodeError as error:
        raise CallError(f"A string is not UTF-8: {error}.") from error


def _unpack(kind: str, word: bytes) -> object:
    if kind == "bytes32":
        return word
    signed = kind in SIGNED_TYPES
    number = int.from_bytes(word, "big", signed=signed)
    if kind == "address":
        value: object = word[-ADDRESS_BYTES:]
        fits = word.startswith(_PAD)
    elif kind == "bool":
        value, fits = bool(number), number < 2
    else:
        bits = int(kind.removeprefix("u").removeprefix("int")) - signed
        value, fits = number, -(signed << bits) <= number < 1 << bits
    if not fits:
        raise CallError(f"{word.hex()} is not a value of the ABI type {kind}.")
    return value


def _encode_any(types: Sequence[str], values: Sequence[object]) -> bytes:
    from eth_abi.abi import encode
    from eth_abi.exceptions import EncodingError

    try:
        return encode(list(types), list(values))
    except (EncodingError, TypeError, ValueError, OverflowError) as error:
        raise _no_fit(types, str(error)) from error


def _decode_any(types: Sequence[str], data: bytes) -> tuple[object, ...]:
    from eth_abi.abi import decode
    from eth_abi.exceptions import DecodingError

    try:
        return decode(list(types), data)
    except (DecodingError, ValueError, OverflowError) as error:
        raise CallError(f"{error}.") from error


def _no_fit(types: Sequence[str], why: str) -> CallError:
    return CallError(
        "The arguments do not fit.",
        why=f"({', '.join(types)}) is what is taken: {why}.",
        fix="Give the arguments in order, addresses as 20 bytes and amounts as integers.",
        code="chain.bad_argument",
    )


def _bad_value(kind: str, value: object) -> CallError:
    return CallError(
        f"{value!r} is not a value of the ABI type {kind}.",
        fix="Give addresses as 20 bytes, bytes32 as 32 bytes, amounts as non-negative integers.",
        code="chain.bad_argument",
    )


def _pack_address(value: object) -> bytes:
    if isinstance(value, bytes) and len(value) == ADDRESS_BYTES:
        return _PAD + value
    raise _bad_value("address", value)


def _pack_bool(value: object) -> bytes:
    if value is True:
        return _TRUE
    if value is False:
        return _FALSE
    raise _bad_value("bool", value)


def _pack_bytes32(value: object) -> bytes:
    if isinstance(value, bytes) and len(value) == WORD_BYTES:
        return value
    raise _bad_value("bytes32", value)


def packer_of_reported(kind: str) -> Callable[[object], bytes]:
    """Return the packer for values as engines report them: addresses may be text."""
    if kind == "address":
        return _pack_reported_address
    return _pack_reported_bytes if kind == "bytes32" else WORD_TYPES[kind].pack


def _pack_reported_address(value: object) -> bytes:
    if type(value) is str:
        return bytes.fromhex(_PAD_DIGITS + value[2:])
    return _pack_address(value)


def _pack_reported_bytes(value: object) -> bytes:
    return _pack_bytes32(bytes(value) if isinstance(value, list) else value)


def _uint_type(bits: int) -> WordType:
    name = f"uint{bits}"
    end = 1 << bits

    def pack(value: object) -> bytes:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < end:
            return value.to_bytes(WORD_BYTES, "big")
        raise _bad_value(name, value)

    return WordType(name, pack, _digits(bits // 4))


def _digits(count: int) -> str:
    zeros = 2 * WORD_BYTES - count
    return f"0{{{zeros}}}([0-9a-f]{{{count}}})"


SIGNED_TYPES = frozenset(f"int{bits}" for bits in range(8, 257, 8))
WORD_TYPES: dict[str, WordType] = {
    "address": WordType("address", _pack_address, _digits(2 * ADDRESS_BYTES)),
    "bool": WordType("bool", _pack_bool, "0{63}([01])"),
    "bytes32": WordType("bytes32", _pack_bytes32, _digits(2 * WORD_BYTES)),
    **{f"uint{bits}": _uint_type(bits) for bits in range(8, 257, 8)},
}
