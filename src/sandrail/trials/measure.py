"""From the tape and the daily closes to the value of every metric. Integers only, no gate code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandrail.controls import Outcome as Decision
from sandrail.ledger import Outcome
from sandrail.products import Step
from sandrail.trials.adversaries import Fate
from sandrail.trials.audit import holding_overshoot, transfer_overshoot, window_overshoot
from sandrail.trials.intents import HONEST, IntentKind
from sandrail.trials.limit_line import LimitLine
from sandrail.trials.outcome import DayClose
from sandrail.trials.plan import AdversaryKind
from sandrail.trials.tape import FATES, TapeRows
from sandrail.world import MINUTE_US

__all__ = ["Tally", "Yardstick", "fates_of", "measure", "transfer_counts"]

Bytes = npt.NDArray[np.uint8]

WHOLE_BP = 10_000


@dataclass(slots=True)
class Tally:
    """What a run counts beside the tape; the only mutable record of a trial.

    Attributes:
        redemptions_accepted: put on hold and ordered.
        redemptions_paid: confirmed by the bank.
        redemption_us_max: longest time from request to confirmation; -1 before the first.
        unbacked_mint_minor: tokens that an unbacked issue or a direct mint brought into being.
        unbacked_attempts: issues and mints tried without money behind them.
        duplicate_notices: bank notifications that came again.
        duplicate_credits: those of them that credited again.
        break_age_hours_max: how long the longest break lasted.
        freeze_us: longest time from a list's publication until the gate knew; -1 before any.
    """

    redemptions_accepted: int = 0
    redemptions_paid: int = 0
    redemption_us_max: int = -1
    unbacked_mint_minor: int = 0
    unbacked_attempts: int = 0
    duplicate_notices: int = 0
    duplicate_credits: int = 0
    break_age_hours_max: int = 0
    freeze_us: int = -1


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What metrics are measured against.

    Attributes:
        transfer_max, daily_max, holding_max: limits in units of the token, stage by stage.
        labels: number of each adversary that takes part.
        splitters: party numbers of the limit splitter and its accomplices.
        designated: whom a list named in mid-trial, with the instant since when the gate knew.
    """

    transfer_max: LimitLine
    daily_max: LimitLine
    holding_max: LimitLine
    labels: Mapping[AdversaryKind, int]
    splitters: tuple[int, ...]
    designated: Mapping[int, int]


def measure(
    rows: TapeRows, *, closes: Sequence[DayClose], counted: Tally, by: Yardstick, customers: int
) -> dict[str, int | None]:
    """Return the value of every metric on the evidence so far; None where there is none."""
    coverage = [close.coverage_bp for close in closes if close.coverage_bp is not None]
    minutes = counted.redemption_us_max
    return {
        "supply_gap_minor_max": max(
            (abs(close.supply_minor - close.liability_minor) for close in closes), default=None
        ),
        "reserve_coverage_bp_min": min(coverage, default=None),
        "reconciliation_breaks": sum(len(close.breaks) for close in closes) if closes else None,
        "limit_overshoot_minor_max": max(
            transfer_overshoot(rows, limit_minor=by.transfer_max),
            window_overshoot(rows, limit_minor=by.daily_max),
            holding_overshoot(rows, limit_minor=by.holding_max),
        ),
        "customers_onboarded": customers,
        "transfers_posted": int(rows.asked().served.sum()),
        "honest_success_bp": _honest_success(rows),
        "break_age_hours_max": counted.break_age_hours_max if closes else None,
        "freeze_minutes_max": None if counted.freeze_us < 0 else -(-counted.freeze_us // MINUTE_US),
        "redemptions_paid_bp": _share(counted.redemptions_paid, counted.redemptions_accepted),
        "redemption_minutes_max": None if minutes < 0 else -(-minutes // MINUTE_US),
        "unbacked_mint_minor": counted.unbacked_mint_minor if counted.unbacked_attempts else None,
        "duplicate_credits": counted.duplicate_credits if counted.duplicate_notices else None,
    } | _attacks(rows, by)


def transfer_counts(rows: TapeRows) -> dict[str, int]:
    """Return how many instructions ended how; every instruction is counted once."""
    rows = rows.asked()
    accepted = rows.served
    held = rows.fate == FATES.index(Fate.HELD)
    blocked = rows.decision == Decision.BLOCK
    frozen = rows.decision == Decision.FREEZE
    warned = accepted & (rows.decision == Decision.WARN)
    counts = {
        "allowed": accepted & ~warned,
        "warned": warned,
        "held": held,
        "blocked": blocked,
        "frozen": frozen,
        "refused": ~(accepted | held | blocked | frozen),
    }
    return {name: int(mask.sum()) for name, mask in counts.items()}


def _honest_success(rows: TapeRows) -> int | None:
    rows = rows.asked()
    asked = (rows.label == HONEST) & (rows.posting != Outcome.OVERDRAFT)
    return _share(int((asked & rows.served).sum()), int(asked.sum()))


def _attacks(rows: TapeRows, by: Yardstick) -> dict[str, int | None]:
    values: dict[str, int | None] = {
        "sanctioned_value_minor": None,
        "sanctioned_attempts_stopped_bp": None,
        "namesakes_served_bp": None,
        "structuring_stopped_bp": None,
        "splitter_overshoot_minor": None,
    }
    listed = by.labels.get(AdversaryKind.SANCTIONED_PERSON)
    mine = rows.where(rows.label == listed) if listed else None
    if mine is not None and len(mine.label):
        moved = int(mine.amount_minor[mine.served].sum())
        values["sanctioned_value_minor"] = moved + _designated_value(rows, by.designated)
        values["sanctioned_attempts_stopped_bp"] = _share(
            int((~mine.served).sum()), len(mine.label)
        )
    namesake = by.labels.get(AdversaryKind.NAMESAKE)
    if namesake:
        theirs = rows.where(rows.label == namesake)
        values["namesakes_served_bp"] = _share(int(theirs.served.sum()), len(theirs.label))
    structurer = by.labels.get(AdversaryKind.STRUCTURER)
    if structurer:
        sent = rows.where((rows.label == structurer) & (rows.kind == IntentKind.PAY))
        stopped = int(sent.amount_minor[~sent.served].sum())
        values["structuring_stopped_bp"] = _share(stopped, int(sent.amount_minor.sum()))
    splitter = by.labels.get(AdversaryKind.LIMIT_SPLITTER)
    if splitter and (rows.label == splitter).any():
        values["splitter_overshoot_minor"] = max(
            window_overshoot(rows, limit_minor=by.daily_max, parties=by.splitters), 0
        )
    return values


def _designated_value(rows: TapeRows, designated: Mapping[int, int]) -> int:
    """Return what moved from or to customers after a list had named them."""
    total = 0
    for party, since_us in designated.items():
        theirs = (rows.payer == party) | (rows.payee == party)
        total += int(rows.amount_minor[theirs & rows.served & (rows.at_us >= since_us)].sum())
    return total


def _share(part: int, whole: int) -> int | None:
    """Return part of whole per 10,000, rounded down; None of nothing."""
    return part * WHOLE_BP // whole if whole else None


def fates_of(step: Step) -> Bytes:
    """Return the fate of each row as its number in ``FATES``."""
    numbers = [FATES.index(fate) for fate in (Fate.SERVED, Fate.HELD, Fate.FROZEN)]
    frozen = step.decision == Decision.FREEZE
    other = FATES.index(Fate.REFUSED)
    return np.select([step.taken, step.held, frozen], numbers, other).astype(np.uint8)
