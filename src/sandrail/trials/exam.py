"""The adversary exam: a plan's attackers against its limits, before the first real customer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sandrail.trials.outcome import AttackReport, HypothesisVerdict, TrialOutcome
from sandrail.trials.plan import AdversaryKind, PopulationPlan, TestPlan

__all__ = ["ABOUT", "ExamResult", "exam_plan", "mark"]

CUSTOMERS = 40
"""So many ordinary customers stand around: attackers need somebody to pay and to hide among."""

FIRST_DAY = 5
APART_DAYS = 5
"""Attackers come one after the other, with days to save up before."""

ABOUT = {
    AdversaryKind.SANCTIONED_PERSON: ("sanctioned_value_minor",),
    AdversaryKind.NAMESAKE: ("namesakes_served_bp",),
    AdversaryKind.MULE: (),
    AdversaryKind.STRUCTURER: ("structuring_stopped_bp",),
    AdversaryKind.LIMIT_SPLITTER: ("splitter_overshoot_minor", "limit_overshoot_minor_max"),
    AdversaryKind.OVER_MINTER: ("unbacked_mint_minor",),
    AdversaryKind.WEBHOOK_REPEATER: ("duplicate_credits",),
}
"""The measures that tell whether an attacker got what it wanted."""


@dataclass(frozen=True, slots=True)
class ExamResult:
    """How one attacker fared.

    Attributes:
        attack: what it did.
        verdicts: the plan's hypotheses about it.
    """

    attack: AttackReport
    verdicts: tuple[HypothesisVerdict, ...]

    @property
    def passed(self) -> bool:
        """Whether it tried something and every hypothesis about it held."""
        return self.attack.attempts > 0 and all(verdict.holds for verdict in self.verdicts)


def exam_plan(plan: TestPlan) -> TestPlan:
    """Return the plan as an exam: its limits and attackers, a few customers, no signatures.

    The limits are the ceiling, where an attacker has most room.
    """
    order = sorted(range(len(plan.adversaries)), key=lambda n: plan.adversaries[n].day)
    days = {place: FIRST_DAY + APART_DAYS * number for number, place in enumerate(order)}
    last = plan.stages[-1]
    return replace(
        plan,
        id=f"{plan.id}-exam",
        title=f"Adversary exam of {plan.id}",
        days=max(days.values(), default=FIRST_DAY) + APART_DAYS,
        stages=(replace(last, from_day=1, gate=(), opens="", limits=()),),
        population=PopulationPlan((("salaried", CUSTOMERS // 2), ("shopkeeper", CUSTOMERS // 2))),
        scenarios=(),
        adversaries=tuple(
            replace(one, day=days[place]) for place, one in enumerate(plan.adversaries)
        ),
        signatures=(),
    )


def mark(plan: TestPlan, outcome: TrialOutcome) -> tuple[ExamResult, ...]:
    """Return how each attacker fared, in the order of the plan."""
    return tuple(
        ExamResult(
            attack,
            tuple(
                verdict
                for verdict in outcome.verdicts
                if verdict.hypothesis.metric in ABOUT[plan.adversaries[attack.label - 1].kind]
            ),
        )
        for attack in outcome.attacks
    )
