"""A designated person tries twenty disguises; a namesake is served. Every fate is in the journal.

Run ``python examples/screening/twenty_disguises.py``. Nobody in it exists.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from sandrail.journal import Journal, write_slice
from sandrail.screening import (
    Decision,
    Index,
    ScreeningBook,
    identity_from,
    load_firm_csv,
    load_un_xml,
)
from sandrail.world import TrialClock, parse_instant

LIST = Path(__file__).resolve().parents[1] / "rupee-art" / "lists" / "synthetic_un.xml"
DOB, FATHER, SCRIPT = "1973-04-22", "Haroon Kohmari", "عبد الغفار کوہماری"
WALLET = "0x00000000000000000000000000000000000badd1"
FIRM_LIST = (
    "id,name,aliases,dob,father_name,cnic,passport,wallet\n"
    f"d1,Abdul Ghaffar Yousaf Kohmari,Haji Ghaffar,{DOB},{FATHER},9900000000017,"
    f"XA7654321,{WALLET}\n"
).encode()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way in.

    Attributes:
        disguise: what is tried.
        fields: what the applicant writes.
        caught: whether screening must hold or freeze it.
    """

    disguise: str
    fields: dict[str, str]
    caught: bool = True


ATTEMPTS: tuple[Attempt, ...] = (
    Attempt("no disguise", {"name": "Abdul Ghaffar Yousaf Kohmari", "dob": DOB}),
    Attempt("transliteration", {"name": "Abdool Ghafar Yusuf Kuhmary", "dob": DOB}),
    Attempt("French transliteration", {"name": "Abdoul Gaffar Youssouf Kohmari", "dob": DOB}),
    Attempt("Urdu script", {"name": "عبد الغفار یوسف کوہماری", "dob": DOB}),
    Attempt("Arabic letters", {"name": "عبدالغفار يوسف كوهماري", "dob": DOB}),
    Attempt("Urdu script, no date", {"name": "عبد الغفار یوسف کوہماری"}),
    Attempt("dropped patronymic", {"name": "Abdul Ghaffar Kohmari", "dob": DOB}),
    Attempt("dropped servant's word", {"name": "Ghaffar Yousaf Kohmari", "dob": DOB}),
    Attempt("joined parts", {"name": "Abdulghaffar YousafKohmari", "dob": DOB}),
    Attempt("split parts", {"name": "Abdul Ghaf Far Yousaf Koh Mari", "dob": DOB}),
    Attempt("reversed order", {"name": "Kohmari, Yousaf Abdul Ghaffar", "dob": DOB}),
    Attempt("homoglyphs (Cyrillic)", {"name": "Аbdul Ghаffаr Yоusаf Kоhmаri", "dob": DOB}),
    Attempt("digits for letters", {"name": "Abdu1 Gh4ffar Y0usaf K0hmari", "dob": DOB}),
    Attempt(
        "invisible characters",
        {"name": "Abdul Gha\u200bffar You\u2060saf Koh\u200dmari", "dob": DOB},
    ),
    Attempt(
        "titles in front",
        {"name": "Haji Maulana Dr. Abdul Ghaffar Yousaf Kohmari Sahib", "dob": DOB},
    ),
    Attempt("initials", {"name": "A. G. Yousaf Kohmari", "dob": DOB}),
    Attempt("a date one day off", {"name": "Abdul Ghaffar Yousaf Kohmari", "dob": "1973-04-21"}),
    Attempt("another name, own passport", {"name": "Tariq Mehmood", "passport": "XA 7654321"}),
    Attempt(
        "another name, own wallet (mule)",
        {"name": "Sajida Parveen", "wallets": WALLET.upper().replace("0X", "0x")},
    ),
    Attempt(
        "new account, father named", {"name": "Abdul Ghafoor Yousuf Kohmari", "father_name": FATHER}
    ),
    Attempt(
        "a mule without any link", {"name": "Sajida Parveen", "dob": "1990-02-03"}, caught=False
    ),
    Attempt(
        "NOT him: a namesake, another father, another birthday",
        {"name": "Abdul Ghaffar Yousaf Kohmari", "dob": "1996-09-02", "father_name": "Bilal Nasir"},
        caught=False,
    ),
)


def run(journal: Journal) -> list[tuple[Attempt, Decision, str]]:
    """Screen every attempt as a party of its own; each verdict becomes a fact."""
    lists = [load_un_xml(LIST), load_firm_csv(FIRM_LIST)]
    book = ScreeningBook(
        Index.build(lists), clock=TrialClock(parse_instant("2026-03-02")), journal=journal
    )
    results = book.screen_all(
        identity_from(attempt.fields, party_no=number) for number, attempt in enumerate(ATTEMPTS)
    )
    return [(a, r.decision, r.explanation) for a, r in zip(ATTEMPTS, results, strict=True)]


def main(target: Path | None) -> int:
    """Print the fates; write the evidence to ``target`` if given; return 1 if one got through."""
    journal = Journal.in_memory("twenty-disguises")
    fates = run(journal)
    for attempt, decision, explanation in fates:
        sys.stdout.write(f"{decision.name:8} {attempt.disguise:54} {explanation[:90]}\n")
    if target is not None:
        write_slice(target, "twenty-disguises", journal.facts())
    wrong = [a for a, d, _ in fates if (d is not Decision.CLEAR) is not a.caught]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
