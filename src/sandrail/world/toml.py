"""Files that people write by hand: read up to a size, parsed up to a depth."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from sandrail.world.canonical import nests_deeper

__all__ = ["TOML_DEPTH_MAX", "parse_toml", "read_limited"]

TOML_DEPTH_MAX = 64
"""Brackets open at once, and names joined by dots, in a file that a person wrote."""


def read_limited(path: Path | str, *, bytes_max: int) -> bytes:
    """Return a file's bytes, or refuse it after reading one byte too many.

    Raises:
        OSError: it cannot be read.
        ValueError: it is longer than ``bytes_max``.
    """
    with Path(path).open("rb") as file:
        data = file.read(bytes_max + 1)
    if len(data) > bytes_max:
        raise ValueError(f"the file is longer than {bytes_max:,} bytes")
    return data


def parse_toml(data: bytes) -> dict[str, Any]:
    """Return the table that the bytes of a TOML file hold.

    Raises:
        ValueError: no UTF-8, no TOML, or deeper than ``TOML_DEPTH_MAX``; the text says where.
    """
    text = data.decode("utf-8")
    if nests_deeper(text, TOML_DEPTH_MAX) or _dotted_deeper(text):
        raise ValueError(f"it nests deeper than {TOML_DEPTH_MAX} levels")
    return tomllib.loads(text)


def _dotted_deeper(text: str) -> bool:
    """Return whether a key outside quotes names more tables than may be nested."""
    if text.count(".") <= TOML_DEPTH_MAX:
        return False
    return any(
        line.split("=", 1)[0].split('"', 1)[0].count(".") > TOML_DEPTH_MAX
        for line in text.splitlines()
    )
