"""A name as written, to the tokens that are compared.

Titles stay as weak tokens, particles go, ``Abd al-Rahman`` = ``Abdurrahman`` = ``عبد الرحمن``
becomes
one token, and letters that only look Latin are read as what they imitate.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from sandrail.screening.bodies import organisation_words
from sandrail.screening.han import HAN_RUN, read_han
from sandrail.screening.lexicon import (
    ABD,
    ABD_ARTICLES,
    ARTICLE_KEPT,
    DIN,
    KUNYA,
    LAH,
    OF_FAITH,
    OF_GOD,
    PARTICLES,
    SAME_NAME,
    SERVANT,
)
from sandrail.screening.limits import NAME_CHARS_MAX, NAME_TOKENS_MAX, TOKEN_CHARS_MAX
from sandrail.screening.scripts import ABJAD_BASE, CONFUSABLE, PRE_TABLE, SOUND_TABLE, abjad

__all__ = ["cut_to_limits", "fold_text", "is_abjad", "parted", "tokens_of", "words_of"]

_WORD = re.compile(r"[a-z0-9\xc0-\xff]+")
_QUOTE_INSIDE = re.compile(r"'+")
_DOTTED = re.compile(r"\b((?:[a-z]\.[- ]?){1,}[a-z])\b\.?")
_MIXED = re.compile(r"[^\s]+")
_LATIN_LETTER = re.compile(r"[a-z]")
_ODD_LETTER = re.compile(r"[0-9@$!|\u0370-\u052f\u0251\u0261\u0269\u1d0f]")
_ABD_PREFIX = re.compile(
    r"abd(?:[ueaoi]l|ou?l|[ua](?=([rsztnd]|sh)\1))(?=[a-z]{3})|abd[ua](?=rr|ss|zz)"
)
_DIN_SUFFIX = re.compile(r"(?<=[a-z]{3})(?:[uaei]l?)?dd?(?:i|ee)ne?$")
_LAH_SUFFIX = re.compile(r"(?<=[a-z]{2})[uao]ll?ah$")
_AR_ABD = re.compile("^" + abjad("عبدال") + "(?=..)")
_AR_DIN = re.compile("(?<=..)" + abjad("الدين") + "$")
_AR_LAH = re.compile("(?<=..)" + abjad("الله") + "$")
_AR_ARTICLE = re.compile("^" + abjad("و") + "?" + abjad("ال") + "(?=...)")
_GODS_SERVANT_JOINED = re.compile(r"abd[aeou]llah(?=[a-z]{4})")
_GODS_SERVANT = re.compile(r"abd[aeou]?ll?ah?")


def is_abjad(token: str) -> bool:
    """Whether a folded token is in consonant script."""
    return ord(token[0]) >= ABJAD_BASE


def fold_text(text: str) -> str:
    """Return the text in lower-case Latin and abjad letters, digits, and punctuation."""
    lowered = text[:NAME_CHARS_MAX].lower()
    if not lowered.isascii():
        if "’" in lowered or "‘" in lowered:
            lowered = lowered.replace("’", "'").replace("‘", "'")
        lowered = _read_lookalikes(lowered).translate(PRE_TABLE)
        lowered = unicodedata.normalize("NFKD", lowered).translate(SOUND_TABLE)
        lowered = HAN_RUN.sub(lambda found: f" {read_han(found[0])} ", lowered)
    else:
        lowered = _read_lookalikes(lowered).replace("&", " and ").replace("`", "'")
    return lowered


def _read_lookalikes(text: str) -> str:
    if _ODD_LETTER.search(text) and _LATIN_LETTER.search(text):
        return _MIXED.sub(_unmask, text)
    return text


def _unmask(found: re.Match[str]) -> str:
    word = found[0]
    latin, odd = len(_LATIN_LETTER.findall(word)), len(_ODD_LETTER.findall(word))
    if latin == 0 or odd == 0 or latin < odd or not _hides(word):
        return word
    return "".join(CONFUSABLE.get(letter, letter) for letter in word)


def _hides(word: str) -> bool:
    """Digits at the end of a word, or making up half of it, are a number and not a disguise."""
    core = word.strip("!|.,;:")
    return not re.fullmatch(r"[a-z'.-]*[0-9]+|[0-9]+[a-z]{1,2}", core)


def tokens_of(text: str, *, entity: bool = False) -> tuple[str, ...]:
    """Return the tokens of a name, in the order written; never more than a fixed number.

    Args:
        text: a name in any script.
        entity: read it as the name of an organisation.
    """
    words = words_of(text, entity=entity)
    return cut_to_limits(organisation_words(words) if entity else _person_tokens(words))


def words_of(text: str, *, entity: bool = False) -> list[str]:
    """Return the folded words of a name before any is dropped; ``S.A.`` of a firm is one word."""
    folded = fold_text(text)
    if "." in folded:
        folded = _DOTTED.sub(_points_dropped if entity else _points_parted, folded)
    if "'" in folded:
        folded = _QUOTE_INSIDE.sub("", folded)
    return _WORD.findall(folded)


def _points_dropped(found: re.Match[str]) -> str:
    return re.sub(r"[-. ]", "", found[1])


def _points_parted(found: re.Match[str]) -> str:
    return re.sub(r"[-.]", " ", found[1])


def cut_to_limits(words: list[str]) -> tuple[str, ...]:
    """Return as many words, and as much of each, as are compared."""
    return tuple([word[:TOKEN_CHARS_MAX] for word in words[:NAME_TOKENS_MAX]])


def _person_tokens(words: list[str]) -> list[str]:
    out: list[str] = []
    after_servant = False
    for word in words:
        if after_servant and (word in PARTICLES or word in ABD_ARTICLES) and word not in LAH:
            continue
        if after_servant and word in LAH:
            out[-1] = _SERVANT_OF_GOD[is_abjad(word)]
            after_servant = False
            continue
        after_servant = False
        if word in ABD:
            out.append(SERVANT[is_abjad(word)])
            after_servant = True
        elif word in LAH:
            out.append(OF_GOD[is_abjad(word)])
        elif word in DIN:
            out.append(OF_FAITH[is_abjad(word)])
        elif word in KUNYA:
            out.append(word if is_abjad(word) else "umm" if word[0] == "u" else "abu")
        elif word not in PARTICLES:
            out.extend(_parts_of(word))
    return out or words


def parted(word: str) -> tuple[str, ...]:
    """Return the tokens of one folded word that was part of a longer one; none for a particle."""
    return tuple(_person_tokens([word])) if word not in PARTICLES else ()


_SERVANT_OF_GOD = ("abdullah", abjad("عبدالله"))


@lru_cache(maxsize=65_536)
def _parts_of(word: str) -> tuple[str, ...]:
    """Part compounds that are written joined or apart: Abdurrahman, Saifuddin, Nasrullah."""
    if is_abjad(word):
        return _abjad_parts(word)
    same = SAME_NAME.get(word)
    if same is not None:
        return (same,)
    if len(word) <= 5:
        return (word,)
    if _GODS_SERVANT.fullmatch(word):
        return (_SERVANT_OF_GOD[0],)
    if found := _GODS_SERVANT_JOINED.match(word):
        return (_SERVANT_OF_GOD[0], *_parts_of(word[found.end() :]))
    if found := _ABD_PREFIX.match(word):
        return (SERVANT[0], *_parts_of(word[found.end() :]))
    if found := _LAH_SUFFIX.search(word):
        return (word[: found.start()], OF_GOD[0])
    if found := _DIN_SUFFIX.search(word):
        return (word[: found.start()], OF_FAITH[0])
    return (word,)


def _abjad_parts(word: str) -> tuple[str, ...]:
    if word in ARTICLE_KEPT:
        return (word,)
    if word == _SERVANT_OF_GOD[1]:
        return (word,)
    if found := _AR_ABD.match(word):
        return (SERVANT[1], word[found.end() :])
    if found := _AR_LAH.search(word):
        return (word[: found.start()], OF_GOD[1])
    if found := _AR_DIN.search(word):
        return (word[: found.start()], OF_FAITH[1])
    return (_AR_ARTICLE.sub("", word),)
