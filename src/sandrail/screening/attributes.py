"""Evidence beside the name: what each attribute is worth, in natural log-odds.

Each function compares what a party says with what the list says and returns a weight and a
sentence.
The weights are logarithms of "how much more often do these values stand side by side when it is the
same person than when it is a stranger", rounded by hand; an unknown value weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from sandrail.screening.dates import PartialDate
from sandrail.screening.fold import fold_text

__all__ = ["compare_countries", "compare_dates", "compare_places"]

_SAME_DAY = (7.5, "The dates of birth are the same.")
_SWAPPED = (4.5, "Day and month are exchanged: a common slip between calendars' habits.")
_ANOTHER_YEAR = (3.0, "Day and month agree and the year is one off.")
_ONE_DIGIT = (2.5, "Day and month agree and one digit of the year differs.")
_SAME_MONTH = (2.2, "Year and month agree, the day does not.")
_SAME_YEAR_DAY = (1.6, "Year and day agree, the month does not.")
_SAME_YEAR = (0.6, "Only the year agrees although both know the day.")
_YEAR_ONLY = (2.5, "The years of birth agree; one side knows no more.")
_IN_RANGE = (1.6, "The year lies in the range the list gives.")
_NEAR_YEAR = (0.4, "The years differ by one and one side is not exact.")
_ABOUT = (0.3, "The list says 'about', and the year is near.")
_CLOSE = (-1.5, "The years differ by two or three.")
_APART = (-3.0, "The years differ by up to ten.")
_FAR = (-7.0, "The years differ by more than ten.")


def compare_dates(given: PartialDate, listed: Iterable[PartialDate]) -> tuple[float, str, str]:
    """Return the weight of the date that agrees best, the reason, and that date as text."""
    best = (-99.0, "", "")
    for one in listed:
        weight, reason = _one_date(given, one)
        if weight > best[0]:
            best = (weight, reason, str(one))
    return best if best[0] > -99 else (0.0, "The list gives no date of birth.", "")


def _one_date(a: PartialDate, b: PartialDate) -> tuple[float, str]:
    if _exact(a) and _exact(b):
        return _whole_dates(a, b)
    apart = max(a.year - b.year_to, b.year - a.year_to, 0)
    loose = a.approximate or b.approximate
    if apart == 0:
        return _IN_RANGE if a.year != a.year_to or b.year != b.year_to else _YEAR_ONLY
    if apart == 1:
        return _NEAR_YEAR
    if loose and apart <= 3:
        return _ABOUT
    return _CLOSE if apart <= 3 else _APART if apart <= 10 else _FAR


def _exact(one: PartialDate) -> bool:
    """A first of January is how registrars write "some day that year"."""
    return one.whole and not one.approximate and (one.month, one.day) != (1, 1)


def _whole_dates(a: PartialDate, b: PartialDate) -> tuple[float, str]:
    same_month, same_day = a.month == b.month, a.day == b.day
    apart = abs(a.year - b.year)
    if apart == 0:
        if same_month and same_day:
            return _SAME_DAY
        if a.month == b.day and a.day == b.month:
            return _SWAPPED
        return _SAME_MONTH if same_month else _SAME_YEAR_DAY if same_day else _SAME_YEAR
    if same_month and same_day:
        if apart == 1:
            return _ANOTHER_YEAR
        if sum(x != y for x, y in zip(str(a.year), str(b.year), strict=True)) == 1:
            return _ONE_DIGIT
    return _CLOSE if apart <= 3 else _APART if apart <= 10 else _FAR


_SAME_COUNTRY = (0.7, "The country is one the list names.")
_OTHER_COUNTRY = (-0.7, "The list names other countries only.")
_CODES = {
    "pk": "pakistan", "pak": "pakistan", "af": "afghanistan", "afg": "afghanistan",
    "in": "india", "ind": "india", "ir": "iran", "irn": "iran", "ae": "united arab emirates",
    "iran (islamic republic of)": "iran", "islamic republic of iran": "iran",
    "uae": "united arab emirates", "gb": "united kingdom", "uk": "united kingdom",
    "us": "united states", "usa": "united states", "united states of america": "united states",
    "sa": "saudi arabia", "sy": "syria", "syrian arab republic": "syria", "iq": "iraq",
    "ru": "russia", "russian federation": "russia", "kp": "north korea",
    "democratic people's republic of korea": "north korea", "korea, north": "north korea",
    "tr": "turkey", "türkiye": "turkey", "cn": "china", "ye": "yemen", "so": "somalia",
    "ly": "libya", "eg": "egypt", "tn": "tunisia", "bd": "bangladesh",
}  # fmt: skip


def _country(text: str) -> str:
    plain = " ".join(text.lower().split())
    return _CODES.get(plain, plain)


def compare_countries(given: str, listed: Iterable[str]) -> tuple[float, str, str]:
    """Return the weight of a nationality or country of registration."""
    names = {_country(text): text for text in listed}
    if not given or not names:
        return 0.0, "", ""
    own = _country(given)
    if own in names:
        return *_SAME_COUNTRY, names[own]
    return *_OTHER_COUNTRY, ", ".join(sorted(names.values())[:3])


def compare_places(given: str, listed: Iterable[str]) -> tuple[float, str, str]:
    """Return the weight of a city, province or district; only agreement says anything."""
    own = fold_text(given).strip()
    if len(own) >= 3:
        for place in listed:
            if own in fold_text(place):
                return 1.2, "The place is one the list names.", place
    return 0.0, "", ""
