"""Chance enters Sandrail here and nowhere else.

A seed is one integer; every consumer draws from a stream of its own, named by what it is for.
Adding a consumer therefore leaves every other stream untouched: same seed, same world.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Seed"]


@dataclass(frozen=True, slots=True)
class Seed:
    """The root of all chance in a trial.

    Attributes:
        value: any non-negative integer.
    """

    value: int

    def stream(self, name: str, *parts: int) -> np.random.Generator:
        """Return the counter-based stream of ``(seed, name, parts)``: same call, same draws."""
        import numpy as np  # Everything stands on this room, and little of it throws dice.

        key = int.from_bytes(self._hash(name, *parts)[:16], "little")
        return np.random.Generator(np.random.Philox(key=key))

    def child(self, name: str, *parts: int) -> Seed:
        """Return an independent seed for a sub-world, such as a fork."""
        return Seed(int.from_bytes(self._hash(name, *parts)[:8], "little"))

    def _hash(self, name: str, *parts: int) -> bytes:
        text = "\x1f".join([str(self.value), name, *map(str, parts)])
        return hashlib.sha256(b"sandrail/seed/1\n" + text.encode()).digest()
