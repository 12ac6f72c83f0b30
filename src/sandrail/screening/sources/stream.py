"""A publisher's file as a stream: never whole in memory, hashed as it is read, and bounded."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sandrail.screening.errors import ListFormatError
from sandrail.screening.limits import (
    LIST_BYTES_MAX,
    TABLE_LINE_CHARS_MAX,
    TABLE_LINES_PER_ROW_MAX,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["ListFile", "csv_rows", "open_list", "sha256_of"]

_HEAD = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    damaged = error.object[error.start : error.end]
    return damaged.decode("cp1252", errors="replace"), error.end


codecs.register_error("sandrail.windows_1252", _as_windows_1252)


def sha256_of(data: bytes) -> str:
    """Return the hash under which a version is kept."""
    return hashlib.sha256(data).hexdigest()


class ListFile(io.RawIOBase):
    """The bytes of one list, read once from front to back.

    Attributes:
        what: the publisher's name for it, for errors.
        head: the first 64 KiB, already read.
        readers: what reads through it; they close the file when they go, so they stay as long.
    """

    def __init__(self, source: io.RawIOBase | io.BytesIO, *, what: str) -> None:
        super().__init__()
        self.what = what
        self._source = source
        self._hash = hashlib.sha256()
        self._taken = 0
        self.head = source.read(_HEAD) or b""
        self._waiting = self.head
        self.readers: tuple[io.IOBase, ...] = ()

    def readable(self) -> bool:
        """Reading is all that a list is for."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer; what passes through is hashed, and counted against the limit."""
        view = memoryview(buffer).cast("B")
        if self._waiting:
            part = self._waiting[: len(view)]
            self._waiting = self._waiting[len(part) :]
        else:
            part = self._source.read(len(view)) or b""
        self._taken += len(part)
        if self._taken > LIST_BYTES_MAX:
            raise _too_large(self.what, self._taken)
        self._hash.update(part)
        view[: len(part)] = part
        return len(part)

    def close(self) -> None:
        """Let the file go."""
        self._source.close()
        super().close()

    def sha256(self) -> str:
        """Read what is left, and return the hash of everything."""
        while self.read(1 << 20):
            pass
        return self._hash.hexdigest()


def open_list(source: Path | str | bytes, *, what: str) -> ListFile:
    """Open a list, refusing an empty one and one beyond the limit before anything is read.

    Raises:
        ListFormatError: it is absent, empty or too large.
    """
    try:
        size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
        if size > LIST_BYTES_MAX:
            raise _too_large(what, size)
        opened = io.BytesIO(source) if isinstance(source, bytes) else _opened(Path(source))
        file = ListFile(opened, what=what)
    except OSError as error:
        raise ListFormatError(
            f"The {what} file {Path(str(source)).name} cannot be read.",
            why=f"{error.strerror or error}.",
            fix="Check the path and the permissions.",
        ) from error
    if not file.head:
        file.close()
        raise ListFormatError(f"The {what} file is empty.", fix="Fetch it again.")
    return file


def _opened(path: Path) -> io.FileIO:
    return path.open("rb", buffering=0)


def _too_large(what: str, size: int) -> ListFormatError:
    return ListFormatError(
        f"The {what} file is {size:,} bytes.",
        why=f"More than {LIST_BYTES_MAX:,} bytes are never parsed.",
        fix="Fetch the list again from its publisher; no real list is that large.",
        code="screening.list_too_large",
    )


def csv_rows(file: ListFile, *, spaced: bool = False) -> Iterator[list[str]]:
    """Yield the rows of a table, one at a time.

    UTF-8 and UTF-16 are known by their mark; without one it is UTF-8, and a byte that is not is
    read as Windows-1252, so that no letter is lost.

    Args:
        file: the table.
        spaced: whether blanks after a comma belong to the separator.

    Raises:
        ListFormatError: a line or a cell without end, or a quote that never closes.
    """
    encoding = next((name for mark, name in _MARKS if file.head.startswith(mark)), "utf-8")
    buffered = io.BufferedReader(file)
    text = io.TextIOWrapper(buffered, encoding=encoding, errors="sandrail.windows_1252", newline="")
    file.readers = (buffered, text)
    lines = _Lines(text, file.what)
    reader = csv.reader(lines, skipinitialspace=spaced)
    try:
        for row in reader:
            lines.since_row = 0
            yield row
    except (csv.Error, UnicodeError) as error:
        raise ListFormatError(
            f"The {file.what} file cannot be read beyond line {lines.number}.",
            why=f"{error}.",
            fix="It is damaged or cut short: fetch it again from the publisher.",
        ) from error


class _Lines:
    """The lines of a text, each of bounded length, so that no row grows without end."""

    def __init__(self, text: io.TextIOWrapper, what: str) -> None:
        self.text, self.what = text, what
        self.number = self.since_row = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.text.readline(TABLE_LINE_CHARS_MAX)
        if not line:
            raise StopIteration
        self.number += 1
        self.since_row += 1
        is_cut = len(line) == TABLE_LINE_CHARS_MAX and not line.endswith(("\n", "\r"))
        if is_cut or self.since_row > TABLE_LINES_PER_ROW_MAX:
            raise ListFormatError(
                f"The {self.what} file is refused.",
                why=f"Its line {self.number} belongs to a row that does not end.",
                fix="Fetch it again from the official address.",
                code="screening.list_hostile",
            )
        return line.replace("\x00", "")
