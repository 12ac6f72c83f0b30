"""What a trial measured, measured again from the facts alone, without the trial's own notes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from sandrail.controls import Kind
from sandrail.evidence.dossier import Dossier
from sandrail.evidence.ground_truth import HONEST, acting, labels_by_kind, truth_of
from sandrail.evidence.tally import Asked, Origin
from sandrail.journal import Fact, frame_of
from sandrail.ledger import Outcome
from sandrail.transfers import KIND_BATCH, decode_batch
from sandrail.trials import (
    KIND_ASKED,
    AdversaryKind,
    LimitLine,
    age_hours_max,
    break_lives,
    read_asked,
)
from sandrail.world import DAY_US, MINUTE_US

__all__ = ["Uses", "recomputed", "uses_of"]

WHOLE_BP = 10_000


def recomputed(dossier: Dossier, uses: Uses | None = None) -> dict[str, int | None]:
    """Return the measures that the journal alone decides, by name.

    ``uses`` is what ``uses_of`` found in this dossier; it is found again when None.
    """
    rows = dossier.asked.of(Origin.CUSTOMER)
    days = dossier.days
    coverage = [close.coverage_bp for close in days if close.coverage_bp is not None]
    uses = uses or uses_of(dossier)
    paid, accepted = uses.paid, uses.redemptions
    unbacked = dossier.asked.of(Origin.UNBACKED)
    repeated = dossier.asked.of(Origin.REPEATED)
    found: dict[str, int | None] = {
        "supply_gap_minor_max": max(
            (abs(close.supply_minor - close.liability_minor) for close in days), default=None
        ),
        "reserve_coverage_bp_min": min(coverage, default=None),
        "reconciliation_breaks": sum(len(close.breaks) for close in days) if days else None,
        "limit_overshoot_minor_max": uses.excess_minor,
        "transfers_posted": int(rows.accepted.sum()),
        "customers_onboarded": days[-1].customers if days else 0,
        "redemptions_paid_bp": _share(paid, accepted),
        "redemption_minutes_max": None if uses.wait_us < 0 else -(-uses.wait_us // MINUTE_US),
        "break_age_hours_max": age_hours_max(break_lives(dossier.measured), dossier.ending.at_us),
    }
    waits = [item.freeze_us for item in dossier.list_updates]
    found["freeze_minutes_max"] = -(-max(waits) // MINUTE_US) if waits else None
    if len(repeated.seq):
        credited = repeated.accepted | (repeated.posting == Outcome.HELD)
        found["duplicate_credits"] = int(credited.sum())
    if len(unbacked.seq):
        found["unbacked_mint_minor"] = int(unbacked.value[unbacked.accepted].sum())
    return found | _by_truth(dossier, rows)


def _by_truth(dossier: Dossier, rows: Asked) -> dict[str, int | None]:
    """Return the measures that need to know who attacked."""
    truth = truth_of(dossier)
    label, numbers = acting(rows, truth), labels_by_kind(dossier)
    honest = (label == HONEST) & (rows.posting != Outcome.OVERDRAFT)
    found = {"honest_success_bp": _share(int((honest & rows.accepted).sum()), int(honest.sum()))}
    listed = rows.where(label == numbers.get(AdversaryKind.SANCTIONED_PERSON, -1))
    if len(listed.seq):
        moved = int(listed.value[listed.accepted].sum())
        found["sanctioned_value_minor"] = moved + _designated_value(dossier, rows)
        stopped = int((~listed.accepted).sum())
        found["sanctioned_attempts_stopped_bp"] = _share(stopped, len(listed.seq))
    namesakes = rows.where(label == numbers.get(AdversaryKind.NAMESAKE, -1))
    if len(namesakes.seq):
        found["namesakes_served_bp"] = _share(int(namesakes.accepted.sum()), len(namesakes.seq))
    sender = numbers.get(AdversaryKind.STRUCTURER, -1)
    sent = rows.where((label == sender) & (rows.kind == Kind.TRANSFER))
    if sender > 0:
        stopped = int(sent.value[~sent.accepted].sum())
        found["structuring_stopped_bp"] = _share(stopped, int(sent.value.sum()))
    splitter = numbers.get(AdversaryKind.LIMIT_SPLITTER, -1)
    if (label == splitter).any():
        mine = [one for one in _served(rows) if truth[one[1]] == splitter]
        line = dossier.limit_line("G06.daily_value_max")
        found["splitter_overshoot_minor"] = max(0, _day_excess(mine, line))
    return found


def _designated_value(dossier: Dossier, rows: Asked) -> int:
    """Return what moved from or to customers after a list had named them."""
    total = 0
    for update in dossier.list_updates:
        for party in update.freezes:
            theirs = (rows.debtor == party) | (rows.creditor == party)
            after = rows.accepted & (rows.at_us >= update.at_us)
            total += int(rows.value[theirs & after].sum())
    return total


def _share(part: int, whole: int) -> int | None:
    """Return part of whole per 10,000, rounded down; None of nothing."""
    return part * WHOLE_BP // whole if whole else None


@dataclass(slots=True)
class _Walk:
    """What one pass over every row of every batch finds, in units of the token.

    Attributes:
        line: the limit of a holding; holding: of each party now.
        peak: the most that an entry left a receiver with; excess: the most above the limit then.
        holds: redemptions on hold or finished: who and how much, and whether it was paid.
        asked: when each redemption was asked for; wait_us: longest way to its end, -1 before any.
    """

    line: LimitLine
    holding: dict[int, int] = field(default_factory=dict)
    peak: int = 0
    excess: int = 0
    holds: dict[int, tuple[int, int]] = field(default_factory=dict)
    paid: set[int] = field(default_factory=set)
    asked: dict[int, int] = field(default_factory=dict)
    wait_us: int = -1

    def move(self, party: int, minor: int) -> None:
        self.holding[party] = self.holding.get(party, 0) + minor

    def enter(self, party: int, minor: int, at_us: int) -> None:
        self.move(party, minor)
        self.peak = max(self.peak, self.holding[party])
        self.excess = max(self.excess, self.holding[party] - self.line.at(at_us))


def _walked(facts: Iterable[Fact], line: LimitLine) -> _Walk:
    walk = _Walk(line)
    for fact in facts:
        if fact.kind == KIND_ASKED:
            walk.asked.update(read_asked(fact))
        if fact.kind != KIND_BATCH:
            continue
        paid_before = len(walk.paid)
        batch = decode_batch(frame_of(fact))
        rows, asked = batch.rows, batch.asked
        columns = (
            asked.kind, batch.outcome, asked.debtor, asked.creditor, asked.value,
            rows.id_hi, rows.id_lo, rows.pending_hi, rows.pending_lo,
        )  # fmt: skip
        for row in zip(*(column.tolist() for column in columns), strict=True):
            pending = row[7] << 64 | row[8]
            own = row[5] << 64 | row[6]
            _step(walk, *row[:5], own=own, pending=pending, at_us=fact.at_us)
            if len(walk.paid) > paid_before:
                paid_before = len(walk.paid)
                walk.wait_us = max(walk.wait_us, fact.at_us - walk.asked[pending], 0)
    return walk


def _step(
    walk: _Walk, kind: int, outcome: int, debtor: int, creditor: int, value: int, *, own: int,
    pending: int, at_us: int,
) -> None:  # fmt: skip
    served = outcome in (Outcome.POSTED, Outcome.PENDING)
    if kind == Kind.ISSUE and served:
        walk.enter(creditor, value, at_us)
    elif kind == Kind.TRANSFER and served:
        walk.move(debtor, -value)
        walk.enter(creditor, value, at_us)
    elif kind == Kind.REDEEM and outcome == Outcome.PENDING:
        walk.move(debtor, -value)
        walk.holds[own] = (debtor, value)
    elif pending in walk.holds:
        if kind == Kind.SETTLE and outcome == Outcome.POSTED:
            walk.paid.add(pending)
        elif kind == Kind.RELEASE and outcome == Outcome.VOIDED:
            walk.move(*walk.holds[pending])


@dataclass(frozen=True, slots=True)
class Uses:
    """The most that was reached against the limits of single customers, in minor units.

    Attributes:
        transfer_minor: in one entry; day_minor: by one party within 24 hours.
        holding_minor: that an entry left a receiver with.
        excess_minor: the most above a limit of a transfer, a day or a holding, as it then was.
        paid, redemptions: redemptions paid out, and those that were put on hold for it.
        wait_us: longest time from asking for a redemption to its end; -1 before any.
    """

    transfer_minor: int
    day_minor: int
    holding_minor: int
    excess_minor: int
    paid: int
    redemptions: int
    wait_us: int


def uses_of(dossier: Dossier) -> Uses:
    """Walk over every row once and return the peaks."""
    walk = _walked(dossier.measured, dossier.limit_line("G04.holding_max"))
    one, day = (dossier.limit_line(name) for name in ("G05.transfer_max", "G06.daily_value_max"))
    served = list(_served(dossier.asked.of(Origin.CUSTOMER)))
    return Uses(
        transfer_minor=max((amount for _, _, amount in served), default=0),
        day_minor=_day_value(served),
        holding_minor=walk.peak,
        excess_minor=max(
            0,
            walk.excess,
            _day_excess(served, day),
            *(amount - one.at(at_us) for at_us, _, amount in served),
        ),
        paid=len(walk.paid),
        redemptions=len(walk.holds),
        wait_us=walk.wait_us,
    )


def _served(rows: Asked) -> Iterator[tuple[int, int, int]]:
    """Yield instant, party and amount of every entry that was served; exits are none."""
    mask = rows.accepted & (rows.kind != Kind.REDEEM)
    payer = np.where(rows.debtor >= 0, rows.debtor, rows.creditor)
    columns = (rows.at_us, payer, rows.value)
    return zip(*(column[mask].tolist() for column in columns), strict=True)


def _day_value(served: Iterable[tuple[int, int, int]]) -> int:
    """Return the most that one party moved within any 24 hours."""
    return max((total for _, total in _day_totals(served)), default=0)


def _day_excess(served: Iterable[tuple[int, int, int]], line: LimitLine) -> int:
    """Return the most by which anybody's last 24 hours were above the limit as it then was."""
    return max((total - line.at(at_us) for at_us, total in _day_totals(served)), default=0)


def _day_totals(served: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """Yield after each entry its instant and what its party moved in the 24 hours up to it."""
    recent: dict[int, deque[tuple[int, int]]] = {}
    sums: dict[int, int] = {}
    for at_us, party, amount in served:
        queue = recent.setdefault(party, deque())
        queue.append((at_us, amount))
        total = sums.get(party, 0) + amount
        while at_us - queue[0][0] >= DAY_US:
            total -= queue.popleft()[1]
        sums[party] = total
        yield at_us, total
