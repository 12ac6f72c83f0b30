"""The lists of the US Office of Foreign Assets Control (OFAC), legacy csv form.

Files without headers: ``sdn.csv`` (one row an entry), ``alt.csv`` (aliases), ``add.csv``
(addresses) and ``sdn_comments.csv`` (remarks that were too long). The consolidated list of the
others has the same shape: ``cons_prim.csv``, ``cons_alt.csv``, ``cons_add.csv``,
``cons_comments.csv``. A missing value is ``-0-``; dates, documents and digital-currency addresses
stand in the remarks.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sandrail.screening.errors import ListFormatError
from sandrail.screening.nouns import Kind, ScreeningList
from sandrail.screening.sources.draft import EntryDraft, ListDraft, Source
from sandrail.screening.sources.numbers import addresses_in, number_in, scheme_of
from sandrail.screening.sources.ofac_terms import (
    OFAC_KINDS,
    OFAC_TITLES,
    add_birthplace,
    surname_last,
)
from sandrail.screening.sources.stream import csv_rows, open_list

__all__ = ["load_ofac_csv"]

_COLUMNS = 12
_FIX = "Fetch it again from the Sanctions List Service."
_WALLET = re.compile(r"Digital Currency Address - (\S+) (\S+)")
_IMO = re.compile(r"\bIMO (\d{7})\b")
_LEI = re.compile(r"(?:Legal Entity (?:Identifier )?Number|LEI) ([A-Z0-9]{20})\b")
_QUOTED_ALIAS = re.compile(r"[afn]\.k\.a\. '([^']{2,120})'")
_ISSUER = re.compile(r"\(([^()]{3,40})\)")
_DOCUMENT = re.compile(
    r"(?:\w+ ){0,3}Passport|National (?:Foreign )?ID|Identification Number|Cedula|C\.U\.R\.P"
    r"|C\.U\.I\.T|R\.F\.C|D\.N\.I|N\.I\.E|NIT|RUC|RTN|SSN|Tax ID|V\.A\.T|Registration (?:Number|ID)"
    r"|Company Number|C\.R\. No|(?:Commercial|Business) Regist|Trade License|Driver's License"
    r"|Residency|Travel Document|Italian Fiscal"
)
"""Documents whose number names one holder; models of aircraft and gazettes do not."""

_Rows = dict[str, list[list[str]]]


def load_ofac_csv(
    sdn: Source,
    *,
    alt: Source | None = None,
    add: Source | None = None,
    comments: Source | None = None,
    published: date | None = None,
    name: str = "ofac",
) -> ScreeningList:
    """Read a list from its csv files; only the first one is needed, but aliases stand in ``alt``.

    Raises:
        ListFormatError: a row has too few columns, or a file is not in this shape.
    """
    sums: list[str] = []
    aliases, addresses, more = (_side_rows(file, sums) for file in (alt, add, comments))
    found = ListDraft(name, OFAC_TITLES.get(name, name), what="OFAC list")
    with open_list(sdn, what="OFAC list") as file:
        for number, row in _rows(csv_rows(file, spaced=True), columns=_COLUMNS):
            if not row[0].isdigit() or not row[1]:
                found.skip(f"row {number}: no number, or no name")
                continue
            remarks = row[11] + "".join(r[1] for r in more.get(row[0], ()))
            draft = _draft(row, remarks)
            _add_side_rows(draft, aliases.get(row[0], ()), addresses.get(row[0], ()))
            found.add(draft, where=f"row {number}")
        main = file.sha256()
    if not len(found):
        raise ListFormatError(
            "The OFAC list holds no entry.", why="No row starts with a number and a name.", fix=_FIX
        )
    whole = hashlib.sha256("".join((main, *sums)).encode()).hexdigest() if sums else main
    return found.done(whole, published)


def _rows(rows: Iterator[list[str]], *, columns: int) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, start=1):
        if len(row) <= 1 and "".join(row).strip("\x1a \t") == "":
            continue
        if len(row) < columns:
            raise ListFormatError(
                f"Row {number} of the OFAC list has {len(row)} columns instead of {columns}.",
                why="The file is cut short or is not the legacy csv form.",
                fix=_FIX,
            )
        yield number, ["" if cell.strip() == "-0-" else cell.strip() for cell in row]


def _side_rows(source: Source | None, sums: list[str]) -> _Rows:
    grouped: _Rows = defaultdict(list)
    if source is not None:
        with open_list(source, what="OFAC list") as file:
            for _, row in _rows(csv_rows(file, spaced=True), columns=2):
                grouped[row[0]].append(row)
            sums.append(file.sha256())
    return grouped


def _draft(row: list[str], remarks: str) -> EntryDraft:
    kind = OFAC_KINDS.get(row[2].lower(), Kind.ENTITY)
    draft = EntryDraft(row[0], kind, programme=row[3], remarks=remarks)
    order = surname_last if kind is Kind.PERSON else str
    draft.add_name(order(row[1]), "primary")
    for text in _QUOTED_ALIAS.findall(remarks):
        draft.add_name(order(text), "low")
    for part in (p.strip(" .") for p in remarks.split(";")):
        _add_remark(draft, part.removeprefix("alt. "))
    for address in addresses_in(remarks):
        if not any(i.value == address or i.value == address.lower() for i in draft.identifiers):
            draft.add_number("wallet", address)
    draft.add_countries((row[9],))
    return draft


def _add_side_rows(
    draft: EntryDraft, aliases: list[list[str]] | tuple[()], addresses: list[list[str]] | tuple[()]
) -> None:
    order = surname_last if draft.kind is Kind.PERSON else str
    low = {text for text, quality in draft.names.items() if quality == "low"}
    for alias in aliases:
        if len(alias) > 3 and order(alias[3]) not in low:
            draft.add_name(order(alias[3]))
    draft.add_countries(a[4] for a in addresses if len(a) > 4)
    draft.add_places(a[3] for a in addresses if len(a) > 3)


def _add_remark(draft: EntryDraft, part: str) -> None:
    if part.startswith("DOB "):
        draft.add_dob(part[4:])
    elif part.startswith("POB "):
        add_birthplace(draft, part[4:])
    elif part.lower().startswith(("nationality ", "citizen ")):
        draft.add_countries((part.partition(" ")[2],))
    elif wallet := _WALLET.search(part):
        draft.add_number("wallet", wallet[2], wallet[1])
    elif imo := _IMO.search(part):
        draft.add_number("imo", imo[1])
    elif lei := _LEI.search(part):
        draft.add_number("lei", lei[1])
    elif _DOCUMENT.match(part):
        issuer = _ISSUER.search(part)
        country = issuer[1] if issuer else ""
        number = number_in(part)
        draft.add_number(scheme_of(part, number, country), number, country)
