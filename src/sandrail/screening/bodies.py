"""The words of an organisation's or a vessel's name, after the letters were folded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from sandrail.screening.business_words import MEANINGS, PLACES, TRADES
from sandrail.screening.legal_forms import FORMS, LEADING_FORMS, PHRASES, SHORT_FORMS
from sandrail.screening.lexicon import (
    ARTICLE_KEPT,
    ENTITY_PARTICLES,
    NUMBER_WORDS,
    SHIP_PREFIXES,
)
from sandrail.screening.scripts import ABJAD_BASE, abjad

__all__ = ["known_word", "organisation_words", "parted_at_business", "vessel_words"]

_FIRST_ABJAD = chr(ABJAD_BASE)
_TENS = frozenset(["20", "30", "40", "50", "60", "70", "80", "90"])
_ROMAN = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8",
    "ix": "9", "x": "10", "xi": "11", "xii": "12", "xiii": "13", "xiv": "14", "xv": "15",
    "xvi": "16", "xx": "20",
}  # fmt: skip
_ARTICLE = re.compile("^(?:" + abjad("و") + "?" + abjad("ال") + "|" + abjad("لل") + ")(?=...)")
_SLIP_LETTERS_MIN = 7
_DROPPED = ENTITY_PARTICLES | {abjad("و")}
_JOINT_WORDS = "i ul ud ut ur un uz ush as ad at an ar ash az wa va wal bil lil"
_JOINTS = frozenset(_JOINT_WORDS.split())
"""Between two words these are articles and links: ``Tehrik-i-Taliban``, ``Jamaat-ud-Dawa``."""

_HEADS = {
    whole[:at]
    for table in (MEANINGS, FORMS)
    for whole in table
    if len(whole) >= _SLIP_LETTERS_MIN
    for at in range(1, len(whole))
}
_SPECIAL = frozenset(PHRASES) | frozenset(FORMS) | _DROPPED | _JOINTS | _HEADS
"""Words that depend on their neighbours; any other Latin word stands for itself."""

_AMONG_FORMS = PLACES | {"de", "and", "y", "e"}
_LETTERS_IN_FRONT = (["m", "s"], ["m", "v"], ["m", "t"])
_WORDS_IN_FRONT = frozenset(["messrs", "messr", "mv", "mt"])
"""``M/s`` of a firm and ``M/V`` of a ship."""

_SHIP_WORDS = SHIP_PREFIXES | {"motor"}


_LONG_WORDS = "|".join(
    sorted(
        {
            w
            for t in (MEANINGS, FORMS, TRADES)
            for w in t
            if len(w) >= 4 and w < "{" and w.isalpha()
        },
        key=lambda w: (-len(w), w),
    )
)
_BUSINESS_INSIDE = re.compile(rf"(?:({_LONG_WORDS})([a-z]{{3,}})|([a-z]{{3,}}?)({_LONG_WORDS}))$")
_NUMBERED = re.compile(r"([a-z]{2,})([0-9]{1,3})$")


def organisation_words(words: list[str]) -> list[str]:
    """Return the words that are compared: forms as markers, words of business in one language.

    Args:
        words: as folded, in the order written.
    """
    size = len(words)
    start = 2 if words[:2] in _LETTERS_IN_FRONT and size > 2 else 0
    start += 1 if size > start + 1 and words[start] in _WORDS_IN_FRONT else 0
    end = _where_forms_begin(words)
    out: list[str] = []
    at = start
    while at < size:
        word = words[at]
        if word not in _SPECIAL and word < _FIRST_ABJAD:
            _append(out, known_word(word))
            at += 1
            continue
        if word in PHRASES:
            marker, step = _phrase(words, at)
            if step:
                out.append(marker)
                at += step
                continue
        if word[0] >= _FIRST_ABJAD:
            word = _without_article(word)
        form = FORMS.get(word)
        if form is not None and (
            word not in SHORT_FORMS or at >= end or (at == start and word in LEADING_FORMS)
        ):
            out.append(form)
        elif size == 1 or not (word in _DROPPED or _is_joint(words, at, start)):
            token, step = _meaning_of_two(words, at)
            _append(out, token or known_word(word))
            at += step
        at += 1
    if out and out[-1] in _ROMAN and len(out) > 1:
        out[-1] = _ROMAN[out[-1]]
    return _letters_joined(out) or words


def _is_joint(words: list[str], at: int, start: int) -> bool:
    """Whether a word is an article or a link; in front only where the next word bears it out."""
    if words[at] not in _JOINTS or at == len(words) - 1:
        return False
    return at > start or words[at + 1].startswith(words[at][1:] or "-")


def _where_forms_begin(words: list[str]) -> int:
    """Return where the run of legal forms at the end of a name begins."""
    end = len(words)
    while end > 1 and (words[end - 1] in FORMS or words[end - 1] in _AMONG_FORMS):
        end -= 1
    return end


def _phrase(words: list[str], at: int) -> tuple[str, int]:
    """Return the marker of the phrase that begins here, and how many words it takes.

    Two words at the very start (``S A Traders``) are initials, not a form.
    """
    for rest, marker in PHRASES[words[at]]:
        begins = at > 0 or len(rest) > 1 or len(words[at]) > 1
        if begins and tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
            return marker, len(rest) + 1
    return "", 0


@lru_cache(maxsize=65_536)
def known_word(word: str) -> str:
    """Return what stands for a word of business, a number or a form, also if it has a slip in it.

    A slip is one letter too many, too few or another, but not the first, in a word of seven letters
    or more: ``barakat`` is not ``harakat``.
    """
    token = MEANINGS.get(word) or NUMBER_WORDS.get(word)
    if token is not None:
        return token
    if len(word) < _SLIP_LETTERS_MIN or word[0] >= _FIRST_ABJAD:
        return word
    near = _near_words()
    for spelled in (word, *_less_one(word)):
        if spelled in near:
            return near[spelled]
    return word


def _less_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(1, len(word)))


@lru_cache(maxsize=1)
def _near_words() -> dict[str, str]:
    """Every long word of business and every long form, and each of them less one letter.

    A word as it stands is itself, whichever longer word it is a slip of: ``pakistan`` is not
    ``pakistani``.
    """
    tables: tuple[Mapping[str, str], ...] = (MEANINGS, FORMS)
    known = [(word, token or word) for table in tables for word, token in table.items()]
    known += [(word, word) for word in sorted(PLACES | TRADES)]
    long = [
        (word, token)
        for word, token in known
        if len(word) >= _SLIP_LETTERS_MIN and word[0] < _FIRST_ABJAD and word.isalpha()
    ]
    near: dict[str, str] = {}
    for word, token in long:
        near.setdefault(word, token)
    for word, token in long:
        for spelled in _less_one(word):
            near.setdefault(spelled, token)
    return near


def _meaning_of_two(words: list[str], at: int) -> tuple[str, int]:
    """Return the meaning of two words that are one word of business written apart."""
    if at + 1 < len(words) and len(words[at]) + len(words[at + 1]) >= _SLIP_LETTERS_MIN:
        whole = words[at] + words[at + 1]
        token = MEANINGS.get(whole) or FORMS.get(whole)
        if token is not None:
            return token, 1
    return "", 0


def parted_at_business(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Return a reading in which ``gazgroup`` is ``gaz`` and a group, or nothing."""
    out: list[str] = []
    for token in tokens:
        found = None if len(token) < _SLIP_LETTERS_MIN else _BUSINESS_INSIDE.match(token)
        if found is None or token in TRADES or token in PLACES:
            out.append(token)
        else:
            brand, trade = (found[2], found[1]) if found[1] else (found[3], found[4])
            meaning = FORMS.get(trade) or known_word(trade)
            out += [meaning, known_word(brand)] if found[1] else [known_word(brand), meaning]
    return tuple(out) if len(out) > len(tokens) else ()


def _without_article(word: str) -> str:
    return word if word in ARTICLE_KEPT or word in FORMS else _ARTICLE.sub("", word)


def _append(out: list[str], token: str) -> None:
    """Add a word; ``twenty five`` is one number."""
    if out and len(token) == 1 and token.isdigit() and token != "0" and out[-1] in _TENS:
        out[-1] = out[-1][0] + token
    else:
        out.append(token)


def _letters_joined(words: list[str]) -> list[str]:
    """Read ``a b c`` as ``abc``: initials are written with points, with spaces and joined."""
    if min(map(len, words), default=0) > 1:
        return words
    out: list[str] = []
    run = ""
    for word in (*words, ""):
        if len(word) == 1 and word.isalpha() and word < _FIRST_ABJAD:
            run += word
            continue
        if run:
            out.append(run)
            run = ""
        if word:
            out.append(word)
    return out


def vessel_words(words: list[str]) -> list[str]:
    """Return the words of a ship's name: without ``M/V``, numbers as digits, ``OCEAN1`` parted."""
    start = 0
    size = len(words)
    if words[:2] in (*_LETTERS_IN_FRONT, ["s", "s"]) and size > 2:
        start = 2
    while start < size - 1 and words[start] in _SHIP_WORDS:
        start += 1
    out: list[str] = []
    for word in words[start:]:
        token = NUMBER_WORDS.get(word, word)
        found = _NUMBERED.match(token)
        for part in found.groups() if found else (token,):
            if part in ("no", "number") and size > start + 1:
                continue
            _append(out, str(int(part)) if part.isdigit() else part)
    if len(out) > 1 and out[-1] in _ROMAN:
        out[-1] = _ROMAN[out[-1]]
    return out or words
