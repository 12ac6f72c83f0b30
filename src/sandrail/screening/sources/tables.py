"""Lists that come as tables of ours: the NACTA shape, and a firm's own."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import chain

from sandrail.screening.errors import ListFormatError
from sandrail.screening.limits import LIST_ENTRIES_MAX
from sandrail.screening.nouns import Kind, ScreeningList, clean_identifier
from sandrail.screening.sources.draft import EntryDraft, ListDraft, Source, squeezed
from sandrail.screening.sources.numbers import is_cnic
from sandrail.screening.sources.stream import ListFile, csv_rows, open_list
from sandrail.world import nests_deeper

__all__ = ["load_firm_csv", "load_nacta_csv", "read_table"]

_NOT_LETTER = re.compile(r"[^a-z]+")
_NACTA_COLUMNS = {
    "name": "name",
    "personname": "name",
    "fathername": "father",
    "fathersname": "father",
    "fatherhusbandname": "father",
    "cnic": "cnic",
    "cnicno": "cnic",
    "nic": "cnic",
    "province": "province",
    "district": "district",
    "dob": "dob",
    "dateofbirth": "dob",
}
_ALIAS = re.compile(r"@|\balias\b|\burf\b|\bعرف\b", re.IGNORECASE)
_SON_OF = re.compile(r"\b[SD]/O\b|\bولد\b|\bبنت\b", re.IGNORECASE)
_PROGRAMME = "ATA 1997, Fourth Schedule"


def read_table(file: ListFile, *, needs: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield the rows of a csv with a header, cells stripped; keys are lower case.

    Raises:
        ListFormatError: a needed column is absent, or the table is damaged.
    """
    rows = csv_rows(file)
    header = [cell.strip().lower() for cell in next(rows, [])]
    missing = [name for name in needs if name not in header]
    if missing:
        raise ListFormatError(
            f"The {file.what} file has no column {missing[0]!r}.",
            why=f"Its columns are: {', '.join(header)[:300] or 'none'}.",
            fix=f"Give it the columns {', '.join(needs)}.",
        )
    for number, row in enumerate(rows, start=1):
        if number > LIST_ENTRIES_MAX:
            raise ListFormatError(f"The {file.what} file has more than {LIST_ENTRIES_MAX:,} rows.")
        if any(cell.strip() for cell in row):
            cells = [cell.strip() for cell in row]
            yield dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))


def load_nacta_csv(source: Source, *, published: date | None = None) -> ScreeningList:
    """Read a list in the shape of Pakistan's proscribed persons (NACTA, Fourth Schedule).

    Columns: ``name`` (aliases after ``@``), ``father_name``, ``cnic``, ``province``, ``district``;
    optional ``dob``; as csv, or as the JSON array of objects that the publisher's page reads. Rows
    of one identity number are one person. The real list names private persons with their identity
    numbers: it is loaded from the operator's own copy and never ships with the software.
    """
    found = ListDraft("nacta", "Proscribed persons, NACTA shape", what="NACTA list")
    people: dict[str, EntryDraft] = {}
    with open_list(source, what="NACTA list") as file:
        is_json = file.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["
        for number, row in enumerate(_json_rows(file) if is_json else _nacta_rows(file), start=1):
            _add_person(people, row, found, where=f"row {number}")
        for draft in people.values():
            found.add(draft)
        return found.done(file.sha256(), published)


def _nacta_rows(file: ListFile) -> Iterator[dict[str, str]]:
    rows = csv_rows(file)
    header = _nacta_header(next(rows, []), file)
    for row in rows:
        if any(cell.strip() for cell in row):
            yield dict(zip(header, row, strict=False))


def _nacta_header(cells: list[str], file: ListFile) -> list[str]:
    header = [_NACTA_COLUMNS.get(_NOT_LETTER.sub("", cell.lower()), "") for cell in cells]
    for needed in ("name", "father", "cnic"):
        if needed not in header:
            raise ListFormatError(
                f"The {file.what} file has no column {needed!r}.",
                why=f"Its columns are: {', '.join(cells)[:300] or 'none'}.",
                fix="Give it the columns name, father_name, cnic, province, district.",
            )
    return header


def _json_rows(file: ListFile) -> Iterator[dict[str, str]]:
    text = file.readall() or b""
    plain = text.decode("utf-8-sig", errors="replace")
    try:
        if nests_deeper(plain, 2):
            raise ValueError("it is nested deeper than rows of plain values")
        rows = json.loads(plain)
    except (ValueError, RecursionError) as error:
        raise ListFormatError(
            f"The {file.what} file is not JSON.", why=f"{error}.", fix="Fetch it again."
        ) from error
    for row in rows:
        if not isinstance(row, dict):
            raise ListFormatError(f"The {file.what} file holds a row that is no object.")
        header = _nacta_header(list(row), file)
        yield dict(zip(header, ("" if v is None else str(v) for v in row.values()), strict=True))


def _add_person(
    people: dict[str, EntryDraft], row: dict[str, str], found: ListDraft, *, where: str
) -> None:
    whole, _, son_of = _parted(_SON_OF, row.get("name", ""))
    names = _at_names(whole)
    fathers = _at_names(row.get("father", "")) or _at_names(son_of)
    if not names:
        found.skip(f"{where}: no name")
        return
    written = "".join(str(unicodedata.digit(c, c)) for c in row.get("cnic", ""))
    number = clean_identifier("cnic", written) if is_cnic(written) else ""
    if written.strip(" -") and not number:
        found.skip(f"{where}: the CNIC is not one of 13 digits; the person is kept without it")
    fields = (row.get("name", ""), row.get("father", ""), row.get("district", ""))
    key = number or "|".join(map(str.strip, fields))
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    draft = people.get(name)
    if draft is None:
        draft = people[name] = EntryDraft(name, Kind.PERSON, programme=_PROGRAMME)
        draft.add_countries(("Pakistan",))
    else:
        found.skip(f"{where}: the same person again; both rows are one entry")
    for text in names:
        draft.add_name(text, "good" if draft.names else "primary")
    draft.add_fathers(fathers)
    draft.add_places((row.get("district", ""), row.get("province", "")))
    if row.get("dob"):
        draft.add_dob(row["dob"])
    if number:
        draft.add_number("cnic", number, "Pakistan")


def _parted(mark: re.Pattern[str], text: str) -> tuple[str, str, str]:
    found = mark.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _at_names(text: str) -> list[str]:
    parts = [squeezed(part).strip(" ,.") for part in _ALIAS.split(text)]
    return [part for part in parts if len(part) > 1]


def load_firm_csv(
    source: Source, *, name: str = "firm", published: date | None = None
) -> ScreeningList:
    """Read a firm's own list: ``name`` and optional columns, several values parted by ``;``.

    Columns: ``id, name, kind, aliases, father_name, dob, country, place, cnic, passport, lei,
    wallet, reason``.
    """
    found = ListDraft(name, "The firm's own list", what="firm's list")
    with open_list(source, what="firm's list") as file:
        for number, row in enumerate(read_table(file, needs=("name",)), start=1):
            draft = _firm_entry(row.get("id") or f"{number}", row)
            unread = [text for text in _many(row, "dob") if not draft.add_dob(text)]
            if unread:
                found.skip(f"row {number}: {unread[0]!r} is no date; the entry is kept without it")
            found.add(draft, where=f"row {number}")
        return found.done(file.sha256(), published)


def _many(row: dict[str, str], column: str) -> list[str]:
    return [part.strip() for part in row.get(column, "").split(";") if part.strip()]


def _firm_entry(key: str, row: dict[str, str]) -> EntryDraft:
    kind = row.get("kind", "").lower()
    draft = EntryDraft(
        key, Kind(kind) if kind in set(Kind) else Kind.PERSON, remarks=row.get("reason", "")
    )
    draft.add_name(row["name"], "primary")
    for alias in _many(row, "aliases"):
        draft.add_name(alias)
    draft.add_fathers(_many(row, "father_name"))
    draft.add_countries(_many(row, "country"))
    draft.add_places(_many(row, "place"))
    numbers = chain.from_iterable(
        ((scheme, value) for value in _many(row, scheme))
        for scheme in ("cnic", "passport", "lei", "wallet")
    )
    for scheme, value in numbers:
        draft.add_number(scheme, value)
    return draft
