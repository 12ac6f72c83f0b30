"""Options that several commands share, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandrail.journal import Journal
from sandrail.world import RealClock, parse_instant

__all__ = [
    "DEMO_JOURNAL",
    "LISTS",
    "AtOption",
    "ByOption",
    "JournalArgument",
    "JournalOption",
    "ListsOption",
    "PackOption",
    "instant_of",
    "last_instant",
]

DEMO_JOURNAL = "demo/journal.db"
"""Where ``sandrail demo`` leaves its journal."""

LISTS = Path("lists")
"""Where list versions are kept."""

_PLACE = "Journal file, or a postgresql:// URL."


JournalArgument = Annotated[str, typer.Argument(help=_PLACE)]
JournalOption = Annotated[str, typer.Option(help=_PLACE)]
ListsOption = Annotated[Path, typer.Option("--lists", help="Folder of kept list versions.")]
AtOption = Annotated[
    str, typer.Option(help="Instant, or now; the journal's last instant if not given.")
]
ByOption = Annotated[str, typer.Option(help="Who does it, such as firm:mlro or pvara:s.khan.")]
PackOption = Annotated[str, typer.Option(help="Name of the pack, or its folder.")]


def last_instant(journal: Journal) -> int:
    """Return the instant of a journal's last fact, in microseconds; now where there is none."""
    seq = journal.head.seq
    return RealClock().now_us() if seq < 0 else journal.fact(seq).at_us


def instant_of(on: str) -> int:
    """Return the instant that ``--on`` names, in microseconds; now when it names none."""
    return parse_instant(on) if on else RealClock().now_us()
