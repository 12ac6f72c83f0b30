"""Legal entity identifiers (ISO 17442): 18 characters and two ISO 7064 check digits."""

from __future__ import annotations

import re

__all__ = ["has_lei_shape", "is_lei", "make_lei"]

_SHAPE = re.compile(r"[0-9A-Z]{18}[0-9]{2}", re.ASCII)


def has_lei_shape(text: str) -> bool:
    """Return whether the text has the shape of an LEI, its check digits right or wrong."""
    return bool(_SHAPE.fullmatch(text))


def is_lei(text: str) -> bool:
    """Return whether the text is an LEI whose check digits match (mod 97-10)."""
    return has_lei_shape(text) and _remainder(text) == 1


def make_lei(stem: str) -> str:
    """Return the LEI of an 18-character stem; for synthetic entities."""
    return f"{stem}{98 - _remainder(stem + '00'):02d}"


def _remainder(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text)) % 97
