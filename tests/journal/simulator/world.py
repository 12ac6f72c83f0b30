"""One seed, one world: somebody writes a journal while the disk fails, and is then asked.

What must hold on an honest disk, whatever breaks and whenever the power goes: after reopening, the
journal holds every acknowledged fact, unchanged and in order; the commit that was under way is
there whole or not at all; nothing else is there. On a disk that lies about syncs or flips bits no
software can keep what was lost; then the journal must either refuse to open, or be a sound earlier
part of the history, whose loss a witnessed head brings to light.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sandrail.journal import (
    ChainError,
    Draft,
    Fact,
    Head,
    Journal,
    LocationError,
    StoreFault,
    json_payload,
)
from sandrail.journal.stores.sqlite import SqliteStore

from .disk import Disk, FaultPlan, driver_for

__all__ = ["Report", "Violation", "World", "plan_for", "run_world"]

PATH = Path("/simulated/journal.db")
NAME = "simulated"
STEPS_MAX = 26
OPEN_TRIES = 12
HEAL_AFTER_TRIES = 4


class Violation(AssertionError):
    """Something that must always hold did not."""


@dataclass(slots=True)
class Report:
    """What a world went through.

    Attributes:
        seed: the seed.
        acknowledged: facts that were acknowledged.
        ending: ``sound``, ``noticed`` (a lost end was noticed) or ``refused`` (it did not open).
        befell: faults by name.
    """

    seed: int
    acknowledged: int = 0
    ending: str = "sound"
    befell: Counter[str] = field(default_factory=Counter)


def plan_for(random: Random) -> FaultPlan:
    """Draw the faults of a world: most have one or two kinds, some have none."""
    plan = FaultPlan(
        keep=random.choice(("some", "some", "none", "all")), powersafe=random.random() < 0.8
    )
    if random.random() < 0.6:
        plan.power_cut_at = random.randrange(140)
    for name in ("write_error_rate", "sync_error_rate", "read_error_rate"):
        if random.random() < 0.15:
            setattr(plan, name, random.choice((0.01, 0.05, 0.2)))
    if random.random() < 0.1:
        plan.lost_sync_rate = random.choice((0.1, 0.5, 1.0))
    if random.random() < 0.1:
        plan.late_sync_rate = random.choice((0.1, 0.5, 1.0))
    if random.random() < 0.1:
        plan.capacity_bytes = random.randrange(20_000, 400_000)
    return plan


def run_world(seed: int) -> Report:
    """Run one world to its end.

    Raises:
        Violation: something that must always hold did not; the text names the seed.
    """
    random = Random(seed)
    world = World(seed, random, plan_for(random))
    try:
        for _ in range(random.randrange(4, STEPS_MAX)):
            if world.report.ending != "sound":
                break
            world.step()
        world.end()
    except Violation as violation:
        raise Violation(f"seed {seed}: {violation} {dict(world.disk.befell)}") from violation
    finally:
        world.bury()
    world.report.befell = world.disk.befell
    return world.report


class World:
    """A writer, its disk, and a model of what the writer was told."""

    def __init__(self, seed: int, random: Random, plan: FaultPlan) -> None:
        self.random = random
        self.disk = Disk(random, plan)
        self.report = Report(seed)
        self.model = Journal.in_memory(NAME)
        self.journal: Journal | None = None
        self.doubtful: tuple[Sequence[Draft], int | None] | None = None
        self.created = False
        self._next = 0
        self.driver = driver_for(self.disk)

    def step(self) -> None:
        """Do one of the things that a writer does."""
        journal = self.journal or self.reopen()
        if journal is None or self.report.ending != "sound":
            return
        choice = self.random.random()
        if choice < 0.62:
            self.commit(journal)
        elif choice < 0.70:
            self.redact(journal)
        elif choice < 0.78:
            self.snapshot(journal)
        elif choice < 0.86:
            self.look(journal)
        elif choice < 0.92:
            self.shut(journal)
        elif choice < 0.98:
            self.cut_power()
        elif self.disk.flip_bit():
            self.shut(journal)

    def end(self) -> None:
        """Cut the power a last time and look at what is left."""
        if self.report.ending == "sound":
            self.cut_power()
            self.disk.heal()
            self.reopen()
        if self.journal is not None:
            self.shut(self.journal)

    def bury(self) -> None:
        """End the world: what of it is collected later does nothing any more."""
        self.disk.session = None

    def commit(self, journal: Journal, *, count: int = 0) -> None:
        """Record one to four new facts, small ones mostly."""
        drafts = []
        for _ in range(count or self.random.randrange(1, 5)):
            size = self.random.choice((0, 10, 10, 200, 9_000))
            payload = json_payload({"n": self._next, "text": "x" * size})
            drafts.append(Draft("world.event", self._next, "writer", payload))
            self._next += 1
        try:
            journal.commit(drafts)
        except StoreFault:
            self.doubtful = (drafts, None)
            self.fail()
            return
        self.model.commit(drafts)
        self.report.acknowledged = self.model.head.seq + 1

    def redact(self, journal: Journal) -> None:
        """Remove the payload of one fact."""
        facts = [f for f in self.model.facts(kinds=("world.event",)) if not f.is_redacted]
        if not facts:
            return
        seq = self.random.choice(facts).seq
        try:
            record = journal.redact(seq, at_us=0, actor="court", reason="order")
        except StoreFault:
            draft = _redaction(self.model.fact(seq))
            self.doubtful = ([draft], seq)
            self.fail()
            return
        self.model.redact(seq, at_us=0, actor="court", reason="order")
        if record != self.model.fact(record.seq):
            raise Violation(f"fact {record.seq} was recorded otherwise than asked")

    def snapshot(self, journal: Journal) -> None:
        """Keep derived state; it may be lost, but never be wrong."""
        with suppress(StoreFault):
            parts = _state(journal.head, self.random.randrange(3))
            journal.put_snapshot("state", parts, head=journal.head, version=1)
            return
        self.fail()

    def look(self, journal: Journal) -> None:
        """Read a range and compare."""
        since = self.random.randrange(self.model.head.seq + 2)
        try:
            found = list(journal.facts(since))
        except StoreFault:
            self.fail()
            return
        if found != list(self.model.facts(since)):
            raise Violation("an open journal shows other facts than it acknowledged")

    def shut(self, journal: Journal) -> None:
        """Close in good order; the faults go on."""
        journal.close()
        self.journal = None
        if not self.disk.powered:
            self.disk.power_cycle()

    def fail(self) -> None:
        """Give up on an open journal after it refused; reopening comes with the next step."""
        if self.journal is not None:
            self.journal.close()
        self.journal = None
        if not self.disk.powered:
            self.disk.power_cycle()

    def cut_power(self) -> None:
        """The machine stops between two operations."""
        self.disk.powered = False
        self.fail()

    def reopen(self) -> Journal | None:
        """Open, or create at first, and compare with what was acknowledged."""
        for attempt in range(OPEN_TRIES):
            if attempt == HEAL_AFTER_TRIES:
                self.disk.heal()
            try:
                self.journal = self._open()
            except StoreFault as fault:
                problem: Exception = fault
            except (ChainError, LocationError) as error:
                problem = error
                if self.disk.honest and self.created:
                    raise Violation(f"an honest disk, yet: {error}") from error
            else:
                self.created = True
                self.compare(self.journal)
                return self.journal
            if not self.disk.powered:
                self.disk.power_cycle()
        if self.disk.honest:
            raise Violation(f"an honest disk, yet it never opens: {problem}") from problem
        self.report.ending = "refused"
        return None

    def compare(self, journal: Journal) -> None:
        """Compare a freshly opened journal with the model."""
        try:
            found = list(journal.facts())
            self._require_right_snapshot(journal)
        except StoreFault:
            self.fail()
            return
        known = list(self.model.facts())
        with_doubtful = self._with_doubtful()
        if found == known:
            self.doubtful = None
        elif with_doubtful is not None and found == list(with_doubtful.facts()):
            self.model, self.doubtful = with_doubtful, None
        elif self.disk.honest:
            raise Violation(
                f"{len(known)} facts were acknowledged and {len(found)} others are there"
            )
        else:
            self._require_noticed(found, with_doubtful or self.model)

    def _require_right_snapshot(self, journal: Journal) -> None:
        """Whatever befell the disk, a snapshot is what was kept at its fact, or is not used."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = journal.snapshot("state", version=1)
        if caught and self.disk.honest:
            raise Violation(f"an honest disk, yet: {caught[0].message}")
        if found is not None and found.parts != _state(found.head, len(found.parts) - 1):
            raise Violation(f"a snapshot of fact {found.head.seq} came back changed")

    def _open(self) -> Journal:
        if not self.created:
            with suppress(LocationError):  # an earlier try may have succeeded unheard
                return Journal(SqliteStore.create(PATH, name=NAME, now_us=0, driver=self.driver))
        store = SqliteStore.open(PATH, read_only=False, now_us=0, driver=self.driver)
        try:
            return Journal(store)
        except (StoreFault, ChainError):
            store.close()
            raise

    def _with_doubtful(self) -> Journal | None:
        """Return a model in which the commit under way did happen."""
        if self.doubtful is None:
            return None
        drafts, redacted_seq = self.doubtful
        copy = Journal.in_memory(NAME)
        copy._store.append(list(self.model.facts()))
        copy = Journal(copy._store)
        if redacted_seq is None:
            copy.commit(drafts)
        else:
            copy.redact(redacted_seq, at_us=0, actor="court", reason="order")
        return copy

    def _require_noticed(self, found: Sequence[Fact], history: Journal) -> None:
        """A dishonest disk lost something: it must be an end, and a witness must notice."""
        heads = [fact.head for fact in history.facts()]
        if [fact.head for fact in found] != heads[: len(found)]:
            raise Violation("the journal opened with a history that never was")
        witnessed: Head = self.model.head
        assert self.journal is not None
        if len(found) <= self.model.head.seq and self.journal.contains(witnessed):
            raise Violation("a lost end went unnoticed by its witness")
        self.report.ending = "noticed"


def _state(head: Head, more: int) -> tuple[bytes, ...]:
    """Return what stands for state derived from the facts up to one, in one part and some more."""
    return (head.hash, *(bytes([place]) * 9_000 for place in range(more)))


def _redaction(fact: Fact) -> Draft:
    from sandrail.journal.redaction import redaction_draft

    return redaction_draft(fact, at_us=0, actor="court", reason="order")
