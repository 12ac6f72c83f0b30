"""What an officer reads: how two names agree word by word, and how much evidence says."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.screening.pairs import SLACK, PairComparer

__all__ = ["explain_name", "strength"]

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


def explain_name(ours: Sequence[str], theirs: Sequence[str], *, pairs: PairComparer) -> str:
    """Say how two folded names agree: which words are the same, sound alike, have no partner."""
    ours, theirs = tuple(ours), tuple(theirs)
    if ours == theirs:
        return "The names are the same, word for word."
    partner = pairs.partners(ours, theirs)
    joined = _swallowed(partner, ours, theirs)
    used = {at for at in partner if at >= 0} | joined
    lost = len(theirs) - len(used)
    if _is_abjad(ours) != _is_abjad(theirs):
        return _across_scripts(partner, lost)
    if _is_abjad(ours):
        return _within_script(partner, ours, theirs, lost)
    return _latin(partner, ours, theirs, used)


def _swallowed(partner: Sequence[int], ours: Sequence[str], theirs: Sequence[str]) -> set[int]:
    """Return listed words that a word of ours covers beside its partner, written as one."""
    free = set(range(len(theirs))) - set(partner)
    return {
        at + 1
        for n, at in enumerate(partner)
        if at >= 0
        and at + 1 in free
        and len(theirs[at]) < len(ours[n])
        and len(theirs[at]) + len(theirs[at + 1]) <= len(ours[n]) + SLACK
    }


def _is_abjad(words: Sequence[str]) -> bool:
    return any(ord(word.lstrip(".")[:1] or "a") >= 128 for word in words)


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
    partner: Sequence[int], ours: Sequence[str], theirs: Sequence[str], used: set[int]
) -> str:
    same = [_shown(word) for n, word in enumerate(ours) if _at(partner, n, theirs) == word]
    alike = [
        f"{_shown(word)} ({_shown(theirs[partner[n]])})"
        for n, word in enumerate(ours)
        if partner[n] >= 0 and theirs[partner[n]] != word
    ]
    only_ours = [_shown(word) for n, word in enumerate(ours) if partner[n] < 0]
    only_theirs = [_shown(word) for n, word in enumerate(theirs) if n not in used]
    parts = [
        f"The same: {', '.join(same)}." if same else "",
        f"Sounds or reads alike (as listed): {', '.join(alike)}." if alike else "",
        f"Only the party has: {', '.join(only_ours)}." if only_ours else "",
        f"Only the list has: {', '.join(only_theirs)}." if only_theirs else "",
    ]
    order = [at for at in partner if at >= 0]
    parts.append("The order differs." if order != sorted(order) else "")
    return " ".join(part for part in parts if part)


def _at(partner: Sequence[int], number: int, theirs: Sequence[str]) -> str:
    return theirs[partner[number]] if partner[number] >= 0 else ""


def _shown(word: str) -> str:
    return word.lstrip(".").capitalize()


def _counted(part: int, whole: int) -> str:
    return f"{part} of {whole} words" if whole != 1 else f"{part} of one word"


def _lonely(count: int) -> str:
    if count == 1:
        return "1 listed word has no partner"
    return f"{count} listed words have no partner"
