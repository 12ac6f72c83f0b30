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
    TITLES,
)
from sandrail.screening.limits import NAME_CHARS_MAX, NAME_TOKENS_MAX, TOKEN_CHARS_MAX
from sandrail.screening.scripts import ABJAD_BASE, CONFUSABLE, PRE_TABLE, SOUND_TABLE, abjad

__all__ = [
    "cut_to_limits",
    "fold_text",
    "is_abjad",
    "parted",
    "read_otherwise",
    "tokens_of",
    "wordings",
    "words_of",
]

_WORD = re.compile(r"[a-z0-9\xc0-\xff]+")
_QUOTE_INSIDE = re.compile(r"'+")
_HANGUL_NAME = re.compile("(?<![가-힣])[가-힣]{2,4}(?![가-힣])")
"""A Korean name in one: lists write its syllables apart."""
_DOTTED = re.compile(r"\b((?:[a-z]\.[- ]?){1,}[a-z])\b\.?")
_MIXED = re.compile(r"[^\s]+")
_LATIN_LETTER = re.compile(r"[a-z]")
_ODD_LETTER = re.compile(r"[0-9@$!|\u0370-\u052f\u0251\u0261\u0269\u1d0f]")
_ABD_PREFIX = re.compile(
    r"abd(?:[ueaoi]l|ou?l|[ua](?=([rsztnd]|sh)\1))(?=[a-z]{3})|abd[ua](?=rr|ss|zz)"
)
_DIN_SUFFIX = re.compile(r"(?<=[a-z]{3})(?:[uaei]l?)?dd?(?:i|ee)ne?$")
_LAH_SUFFIX = re.compile(r"(?<=[a-z]{2})(?:(?:ou|[uao])ll?ah|(?:ou|u)ll(?:a|oh?))$")
_AR_ABD = re.compile(abjad("^(?:عبد|ابد)و?ا?ل(?=..)"))
_AR_DIN = re.compile(abjad("(?<=..)(?:ا?ل|و)?دين$"))
_AR_LAH = re.compile(abjad("(?<=..)(?:ا|و)لله$|(?<=..)لله$|(?<=...)وله$"))
_AR_GODS_SERVANT = re.compile(abjad("(?:عبد|ابد)[او]?ل+ا?[هة]"))
_FATHER_FOLLOWS = re.compile(r"\s(?:[sdw]/o\b|(?:son|daughter|wife) of\b)\s*\S", re.IGNORECASE)
_DIGIT_INSIDE = re.compile(r"[a-z'][0-9]|[0-9][a-z']", re.IGNORECASE)
_CHAT = str.maketrans({"2": "", "3": "a", "5": "kh", "6": "t", "7": "h", "8": "gh", "9": "q"})
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
        lowered = _HANGUL_NAME.sub(lambda found: " ".join(found[0]), lowered)
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
    """Return as many words as are compared; a longer word than that goes on in the next."""
    if max(map(len, words), default=0) > TOKEN_CHARS_MAX:
        words = [
            word[at : at + TOKEN_CHARS_MAX]
            for word in words
            for at in range(0, len(word), TOKEN_CHARS_MAX)
        ]
    return tuple(words[:NAME_TOKENS_MAX])


def read_otherwise(text: str) -> tuple[str, ...]:
    """Return other readings of a person's name as written; mostly none.

    Before ``s/o`` stands the name, and behind it the father's. A digit inside a name looks like a
    letter, or it is a sound of Arabic as phones without Arabic letters write it (``7`` is ``h``).
    """
    found = []
    if ("/" in text or " of " in text) and (father := _FATHER_FOLLOWS.search(text)):
        found.append(text[: father.start()])
    if _DIGIT_INSIDE.search(text):
        found.append("".join(CONFUSABLE.get(c, c) for c in text))
        found.append(text.translate(_CHAT))
    return tuple(found)


def wordings(text: str, tokens: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return how else a listed person's name is written in one: with particles, without titles."""
    words, glued, held = [w for w in words_of(text) if w not in TITLES], [], ""
    for word in words:
        held += word
        if word not in PARTICLES:
            glued.append(held)
            held = ""
    plain = tuple(token for token in tokens if token not in TITLES)
    found = {"".join(tokens): tokens}
    for other in (plain, tuple(glued)):
        if other:
            found.setdefault("".join(other), other)
    return list(found.values())[1:]


_SPECIAL = ABD | LAH | DIN | KUNYA | PARTICLES | ABD_ARTICLES
"""Words of a person's name that depend on their neighbours, or are not part of it."""


def _person_tokens(words: list[str]) -> list[str]:
    out: list[str] = []
    after_servant = False
    for word in words:
        if word not in _SPECIAL:
            after_servant = False
            out.extend(_parts_of(word))
        elif after_servant and word in LAH:
            after_servant = False
            out[-1] = _SERVANT_OF_GOD[is_abjad(word)]
        elif not after_servant or word not in _ARTICLES:
            after_servant = word in ABD
            out.extend(_special_parts(word))
    return out or words


_ARTICLES = PARTICLES | ABD_ARTICLES


def _special_parts(word: str) -> tuple[str, ...]:
    if word in ABD:
        return (SERVANT[is_abjad(word)],)
    if word in LAH:
        return (OF_GOD[is_abjad(word)],)
    if word in DIN:
        return (OF_FAITH[is_abjad(word)],)
    if word in KUNYA:
        return (word if is_abjad(word) else "umm" if word[0] == "u" else "abu",)
    return () if word in PARTICLES else _parts_of(word)


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
    if _AR_GODS_SERVANT.fullmatch(word):
        return (_SERVANT_OF_GOD[1],)
    if found := _AR_ABD.match(word):
        return (SERVANT[1], word[found.end() :])
    if found := _AR_LAH.search(word):
        return (_AR_ARTICLE.sub("", word[: found.start()]), OF_GOD[1])
    if found := _AR_DIN.search(word):
        return (_AR_ARTICLE.sub("", word[: found.start()]), OF_FAITH[1])
    return (_AR_ARTICLE.sub("", word),)
