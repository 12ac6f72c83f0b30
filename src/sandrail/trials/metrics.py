"""What a trial measures. A hypothesis names one of these; the run computes every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

__all__ = ["METRICS", "Metric", "Unit"]


class Unit(StrEnum):
    """In what a metric and its threshold are counted; always a whole number."""

    COUNT = "count"
    MINOR = "minor"
    BASIS_POINTS = "basis_points"
    MINUTES = "minutes"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Metric:
    """Something a trial measures.

    Attributes:
        name: as a plan writes it.
        unit: of the value and of a threshold.
        meaning: one sentence for the report.
    """

    name: str
    unit: Unit
    meaning: str


_ALL = (
    Metric(
        "supply_gap_minor_max",
        Unit.MINOR,
        "Largest difference at a day's end between token supply on chain and ledger liability.",
    ),
    Metric(
        "reserve_coverage_bp_min",
        Unit.BASIS_POINTS,
        "Smallest reserve at the bank for 10,000 units of liability, over all days' ends.",
    ),
    Metric(
        "reconciliation_breaks",
        Unit.COUNT,
        "Breaks between ledger, chain and bank that waited for their end at a day's end.",
    ),
    Metric(
        "limit_overshoot_minor_max",
        Unit.MINOR,
        "Largest amount by which any customer's holding or daily value passed its limit.",
    ),
    Metric(
        "break_age_hours_max",
        Unit.HOURS,
        "Longest time from finding a break between the books to its end; 0 when there was none.",
    ),
    Metric("customers_onboarded", Unit.COUNT, "Customers admitted to the trial."),
    Metric(
        "applicants_refused",
        Unit.COUNT,
        "Applicants whom the permission's customer cap turned away.",
    ),
    Metric("transfers_posted", Unit.COUNT, "Issues, transfers and redemptions that were posted."),
    Metric(
        "honest_success_bp",
        Unit.BASIS_POINTS,
        "Share of what honest customers asked and could pay for that was served, per 10,000.",
    ),
    Metric(
        "redemptions_paid_bp",
        Unit.BASIS_POINTS,
        "Share of accepted redemptions whose rupees reached the customer's bank, per 10,000.",
    ),
    Metric(
        "redemption_minutes_max",
        Unit.MINUTES,
        "Longest time from a redemption's request to the bank's confirmation.",
    ),
    Metric(
        "sanctioned_value_minor",
        Unit.MINOR,
        "Value that reached or left a person on a sanctions list.",
    ),
    Metric(
        "sanctioned_attempts_stopped_bp",
        Unit.BASIS_POINTS,
        "Share of a listed person's attempts that were stopped, per 10,000.",
    ),
    Metric(
        "namesakes_served_bp",
        Unit.BASIS_POINTS,
        "Share of what innocent bearers of a listed name asked that was served, per 10,000.",
    ),
    Metric(
        "freeze_minutes_max",
        Unit.MINUTES,
        "Longest time from the publication of a list until the gate knew whom it names.",
    ),
    Metric(
        "unbacked_mint_minor",
        Unit.MINOR,
        "Tokens that came into being above the attested reserve.",
    ),
    Metric(
        "splitter_overshoot_minor",
        Unit.MINOR,
        "Value that concurrent requests moved above the cap they all aimed at.",
    ),
    Metric(
        "structuring_stopped_bp",
        Unit.BASIS_POINTS,
        "Share of the structurer's value that was held or blocked, per 10,000.",
    ),
    Metric(
        "duplicate_credits",
        Unit.COUNT,
        "Repeated bank notifications that credited a customer a second time.",
    ),
)

METRICS = MappingProxyType({metric.name: metric for metric in _ALL})
"""Every metric by its name."""
