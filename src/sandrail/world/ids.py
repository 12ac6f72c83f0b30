"""Identifiers. Each is a pure function of what it names, so a replay gives the same ones."""

from __future__ import annotations

import hashlib
from typing import NewType

__all__ = [
    "AccountNo",
    "TransferId",
    "derive_id",
    "hex_id",
]

TransferId = NewType("TransferId", int)
"""128 bits, chosen by whoever asks for the transfer; the same id never moves money twice."""

AccountNo = NewType("AccountNo", int)
"""Position of an account in its ledger, from 0; dense, so that balances are arrays."""


def derive_id(*parts: object) -> TransferId:
    """Return a 128-bit id that depends on all ``parts`` and on nothing else; never zero."""
    text = "\x1f".join(str(part) for part in parts)
    number = int.from_bytes(hashlib.sha256(b"sandrail/id/1\n" + text.encode()).digest()[:16], "big")
    return TransferId(number or 1)


def hex_id(number: int) -> str:
    """Return a 128-bit id as 32 hexadecimal digits."""
    return f"{number:032x}"
