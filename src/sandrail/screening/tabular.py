"""Tables of parties on disk, read and written a chunk at a time: CSV and Parquet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sandrail.screening.errors import ListFormatError
from sandrail.world import EnvironmentFault, why_unreadable

__all__ = [
    "CHUNK_ROWS",
    "Chunk",
    "Row",
    "is_table",
    "kinds_of",
    "read_chunks",
    "row_count",
    "writer",
]

CHUNK_ROWS = 5_000
_PARQUET = (".parquet", ".pq")
_HEADER_BYTES = 1 << 20
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CSV_TROUBLE = {
    "unexpected end of data": "a quotation mark is opened and not closed",
    "',' expected after": "text stands behind a closing quotation mark",
    "field larger than field limit": f"a value has more than {csv.field_size_limit():,} characters,"
    " perhaps because a quotation mark is not closed",
}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table.

    Attributes:
        columns: names, in the file's order.
        rows: every value as text; a list of values parted by ``;``.
        faults: why a row cannot be used, by its place in ``rows``.
        arrow: the same rows as Parquet had them, types and all; None from a CSV.
    """

    columns: tuple[str, ...]
    rows: list[Row]
    faults: dict[int, str] = field(default_factory=dict)
    arrow: Any = None


Writer = Callable[[Chunk, Sequence[Row]], None]


def is_table(path: Path) -> bool:
    """Whether a path names a table by its ending."""
    return path.suffix.lower() in (".csv", *_PARQUET)


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in _PARQUET


def row_count(path: Path) -> int:
    """Return about how many rows a file has."""
    if _is_parquet(path):
        return int(_open_parquet(path).metadata.num_rows)
    try:
        with path.open("rb") as lines:
            breaks = sum(part.count(b"\n") for part in iter(lambda: lines.read(1 << 20), b""))
    except OSError as error:
        raise _unreadable(path, error) from error
    return max(breaks - 1, 0)


def read_chunks(path: Path) -> Iterator[Chunk]:
    """Yield the rows of a file, at least one chunk, also of an empty table.

    Raises:
        ListFormatError: it is missing, or is no UTF-8 CSV and no Parquet.
    """
    if _is_parquet(path):
        yield from _parquet_chunks(path)
        return
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            # Strict: a quotation mark too many would make one customer of all that follow.
            reader = csv.reader(file, strict=True)
            columns = tuple(next(reader, []))
            chunk = Chunk(columns, [])
            yielded, line = False, reader.line_num + 1
            for cells in reader:
                line = reader.line_num + 1
                if not cells:
                    continue
                if len(cells) > len(columns):
                    chunk.faults[len(chunk.rows)] = (
                        f"The row has {len(cells)} cells and the header {len(columns)}: a comma "
                        "inside a value must stand in quotation marks."
                    )
                padded = [*cells[: len(columns)], *[""] * (len(columns) - len(cells))]
                chunk.rows.append(dict(zip(columns, padded, strict=True)))
                if len(chunk.rows) == CHUNK_ROWS:
                    yield chunk
                    yielded, chunk = True, Chunk(columns, [])
            if chunk.rows or not yielded:
                yield chunk
    except csv.Error as error:
        said = (words for raw, words in _CSV_TROUBLE.items() if str(error).startswith(raw))
        raise _unreadable(path, f"Line {line}: {next(said, str(error))}") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, _why_no_text(path)) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _why_no_text(path: Path) -> str:
    """Return where a file stops to be UTF-8, for whoever exported it."""
    with path.open("rb") as file:
        if file.read(2) in _UTF16:
            return "It is UTF-16, which spreadsheets call Unicode text"
        file.seek(0)
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return f"Line {number} holds a byte that is no UTF-8"
    return "It ends within a character"


def kinds_of(chunk: Chunk) -> dict[str, str]:
    """Return what the columns of a Parquet file hold, in words; a CSV says nothing of that."""
    if chunk.arrow is None:
        return {}
    schema = chunk.arrow.schema
    return {name: _kind(schema.field(at).type) for at, name in enumerate(chunk.columns)}


def _kind(of: Any) -> str:
    types = _arrow("pyarrow.types")
    if types.is_dictionary(of):
        return _kind(of.value_type)
    if types.is_null(of):
        return "nothing"
    if types.is_string(of) or types.is_large_string(of) or types.is_string_view(of):
        return "text"
    if types.is_integer(of) or (types.is_decimal(of) and of.scale <= 0):
        return "whole numbers"
    if types.is_date(of) or types.is_timestamp(of):
        return "dates"
    listed = types.is_list(of) or types.is_large_list(of)
    return "lists of text" if listed and _kind(of.value_type) in ("text", "nothing") else str(of)


def _parquet_chunks(path: Path) -> Iterator[Chunk]:
    table = _open_parquet(path)
    try:
        columns = tuple(str(name) for name in table.schema_arrow.names)
        batches = table.iter_batches(batch_size=CHUNK_ROWS)
    except _damage() as error:
        raise _unreadable(path, error) from error
    yielded = False
    while (chunk := _next_parquet(batches, columns, path)) is not None:
        yield chunk
        yielded = True
    if not yielded:
        yield Chunk(columns, [])


def _next_parquet(batches: Iterator[Any], columns: tuple[str, ...], path: Path) -> Chunk | None:
    """Return the next rows; a page is only read now, so that only now damage shows."""
    try:
        batch = next(batches, None)
        if batch is None:
            return None
        rows = [{str(k): _text(v) for k, v in row.items()} for row in batch.to_pylist()]
    except _damage() as error:
        raise _unreadable(path, error) from error
    return Chunk(columns, rows, arrow=batch)


def _damage() -> tuple[type[Exception], ...]:
    """What reading a damaged Parquet file ends in."""
    return (OSError, ValueError, OverflowError, MemoryError, _arrow("pyarrow").ArrowException)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ";".join(_text(item) for item in value)
    return value.date().isoformat() if isinstance(value, datetime) else str(value)


@contextmanager
def writer(path: Path, added: tuple[str, ...]) -> Iterator[Writer]:
    """Give a function that writes chunks with added columns; the file appears when all are in."""
    if path.exists() and not path.is_file():
        raise _unwritable(path, "It is a folder or a device, no file")
    temporary = path.with_name(path.name + ".new")
    try:
        if _is_parquet(path):
            with _parquet_writer(temporary, added) as write:
                yield write
        else:
            with _csv_writer(temporary, added) as write:
                yield write
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _kept(chunk: Chunk, added: tuple[str, ...]) -> list[str]:
    return [name for name in chunk.columns if name not in added]


@contextmanager
def _csv_writer(path: Path, added: tuple[str, ...]) -> Iterator[Writer]:
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise _unwritable(path.with_suffix(""), why_unreadable(error)) from error
    with file:
        out = csv.writer(file)
        begun = False

        def write(chunk: Chunk, answers: Sequence[Row]) -> None:
            nonlocal begun
            kept = _kept(chunk, added)
            if not begun:
                out.writerow([*kept, *added])
                begun = True
            for row, answer in zip(chunk.rows, answers, strict=True):
                out.writerow([*(row[name] for name in kept), *(answer[name] for name in added)])

        yield write


@contextmanager
def _parquet_writer(path: Path, added: tuple[str, ...]) -> Iterator[Writer]:
    arrow, parquet = _arrow("pyarrow"), _arrow("pyarrow.parquet")
    opened: list[Any] = []

    def write(chunk: Chunk, answers: Sequence[Row]) -> None:
        kept = _kept(chunk, added)
        if chunk.arrow is not None:
            columns = [chunk.arrow.column(chunk.columns.index(name)) for name in kept]
        else:
            texts = ([row[name] for row in chunk.rows] for name in kept)
            columns = [arrow.array(values, type=arrow.string()) for values in texts]
        for name in added:
            values = [answer[name] for answer in answers]
            columns.append(arrow.array(values, type=arrow.string()))
        batch = arrow.record_batch(columns, names=[*kept, *added])
        if not opened:
            opened.append(parquet.ParquetWriter(path, batch.schema))
        opened[0].write_batch(batch)

    try:
        yield write
    finally:
        for one in opened:
            one.close()


def _open_parquet(path: Path) -> Any:
    parquet = _arrow("pyarrow.parquet")
    try:
        return parquet.ParquetFile(path)
    except _damage() as error:
        raise _unreadable(path, error) from error


def _arrow(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise EnvironmentFault(
            "Parquet files need the package pyarrow.",
            why="It is an extra and is not installed.",
            fix="Install sandrail[parquet], or use csv.",
            code="screening.no_parquet",
        ) from error


def _unreadable(path: Path, error: Exception | str) -> ListFormatError:
    said = error if isinstance(error, str) else why_unreadable(error)
    if isinstance(error, FileNotFoundError):
        said = "There is no such file"
    return ListFormatError(
        f"{path.name} cannot be read as a table.",
        why=f"{said}.",
        fix="Give a UTF-8 csv with a header line, or a Parquet file.",
        code="screening.table",
    )


def _unwritable(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"The answer cannot be written to {path}.",
        why=f"{why}.",
        fix="Choose a folder that exists and may be written to.",
        code="screening.no_place",
    )
