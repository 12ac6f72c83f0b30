"""A disk in memory behind SQLite's VFS interface that really loses what was not synced.

Each file has what a process sees and what is on the platter. A write changes the first and waits in
a list; a sync moves the list to the platter. When the power is cut, each waiting write is kept,
dropped, or torn at any byte, independently of the others, and everything else is gone.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import apsw

from sandrail.journal.stores.driver import LOG_SUFFIX, Driver, LogSizes

__all__ = ["Disk", "FaultPlan", "File", "driver_for"]

SECTOR_BYTES = 512
LATE_SYNC_ENDS = 0.1
"""How likely a late sync happens at last, at each operation of the disk."""

SMALL_LOG = LogSizes(extend_after=3, kept_bytes=200_000, write_back_bytes=100_000)
"""Small enough for a world of twenty steps to fill it, write it back and begin it anew."""
_POWERSAFE = 0x1000


@dataclass(slots=True)
class FaultPlan:
    """What goes wrong on a disk, as data; ``None`` and 0 mean never.

    Attributes:
        power_cut_at: the disk operation (write, truncate, sync) at which the power fails.
        write_error_rate: share of writes that fail after writing only a part.
        sync_error_rate: share of syncs that fail; what they should have written may be lost.
        read_error_rate: share of reads that fail.
        lost_sync_rate: share of syncs that claim success and do nothing: a lying disk.
        late_sync_rate: share of syncs that claim success first and happen some operations later,
            after syncs of other files that were asked for after them.
        capacity_bytes: the disk is full when all files together would exceed this.
        keep: of unsynced writes at a power cut: ``all``, ``none`` or ``some``.
        powersafe: whether the disk promises not to damage bytes beside those it writes.
    """

    power_cut_at: int | None = None
    write_error_rate: float = 0.0
    sync_error_rate: float = 0.0
    read_error_rate: float = 0.0
    lost_sync_rate: float = 0.0
    late_sync_rate: float = 0.0
    capacity_bytes: int | None = None
    keep: str = "some"
    powersafe: bool = True


@dataclass(slots=True)
class File:
    """One file; a handle keeps it readable after its name was removed, as Unix does.

    Attributes:
        seen: what a process reads.
        platter: what survives a power cut.
        waiting: writes (offset, bytes) and truncations (size, None) since the last sync.
        late: how many of these, from the first, a sync has claimed to have written.
    """

    seen: bytearray = field(default_factory=bytearray)
    platter: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, bytes | None]] = field(default_factory=list)
    late: int = 0


class Disk:
    """The files of one world and the faults that befall them."""

    def __init__(self, random: Random, plan: FaultPlan) -> None:
        self.random = random
        self.plan = plan
        self.files: dict[str, File] = {}
        self.operations = 0
        self.powered = True
        self.honest = True
        self.befell: Counter[str] = Counter()
        self.session: object = None
        self.fail_sync_at: int | None = None

    def heal(self) -> None:
        """End all faults but those that already happened."""
        self.plan = FaultPlan(keep=self.plan.keep, powersafe=self.plan.powersafe)

    def power_cycle(self) -> None:
        """Cut the power, decide what of the unsynced writes survives, and switch on again."""
        self.befell["power cut"] += 1
        for name in sorted(self.files):
            file = self.files[name]
            self._lose_some(file)
            file.seen = bytearray(file.platter)
        self.plan.power_cut_at = None
        self.powered = True

    def flip_bit(self) -> bool:
        """Change one bit on the platter of one file; return whether there was any."""
        names = [name for name in sorted(self.files) if self.files[name].platter]
        if not names:
            return False
        file = self.files[self.random.choice(names)]
        position = self.random.randrange(len(file.platter))
        bit = 1 << self.random.randrange(8)
        file.platter[position] ^= bit
        if position < len(file.seen):
            file.seen[position] ^= bit
        self.befell["bit flip"] += 1
        self.honest = False
        return True

    def write(self, file: File, data: bytes, offset: int) -> None:
        self._operate()
        if self.random.random() < self.plan.write_error_rate:
            self.befell["short write"] += 1
            self._apply(file, offset, data[: self.random.randrange(len(data) + 1)])
            raise _fault(apsw.IOError, apsw.SQLITE_IOERR_WRITE, "short write")
        grown = sum(len(f.seen) for f in self.files.values())
        grown += max(0, offset + len(data) - len(file.seen))
        if self.plan.capacity_bytes is not None and grown > self.plan.capacity_bytes:
            self.befell["disk full"] += 1
            raise _fault(apsw.FullError, apsw.SQLITE_FULL, "disk full")
        self._apply(file, offset, data)

    def truncate(self, file: File, size: int) -> None:
        self._operate()
        del file.seen[size:]
        file.waiting.append((size, None))

    def sync(self, file: File) -> None:
        self._operate()
        failing = self.operations - 1 == self.fail_sync_at
        if failing or self.random.random() < self.plan.sync_error_rate:
            self.befell["failed sync"] += 1
            self._lose_some(file)  # the system believes these pages clean: they are never written
            raise _fault(apsw.IOError, apsw.SQLITE_IOERR_FSYNC, "failed sync")
        if self.random.random() < self.plan.lost_sync_rate:
            self.befell["lost sync"] += 1
            self.honest = False
            return
        if self.random.random() < self.plan.late_sync_rate:
            self.befell["late sync"] += 1
            file.late = len(file.waiting)
            return
        self._settle(file, len(file.waiting))

    def read(self, file: File, amount: int, offset: int) -> bytes:
        if not self.powered:
            raise _power_cut()
        if self.random.random() < self.plan.read_error_rate:
            self.befell["failed read"] += 1
            raise _fault(apsw.IOError, apsw.SQLITE_IOERR_READ, "failed read")
        return bytes(file.seen[offset : offset + amount])

    def _settle(self, file: File, count: int) -> None:
        """Bring the first ``count`` waiting writes to the platter."""
        for offset, data in file.waiting[:count]:
            _put(file.platter, offset, data)
        del file.waiting[:count]
        file.late = 0

    def _apply(self, file: File, offset: int, data: bytes) -> None:
        _put(file.seen, offset, data)
        file.waiting.append((offset, data))

    def _operate(self) -> None:
        if self.powered and self.operations == self.plan.power_cut_at:
            self.powered = False
        self.operations += 1
        if not self.powered:
            raise _power_cut()
        for name in sorted(self.files) if self.befell["late sync"] else ():
            file = self.files[name]
            if file.late and self.random.random() < LATE_SYNC_ENDS:
                self._settle(file, file.late)

    def _lose_some(self, file: File) -> None:
        """Decide what of the unsynced writes survives; to lose what was claimed to be is a lie."""
        kept = [self._maybe_keep(file.platter, *write) for write in file.waiting]
        if not all(kept[: file.late]):
            self.honest = False
        file.waiting.clear()
        file.late = 0

    def _maybe_keep(self, platter: bytearray, offset: int, data: bytes | None) -> bool:
        """Keep a write whole, in part or not at all; tell whether it was kept whole."""
        fate = self.random.random()
        if self.plan.keep == "none" or (self.plan.keep == "some" and fate < 0.4):
            return False
        torn = data is not None and self.plan.keep == "some" and fate > 0.7
        if torn and data is not None:
            self.befell["torn write"] += 1
            data = data[: self.random.randrange(len(data) + 1)]
        _put(platter, offset, data)
        return not torn


def _put(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _fault(kind: type[apsw.Error], code: int, text: str) -> apsw.Error:
    error = kind(text)
    error.extendedresult = code
    return error


def _power_cut() -> apsw.Error:
    return _fault(apsw.IOError, apsw.SQLITE_IOERR, "the power is cut")


class _FailingFile:
    """One open file, as SQLite sees it."""

    def __init__(self, session: _Session, file: File) -> None:
        self._session = session
        self._file = file

    def excepthook(self, *_: object) -> None:
        """Stay silent: the faults are the point."""

    def xRead(self, amount: int, offset: int) -> bytes:
        disk = self._session.living_disk()
        return bytes(amount) if disk is None else disk.read(self._file, amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        if (disk := self._session.living_disk()) is not None:
            disk.write(self._file, bytes(data), offset)

    def xTruncate(self, size: int) -> None:
        if (disk := self._session.living_disk()) is not None:
            disk.truncate(self._file, size)

    def xSync(self, flags: int) -> None:
        if (disk := self._session.living_disk()) is not None:
            disk.sync(self._file)

    def xFileSize(self) -> int:
        return len(self._file.seen)

    def xLock(self, level: int) -> None:
        return

    def xUnlock(self, level: int) -> None:
        return

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR_BYTES

    def xDeviceCharacteristics(self) -> int:
        return _POWERSAFE if self._session.disk.plan.powersafe else 0

    def xClose(self) -> None:
        return


class _Session(apsw.VFS):  # type: ignore[misc]
    """What one process does to a disk. It ends when the next one begins, as a process does.

    A connection that was never closed in good order may be collected later; by then it belongs to
    the dead and must not touch the disk.
    """

    def __init__(self, disk: Disk, number: int) -> None:
        self.vfs_name = f"sandrail-failing-{number}"
        super().__init__(self.vfs_name, base=None)
        self.disk = disk

    def living_disk(self) -> Disk | None:
        """Return the disk while this session lives; the dead read zeros and write nothing."""
        return self.disk if self.disk.session is self else None

    def excepthook(self, *_: object) -> None:
        """Stay silent: the faults are the point."""

    def xOpen(self, name: Any, flags: list[int]) -> _FailingFile:
        disk = self.living_disk()
        if disk is None or not disk.powered:
            raise _power_cut()
        flags[1] = flags[0]
        file = File() if name is None else disk.files.setdefault(_text(name), File())
        return _FailingFile(self, file)

    def xAccess(self, name: str, flags: int) -> bool:
        return name in self.disk.files

    def xDelete(self, name: str, sync_folder: bool) -> None:
        disk = self.living_disk()
        if disk is None:
            return
        if not disk.powered:
            raise _power_cut()
        disk.files.pop(name, None)

    def xFullPathname(self, name: str) -> str:
        return name

    def xRandomness(self, count: int) -> bytes:
        return bytes(count)

    def xSleep(self, micros: int) -> int:
        return micros

    def xCurrentTime(self) -> float:
        return 2_460_000.5

    def xCurrentTimeInt64(self) -> int:
        return 212_500_000_000_000

    def xGetLastError(self) -> tuple[int, str]:
        return 0, ""


class _Chance(apsw.VFS):  # type: ignore[misc]
    """The default VFS, from which SQLite takes its random bytes; each world brings its own."""

    def __init__(self) -> None:
        super().__init__("sandrail-chance", base="", makedefault=True)
        self.random = Random(0)

    def xRandomness(self, count: int) -> bytes:
        return self.random.randbytes(count)


def _text(name: Any) -> str:
    return name if isinstance(name, str) else str(name.filename())


_chance = _Chance()
_session_numbers = itertools.count()


def driver_for(disk: Disk, log_sizes: LogSizes = SMALL_LOG) -> Driver:
    """Return SQLite through ``apsw`` on this disk; the store above it is the one in production."""
    _chance.random = Random(disk.random.random())
    apsw.randomness(0)  # SQLite then asks for new random bytes

    def connect(path: str, writes: bool) -> Any:
        disk.session = session = _Session(disk, next(_session_numbers))
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        return apsw.Connection(path, flags=flags, vfs=session.vfs_name)

    def read_start(path: str, size: int) -> bytes:
        return disk.read(disk.files.get(path, File()), size, 0)

    def rewrite_log(path: str) -> None:
        file = disk.files.get(path + LOG_SUFFIX)
        if file is not None and file.seen:
            disk.write(file, disk.read(file, len(file.seen), 0), 0)
            disk.sync(file)

    def extend_log(path: str, size: int, length_max: int) -> bool:
        file = disk.files[path + LOG_SUFFIX]
        wanted = min(size, length_max - len(file.seen))
        try:
            disk.write(file, bytes(max(wanted, 0)), len(file.seen))
        except apsw.Error:
            return False
        return wanted > 0

    return Driver(
        connect=connect,
        read_start=read_start,
        rewrite_log=rewrite_log,
        extend_log=extend_log,
        errors=(apsw.Error, UnicodeDecodeError),
        shares_file=False,
        log_sizes=log_sizes,
    )
