"""One value, one byte string: the canonical JSON that every hash in Sandrail is taken over.

The subset is chosen so that a stranger can re-implement it in an afternoon: objects with sorted
string keys, arrays, strings, integers of any size, booleans and null; UTF-8; no white space; no
floating point number, ever.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

from sandrail.world.errors import InputError, why_unreadable

__all__ = ["JSON_DEPTH_MAX", "canonical_bytes", "digest", "nests_deeper", "parse_canonical"]

JSON_DEPTH_MAX = 64

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_LEAVES = frozenset({bool, int, str, type(None)})
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.S)
_BRACKET = re.compile(r"[\[\]{}]")


def canonical_bytes(value: object) -> bytes:
    """Return the canonical bytes of plain data.

    Raises:
        InputError: the value holds a float, a non-string key or an unknown type, or nests deeper
            than ``JSON_DEPTH_MAX``.
    """
    _refuse_unfit(value, 0)
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            "A text holds half of a surrogate pair, which has no UTF-8 form.",
            why=str(error) + ".",
            fix="Repair the text at its source.",
            code="world.not_canonical",
        ) from error


def parse_canonical(data: bytes) -> object:
    """Read canonical bytes back and refuse anything that is not in canonical form.

    Raises:
        InputError: not JSON, or JSON in another form than ``canonical_bytes`` would write.
    """
    try:
        text = data.decode("utf-8")
        if nests_deeper(text, JSON_DEPTH_MAX):
            raise ValueError(f"It nests deeper than {JSON_DEPTH_MAX} levels")
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            "The bytes are not canonical JSON.",
            why=f"{why_unreadable(error)}.",
            fix="Restore the file from its source; do not edit it.",
            code="world.not_canonical",
        ) from error
    if canonical_bytes(value) != data:
        raise InputError(
            "The JSON is not in canonical form.",
            why="Its keys are unsorted or repeated, or it holds white space or escapes.",
            fix="Restore the file from its source; do not reformat it.",
            code="world.not_canonical",
        )
    return value


def nests_deeper(text: str, depth: int) -> bool:
    """Return whether JSON text opens more than ``depth`` brackets at once; parses nothing.

    A parser recurses once a bracket. Libraries raise the interpreter's limit on recursion, and then
    a few kilobytes of brackets end the process instead of raising an error; so this comes first.
    """
    if text.count("[") + text.count("{") <= depth:
        return False
    level = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        level += 1 if bracket in "[{" else -1
        if level > depth:
            return True
    return False


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _refuse_unfit(value: object, depth: int) -> None:
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise _unfit(key)
        inside: Iterable[object] = value.values()
    elif isinstance(value, list | tuple):
        inside = value
    elif value is None or isinstance(value, bool | int | str):
        return
    else:
        raise _unfit(value)
    if value and depth >= JSON_DEPTH_MAX:
        raise InputError(
            f"The data nests deeper than {JSON_DEPTH_MAX} levels.",
            fix="Flatten it.",
            code="world.not_canonical",
        )
    for item in inside:
        if type(item) not in _LEAVES:
            _refuse_unfit(item, depth + 1)


def _unfit(value: object) -> InputError:
    return InputError(
        f"A value of type {type(value).__name__} has no canonical form.",
        why="Hashes are taken over integers, texts, booleans, null, arrays and string-keyed maps.",
        fix="Convert it: money to minor units, an instant to microseconds, bytes to hexadecimal.",
        code="world.not_canonical",
    )
