"""Names that people know: two spellings of one name, or two names that only sound alike.

``Zahid`` and ``Shahid`` differ by as little as ``Zahid`` and ``Zahed``; only who knows the names
knows that the first two are two men. ``known_names.txt`` is that knowledge, and also says how many
people bear a name. The kernels read it as a hash table of folded words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.fold import tokens_of

__all__ = ["SLOT_BITS", "KnownNames", "hash_of", "known_names"]

SLOT_BITS = 13
"""The table has two to this power places; at most half of them are taken."""

_BASE = 0x100000001B3
_MIX = 0x9E3779B97F4A7C15
_WHOLE = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The table of known names.

    Attributes:
        group: number of the name that each folded spelling is of; ambiguous ones are not in it.
        share: of the population, who bear a name; by its first spelling in each alphabet.
        share_of: the same by any spelling, ambiguous ones too.
        codes, groups: the same as an open hash table of ``1 << SLOT_BITS`` places, for kernels.
    """

    group: dict[str, int]
    share: dict[str, float]
    share_of: dict[str, float]
    codes: NDArray[np.uint64]
    groups: NDArray[np.uint16]


def hash_of(word: str) -> int:
    """Return the 64-bit code of a folded word, as the kernels compute it; never 0."""
    code = len(word)
    for letter in word:
        code = (code * _BASE + ord(letter) + 1) & _WHOLE
    return code


@lru_cache(maxsize=1)
def known_names() -> KnownNames:
    """Return the table that ships with the room."""
    text = files(__package__).joinpath("known_names.txt").read_text(encoding="utf-8")
    return parse_known_names(text)


def parse_known_names(text: str) -> KnownNames:
    """Read lines of ``bearers latin-spellings | other-spellings``; the form is told in the file."""
    lines_of: dict[str, set[int]] = {}
    share: dict[str, float] = {}
    share_of: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        bearers, _, rest = line.partition(" ")
        for part in rest.split("|"):
            words = [_folded(word, number) for word in part.split()]
            if words and float(bearers) > 0:
                share[words[0]] = max(share.get(words[0], 0.0), float(bearers) / 1000)
            for word in words:
                lines_of.setdefault(word, set()).add(number)
                share_of[word] = max(share_of.get(word, 0.0), float(bearers) / 1000)
    group = {word: min(lines) for word, lines in lines_of.items() if len(lines) == 1}
    codes, groups = _hash_table(group)
    return KnownNames(group, share, share_of, codes, groups)


def _folded(word: str, number: int) -> str:
    tokens = tokens_of(word)
    if len(tokens) != 1:
        raise ValueError(f"Line {number}: {word} is read as {tokens}; give the names apart.")
    return tokens[0]


def _hash_table(group: dict[str, int]) -> tuple[NDArray[np.uint64], NDArray[np.uint16]]:
    size = 1 << SLOT_BITS
    if 2 * len(group) > size:
        raise ValueError(f"{len(group)} spellings: raise SLOT_BITS, places must be half empty.")
    codes, groups = np.zeros(size, np.uint64), np.zeros(size, np.uint16)
    for word, number in group.items():
        slot = first_slot(hash_of(word))
        while codes[slot] != 0:
            slot = (slot + 1) % size
        codes[slot], groups[slot] = hash_of(word), number
    return codes, groups


def first_slot(code: int) -> int:
    """Return where the search for a code starts."""
    return (((code ^ (code >> 29)) * _MIX) & _WHOLE) >> (64 - SLOT_BITS)
