"""Idempotency keys: same key and body, the stored answer for ever; another body, a conflict."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.transfers.errors import InstructionError, KeyConflict
from sandrail.transfers.limits import KEY_CHARS_MAX

__all__ = ["Place", "RequestIndex", "key_digest"]

KEY_BYTES, BODY_BYTES = 16, 32


class Place(NamedTuple):
    """Where the answer to a request stands.

    Attributes:
        seq: fact of the journal.
        first_row: of the fact's rows.
        rows: how many.
    """

    seq: int
    first_row: int
    rows: int


class RequestIndex:
    """Every key that was ever used on this desk."""

    def __init__(self) -> None:
        self._places: dict[bytes, tuple[bytes, Place]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def find(self, key: bytes, body: bytes) -> Place | None:
        """Return where the same request was answered, or None for a new key.

        Raises:
            KeyConflict: the key was used for another body.
        """
        known = self._places.get(key)
        if known is None:
            return None
        if known[0] != body:
            raise KeyConflict(
                "The idempotency key was used before for another request.",
                why=f"Fact {known[1].seq} of the journal holds the first one.",
                fix="Send a new request under a new key; repeat an old one without changing it.",
                seq=known[1].seq,
            )
        return known[1]

    def items(self) -> list[tuple[bytes, bytes, Place]]:
        """Return key, body and place of every request, in the order of their answers."""
        return [(key, body, place) for key, (body, place) in self._places.items()]

    def add(self, key: bytes, body: bytes, place: Place) -> None:
        """Remember an answered request."""
        self._places[key] = (body, place)

    def add_fact(
        self,
        seq: int,
        keys: npt.NDArray[np.uint8],
        bodies: npt.NDArray[np.uint8],
        rows: npt.NDArray[np.int64],
    ) -> None:
        """Remember the requests that one fact answered, in the order of its rows."""
        first, places = 0, self._places
        all_keys, all_bodies = keys.tobytes(), bodies.tobytes()
        for number, count in enumerate(rows.tolist()):
            key = all_keys[KEY_BYTES * number : KEY_BYTES * (number + 1)]
            body = all_bodies[BODY_BYTES * number : BODY_BYTES * (number + 1)]
            places[key] = (body, Place(seq, first, count))
            first += count


def key_digest(key: str) -> bytes:
    """Return the 16 bytes under which a key is kept.

    Raises:
        InstructionError: empty, too long or unprintable.
    """
    if not key or len(key) > KEY_CHARS_MAX or not key.isprintable():
        raise InstructionError(
            "The idempotency key cannot be used.",
            why=f"A key has 1 to {KEY_CHARS_MAX} printable characters; this one has {len(key)}.",
            fix="Use a fresh UUID, or your own reference for the request.",
            code="transfers.bad_key",
        )
    return hashlib.sha256(b"sandrail/key/1\n" + key.encode()).digest()[:KEY_BYTES]
