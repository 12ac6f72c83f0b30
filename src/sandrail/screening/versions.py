"""Every version of every list is kept, and a suspicious one waits for a person.

A folder holds one file a version and ``versions.jsonl``, to which lines are only ever added::

    {"source": "un", "version": "un/2026-03-01/66b3...", "file": "un/....xml", "at_us": ...,
     "state": "in_force" | "waiting" | "checked", "entries": 1003, "by": "...", "why": "..."}

A line ``checked`` says that the publisher's file was still the version in force at that instant.
A version's file is whole and on the disk before its line is written, and a line counts only when
it ends: an update that is killed leaves what was in force, and nothing else that is read.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sandrail.screening.errors import (
    FourEyesError,
    IndexDamagedError,
    OlderListError,
    ShrunkListError,
    VersionError,
)
from sandrail.screening.fetching import Fetcher
from sandrail.screening.index import IndexChange
from sandrail.screening.limits import SHRINK_PERCENT_MAX
from sandrail.screening.nouns import ScreeningList
from sandrail.screening.publishers import PUBLISHERS, Publisher, check_fresh, publisher
from sandrail.screening.sources.bundle import bundle, is_bundle
from sandrail.screening.sources.stream import open_list
from sandrail.world import date_of, iso

__all__ = ["KeptVersion", "ListStore", "Update", "diff_lists"]

_CHUNK = 1 << 20
_INCOMING = ".incoming-"


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """One version as it is kept.

    Attributes:
        source: which list.
        version: its name in verdicts.
        file: relative to the store.
        sha256: of the file.
        at_us: when it was taken in.
        entries: how many.
        state: ``in_force``, ``waiting`` or ``checked``.
        by: who confirmed it, when a person had to; several parted by a comma.
        why: what made it wait.
        brought_by: who took it in, if said.
    """

    source: str
    version: str
    file: str
    sha256: str
    at_us: int
    entries: int
    state: str
    by: str = ""
    why: str = ""
    brought_by: str = ""

    def as_dict(self) -> dict[str, object]:
        """The version as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Update:
    """What taking in a version did.

    Attributes:
        kept: the version.
        change: entries added, changed and removed against the version in force before.
        is_new: false when this very file was in force already.
        notes: what could not be read as it stands, in the publisher's order.
    """

    kept: KeptVersion
    change: IndexChange
    is_new: bool
    notes: tuple[str, ...] = ()


def diff_lists(before: ScreeningList | None, after: ScreeningList) -> IndexChange:
    """Return the entries that are new, changed and gone."""
    old = {e.id: e for e in before.entries} if before else {}
    new = {e.id: e for e in after.entries}
    return IndexChange(
        added=tuple(e for key, e in new.items() if key not in old),
        changed=tuple(e for key, e in new.items() if key in old and old[key] != e),
        removed=tuple(e for key, e in old.items() if key not in new),
    )


class ListStore:
    """The folder of kept versions.

    Args:
        folder: where they are.
        confirmations_min: how many persons must confirm a version that waits.
    """

    def __init__(self, folder: Path | str, *, confirmations_min: int = 1) -> None:
        self.folder = Path(folder)
        self.confirmations_min = confirmations_min
        self._log = self.folder / "versions.jsonl"

    def history(self, source: str | None = None) -> list[KeptVersion]:
        """Return every version, oldest first; a line that was cut by a crash does not count."""
        if not self._log.exists():
            return []
        *lines, _cut = self._log.read_bytes().split(b"\n")
        try:
            kept = [KeptVersion(**json.loads(line)) for line in lines if line.strip()]
        except (ValueError, TypeError) as error:
            raise IndexDamagedError(
                "The register of list versions cannot be read.",
                why=f"{error}.",
                fix="Restore versions.jsonl from a backup; its lines are never edited.",
            ) from error
        return [k for k in kept if source in (None, k.source)]

    def in_force(self, source: str) -> KeptVersion | None:
        """Return the version of a list that screening uses now."""
        found = [k for k in self.history(source) if k.state == "in_force"]
        return found[-1] if found else None

    def checked_us(self, source: str) -> int:
        """Return when the version in force was last known to be the newest; -1 if there is none."""
        current = self.in_force(source)
        if current is None:
            return -1
        same = [k for k in self.history(source) if k.sha256 == current.sha256]
        return max(k.at_us for k in same if k.state in ("in_force", "checked"))

    def waiting(self, source: str) -> KeptVersion | None:
        """Return the version that waits for a person, if it is the newest."""
        found = [k for k in self.history(source) if k.state != "checked"]
        return found[-1] if found and found[-1].state == "waiting" else None

    def load(self, kept: KeptVersion) -> ScreeningList:
        """Read a kept version back, and check its hash.

        Raises:
            IndexDamagedError: the file changed since it was kept.
        """
        path = self.folder / kept.file
        if not path.is_file() or _sha256_of_file(path) != kept.sha256:
            raise IndexDamagedError(
                f"The kept version {kept.version} is damaged.",
                why="Its file is missing or does not have the hash it was kept under.",
                fix="Restore it from a backup, or fetch the list again.",
            )
        return publisher(kept.source).load(path)

    def lists_in_force(self) -> list[ScreeningList]:
        """Return every list at the version in force."""
        found = [self.in_force(one.source) for one in PUBLISHERS]
        return [self.load(kept) for kept in found if kept is not None]

    def update(
        self,
        source: str,
        *,
        at_us: int,
        data: bytes | Iterable[Path] | None = None,
        fetch: Fetcher | None = None,
        brought_by: str = "",
    ) -> Update:
        """Take in a new version: from bytes, from files, or from the publisher.

        Several files become one archive (:mod:`sources.bundle`).

        Raises:
            ShrunkListError: it lost too many entries; it is kept as waiting until confirmed.
            OlderListError: it is older than the one in force; kept as waiting, too.
            FetchError: it could not be fetched, or is too small or too old.
            ListFormatError: it cannot be read; nothing is kept.
        """
        one = publisher(source)
        self.folder.mkdir(parents=True, exist_ok=True)
        _sweep(self.folder)
        with TemporaryDirectory(prefix=f"{_INCOMING}{os.getpid()}-", dir=self.folder) as folder:
            path = Path(folder) / "list"
            if data is None:
                self._fetch(one, path, fetch)
            elif isinstance(data, bytes):
                path.write_bytes(data)
            else:
                path = _one_file(tuple(data), path)
            found = one.load(path)
            if data is None:
                check_fresh(one, found, today=date_of(at_us))
            with self._locked():
                return self._take(one, path, found, at_us=at_us, brought_by=brought_by)

    def _fetch(self, one: Publisher, path: Path, fetch: Fetcher | None) -> None:
        if fetch is None or not one.address:
            raise VersionError(
                f"The {one.source} list has nowhere to come from.",
                why="It has no official address, and no file was given.",
                fix=f"Give the file: sandrail lists update {one.source} --file PATH.",
            )
        fetch(one, path)

    def _take(
        self, one: Publisher, path: Path, found: ScreeningList, *, at_us: int, brought_by: str
    ) -> Update:
        current = self.in_force(one.source)
        self._refuse_another(one, found)
        before = self.load(current) if current else None
        change = diff_lists(before, found)
        if current is not None and current.sha256 == found.sha256:
            self._note(replace(current, at_us=at_us, state="checked", by="", why=""))
            return Update(current, change, is_new=False, notes=found.skipped)
        refusal = _suspicion(before, found, change) if before is not None else None
        waiting = self.waiting(one.source)
        if refusal is not None and waiting is not None and waiting.sha256 == found.sha256:
            raise refusal
        kept = KeptVersion(
            one.source,
            found.version,
            _file_name(one, path, found, at_us),
            found.sha256,
            at_us,
            len(found.entries),
            "waiting" if refusal else "in_force",
            why=refusal.what if refusal else "",
            brought_by=brought_by,
        )
        self._keep(path, kept)
        self._note(kept)
        if refusal is not None:
            raise refusal
        return Update(kept, change, is_new=True, notes=found.skipped)

    def _refuse_another(self, one: Publisher, found: ScreeningList) -> None:
        """A file that is in force under another name was given the wrong name."""
        for other in PUBLISHERS:
            kept = self.in_force(other.source) if other.source != one.source else None
            if kept is not None and kept.sha256 == found.sha256:
                raise VersionError(
                    f"This very file is in force as the {other.source} list.",
                    why=f"Taken in as {one.source}, too, each of its entries would alarm twice.",
                    fix=f"Give the file of the {one.source} list.",
                )

    def confirm(self, source: str, *, by: str, at_us: int) -> Update:
        """Put the waiting version of a list in force, on a person's word.

        Where the house asks for two, the first word is written down and the version goes on
        waiting; whoever brought it does not confirm it.

        Raises:
            VersionError: nothing waits, or nobody is named.
            FourEyesError: this person brought it, or has confirmed it already.
        """
        with self._locked():
            kept = self.waiting(source)
            if kept is None:
                raise VersionError(
                    f"No version of the {source} list waits for confirmation.",
                    fix="See sandrail lists status.",
                )
            persons = _with_another(kept, " ".join(by.split()))
            current = self.in_force(source)
            found = self.load(kept)
            change = diff_lists(self.load(current) if current else None, found)
            enough = len(persons) >= self.confirmations_min
            state = "in_force" if enough else "waiting"
            done = replace(kept, at_us=at_us, state=state, by=", ".join(persons))
            self._note(done)
            return Update(done, change, is_new=enough, notes=found.skipped)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time; a second one waits, and then compares with what the first left."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _keep(self, path: Path, kept: KeptVersion) -> None:
        target = self.folder / kept.file
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and _sha256_of_file(target) == kept.sha256:
            return
        _sync(path)
        path.replace(target)
        _sync(target.parent)

    def _note(self, kept: KeptVersion) -> None:
        line = json.dumps(kept.as_dict(), sort_keys=True).encode() + b"\n"
        with self._log.open("a+b") as log:
            log.seek(0)
            written = log.read()
            log.truncate(written.rfind(b"\n") + 1)
            log.write(line)
            log.flush()
            os.fsync(log.fileno())
        _sync(self.folder)


def _sweep(folder: Path) -> None:
    """Remove what updates that were killed had begun to write."""
    for left in folder.glob(f"{_INCOMING}*"):
        process = left.name.removeprefix(_INCOMING).partition("-")[0]
        if process.isdigit() and not _lives(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256_of_file(path: Path) -> str:
    with open_list(path, what="kept list") as file:
        return file.sha256()


def _one_file(paths: tuple[Path, ...], target: Path) -> Path:
    if len(paths) > 1:
        target.write_bytes(bundle(paths))
        return target
    with open_list(paths[0], what="list") as file, target.open("wb") as copy:
        while part := file.read(_CHUNK):
            copy.write(part)
    return target


def _file_name(one: Publisher, path: Path, found: ScreeningList, at_us: int) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    suffix = "zip" if is_bundle(head) else one.suffix
    day = found.published.isoformat() if found.published else iso(at_us)[:10]
    return f"{one.source}/{day}-{found.sha256[:12]}.{suffix}"


def _with_another(kept: KeptVersion, by: str) -> list[str]:
    persons = [person for person in kept.by.split(", ") if person]
    if not by or "," in by:
        raise VersionError(
            "Nobody is named who confirms.",
            why="A version that waited is put in force on a person's word.",
            fix="Name one: sandrail lists confirm LIST --by pvara:s.khan.",
        )
    if by.casefold() in (person.casefold() for person in (*persons, kept.brought_by)):
        raise FourEyesError(
            f"{by} cannot confirm this version of the {kept.source} list.",
            why="The same person brought it in, or has confirmed it already.",
            fix="Ask a second person to read sandrail lists diff and to confirm.",
        )
    return [*persons, by]


def _suspicion(
    before: ScreeningList, after: ScreeningList, change: IndexChange
) -> ShrunkListError | OlderListError | None:
    """Return why a version must wait for a person, if it must."""
    fix = f"Read sandrail lists diff {after.source}; then sandrail lists confirm {after.source}."
    if _shrank(before, change):
        return ShrunkListError(
            f"The {after.source} list lost {len(change.removed)} of {len(before.entries)} entries; "
            f"it now has {len(after.entries)}.",
            why=f"A loss of more than {SHRINK_PERCENT_MAX} percent is more often a broken file "
            "than a delisting.",
            fix=fix,
            before=len(before.entries),
            after=len(after.entries),
        )
    if _is_older(before, after):
        return OlderListError(
            f"This {after.source} list is of {after.published}; the one in force is of "
            f"{before.published}.",
            why="Whoever was listed since would no longer be found.",
            fix=fix,
        )
    return None


def _shrank(before: ScreeningList, change: IndexChange) -> bool:
    return len(change.removed) * 100 > len(before.entries) * SHRINK_PERCENT_MAX


def _is_older(before: ScreeningList, after: ScreeningList) -> bool:
    return bool(before.published and after.published and after.published < before.published)
