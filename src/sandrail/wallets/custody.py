"""Whose keys may move what the firm keeps: the ceremony that names them, and their approvals.

An approval is an Ed25519 signature over the exact transfer: desk, id, kind, asset, amount, customer
and wallet. It says nothing about any other transfer, and nothing after its expiry.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from sandrail.wallets.errors import CustodyRefused
from sandrail.wallets.limits import CUSTODY_KEYS_MAX, WITNESSES_MIN
from sandrail.world import canonical_bytes, iso

__all__ = [
    "Approval",
    "Ceremony",
    "CustodyKey",
    "Movement",
    "check_approval",
    "check_ceremony",
    "possession_bytes",
    "sign_approval",
    "sign_possession",
]

_APPROVAL = b"sandrail/custody-approval/1\n"
_POSSESSION = b"sandrail/custody-key/1\n"
_PUBLIC_BYTES = 32
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Movement:
    """What leaves custody, exactly; what an approval is given for.

    Attributes:
        desk: name of the desk's journal.
        id: of the transfer.
        kind: number of the instruction's kind.
        asset: code.
        amount_minor: units of the asset.
        customer: the firm's reference; empty for the firm's own.
        wallet: address it goes to.
    """

    desk: str
    id: int
    kind: int
    asset: str
    amount_minor: int
    customer: str
    wallet: str

    def digest(self) -> bytes:
        """Return the SHA-256 over all of it."""
        plain: dict[str, object] = {
            "desk": self.desk,
            "id": f"{self.id:032x}",
            "kind": self.kind,
            "asset": self.asset,
            "amount_minor": str(self.amount_minor),
            "customer": self.customer,
            "wallet": self.wallet,
        }
        return hashlib.sha256(canonical_bytes(plain)).digest()


@dataclass(frozen=True, slots=True)
class CustodyKey:
    """One key of the quorum.

    Attributes:
        id: short name, such as ``ops-1``.
        holder: id of the person who holds it.
        public: 32 bytes of Ed25519, in hexadecimal.
        possession: signature over the ceremony by the key itself, in hexadecimal.
    """

    id: str
    holder: str
    public: str
    possession: str = ""


@dataclass(frozen=True, slots=True)
class Ceremony:
    """The record of making the keys; the newest ceremony is the one in force.

    Attributes:
        id: number of the ceremony on this desk.
        desk: name of the desk's journal.
        quorum: how many keys must sign.
        keys: all of them, each held by another person.
        witnesses: ids of people who saw it and hold no key.
        statement: SHA-256 of the signed protocol, in hexadecimal.
    """

    id: str
    desk: str
    quorum: int
    keys: tuple[CustodyKey, ...]
    witnesses: tuple[str, ...]
    statement: str

    def as_plain(self) -> dict[str, object]:
        """Return the payload of a ``custody.ceremony`` fact."""
        return {
            "id": self.id,
            "desk": self.desk,
            "quorum": self.quorum,
            "keys": [[key.id, key.holder, key.public, key.possession] for key in self.keys],
            "witnesses": list(self.witnesses),
            "statement": self.statement,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, object]) -> Ceremony:
        """Read the payload of a fact back."""
        keys, witnesses, quorum = plain["keys"], plain["witnesses"], plain["quorum"]
        assert isinstance(keys, list) and isinstance(witnesses, list) and isinstance(quorum, int)
        return cls(
            id=str(plain["id"]),
            desk=str(plain["desk"]),
            quorum=quorum,
            keys=tuple(CustodyKey(*map(str, key)) for key in keys),
            witnesses=tuple(map(str, witnesses)),
            statement=str(plain["statement"]),
        )

    def key(self, key_id: str) -> CustodyKey | None:
        """Return a key by its short name."""
        return next((key for key in self.keys if key.id == key_id), None)


@dataclass(frozen=True, slots=True)
class Approval:
    """One key's yes to one movement.

    Attributes:
        ceremony: whose keys.
        key: short name of the key.
        digest: of the movement, in lower-case hexadecimal.
        expires_us: instant after which it no longer counts.
        signature: in hexadecimal.
    """

    ceremony: str
    key: str
    digest: str
    expires_us: int
    signature: str

    def signed_bytes(self) -> bytes:
        """Return what the key signs."""
        plain: dict[str, object] = {
            "ceremony": self.ceremony,
            "key": self.key,
            "digest": self.digest,
            "expires_us": self.expires_us,
        }
        return _APPROVAL + canonical_bytes(plain)


def possession_bytes(ceremony: Ceremony, key: CustodyKey) -> bytes:
    """Return what a key signs in its ceremony, to show that its holder has it."""
    plain: dict[str, object] = {
        "ceremony": ceremony.id,
        "desk": ceremony.desk,
        "quorum": ceremony.quorum,
        "key": key.id,
        "holder": key.holder,
        "public": key.public,
        "statement": ceremony.statement,
    }
    return _POSSESSION + canonical_bytes(plain)


def sign_possession(ceremony: Ceremony, key: CustodyKey, seed: bytes) -> str:
    """Sign a key's part of its ceremony with its 32 secret bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(possession_bytes(ceremony, key)).hex()


def sign_approval(
    ceremony: Ceremony, key_id: str, movement: Movement, *, expires_us: int, seed: bytes
) -> Approval:
    """Sign a movement with the 32 secret bytes of a key."""
    unsigned = Approval(ceremony.id, key_id, movement.digest().hex(), expires_us, "")
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(unsigned.signed_bytes())
    return Approval(ceremony.id, key_id, unsigned.digest, expires_us, signature.hex())


def check_ceremony(
    ceremony: Ceremony, *, desk: str, quorum_min: int, before: Collection[str] = ()
) -> None:
    """Check the record of a ceremony.

    Args:
        before: names of the desk's earlier ceremonies; under a name that came back, approvals by
            keys that are no longer in force would count again.

    Raises:
        CustodyRefused: too few keys or witnesses, one person or key twice, a witness who holds a
            key, a key that did not sign, a quorum below the pack's, or a name used before.
    """
    if ceremony.id in before:
        raise _bad_ceremony(f"There was a ceremony {ceremony.id!r} before.")
    keys, holders = ceremony.keys, {key.holder for key in ceremony.keys}
    if ceremony.desk != desk or not ceremony.id:
        raise _bad_ceremony(f"It is ceremony {ceremony.id!r} of {ceremony.desk}, not of {desk}.")
    if not quorum_min <= ceremony.quorum <= len(keys) <= CUSTODY_KEYS_MAX:
        raise _bad_ceremony(
            f"{ceremony.quorum} of {len(keys)} keys sign; the pack asks for {quorum_min}, "
            f"and {CUSTODY_KEYS_MAX} keys are the most."
        )
    if len(holders) < len(keys) or len({key.id for key in keys}) < len(keys):
        raise _bad_ceremony("One person holds two keys, or two keys have one name.")
    if len({key.public for key in keys}) < len(keys):
        raise _bad_ceremony("Two holders have the same key.")
    witnesses = set(ceremony.witnesses)
    if len(witnesses) < WITNESSES_MIN or witnesses & holders:
        raise _bad_ceremony(
            f"It has {len(witnesses - holders)} witnesses who hold no key, not {WITNESSES_MIN}."
        )
    for key in keys:
        if not _verified(key.public, key.possession, possession_bytes(ceremony, key)):
            raise _bad_ceremony(f"The key {key.id} did not sign its part.")


def check_approval(approval: Approval, ceremony: Ceremony, *, now_us: int) -> CustodyKey:
    """Check one approval and return the key that gave it.

    Raises:
        CustodyRefused: of another ceremony, by an unknown key, of no movement, expired, or not
            signed by it.
    """
    key = ceremony.key(approval.key)
    if approval.ceremony != ceremony.id or key is None:
        raise _bad_approval(
            f"{approval.key!r} is no key of ceremony {ceremony.id}, the one in force."
        )
    if not _DIGEST.fullmatch(approval.digest):
        raise _bad_approval("It names no movement by its hash.")
    if now_us > approval.expires_us:
        raise _bad_approval(f"It expired at {iso(approval.expires_us)}.")
    if not _verified(key.public, approval.signature, approval.signed_bytes()):
        raise _bad_approval(f"The key {key.id} did not sign this.")
    return key


def _verified(public: str, signature: str, signed: bytes) -> bool:
    try:
        raw = bytes.fromhex(public)
        if len(raw) != _PUBLIC_BYTES:
            return False
        Ed25519PublicKey.from_public_bytes(raw).verify(bytes.fromhex(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _bad_ceremony(why: str) -> CustodyRefused:
    return CustodyRefused(
        "The key ceremony is not accepted.",
        why=why,
        fix="Repeat it with other people or keys.",
        code="wallets.bad_ceremony",
    )


def _bad_approval(why: str) -> CustodyRefused:
    return CustodyRefused(
        "The approval is not accepted.",
        why=why,
        fix="Let a key holder of the ceremony in force sign the exact transfer.",
        code="wallets.bad_approval",
    )
