"""Writes the register out: JSON for machines that check, CSV for people, Parquet for analysts."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sandrail.casework.entry import items, number, table, texts
from sandrail.casework.errors import RegisterError
from sandrail.casework.register import FORMAT, RegisterEntry, Snapshot
from sandrail.casework.text import why_unfit
from sandrail.journal import Head
from sandrail.world import EnvironmentFault, InputError, canonical_bytes, parse_canonical

__all__ = ["COLUMNS", "read_snapshot", "snapshot_csv", "snapshot_json", "write_parquet"]

COLUMNS: Final = (
    "id",
    "firm_id",
    "firm_name",
    "firm_name_ur",
    "kind",
    "status",
    "stage",
    "products",
    "valid_from",
    "valid_to",
    "limits",
    "open_for",
    "seq",
)
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def snapshot_json(snapshot: Snapshot) -> bytes:
    """Return the snapshot as canonical JSON; the same register gives the same bytes."""
    return canonical_bytes(snapshot.as_data())


def read_snapshot(data: bytes) -> Snapshot:
    """Read what ``snapshot_json`` wrote.

    Raises:
        RegisterError: another format, or a file that was changed in its form.
    """
    try:
        content = table(parse_canonical(data))
        if content["format"] != FORMAT:
            raise ValueError(f"the format is {content['format']!r}")
        head = Head(number(content["seq"]), bytes.fromhex(str(content["hash"])))
        entries = tuple(_read_entry(table(it)) for it in items(content["entries"]))
        return Snapshot(str(content["journal"]), head, number(content["at_us"]), entries)
    except (KeyError, TypeError, ValueError, InputError) as error:
        raise RegisterError(
            "The file is not a snapshot of a register.",
            why=f"{why_unfit(error)}.",
            fix="Download it again; do not reformat it.",
        ) from error


def snapshot_csv(snapshot: Snapshot) -> str:
    """Return the snapshot as CSV with a header; a cell never begins a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow((*COLUMNS, "as_of_seq", "as_of_hash"))
    for entry in snapshot.entries:
        cells = [_cell(value) for value in _row(entry).values()]
        writer.writerow([*cells, str(snapshot.head.seq), snapshot.head.hash.hex()])
    return text.getvalue()


def write_parquet(snapshot: Snapshot, path: Path | str) -> None:
    """Write the snapshot as Parquet, its journal's name, sequence and hash in the metadata.

    Raises:
        EnvironmentFault: the extra ``parquet`` is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise EnvironmentFault(
            "Parquet files need a package that is not installed.",
            why="The module pyarrow was not found.",
            fix="Install the extra: pip install 'sandrail[parquet]'.",
            code="casework.no_parquet",
        ) from error
    rows = [_row(entry) for entry in snapshot.entries]
    types = dict.fromkeys(COLUMNS, pa.string()) | {"seq": pa.int64()}
    schema = pa.schema(
        list(types.items()),
        metadata={
            "sandrail.journal": snapshot.journal,
            "sandrail.seq": str(snapshot.head.seq),
            "sandrail.hash": snapshot.head.hash.hex(),
        },
    )
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), str(path))


def _row(entry: RegisterEntry) -> Mapping[str, str | int]:
    return {
        "id": entry.id,
        "firm_id": entry.firm_id,
        "firm_name": entry.firm_name,
        "firm_name_ur": entry.firm_name_ur,
        "kind": entry.kind,
        "status": entry.status,
        "stage": entry.stage,
        "products": "; ".join(entry.products),
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "limits": "; ".join(f"{rule}: {value}" for rule, value in entry.limits),
        "open_for": "; ".join(entry.open_for),
        "seq": entry.seq,
    }


def _cell(value: str | int) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _read_entry(data: Mapping[str, object]) -> RegisterEntry:
    return RegisterEntry(
        id=str(data["id"]),
        firm_id=str(data["firm_id"]),
        firm_name=str(data["firm_name"]),
        firm_name_ur=str(data["firm_name_ur"]),
        kind=str(data["kind"]),
        status=str(data["status"]),
        stage=str(data["stage"]),
        products=texts(data["products"]),
        valid_from=str(data["valid_from"]),
        valid_to=str(data["valid_to"]),
        limits=tuple((str(it["rule"]), str(it["value"])) for it in _tables(data["limits"])),
        open_for=texts(data["open_for"]),
        history=tuple(
            (str(it["on"]), str(it["act"]), number(it["seq"])) for it in _tables(data["history"])
        ),
        seq=number(data["seq"]),
    )


def _tables(value: object) -> Sequence[Mapping[str, object]]:
    return [table(it) for it in items(value)]
