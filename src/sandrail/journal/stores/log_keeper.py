"""Keeping the write-ahead log one that is overwritten, and writing it back beside the commits.

A sync of a log that grows also syncs the file's new length, which costs a file system two or three
more writes; a sync of bytes that are overwritten costs one. So after some commits the log gets its
whole length at once, in zeros, which SQLite takes for the end of the log. And a log that is full is
copied into the database file by a thread of its own, while commits go on; for the few pages that
they add meanwhile, and to begin the log anew, they wait a moment.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from sandrail.journal.stores.driver import Driver

__all__ = ["LogKeeper"]

EXTEND_CHUNK = 4 * 1024 * 1024
COMMIT_OVERHEAD = 3 * 8_192
"""The pages of a commit beside its payloads: the first of the file, an inner one, half a leaf."""

_WRITE_BACK = "PRAGMA wal_checkpoint(PASSIVE)"


class LogKeeper:
    """Looks after the log of one journal that is open for writing."""

    def __init__(self, path: Path, driver: Driver, *, turn: threading.Lock, writer: Any) -> None:
        """Take note of the file.

        Args:
            path: the journal.
            driver: opens it; one that allows a single connection makes all of this happen inside
                the commits.
            turn: held by whoever writes.
            writer: the connection that commits.
        """
        self._path = str(path)
        self._driver = driver
        self._turn = turn
        self._sizes = driver.log_sizes
        self._connection = writer
        self._commits = 0
        self._filled = 0
        self._extended = False
        self._due = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.failure = ""

    def committed(self, size: int) -> None:
        """Take note of a commit of so many bytes; the caller holds the turn."""
        self._commits += 1
        self._filled += size + COMMIT_OVERHEAD
        extend = not self._extended and self._commits >= self._sizes.extend_after
        if not extend and self._filled < self._sizes.write_back_bytes:
            return
        if not self._driver.shares_file:
            self._look_after()
            return
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name=f"log of {self._path}", daemon=True
            )
            self._thread.start()
        self._due.set()

    def stop(self) -> None:
        """End the thread; the log is written back once more when its last connection closes."""
        self._stopping = True
        self._due.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        connection = None
        try:
            connection = self._connection = self._driver.connect(self._path, True)
            connection.execute("PRAGMA synchronous = FULL").fetchall()
            while not self._stopping:
                self._due.wait()
                self._due.clear()
                if not self._stopping:
                    self._look_after()
        except self._driver.errors as error:
            self.failure = f"Its log could not be looked after: {error}"
        finally:
            if connection is not None:
                connection.close()

    def _look_after(self) -> None:
        if not self._extended and self._commits >= self._sizes.extend_after:
            self._extended = True
            self._extend()
        if self._filled < self._sizes.write_back_bytes or self._stopping:
            return
        try:
            self._write_back()
        except self._driver.errors as error:
            self.failure = f"Its log could not be written back: {error}"

    def _extend(self) -> None:
        """Write zeros behind the log; that there is no room for them harms nobody."""
        chunk = min(EXTEND_CHUNK, self._sizes.kept_bytes)
        for _ in range(-(-self._sizes.kept_bytes // chunk)):
            with self._holding_turn():
                if self._stopping or not self._driver.extend_log(
                    self._path, chunk, self._sizes.kept_bytes
                ):
                    return

    def _write_back(self) -> None:
        if self._driver.shares_file:
            self._connection.execute(_WRITE_BACK).fetchall()
        with self._holding_turn():
            self._connection.execute(_WRITE_BACK).fetchall()
            self._filled = 0

    def _holding_turn(self) -> threading.Lock | _Held:
        return self._turn if self._driver.shares_file else _Held()


class _Held:
    """Stands for a turn that the caller has already."""

    def __enter__(self) -> None:
        return

    def __exit__(self, *_: object) -> None:
        return
