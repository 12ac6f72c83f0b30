"""A limit lives once, in a pack: no code repeats a number of the law."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import sandrail
from sandrail.rulebook import find_packs, load_pack
from sandrail.rulebook.units import Dimension

SOURCE = Path(sandrail.__file__).parent
JUDGING = ("casework", "controls", "products", "rulebook", "supervision", "transfers")
"""Rooms that apply law. In them no amount of a pack may stand, however round it is."""
AMOUNT_MIN = 10_000
PER_MILLION = 1_000_000


@cache
def _amounts() -> dict[int, str]:
    """Return every amount of a pack in major and minor units, with its rule."""
    found: dict[int, str] = {}
    for pack_id in find_packs():
        pack = load_pack(pack_id)
        for rule in pack.rules:
            if rule.dimension is not Dimension.MONEY:
                continue
            minor = rule.money(pack).minor
            for amount in (minor, minor // 10 ** pack.assets[rule.unit].scale):
                if amount >= AMOUNT_MIN:
                    found.setdefault(amount, f"{pack_id} {rule.id}")
    return found


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        digits = token.string.replace("_", "")
        if token.type == tokenize.NUMBER and digits.isdecimal():
            yield token.start[0], int(digits)


def _repeated(text: str, *, judging: bool) -> list[str]:
    """Return the numbers of the law in a source text; round ones only where law is applied."""
    amounts = _amounts()
    return [
        f"line {line}: {number} ({amounts[number]})"
        for line, number in _numbers(text)
        if number in amounts
        and number != PER_MILLION
        and (judging or len(str(number).rstrip("0")) > 1)
    ]


@pytest.mark.parametrize("room", sorted(path.name for path in SOURCE.iterdir() if path.is_dir()))
def test_no_room_repeats_a_number_of_the_law(room: str) -> None:
    found = {
        str(path.relative_to(SOURCE)): repeated
        for path in sorted((SOURCE / room).rglob("*.py"))
        if path.name != "limits.py"
        and (repeated := _repeated(path.read_text(encoding="utf-8"), judging=room in JUDGING))
    }
    if room == "trials":
        found.pop("trials/classes.py", None)  # what synthetic people buy, in round rupees
    assert found == {}


@pytest.mark.parametrize(
    ("text", "judging", "caught"),
    [
        ("HOLDING_MAX = 280_000\n", False, True),
        ("HOLDING_MAX = 28000000\n", False, True),
        ("TRANSFER_MAX = 100_000\n", True, True),
        ("TRANSFER_MAX = 100_000\n", False, False),
        ("PAGE_MAX = 281_000\n", True, False),
        ("# 280000 in a comment\n", True, False),
    ],
)
def test_a_planted_number_is_caught(text: str, judging: bool, caught: bool) -> None:
    assert bool(_repeated(text, judging=judging)) is caught
