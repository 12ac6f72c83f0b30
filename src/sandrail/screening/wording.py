"""What an officer reads: how two names agree word by word, and how much evidence says."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.screening.pairs import SLACK
from sandrail.screening.scripts import ABJAD_BASE

__all__ = ["explain_name", "strength"]

_FIRST_ABJAD = chr(ABJAD_BASE)

_STRENGTHS = (
    (3_000, "strongly for"),
    (1_000, "for"),
    (1, "a little for"),
    (0, "says nothing"),
    (-999, "a little against"),
    (-2_999, "against"),
)


def strength(weight_milli: int) -> str:
    """Return how much a weight (thousandths of log-odds) says, in words."""
    for least, words in _STRENGTHS:
        if weight_milli >= least:
            return words
    return "strongly against"


def explain_name(ours: tuple[str, ...], theirs: tuple[str, ...], partners: Sequence[int]) -> str:
    """Say how two folded names agree: which words are the same, sound alike, have no partner.

    Args:
        ours: the words of the party's name.
        theirs: the words of the listed one.
        partners: for each of ours the place of its partner in theirs, or -1.
    """
    if ours == theirs:
        return "The names are the same, word for word."
    used = _used(partners, ours, theirs)
    if _is_abjad(ours) != _is_abjad(theirs):
        return _across_scripts(partners, len(theirs) - len(used))
    if _is_abjad(ours):
        return _within_script(partners, ours, theirs, len(theirs) - len(used))
    return _latin(partners, ours, theirs, used)


def _used(partners: Sequence[int], ours: Sequence[str], theirs: Sequence[str]) -> set[int]:
    """Return the listed words that have a partner, or that a word of ours covers beside it."""
    used = {at for at in partners if at >= 0}
    last = len(theirs) - 1
    for n, at in enumerate(partners):
        if 0 <= at < last and at + 1 not in used:
            room = len(ours[n]) + SLACK - len(theirs[at]) - len(theirs[at + 1])
            if room >= 0 and len(theirs[at]) < len(ours[n]):
                used.add(at + 1)
    return used


def _is_abjad(words: Sequence[str]) -> bool:
    return max(words, default="") >= _FIRST_ABJAD


def _across_scripts(partner: Sequence[int], lost: int) -> str:
    alike = sum(at >= 0 for at in partner)
    said = f"The names are in different scripts; {_counted(alike, len(partner))} sound alike"
    return f"{said}, and {_lonely(lost)}." if lost > 0 else f"{said}."


def _within_script(
    partner: Sequence[int], ours: Sequence[str], theirs: Sequence[str], lost: int
) -> str:
    same = sum(at >= 0 and ours[n] == theirs[at] for n, at in enumerate(partner))
    alike = sum(at >= 0 for at in partner) - same
    said = f"{_counted(same, len(ours))} are the same"
    said += f", {alike} sound alike" if alike else ""
    return f"{said}, {_lonely(lost)}." if lost > 0 else f"{said}."


def _latin(
    partners: Sequence[int], ours: Sequence[str], theirs: Sequence[str], used: set[int]
) -> str:
    same, alike, only_ours = [], [], []
    for word, at in zip(ours, partners, strict=True):
        if at < 0:
            only_ours.append(_shown(word))
        elif theirs[at] == word:
            same.append(_shown(word))
        else:
            alike.append(f"{_shown(word)} ({_shown(theirs[at])})")
    only_theirs = [_shown(word) for at, word in enumerate(theirs) if at not in used]
    parts = [
        f"{lead}: {', '.join(words)}."
        for lead, words in (
            ("The same", same),
            ("Sounds or reads alike (as listed)", alike),
            ("Only the party has", only_ours),
            ("Only the list has", only_theirs),
        )
        if words
    ]
    order = [at for at in partners if at >= 0]
    if order != sorted(order):
        parts.append("The order differs.")
    return " ".join(parts)


def _shown(word: str) -> str:
    return word.lstrip(".").capitalize()


def _counted(part: int, whole: int) -> str:
    return f"{part} of {whole} words" if whole != 1 else f"{part} of one word"


def _lonely(count: int) -> str:
    if count == 1:
        return "1 listed word has no partner"
    return f"{count} listed words have no partner"
