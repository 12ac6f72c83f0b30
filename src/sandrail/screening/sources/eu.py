"""The consolidated financial sanctions list of the European Union (FSF), XML form 1.1.

``export/@generationDate``; each ``sanctionEntity`` has ``subjectType/@classificationCode`` (``P``
or ``E``), ``nameAlias`` with ``@wholeName`` and ``@strong``, ``birthdate``, ``citizenship``,
``address`` and ``identification``.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from lxml import etree

from sandrail.screening.dates import PartialDate, parse_partial_date
from sandrail.screening.errors import IdentityError, ListFormatError
from sandrail.screening.limits import LIST_ENTRIES_MAX, REMARKS_CHARS_MAX
from sandrail.screening.nouns import (
    Identifier,
    Kind,
    ListedName,
    ListEntry,
    ScreeningList,
    clean_identifier,
)
from sandrail.screening.sources.xmlsafe import file_bytes, iter_elements, sha256_of

__all__ = ["load_eu_xml"]

_GENERATED = re.compile(rb'generationDate="(\d{4}-\d{2}-\d{2})')
_SCHEMES = {"passport": "passport", "imo": "imo", "lei": "lei"}


def load_eu_xml(source: Path | str | bytes) -> ScreeningList:
    """Read the list from a file or from its bytes.

    Raises:
        ListFormatError: not this list, damaged, or hostile.
    """
    data = file_bytes(source, what="EU list")
    if b"<export" not in data[:8192]:
        raise ListFormatError(
            "The file is not the EU consolidated list.",
            why="Its root element is not export.",
            fix="Fetch the XML 1.1 form from the Financial Sanctions Files service.",
        )
    entries: dict[str, ListEntry] = {}
    skipped: list[str] = []
    for element in iter_elements(data, tags=("sanctionEntity",), what="EU list"):
        entry = _entry(element)
        if not entry.names or not entry.id or entry.id in entries:
            skipped.append(f"{entry.id or '?'}: no name, no id, or a repeated id")
            continue
        entries[entry.id] = entry
        if len(entries) > LIST_ENTRIES_MAX:
            raise ListFormatError(f"The EU list has more than {LIST_ENTRIES_MAX:,} entries.")
    generated = _GENERATED.search(data[:8192])
    return ScreeningList(
        source="eu",
        title="European Union Consolidated Financial Sanctions List",
        published=date.fromisoformat(generated[1].decode()) if generated else None,
        sha256=sha256_of(data),
        entries=tuple(entries.values()),
        skipped=tuple(skipped),
    )


def _entry(element: etree._Element) -> ListEntry:
    kind_code = _attribute(element, "subjectType", "classificationCode")
    names: list[ListedName] = []
    for alias in element.iterfind("{*}nameAlias"):
        text = alias.get("wholeName") or " ".join(
            filter(None, (alias.get(f"{part}Name") for part in ("first", "middle", "last")))
        )
        strong = alias.get("strong", "true").lower() == "true"
        quality = "low" if not strong else "good" if names else "primary"
        names += [ListedName(" ".join(text.split()), quality)] if text.strip() else []
    return ListEntry(
        id=element.get("logicalId", ""),
        source="eu",
        kind=Kind.PERSON if kind_code == "P" else Kind.ENTITY,
        names=tuple(dict.fromkeys(names)),
        dobs=_dobs(element),
        countries=_attributes(
            element, ("citizenship", "birthdate", "address"), "countryDescription"
        ),
        places=_attributes(element, ("birthdate", "address"), "city"),
        identifiers=_identifiers(element),
        programme=_attribute(element, "regulation", "programme"),
        listed_on=_attribute(element, "regulation", "entryIntoForceDate"),
        remarks=" ".join("".join(map(str, r.itertext())) for r in element.iterfind("{*}remark"))[
            :REMARKS_CHARS_MAX
        ],
    )


def _dobs(element: etree._Element) -> tuple[PartialDate, ...]:
    found = []
    for born in element.iterfind("{*}birthdate"):
        text = born.get("birthdate") or born.get("year") or ""
        first, last = born.get("yearRangeFrom"), born.get("yearRangeTo")
        text = text or (f"{first} to {last}" if first and last else "")
        circa = "c. " if born.get("circa", "").lower() == "true" else ""
        try:
            found.append(parse_partial_date(circa + text))
        except IdentityError:
            continue
    return tuple(dict.fromkeys(found))


def _identifiers(element: etree._Element) -> tuple[Identifier, ...]:
    found = []
    for paper in element.iterfind("{*}identification"):
        kind = (paper.get("identificationTypeCode") or "").lower()
        scheme = _SCHEMES.get(kind, "other")
        value = clean_identifier(scheme, paper.get("number") or "")
        if len(value) >= 5:
            found.append(Identifier(scheme, value, paper.get("countryIso2Code") or ""))
    return tuple(dict.fromkeys(found))


def _attribute(element: etree._Element, tag: str, name: str) -> str:
    child = element.find(f"{{*}}{tag}")
    return (child.get(name) or "") if child is not None else ""


def _attributes(element: etree._Element, tags: tuple[str, ...], name: str) -> tuple[str, ...]:
    values = [c.get(name) or "" for tag in tags for c in element.iterfind(f"{{*}}{tag}")]
    return tuple(dict.fromkeys(v for v in values if v and v != "UNKNOWN"))
