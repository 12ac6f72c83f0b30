"""Whose is a wallet that nobody but its owner runs: a signed challenge, or an exact small payment.

The challenge names wallet, customer, asset, desk, a number used once and an expiry; a signature
over it proves nothing about another wallet, another customer or another day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from eth_hash.auto import keccak
from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from sandrail.wallets.errors import ProofRefused
from sandrail.wallets.limits import MICRO_DEPOSIT_MINOR_MAX, SIGNATURE_BYTES_MAX
from sandrail.world import derive_id, iso

__all__ = [
    "Challenge",
    "Method",
    "Proof",
    "View",
    "check_contract_signature",
    "check_signature",
    "signed_hash",
]

_PREFIX = b"\x19Ethereum Signed Message:\n"
_SIGNATURE_BYTES = 65
_IS_VALID_SIGNATURE = keccak(b"isValidSignature(bytes32,bytes)")[:4]
"""Selector of EIP-1271; a contract that accepts answers with the same four bytes."""

# Half the order of the curve: of two signatures that say the same, wallets make the smaller one.
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0

View = Callable[[bytes, bytes], bytes]
"""Asks a contract (address, call data) and returns the bytes of its answer."""


class Method(StrEnum):
    """How a wallet was proven."""

    SIGNATURE = "eip191"
    CONTRACT = "eip1271"
    MICRO_DEPOSIT = "micro_deposit"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question that only the owner of a wallet can answer.

    Attributes:
        desk: name of the desk's journal.
        wallet: address in its clean spelling.
        customer: the firm's reference of the customer.
        asset: code of the asset.
        nonce: 128 bits, used once.
        expires_us: instant after which no answer counts.
    """

    desk: str
    wallet: str
    customer: str
    asset: str
    nonce: int
    expires_us: int

    def message(self) -> str:
        """Return the text that the wallet shows and its owner signs."""
        return (
            f"I control the wallet {self.wallet}\n"
            f"and use it as customer {self.customer} for {self.asset}.\n\n"
            f"Desk: {self.desk}\n"
            f"Number: {self.nonce:032x}\n"
            f"Expires: {iso(self.expires_us)}\n"
        )

    def deposit_minor(self) -> int:
        """Return the exact amount that a micro-deposit must have, in minor units of the asset."""
        return derive_id("micro-deposit", self.nonce) % MICRO_DEPOSIT_MINOR_MAX + 1

    def require_open(self, now_us: int) -> None:
        """Raise ``ProofRefused`` when the challenge has expired."""
        if now_us > self.expires_us:
            raise ProofRefused(
                "The challenge has expired.",
                why=f"It was open until {iso(self.expires_us)}; now it is {iso(now_us)}.",
                fix="Ask for a new one.",
                code="wallets.proof_expired",
            )


@dataclass(frozen=True, slots=True)
class Proof:
    """A wallet proven to be a customer's.

    Attributes:
        wallet: number in the register.
        party: whose.
        method: how.
        proven_us: since when.
        expires_us: until when it counts.
        evidence: the signature in hexadecimal, or the id of the micro-deposit's transfer.
    """

    wallet: int
    party: int
    method: Method
    proven_us: int
    expires_us: int
    evidence: str


def signed_hash(message: str) -> bytes:
    """Return the 32 bytes that a wallet signs for a text, after EIP-191."""
    data = message.encode()
    return keccak(_PREFIX + str(len(data)).encode() + data)


def check_signature(challenge: Challenge, signature: bytes) -> None:
    """Check that the wallet's own key signed the challenge (EIP-191, personal_sign).

    Raises:
        ProofRefused: it is no signature, or another wallet's.
    """
    if len(signature) != _SIGNATURE_BYTES or signature[64] not in (0, 1, 27, 28):
        raise _refused(f"It has {len(signature)} bytes, not 65 ending in 0, 1, 27 or 28.")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    if s > _HALF_ORDER:
        raise _refused(
            "It is the larger of two signatures that say the same, which no wallet makes."
        )
    try:
        parts = Signature(vrs=(signature[64] % 27, r, s))
        public = parts.recover_public_key_from_msg_hash(signed_hash(challenge.message()))
    except (BadSignature, ValidationError) as error:
        raise _refused(f"It is no signature of this curve: {error}.") from error
    signer = public.to_address()
    if signer != challenge.wallet:
        raise _refused(f"It was made by {signer}, not by {challenge.wallet}.")


def check_contract_signature(challenge: Challenge, signature: bytes, view: View) -> None:
    """Ask a contract wallet whether the signature is one of its owner's (EIP-1271).

    Args:
        view: how to ask the contract; may raise for a contract that does not answer.

    Raises:
        ProofRefused: the contract says no, or is none.
    """
    if len(signature) > SIGNATURE_BYTES_MAX:
        raise _refused(f"It has {len(signature)} bytes; {SIGNATURE_BYTES_MAX} are read.")
    padded = signature + bytes(-len(signature) % 32)
    data = (
        _IS_VALID_SIGNATURE
        + signed_hash(challenge.message())
        + (64).to_bytes(32, "big")
        + len(signature).to_bytes(32, "big")
        + padded
    )
    answer = view(bytes.fromhex(challenge.wallet.removeprefix("0x")), data)
    if answer != _IS_VALID_SIGNATURE + bytes(28):
        raise _refused("The contract at that address does not accept it.")


def _refused(why: str) -> ProofRefused:
    return ProofRefused(
        "The signature does not prove the wallet.",
        why=why,
        fix="Sign the text of the challenge, unchanged, with the wallet itself.",
        code="wallets.bad_signature",
    )
