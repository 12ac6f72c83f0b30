"""Was every hold of the gate that ended decided about by somebody whose role it is?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from sandrail.controls import Kind, Program
from sandrail.controls import Outcome as Decision
from sandrail.evidence.bundle import SLICE
from sandrail.evidence.opened import Wrong
from sandrail.journal import Fact, frame_of
from sandrail.ledger import Outcome
from sandrail.transfers import HOLD, KIND_BATCH, decode_batch, read_hold_decided

__all__ = ["require_decided"]

SIGNED_FOR = "G18"
"""What leaves custody waits for the signatures of its key holders, not for an officer."""


def require_decided(facts: Iterable[Fact], programs: Mapping[str, Program]) -> int:
    """Return how many holds ended as somebody had decided before.

    Args:
        facts: of a journal whose batches came out again.
        programs: what judged them, by its hash.

    Raises:
        Wrong: one was settled without a decision to let it go, or given back without any.
    """
    decided: dict[int, bool] = {}
    held: set[int] = set()
    ended = 0
    for fact in facts:
        if fact.kind == HOLD:
            ids, approved = read_hold_decided(fact)
            decided |= dict.fromkeys(ids, approved)
        elif fact.kind == KIND_BATCH:
            for pending, settled in _ends(fact, programs, held):
                what = "settled" if settled else "given back"
                if pending not in decided or (settled and not decided[pending]):
                    why = f"The hold {pending:032x} was {what}, and nobody had decided so."
                    raise Wrong(why, file=SLICE, fact=fact.seq)
                ended += 1
    return ended


def _ends(
    fact: Fact, programs: Mapping[str, Program], held: set[int]
) -> Iterable[tuple[int, bool]]:
    """Take note of what a batch put on hold; return the holds it ended, and whether it settled."""
    frame = frame_of(fact)
    batch = decode_batch(frame)
    waits = batch.found.outcome == Decision.HOLD
    waits &= (batch.outcome == Outcome.PENDING) | (batch.outcome == Outcome.HELD)
    finished = np.isin(batch.asked.kind, (Kind.SETTLE, Kind.RELEASE))
    finished &= (batch.outcome == Outcome.POSTED) | (batch.outcome == Outcome.VOIDED)
    program, rows, ends = programs[str(frame.meta["program"])], batch.rows, []
    for row in np.flatnonzero(waits | finished).tolist():
        if finished[row]:
            pending = int(rows.pending_hi[row]) << 64 | int(rows.pending_lo[row])
            if pending in held:
                ends.append((pending, batch.asked.kind[row] == Kind.SETTLE))
        elif not program.rule_id(int(batch.found.rule[row])).startswith(SIGNED_FOR):
            held.add(int(rows.id_hi[row]) << 64 | int(rows.id_lo[row]))
    return ends
