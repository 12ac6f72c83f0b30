"""The United Nations Security Council Consolidated List (XML).

Shape: ``CONSOLIDATED_LIST/@dateGenerated``, ``INDIVIDUALS/INDIVIDUAL``, ``ENTITIES/ENTITY``; names
in up to four parts, the original script in ``NAME_ORIGINAL_SCRIPT``, aliases with a quality.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from lxml import etree

from sandrail.screening.dates import PartialDate, parse_partial_date
from sandrail.screening.errors import IdentityError, ListFormatError
from sandrail.screening.limits import (
    LIST_ENTRIES_MAX,
    NAMES_PER_ENTRY_MAX,
    REMARKS_CHARS_MAX,
)
from sandrail.screening.nouns import (
    Identifier,
    Kind,
    ListedName,
    ListEntry,
    ScreeningList,
    clean_identifier,
)
from sandrail.screening.sources.xmlsafe import file_bytes, iter_elements, sha256_of, texts

__all__ = ["load_un_xml"]

_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_FATHER = re.compile(r"[Ff]ather(?:'s|’s)?\s+name(?:\s+is)?\s*:?\s*([^.;,(]{3,80})")
_GENERATED = re.compile(rb'dateGenerated="(\d{4}-\d{2}-\d{2})')


def load_un_xml(source: Path | str | bytes, *, name: str = "un") -> ScreeningList:
    """Read the consolidated list from a file or from its bytes.

    Raises:
        ListFormatError: not this list, damaged, or hostile.
    """
    data = file_bytes(source, what="UN list")
    if b"<CONSOLIDATED_LIST" not in data[:8192]:
        raise ListFormatError(
            "The file is not the UN consolidated list.",
            why="Its root element is not CONSOLIDATED_LIST.",
            fix="Fetch the XML form from scsanctions.un.org.",
        )
    entries: list[ListEntry] = []
    skipped: list[str] = []
    seen: set[str] = set()
    for element in iter_elements(data, tags=("INDIVIDUAL", "ENTITY"), what="UN list"):
        entry = _entry(element, name)
        if not entry.names or not entry.id or entry.id in seen:
            skipped.append(f"{entry.id or '?'}: no name, no id, or a repeated id")
            continue
        seen.add(entry.id)
        entries.append(entry)
        if len(entries) > LIST_ENTRIES_MAX:
            raise ListFormatError(f"The UN list has more than {LIST_ENTRIES_MAX:,} entries.")
    generated = _GENERATED.search(data[:8192])
    return ScreeningList(
        source=name,
        title="United Nations Security Council Consolidated List",
        published=date.fromisoformat(generated[1].decode()) if generated else None,
        sha256=sha256_of(data),
        entries=tuple(entries),
        skipped=tuple(skipped),
    )


def _entry(element: etree._Element, source: str) -> ListEntry:
    person = element.tag == "INDIVIDUAL"
    prefix = "INDIVIDUAL" if person else "ENTITY"
    remarks = " ".join(texts(element, "COMMENTS1"))[:REMARKS_CHARS_MAX]
    countries = texts(element, "NATIONALITY/VALUE")
    countries += texts(element, "INDIVIDUAL_PLACE_OF_BIRTH/COUNTRY")
    countries += texts(element, f"{prefix}_ADDRESS/COUNTRY")
    places = []
    for where in (f"{prefix}_ADDRESS", "INDIVIDUAL_PLACE_OF_BIRTH"):
        places += texts(element, f"{where}/CITY") + texts(element, f"{where}/STATE_PROVINCE")
    father = [m.strip() for m in _FATHER.findall(remarks)]
    return ListEntry(
        id=_first(element, "DATAID"),
        source=source,
        kind=Kind.PERSON if person else Kind.ENTITY,
        names=_names(element, prefix),
        father_names=_unique(father),
        dobs=_dobs(element) if person else (),
        countries=_unique(countries),
        places=_unique(places),
        identifiers=_documents(element) if person else (),
        programme=_first(element, "UN_LIST_TYPE"),
        listed_on=_first(element, "LISTED_ON"),
        remarks=remarks,
    )


def _names(element: etree._Element, prefix: str) -> tuple[ListedName, ...]:
    names = [ListedName(" ".join(t for part in _PARTS for t in texts(element, part)))]
    names += [ListedName(text) for text in texts(element, "NAME_ORIGINAL_SCRIPT")]
    for alias in element.iterfind(f"{prefix}_ALIAS"):
        quality = "low" if _first(alias, "QUALITY").lower() == "low" else "good"
        for text in texts(alias, "ALIAS_NAME"):
            names += [ListedName(part.strip(), quality) for part in text.split(";")]
    kept = {n.text: n for n in reversed(names) if n.text}
    return tuple(reversed(kept.values()))[:NAMES_PER_ENTRY_MAX]


def _dobs(element: etree._Element) -> tuple[PartialDate, ...]:
    found: list[PartialDate] = []
    for born in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        kind = _first(born, "TYPE_OF_DATE")
        first, last = _first(born, "FROM_YEAR"), _first(born, "TO_YEAR")
        text = (
            _first(born, "DATE") or _first(born, "YEAR") or (f"{first} to {last}" if first else "")
        )
        if not text:
            continue
        try:
            parsed = parse_partial_date(text)
        except IdentityError:
            continue
        about = kind.upper().startswith("APPROX") or parsed.approximate
        found.append(
            PartialDate(parsed.year, parsed.month, parsed.day, parsed.year_to, approximate=about)
        )
    return tuple(dict.fromkeys(found))


def _documents(element: etree._Element) -> tuple[Identifier, ...]:
    found = []
    for document in element.iterfind("INDIVIDUAL_DOCUMENT"):
        number = _first(document, "NUMBER")
        kind = (
            _first(document, "TYPE_OF_DOCUMENT") + _first(document, "TYPE_OF_DOCUMENT2")
        ).lower()
        country = _first(document, "ISSUING_COUNTRY") or _first(document, "COUNTRY_OF_ISSUE")
        for part in re.split(r"[;,]| issued", number)[:1]:
            is_cnic = "national" in kind and country.lower() == "pakistan"
            scheme = "passport" if "passport" in kind else "cnic" if is_cnic else "other"
            value = clean_identifier(scheme, part)
            if len(value) >= 5:
                found.append(Identifier(scheme, value, country))
    return tuple(dict.fromkeys(found))


def _first(element: etree._Element, path: str) -> str:
    found = texts(element, path)
    return found[0] if found else ""


def _unique(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for v in values if v))
