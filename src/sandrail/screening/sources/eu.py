"""The consolidated financial sanctions list of the European Union (FSF), XML form 1.1.

``export/@generationDate``; each ``sanctionEntity`` has ``subjectType/@classificationCode`` (``P``
or ``E``), ``nameAlias`` with ``@wholeName`` and ``@strong``, ``birthdate`` (whole, in parts, a
range, in another calendar), ``citizenship``, ``address``, ``identification`` and ``regulation``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from sandrail.screening.nouns import Kind, ScreeningList
from sandrail.screening.sources.draft import EntryDraft, ListDraft, Source, squeezed
from sandrail.screening.sources.numbers import number_in, scheme_of
from sandrail.screening.sources.xml_list import day_in, read_xml_list
from sandrail.screening.sources.xmlsafe import XmlShape

__all__ = ["load_eu_xml"]

_SHAPE = XmlShape(
    "export",
    ("sanctionEntity",),
    "Fetch the XML 1.1 form from the Financial Sanctions Files service.",
    dated="export",
)
_KINDS = {"P": Kind.PERSON, "E": Kind.ENTITY}
_KINDS_IN_WORDS = {"person": Kind.PERSON, "enterprise": Kind.ENTITY}
_LOW = re.compile(r"\blo\w?\s+quality", re.IGNORECASE)
_SCHEMES = {"imo": "imo", "lei": "lei"}
_UNSAID = {"", "UNKNOWN", "00"}


def load_eu_xml(source: Source) -> ScreeningList:
    """Read the list from a file or from its bytes.

    Raises:
        ListFormatError: not this list, damaged, or hostile.
    """
    title = "European Union Consolidated Financial Sanctions List"
    return read_xml_list(
        source,
        ListDraft("eu", title, what="EU list"),
        _SHAPE,
        draft_of=_draft,
        day_of=lambda root: day_in(root.get("generationDate")),
    )


def _draft(element: etree._Element) -> EntryDraft:
    regulation = element.find("{*}regulation")
    programme = in_force = ""
    if regulation is not None:
        programme = regulation.get("programme", "")
        in_force = regulation.get("entryIntoForceDate", "")
    remarks = [squeezed(element.get("euReferenceNumber")), squeezed(element.get("unitedNationId"))]
    remarks += [_text(remark) for remark in element.iterfind("{*}remark")]
    draft = EntryDraft(
        element.get("logicalId", ""),
        _kind(element),
        programme=programme,
        listed_on=element.get("designationDate") or in_force,
        remarks=" ".join(part for part in remarks if part),
    )
    for alias in element.iterfind("{*}nameAlias"):
        _add_name(draft, alias)
    for born in element.iterfind("{*}birthdate"):
        _add_dob(draft, born)
    for tag in ("citizenship", "birthdate", "address"):
        for place in element.iterfind(f"{{*}}{tag}"):
            draft.add_countries(_said(place, "countryDescription"))
            draft.add_places(_said(place, "city", "region"))
    for paper in element.iterfind("{*}identification"):
        _add_paper(draft, paper)
    draft.add_wallets_in(draft.remarks)
    return draft


def _kind(element: etree._Element) -> Kind:
    subject = element.find("{*}subjectType")
    if subject is None:
        return Kind.UNKNOWN
    by_word = _KINDS_IN_WORDS.get(subject.get("code", "").lower(), Kind.UNKNOWN)
    return _KINDS.get(subject.get("classificationCode", "").upper(), by_word)


def _said(element: etree._Element, *names: str) -> Iterator[str]:
    """Return those of the attributes that say something."""
    return (text for name in names if (text := element.get(name, "")) not in _UNSAID)


def _text(element: etree._Element) -> str:
    return squeezed("".join(map(str, element.itertext())))


def _add_name(draft: EntryDraft, alias: etree._Element) -> None:
    parts = (alias.get(f"{part}Name", "") for part in ("first", "middle", "last"))
    text = squeezed(alias.get("wholeName")) or squeezed(" ".join(parts))
    said_low = any(_LOW.search(_text(remark)) for remark in alias.iterfind("{*}remark"))
    strong = alias.get("strong", "true").lower() != "false" and not said_low
    first = strong and "primary" not in draft.names.values()
    draft.add_name(text, "primary" if first else "good" if strong else "low")


def _add_dob(draft: EntryDraft, born: etree._Element) -> None:
    about = born.get("circa", "").lower() == "true"
    year, month, day = (born.get(part, "") for part in ("year", "monthOfYear", "dayOfMonth"))
    if born.get("calendarType", "GREGORIAN").upper() not in ("GREGORIAN", ""):
        # A lunar or solar Hijri year covers parts of two of ours; its month says little here.
        draft.add_dob(year or born.get("birthdate", "")[:4], about=True)
        return
    first, last = born.get("yearRangeFrom", ""), born.get("yearRangeTo", "")
    text = born.get("birthdate", "")
    if not text and year:
        text = "-".join(part.zfill(2) for part in (year, month, day if month else "") if part)
    if not text and first and last:
        text = f"{first} to {last}"
    if text:
        draft.add_dob(text, about=about)
    elif first or last:
        edge = f"Born in {first} or later." if first else f"Born in {last} or before."
        draft.remarks = f"{draft.remarks} {edge}".strip()


def _add_paper(draft: EntryDraft, paper: etree._Element) -> None:
    code = paper.get("identificationTypeCode", "").lower()
    country = paper.get("countryDescription", "") or paper.get("countryIso2Code", "")
    country = "" if country in _UNSAID else country
    said = " ".join((code, paper.get("identificationTypeDescription", "")))
    for attribute in ("number", "latinNumber"):
        number = number_in(paper.get(attribute, ""))
        issuer = "Pakistan" if country == "PK" else country
        draft.add_number(_SCHEMES.get(code) or scheme_of(said, number, issuer), number, country)
