"""Options that several commands share, and what they mean."""

from __future__ import annotations

from typing import Annotated

import typer

from sandrail.world import RealClock, parse_instant

__all__ = ["JournalOption", "PackOption", "instant_of"]

JournalOption = Annotated[str, typer.Option(help="Journal file, or a postgresql:// URL.")]
PackOption = Annotated[str, typer.Option(help="Name of the pack, or its folder.")]


def instant_of(on: str) -> int:
    """Return the instant that ``--on`` names, in microseconds; now when it names none."""
    return parse_instant(on) if on else RealClock().now_us()
