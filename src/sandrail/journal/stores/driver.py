"""What the SQLite store needs of a Python binding and of the disk below it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandrail.journal.errors import StoreFault

__all__ = ["LOG_SUFFIX", "STDLIB", "Driver", "Faults", "LogSizes"]

LOG_SUFFIX = "-wal"
REWRITE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LogSizes:
    """How the log is kept.

    Attributes:
        extend_after: commits in one process after which the log gets its whole length.
        kept_bytes: that length; a log that grew longer is cut back to it.
        write_back_bytes: how full the log is when it is written back.
    """

    extend_after: int = 8
    kept_bytes: int = 16 * 1024 * 1024
    write_back_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Driver:
    """A Python binding to SQLite; the simulator brings one whose disk fails on purpose.

    Attributes:
        connect: opens (path, may write).
        read_start: returns the first bytes of a file, fewer when it is shorter or not there.
        rewrite_log: writes the visible bytes of a path's log in place once more and syncs them.
        extend_log: adds so many zeros behind a path's log, up to a length; tells whether it could.
        errors: what the binding raises when SQLite or the disk fails.
        shares_file: whether several connections may be open on one file.
        log_sizes: how the log is kept.
    """

    connect: Callable[[str, bool], Any]
    read_start: Callable[[str, int], bytes]
    rewrite_log: Callable[[str], None]
    extend_log: Callable[[str, int, int], bool]
    errors: tuple[type[Exception], ...]
    shares_file: bool = True
    log_sizes: LogSizes = LogSizes()


class Faults:
    """Turns an error of the binding into a ``StoreFault`` that says what was being done."""

    def __init__(self, path: Path, driver: Driver, purpose: str) -> None:
        """Say which file it is and what is about to be done to it."""
        self._path = path
        self._errors = driver.errors
        self._purpose = purpose

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, self._errors):
            raise StoreFault(
                f"The journal {self._path} could not {self._purpose}.",
                why=f"SQLite says: {error}.",
                fix="Check the disk and the file's permissions; restore from a backup if damaged.",
            ) from error


def _connect(path: str, writes: bool) -> sqlite3.Connection:
    uri = Path(path).resolve().as_uri() + ("?mode=rwc" if writes else "?mode=ro")
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _read_start(path: str, size: int) -> bytes:
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read(size)


def _rewrite_log(path: str) -> None:
    """Make sure that what the log shows is what the disk holds.

    After a failed sync the system may show log pages that never reached the disk and count them as
    written. Appending behind them, or copying them into the database file, would build on something
    that a power cut takes away. Writing the same bytes again makes them due for a sync again.
    """
    try:
        log = os.open(path + LOG_SUFFIX, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        at = 0
        while chunk := os.pread(log, REWRITE_BYTES, at):
            at += os.pwrite(log, chunk, at)
        os.fsync(log)
    finally:
        os.close(log)


def _extend_log(path: str, size: int, length_max: int) -> bool:
    try:
        log = os.open(path + LOG_SUFFIX, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        length = os.fstat(log).st_size
        wanted = min(size, length_max - length)
        return wanted > 0 and os.pwrite(log, bytes(wanted), length) == wanted
    except OSError:  # no room, commonly; the log then grows as it is written
        return False
    finally:
        os.close(log)


STDLIB = Driver(
    connect=_connect,
    read_start=_read_start,
    rewrite_log=_rewrite_log,
    extend_log=_extend_log,
    errors=(sqlite3.Error, OSError),
)
