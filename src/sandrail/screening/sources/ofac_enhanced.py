"""The OFAC lists in their enhanced XML form: everything of one party in one ``entity``.

``sanctionsData/publicationInfo/dataAsOf``; each ``entity`` has ``generalInfo/entityType``,
``names/name`` with one translation a script, ``features/feature`` with a ``type`` and a ``value``,
``identityDocuments``, ``addresses`` and ``sanctionsPrograms``.
"""

from __future__ import annotations

from lxml import etree

from sandrail.screening.errors import ListFormatError
from sandrail.screening.nouns import Kind, ScreeningList
from sandrail.screening.sources.draft import EntryDraft, ListDraft, Source
from sandrail.screening.sources.ofac_terms import (
    OFAC_KINDS,
    OFAC_TITLES,
    add_document,
    add_feature,
    surname_last,
)
from sandrail.screening.sources.xml_list import day_in, read_xml_list
from sandrail.screening.sources.xmlsafe import XmlShape, first_text, texts

__all__ = ["load_ofac_enhanced_xml"]

_SHAPE = XmlShape(
    "sanctionsData",
    ("entity",),
    "Fetch SDN_ENHANCED.XML from the Sanctions List Service.",
    dated="publicationInfo",
)


def load_ofac_enhanced_xml(source: Source, *, name: str = "ofac") -> ScreeningList:
    """Read a list from a file or from its bytes; a delta file is refused.

    Raises:
        ListFormatError: not this list, damaged, or hostile.
    """
    return read_xml_list(
        source,
        ListDraft(name, OFAC_TITLES.get(name, name), what="OFAC enhanced list"),
        _SHAPE,
        draft_of=_draft,
        day_of=lambda publication: day_in(first_text(publication, "{*}dataAsOf")),
    )


def _draft(element: etree._Element) -> EntryDraft:
    if element.get("action"):
        raise ListFormatError(
            "The file is not the OFAC enhanced list.",
            why="Its entities are changes to another version: it is a delta file.",
            fix=_SHAPE.fix,
        )
    kind = OFAC_KINDS.get(first_text(element, "{*}generalInfo/{*}entityType").lower(), Kind.UNKNOWN)
    lists = element.iterfind("{*}sanctionsLists/{*}sanctionsList")
    draft = EntryDraft(
        element.get("id", ""),
        kind,
        programme="; ".join(texts(element, "{*}sanctionsPrograms/{*}sanctionsProgram")),
        listed_on=min((t for one in lists if (t := one.get("datePublished"))), default=""),
        remarks=first_text(element, "{*}generalInfo/{*}remarks"),
    )
    order = surname_last if kind is Kind.PERSON else str
    for name in element.iterfind("{*}names/{*}name"):
        low = first_text(name, "{*}isLowQuality") == "true"
        primary = first_text(name, "{*}isPrimary") == "true"
        for text in texts(name, "{*}translations/{*}translation/{*}formattedFullName"):
            draft.add_name(order(text), "low" if low else "primary" if primary else "good")
    for feature in element.iterfind("{*}features/{*}feature"):
        _add_feature(draft, first_text(feature, "{*}type"), first_text(feature, "{*}value"))
    for paper in element.iterfind("{*}identityDocuments/{*}identityDocument"):
        kind_of_paper = first_text(paper, "{*}type")
        number = first_text(paper, "{*}documentNumber")
        add_document(draft, kind_of_paper, number, first_text(paper, "{*}issuingCountry"))
    address = "{*}addresses/{*}address"
    draft.add_countries(texts(element, f"{address}/{{*}}country"))
    parts = f"{address}/{{*}}translations/{{*}}translation/{{*}}addressParts/{{*}}addressPart"
    for part in element.iterfind(parts):
        if first_text(part, "{*}type").upper() in ("CITY", "STATE/PROVINCE"):
            draft.add_places(texts(part, "{*}value"))
    return draft


def _add_feature(draft: EntryDraft, kind: str, value: str) -> None:
    if kind == "Birthdate":
        draft.add_dob(value)
    elif kind.startswith(("Nationality", "Citizenship")):
        draft.add_countries((value,))
    else:
        add_feature(draft, kind, value)
