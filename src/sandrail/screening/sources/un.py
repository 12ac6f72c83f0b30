"""The United Nations Security Council Consolidated List (XML).

Shape: ``CONSOLIDATED_LIST/@dateGenerated``, ``INDIVIDUALS/INDIVIDUAL``, ``ENTITIES/ENTITY``; names
in up to four parts, the original script in ``NAME_ORIGINAL_SCRIPT``, aliases with a quality and at
times with a birth of their own, documents whose numbers stand inside sentences.
"""

from __future__ import annotations

import re

from lxml import etree

from sandrail.screening.nouns import Kind, ScreeningList
from sandrail.screening.sources.draft import EntryDraft, ListDraft, Source
from sandrail.screening.sources.numbers import number_in, scheme_of
from sandrail.screening.sources.xml_list import day_in, read_xml_list
from sandrail.screening.sources.xmlsafe import XmlShape, first_text, texts

__all__ = ["load_un_xml"]

_SHAPE = XmlShape(
    "CONSOLIDATED_LIST",
    ("INDIVIDUAL", "ENTITY"),
    "Fetch the XML form from scsanctions.un.org.",
    dated="CONSOLIDATED_LIST",
)
_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_FATHER = re.compile(
    r"(?:father['’`]?s?\s+name(?:\s+(?:is|was))?|name\s+of\s+(?:his\s+)?father(?:\s+is)?)\s*:?\s*"
    r"((?:(?!\b(?:also known|provided|who)\b)[^.;,(]){3,80})",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"(?:original|arabic|cyrillic)\s+script:\s*([^;,]+)", re.IGNORECASE)
_ASIDE = re.compile(r"\(([^)]*)\)")
_YEAR = re.compile(r"\b\d{4}\b")
_BEYOND_LATIN = "\u0370"


def load_un_xml(source: Source, *, name: str = "un") -> ScreeningList:
    """Read the consolidated list from a file or from its bytes.

    Raises:
        ListFormatError: not this list, damaged, or hostile.
    """
    title = "United Nations Security Council Consolidated List"
    return read_xml_list(
        source,
        ListDraft(name, title, what="UN list"),
        _SHAPE,
        draft_of=_draft,
        day_of=lambda root: day_in(root.get("dateGenerated")),
    )


def _draft(element: etree._Element) -> EntryDraft:
    person = element.tag == "INDIVIDUAL"
    prefix = "INDIVIDUAL" if person else "ENTITY"
    remarks = " ".join(texts(element, "COMMENTS1"))
    draft = EntryDraft(
        first_text(element, "DATAID"),
        Kind.PERSON if person else Kind.ENTITY,
        programme=first_text(element, "UN_LIST_TYPE"),
        listed_on=first_text(element, "LISTED_ON"),
        remarks=remarks,
    )
    _add_names(draft, element, prefix)
    draft.add_fathers(m.strip() for m in _FATHER.findall(remarks))
    draft.add_countries(texts(element, "NATIONALITY/VALUE"))
    draft.add_countries(texts(element, "INDIVIDUAL_PLACE_OF_BIRTH/COUNTRY"))
    draft.add_countries(texts(element, f"{prefix}_ADDRESS/COUNTRY"))
    for where in (f"{prefix}_ADDRESS", "INDIVIDUAL_PLACE_OF_BIRTH"):
        draft.add_places(texts(element, f"{where}/CITY"))
        draft.add_places(texts(element, f"{where}/STATE_PROVINCE"))
    if person:
        for born in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
            _add_dob(draft, born)
        for document in element.iterfind("INDIVIDUAL_DOCUMENT"):
            _add_document(draft, document)
        for alias in element.iterfind("INDIVIDUAL_ALIAS"):
            _add_birth_of_alias(draft, alias)
    draft.add_wallets_in(remarks)
    return draft


def _add_names(draft: EntryDraft, element: etree._Element, prefix: str) -> None:
    draft.add_name(" ".join(t for part in _PARTS for t in texts(element, part)), "primary")
    for text in texts(element, "NAME_ORIGINAL_SCRIPT"):
        draft.add_name(text, "primary")
    for alias in element.iterfind(f"{prefix}_ALIAS"):
        quality = "low" if first_text(alias, "QUALITY").lower() == "low" else "good"
        for text in texts(alias, "ALIAS_NAME"):
            for part in text.split(";"):
                _add_alias(draft, part, quality)
        for script in _SCRIPT.findall(first_text(alias, "NOTE")):
            draft.add_name(script, quality)
    for note in texts(element, "INDIVIDUAL_DOCUMENT/NOTE"):
        for script in _SCRIPT.findall(note):
            draft.add_name(script)


def _add_alias(draft: EntryDraft, text: str, quality: str) -> None:
    """Add an alias; one that gives itself again in another script in brackets is two."""
    scripts = [part for part in _ASIDE.findall(text) if part and max(part) >= _BEYOND_LATIN]
    draft.add_name(_ASIDE.sub(" ", text) if scripts else text, quality)
    for script in scripts:
        draft.add_name(script, quality)


def _add_dob(draft: EntryDraft, born: etree._Element) -> None:
    kind, note = first_text(born, "TYPE_OF_DATE"), first_text(born, "NOTE")
    first, last = first_text(born, "FROM_YEAR"), first_text(born, "TO_YEAR")
    text = first_text(born, "DATE") or first_text(born, "YEAR")
    text = text or (f"{first} to {last or first}" if first else "")
    about = kind.upper().startswith("APPROX") or note.lower().startswith("approx")
    if text:
        draft.add_dob(text, about=about)
    elif note:
        plain = _ASIDE.sub(" ", note).strip()
        years = _YEAR.findall(plain)
        known = "hijri" not in note.lower() and draft.add_dob(plain, about=about)
        if not known and years:
            draft.add_dob(years[-1], about=True)


def _add_birth_of_alias(draft: EntryDraft, alias: etree._Element) -> None:
    draft.add_countries(texts(alias, "COUNTRY_OF_BIRTH"))
    draft.add_places(texts(alias, "CITY_OF_BIRTH"))
    for text in texts(alias, "DATE_OF_BIRTH"):
        draft.add_dob(text)


def _add_document(draft: EntryDraft, document: etree._Element) -> None:
    more = first_text(document, "TYPE_OF_DOCUMENT2")
    given = (first_text(document, "NUMBER"), more, first_text(document, "NOTE"))
    number, text = next(((number_in(t), t) for t in given if number_in(t)), ("", ""))
    kind = f"{first_text(document, 'TYPE_OF_DOCUMENT')} {more} {text}"
    country = first_text(document, "ISSUING_COUNTRY") or first_text(document, "COUNTRY_OF_ISSUE")
    draft.add_number(scheme_of(kind, number, country), number, country)
