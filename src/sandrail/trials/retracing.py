"""Runs a trial again over its own journal: what is recorded is compared, what is missing is added.

A trial follows from plan, pack, permission, lists and seed. So a run that was interrupted goes on
by running again from its first fact: as far as the journal goes, every fact has to come out as it
stands there; from then on facts are written. A replay is the same with nothing left to write.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.journal import Draft, Fact, Journal
from sandrail.trials.errors import OtherRun

__all__ = ["RetracedJournal", "retraced"]

OPENED = "trials.opened"


class RetracedJournal(Journal):
    """Stands where a trial's journal stands, and holds each new fact against the recorded one."""

    real: Journal | None = None
    writes = True

    def commit(self, drafts: Sequence[Draft]) -> list[Fact]:
        """Compare drafts with what is recorded; record what is not.

        Raises:
            OtherRun: the recorded fact is another one, or there is none and none may be added.
        """
        facts = super().commit(drafts)
        if self.real is None:
            return facts
        fresh = [n for n, fact in enumerate(facts) if fact.seq > self.real.head.seq]
        for fact in facts[: len(facts) - len(fresh)]:
            recorded = self.real.fact(fact.seq)
            if recorded.hash != fact.hash:
                raise _other(fact, f"It is recorded as {recorded.kind} {recorded.hash.hex()[:16]}…")
        if fresh and not self.writes:
            raise _other(facts[fresh[0]], f"The journal ends at fact {self.real.head.seq}")
        if fresh:
            self.real.commit([drafts[n] for n in fresh])
        return facts


def retraced(real: Journal, *, writes: bool) -> RetracedJournal:
    """Return a journal to run a trial on again, over the one that holds it.

    What stands before the trial's opening, such as the casework, is taken over as it is.

    Args:
        real: the recorded journal.
        writes: go on where it ends; without it the run has to end where it does.
    """
    copy = RetracedJournal.in_memory(real.name)
    assert isinstance(copy, RetracedJournal)
    for fact in real.facts():
        if fact.kind == OPENED:
            break
        copy.commit([Draft(fact.kind, fact.at_us, fact.actor, fact.payload)])
    copy.real, copy.writes = real, writes
    return copy


def _other(fact: Fact, why: str) -> OtherRun:
    return OtherRun(
        f"Run again, fact {fact.seq} comes out as another {fact.kind}.",
        why=f"{why}; run again it is {fact.hash.hex()[:16]}….",
        fix="Give plan, lists, seed and version of sandrail that the journal was made with.",
        seq=fact.seq,
    )
