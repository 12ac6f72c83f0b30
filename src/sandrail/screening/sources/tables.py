"""Lists that come as tables: the UK list, the NACTA shape, and a firm's own."""

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
from sandrail.screening.limits import LIST_ENTRIES_MAX, REMARKS_CHARS_MAX
from sandrail.screening.nouns import (
    Identifier,
    Kind,
    ListedName,
    ListEntry,
    ScreeningList,
    clean_identifier,
)
from sandrail.screening.sources.xmlsafe import file_bytes, sha256_of

__all__ = ["load_firm_csv", "load_nacta_csv", "load_uk_csv", "read_table"]

_CELL_CHARS_MAX = 100_000


def read_table(
    data: bytes, *, what: str, needs: tuple[str, ...], skip_rows: int = 0
) -> Iterator[dict[str, str]]:
    """Yield the rows of a csv with a header, cells stripped; keys are lower case.

    Raises:
        ListFormatError: a needed column is absent, or the table is damaged.
    """
    text = data.decode("utf-8-sig", errors="replace").replace("\x00", "")
    lines = StringIO(text)
    for _ in range(skip_rows):
        lines.readline()
    reader = csv.reader(lines)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        missing = [name for name in needs if name not in header]
        if missing:
            raise ListFormatError(
                f"The {what} file has no column {missing[0]!r}.",
                why=f"Its columns are: {', '.join(header)[:300] or 'none'}.",
                fix=f"Give it the columns {', '.join(needs)}.",
            )
        for number, row in enumerate(reader, start=1):
            if number > LIST_ENTRIES_MAX:
                raise ListFormatError(f"The {what} file has more than {LIST_ENTRIES_MAX:,} rows.")
            if any(cell.strip() for cell in row):
                cells = [cell.strip()[:_CELL_CHARS_MAX] for cell in row]
                yield dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
    except csv.Error as error:
        raise ListFormatError(
            f"The {what} file is damaged.", why=f"{error}.", fix="Fetch it again."
        ) from error


def _dates(texts: list[str]) -> tuple[PartialDate, ...]:
    found = []
    for text in texts:
        plain = re.sub(r"\b00/00/", "", text).replace("00/", "01/")
        try:
            found.append(parse_partial_date(plain))
        except IdentityError:
            continue
    return tuple(dict.fromkeys(found))


_UK_KINDS = {"individual": Kind.PERSON, "ship": Kind.VESSEL, "entity": Kind.ENTITY}


def load_uk_csv(source: Path | str | bytes) -> ScreeningList:
    """Read the consolidated list of HM Treasury (OFSI), csv form: one row a name, grouped.

    The first line says ``Last Updated,dd/mm/yyyy``; rows of one ``Group ID`` are one entry.
    """
    data = file_bytes(source, what="UK list")
    first = data.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace")
    updated = re.search(r"(\d{2})/(\d{2})/(\d{4})", first)
    rows = read_table(
        data,
        what="UK list",
        needs=("group id", "group type", "name 6"),
        skip_rows=1 if updated else 0,
    )
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        groups[row["group id"]].append(row)
    return ScreeningList(
        source="uk",
        title="UK Sanctions List, HM Treasury OFSI consolidated form",
        published=date(int(updated[3]), int(updated[2]), int(updated[1])) if updated else None,
        sha256=sha256_of(data),
        entries=tuple(_uk_entry(key, group) for key, group in groups.items() if key),
        skipped=tuple(
            f"{len(group)} rows without a group" for key, group in groups.items() if not key
        ),
    )


def _uk_entry(key: str, rows: list[dict[str, str]]) -> ListEntry:
    names = []
    for row in rows:
        parts = [row.get(f"name {i}", "") for i in (1, 2, 3, 4, 5, 6)]
        primary = row.get("alias type", "").lower().startswith("primary")
        low = "low" in row.get("alias quality", "").lower()
        quality = "primary" if primary else "low" if low else "good"
        names.append(ListedName(" ".join(p for p in parts if p), quality))
        script = row.get("name non-latin script", "")
        names += [ListedName(script, quality)] if script else []
    names.sort(key=lambda n: n.quality != "primary")
    first = rows[0]
    numbers = [("passport", row.get("passport number", "")) for row in rows]
    numbers += [("other", row.get("national identification number", "")) for row in rows]
    return ListEntry(
        id=key,
        source="uk",
        kind=_UK_KINDS.get(first["group type"].lower(), Kind.ENTITY),
        names=tuple(dict.fromkeys(n for n in names if n.text)),
        dobs=_dates([row.get("dob", "") for row in rows if row.get("dob")]),
        countries=_column(rows, "nationality", "country", "country of birth"),
        places=_column(rows, "town of birth"),
        identifiers=tuple(
            dict.fromkeys(Identifier(s, clean_identifier(s, v)) for s, v in numbers if len(v) >= 5)
        ),
        programme=first.get("regime", ""),
        listed_on=first.get("listed on", ""),
        remarks=first.get("other information", "")[:REMARKS_CHARS_MAX],
    )


def _column(rows: list[dict[str, str]], *names: str) -> tuple[str, ...]:
    values = [row.get(name, "") for name in names for row in rows]
    return tuple(dict.fromkeys(v for v in values if v))


def load_nacta_csv(source: Path | str | bytes, *, published: date | None = None) -> ScreeningList:
    """Read a list in the shape of Pakistan's proscribed persons (NACTA, Fourth Schedule).

    Columns: ``name`` (aliases after ``@``), ``father_name``, ``cnic``, ``province``, ``district``;
    optional ``dob``. The real list names private persons with their identity numbers: it is loaded
    from the operator's own copy and never ships with the software.
    """
    data = file_bytes(source, what="NACTA list")
    entries: dict[str, ListEntry] = {}
    skipped = []
    rows = read_table(data, what="NACTA list", needs=("name", "father_name", "cnic"))
    for number, row in enumerate(rows, start=1):
        entry = _nacta_entry(row)
        if entry is None or entry.id in entries:
            skipped.append(f"row {number}: no name, or the same person again")
            continue
        entries[entry.id] = entry
    return ScreeningList(
        source="nacta",
        title="Proscribed persons, NACTA shape",
        published=published,
        sha256=sha256_of(data),
        entries=tuple(entries.values()),
        skipped=tuple(skipped),
    )


def _nacta_entry(row: dict[str, str]) -> ListEntry | None:
    names = _at_names(row["name"])
    if not names:
        return None
    cnic = clean_identifier("cnic", row["cnic"])
    is_cnic = len(cnic) == 13 and cnic.isdigit()
    key = cnic if is_cnic else f"{row['name']}|{row['father_name']}|{row.get('district', '')}"
    places = tuple(p for p in (row.get("district", ""), row.get("province", "")) if p)
    return ListEntry(
        id=sha256_of(key.encode())[:16],
        source="nacta",
        kind=Kind.PERSON,
        names=tuple(ListedName(n, "good" if i else "primary") for i, n in enumerate(names)),
        father_names=tuple(_at_names(row["father_name"])),
        dobs=_dates([row["dob"]] if row.get("dob") else []),
        countries=("Pakistan",),
        places=places,
        identifiers=(Identifier("cnic", cnic, "Pakistan"),) if is_cnic else (),
        programme="ATA 1997, Fourth Schedule",
    )


def _at_names(text: str) -> list[str]:
    parts = [" ".join(p.split()).strip(" ,.") for p in re.split(r"@|\balias\b", text, flags=re.I)]
    return [p for p in parts if len(p) > 1]


def load_firm_csv(
    source: Path | str | bytes, *, name: str = "firm", published: date | None = None
) -> ScreeningList:
    """Read a firm's own list: ``name`` and optional columns, several values parted by ``;``.

    Columns: ``id, name, kind, aliases, father_name, dob, country, cnic, passport, lei, wallet,
    reason``.
    """
    data = file_bytes(source, what="firm's list")
    entries: dict[str, ListEntry] = {}
    skipped = []
    for number, row in enumerate(read_table(data, what="firm's list", needs=("name",)), start=1):
        key = row.get("id") or f"{number}"
        if key in entries or not row["name"]:
            skipped.append(f"row {number}: no name, or a repeated id")
            continue
        entries[key] = _firm_entry(key, row, name)
    return ScreeningList(
        source=name,
        title="The firm's own list",
        published=published,
        sha256=sha256_of(data),
        entries=tuple(entries.values()),
        skipped=tuple(skipped),
    )


def _firm_entry(key: str, row: dict[str, str], source: str) -> ListEntry:
    def many(column: str) -> list[str]:
        return [p.strip() for p in row.get(column, "").split(";") if p.strip()]

    kind = row.get("kind", "").lower()
    numbers = [(s, v) for s in ("cnic", "passport", "lei", "wallet") for v in many(s)]
    return ListEntry(
        id=key,
        source=source,
        kind=Kind(kind) if kind in set(Kind) else Kind.PERSON,
        names=(ListedName(row["name"]), *(ListedName(a, "good") for a in many("aliases"))),
        father_names=tuple(many("father_name")),
        dobs=_dates(many("dob")),
        countries=tuple(many("country")),
        identifiers=tuple(Identifier(s, clean_identifier(s, v)) for s, v in numbers),
        remarks=row.get("reason", "")[:REMARKS_CHARS_MAX],
    )
