"""The OFAC lists in their advanced XML form.

Codes are declared once in ``ReferenceValueSets`` and used by number afterwards: countries, kinds
of party, parts of names, features, documents. Then come ``Locations``, ``IDRegDocuments`` (by
identity), ``DistinctParties`` (each a ``Profile`` with an ``Identity`` and ``Feature`` elements)
and ``SanctionsEntries`` (by profile). Documents and sanctions are joined to their party in
whatever order the sections stand.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from sandrail.screening.dates import PartialDate
from sandrail.screening.errors import IdentityError
from sandrail.screening.nouns import Kind, ScreeningList
from sandrail.screening.sources.draft import EntryDraft, ListDraft, Source, squeezed
from sandrail.screening.sources.ofac_terms import (
    OFAC_KINDS,
    OFAC_TITLES,
    add_document,
    add_feature,
)
from sandrail.screening.sources.stream import open_list
from sandrail.screening.sources.xmlsafe import (
    XmlShape,
    first_text,
    iter_elements,
    local_name,
    texts,
)

__all__ = ["load_ofac_advanced_xml"]

_CODES = (
    "AreaCode",
    "Country",
    "FeatureType",
    "IDRegDocType",
    "LocPartType",
    "NamePartType",
    "PartySubType",
    "PartyType",
)
_JOINED = ("Location", "IDRegDocument", "DistinctParty", "SanctionsEntry")
_SHAPE = XmlShape(
    "Sanctions",
    (*_CODES, *_JOINED),
    "Fetch SDN_ADVANCED.XML from the Sanctions List Service.",
    dated="DateOfIssue",
)
_LAST = ("Last Name", "Maiden Name", "Matronymic", "Patronymic")
_CITY_PARTS = ("CITY", "STATE/PROVINCE")
_COUNTRY_FEATURES = ("Nationality Country", "Citizenship Country", "Nationality", "Citizenship")


@dataclass(slots=True)
class _Tables:
    """What the sections of a file refer to each other by."""

    codes: dict[str, dict[str, str]] = field(default_factory=lambda: {c: {} for c in _CODES})
    kinds: dict[str, str] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)
    cities: dict[str, list[str]] = field(default_factory=dict)
    by_identity: dict[str, EntryDraft] = field(default_factory=dict)
    by_profile: dict[str, EntryDraft] = field(default_factory=dict)
    drafts: list[EntryDraft] = field(default_factory=list)
    documents: dict[str, list[tuple[str, str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    sanctions: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def code(self, table: str, number: str | None) -> str:
        return self.codes[table].get(number or "", "")


def load_ofac_advanced_xml(source: Source, *, name: str = "ofac") -> ScreeningList:
    """Read a list from a file or from its bytes.

    Raises:
        ListFormatError: not this list, damaged, or hostile.
    """
    tables = _Tables()
    issued: date | None = None
    found = ListDraft(name, OFAC_TITLES.get(name, name), what="OFAC advanced list")
    with open_list(source, what="OFAC advanced list") as file:
        for element in iter_elements(file, _SHAPE):
            tag = local_name(element)
            if tag in _SHAPE.entries:
                _take(tables, tag, element)
            elif tag == _SHAPE.dated:
                issued = issued or _issued(element)
        for draft in tables.drafts:
            found.add(draft)
        for identity in tables.documents:
            found.skip(f"documents of identity {identity}: no such party")
        return found.done(file.sha256(), issued)


def _issued(element: etree._Element) -> date | None:
    parts = [element.findtext(f"{{*}}{p}") or "" for p in ("Year", "Month", "Day")]
    try:
        return date(*(int(p) for p in parts))
    except (ValueError, TypeError, OverflowError):
        return None


def _take(tables: _Tables, tag: str, element: etree._Element) -> None:
    key = element.get("ID", "")
    if tag == "Location":
        _take_location(tables, key, element)
    elif tag == "IDRegDocument":
        country = tables.code("Country", element.get("IssuedBy-CountryID"))
        issued = element.find("{*}IssuedBy")
        if not country and issued is not None:
            country = tables.code("Country", issued.get("CountryID"))
        kind = tables.code("IDRegDocType", element.get("IDRegDocTypeID"))
        one = (kind, first_text(element, "{*}IDRegistrationNo"), country)
        tables.documents[element.get("IdentityID", "")].append(one)
        _join_documents(tables, element.get("IdentityID", ""))
    elif tag == "DistinctParty":
        _take_party(tables, element)
    elif tag == "SanctionsEntry":
        _take_sanctions(tables, element)
    else:
        text = squeezed(element.text)
        tables.codes[tag][key] = element.get("Description", text) if tag == "AreaCode" else text
        if tag == "PartySubType":
            tables.kinds[key] = element.get("PartyTypeID", "")


def _take_location(tables: _Tables, key: str, element: etree._Element) -> None:
    for tag, table in (("LocationCountry", "Country"), ("LocationAreaCode", "AreaCode")):
        for child in element.iterfind(f"{{*}}{tag}"):
            text = tables.code(table, child.get(f"{table}ID"))
            if text and text != "undetermined":
                tables.countries.setdefault(key, text)
    for part in element.iterfind("{*}LocationPart"):
        if tables.code("LocPartType", part.get("LocPartTypeID")) in _CITY_PARTS:
            cities = tables.cities.setdefault(key, [])
            cities += texts(part, "{*}LocationPartValue/{*}Value")


def _take_party(tables: _Tables, element: etree._Element) -> None:
    for profile in element.iterfind("{*}Profile"):
        draft = EntryDraft(
            element.get("FixedRef", "") or profile.get("ID", ""),
            _kind(tables, profile),
            remarks=first_text(element, "{*}Comment"),
        )
        for identity in profile.iterfind("{*}Identity"):
            _add_names(draft, identity, tables)
            tables.by_identity[identity.get("ID", "")] = draft
            _join_documents(tables, identity.get("ID", ""))
        for feature in profile.iterfind("{*}Feature"):
            _add_feature(draft, feature, tables)
        tables.drafts.append(draft)
        tables.by_profile[profile.get("ID", "")] = draft
        _join_sanctions(tables, profile.get("ID", ""))


def _kind(tables: _Tables, profile: etree._Element) -> Kind:
    number = profile.get("PartySubTypeID", "")
    words = (
        tables.code("PartySubType", number).lower(),
        tables.code("PartyType", tables.kinds.get(number)).lower(),
    )
    known = [OFAC_KINDS[word] for word in words if word in OFAC_KINDS]
    if known:
        return known[0]
    types = {tables.code("FeatureType", f.get("FeatureTypeID")) for f in profile.iter("{*}Feature")}
    return Kind.PERSON if "Birthdate" in types else Kind.UNKNOWN


def _add_names(draft: EntryDraft, identity: etree._Element, tables: _Tables) -> None:
    types = {
        group.get("ID", ""): tables.code("NamePartType", group.get("NamePartTypeID"))
        for group in identity.iter("{*}NamePartGroup")
    }
    for alias in identity.iterfind("{*}Alias"):
        low = alias.get("LowQuality", "").lower() == "true"
        primary = alias.get("Primary", "").lower() == "true"
        for written in alias.iterfind("{*}DocumentedName"):
            first: list[str] = []
            last: list[str] = []
            for value in written.iter("{*}NamePartValue"):
                kind = types.get(value.get("NamePartGroupID", ""), "")
                (last if kind in _LAST else first).append(squeezed(value.text))
            draft.add_name(
                " ".join((*first, *last)), "low" if low else "primary" if primary else "good"
            )


def _add_feature(draft: EntryDraft, feature: etree._Element, tables: _Tables) -> None:
    kind = tables.code("FeatureType", feature.get("FeatureTypeID"))
    details = texts(feature, "{*}FeatureVersion/{*}VersionDetail")
    where = [
        location.get("LocationID", "")
        for location in feature.iterfind("{*}FeatureVersion/{*}VersionLocation")
    ]
    draft.add_countries(tables.countries[key] for key in where if key in tables.countries)
    for key in where:
        draft.add_places(tables.cities.get(key, ()))
    if kind == "Birthdate":
        for period in feature.iter("{*}DatePeriod"):
            if (found := _period(period)) is not None:
                draft.dobs[found] = None
    elif kind in _COUNTRY_FEATURES:
        draft.add_countries(details)
    else:
        for text in details:
            add_feature(draft, kind, text)


def _period(period: etree._Element) -> PartialDate | None:
    start, end = period.find("{*}Start"), period.find("{*}End")
    if start is None:
        return None
    end = start if end is None else end
    first = _day(start.find("{*}From"))
    last = _day(end.find("{*}To")) or _day(end.find("{*}From")) or first
    if first is None or last is None:
        return None
    about = "true" in (start.get("Approximate", "").lower(), end.get("Approximate", "").lower())
    try:
        if first == last:
            return PartialDate(*first, approximate=about)
        same_month = first[:2] == last[:2] and first[1] != 0
        month = first[1] if same_month and first[2] <= 1 and last[2] >= 28 else 0
        return PartialDate(first[0], month, year_to=max(last[0], first[0]), approximate=about)
    except IdentityError:
        return None


def _day(element: etree._Element | None) -> tuple[int, int, int] | None:
    if element is None:
        return None
    parts = [squeezed(element.findtext(f"{{*}}{p}")) or "0" for p in ("Year", "Month", "Day")]
    if not all(p.isdecimal() and p.isascii() and len(p) <= 4 for p in parts):
        return None
    year, month, day = (int(p) for p in parts)
    return year, month, day


def _join_documents(tables: _Tables, identity: str) -> None:
    draft = tables.by_identity.get(identity)
    if draft is None:
        return
    for kind, text, country in tables.documents.pop(identity, ()):
        add_document(draft, kind, text, country)


def _take_sanctions(tables: _Tables, element: etree._Element) -> None:
    measures = texts(element, "{*}SanctionsMeasure/{*}Comment")
    day = next((_day(d) for d in element.iterfind("{*}EntryEvent/{*}Date")), None)
    listed = f"{day[0]:04d}-{day[1]:02d}-{day[2]:02d}" if day else ""
    profile = element.get("ProfileID", "")
    tables.sanctions[profile].append(("; ".join(measures), listed))
    _join_sanctions(tables, profile)


def _join_sanctions(tables: _Tables, profile: str) -> None:
    draft = tables.by_profile.get(profile)
    if draft is None:
        return
    for programme, listed in tables.sanctions.pop(profile, ()):
        known = draft.programme.split("; ") if draft.programme else []
        draft.programme = "; ".join(dict.fromkeys((*known, *filter(None, programme.split("; ")))))
        draft.listed_on = min(filter(None, (draft.listed_on, listed)), default="")
