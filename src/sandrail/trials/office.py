"""The casework behind a permission on trial."""

from __future__ import annotations

from dataclasses import dataclass

from sandrail.casework import Casebook

__all__ = ["Office"]


@dataclass(frozen=True, slots=True)
class Office:
    """Where acts on the instrument are recorded.

    Attributes:
        book: the casework of the same journal.
        instrument: id of the permission that is on trial.
    """

    book: Casebook
    instrument: str
