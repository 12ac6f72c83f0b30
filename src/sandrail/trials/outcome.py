"""What a trial ends with: verdicts, the books' last state, and the anchors of the proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sandrail.trials.metrics import METRICS
from sandrail.trials.plan import Hypothesis, TestPlan

__all__ = [
    "AttackReport",
    "DayClose",
    "HypothesisVerdict",
    "Recommendation",
    "TrialOutcome",
    "judge_hypotheses",
    "recommend",
]


class Recommendation(StrEnum):
    """What the evidence supports; a committee decides."""

    GRADUATE = "graduate"
    EXTEND_OR_WIND_DOWN = "extend_or_wind_down"


@dataclass(frozen=True, slots=True)
class HypothesisVerdict:
    """Whether a hypothesis held.

    Attributes:
        hypothesis: the claim with its threshold.
        value: what was measured, in the metric's unit; None when nothing could be measured.
        holds: whether the value stands to the threshold as claimed; never without a value.
    """

    hypothesis: Hypothesis
    value: int | None
    holds: bool

    def as_data(self) -> dict[str, object]:
        """Return the verdict as plain data."""
        item = self.hypothesis
        return {
            "id": item.id,
            "statement": item.statement,
            "metric": item.metric,
            "unit": item.measure.unit.value,
            "comparison": item.comparison.value,
            "threshold": item.threshold,
            "value": self.value,
            "holds": self.holds,
        }


@dataclass(frozen=True, slots=True)
class DayClose:
    """The three books at the end of one day.

    Attributes:
        day: of the trial, from 1.
        at_us: instant of the close.
        customers: admitted so far.
        supply_minor: tokens on the chain.
        liability_minor: tokens that the ledger owes to holders.
        in_transit_minor: redemptions promised whose rupees have left or are leaving the bank.
        reserve_minor: balance of the reserve account at the bank that backs tokens.
        bank_minor: whole balance of that account, money that is owed back included.
        ledger_bank_minor: what the ledger says that balance is.
        unmatched_minor: of the bank's balance, what came from strangers and is not booked yet.
        asked, served, held, refused, frozen: instructions of the day by fate.
        breaks: disagreements between the books that wait for an end, one sentence each.
    """

    day: int
    at_us: int
    customers: int
    supply_minor: int
    liability_minor: int
    in_transit_minor: int
    reserve_minor: int
    bank_minor: int
    ledger_bank_minor: int
    unmatched_minor: int
    asked: int
    served: int
    held: int
    refused: int
    frozen: int
    breaks: tuple[str, ...]

    @property
    def coverage_bp(self) -> int | None:
        """Reserve for 10,000 units in circulation, rounded down; None without circulation."""
        owed = self.supply_minor - self.in_transit_minor
        return self.reserve_minor * 10_000 // owed if owed > 0 else None

    def as_data(self) -> dict[str, object]:
        """Return the close as plain data, the payload of its fact."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class AttackReport:
    """What one adversary achieved.

    Attributes:
        name: as a plan writes it.
        label: its number in the plan, from 1.
        attempts: instructions, mints and repeated notices it made.
        stopped: how many of them did not get what they wanted.
        reasons: rule or reason of the stops, with how often each.
        story: one sentence for the report.
    """

    name: str
    label: int
    attempts: int
    stopped: int
    reasons: tuple[tuple[str, int], ...]
    story: str

    def as_data(self) -> dict[str, object]:
        """Return the report as plain data."""
        return {
            "name": self.name,
            "label": self.label,
            "attempts": self.attempts,
            "stopped": self.stopped,
            "reasons": [[reason, count] for reason, count in self.reasons],
            "story": self.story,
        }


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """Everything a decision needs about a finished trial.

    Attributes:
        trial_id: of the trial.
        plan_hash: ``TestPlan.content_hash``.
        pack_hash, permission_hash: the law and the instrument it ran under.
        seed: the root of all chance.
        journal_hash: head of the journal after the last fact, in hexadecimal.
        journal_facts: how many facts the journal then held.
        chain_digest: digest of the chain's last block, in hexadecimal.
        archive_digest: running hash over every bank message, in hexadecimal.
        verdicts: one per hypothesis, in the order of the plan.
        recommendation: what the exit terms make of them.
        transfers: number of instructions by outcome: allowed, warned, held, blocked, frozen,
            refused.
        reasons: number of instructions that were not simply allowed, by rule or ledger outcome.
        metrics: every metric by name; None where nothing could be measured.
        days: the daily closes.
        attacks: one per adversary.
        supply_minor, liability_minor, reserve_minor: of the last close.
    """

    trial_id: str
    plan_hash: str
    pack_hash: str
    permission_hash: str
    seed: int
    journal_hash: str
    journal_facts: int
    chain_digest: str
    archive_digest: str
    verdicts: tuple[HypothesisVerdict, ...]
    recommendation: Recommendation
    transfers: Mapping[str, int]
    reasons: Mapping[str, int]
    metrics: Mapping[str, int | None]
    days: tuple[DayClose, ...]
    attacks: tuple[AttackReport, ...]
    supply_minor: int
    liability_minor: int
    reserve_minor: int

    @property
    def passed(self) -> bool:
        """Whether every hypothesis held."""
        return all(verdict.holds for verdict in self.verdicts)

    def as_data(self) -> dict[str, object]:
        """Return the outcome as plain data."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


def judge_hypotheses(
    hypotheses: Sequence[Hypothesis], metrics: Mapping[str, int | None]
) -> tuple[HypothesisVerdict, ...]:
    """Hold every hypothesis against what was measured; what was not measured does not hold."""
    verdicts = []
    for item in hypotheses:
        assert item.metric in METRICS
        value = metrics.get(item.metric)
        holds = value is not None and item.comparison.holds(value, item.threshold)
        verdicts.append(HypothesisVerdict(hypothesis=item, value=value, holds=holds))
    return tuple(verdicts)


def recommend(plan: TestPlan, verdicts: Sequence[HypothesisVerdict]) -> Recommendation:
    """Apply the exit terms that were signed."""
    held = [verdict.hypothesis.id for verdict in verdicts if verdict.holds]
    graduate = all(name in held for name in plan.exit.graduate_if)
    return Recommendation.GRADUATE if graduate else Recommendation.EXTEND_OR_WIND_DOWN


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "as_data"):
        return value.as_data()
    return value
