"""Data for the screening benchmark: lists, disguises, and the split into fitting and judging.

Third-party files are read from the folder that ``SANDRAIL_TEST_DATA`` names; nothing of them is
kept. A name belongs to the half that the hash of its entry's id says, so that the judging half is
the same for ever and never seen while fitting.
"""

from __future__ import annotations

import csv
import hashlib
import os
import random
import re
import sys
from dataclasses import replace
from pathlib import Path

from sandrail.screening import Kind, ListedName, ListEntry, ScreeningList, load_un_xml
from sandrail.screening.sources import load_ofac_csv

ARABIC = re.compile("[\u0590-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
FOREIGN = re.compile("[^\x00-\u024f\u1e00-\u1eff\u2000-\u206f]")
DECOYS = 20_021


def folder() -> Path:
    """Return the folder of test data, or end with a clear message."""
    path = os.environ.get("SANDRAIL_TEST_DATA", "")
    if not path or not (Path(path) / "names").is_dir():
        sys.exit("SANDRAIL_TEST_DATA must name the folder that holds lists/ and names/.")
    return Path(path)


def half(key: str) -> int:
    """Return 0 for fitting, 1 for judging."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 2


def real_lists() -> list[ScreeningList]:
    """Return the UN list and the OFAC list."""
    lists = folder() / "lists"
    un = load_un_xml(next(lists.glob("un_consolidated_*.xml")))
    ofac = load_ofac_csv(
        lists / "ofac_sdn.csv",
        alt=lists / "ofac_alt.csv",
        add=lists / "ofac_add.csv",
        comments=lists / "ofac_sdn_comments.csv",
    )
    return [un, ofac]


def strangers() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return people on no list: those to screen, and those who fill the index as decoys."""
    ask, fill = [], []
    for name in ("us", "global"):
        with (folder() / "names" / f"negatives_{name}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        ask += rows[:10_000]
        fill += rows[10_000:]
    return ask, fill[:DECOYS]


def latin_only(one: ScreeningList) -> ScreeningList:
    """Return the list without the names that are in another script."""
    entries = []
    for entry in one.entries:
        names = tuple(n for n in entry.names if not FOREIGN.search(n.text))
        if names:
            entries.append(replace(entry, names=names))
    return replace(one, entries=tuple(entries))


def decoy_list(rows: list[dict[str, str]]) -> ScreeningList:
    """Return invented people as a list, to bring the index to its size."""
    entries = tuple(
        ListEntry(id=str(i), source="decoy", kind=Kind.PERSON, names=(ListedName(r["full_name"]),))
        for i, r in enumerate(rows)
    )
    return ScreeningList("decoy", "Decoys", None, "0" * 64, entries)


_SPELLINGS = (
    ("ou", "u"), ("u", "oo"), ("i", "ee"), ("ee", "i"), ("y", "i"), ("kh", "h"), ("q", "k"),
    ("ss", "s"), ("mm", "m"), ("a", "e"), ("dh", "d"), ("z", "s"), ("j", "dj"), ("w", "v"),
    ("v", "w"), ("ph", "f"), ("ch", "sh"), ("aw", "au"), ("ay", "ai"), ("o", "u"),
)  # fmt: skip


def _typo(word: str, rng: random.Random) -> str:
    if len(word) < 4:
        return word
    at, way = rng.randrange(1, len(word) - 1), rng.randrange(4)
    letter = rng.choice("abcdefghiklmnoprstuvyz")
    return (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )[way]


def disguise(name: str, rng: random.Random) -> str:
    """Alter a Latin name the way clerks and evaders do: one of nine treatments."""
    words = name.split(" ")
    way = rng.randrange(9)
    longest = max(range(len(words)), key=lambda i: len(words[i]))
    if way == 0:
        words[longest] = _typo(words[longest], rng)
    elif way == 1 and len(words) > 2:
        words.pop(rng.randrange(1, len(words) - 1))
    elif way == 2:
        words = words[-1:] + words[:-1]
    elif way == 3 and len(words) > 2:
        at = rng.randrange(1, len(words) - 1)
        words[at] = words[at][:1] + "."
    elif way == 4 and len(words) > 1:
        at = rng.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1].lower()]
    elif way == 5 and len(words[longest]) > 6:
        cut = len(words[longest]) // 2
        words[longest : longest + 1] = [words[longest][:cut], words[longest][cut:]]
    elif way == 6:
        text = name.lower()
        for old, new in rng.sample(_SPELLINGS, 5):
            text = text.replace(old, new, 1)
        return text
    elif way == 7:
        words = [_typo(w, rng) if len(w) > 4 and rng.random() < 0.5 else w for w in words]
    elif way == 8:
        words = ["Mr.", *words]
    return " ".join(words)
