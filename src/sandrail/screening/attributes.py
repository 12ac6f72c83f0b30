"""Evidence beside the name: how an attribute of a party compares with what the list says.

A comparison ends in a *code*, such as ``dob.same_day``. What a code is worth, in thousandths of
natural log-odds, is fitted and stored with the model (``operating.json``): the logarithm of how
much more often it is seen between two records of one person than between strangers. An unknown
value says nothing and weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandrail.screening.dates import PartialDate
from sandrail.screening.fold import fold_text

__all__ = [
    "REASONS",
    "compare_countries",
    "compare_dates",
    "compare_fathers",
    "compare_places",
]

REASONS = {
    "dob.same_day": "The dates of birth are the same.",
    "dob.swapped": "Day and month are exchanged: a common slip between calendars' habits.",
    "dob.year_off": "Day and month agree and the year is one off.",
    "dob.one_digit": "Day and month agree and one digit of the year differs.",
    "dob.same_month": "Year and month agree, the day does not.",
    "dob.same_year_day": "Year and day agree, the month does not.",
    "dob.same_year": "Only the year agrees although both know the day.",
    "dob.year_only": "The years of birth agree; one side knows no more.",
    "dob.in_range": "The year lies in the range the list gives.",
    "dob.near_year": "The years differ by one and one side is not exact.",
    "dob.about": "The list says 'about', and the year is near.",
    "dob.close": "The years differ by two or three.",
    "dob.apart": "The years differ by up to ten.",
    "dob.far": "The years differ by more than ten.",
    "father.same_rare": "The father's names agree, and the name is rare.",
    "father.same": "The father's names agree.",
    "father.same_common": "The father's names agree, but the name is very common.",
    "father.part": "The father's names agree in part.",
    "father.other": "The father's names differ.",
    "father.patronymic": "The listed name carries the father's name as a patronymic.",
    "country.same": "The country is one the list names.",
    "country.other": "The list names other countries only.",
    "place.same": "The place is one the list names.",
    "number.near": "The numbers differ in one digit.",
    "number.other": "The national numbers differ.",
    "imo.other": "The IMO numbers differ: a ship keeps its own when it is renamed or sold.",
}
"""Every code, and the sentence a clerk reads."""

_RARE, _USUAL = 0.8, 0.4
"""Information (in tens of nats) from which an agreeing father's name is rare, or not common."""


def compare_dates(
    given: PartialDate, listed: Iterable[PartialDate], weights: Mapping[str, int]
) -> tuple[int, str, PartialDate | None]:
    """Return weight and code of the listed date that agrees best, and that date."""
    best: tuple[int, str, PartialDate | None] = (0, "", None)
    for one in listed:
        code = _date_code(given, one)
        weight = weights[code]
        if best[2] is None or weight > best[0]:
            best = (weight, code, one)
    return best


def _date_code(a: PartialDate, b: PartialDate) -> str:
    if _exact(a) and _exact(b):
        return _whole_dates(a, b)
    apart = max(a.year - b.year_to, b.year - a.year_to, 0)
    loose = a.approximate or b.approximate
    if apart == 0:
        return "dob.in_range" if a.year != a.year_to or b.year != b.year_to else "dob.year_only"
    if apart == 1:
        return "dob.near_year"
    return "dob.about" if loose and apart <= 3 else _years_apart(apart)


def _years_apart(apart: int) -> str:
    return "dob.close" if apart <= 3 else "dob.apart" if apart <= 10 else "dob.far"


def _exact(one: PartialDate) -> bool:
    """A first of January is how registrars write "some day that year"."""
    return one.day != 0 and one.whole and not one.approximate and (one.month, one.day) != (1, 1)


def _whole_dates(a: PartialDate, b: PartialDate) -> str:
    same_month, same_day = a.month == b.month, a.day == b.day
    apart = abs(a.year - b.year)
    if apart == 0:
        if same_month and same_day:
            return "dob.same_day"
        if a.month == b.day and a.day == b.month:
            return "dob.swapped"
        return (
            "dob.same_month" if same_month else "dob.same_year_day" if same_day else "dob.same_year"
        )
    if same_month and same_day:
        if apart == 1:
            return "dob.year_off"
        if sum(x != y for x, y in zip(str(a.year), str(b.year), strict=True)) == 1:
            return "dob.one_digit"
    return _years_apart(max(apart, 2))


def compare_fathers(share_of_given: float, share_of_listed: float, information: float) -> str:
    """Return the code for two fathers' names whose pairing has these features.

    Args:
        share_of_given: share of the given name that agrees.
        share_of_listed: share of the listed name that agrees.
        information: that agrees, in tens of nats.
    """
    most, least = max(share_of_given, share_of_listed), min(share_of_given, share_of_listed)
    if most >= 0.85 and least >= 0.4:
        if information >= _RARE:
            return "father.same_rare"
        return "father.same" if information >= _USUAL else "father.same_common"
    return "father.part" if most >= 0.5 else "father.other"


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


def compare_countries(given: str, listed: Iterable[str]) -> tuple[str, str]:
    """Return the code of a nationality or country of registration, and what the list says."""
    names = {_country(text): text for text in listed}
    if not given or not names:
        return "", ""
    own = _country(given)
    if own in names:
        return "country.same", names[own]
    return "country.other", ", ".join(sorted(names.values())[:3])


def compare_places(given: str, listed: Iterable[str]) -> tuple[str, str]:
    """Return the code of a city, province or district; only agreement says anything."""
    own = fold_text(given).strip()
    if len(own) >= 3:
        for place in listed:
            if own in fold_text(place):
                return "place.same", place
    return "", ""
