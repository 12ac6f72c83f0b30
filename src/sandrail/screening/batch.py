"""Files of parties in, files of verdicts out: CSV and Parquet.

Columns read: ``name`` and any of ``party_no, other_names, father_name, dob, cnic, country, wallets,
kind, passport, place, lei``. Columns added: ``match_id, list, score, decision, reason`` (score in
thousandths). A row that cannot be screened is written with the decision ``UNSCREENED`` and the
reason, never left out.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandrail.screening.ask import identity_from
from sandrail.screening.errors import IdentityError, ListFormatError
from sandrail.screening.limits import BATCH_ROWS_MAX
from sandrail.screening.nouns import Decision, ScreeningResult
from sandrail.screening.screen import Screener
from sandrail.world import EnvironmentFault

__all__ = ["ADDED_COLUMNS", "BatchCounts", "count_rows", "screen_file"]

ADDED_COLUMNS = ("match_id", "list", "score", "decision", "reason")
_READ = (
    "name other_names father_name dob cnic country wallets kind passport place lei".split()  # noqa: SIM905
)
_CHUNK = 5_000
Row = dict[str, str]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """How many rows got which decision."""

    clear: int
    review: int
    hit: int
    unscreened: int

    @property
    def rows(self) -> int:
        """All of them."""
        return self.clear + self.review + self.hit + self.unscreened


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".pq")


def count_rows(path: Path | str) -> int:
    """Return about how many rows a file has, for a progress bar."""
    file = Path(path)
    if _is_parquet(file):
        return int(_parquet().ParquetFile(file).metadata.num_rows)
    with file.open("rb") as lines:
        return max(
            sum(chunk.count(b"\n") for chunk in iter(lambda: lines.read(1 << 20), b"")) - 1, 0
        )


def screen_file(
    source: Path | str,
    target: Path | str,
    *,
    screener: Screener,
    progress: Progress | None = None,
) -> BatchCounts:
    """Screen every row of a file.

    Raises:
        ListFormatError: there is no ``name`` column, or too many rows.
        EnvironmentFault: Parquet is asked for and pyarrow is not installed.
    """
    counts = dict.fromkeys(Decision, 0)
    with _writer(Path(target)) as write:
        done = 0
        for row in _read(Path(source)):
            done += 1
            if done > BATCH_ROWS_MAX:
                raise ListFormatError(
                    f"The file has more than {BATCH_ROWS_MAX:,} rows.", fix="Split it."
                )
            decision, added = _screen_row(row, screener)
            counts[decision] += 1
            write(row | added)
            if progress is not None and done % 100 == 0:
                progress(100)
        if progress is not None:
            progress(done % 100)
    return BatchCounts(
        clear=counts[Decision.CLEAR],
        review=counts[Decision.REVIEW],
        hit=counts[Decision.HIT],
        unscreened=counts[Decision.UNSCREENED],
    )


def _screen_row(row: Row, screener: Screener) -> tuple[Decision, Row]:
    try:
        identity = identity_from({k: row.get(k, "") for k in _READ})
    except IdentityError as error:
        empty = {"match_id": "", "list": "", "score": "", "decision": Decision.UNSCREENED.name}
        return Decision.UNSCREENED, {**empty, "reason": str(error)}
    return _columns(screener.screen(identity))


def _columns(result: ScreeningResult) -> tuple[Decision, Row]:
    first = result.matches[0] if result.matches else None
    shown = first if first is not None and first.decision is not Decision.CLEAR else None
    return result.decision, {
        "match_id": shown.entry_id if shown else "",
        "list": shown.source if shown else "",
        "score": str(shown.score_milli) if shown else "",
        "decision": result.decision.name,
        "reason": result.explanation if shown else "",
    }


def _read(path: Path) -> Iterator[Row]:
    if _is_parquet(path):
        table = _parquet().ParquetFile(path)
        _require_name([str(n) for n in table.schema_arrow.names], path)
        for batch in table.iter_batches(batch_size=_CHUNK):
            for row in batch.to_pylist():
                yield {str(k): "" if v is None else str(v) for k, v in row.items()}
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _require_name(list(reader.fieldnames or []), path)
            for row in reader:
                yield {k: v or "" for k, v in row.items() if k is not None}
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise ListFormatError(
            f"{path.name} cannot be read.", why=f"{error}.", fix="Give a UTF-8 csv with a header."
        ) from error


def _require_name(columns: list[str], path: Path) -> None:
    if "name" not in columns:
        raise ListFormatError(
            f"{path.name} has no column called name.",
            why=f"Its columns are: {', '.join(columns)[:300] or 'none'}.",
            fix=f"Give it the column name, and any of {', '.join(_READ[1:])}.",
        )


@contextmanager
def _writer(path: Path) -> Iterator[Callable[[Row], None]]:
    rows: list[Row] = []
    temporary = path.with_name(path.name + ".new")
    if _is_parquet(path):
        yield rows.append
        arrow: Any = _parquet("pyarrow")
        _parquet().write_table(arrow.Table.from_pylist(rows), temporary)
    else:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer: list[csv.DictWriter[str]] = []

            def write(row: Row) -> None:
                if not writer:
                    writer.append(csv.DictWriter(file, list(row), extrasaction="ignore"))
                    writer[0].writeheader()
                writer[0].writerow(row)

            yield write
    temporary.replace(path)


def _parquet(name: str = "pyarrow.parquet") -> Any:
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
