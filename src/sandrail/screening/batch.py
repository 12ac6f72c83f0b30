"""Files of parties in, files of verdicts out: CSV and Parquet, a chunk at a time.

Columns read: ``name`` and any of ``party_no, other_names, father_name, dob, cnic, country, wallets,
kind, passport, place, lei, imo, registration``. Columns added: ``match_id, list, score, decision,
reason``. The score says how like the listed party this one is, in thousandths; the decision does
not hang on it alone.
Every other column passes unread. A row that cannot be screened is written with the decision
``UNSCREENED`` and the reason, never left out. A number that is mistyped is named in the reason,
because the verdict then stands on the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sandrail.screening.ask import FIELDS, identity_from
from sandrail.screening.errors import IdentityError, ListFormatError
from sandrail.screening.limits import BATCH_ROWS_MAX
from sandrail.screening.nouns import Decision, PartyIdentity, ScreeningResult
from sandrail.screening.numbers import unusable_numbers
from sandrail.screening.screen import Screener
from sandrail.screening.tabular import Chunk, Row, kinds_of, read_chunks, row_count, writer

__all__ = [
    "ADDED_COLUMNS",
    "BatchCounts",
    "count_rows",
    "read_parties",
    "screen_file",
    "unread_columns",
]

ADDED_COLUMNS = ("match_id", "list", "score", "decision", "reason")
_PASSED = (*FIELDS, "party_no", *ADDED_COLUMNS)
_MEANT = {
    "dob": "date_of_birth birth_date birthdate birthday born dateofbirth date_birth",
    "father_name": "father fathers_name father's_name father_s_name fathername",
    "cnic": "nic id_card national_id id_number nadra",
    "country": "nationality citizenship",
    "wallets": "wallet wallet_address wallet_addresses",
    "passport": "passport_no passport_number",
}
_OTHER_WORDS = {word: name for name, words in _MEANT.items() for word in words.split()}
_OTHER_SIGNS = {";": "';'", "\t": "a tab", "|": "'|'"}
_KINDS_READ = {
    **dict.fromkeys(
        ("party_no", "cnic", "passport", "lei", "imo", "registration"), ("whole numbers",)
    ),
    **dict.fromkeys(("other_names", "wallets"), ("lists of text",)),
    "dob": ("dates", "whole numbers"),
}
"""What a column of a Parquet file may hold beside text."""

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


def count_rows(path: Path | str) -> int:
    """Return about how many rows a file has, for a progress bar."""
    return row_count(Path(path))


def unread_columns(path: Path | str) -> tuple[str, ...]:
    """Return the columns of a file that pass through without being read."""
    chunk = next(read_chunks(Path(path)))
    return tuple(name for name in chunk.columns if name not in _PASSED)


def read_parties(path: Path | str) -> Iterator[PartyIdentity]:
    """Yield the customers of a file, each with its number.

    Raises:
        ListFormatError: the file cannot be read, or calls a column by another name.
        IdentityError: a row has no number of its own, or cannot be screened; it says which row.
    """
    row_no, seen = 0, set()
    for chunk in read_chunks(Path(path)):
        _require_columns(chunk, Path(path))
        for place, row in enumerate(chunk.rows):
            row_no += 1
            number = row.get("party_no", "").strip()
            if not number.isdecimal() or number in seen:
                raise _bad_row(row_no, f"{number!r} is not a party_no of its own.")
            seen.add(number)
            try:
                identity = identity_from(row, party_no=int(number))
            except IdentityError as error:
                raise _bad_row(row_no, f"{error.what} {error.why}".strip()) from error
            if place in chunk.faults:
                raise _bad_row(row_no, chunk.faults[place])
            yield identity


def _bad_row(row_no: int, why: str) -> IdentityError:
    return IdentityError(
        f"Row {row_no} of the customers cannot be screened.",
        why=why,
        fix="Correct the row. A customer without a verdict stays held at the gate.",
        code="screening.bad_customer",
    )


def screen_file(
    source: Path | str,
    target: Path | str,
    *,
    screener: Screener,
    progress: Progress | None = None,
) -> BatchCounts:
    """Screen every row of a file; the answer appears whole or not at all.

    Raises:
        ListFormatError: the file cannot be read, has no ``name``, calls a column that matters by
            another name, holds only a part of the answer's columns, or has too many rows.
        EnvironmentFault: Parquet is asked for and pyarrow is not installed.
    """
    counts = dict.fromkeys(Decision, 0)
    done = 0
    with writer(Path(target), ADDED_COLUMNS) as write:
        for chunk in read_chunks(Path(source)):
            if done == 0:
                _require_columns(chunk, Path(source))
            done += len(chunk.rows)
            if done > BATCH_ROWS_MAX:
                raise ListFormatError(
                    f"The file has more than {BATCH_ROWS_MAX:,} rows.",
                    why="A verdict on each would not fit one answer.",
                    fix="Split it.",
                    code="screening.table",
                )
            added = []
            for decision, columns in _screen_rows(chunk, screener):
                counts[decision] += 1
                added.append(columns)
                if progress is not None:
                    progress(1)
            write(chunk, added)
    return BatchCounts(
        clear=counts[Decision.CLEAR],
        review=counts[Decision.REVIEW],
        hit=counts[Decision.HIT],
        unscreened=counts[Decision.UNSCREENED],
    )


def _screen_rows(chunk: Chunk, screener: Screener) -> Iterator[tuple[Decision, Row]]:
    empty = {"match_id": "", "list": "", "score": "", "decision": Decision.UNSCREENED.name}
    read = [_read_row(row, chunk.faults.get(at, "")) for at, row in enumerate(chunk.rows)]
    results = screener.screen_many(one for one in read if isinstance(one, PartyIdentity))
    for one in read:
        if isinstance(one, PartyIdentity):
            yield _columns(next(results), unusable_numbers(one))
        else:
            yield Decision.UNSCREENED, {**empty, "reason": one}


def _read_row(row: Row, fault: str) -> PartyIdentity | str:
    """Return who a row is about, or why nobody can say."""
    if fault:
        return fault
    try:
        return identity_from(row)
    except IdentityError as error:
        return f"{error.what} {error.why}".strip()


def _columns(result: ScreeningResult, unusable: tuple[str, ...]) -> tuple[Decision, Row]:
    first = result.matches[0] if result.matches else None
    shown = first if first is not None and first.decision is not Decision.CLEAR else None
    return result.decision, {
        "match_id": shown.entry_id if shown else "",
        "list": shown.source if shown else "",
        "score": str(shown.score_milli) if shown else "",
        "decision": result.decision.name,
        "reason": " ".join((result.explanation, *unusable)),
    }


def _require_columns(chunk: Chunk, path: Path) -> None:
    """Refuse what would quietly be screened on less than the file says."""
    columns = chunk.columns
    _require_one_name(columns, path)
    for column in columns:
        meant = _OTHER_WORDS.get(column.strip().lower().replace(" ", "_"))
        if meant is None and column not in _PASSED and column.strip().lower() in _PASSED:
            meant = column.strip().lower()
        if meant is not None and meant not in columns:
            raise _unfit(
                f"{path.name} calls {meant} {column!r}.",
                why=f"It would pass unread, and everybody would be screened without {meant}.",
                fix=f"Rename the column {meant}, or give it a name of its own, such as "
                f"own_{meant}, if it is something else.",
            )
    _require_kinds(chunk, path)
    mine = [name for name in ADDED_COLUMNS if name in columns]
    if mine and len(mine) < len(ADDED_COLUMNS):
        raise _unfit(
            f"{path.name} has a column {mine[0]} of its own.",
            why=f"The answer adds {', '.join(ADDED_COLUMNS)} and would write over it.",
            fix="Rename it. (A file with all five is an earlier answer, and is answered anew.)",
        )


def _require_kinds(chunk: Chunk, path: Path) -> None:
    for column, kind in kinds_of(chunk).items():
        read = column in (*FIELDS, "party_no")
        if read and kind not in ("text", "nothing", *_KINDS_READ.get(column, ())):
            raise _unfit(
                f"{path.name} holds {column} as {kind}.",
                why="It would be read as another value than is meant, and nobody would notice.",
                fix=f"Write {column} as text.",
            )


def _require_one_name(columns: tuple[str, ...], path: Path) -> None:
    doubled = sorted({name for name in columns if columns.count(name) > 1})
    if doubled:
        raise _unfit(
            f"{path.name} has two columns called {doubled[0]}.",
            why="Only one of them could be read.",
            fix="Keep one.",
        )
    if "name" not in columns:
        parted = [word for sign, word in _OTHER_SIGNS.items() if sign in "".join(columns)]
        raise _unfit(
            f"{path.name} has no column called name.",
            why=f"It is parted by {parted[0]}, not by commas."
            if parted and len(columns) == 1
            else f"Its columns are: {', '.join(columns)[:300] or 'none'}.",
            fix=f"Give it the column name, and any of {', '.join(FIELDS[1:])}.",
        )


def _unfit(what: str, *, why: str, fix: str) -> ListFormatError:
    return ListFormatError(what, why=why, fix=fix, code="screening.table")
