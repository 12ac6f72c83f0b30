"""Account numbers (ISO 13616 IBAN) and bank codes (ISO 9362 BIC): check digits and shapes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NewType

from sandrail.rails.errors import IbanError

__all__ = ["Bic", "Iban", "make_iban", "parse_bic", "parse_iban", "read_iban"]

Iban = NewType("Iban", str)
"""An account number without blanks, its check digits right."""

Bic = NewType("Bic", str)
"""A bank's code of 8 or 11 characters."""

_CACHED = 100_000
"""Accounts whose check digits are not computed again: the same few thousand pay all day."""

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_BBAN = re.compile(r"[A-Z0-9]{11,30}", re.ASCII)


def parse_iban(text: str) -> Iban:
    """Read an IBAN as people type it: blanks and lower case are allowed, wrong digits are not.

    Raises:
        IbanError: wrong shape, or check digits that do not match.
    """
    return read_iban(text.replace(" ", "").upper())


@lru_cache(maxsize=_CACHED)
def read_iban(text: str) -> Iban:
    """Read an IBAN in its electronic form: no blanks, upper case.

    Raises:
        IbanError: wrong shape, or check digits that do not match.
    """
    if not _SHAPE.fullmatch(text):
        raise IbanError(
            f"{text[:40]!r} is not an IBAN.",
            why="An IBAN is a country code, two check digits and 11 to 30 letters and digits.",
            fix="Copy it again from the bank statement, such as PK36SCBL0000001123456702.",
            iban=text[:40],
        )
    if _remainder(text[4:] + text[:4]) != 1:
        raise IbanError(
            f"The check digits of {text} do not match.",
            why="The ISO 7064 remainder (mod 97-10) of an IBAN is 1; this one has another.",
            fix="A digit or letter was mistyped: compare it with the bank statement.",
            iban=text,
        )
    return Iban(text)


def make_iban(country: str, bban: str) -> Iban:
    """Return the IBAN of a country's basic account number, with its check digits computed."""
    if not _COUNTRY.fullmatch(country) or not _BBAN.fullmatch(bban):
        raise IbanError(
            f"No IBAN can be made of {country[:8]!r} and {bban[:40]!r}.",
            why="It takes a two-letter country code and 11 to 30 capital letters and digits.",
            fix="Give the bank code followed by the account number, such as RUPE0000000000000001.",
        )
    return Iban(f"{country}{98 - _remainder(bban + country + '00'):02d}{bban}")


def parse_bic(text: str) -> Bic:
    """Read a BIC of 8 or 11 characters.

    Raises:
        IbanError: another shape (code ``rails.bad_bic``).
    """
    if not _BIC.fullmatch(text):
        raise IbanError(
            f"{text[:20]!r} is not a BIC.",
            why="A BIC has 8 or 11 capital letters and digits: bank, country, place, branch.",
            fix="Write it as in SNDRPKKA or SNDRPKKAXXX.",
            code="rails.bad_bic",
        )
    return Bic(text)


def _remainder(rearranged: str) -> int:
    return int("".join(str(int(character, 36)) for character in rearranged)) % 97
