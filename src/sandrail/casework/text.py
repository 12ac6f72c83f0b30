"""The kinds of value an application may hold, each with its bounds.

Text written by an applicant is shown to officers and printed in decisions. Characters that make a
reader see something other than what is stored are refused at the door.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from sandrail.casework.limits import ITEMS_MAX, LINE_CHARS_MAX, TEXT_CHARS_MAX
from sandrail.money import AmountError, Asset, AssetKind, Money
from sandrail.world import why_unreadable

__all__ = [
    "Code",
    "Count",
    "Country",
    "Day",
    "DecimalText",
    "Items",
    "Lei",
    "Line",
    "MoneyText",
    "Text",
    "Truth",
    "money_of",
    "why_unfit",
]

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset("\u00ad\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff")
_MONEY = re.compile(r"([A-Z]{3}) ([0-9][0-9,.]*)", re.ASCII)
_FIAT_SCALE = 2


def why_unfit(error: Exception) -> str:
    """Return why a file that somebody wrote cannot be used: the first thing, and its place."""
    if not isinstance(error, ValidationError):
        return why_unreadable(error)
    first, count = error.errors()[0], error.error_count()
    place = ".".join(str(step) for step in first["loc"])
    more = f" ({count - 1} more)" if count > 1 else ""
    return f"{place}: {first['msg']}{more}"


def _refuse_deceptive(text: str) -> str:
    for character in text:
        if character in _BIDI_CONTROLS or character in _INVISIBLE:
            raise PydanticCustomError(
                "bad_text",
                "it holds the invisible character U+{point} ({name})",
                {"point": f"{ord(character):04X}", "name": unicodedata.name(character, "unnamed")},
            )
        category = unicodedata.category(character)
        if category in {"Cc", "Cs", "Cn", "Co"} and character not in "\n\t":
            raise PydanticCustomError(
                "bad_text",
                "it holds the character U+{point}, which no text needs",
                {"point": f"{ord(character):04X}"},
            )
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise PydanticCustomError("bad_text", "it has more than one line")
    return _refuse_deceptive(text)


def _calendar_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise PydanticCustomError(
            "bad_value", "it is not a date such as 2026-03-01: {why}", {"why": str(error)}
        ) from error
    return text


def _lei(text: str) -> str:
    """ISO 17442: 18 letters and digits, then two check digits (ISO 7064, mod 97-10)."""
    number = int("".join(str(int(character, 36)) for character in text))
    if number % 97 != 1:
        raise PydanticCustomError("bad_value", "its two check digits do not fit")
    return text


def _money(text: str) -> str:
    try:
        money_of(text)
    except AmountError as error:
        raise PydanticCustomError("bad_value", "{why}", {"why": str(error)}) from error
    return text


def money_of(text: str) -> Money:
    """Read ``"PKR 1,250.50"``: a currency code, a space, an amount in major units.

    Raises:
        AmountError: another shape, or more than two decimal digits.
    """
    match = _MONEY.fullmatch(text)
    if match is None:
        raise AmountError(
            f"{text[:LINE_CHARS_MAX]!r} is not an amount of money.",
            why="An amount has a three-letter currency code, a space and digits.",
            fix="Write PKR 1,250.50.",
        )
    return Money.parse(match[2], Asset(match[1], _FIAT_SCALE, AssetKind.FIAT))


Line = Annotated[
    StrictStr,
    StringConstraints(min_length=1, max_length=LINE_CHARS_MAX),
    AfterValidator(_one_line),
]
Text = Annotated[
    StrictStr,
    StringConstraints(min_length=1, max_length=TEXT_CHARS_MAX),
    AfterValidator(_refuse_deceptive),
]
Code = Annotated[
    StrictStr, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:\-]+$")
]
Country = Annotated[StrictStr, StringConstraints(pattern=r"^[A-Z]{2}$")]
Day = Annotated[StrictStr, StringConstraints(max_length=10), AfterValidator(_calendar_day)]
DecimalText = Annotated[StrictStr, StringConstraints(pattern=r"^[0-9]{1,20}(\.[0-9]{1,18})?$")]
Lei = Annotated[
    StrictStr, StringConstraints(pattern=r"^[A-Z0-9]{18}[0-9]{2}$"), AfterValidator(_lei)
]
MoneyText = Annotated[StrictStr, StringConstraints(max_length=60), AfterValidator(_money)]
Count = Annotated[StrictInt, Field(ge=0, le=10**9)]
Truth = StrictBool
Items = Field(default=(), max_length=ITEMS_MAX)
