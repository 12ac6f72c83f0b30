"""The OFAC list in its advanced XML form.

Codes are declared once in ``ReferenceValueSets`` and used by number afterwards: party sub-types,
name part types and feature types (``Birthdate``, ``Digital Currency Address - XBT`` ...). Each
``DistinctParty`` holds a ``Profile`` with an ``Identity`` (aliases) and ``Feature`` elements.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lxml import etree

from sandrail.screening.dates import PartialDate
from sandrail.screening.errors import IdentityError, ListFormatError
from sandrail.screening.limits import LIST_ENTRIES_MAX
from sandrail.screening.nouns import (
    Identifier,
    Kind,
    ListedName,
    ListEntry,
    ScreeningList,
    clean_identifier,
)
from sandrail.screening.sources.xmlsafe import file_bytes, iter_elements, sha256_of

__all__ = ["load_ofac_advanced_xml"]

_CODES = ("FeatureType", "PartySubType", "NamePartType")
_KINDS = {"individual": Kind.PERSON, "vessel": Kind.VESSEL, "aircraft": Kind.VESSEL}
_WALLET = "Digital Currency Address - "
_LAST = ("Last Name", "Maiden Name", "Matronymic", "Patronymic")


def load_ofac_advanced_xml(source: Path | str | bytes) -> ScreeningList:
    """Read the list from a file or from its bytes.

    Raises:
        ListFormatError: not this list, damaged, or hostile.
    """
    data = file_bytes(source, what="OFAC list")
    if b"<Sanctions" not in data[:8192]:
        raise ListFormatError(
            "The file is not the OFAC advanced list.",
            why="Its root element is not Sanctions.",
            fix="Fetch SDN_ADVANCED.XML from the Sanctions List Service.",
        )
    codes: dict[str, dict[str, str]] = {name: {} for name in _CODES}
    entries: dict[str, ListEntry] = {}
    skipped: list[str] = []
    issued: date | None = None
    tags = (*_CODES, "DateOfIssue", "DistinctParty")
    for element in iter_elements(data, tags=tags, what="OFAC list"):
        tag = etree.QName(element).localname
        if tag == "DateOfIssue":
            issued = issued or _issued(element)
        elif tag != "DistinctParty":
            codes[tag][element.get("ID", "")] = (element.text or "").strip()
        else:
            entry = _entry(element, codes)
            if not entry.names or not entry.id or entry.id in entries:
                skipped.append(f"{entry.id or '?'}: no name, no id, or a repeated id")
                continue
            entries[entry.id] = entry
        if len(entries) > LIST_ENTRIES_MAX:
            raise ListFormatError(f"The OFAC list has more than {LIST_ENTRIES_MAX:,} entries.")
    return ScreeningList(
        source="ofac",
        title="OFAC Specially Designated Nationals and Blocked Persons",
        published=issued,
        sha256=sha256_of(data),
        entries=tuple(entries.values()),
        skipped=tuple(skipped),
    )


def _issued(element: etree._Element) -> date | None:
    parts = [element.findtext(f"{{*}}{p}") or "" for p in ("Year", "Month", "Day")]
    try:
        return date(*(int(p) for p in parts))
    except (ValueError, TypeError):
        return None


def _entry(element: etree._Element, codes: dict[str, dict[str, str]]) -> ListEntry:
    profile = element.find("{*}Profile")
    sub_type = codes["PartySubType"].get(
        profile.get("PartySubTypeID", "") if profile is not None else "", ""
    )
    kind = _KINDS.get(sub_type.lower(), Kind.ENTITY)
    if "PartySubTypeID" not in (profile.attrib if profile is not None else {}):
        kind = Kind.UNKNOWN
    elif sub_type.lower() == "unknown":
        kind = Kind.PERSON if _has_birthdate(element, codes) else Kind.ENTITY
    return ListEntry(
        id=element.get("FixedRef", ""),
        source="ofac",
        kind=kind,
        names=_names(element, codes),
        dobs=_dobs(element, codes),
        identifiers=_wallets(element, codes),
    )


def _has_birthdate(element: etree._Element, codes: dict[str, dict[str, str]]) -> bool:
    found = {
        codes["FeatureType"].get(f.get("FeatureTypeID", "")) for f in element.iter("{*}Feature")
    }
    return "Birthdate" in found


def _names(element: etree._Element, codes: dict[str, dict[str, str]]) -> tuple[ListedName, ...]:
    types = {
        group.get("ID", ""): codes["NamePartType"].get(group.get("NamePartTypeID", ""), "")
        for group in element.iter("{*}NamePartGroup")
    }
    names = []
    for alias in element.iter("{*}Alias"):
        low = alias.get("LowQuality", "").lower() == "true"
        primary = alias.get("Primary", "").lower() == "true"
        for written in alias.iterfind("{*}DocumentedName"):
            first: list[str] = []
            last: list[str] = []
            for value in written.iter("{*}NamePartValue"):
                kind = types.get(value.get("NamePartGroupID", ""), "")
                (last if kind in _LAST else first).append((value.text or "").strip())
            text = " ".join(p for p in (*first, *last) if p)
            quality = "low" if low else "primary" if primary else "good"
            names += [ListedName(text, quality)] if text else []
    names.sort(key=lambda n: n.quality != "primary")
    return tuple(dict.fromkeys(names))


def _dobs(element: etree._Element, codes: dict[str, dict[str, str]]) -> tuple[PartialDate, ...]:
    found = []
    for feature in element.iter("{*}Feature"):
        if codes["FeatureType"].get(feature.get("FeatureTypeID", "")) != "Birthdate":
            continue
        for period in feature.iter("{*}DatePeriod"):
            one = _period(period)
            found += [one] if one is not None else []
    return tuple(dict.fromkeys(found))


def _period(period: etree._Element) -> PartialDate | None:
    start, end = period.find("{*}Start"), period.find("{*}End")
    if start is None:
        return None
    first = _day(start.find("{*}From"))
    last = _day((end if end is not None else start).find("{*}To")) or first
    if first is None or last is None:
        return None
    about = start.get("Approximate", "").lower() == "true"
    try:
        if first == last:
            return PartialDate(*first, approximate=about)
        return PartialDate(first[0], year_to=max(last[0], first[0]), approximate=about)
    except IdentityError:
        return None


def _day(element: etree._Element | None) -> tuple[int, int, int] | None:
    if element is None:
        return None
    parts = [element.findtext(f"{{*}}{p}") or "0" for p in ("Year", "Month", "Day")]
    if not all(p.strip().isdigit() for p in parts):
        return None
    year, month, day = (int(p) for p in parts)
    return year, month, day


def _wallets(element: etree._Element, codes: dict[str, dict[str, str]]) -> tuple[Identifier, ...]:
    found = []
    for feature in element.iter("{*}Feature"):
        kind = codes["FeatureType"].get(feature.get("FeatureTypeID", ""), "")
        if kind.startswith(_WALLET):
            for detail in feature.iter("{*}VersionDetail"):
                value = clean_identifier("wallet", detail.text or "")
                if value:
                    found.append(Identifier("wallet", value, kind.removeprefix(_WALLET)))
    return tuple(dict.fromkeys(found))
