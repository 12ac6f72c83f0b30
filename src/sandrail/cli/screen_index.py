"""The lists that commands screen against: found, fresh enough, and indexed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sandrail.rulebook import load_pack
from sandrail.screening import (
    PUBLISHERS,
    Index,
    IndexDamagedError,
    KeptVersion,
    ListFormatError,
    ListStore,
    load_un_xml,
)
from sandrail.world import HOUR_US, RealClock, RefusedError, date_of, iso

__all__ = [
    "AllowStale",
    "Standing",
    "UnFile",
    "lists_to_stand_on",
    "stored_index",
]

AGE_RULE = "G19.list_age_max"

UnFile = Annotated[Path | None, typer.Option(help="Screen against this UN file only.")]
AllowStale = Annotated[
    bool, typer.Option("--allow-stale", help="Answer although a list is too old; says so.")
]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a verdict stands on.

    Attributes:
        index: the lists, searchable.
        versions: name of each list version, in the words of the list store.
        warning: why nobody may rely on it, when it was allowed all the same; else empty.
    """

    index: Index
    versions: tuple[str, ...]
    warning: str = ""


def lists_to_stand_on(
    folder: Path, un_file: Path | None = None, *, pack: str = "pakistan", allow_stale: bool = False
) -> Standing:
    """Return the lists in force, indexed.

    Args:
        folder: the list store.
        un_file: one UN file instead; whoever names a file knows how old it is.
        pack: whose rule ``G19.list_age_max`` says how old a list may be.
        allow_stale: answer with a warning instead of refusing.

    Raises:
        ListFormatError: no list is in force.
        RefusedError: a list is older than the pack allows.
    """
    if un_file is not None:
        if not un_file.is_file():
            raise ListFormatError(
                f"There is no file {un_file}.", fix="Give the UN's consolidated list as XML."
            )
        index = Index.build([load_un_xml(un_file)])
        return Standing(index, index.lists)
    store = ListStore(folder)
    kept = [k for k in (store.in_force(one.source) for one in PUBLISHERS) if k is not None]
    if not kept:
        raise ListFormatError(
            f"No list is in force in {folder}.",
            why="Nobody can be cleared against no list.",
            fix="Run sandrail lists update un, or give --un-file.",
            code="screening.no_list",
        )
    warning = _stale({k.source: store.checked_us(k.source) for k in kept}, pack, allow_stale)
    index = stored_index(store, kept)
    return Standing(index, index.lists, warning)


def stored_index(store: ListStore, kept: list[KeptVersion]) -> Index:
    """Return the stored index if it is of these versions and this code; else build and store it."""
    versions = tuple(sorted(one.version for one in kept))
    path = store.folder / "screening.index"
    if path.exists():
        with suppress(IndexDamagedError):
            index = Index.load(path)
            if index.lists == versions:
                return index
    index = Index.build([store.load(one) for one in kept])
    index.save(path)
    return index


def _stale(checked_us: dict[str, int], pack: str, allowed: bool) -> str:
    now_us = RealClock().now_us()
    rule = load_pack(pack).in_force(date_of(now_us)).get(AGE_RULE)
    old = [k for k, at_us in checked_us.items() if rule and now_us - at_us > rule.duration_us]
    if rule is None or not old:
        return ""
    oldest = min(old, key=lambda source: (checked_us[source], source))
    hours = (now_us - checked_us[oldest]) // HOUR_US
    said = (
        f"The list {oldest} was last known to be the newest at {iso(checked_us[oldest])}, "
        f"{hours} hours ago; {rule.id} allows {rule.text}."
    )
    if allowed:
        return f"{said} Nobody may rely on this answer."
    raise RefusedError(
        f"{len(old)} of {len(checked_us)} lists are too old to clear anybody.",
        why=said,
        fix="Run sandrail lists update all. To see an answer all the same, add --allow-stale.",
        code="screening.stale_lists",
    )
