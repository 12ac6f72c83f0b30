"""Addresses of wallets on an embedded chain."""

from __future__ import annotations

from eth_hash.auto import keccak

from sandrail.rails.chain.port import Address

__all__ = ["checksum_text", "wallet_address"]


def wallet_address(*owner: object) -> Address:
    """Return the address of whoever the parts name, such as ``("trial-7", "party", 12)``.

    An embedded engine checks no signature, so a wallet needs no key: its address is the last 20
    bytes of a hash over its owner, the same on every run and on every engine.
    """
    text = "\x1f".join(str(part) for part in owner)
    return Address(keccak(b"sandrail/wallet/1\n" + text.encode())[12:])


def checksum_text(address: Address) -> str:
    """Return an address as people write it, with the capitals of EIP-55."""
    digits = address.hex()
    marks = keccak(digits.encode()).hex()
    pairs = zip(digits, marks, strict=False)
    return "0x" + "".join(d.upper() if int(mark, 16) >= 8 else d for d, mark in pairs)
