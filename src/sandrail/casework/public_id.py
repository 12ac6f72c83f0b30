"""Public ids: short, readable over a telephone, with two check digits against slips.

``PK-SBX-000042-17`` is the forty-second sandbox approval under a Pakistani pack. The check digits
are those of ISO 7064, mod 97-10: any single wrong character and any swap of neighbours is caught.
"""

from __future__ import annotations

import re
from typing import Final

from sandrail.casework.application import InstrumentKind
from sandrail.casework.errors import UnknownError

__all__ = ["application_id", "check_public_id", "instrument_id"]

_SHORT: Final = {
    InstrumentKind.EOI: "EOI",
    InstrumentKind.NOC: "NOC",
    InstrumentKind.NO_ACTION_LETTER: "NAL",
    InstrumentKind.SANDBOX_APPROVAL: "SBX",
    InstrumentKind.CONDITIONAL_LICENCE: "CON",
    InstrumentKind.FULL_LICENCE: "LIC",
}
_SHAPE: Final = re.compile(r"([A-Z]{2})-([A-Z]{3})-([0-9]{6,})-([0-9]{2})")


def application_id(jurisdiction: str, number: int) -> str:
    """Return the public id of the ``number``-th application, from 1."""
    return _with_check(jurisdiction, "APP", number)


def instrument_id(jurisdiction: str, kind: InstrumentKind, number: int) -> str:
    """Return the public id of the ``number``-th instrument of its kind, from 1."""
    return _with_check(jurisdiction, _SHORT[kind], number)


def check_public_id(text: str) -> str:
    """Return a public id in its normal form.

    Raises:
        UnknownError: another shape, or check digits that do not fit.
    """
    normal = text.strip().upper()
    match = _SHAPE.fullmatch(normal)
    if match is None or _check(match[1], match[2], match[3]) != match[4]:
        raise UnknownError(
            f"{text[:60]!r} is not a public id.",
            why="An id reads PK-SBX-000042-17, and its last two digits check the rest.",
            fix="Compare it with the notice it was copied from, or search by the firm's name.",
            code="casework.bad_public_id",
        )
    return normal


def _with_check(jurisdiction: str, short: str, number: int) -> str:
    country = (jurisdiction.upper() + "XX")[:2] if jurisdiction.isascii() else "XX"
    digits = f"{number:06d}"
    return f"{country}-{short}-{digits}-{_check(country, short, digits)}"


def _check(country: str, short: str, digits: str) -> str:
    text = "".join(str(int(character, 36)) for character in country + short + digits + "00")
    return f"{98 - int(text) % 97:02d}"
