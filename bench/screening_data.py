"""Data for the screening benchmark: lists, strangers, and the split into three parts.

Third-party files are read from the folder that ``SANDRAIL_TEST_DATA`` names; nothing of them is
kept. The hash of a *person* (not of an entry: one man can be on two lists) says in which part he
is: weights are fitted on the first, thresholds are chosen on the second, and only the third is ever
reported. Strangers are split the same way, by name.
"""

from __future__ import annotations

import csv
import hashlib
import math
import os
import random
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sandrail.screening import Kind, ListedName, ListEntry, ScreeningList, load_un_xml
from sandrail.screening.fold import tokens_of
from sandrail.screening.sources import load_ofac_csv
from sandrail.screening.synthetic import GIVEN_NAMES

ARABIC = re.compile("[\u0590-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
FOREIGN = re.compile("[^\x00-\u024f\u1e00-\u1eff\u2000-\u206f]")
DECOYS = 20_021


def folder() -> Path:
    """Return the folder of test data, or end with a clear message."""
    path = os.environ.get("SANDRAIL_TEST_DATA", "")
    if not path or not (Path(path) / "names").is_dir():
        sys.exit("SANDRAIL_TEST_DATA must name the folder that holds lists/ and names/.")
    return Path(path)


TUNE, CHOOSE, JUDGE = 0, 1, 2


def part_of(key: str) -> int:
    """Return the part that a person belongs to: ``TUNE``, ``CHOOSE`` or ``JUDGE``."""
    return int(hashlib.sha256(b"sandrail/split/2|" + key.encode()).hexdigest(), 16) % 3


def persons(lists: Sequence[ScreeningList]) -> dict[tuple[str, str], str]:
    """Return which person each entry is: entries that share a name of three words are one."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    for entry in (e for one in lists for e in one.entries):
        own = f"{entry.source}/{entry.id}"
        for name in entry.names:
            words = sorted(set(tokens_of(name.text, entity=entry.kind is not Kind.PERSON)))
            if len(words) >= 3:
                one, two = sorted((root(own), root(" ".join(words))))
                parent[two] = one
    return {(e.source, e.id): root(f"{e.source}/{e.id}") for one in lists for e in one.entries}


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


_FAMILY_NAMES = (
    "Khan", "Ahmed", "Ali", "Hussain", "Shah", "Malik", "Iqbal", "Akhtar", "Butt", "Chaudhry",
    "Sheikh", "Qureshi", "Awan", "Siddiqui", "Mirza", "Bhatti", "Rana", "Raza", "Abbasi",
    "Ansari", "Baig", "Gondal", "Hashmi", "Javed", "Kazmi", "Khattak", "Lodhi", "Memon",
    "Mengal", "Naqvi", "Niazi", "Paracha", "Rajput", "Rehman", "Saleem", "Soomro", "Tareen",
    "Usmani", "Warraich", "Yousafzai", "Zaidi",
)  # fmt: skip


def common_names(count: int, *, seed: int = 86) -> list[dict[str, str]]:
    """Return invented Pakistani customers, most of whom bear very common names.

    One given name in three is Muhammad, and given and family names follow a steep curve: a book of
    customers has many bearers of the same few names, and each must be told from a listed one.
    """
    rng = random.Random(seed)
    given = ["Muhammad", "Ahmed", "Ali", *(name for name, _ in GIVEN_NAMES)]
    family = list(_FAMILY_NAMES)

    def pick(names: list[str]) -> str:
        return names[min(int(rng.paretovariate(0.7)) - 1, len(names) - 1)]

    rows = []
    for _ in range(count):
        words = [pick(given), rng.choice(given), pick(family)]
        words = words[:1] + words[2:] if rng.random() < 0.5 else words
        rows.append(
            {
                "full_name": " ".join(dict.fromkeys(words)),
                "date_of_birth": f"{rng.randint(1950, 2006)}-{rng.randint(1, 12):02d}"
                f"-{rng.randint(1, 28):02d}",
                "father_name": f"{rng.choice(given)} {pick(family)}",
                "nationality": "Pakistan",
            }
        )
    return rows


def shares_of(asked: Mapping[str, Sequence[bool]]) -> tuple[dict[str, float], list[str]]:
    """Return the share of yes by label, and a line with size and interval for every label.

    A label of one kind of disguise (``new kind: …``) has a line only.
    """
    lines = []
    shares: dict[str, float] = {}
    for label, answers in sorted(asked.items()):
        low, high = wilson(sum(answers), len(answers))
        share = sum(answers) / len(answers)
        lines.append(f"{label:48} {share:8.4f}  [{low:.4f}, {high:.4f}]  of {len(answers):,}")
        if "kind:" not in label:
            shares[label] = share
    return shares, lines


def wilson(right: int, asked: int) -> tuple[float, float]:
    """Return the 95 per cent confidence interval of a share."""
    if asked == 0:
        return 0.0, 1.0
    z, share = 1.96, right / asked
    middle = share + z * z / (2 * asked)
    spread = z * math.sqrt(share * (1 - share) / asked + z * z / (4 * asked * asked))
    scale = 1 + z * z / asked
    return (middle - spread) / scale, (middle + spread) / scale
