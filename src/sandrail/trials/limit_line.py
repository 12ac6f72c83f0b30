"""A limit over time: stages change it, and what was served is measured by what then applied."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["LimitLine"]


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit and its changes.

    Attributes:
        since_us: instants of the changes, ascending; the first value also applies before them.
        minor: the limit from each instant on.
    """

    since_us: tuple[int, ...]
    minor: tuple[int, ...]

    def __post_init__(self) -> None:
        assert len(self.since_us) == len(self.minor) > 0

    @classmethod
    def flat(cls, minor: int) -> LimitLine:
        """Return a limit that never changes."""
        return cls((0,), (minor,))

    @classmethod
    def of(cls, changes: Iterable[tuple[int, int]]) -> LimitLine:
        """Return a limit from pairs of instant and value, in order."""
        since, minor = zip(*changes, strict=True)
        return cls(tuple(since), tuple(minor))

    def at(self, at_us: int) -> int:
        """Return the limit at an instant."""
        return self.minor[max(0, bisect_right(self.since_us, at_us) - 1)]
