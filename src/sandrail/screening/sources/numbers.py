"""Numbers as publishers write them: inside sentences, with words before and notes behind."""

from __future__ import annotations

import hashlib
import re

from sandrail.screening.limits import CNIC_DIGITS

__all__ = ["addresses_in", "is_cnic", "number_in", "scheme_of"]

_SPLIT = re.compile(
    r"[;,]|\b(?:issued|expire[sd]?|valid|made out|dated|officially|revoked)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<!\w)(?=[\w/.’'-]*\d)[A-Za-z0-9][\w/.’'-]*")
_MARK = re.compile(r"(?:\bnumber\b|\bno\b\.?|\bNo\b\.?|N°|№|:)\s*", re.IGNORECASE)
_SPACED_DIGITS = re.compile(r"(?<=[\d-]) +(?=[\d-])")
_SERIES = re.compile(r"\b(?!ID\b|NO\b)([A-Z]{1,2}) +(?=\d)")
_PASSPORT = re.compile(r"passport|pasaporte|passeport|travel document", re.IGNORECASE)
_CNIC_DASHED = re.compile(r"\d{5}-\d{7}-\d")
_ASIDE = re.compile(r"\([^)]*\)")

_HEX = re.compile(r"(?<![0-9A-Za-z])0x[0-9a-fA-F]{40}(?![0-9A-Za-z])")
_BECH32 = re.compile(r"(?<![0-9A-Za-z])(?:bc1|ltc1)[02-9ac-hj-np-z]{11,71}(?![0-9A-Za-z])")
_BASE58 = re.compile(r"(?<![0-9A-Za-z])[13LMT][1-9A-HJ-NP-Za-km-z]{25,34}(?![0-9A-Za-z])")
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ADDRESS_BYTES = 25


def number_in(text: str) -> str:
    """Return the number that a sentence names: ``Libyan passport No. 513519`` gives ``513519``.

    A number that stands alone is returned as it is; a sentence without one gives nothing.
    """
    head = _SPLIT.split(_ASIDE.sub(" ", text), maxsplit=1)[0]
    after = _MARK.split(head)[-1] if _MARK.search(head) else head
    plain = _SERIES.sub(r"\1", _SPACED_DIGITS.sub("", after.strip(" .:-")))
    found: list[str] = _NUMBER.findall(plain)
    return found[-1].strip(".’'-") if found else ""


def scheme_of(kind: str, value: str, issuer: str) -> str:
    """Return which key a document's number is: ``passport``, ``cnic`` or ``other``.

    Args:
        kind: the publisher's words for the document.
        value: its number.
        issuer: the country that issued it, if said.
    """
    if is_cnic(value):
        is_pakistani = "pakistan" in f"{kind} {issuer}".lower()
        if is_pakistani or (not issuer and _CNIC_DASHED.fullmatch(value)):
            return "cnic"
    return "passport" if _PASSPORT.search(kind) else "other"


def is_cnic(value: str) -> bool:
    """Whether a number has the shape of a Pakistani identity number: 13 digits, 5-7-1."""
    digits = value.replace(" ", "").replace("-", "")
    return len(digits) == CNIC_DIGITS and digits.isascii() and digits.isdigit()


def addresses_in(text: str) -> list[str]:
    """Return the wallet addresses in a text, those of base 58 only when their checksum holds."""
    found: list[str] = [*_HEX.findall(text), *_BECH32.findall(text)]
    return found + [word for word in _BASE58.findall(text) if _checksum_holds(word)]


def _checksum_holds(word: str) -> bool:
    number = 0
    for letter in word:
        number = number * len(_ALPHABET) + _ALPHABET.index(letter)
    if number.bit_length() > 8 * _ADDRESS_BYTES:
        return False
    data = number.to_bytes(_ADDRESS_BYTES, "big")
    twice = hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()
    return data[-4:] == twice[:4]
