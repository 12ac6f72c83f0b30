"""The United Kingdom's lists.

Since 28 January 2026 the UK Sanctions List of the Foreign, Commonwealth and Development Office is
the only one. Its XML (``Designations/Designation``) and its csv (``Report Date`` above the header;
one row a name, grouped by ``Unique ID``) are read, and for archives the csv of the closed
consolidated list of HM Treasury's OFSI (``Last Updated`` above the header; grouped by
``Group ID``). Unknown parts of a date are written ``dd``, ``mm`` or ``00``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from lxml import etree

from sandrail.screening.dates import parse_partial_date
from sandrail.screening.errors import IdentityError, ListFormatError
from sandrail.screening.nouns import Kind, ScreeningList
from sandrail.screening.sources.draft import EntryDraft, ListDraft, Source, squeezed
from sandrail.screening.sources.numbers import number_in, scheme_of
from sandrail.screening.sources.stream import ListFile, csv_rows, open_list
from sandrail.screening.sources.xml_list import read_xml_list
from sandrail.screening.sources.xmlsafe import XmlShape, first_text, has_root, texts

__all__ = ["load_uk", "load_uk_csv", "load_uk_xml"]

_TITLE = "UK Sanctions List"
_FIX = "Fetch UK-Sanctions-List.xml or .csv from sanctionslist.fcdo.gov.uk."
_SHAPE = XmlShape("Designations", ("Designation",), _FIX, dated="DateGenerated")
_KINDS = {"individual": Kind.PERSON, "ship": Kind.VESSEL, "entity": Kind.ENTITY}
_PARTS = (1, 2, 3, 4, 5, 6)
_ENUMERATED = re.compile(r"\(\d{1,2}\)")
_UNKNOWN_PARTS = re.compile(r"^(?:(?:dd|00?)[/.-])?(?:(?:mm|00?)[/.-])?", re.IGNORECASE)


def load_uk(source: Source) -> ScreeningList:
    """Read either form of the UK Sanctions List, or the archived one of OFSI."""
    with open_list(source, what="UK list") as file:
        is_xml = has_root(file, _SHAPE.root)
    return load_uk_xml(source) if is_xml else load_uk_csv(source)


def load_uk_xml(source: Source) -> ScreeningList:
    """Read the UK Sanctions List in its XML form.

    Raises:
        ListFormatError: not this list, damaged, or hostile.
    """
    return read_xml_list(
        source,
        ListDraft("uk", _TITLE, what="UK list"),
        _SHAPE,
        draft_of=_designation,
        day_of=lambda generated: _day(squeezed(generated.text)),
    )


def _designation(element: etree._Element) -> EntryDraft:
    kind = first_text(element, "IndividualEntityShip").lower()
    other = first_text(element, "OtherInformation")
    group = first_text(element, "OFSIGroupID")
    draft = EntryDraft(
        first_text(element, "UniqueID"),
        _KINDS.get(kind, Kind.UNKNOWN),
        programme=first_text(element, "RegimeName"),
        listed_on=first_text(element, "DateDesignated"),
        remarks=_remarks(group, first_text(element, "UNReferenceNumber"), other),
    )
    for name in element.iterfind("Names/Name"):
        parts = (first_text(name, f"Name{i}") for i in _PARTS)
        _add_name(draft, parts, first_text(name, "NameType"), first_text(name, "AliasStrength"))
    for path in (
        "NonLatinNames/NonLatinName/NameNonLatinScript",
        "NonLatinNames/NameNonLatinScript",
    ):
        for text in texts(element, path):
            draft.add_name(text)
    person = "IndividualDetails/Individual"
    for text in texts(element, f"{person}/DOBs/DOB"):
        _add_dob(draft, text)
    draft.add_countries(texts(element, f"{person}/Nationalities/Nationality"))
    draft.add_countries(texts(element, f"{person}/BirthDetails/Location/CountryOfBirth"))
    draft.add_countries(texts(element, "Addresses/Address/AddressCountry"))
    draft.add_places(texts(element, f"{person}/BirthDetails/Location/TownOfBirth"))
    for line in (5, 6):
        draft.add_places(texts(element, f"Addresses/Address/AddressLine{line}"))
    for paper in element.iterfind(f"{person}/PassportDetails/Passport"):
        more = first_text(paper, "PassportAdditionalInformation")
        _add_number(draft, "passport", first_text(paper, "PassportNumber"), more)
    for paper in element.iterfind(f"{person}/NationalIdentifierDetails/NationalIdentifier"):
        more = first_text(paper, "NationalIdentifierAdditionalInformation")
        _add_number(draft, "national", first_text(paper, "NationalIdentifierNumber"), more)
    numbers = "EntityDetails/Entity/BusinessRegistrationNumbers/BusinessRegistrationNumber"
    for text in texts(element, numbers):
        _add_number(draft, "registration", text, "")
    for text in texts(element, "ShipDetails/Ship/IMONumbers/IMONumber"):
        _add_imo(draft, text)
    draft.add_wallets_in(other)
    return draft


def _remarks(group: str, un_reference: str, other: str) -> str:
    parts = (f"OFSI group {group}" if group else "", f"UN {un_reference}" if un_reference else "")
    return ". ".join(part for part in (*parts, other) if part)


def _add_name(draft: EntryDraft, parts: Iterable[str], name_type: str, strength: str) -> None:
    primary = name_type.strip().lower() == "primary name"
    low = "low" in strength.lower()
    draft.add_name(
        " ".join(p for p in parts if p), "primary" if primary else "low" if low else "good"
    )


def _add_dob(draft: EntryDraft, text: str) -> None:
    """Add a date of which parts may be unknown: ``dd/mm/1958``, ``00/03/1958``, ``1958``."""
    plain = squeezed(text)
    known = _UNKNOWN_PARTS.sub("", plain) if re.match(r"(?i)dd|mm|00?[/.-]", plain) else plain
    if month := re.fullmatch(r"(\d{1,2})[/.-](\d{4})", known):
        known = f"{month[2]}-{int(month[1]):02d}"
    draft.add_dob(known)


def _add_number(draft: EntryDraft, kind: str, text: str, more: str) -> None:
    for part in _ENUMERATED.split(text):
        number = number_in(part)
        draft.add_number(scheme_of(f"{kind} {part} {more}", number, ""), number)


def _add_imo(draft: EntryDraft, text: str) -> None:
    for digits in re.findall(r"\d{7}", text):
        draft.add_number("imo", digits)


def _day(text: str) -> date | None:
    try:
        found = parse_partial_date(text)
    except IdentityError:
        return None
    return date(found.year, found.month, found.day) if found.whole else None


_COLUMNS = {
    "unique id": "id",
    "group id": "group",
    "ofsi group id": "group",
    "un reference number": "un",
    "name type": "type",
    "alias type": "type",
    "alias strength": "strength",
    "alias quality": "strength",
    "name non-latin script": "script",
    "designation type": "kind",
    "group type": "kind",
    "regime name": "regime",
    "regime": "regime",
    "date designated": "listed",
    "listed on": "listed",
    "d.o.b": "dob",
    "dob": "dob",
    "nationality(/ies)": "nationality",
    "nationality": "nationality",
    "address country": "country",
    "country": "country",
    "country of birth": "birth country",
    "town of birth": "birth town",
    "address line 5": "line 5",
    "address 5": "line 5",
    "address line 6": "line 6",
    "address 6": "line 6",
    "passport number": "passport",
    "passport additional information": "passport more",
    "passport details": "passport more",
    "national identifier number": "national",
    "national identification number": "national",
    "national identifier additional information": "national more",
    "national identification details": "national more",
    "business registration number (s)": "registration",
    "imo number": "imo",
    "other information": "other",
} | {f"name {i}": f"name {i}" for i in _PARTS}
"""The columns of both csv forms, by one name each; the others are read past."""


def load_uk_csv(source: Source) -> ScreeningList:
    """Read the UK Sanctions List, or the archived OFSI list, in the csv form.

    Raises:
        ListFormatError: a needed column is absent, or the table is damaged.
    """
    with open_list(source, what="UK list") as file:
        rows = csv_rows(file)
        published, header = _header(file, rows)
        key = "id" if "id" in header else "group"
        title = _TITLE if key == "id" else "OFSI consolidated list (closed on 28 January 2026)"
        found = ListDraft("uk", title, what="UK list")
        drafts: dict[str, EntryDraft] = {}
        for number, row in enumerate(rows, start=1):
            cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
            if not cells.get(key):
                if any(cells.values()):
                    found.skip(f"row {number}: no {'Unique' if key == 'id' else 'Group'} ID")
                continue
            draft = drafts.get(cells[key])
            if draft is None:
                draft = drafts[cells[key]] = _first_row(cells, key)
            _add_row(draft, cells)
        for draft in drafts.values():
            found.add(draft)
        return found.done(file.sha256(), published)


def _header(file: ListFile, rows: Iterator[list[str]]) -> tuple[date | None, list[str]]:
    published, first = None, next(rows, [])
    if "name 6" not in {cell.strip().lower() for cell in first}:
        published = next((d for d in map(_said_day, first) if d is not None), None)
        first = next(rows, [])
    header = [_COLUMNS.get(cell.strip().lower(), "") for cell in first]
    for needed, words in (
        ("name 6", "Name 6"),
        ("kind", "Designation Type"),
        ("type", "Name type"),
    ):
        if needed not in header or not {"id", "group"} & set(header):
            raise ListFormatError(
                f"The file is not the {file.what}.",
                why=f"It has no column {words!r} beside a Unique ID or Group ID.",
                fix=_FIX,
            )
    return published, header


def _said_day(cell: str) -> date | None:
    return _day(cell.rpartition(":")[2].strip().replace("-", " ") if ":" in cell else cell)


def _first_row(cells: dict[str, str], key: str) -> EntryDraft:
    group = cells.get("group", "") if key == "id" else ""
    other = cells.get("other", "")
    draft = EntryDraft(
        cells[key],
        _KINDS.get(cells.get("kind", "").lower(), Kind.UNKNOWN),
        programme=cells.get("regime", ""),
        listed_on=cells.get("listed", ""),
        remarks=_remarks(group, cells.get("un", ""), other),
    )
    draft.add_wallets_in(other)
    return draft


def _add_row(draft: EntryDraft, cells: dict[str, str]) -> None:
    def cell(name: str) -> str:
        return cells.get(name, "")

    strength = cell("strength")
    _add_name(draft, (cell(f"name {i}") for i in _PARTS), cell("type"), strength)
    draft.add_name(cell("script"), "low" if "low" in strength.lower() else "good")
    if cell("dob"):
        _add_dob(draft, cell("dob"))
    draft.add_countries((cell("nationality"), cell("birth country"), cell("country")))
    draft.add_places((cell("birth town"), cell("line 5"), cell("line 6")))
    for kind in ("passport", "national", "registration"):
        if cell(kind):
            _add_number(draft, kind, cell(kind), cell(f"{kind} more"))
    _add_imo(draft, cell("imo"))
