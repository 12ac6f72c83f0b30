"""How the office itself does: decision times against their clocks, outcomes, agreement of scorers.

Published as it is. Every figure is exact; nothing is averaged that was not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sandrail.casework.case import Case, Instrument
from sandrail.casework.clocks import ClockReading, ClockState, clocks_of
from sandrail.casework.docket import Docket
from sandrail.casework.scoring import cohort_pairs, weighted_kappa
from sandrail.rulebook import SCORES, Pack

__all__ = ["ClockStatistics", "ServiceLevels", "median", "service_levels"]


@dataclass(frozen=True, slots=True)
class ClockStatistics:
    """One clock over all cases.

    Attributes:
        id: the pack's deadline.
        unit: its unit.
        length: how long it is.
        ended: how many have ended.
        in_time: how many of those ended in time.
        median_used: median time used of those that ended; None before there is one.
        p90_used: nine of ten took no longer than this.
        running: how many run or stand still now.
        late_now: how many of those are late.
    """

    id: str
    unit: str
    length: int
    ended: int
    in_time: int
    median_used: Fraction | None
    p90_used: int | None
    running: int
    late_now: int


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """The office at a glance.

    Attributes:
        states: number of applications by state, in the order of the lifecycle.
        clocks: one line per clock of the pack that ever started.
        kappa: weighted kappa of the blind scorers; None where it is not defined.
        scored_pairs: how many pairs of scores it rests on.
    """

    states: tuple[tuple[str, int], ...]
    clocks: tuple[ClockStatistics, ...]
    kappa: Fraction | None
    scored_pairs: int


def service_levels(docket: Docket, pack: Pack, *, at_us: int) -> ServiceLevels:
    """Return the statistics of all cases as of an instant."""
    subjects: list[Case | Instrument] = [*docket.cases.values(), *docket.instruments.values()]
    readings: dict[str, list[ClockReading]] = {}
    for subject in subjects:
        for reading in clocks_of(subject, pack, at_us=at_us):
            readings.setdefault(reading.id, []).append(reading)
    pairs = cohort_pairs(docket.cases.values())
    order = [deadline.id for deadline in pack.deadlines if deadline.id in readings]
    return ServiceLevels(
        states=_count_states(docket.cases.values()),
        clocks=tuple(_clock_statistics(readings[clock_id]) for clock_id in order),
        kappa=weighted_kappa(pairs, top=SCORES[-1]),
        scored_pairs=len(pairs),
    )


def _count_states(cases: Iterable[Case]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for case in cases:
        counts[case.state.value] = counts.get(case.state.value, 0) + 1
    return tuple(sorted(counts.items()))


def _clock_statistics(readings: Sequence[ClockReading]) -> ClockStatistics:
    ended = [it for it in readings if it.state is ClockState.ENDED]
    open_ = [it for it in readings if it.waits]
    used = sorted(it.used for it in ended)
    return ClockStatistics(
        id=readings[0].id,
        unit=readings[0].unit,
        length=readings[0].length,
        ended=len(ended),
        in_time=sum(not it.late for it in ended),
        median_used=median(used),
        p90_used=used[-(-9 * len(used) // 10) - 1] if used else None,
        running=len(open_),
        late_now=sum(it.late for it in open_),
    )


def median(values: Sequence[int]) -> Fraction | None:
    """Return the middle value, or the mean of the two middle ones; the values are sorted."""
    if not values:
        return None
    middle = len(values) // 2
    if len(values) % 2:
        return Fraction(values[middle])
    return Fraction(values[middle - 1] + values[middle], 2)
