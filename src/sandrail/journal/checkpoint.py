"""Signed checkpoints: the size and root of a journal's tree, in the C2SP formats.

A checkpoint is a text of three lines (origin, size, root); a signed note is a text with Ed25519
signatures under it. Both are as the public documents c2sp.org/signed-note and
c2sp.org/tlog-checkpoint say, so that witnesses and monitors that exist can read ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from sandrail.journal.errors import CheckpointError
from sandrail.journal.limits import NOTE_BYTES_MAX, SIGNATURES_MAX, TREE_LEAVES_MAX

__all__ = ["Checkpoint", "SigningKey", "VerifyingKey", "sign_checkpoint", "verify_checkpoint"]

_ED25519 = b"\x01"
_DASH = "\u2014 "
_KEY_BYTES = 32
_ID_BYTES = 4
_ROOT_BYTES = 32
_SIZE = re.compile(r"0|[1-9][0-9]{0,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How a journal's tree stood.

    Attributes:
        origin: whose journal it is, such as ``pvara.gov.pk/sandbox/art-1``.
        size: how many facts it held.
        root: the root of the tree over them.
    """

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the three lines that are signed."""
        if not _is_line(self.origin) or not 0 <= self.size <= TREE_LEAVES_MAX:
            raise _bad(f"Its origin {self.origin!r} or size {self.size} cannot be written.")
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n"


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """The public half of a key, with its owner's name.

    Attributes:
        name: without spaces and plus signs; for a journal's keeper, its origin.
        public: the 32 bytes of the Ed25519 public key.
    """

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name) or len(self.public) != _KEY_BYTES:
            raise _bad(f"{self.name!r} cannot name a key, or the key has not {_KEY_BYTES} bytes.")

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        named = self.name.encode() + b"\n" + _ED25519 + self.public
        return hashlib.sha256(named).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        encoded = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> VerifyingKey:
        """Read ``name+id+key``, as ``str`` writes it."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        data = _decode(encoded)
        if data[:1] != _ED25519:
            raise _bad("The key is not an Ed25519 key.")
        key = cls(name, data[1:])
        if key.key_id.hex() != key_id:
            raise _bad(f"The key of {name} does not match its id.")
        return key


class SigningKey:
    """A key that signs checkpoints. It shows itself to nobody; ``seed`` must be asked for."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Make the key of ``name`` from 32 secret bytes."""
        if len(seed) != _KEY_BYTES:
            raise _bad(f"A signing key is made from {_KEY_BYTES} bytes, not {len(seed)}.")
        self.seed = seed
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifying_key = VerifyingKey(name, self._private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        """Make a new key from the system's secure source."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    def __repr__(self) -> str:
        return f"SigningKey({self.verifying_key})"

    def sign(self, text: str) -> str:
        """Return the signature line for ``text``."""
        signature = self.verifying_key.key_id + self._private.sign(text.encode())
        return f"{_DASH}{self.verifying_key.name} {base64.b64encode(signature).decode()}\n"


def sign_checkpoint(checkpoint: Checkpoint, *keys: SigningKey) -> str:
    """Return the signed note. A keeper never signs two checkpoints that contradict each other."""
    if not 0 < len(keys) <= SIGNATURES_MAX:
        raise _bad(f"A checkpoint carries 1 to {SIGNATURES_MAX} signatures.")
    text = checkpoint.text()
    return text + "\n" + "".join(key.sign(text) for key in keys)


def verify_checkpoint(note: str, *, keys: Sequence[VerifyingKey], origin: str = "") -> Checkpoint:
    """Return the checkpoint in a note that at least one of ``keys`` has signed.

    Args:
        note: as ``sign_checkpoint`` returns it, perhaps with more signatures.
        keys: whom the reader trusts; signatures of others are passed over.
        origin: the expected origin; not compared when empty.

    Raises:
        CheckpointError: malformed, of another origin, not signed by any of the keys, or with a
            signature of one of them that does not hold.
    """
    if len(note.encode()) > NOTE_BYTES_MAX:
        raise _bad(f"It has more than {NOTE_BYTES_MAX} bytes.")
    text, blank, signatures = note.rpartition("\n\n")
    text += "\n"
    if not blank or not signatures.endswith("\n"):
        raise _bad("It has no signatures.")
    lines = signatures[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise _bad(f"It has more than {SIGNATURES_MAX} signatures.")
    known = {(key.name, key.key_id): key for key in keys}
    held = 0
    for line in lines:
        name, data = _read_signature(line)
        key = known.get((name, data[:_ID_BYTES]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(data[_ID_BYTES:], text.encode())
        except (InvalidSignature, ValueError) as error:
            raise _bad(f"The signature of {name} does not hold.") from error
        held += 1
    if not held:
        raise _bad("None of the keys that are trusted here has signed it.")
    return _read_text(text, origin)


def _read_signature(line: str) -> tuple[str, bytes]:
    if not line.startswith(_DASH):
        raise _bad("A signature line does not begin with a dash.")
    name, space, encoded = line[len(_DASH) :].partition(" ")
    data = _decode(encoded)
    if not space or not _is_name(name) or len(data) <= _ID_BYTES:
        raise _bad("A signature line is malformed.")
    return name, data


def _read_text(text: str, origin: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not all(_is_line(line) for line in lines[:-1]):
        raise _bad("It has no three lines for origin, size and root.")
    if origin and lines[0] != origin:
        raise _bad(f"It is a checkpoint of {lines[0]}, not of {origin}.")
    root = _decode(lines[2])
    if not _SIZE.fullmatch(lines[1]) or len(root) != _ROOT_BYTES:
        raise _bad("Its size or its root cannot be read.")
    return Checkpoint(lines[0], int(lines[1]), root)


def _decode(encoded: str) -> bytes:
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad("A part of it is not base64.") from error
    if base64.b64encode(data).decode() != encoded:
        raise _bad("A part of it is not base64 in its one right form.")
    return data


def _is_line(text: str) -> bool:
    return bool(text) and text.isprintable()


def _is_name(text: str) -> bool:
    return _is_line(text) and "+" not in text and not any(char.isspace() for char in text)


def _bad(why: str) -> CheckpointError:
    return CheckpointError(
        "The checkpoint does not hold.",
        why=why,
        fix="Get it from the journal's keeper and compare the key with the published one.",
    )
