"""The stateful gate in plain Python: slow, obvious, and the truth the kernel is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandrail.controls.kernel import INCURABLE
from sandrail.controls.kinds import EXITS, Kind, mask
from sandrail.controls.program import Limit, Measure, Program
from sandrail.controls.verdict import NO_RULE, Outcome

__all__ = ["ReferenceGate", "ReferenceRow"]

_BRINGS_FUNDS = mask(Kind.ISSUE, Kind.ON_RAMP)


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One instruction as the reference reads it; the fields are those of ``GateRows``.

    Attributes:
        holding_after: units on the credited account if the row passes.
        supply_after: units in issue if the row passes.
    """

    kind: Kind
    asset: int
    party: int
    value: int
    facts: int
    holding_after: int
    supply_after: int


@dataclass(slots=True)
class _Event:
    at_us: int
    value: int
    kind: Kind
    party: int


@dataclass(slots=True)
class ReferenceGate:
    """The gate's memory as a list of events that is read anew for every question."""

    program: Program
    cover: dict[int, int] = field(default_factory=dict)
    events: list[_Event | None] = field(default_factory=list)
    client_funds: int = 0

    def check(self, row: ReferenceRow, now_us: int) -> tuple[Outcome, int, int, int]:
        """Return outcome, rule bit, mask of breached rules and excess, as the kernel does."""
        outcome, rule, breached, excesses = Outcome.ALLOW, NO_RULE, 0, []
        for limit in self.program.limits:
            if not self._applies(limit, row):
                continue
            bit = self.program.rules.index(limit.rule)
            level, most = self._level(limit, row, now_us)
            if level > most:
                breached |= 1 << bit
                by = level - most
                curable = limit.measure is not Measure.WINDOW_COUNT and by <= row.value
                excesses.append(by if curable else INCURABLE)
                if limit.outcome > outcome:
                    outcome, rule = limit.outcome, bit
            elif level >= limit.warn_at:
                breached |= 1 << bit
                if outcome < Outcome.WARN:
                    outcome, rule = Outcome.WARN, bit
        excess = INCURABLE if INCURABLE in excesses else max(excesses, default=0)
        return outcome, rule, breached, excess

    def commit(self, row: ReferenceRow, now_us: int, *, final: bool) -> int:
        """Remember an accepted row; return its event."""
        self.events.append(_Event(now_us, row.value, row.kind, row.party))
        if _BRINGS_FUNDS >> row.kind & 1:
            self.client_funds += row.value
        elif final and EXITS >> row.kind & 1:
            self.client_funds -= row.value
        return len(self.events) - 1

    def settle(self, event: int) -> None:
        """Make a hold final."""
        held = self.events[event]
        if held is not None and EXITS >> held.kind & 1:
            self.client_funds -= held.value

    def release(self, event: int) -> None:
        """Give a hold back."""
        held = self.events[event]
        if held is not None and _BRINGS_FUNDS >> held.kind & 1:
            self.client_funds -= held.value
        self.events[event] = None

    def _applies(self, limit: Limit, row: ReferenceRow) -> bool:
        exempt = limit.unless and row.facts & limit.unless == limit.unless
        return bool(limit.kinds >> row.kind & 1) and limit.asset in (-1, row.asset) and not exempt

    def _level(self, limit: Limit, row: ReferenceRow, now_us: int) -> tuple[int, int]:
        most = limit.limit if limit.inclusive else limit.limit - 1
        match limit.measure:
            case Measure.VALUE:
                return row.value, most
            case Measure.WINDOW_SUM:
                return row.value + sum(e.value for e in self._inside(limit, row, now_us)), most
            case Measure.WINDOW_COUNT:
                return 1 + len(self._inside(limit, row, now_us)), most
            case Measure.HOLDING:
                return row.holding_after, most
            case Measure.SUPPLY:
                return row.supply_after, most
            case Measure.RESERVE:
                return row.supply_after, self.cover.get(row.asset, 0)
            case Measure.CLIENT_FUNDS:
                return self.client_funds + row.value, most

    def _inside(self, limit: Limit, row: ReferenceRow, now_us: int) -> Sequence[_Event]:
        window = limit.window
        if window is None or row.party < 0:
            return []
        return [
            event
            for event in self.events
            if event is not None
            and event.party == row.party
            and event.at_us > now_us - window.duration_us
            and window.kinds >> event.kind & 1
        ]
