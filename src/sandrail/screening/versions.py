"""Every version of every list is kept, and a suspicious one waits for a person.

A folder holds one file a version and ``versions.jsonl``, to which lines are only ever added::

    {"source": "un", "version": "un/2026-03-01/66b3...", "file": "un/....xml", "at_us": ...,
     "state": "in_force" | "waiting" | "checked", "entries": 1003, "by": "..."}

A line ``checked`` says that the publisher's file was still the version in force at that instant.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from sandrail.screening.errors import IndexDamagedError, ShrunkListError, VersionError
from sandrail.screening.index import IndexChange
from sandrail.screening.limits import SHRINK_PERCENT_MAX
from sandrail.screening.nouns import ScreeningList
from sandrail.screening.publishers import PUBLISHERS, Fetcher, check_fresh, publisher
from sandrail.screening.sources.xmlsafe import sha256_of
from sandrail.world import date_of, iso

__all__ = ["KeptVersion", "ListStore", "Update", "diff_lists"]


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
        by: who confirmed it, when a person had to.
    """

    source: str
    version: str
    file: str
    sha256: str
    at_us: int
    entries: int
    state: str
    by: str = ""

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
    """

    kept: KeptVersion
    change: IndexChange
    is_new: bool


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
    """The folder of kept versions."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._log = self.folder / "versions.jsonl"

    def history(self, source: str | None = None) -> list[KeptVersion]:
        """Return every version, oldest first."""
        if not self._log.exists():
            return []
        lines = self._log.read_text(encoding="utf-8").splitlines()
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
        found = self.history(source)
        return found[-1] if found and found[-1].state == "waiting" else None

    def load(self, kept: KeptVersion) -> ScreeningList:
        """Read a kept version back, after checking its hash.

        Raises:
            IndexDamagedError: the file changed since it was kept.
        """
        path = self.folder / kept.file
        data = path.read_bytes() if path.exists() else b""
        if sha256_of(data) != kept.sha256:
            raise IndexDamagedError(
                f"The kept version {kept.version} is damaged.",
                why="Its file is missing or does not have the hash it was kept under.",
                fix="Restore it from a backup, or fetch the list again.",
            )
        return publisher(kept.source).load(data)

    def lists_in_force(self) -> list[ScreeningList]:
        """Return every list at the version in force."""
        found = [self.in_force(one.source) for one in PUBLISHERS]
        return [self.load(kept) for kept in found if kept is not None]

    def update(
        self,
        source: str,
        *,
        at_us: int,
        data: bytes | None = None,
        fetch: Fetcher | None = None,
        confirmed_by: str = "",
    ) -> Update:
        """Take in a new version, from bytes or from the publisher.

        Raises:
            ShrunkListError: it lost too many entries; it is kept as waiting until confirmed.
            FetchError: it could not be fetched, or is too small or too old.
            ListFormatError: it cannot be read; nothing is kept.
        """
        one = publisher(source)
        if data is None:
            if fetch is None or not one.address:
                raise VersionError(
                    f"The {source} list has nowhere to come from.",
                    why="It has no official address, and no file was given.",
                    fix=f"Give the file: sandrail lists update {source} --file PATH.",
                )
            data = fetch(one.address)
            found = one.load(data)
            check_fresh(one, found, today=date_of(at_us))
        else:
            found = one.load(data)
        current = self.in_force(source)
        before = self.load(current) if current else None
        change = diff_lists(before, found)
        sha256 = sha256_of(data)
        if current is not None and current.sha256 == sha256:
            self._note(replace(current, at_us=at_us, state="checked", by=""))
            return Update(current, change, is_new=False)
        state = "in_force"
        if before is not None and not confirmed_by and _shrank(before, found):
            state = "waiting"
        kept = self._keep(one.suffix, data, found, at_us=at_us, state=state, by=confirmed_by)
        if state == "waiting" and before is not None:
            raise _shrunk(before, found)
        return Update(kept, change, is_new=True)

    def confirm(self, source: str, *, by: str, at_us: int) -> Update:
        """Put the waiting version of a list in force, on a person's word."""
        kept = self.waiting(source)
        if kept is None:
            raise VersionError(
                f"No version of the {source} list waits for confirmation.",
                fix="See sandrail lists status.",
            )
        data = (self.folder / kept.file).read_bytes()
        return self.update(source, at_us=at_us, data=data, confirmed_by=by)

    def _keep(
        self, suffix: str, data: bytes, found: ScreeningList, *, at_us: int, state: str, by: str
    ) -> KeptVersion:
        sha256 = sha256_of(data)
        day = found.published.isoformat() if found.published else iso(at_us)[:10]
        name = f"{found.source}/{day}-{sha256[:12]}.{suffix}"
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            temporary = path.with_name(path.name + ".new")
            temporary.write_bytes(data)
            temporary.replace(path)
        kept = KeptVersion(
            found.source, found.version, name, sha256, at_us, len(found.entries), state, by
        )
        self._note(kept)
        return kept

    def _note(self, kept: KeptVersion) -> None:
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(kept.as_dict(), sort_keys=True) + "\n")


def _shrank(before: ScreeningList, after: ScreeningList) -> bool:
    return len(after.entries) * 100 < len(before.entries) * (100 - SHRINK_PERCENT_MAX)


def _shrunk(before: ScreeningList, after: ScreeningList) -> ShrunkListError:
    return ShrunkListError(
        f"The {after.source} list shrank: {len(before.entries)} entries, now {len(after.entries)}.",
        why=f"A loss of more than {SHRINK_PERCENT_MAX} percent is more often a broken file than a "
        "delisting.",
        fix=f"Read sandrail lists diff {after.source}; then sandrail lists confirm {after.source}.",
        before=len(before.entries),
        after=len(after.entries),
    )
