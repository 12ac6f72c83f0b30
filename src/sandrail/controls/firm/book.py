"""What is known of a firm and what follows from it, as one value that never changes.

Every step returns another book, so a caller can look at what would follow before anything is
recorded, and a replay that applies the same facts ends with the same book.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sandrail.controls.catalogue import FIRM_CONTROLS
from sandrail.controls.control import NEVER, Setting
from sandrail.controls.firm.consequence import NO_DAY, Consequence, Effect, Key
from sandrail.controls.firm.control import FirmControl, FirmView, Usage
from sandrail.controls.firm.observation import (
    Observation,
    name_of,
    read_observation,
    told_as_plain,
)

__all__ = ["OBSERVATIONS", "FirmBook"]

OBSERVATIONS: Mapping[str, type[Observation]] = {
    name_of(kind): kind for control in FIRM_CONTROLS for kind in control.takes
}
"""Every kind of observation by the name that facts give it."""


@dataclass(frozen=True, slots=True)
class FirmBook:
    """The firm's file.

    Attributes:
        setting: the rules it is held against.
        view: what was observed.
        found: by guardrail, all that follows, now or at an instant to come.
        told: what took effect, by case; nothing takes effect twice.
        closed: pauses that were lifted and escalations that were answered.
        filed: reports that were handed in.
        stops: by rule, the instant from which the gate answers to it.
        next_us: when the next consequence takes effect.
    """

    setting: Setting = field(compare=False)
    view: FirmView = field(default_factory=FirmView)
    found: Mapping[str, tuple[Consequence, ...]] = field(default_factory=dict)
    told: Mapping[Key, Consequence] = field(default_factory=dict)
    closed: frozenset[Key] = frozenset()
    filed: frozenset[Key] = frozenset()
    stops: Mapping[str, int] = field(default_factory=dict)
    next_us: int = NEVER

    @classmethod
    def opened(cls, setting: Setting) -> FirmBook:
        """Return the file of a firm that was just permitted."""
        return cls(setting)._judged(FIRM_CONTROLS)

    # --- what happens ---

    def after(self, told: Observation, *, customers: int) -> FirmBook:
        """Return the book with one more observation, judged by the guardrails that take it."""
        kind = type(told)
        seen = replace(self, view=self.view.with_told(told, customers))
        return seen._judged([one for one in FIRM_CONTROLS if kind in one.takes])

    def after_use(self, usage: Usage) -> FirmBook:
        """Return the book with what customers paid each other in the quarter so far."""
        view = FirmView(self.view.seen, self.view.customers, usage)
        return replace(self, view=view)._judged([o for o in FIRM_CONTROLS if o.counts_usage])

    def under(self, setting: Setting) -> FirmBook:
        """Return the book under other rules; what already took effect stands."""
        return replace(self, setting=setting)._judged(FIRM_CONTROLS)

    def due(self, now_us: int) -> tuple[Consequence, ...]:
        """Return what takes effect by ``now_us`` and was not told yet, in the order of time.

        A case that two observations speak of is one case, since the earlier of them.
        """
        if now_us < self.next_us:
            return ()
        ready = [one for one in self._untold() if one.since_us <= now_us]
        cases: dict[Key, Consequence] = {}
        for one in sorted(ready, key=lambda one: (one.since_us, one.key)):
            cases.setdefault(one.key, one)
        return tuple(cases.values())

    def tell(self, consequence: Consequence) -> FirmBook:
        """Return the book in which a consequence took effect."""
        told = dict(self.told) | {consequence.key: consequence}
        return replace(self, told=told)._settled()

    def close(self, keys: Sequence[Key]) -> FirmBook:
        """Return the book in which pauses are lifted or escalations answered."""
        return replace(self, closed=self.closed | frozenset(keys))._settled()

    def file(self, key: Key) -> FirmBook:
        """Return the book in which a report was handed in."""
        return replace(self, filed=self.filed | {key})._settled()

    # --- how it stands ---

    @property
    def standing(self) -> tuple[Consequence, ...]:
        """Pauses and escalations that took effect and that nobody closed."""
        return tuple(
            one
            for key, one in self.told.items()
            if key not in self.closed and (one.effect.pauses or one.effect is Effect.ESCALATE)
        )

    @property
    def reports(self) -> tuple[Consequence, ...]:
        """Reports that are due and not handed in, the most urgent first."""
        owed = [
            one
            for key, one in self.told.items()
            if one.effect is Effect.REPORT and key not in self.filed
        ]
        return tuple(sorted(owed, key=lambda one: (one.due_us, one.since_us, one.key)))

    def missing(self, now_us: int) -> tuple[Consequence, ...]:
        """Return what stands only because something was not reported yet."""
        return tuple(one for one in self._missing() if one.since_us <= now_us)

    def ahead(self, now_us: int) -> tuple[Consequence, ...]:
        """Return what takes effect by itself later if nothing is done, the next first."""
        later = [one for one in (*self._untold(), *self._missing()) if one.since_us > now_us]
        return tuple(sorted(later, key=lambda one: (one.since_us, one.key)))

    def onboarding_paused(self, now_us: int) -> Consequence | None:
        """Return why nobody may be taken on, or None."""
        begun = [one for one in self._active() if one.since_us <= now_us]
        pauses = (Effect.PAUSE_ONBOARDING, Effect.PAUSE_FIRM)
        return next((one for one in begun if one.effect in pauses), None)

    @property
    def counts_usage(self) -> bool:
        """Whether a rule in force looks at what customers pay each other."""
        reads = [rule for one in FIRM_CONTROLS if one.counts_usage for rule in one.reads]
        return any(rule in self.setting.rules for rule in reads)

    # --- for snapshots ---

    def as_plain(self) -> dict[str, object]:
        """Return the whole book without its setting."""
        usage = self.view.usage
        return {
            "found": {
                name: [one.as_plain() | {"lasting": one.lasting} for one in many]
                for name, many in self.found.items()
            },
            "told": [one.as_plain() for one in self.told.values()],
            "closed": [list(key) for key in sorted(self.closed)],
            "filed": [list(key) for key in sorted(self.filed)],
            "seen": [told_as_plain(one) for many in self.view.seen.values() for one in many],
            "customers": self.view.customers,
            "usage": None
            if usage is None
            else [usage.quarter, usage.days, usage.count, usage.value_minor, usage.at_us],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], setting: Setting) -> FirmBook:
        """Read a book back under the setting it was kept under."""
        view = FirmView(usage=None if plain["usage"] is None else Usage(*plain["usage"]))
        for one in plain["seen"]:
            view = view.with_told(read_observation(one, OBSERVATIONS), plain["customers"])
        told = [Consequence.from_plain(one) for one in plain["told"]]
        found = {
            name: tuple(Consequence.from_plain(one) for one in many)
            for name, many in plain["found"].items()
        }
        book = cls(
            setting,
            view=replace(view, customers=plain["customers"]),
            found=found,
            told={one.key: one for one in told},
            closed=frozenset((e, r, s) for e, r, s in plain["closed"]),
            filed=frozenset((e, r, s) for e, r, s in plain["filed"]),
        )
        return book._settled()

    # --- inside ---

    def _judged(self, controls: Sequence[FirmControl]) -> FirmBook:
        found = dict(self.found)
        for control in controls:
            found[control.guardrail] = tuple(control.judge(self.setting, self.view))
        return replace(self, found=found)._settled()

    def _settled(self) -> FirmBook:
        stops: dict[str, int] = {}
        for one in self._active():
            if one.effect.stops_rows:
                stops[one.rule] = min(stops.get(one.rule, NEVER), one.since_us)
        next_us = min((one.since_us for one in self._untold()), default=NEVER)
        return replace(self, stops=dict(sorted(stops.items())), next_us=next_us)

    def _active(self) -> Iterator[Consequence]:
        """Yield what stands or will stand, each case once."""
        for key, one in self.told.items():
            if key not in self.closed:
                yield one
        for many in self.found.values():
            for one in many:
                if one.key not in self.told and one.key not in self.closed:
                    yield one

    def _missing(self) -> Iterator[Consequence]:
        return (one for many in self.found.values() for one in many if not one.lasting)

    def _untold(self) -> Iterator[Consequence]:
        for many in self.found.values():
            for one in many:
                if one.lasting and one.key not in self.told:
                    yield one
        for report in self.reports:
            late = _late(report)
            if report.due_us != NO_DAY and late.key not in self.told:
                yield late


def _late(report: Consequence) -> Consequence:
    """Return what follows when a report is not handed in by its last instant."""
    return replace(
        report,
        effect=Effect.ESCALATE,
        subject=f"{report.subject}/late",
        since_us=report.due_us,
        due_us=NO_DAY,
        value="not reported in time",
        reason=f"The report on {report.subject} was not handed in. A supervisor looks at it.",
    )
