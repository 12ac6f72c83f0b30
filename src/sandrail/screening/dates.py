"""Dates as lists and people give them: whole, partial, approximate, a range, or another
calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sandrail.screening.errors import IdentityError
from sandrail.screening.limits import YEAR_MAX, YEAR_MIN

__all__ = ["PartialDate", "parse_partial_date"]

_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {_MONTH_NAMES[i * 4 : i * 4 + 3]: i + 1 for i in range(12)}
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[ ./-]+([A-Za-z]{3,9}|\d{1,2})[ ./,-]+(\d{4})")
_MONTH_YEAR = re.compile(r"([A-Za-z]{3,9})[ .,-]+(\d{4})")
_RANGE = re.compile(r"(\d{4})\s*(?:-|to|–|/)\s*(\d{4})")
_CIRCA = re.compile(
    r"^(?:circa|approximately|approx|about|between|ca|c)(?:\.|\s|(?=\d))\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date of which only the year must be known.

    Attributes:
        year: the year, or the first one of a range.
        month: 1 to 12, or 0 when unknown.
        day: 1 to 31, or 0 when unknown.
        year_to: the last year of a range, else equal to ``year``.
        approximate: the publisher says "circa".
    """

    year: int
    month: int = 0
    day: int = 0
    year_to: int = 0
    approximate: bool = False

    def __post_init__(self) -> None:
        if self.year_to == 0:
            object.__setattr__(self, "year_to", self.year)
        if not (YEAR_MIN <= self.year <= self.year_to <= YEAR_MAX):
            raise _bad(f"{self.year}-{self.year_to}", "the years are out of range")
        if not 0 <= self.month <= 12 or not 0 <= self.day <= 31 or (self.day and not self.month):
            raise _bad(f"{self.year}-{self.month}-{self.day}", "the month or the day is impossible")

    @property
    def whole(self) -> bool:
        """Whether year, month and day are known."""
        return self.day != 0 and self.year == self.year_to

    def __str__(self) -> str:
        if self.whole and not self.approximate:
            return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
        prefix = "about " if self.approximate else ""
        if self.year_to != self.year:
            return f"{prefix}{self.year}-{self.year_to}"
        text = f"{prefix}{self.year:04d}"
        if self.month:
            text += f"-{self.month:02d}"
        if self.day:
            text += f"-{self.day:02d}"
        return text


def parse_partial_date(text: str) -> PartialDate:
    """Read a date in one of the forms found in lists and forms.

    ``1957``, ``1957-03``, ``1957-03-01``, ``1 Mar 1957``, ``01/03/1957`` (day first), ``Mar 1957``,
    ``c. 1957``, ``1957 to 1960``. A year of the lunar or solar Hijri calendar (1250 to 1499)
    becomes
    a range of Gregorian years, because such a date is rarely exact.

    Raises:
        IdentityError: the text is none of these, or an impossible day.
    """
    plain = " ".join(text.split())
    stripped = _CIRCA.sub("", plain)
    approximate = stripped != plain
    if found := _RANGE.fullmatch(stripped):
        return _made(text, int(found[1]), 0, 0, int(found[2]), approximate)
    if found := _ISO.fullmatch(stripped):
        year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
        if 1250 <= year < 1500:
            return _from_hijri(text, year)
        return _made(text, year, month, day, 0, approximate)
    if found := _DAY_FIRST.fullmatch(stripped):
        month = int(found[2]) if found[2].isdigit() else _MONTHS.get(found[2][:3].lower(), 99)
        day, year = int(found[1]), int(found[3])
        if month > 12 and found[2].isdigit() and day <= 12:
            day, month = month, day
        return _made(text, year, month, day, 0, approximate)
    if found := _MONTH_YEAR.fullmatch(stripped):
        return _made(text, int(found[2]), _MONTHS.get(found[1][:3].lower(), 99), 0, 0, approximate)
    raise _bad(text, "it is in none of the known forms")


def _from_hijri(text: str, year: int) -> PartialDate:
    """Cover both Hijri calendars: the lunar year is shorter, the solar one starts in March."""
    lunar_first = (year * 970_224 + 621_577_400) // 1_000_000
    if year < 1400:
        return _made(
            text, min(lunar_first, year + 621), 0, 0, max(lunar_first + 1, year + 622), True
        )
    return _made(text, lunar_first, 0, 0, lunar_first + 1, True)


def _made(
    text: str, year: int, month: int, day: int, year_to: int, approximate: bool
) -> PartialDate:
    if not (YEAR_MIN <= year <= YEAR_MAX) or month > 12:
        raise _bad(text, "the year or the month is out of range")
    if month and day:
        try:
            date(year, month, day)
        except ValueError as error:
            raise _bad(text, str(error)) from error
    return PartialDate(year, month, day, max(year, year_to), approximate)


def _bad(text: str, reason: str) -> IdentityError:
    return IdentityError(
        f"{text[:40]!r} cannot be read as a date.",
        why=f"Reading it failed: {reason}.",
        fix="Write 1957-03-01, 1957-03, 1957, 1 Mar 1957, c. 1957 or 1955 to 1958.",
        code="screening.bad_date",
    )
