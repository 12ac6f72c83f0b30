"""The Specially Designated Nationals list of the US Office of Foreign Assets Control, csv form.

Three files without headers: ``sdn.csv`` (one row an entry), ``alt.csv`` (aliases) and ``add.csv``
(addresses); ``sdn_comments.csv`` continues remarks that were too long. A missing value is ``-0-``.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

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
from sandrail.screening.sources.xmlsafe import file_bytes, sha256_of

__all__ = ["load_ofac_csv", "surname_last"]

_KINDS = {"individual": Kind.PERSON, "vessel": Kind.VESSEL, "aircraft": Kind.VESSEL}
_QUOTED_ALIAS = re.compile(r"[afn]\.k\.a\. '([^']{2,120})'")
_SCHEMES = (
    (re.compile(r"^(?:alt\. )?Digital Currency Address - (\S+) (\S+)"), "wallet"),
    (re.compile(r"^(?:alt\. )?(?:Diplomatic )?Passport (?:No\. )?([A-Z0-9/-]{4,20})"), "passport"),
    (re.compile(r"^(?:alt\. )?Vessel Registration Identification IMO (\d{7})"), "imo"),
    (re.compile(r"^(?:alt\. )?Legal Entity (?:Identifier )?Number ([A-Z0-9]{20})"), "lei"),
    (
        re.compile(
            r"^(?:alt\. )?(?:National ID No\.|Identification Number|Cedula No\.|C\.U\.R\.P\."
            r"|R\.F\.C\.|Tax ID No\.|Registration (?:Number|ID)|Company Number|SSN|C\.R\. No\.)"
            r" ([\w./-]{5,30})"
        ),
        "other",
    ),
)


def load_ofac_csv(
    sdn: Path | str | bytes,
    *,
    alt: Path | str | bytes | None = None,
    add: Path | str | bytes | None = None,
    comments: Path | str | bytes | None = None,
    published: date | None = None,
) -> ScreeningList:
    """Read the list from its csv files; only the first one is needed.

    Raises:
        ListFormatError: a row has too few columns, or a file is not in this shape.
    """
    data = file_bytes(sdn, what="OFAC list")
    parts = [data] + [file_bytes(f, what="OFAC list") for f in (alt, add, comments) if f]
    aliases, addresses, more = _side_rows(alt), _side_rows(add), _side_rows(comments)
    entries: list[ListEntry] = []
    skipped: list[str] = []
    seen: set[str] = set()
    for number, row in _rows(data, columns=12, what="sdn.csv"):
        if row[0] in seen or not row[0].isdigit() or not row[1]:
            skipped.append(f"row {number}: repeated or missing id or name")
            continue
        seen.add(row[0])
        remarks = row[11] + "".join(r[1] for r in more.get(row[0], ()))
        entries.append(_entry(row, remarks, aliases.get(row[0], []), addresses.get(row[0], [])))
        if len(entries) > LIST_ENTRIES_MAX:
            raise ListFormatError(f"The OFAC list has more than {LIST_ENTRIES_MAX:,} entries.")
    if not entries:
        raise ListFormatError(
            "The OFAC list holds no entry.",
            why="No row starts with a number and a name.",
            fix="Fetch sdn.csv again from the Sanctions List Service.",
        )
    return ScreeningList(
        source="ofac",
        title="OFAC Specially Designated Nationals and Blocked Persons",
        published=published,
        sha256=sha256_of(b"".join(parts)),
        entries=tuple(entries),
        skipped=tuple(skipped),
    )


def _rows(data: bytes, *, columns: int, what: str) -> Iterator[tuple[int, list[str]]]:
    text = data.decode("utf-8", errors="replace").replace("\x00", "")
    reader = csv.reader(StringIO(text), skipinitialspace=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if len(row) <= 1 and "".join(row).strip("\x1a \t") == "":
                continue
            if len(row) < columns:
                raise ListFormatError(
                    f"Row {number} of {what} has {len(row)} columns instead of {columns}.",
                    why="The file is cut short or is not the legacy csv form.",
                    fix="Fetch it again from the Sanctions List Service.",
                )
            yield number, ["" if cell.strip() == "-0-" else cell.strip() for cell in row]
    except csv.Error as error:
        raise ListFormatError(
            f"Row {number + 1} of {what} cannot be read.",
            why=f"{error}.",
            fix="Fetch it again from the Sanctions List Service.",
        ) from error


def _side_rows(source: Path | str | bytes | None) -> dict[str, list[list[str]]]:
    grouped: dict[str, list[list[str]]] = defaultdict(list)
    if source is not None:
        for _, row in _rows(file_bytes(source, what="OFAC list"), columns=2, what="a side file"):
            grouped[row[0]].append(row)
    return grouped


def surname_last(name: str) -> str:
    """Turn ``DOE, John`` into ``John DOE``; leave anything else alone."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and "," not in first else name


def _entry(
    row: list[str], remarks: str, aliases: list[list[str]], addresses: list[list[str]]
) -> ListEntry:
    kind = _KINDS.get(row[2].lower(), Kind.ENTITY)
    order = surname_last if kind is Kind.PERSON else str
    names = [ListedName(order(row[1]))]
    names += [ListedName(order(a[3]), "good") for a in aliases if len(a) > 3 and a[3]]
    names += [ListedName(order(t), "low") for t in _QUOTED_ALIAS.findall(remarks)]
    dobs, countries, places, identifiers = _read_remarks(remarks)
    countries += [a[4] for a in addresses if len(a) > 4 and a[4]]
    places += [a[3] for a in addresses if len(a) > 3 and a[3]]
    unique = {n.text: n for n in reversed(names)}
    return ListEntry(
        id=row[0],
        source="ofac",
        kind=kind,
        names=tuple(reversed(unique.values()))[:NAMES_PER_ENTRY_MAX],
        dobs=tuple(dict.fromkeys(dobs)),
        countries=tuple(dict.fromkeys(c for c in [*countries, row[9]] if c)),
        places=tuple(dict.fromkeys(places)),
        identifiers=tuple(dict.fromkeys(identifiers)),
        programme=row[3],
        remarks=remarks[:REMARKS_CHARS_MAX],
    )


def _read_remarks(
    remarks: str,
) -> tuple[list[PartialDate], list[str], list[str], list[Identifier]]:
    dobs: list[PartialDate] = []
    countries: list[str] = []
    places: list[str] = []
    identifiers: list[Identifier] = []
    for part in (p.strip(" .") for p in remarks.split(";")):
        plain = part.removeprefix("alt. ")
        if plain.startswith("DOB "):
            try:
                dobs.append(parse_partial_date(plain[4:]))
            except IdentityError:
                continue
        elif plain.startswith("POB "):
            *city, country = plain[4:].split(",")
            countries.append(country.strip())
            places += [c.strip() for c in city]
        elif plain.lower().startswith(("nationality ", "citizen ")):
            countries.append(plain.partition(" ")[2])
        else:
            identifiers += _identifiers(part)
    return dobs, countries, places, identifiers


def _identifiers(part: str) -> list[Identifier]:
    for pattern, scheme in _SCHEMES:
        found = pattern.match(part)
        if found:
            value = clean_identifier(scheme, found[found.lastindex or 1])
            if scheme != "wallet" and len(value) < 5:
                return []
            country = re.search(r"\(([A-Za-z .]{3,40})\)", part)
            issuer = found[1] if scheme == "wallet" else (country[1] if country else "")
            is_cnic = scheme == "other" and issuer == "Pakistan" and len(value) == 13
            return [Identifier("cnic" if is_cnic else scheme, value, issuer)]
    return []
