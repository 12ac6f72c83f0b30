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
from sandrail.rulebook import effective_rules
from sandrail.transfers import KIND_BATCH, decode_batch
from sandrail.trials import AdversaryKind
from sandrail.world import DAY_US

__all__ = ["Uses", "recomputed", "uses_of"]

WHOLE_BP = 10_000


def recomputed(dossier: Dossier) -> dict[str, int | None]:
    """Return the measures that the journal alone decides, by name.

    How long a customer waited is known to the trial only: the wish to redeem stands in no fact.
    """
    rows = dossier.asked.of(Origin.CUSTOMER)
    days = dossier.days
    coverage = [close.coverage_bp for close in days if close.coverage_bp is not None]
    uses = uses_of(dossier)
    paid, accepted = uses.paid, uses.redemptions
    unbacked = dossier.asked.of(Origin.UNBACKED)
    repeated = dossier.asked.of(Origin.REPEATED)
    found: dict[str, int | None] = {
        "supply_gap_minor_max": max(
            (abs(close.supply_minor - close.liability_minor) for close in days), default=None
        ),
        "reserve_coverage_bp_min": min(coverage, default=None),
        "reconciliation_breaks": sum(len(close.breaks) for close in days) if days else None,
        "limit_overshoot_minor_max": _overshoot(dossier, uses),
        "transfers_posted": int(rows.accepted.sum()),
        "customers_onboarded": days[-1].customers if days else 0,
        "redemptions_paid_bp": _share(paid, accepted),
    }
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
        found["sanctioned_value_minor"] = int(listed.value[listed.accepted].sum())
        stopped = int((~listed.accepted).sum())
        found["sanctioned_attempts_stopped_bp"] = _share(stopped, len(listed.seq))
    sender = numbers.get(AdversaryKind.STRUCTURER, -1)
    sent = rows.where((label == sender) & (rows.kind == Kind.TRANSFER))
    if sender > 0:
        stopped = int(sent.value[~sent.accepted].sum())
        found["structuring_stopped_bp"] = _share(stopped, int(sent.value.sum()))
    splitter = numbers.get(AdversaryKind.LIMIT_SPLITTER, -1)
    if (label == splitter).any():
        mine = [one for one in _served(rows) if truth[one[1]] == splitter]
        limit = effective_rules(dossier.pack, dossier.permission, dossier.opened_us)[
            "G06.daily_value_max"
        ].money(dossier.pack)
        found["splitter_overshoot_minor"] = max(0, _day_value(mine) - limit.minor)
    return found


def _share(part: int, whole: int) -> int | None:
    """Return part of whole per 10,000, rounded down; None of nothing."""
    return part * WHOLE_BP // whole if whole else None


@dataclass(slots=True)
class _Walk:
    """What one pass over every row of every batch finds, in units of the token.

    Attributes:
        holding: of each party now; peak: the most that an entry left a receiver with.
        holds: redemptions on hold or finished: who and how much, and whether it was paid.
    """

    holding: dict[int, int] = field(default_factory=dict)
    peak: int = 0
    holds: dict[int, tuple[int, int]] = field(default_factory=dict)
    paid: set[int] = field(default_factory=set)

    def move(self, party: int, minor: int) -> None:
        self.holding[party] = self.holding.get(party, 0) + minor

    def enter(self, party: int, minor: int) -> None:
        self.move(party, minor)
        self.peak = max(self.peak, self.holding[party])


def _walked(facts: Iterable[Fact]) -> _Walk:
    walk = _Walk()
    for fact in facts:
        if fact.kind != KIND_BATCH:
            continue
        batch = decode_batch(frame_of(fact))
        rows, asked = batch.rows, batch.asked
        columns = (
            asked.kind, batch.outcome, asked.debtor, asked.creditor, asked.value,
            rows.id_hi, rows.id_lo, rows.pending_hi, rows.pending_lo,
        )  # fmt: skip
        for row in zip(*(column.tolist() for column in columns), strict=True):
            _step(walk, *row[:5], own=row[5] << 64 | row[6], pending=row[7] << 64 | row[8])
    return walk


def _step(
    walk: _Walk, kind: int, outcome: int, debtor: int, creditor: int, value: int, *, own: int,
    pending: int,
) -> None:  # fmt: skip
    served = outcome in (Outcome.POSTED, Outcome.PENDING)
    if kind == Kind.ISSUE and served:
        walk.enter(creditor, value)
    elif kind == Kind.TRANSFER and served:
        walk.move(debtor, -value)
        walk.enter(creditor, value)
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
        paid, redemptions: redemptions paid out, and those that were put on hold for it.
    """

    transfer_minor: int
    day_minor: int
    holding_minor: int
    paid: int
    redemptions: int


def uses_of(dossier: Dossier) -> Uses:
    """Walk over every row once and return the peaks."""
    walk = _walked(dossier.facts)
    served = list(_served(dossier.asked.of(Origin.CUSTOMER)))
    return Uses(
        transfer_minor=max((amount for _, _, amount in served), default=0),
        day_minor=_day_value(served),
        holding_minor=walk.peak,
        paid=len(walk.paid),
        redemptions=len(walk.holds),
    )


def _overshoot(dossier: Dossier, uses: Uses) -> int:
    """Return the largest excess over the limits of a transfer, a day and a holding."""
    rules = effective_rules(dossier.pack, dossier.permission, dossier.opened_us)
    reached = {
        "G05.transfer_max": uses.transfer_minor,
        "G06.daily_value_max": uses.day_minor,
        "G04.holding_max": uses.holding_minor,
    }
    over = (minor - rules[name].money(dossier.pack).minor for name, minor in reached.items())
    return max(0, *over)


def _served(rows: Asked) -> Iterator[tuple[int, int, int]]:
    """Yield instant, party and amount of every entry that was served; exits are none."""
    mask = rows.accepted & (rows.kind != Kind.REDEEM)
    payer = np.where(rows.debtor >= 0, rows.debtor, rows.creditor)
    columns = (rows.at_us, payer, rows.value)
    return zip(*(column[mask].tolist() for column in columns), strict=True)


def _day_value(served: Iterable[tuple[int, int, int]]) -> int:
    """Return the most that one party moved within any 24 hours."""
    recent: dict[int, deque[tuple[int, int]]] = {}
    sums: dict[int, int] = {}
    most = 0
    for at_us, party, amount in served:
        queue = recent.setdefault(party, deque())
        queue.append((at_us, amount))
        total = sums.get(party, 0) + amount
        while at_us - queue[0][0] >= DAY_US:
            total -= queue.popleft()[1]
        sums[party] = total
        most = max(most, total)
    return most
