"""Numbers that cannot be what they are called: they meet nobody, and somebody must hear of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandrail.screening.limits import CNIC_DIGITS
from sandrail.screening.nouns import PartyIdentity, clean_identifier, is_imo

__all__ = ["is_lei", "unusable_numbers"]

_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}", re.ASCII)
_WALLET_SHAPES = {
    "0x": re.compile(r"0x[0-9a-f]{40}", re.ASCII),
    "bc1": re.compile(r"bc1[ac-hj-np-z02-9]{11,71}", re.ASCII),
}


def is_lei(number: str) -> bool:
    """Whether a legal entity identifier is well formed (ISO 17442, check digits by mod 97-10)."""
    if not _LEI.fullmatch(number):
        return False
    return int("".join(str(int(sign, 36)) for sign in number)) % 97 == 1


def unusable_numbers(identity: PartyIdentity) -> tuple[str, ...]:
    """Return a sentence on each number of a party that cannot be what it is called.

    Such a number is still looked up as it stands, but it speaks neither for nor against anybody.
    """
    return tuple(_unusable(identity))


def _unusable(identity: PartyIdentity) -> Iterator[str]:
    if identity.cnic:
        digits = sum(sign.isdigit() for sign in identity.cnic)
        if digits != CNIC_DIGITS:
            yield f"The CNIC has {digits} digits instead of {CNIC_DIGITS}: it says nothing."
    if identity.lei and not is_lei(clean_identifier("lei", identity.lei)):
        yield "The LEI is mistyped (20 signs, the last two check the others): it says nothing."
    if identity.imo and not is_imo(clean_identifier("imo", identity.imo)):
        yield "The IMO number is mistyped (7 digits, the last checks the others): it says nothing."
    for wallet in identity.wallets:
        address = clean_identifier("wallet", wallet)
        for start, shape in _WALLET_SHAPES.items():
            if address.startswith(start) and not shape.fullmatch(address):
                yield f"The wallet {wallet[:10]}… is mistyped: such an address cannot be."
