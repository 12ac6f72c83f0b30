"""What the gate was asked and what it said, counted from the batches of the journal alone.

Every gated row is counted once. Three kinds of rows are told apart, as the trial does: what
customers asked, issues that no deposit stands behind (they come without the leg that books the
deposit), and notices that came again (their id was asked for before).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.controls import GATED, Kind, Program
from sandrail.controls import Outcome as Decision
from sandrail.journal import Fact, frame_of
from sandrail.ledger import Outcome, RowFlag
from sandrail.transfers import KIND_BATCH, decode_batch

__all__ = ["Asked", "Fate", "Origin", "asked_rows", "by_day", "fates", "ranked_reasons"]


class Fate(StrEnum):
    """How an instruction ended, in the order of a table."""

    ALLOWED = "allowed"
    WARNED = "warned"
    HELD = "held"
    BLOCKED = "blocked"
    FROZEN = "frozen"
    REFUSED = "refused"

    @property
    def meaning(self) -> str:
        """One line for the reader."""
        return _MEANINGS[self]


_MEANINGS: Mapping[Fate, str] = {
    Fate.ALLOWED: "posted as asked",
    Fate.WARNED: "posted, and the supervisor was warned",
    Fate.HELD: "put on hold for a person to decide",
    Fate.BLOCKED: "stopped by a rule; nothing moved",
    Fate.FROZEN: "stopped, and the parties frozen",
    Fate.REFUSED: "not possible on the books, such as an overdraft",
}

FATES = tuple(Fate)


class Origin(StrEnum):
    """Who asked."""

    CUSTOMER = "customer"
    UNBACKED = "unbacked"
    REPEATED = "repeated"


ORIGINS = tuple(Origin)


class Asked(NamedTuple):
    """One entry an instruction, in the order in which the gate judged them.

    Attributes:
        seq: i8, the fact that holds it; row: i8, its place in the fact's batch.
        id_hi, id_lo: u8, halves of the instruction's id.
        at_us: i8, instant of the batch.
        kind: u1; debtor, creditor: i8, parties, -1 for the firm.
        value: i8, minor units of the pack's currency.
        rule: u1, number of the decisive rule in the program, or NO_RULE.
        decision: u1, the gate's answer; posting: u1, the ledger's answer.
        fate: u1, position in ``Fate``.
        origin: u1, position in ``Origin``.
    """

    seq: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    id_hi: npt.NDArray[np.uint64]
    id_lo: npt.NDArray[np.uint64]
    at_us: npt.NDArray[np.int64]
    kind: npt.NDArray[np.uint8]
    debtor: npt.NDArray[np.int64]
    creditor: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]
    rule: npt.NDArray[np.uint8]
    decision: npt.NDArray[np.uint8]
    posting: npt.NDArray[np.uint8]
    fate: npt.NDArray[np.uint8]
    origin: npt.NDArray[np.uint8]

    def where(self, mask: npt.NDArray[np.bool_]) -> Asked:
        """Return the rows of a mask."""
        return Asked._make(column[mask] for column in self)

    def of(self, origin: Origin) -> Asked:
        """Return what one kind of asker asked."""
        return self.where(self.origin == ORIGINS.index(origin))

    @property
    def accepted(self) -> npt.NDArray[np.bool_]:
        """Mask of what moved value."""
        return self.fate <= FATES.index(Fate.WARNED)


def asked_rows(facts: Iterable[Fact]) -> Asked:
    """Read every batch and return its gated rows."""
    parts = [_rows(fact) for fact in facts if fact.kind == KIND_BATCH]
    if not parts:
        wide, small = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8)
        ids = wide.astype(np.uint64)
        return Asked(wide, wide, ids, ids, wide, small, wide, wide, wide, *(small,) * 5)
    rows = Asked._make(np.concatenate(columns) for columns in zip(*parts, strict=True))
    ids = np.stack([rows.id_hi, rows.id_lo], axis=1)
    _, firsts = np.unique(ids, axis=0, return_index=True)
    again = np.ones(len(ids), dtype=np.bool_)
    again[firsts] = False
    origin = np.where(again, np.uint8(ORIGINS.index(Origin.REPEATED)), rows.origin)
    return rows._replace(origin=origin)


def _rows(fact: Fact) -> Asked:
    batch = decode_batch(frame_of(fact))
    kind = batch.asked.kind
    gated = (np.uint32(1) << kind.astype(np.uint32)) & np.uint32(GATED) != 0
    linked = (batch.rows.flags & np.uint32(RowFlag.LINKED)) != 0
    behind = np.concatenate([[False], linked[:-1]]) if len(linked) else linked
    origin = np.where((kind == Kind.ISSUE) & ~behind, ORIGINS.index(Origin.UNBACKED), 0)
    decision = batch.found.outcome
    count = len(kind)
    whole = Asked(
        seq=np.full(count, fact.seq, dtype=np.int64),
        row=np.arange(count, dtype=np.int64),
        id_hi=batch.rows.id_hi,
        id_lo=batch.rows.id_lo,
        at_us=np.full(count, fact.at_us, dtype=np.int64),
        kind=kind,
        debtor=batch.asked.debtor,
        creditor=batch.asked.creditor,
        value=batch.asked.value,
        rule=batch.found.rule,
        decision=decision,
        posting=batch.outcome,
        fate=fates(decision, batch.outcome),
        origin=origin.astype(np.uint8),
    )
    return whole.where(gated)


def fates(decision: npt.NDArray[np.uint8], posting: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the fate of each row as its number in ``Fate``."""
    accepted = (posting > 0) & (posting <= Outcome.PENDING)
    chosen = [
        (accepted & (decision == Decision.WARN), Fate.WARNED),
        (accepted, Fate.ALLOWED),
        (posting == Outcome.HELD, Fate.HELD),
        (decision == Decision.BLOCK, Fate.BLOCKED),
        (decision == Decision.FREEZE, Fate.FROZEN),
    ]
    numbers = [FATES.index(fate) for _, fate in chosen]
    other = FATES.index(Fate.REFUSED)
    return np.select([mask for mask, _ in chosen], numbers, other).astype(np.uint8)


def by_day(rows: Asked, ends_us: Iterable[int]) -> list[dict[Fate, int]]:
    """Count fates a day; a day ends with the instant of its close."""
    ends = np.array(list(ends_us), dtype=np.int64)
    day = np.searchsorted(ends, rows.at_us)
    counts = np.zeros((len(ends) + 1, len(FATES)), dtype=np.int64)
    np.add.at(counts, (day, rows.fate), 1)
    return [dict(zip(FATES, line, strict=True)) for line in counts[: len(ends)].tolist()]


def ranked_reasons(rows: Asked, program: Program) -> tuple[tuple[str, int], ...]:
    """Rank why instructions were not simply allowed: the rule, or the ledger's word."""
    counted: Counter[str] = Counter()
    told = (rows.decision != Decision.ALLOW) | ~rows.accepted
    pairs = zip(rows.rule[told].tolist(), rows.posting[told].tolist(), strict=True)
    for rule, posting in pairs:
        counted[program.rule_id(rule) or Outcome(posting).name] += 1
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
