"""The OFAC lists in their enhanced XML form: everything of one party in one ``entity``.

``sanctionsData/publicationInfo/dataAsOf``; each ``entity`` has ``generalInfo/entityType``,
``names/name`` with one translation a script, ``features/feature`` with a ``type`` and a ``value``,
``identityDocuments``, ``addresses`` and ``sanctionsPrograms``.
"""

from __future__ import annotations

from datetime import date

from lxml import etree

from sandrail.screening.errors import ListFormatError
from sandrail.screening.nouns import Kind, ScreeningList
from sandrail.screening.sources.draft import EntryDraft, ListDraft, Source, squeezed
from sandrail.screening.sources.numbers import number_in, scheme_of
from sandrail.screening.sources.ofac import OFAC_TITLES, surname_last
from sandrail.screening.sources.stream import open_list
from sandrail.screening.sources.xmlsafe import XmlShape, first_text, iter_elements, texts

__all__ = ["load_ofac_enhanced_xml"]

_SHAPE = XmlShape(
    "sanctionsData",
    ("publicationInfo", "entity"),
    "Fetch SDN_ENHANCED.XML from the Sanctions List Service.",
)
_KINDS = {
    "individual": Kind.PERSON,
    "entity": Kind.ENTITY,
    "vessel": Kind.VESSEL,
    "aircraft": Kind.VESSEL,
}
_WALLET = "Digital Currency Address - "


def load_ofac_enhanced_xml(source: Source, *, name: str = "ofac") -> ScreeningList:
    """Read a list from a file or from its bytes; a delta file is refused.

    Raises:
        ListFormatError: not this list, damaged, or hostile.
    """
    found = ListDraft(name, OFAC_TITLES.get(name, name), what="OFAC enhanced list")
    published: date | None = None
    with open_list(source, what="OFAC enhanced list") as file:
        elements = iter_elements(file, _SHAPE)
        next(elements)
        for element in elements:
            if str(element.tag).endswith("publicationInfo"):
                published = published or _day(first_text(element, "{*}dataAsOf"))
            elif element.get("action"):
                raise ListFormatError(
                    "The file is not the OFAC enhanced list.",
                    why="Its entities are changes to another version: it is a delta file.",
                    fix=_SHAPE.fix,
                )
            else:
                found.add(_draft(element))
        return found.done(file.sha256(), published)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _draft(element: etree._Element) -> EntryDraft:
    kind = _KINDS.get(first_text(element, "{*}generalInfo/{*}entityType").lower(), Kind.UNKNOWN)
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
        _add_paper(draft, paper)
    address = "{*}addresses/{*}address"
    draft.add_countries(texts(element, f"{address}/{{*}}country"))
    parts = f"{address}/{{*}}translations/{{*}}translation/{{*}}addressParts/{{*}}addressPart"
    for part in element.iterfind(parts):
        if first_text(part, "{*}type").upper() in ("CITY", "STATE/PROVINCE"):
            draft.add_places(texts(part, "{*}value"))
    return draft


def _add_feature(draft: EntryDraft, kind: str, value: str) -> None:
    if kind.startswith(_WALLET):
        draft.add_number("wallet", value, squeezed(kind.removeprefix(_WALLET)))
    elif kind == "Birthdate":
        draft.add_dob(value)
    elif kind == "Place of Birth":
        *city, country = value.split(",")
        draft.add_countries((country,))
        draft.add_places(city)
    elif kind.startswith(("Nationality", "Citizenship")):
        draft.add_countries((value,))


def _add_paper(draft: EntryDraft, paper: etree._Element) -> None:
    kind, text = first_text(paper, "{*}type"), first_text(paper, "{*}documentNumber")
    country = first_text(paper, "{*}issuingCountry")
    if "Vessel Registration" in kind or text.startswith("IMO "):
        draft.add_number("imo", text.removeprefix("IMO"))
    elif kind.startswith("Legal Entity"):
        draft.add_number("lei", text)
    else:
        number = number_in(text)
        draft.add_number(scheme_of(kind, number, country), number, country)
