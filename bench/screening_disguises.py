"""Ways to write a listed name differently. Some kinds are used for fitting, others never are.

Every kind takes a Latin name and a generator of chance and returns the altered name, or nothing
where it cannot be applied. ``TUNING`` kinds may be seen by the fit; ``HELD_OUT`` kinds are only
ever used for judging, on entries that were kept from the fit as well.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

__all__ = ["HELD_OUT", "SEALED", "TUNING", "apply"]

Disguise = Callable[[str, random.Random], "str | None"]

_SPELLINGS = (
    ("ou", "u"), ("u", "oo"), ("i", "ee"), ("ee", "i"), ("y", "i"), ("kh", "h"), ("q", "k"),
    ("ss", "s"), ("mm", "m"), ("a", "e"), ("dh", "d"), ("z", "s"), ("j", "dj"), ("w", "v"),
    ("v", "w"), ("ph", "f"), ("ch", "sh"), ("aw", "au"), ("ay", "ai"), ("o", "u"),
)  # fmt: skip
_CLOSE_LETTERS = "abcdefghiklmnoprstuvyz"


def _longest(words: list[str]) -> int:
    return max(range(len(words)), key=lambda i: len(words[i]))


def _slip(word: str, rng: random.Random) -> str:
    if len(word) < 4:
        return word
    at, way = rng.randrange(1, len(word) - 1), rng.randrange(4)
    letter = rng.choice(_CLOSE_LETTERS)
    return (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )[way]


def _typo(name: str, rng: random.Random) -> str | None:
    words = name.split()
    at = _longest(words)
    words[at] = _slip(words[at], rng)
    return " ".join(words)


def _dropped_middle(name: str, rng: random.Random) -> str | None:
    words = name.split()
    if len(words) < 3:
        return None
    words.pop(rng.randrange(1, len(words) - 1))
    return " ".join(words)


def _last_first(name: str, _: random.Random) -> str | None:
    words = name.split()
    return " ".join(words[-1:] + words[:-1]) if len(words) > 1 else None


def _initial(name: str, rng: random.Random) -> str | None:
    words = name.split()
    if len(words) < 3:
        return None
    at = rng.randrange(1, len(words) - 1)
    words[at] = words[at][:1] + "."
    return " ".join(words)


def _joined(name: str, rng: random.Random) -> str | None:
    words = name.split()
    if len(words) < 2:
        return None
    at = rng.randrange(len(words) - 1)
    words[at : at + 2] = [words[at] + words[at + 1].lower()]
    return " ".join(words)


def _split(name: str, _: random.Random) -> str | None:
    words = name.split()
    at = _longest(words)
    if len(words[at]) < 7:
        return None
    cut = len(words[at]) // 2
    words[at : at + 1] = [words[at][:cut], words[at][cut:]]
    return " ".join(words)


def _respelt(name: str, rng: random.Random) -> str | None:
    text = name.lower()
    for old, new in rng.sample(_SPELLINGS, 5):
        text = text.replace(old, new, 1)
    return text


def _several_typos(name: str, rng: random.Random) -> str | None:
    return " ".join(_slip(w, rng) if len(w) > 4 and rng.random() < 0.5 else w for w in name.split())


def _titled(name: str, rng: random.Random) -> str | None:
    return f"{rng.choice(('Mr.', 'Haji', 'Dr', 'Maulvi'))} {name}"


TUNING: dict[str, Disguise] = {
    "typo": _typo,
    "dropped middle": _dropped_middle,
    "last first": _last_first,
    "initial": _initial,
    "joined": _joined,
    "split": _split,
    "respelt": _respelt,
    "several typos": _several_typos,
    "titled": _titled,
}

_GERMAN = (
    ("sh", "sch"), ("kh", "ch"), ("j", "dsch"), ("y", "j"), ("z", "s"), ("v", "w"), ("oo", "u"),
)  # fmt: skip
_FRENCH = (
    ("sh", "ch"), ("j", "dj"), ("u", "ou"), ("oo", "ou"), ("w", "ou"), ("ee", "i"), ("k", "c"),
)  # fmt: skip
_TURKISH = (
    ("sh", "ş"), ("ch", "ç"), ("kh", "h"), ("j", "c"), ("w", "v"), ("q", "k"), ("gh", "ğ"),
)  # fmt: skip
_SOUTH_ASIAN = (
    ("ee", "i"), ("i", "ee"), ("u", "oo"), ("aa", "a"), ("q", "k"), ("f", "ph"), ("w", "v"),
    ("ai", "e"), ("y", "i"), ("dh", "d"),
)  # fmt: skip


def _romanised(rules: tuple[tuple[str, str], ...]) -> Disguise:
    def write(name: str, _: random.Random) -> str | None:
        table = dict(rules)
        found = re.compile("|".join(sorted(table, key=len, reverse=True)))
        return found.sub(lambda match: table[match[0]], name.lower())

    return write


def _homoglyphs(name: str, rng: random.Random) -> str | None:
    table = dict(zip("aeopcxyi", "аеорсхуі", strict=True))
    return "".join(table.get(c, c) if rng.random() < 0.7 else c for c in name)


def _digits(name: str, rng: random.Random) -> str | None:
    table = dict(zip("oieas", "01345", strict=True))
    places = [i for i, c in enumerate(name) if c in table]
    if not places:
        return None
    letters = list(name)
    for at in rng.sample(places, min(2, len(places))):
        letters[at] = table[letters[at]]
    return "".join(letters)


def _unseen_letters(name: str, rng: random.Random) -> str | None:
    at = rng.randrange(1, len(name))
    return name[:at] + "\u200b" + name[at:]


def _reversed(name: str, _: random.Random) -> str | None:
    words = name.split()
    return " ".join(reversed(words)) if len(words) > 2 else None


def _hyphens(name: str, _: random.Random) -> str | None:
    return name.replace(" ", "-") if " " in name else None


def _all_joined(name: str, _: random.Random) -> str | None:
    words = name.split()
    return "".join(words) if 2 <= len(words) <= 3 else None


def _added_father(name: str, rng: random.Random) -> str | None:
    return f"{name} s/o {rng.choice(('Karim', 'Yusuf', 'Ivan', 'Pedro', 'Rashid'))}"


def _first_initial(name: str, _: random.Random) -> str | None:
    words = name.split()
    return " ".join([words[0][:1] + ".", *words[1:]]) if len(words) > 2 else None


def _typo_and_order(name: str, rng: random.Random) -> str | None:
    return _last_first(_typo(name, rng) or name, rng)


def _respelt_joined(name: str, rng: random.Random) -> str | None:
    return _joined(_respelt(name, rng) or name, rng)


_URDU_PAIRS = {
    "sh": "ش", "ch": "چ", "kh": "خ", "gh": "غ", "th": "تھ", "dh": "دھ", "ph": "ف", "zh": "ژ",
    "ee": "ی", "oo": "و", "ou": "و", "aa": "ا", "ai": "ای", "au": "او", "aw": "او",
}  # fmt: skip
_URDU_LETTERS = {
    "b": "ب", "c": "ک", "d": "د", "f": "ف", "g": "گ", "h": "ہ", "i": "ی", "j": "ج", "k": "ک",
    "l": "ل", "m": "م", "n": "ن", "o": "و", "p": "پ", "q": "ق", "r": "ر", "s": "س", "t": "ت",
    "u": "و", "v": "و", "w": "و", "x": "کس", "y": "ی", "z": "ز",
}  # fmt: skip


def _urdu(name: str, _: random.Random) -> str | None:
    """Write the sounds in Urdu letters; a short vowel inside a word is not written."""
    if not name.isascii():
        return None
    letters = _URDU_LETTERS
    out = []
    for word in re.findall("[a-z]+", name.lower()):
        text, at = "", 0
        while at < len(word):
            pair = word[at : at + 2]
            if pair in _URDU_PAIRS:
                text, at = text + _URDU_PAIRS[pair], at + 2
                continue
            letter, edge = word[at], at in (0, len(word) - 1)
            if letter in "aeiou":
                text += ("ا" if at == 0 else letters.get(letter, "ا")) if edge else ""
                text += "ی" if letter == "i" and not edge else ""
                text += "و" if letter in "ou" and not edge else ""
            elif at == 0 or word[at - 1] != letter:
                text += letters.get(letter, "")
            at += 1
        out.append(text)
    return " ".join(out)


HELD_OUT: dict[str, Disguise] = {
    "German spelling": _romanised(_GERMAN),
    "French spelling": _romanised(_FRENCH),
    "Turkish spelling": _romanised(_TURKISH),
    "South Asian spelling": _romanised(_SOUTH_ASIAN),
    "homoglyphs": _homoglyphs,
    "digits for letters": _digits,
    "unseen letters": _unseen_letters,
    "whole order reversed": _reversed,
    "hyphens": _hyphens,
    "all joined": _all_joined,
    "father added": _added_father,
    "first name an initial": _first_initial,
    "typo and order": _typo_and_order,
    "respelt and joined": _respelt_joined,
    "Urdu letters": _urdu,
}

_MALAY = (("sh", "sy"), ("ch", "c"), ("oo", "u"), ("ee", "i"), ("dh", "dz"), ("v", "w"), ("q", "k"))
_RUSSIAN = (
    ("kh", "kh"), ("sh", "sh"), ("ch", "ch"), ("h", "kh"), ("j", "dzh"), ("w", "v"), ("q", "k"),
    ("oo", "u"), ("ee", "i"), ("th", "s"), ("ai", "ay"),
)  # fmt: skip
_DUTCH = (("sh", "sj"), ("j", "dj"), ("oo", "oe"), ("u", "oe"), ("kh", "ch"), ("y", "j"))
_ITALIAN = (
    ("sh", "sci"), ("ch", "ci"), ("j", "gi"), ("k", "ch"), ("y", "i"), ("w", "u"), ("oo", "u"),
    ("ee", "i"), ("ph", "f"),
)  # fmt: skip
_SPANISH = (
    ("sh", "ch"), ("kh", "j"), ("h", "j"), ("j", "y"), ("v", "b"), ("z", "s"), ("w", "gu"),
    ("oo", "u"), ("ee", "i"), ("k", "q"),
)  # fmt: skip
_POLISH = (
    ("sh", "sz"), ("ch", "cz"), ("kh", "ch"), ("j", "dż"), ("y", "j"), ("v", "w"), ("zh", "ż"),
    ("oo", "u"), ("ee", "i"),
)  # fmt: skip


def _vowels_dropped(name: str, _: random.Random) -> str | None:
    return re.sub(r"(?<=\w)[aeiouAEIOU](?=\w)", "", name)


def _reversed_joined(name: str, _: random.Random) -> str | None:
    words = name.split()
    return "".join(reversed(words)) if 2 <= len(words) <= 4 else None


def _long_joined(name: str, _: random.Random) -> str | None:
    words = name.split()
    return "".join(words) if 4 <= len(words) <= 6 else None


def _joined_typo(name: str, rng: random.Random) -> str | None:
    words = name.split()
    return _slip("".join(words), rng) if 2 <= len(words) <= 4 else None


def _moved_spaces(name: str, rng: random.Random) -> str | None:
    """Every space stands one or two letters from where it should."""
    words = name.split()
    if len(words) < 2 or any(len(w) < 4 for w in words):
        return None
    for at in range(len(words) - 1):
        cut = rng.randint(1, 2)
        words[at], words[at + 1] = words[at][:-cut], words[at][-cut:] + words[at + 1]
    return " ".join(words)


def _doubled(name: str, rng: random.Random) -> str | None:
    return "".join(c * 2 if c.isalpha() and rng.random() < 0.2 else c for c in name)


def _misread(name: str, _: random.Random) -> str | None:
    text = name.lower()
    for right, wrong in (("m", "rn"), ("d", "cl"), ("w", "vv"), ("u", "ii")):
        text = text.replace(right, wrong, 1)
    return text


def _chat_digits(name: str, _: random.Random) -> str | None:
    text = name.lower()
    for right, wrong in (("kh", "5"), ("h", "7"), ("'a", "3"), ("q", "9")):
        text = text.replace(right, wrong)
    return text


def _nisba_added(name: str, rng: random.Random) -> str | None:
    return f"{name} {rng.choice(('al-Dimashqi', 'Peshawari', 'al-Tunisi', 'Herati', 'Lahori'))}"


def _kunya_added(name: str, rng: random.Random) -> str | None:
    return f"Abu {rng.choice(('Yasir', 'Hafs', 'Talha', 'Zarr', 'Salman'))} {name}"


SEALED: dict[str, Disguise] = {
    "Malay spelling": _romanised(_MALAY),
    "Russian spelling": _romanised(_RUSSIAN),
    "Dutch spelling": _romanised(_DUTCH),
    "Italian spelling": _romanised(_ITALIAN),
    "Spanish spelling": _romanised(_SPANISH),
    "Polish spelling": _romanised(_POLISH),
    "inner vowels dropped": _vowels_dropped,
    "reversed and joined": _reversed_joined,
    "four and more joined": _long_joined,
    "joined with a slip": _joined_typo,
    "spaces moved": _moved_spaces,
    "letters doubled": _doubled,
    "misread by a machine": _misread,
    "chat digits": _chat_digits,
    "nisba added": _nisba_added,
    "kunya added": _kunya_added,
}
"""Written before the rules for spelling systems and joined names were, and asked only after."""


def apply(kinds: dict[str, Disguise], name: str, rng: random.Random) -> tuple[str, str]:
    """Return one kind that can be applied, and the name altered by it."""
    names = sorted(kinds)
    for kind in rng.sample(names, len(names)):
        altered = kinds[kind](name, rng)
        if altered is not None and altered.strip():
            return kind, altered
    return "none", name
