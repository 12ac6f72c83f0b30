"""What OFAC's forms say in the same words, whichever of them a file is."""

from __future__ import annotations

from sandrail.screening.nouns import Kind
from sandrail.screening.sources.draft import EntryDraft
from sandrail.screening.sources.numbers import number_in, scheme_of

__all__ = [
    "OFAC_KINDS",
    "OFAC_TITLES",
    "add_birthplace",
    "add_document",
    "add_feature",
    "surname_last",
]

OFAC_TITLES = {
    "ofac": "OFAC Specially Designated Nationals and Blocked Persons",
    "ofac_cons": "OFAC Consolidated List of sanctions other than SDN",
}
"""What OFAC calls its two lists; they share every form."""

OFAC_KINDS = {
    "individual": Kind.PERSON,
    "entity": Kind.ENTITY,
    "vessel": Kind.VESSEL,
    "aircraft": Kind.VESSEL,
}
_WALLET = "Digital Currency Address - "


def surname_last(name: str) -> str:
    """Turn ``DOE, John`` into ``John DOE``; leave anything else alone."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and "," not in first else name


def add_birthplace(draft: EntryDraft, text: str) -> None:
    """Add a place of birth, written with the country last: ``Talgan, Sangbar, Narwand``."""
    *city, country = text.split(",")
    draft.add_countries((country,))
    draft.add_places(city)


def add_feature(draft: EntryDraft, kind: str, value: str) -> None:
    """Add a wallet or a place of birth; the XML forms differ in how they say any other feature."""
    if kind.startswith(_WALLET):
        draft.add_number("wallet", value, kind.removeprefix(_WALLET))
    elif kind == "Place of Birth":
        add_birthplace(draft, value)


def add_document(draft: EntryDraft, kind: str, text: str, country: str) -> None:
    """Add the number of a registration document.

    Args:
        draft: the entry.
        kind: OFAC's words for the document.
        text: its number, with ``IMO`` before that of a ship.
        country: of issue, if said.
    """
    if "Vessel Registration" in kind or text.startswith("IMO "):
        draft.add_number("imo", text.removeprefix("IMO"))
    elif kind.startswith("Legal Entity"):
        draft.add_number("lei", text)
    else:
        number = number_in(text)
        draft.add_number(scheme_of(kind, number, country), number, country)
