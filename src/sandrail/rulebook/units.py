"""The units a value may carry. A currency is a unit too: the pack declares which it uses."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sandrail.world import DAY_US, HOUR_US, SECOND_US

__all__ = ["DURATIONS_US", "UNITS", "Dimension", "dimension_of"]


class Dimension(StrEnum):
    """What a unit measures."""

    MONEY = "money"
    COUNT = "count"
    DURATION = "duration"
    CALENDAR = "calendar"
    RATIO = "ratio"
    FLAG = "flag"
    NAMES = "names"


UNITS: Final[dict[str, Dimension]] = {
    "seconds": Dimension.DURATION,
    "minutes": Dimension.DURATION,
    "hours": Dimension.DURATION,
    "days": Dimension.CALENDAR,
    "working_days": Dimension.CALENDAR,
    "weeks": Dimension.CALENDAR,
    "months": Dimension.CALENDAR,
    "years": Dimension.CALENDAR,
    "percent": Dimension.RATIO,
    "customers": Dimension.COUNT,
    "holders": Dimension.COUNT,
    "transfers": Dimension.COUNT,
    "people": Dimension.COUNT,
    "keys": Dimension.COUNT,
    "hops": Dimension.COUNT,
    "assets": Dimension.COUNT,
    "yes_no": Dimension.FLAG,
    "names": Dimension.NAMES,
}

DURATIONS_US: Final[dict[str, int]] = {
    "seconds": SECOND_US,
    "minutes": 60 * SECOND_US,
    "hours": HOUR_US,
    "days": DAY_US,
}


def dimension_of(unit: str) -> Dimension:
    """Return what ``unit`` measures; a name that is no unit of ours is read as a currency."""
    return UNITS.get(unit, Dimension.MONEY)
