"""One-off questions: a name, two names, and the answer as plain data for a person or a program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sandrail.screening.dates import parse_partial_date
from sandrail.screening.errors import IdentityError
from sandrail.screening.fold import tokens_of
from sandrail.screening.limits import NAME_CHARS_MAX
from sandrail.screening.model import load_model
from sandrail.screening.nouns import Kind, PartyIdentity, ScreeningResult
from sandrail.screening.pairs import PairComparer
from sandrail.screening.screen import Screener

__all__ = ["FIELDS", "NameComparison", "compare_names", "identity_from", "screen_name"]

FIELDS = (
    "name",
    "other_names",
    "father_name",
    "dob",
    "cnic",
    "country",
    "wallets",
    "kind",
    "passport",
    "place",
    "lei",
    "imo",
    "registration",
)
"""What a form or a file may say about a party; several names or wallets are parted by ``;``."""


@dataclass(frozen=True, slots=True)
class NameComparison:
    """How two bare names compare.

    Attributes:
        same: whether they are called the same.
        margin_milli: thousandths of log-odds above (or below) the threshold.
    """

    same: bool
    margin_milli: int


@lru_cache(maxsize=1)
def _comparer() -> PairComparer:
    return PairComparer()


def compare_names(one: str, two: str, *, entity: bool = False) -> NameComparison:
    """Compare two names without any list."""
    model = load_model()
    family = "pair_entity" if entity else "pair_person"
    odds = _comparer().log_odds(one, two, model.weights[family], entity=entity)
    margin = odds - model.pair_threshold[family]
    return NameComparison(margin >= 0, round(margin * 1000))


def identity_from(fields: dict[str, str], *, party_no: int = -1) -> PartyIdentity:
    """Make an identity from texts, as a form or a file gives them.

    Args:
        fields: ``name`` and any of the other :data:`FIELDS`;
            ``other_names`` and ``wallets`` parted by ``;``.
        party_no: if it has one.

    Raises:
        IdentityError: there is no name, a name without a letter, a bad date, or an unknown kind.
    """
    name = " ".join(fields.get("name", "").split())
    kind = _kind(fields.get("kind", ""))
    # A body may be called 1881; a person called by digits is a number in the wrong column.
    lettered = kind in (Kind.ENTITY, Kind.VESSEL) or any(sign.isalpha() for sign in name)
    if not lettered or len(name) > 4 * NAME_CHARS_MAX or not tokens_of(name):
        raise IdentityError(
            f"{name[:40]!r} is not a name that can be screened.",
            why="It is empty, endless, or has no letter in a script that is known here.",
            fix="Give the name as on the identity document, in any script.",
        )
    _require_whole_numbers(fields)
    dob = fields.get("dob", "").strip()
    return PartyIdentity(
        party_no=party_no,
        name=name,
        other_names=_many(fields.get("other_names", "")),
        father_name=fields.get("father_name", "").strip(),
        dob=parse_partial_date(dob) if dob else None,
        cnic=fields.get("cnic", "").strip(),
        country=fields.get("country", "").strip(),
        wallets=_many(fields.get("wallets", "")),
        kind=kind,
        passport=fields.get("passport", "").strip(),
        place=fields.get("place", "").strip(),
        lei=fields.get("lei", "").strip(),
        imo=fields.get("imo", "").strip(),
        registration=fields.get("registration", "").strip(),
    )


def _require_whole_numbers(fields: dict[str, str]) -> None:
    """Refuse a number that has gone through a spreadsheet: it would meet nobody, without a word."""
    for column in _NUMBERS:
        for value in _many(fields.get(column, "")):
            if _SPREADSHEET_NUMBER.fullmatch(value):
                raise IdentityError(
                    f"{value!r} is not a number of {column} as a document has it.",
                    why="A spreadsheet wrote it as a number, and digits may be lost.",
                    fix="Export the column as text, with all its digits.",
                )


_NUMBERS = ("cnic", "passport", "lei", "imo", "registration", "wallets")
_SPREADSHEET_NUMBER = re.compile(r"[0-9]+\.0+|[0-9]+([.,][0-9]+)?[eE]\+[0-9]+")

_KINDS = {
    **{kind.value: kind for kind in Kind},
    **dict.fromkeys(("organisation", "organization", "company", "firm"), Kind.ENTITY),
    **dict.fromkeys(("ship", "aircraft"), Kind.VESSEL),
    **dict.fromkeys(("individual",), Kind.PERSON),
    "": Kind.UNKNOWN,
}


def _kind(text: str) -> Kind:
    """Return the kind a form names; where it names none, every kind is searched."""
    kind = _KINDS.get(text.strip().lower())
    if kind is None:
        raise IdentityError(
            f"{text[:40]!r} is not a kind of party.",
            why="Known kinds: person, organisation (or entity), vessel, unknown.",
            fix="Leave it out if it is not known: then persons, organisations and vessels are "
            "searched.",
        )
    return kind


def _many(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def screen_name(
    screener: Screener,
    name: str,
    *,
    dob: str = "",
    father: str = "",
    cnic: str = "",
    country: str = "",
    kind: str = "",
) -> ScreeningResult:
    """Answer ``sandrail screen NAME``."""
    given = {"dob": dob, "father_name": father, "cnic": cnic, "country": country, "kind": kind}
    return screener.screen(identity_from({"name": name, **given}))
