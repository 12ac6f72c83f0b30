"""The writer's place on a journal file: one process at a time, and its name on the door."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from pathlib import Path

from sandrail.journal.errors import StoreFault, WriterError
from sandrail.world import canonical_bytes, iso

__all__ = ["WriterLock", "holder_text"]

_HOLDER_BYTES_MAX = 4_096


class WriterLock:
    """An advisory lock on ``<journal>.lock``, which the system releases when the process dies.

    The file stays after release: removing it would let two processes lock two different files.
    """

    def __init__(self, journal_path: Path, *, since_us: int) -> None:
        self._path = journal_path.with_name(journal_path.name + ".lock")
        self._journal_path = journal_path
        try:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreFault(
                f"The lock file {self._path} cannot be opened.",
                why=f"{error.strerror}.",
                fix="Give this user the right to write in that folder, or open read-only.",
            ) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._fd, _HOLDER_BYTES_MAX, 0)
            os.close(self._fd)
            raise self._taken(holder) from error
        except OSError as error:
            os.close(self._fd)
            raise StoreFault(
                f"The lock file {self._path} cannot be locked.",
                why=f"{error.strerror}.",
                fix="Put the journal on a local disk.",
            ) from error
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, canonical_bytes(_holder(since_us)), 0)

    def release(self) -> None:
        """Give the place back. Releasing twice is no error."""
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = -1

    def _taken(self, raw: bytes) -> WriterError:
        try:
            holder = json.loads(raw)
        except ValueError:
            holder = {}
        return WriterError(
            f"The journal {self._journal_path} is open for writing elsewhere.",
            why=f"{holder_text(holder)} holds it.",
            fix="Wait for that process or end it; to look only, open the journal read-only.",
            **{f"holder_{key}": str(value) for key, value in holder.items()},
        )


def holder_text(holder: dict[str, object]) -> str:
    """Return who holds a journal, for an error text."""
    since = holder.get("since_us")
    return (
        f"Process {holder.get('pid', 'of unknown number')} on {holder.get('host', 'this machine')}"
        f" since {iso(since) if isinstance(since, int) else 'an unknown time'}"
    )


def _holder(since_us: int) -> dict[str, object]:
    return {"host": socket.gethostname(), "pid": os.getpid(), "since_us": since_us}
