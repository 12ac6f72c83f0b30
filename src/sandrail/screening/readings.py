"""The ways in which one written name of an organisation or a vessel may be read.

``KOREA MINING CORPORATION (KOMID)`` is one name and a short form of it; ``X formerly Y`` is two;
``Alnoor`` may be ``Al Noor``. Lists and parties are read alike, so that any reading may meet any.
"""

from __future__ import annotations

import re

from sandrail.screening.bodies import organisation_words, parted_at_business, vessel_words
from sandrail.screening.business_words import PLACES
from sandrail.screening.fold import cut_to_limits, tokens_of, words_of
from sandrail.screening.nouns import Kind

__all__ = ["listed_readings", "readings_of"]

_READINGS_MAX = 5
_BRACKETS = re.compile(r"[(\[（]([^)\]）]{1,80})[)\]）]")
_SHORT_FORM = re.compile(r"[A-Z][A-Z0-9&-]{1,9}")
_OTHER_NAME = re.compile(
    r"[,;(\s]+(?:a\.?k\.?a\.?|also known as|f\.?/?k\.?/?a\.?|formerly(?: known as)?"
    r"|d\.?/?b\.?/?a\.?|trading as|t/a|n\.?k\.?a\.?)[\s:]+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[A-Z]{1,2}-[A-Z]{3,4}|[A-Z]{1,2}-?[0-9]{2,5}[A-Z]{0,2}", re.IGNORECASE)
_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_JOINED_ARTICLE = re.compile(r"^[ae]l-?(?=[a-z]{4})")
_INITIALS_MIN, _INITIALS_MAX = 4, 8


def readings_of(text: str, kind: Kind) -> tuple[tuple[str, ...], ...]:
    """Return the readings of a name as tokens, the whole name first; none where it has no letter.

    Args:
        text: as written.
        kind: a person's name has one reading; a vessel's number is read as a number.
    """
    if kind is Kind.PERSON:
        tokens = tokens_of(text)
        return (tokens,) if tokens else ()
    if kind is Kind.VESSEL:
        found = [_vessel(text)]
    else:
        found = [_organisation(part) for part in _parts(text)]
        found += [tuple(_JOINED_ARTICLE.sub("", word) for word in one) for one in tuple(found)]
        found += [parted_at_business(one) for one in found[:1]]
    kept = dict.fromkeys(one for one in found if any(word[0] != "." for word in one))
    return tuple(kept)[:_READINGS_MAX]


def _vessel(text: str) -> tuple[str, ...]:
    """A leading digit makes a word match only itself: one aircraft is a letter from the next."""
    if _TAIL.fullmatch(text.strip()):
        return ("0" + _NOT_ALNUM.sub("", text.lower()),)
    return cut_to_limits(vessel_words(words_of(_BRACKETS.sub(" ", text)) or words_of(text)))


def _organisation(text: str) -> tuple[str, ...]:
    return cut_to_limits(organisation_words(words_of(text, entity=True)))


def _parts(text: str) -> list[str]:
    """Return the name as written, its parts that are names of their own, and its short form."""
    parts = [text]
    if "(" in text or "[" in text or "（" in text:
        outside = _BRACKETS.sub(" ", text)
        if outside.strip():
            parts.append(outside)
            parts += [t for t in _BRACKETS.findall(text) if _is_short_form(t)]
    if _OTHER_NAME.search(text):
        parts += [t.strip(" ()") for t in _OTHER_NAME.split(text)]
    return parts


def _is_short_form(text: str) -> bool:
    if not _SHORT_FORM.fullmatch(text.strip()):
        return False
    (token, *rest) = _organisation(text)
    return token[0] != "." and token not in PLACES and not rest


def listed_readings(text: str, kind: Kind) -> tuple[tuple[str, ...], ...]:
    """Return the readings of a listed name, the initials of an organisation's name among them.

    Only lists are read this way: a party that calls itself ``IRGC`` is asked for as it stands.
    """
    found = readings_of(text, kind)
    if kind is not Kind.ENTITY:
        return found
    return tuple(dict.fromkeys((*found, *filter(None, map(_initials, found)))))


def _initials(tokens: tuple[str, ...]) -> tuple[str, ...]:
    words = [word for word in tokens if word[0] != "." and "a" <= word[0] <= "z"]
    if not _INITIALS_MIN <= len(words) <= _INITIALS_MAX:
        return ()
    return ("".join(word[0] for word in words),)
