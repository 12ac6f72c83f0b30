"""The test plan: what a firm and the regulator agreed to try, as data that is enforced as signed.

The hash that the signatories sign covers every term. An edited plan therefore no longer carries
their signatures, and what runs is exactly what was agreed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sandrail.trials.limits import SIGNATORIES_MIN
from sandrail.trials.metrics import METRICS, Metric
from sandrail.world import digest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = [
    "AdversaryKind",
    "AdversaryPlan",
    "Comparison",
    "ExitPlan",
    "Hypothesis",
    "LimitAsked",
    "PopulationPlan",
    "Scenario",
    "ScenarioKind",
    "Signature",
    "Stage",
    "TestPlan",
]


class Comparison(StrEnum):
    """How a measured value must stand to the threshold."""

    AT_LEAST = ">="
    AT_MOST = "<="
    EXACTLY = "=="

    def holds(self, value: int, threshold: int) -> bool:
        """Return whether ``value`` stands to ``threshold`` as asked."""
        return _COMPARE[self](value, threshold)


_COMPARE: dict[Comparison, Callable[[int, int], bool]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.AT_MOST: operator.le,
    Comparison.EXACTLY: operator.eq,
}


class AdversaryKind(StrEnum):
    """The attackers that a trial can invite."""

    SANCTIONED_PERSON = "sanctioned_person"
    NAMESAKE = "namesake"
    MULE = "mule"
    STRUCTURER = "structurer"
    LIMIT_SPLITTER = "limit_splitter"
    OVER_MINTER = "over_minter"
    WEBHOOK_REPEATER = "webhook_repeater"


class ScenarioKind(StrEnum):
    """What may happen to the outside world during a trial."""

    BANK_REJECT = "bank_reject"
    BANK_TIMEOUT = "bank_timeout"
    BANK_APPLIED_TIMEOUT = "bank_applied_timeout"
    REDEMPTION_RUN = "redemption_run"
    STRAY_CREDIT = "stray_credit"
    LIST_UPDATE = "list_update"
    LATE_ATTESTATION = "late_attestation"
    EMERGENCY_STOP = "emergency_stop"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One claim that the trial puts to the test.

    Attributes:
        id: short, unique in the plan.
        statement: the claim as a sentence.
        metric: what is measured.
        comparison: how the value must stand to the threshold.
        threshold: whole number in the metric's unit.
        baseline: what is so today, outside the trial; for the reader.
    """

    id: str
    statement: str
    metric: str
    comparison: Comparison
    threshold: int
    baseline: str

    @property
    def measure(self) -> Metric:
        """The metric with its unit and meaning."""
        return METRICS[self.metric]


@dataclass(frozen=True, slots=True)
class LimitAsked:
    """A limit that the firm asks for, no looser than the pack's rule.

    Attributes:
        rule: id of a rule of the pack, such as ``G05.transfer_max``.
        value: decimal text in the rule's unit.
        unit: the rule's unit.
    """

    rule: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the trial; the next one opens only when its gate holds.

    Attributes:
        id: short, unique in the plan.
        title: for the reader.
        from_day: first day, counted from 1.
        customers_max: customers admitted up to the end of this stage.
        gate: hypotheses that must hold on the evidence so far before this stage opens, and go on
            holding while it is open.
        opens: the pack's stage that opens with it; empty for none.
        limits: tighter than the plan's while this stage is open.
    """

    id: str
    title: str
    from_day: int
    customers_max: int
    gate: tuple[str, ...]
    opens: str = ""
    limits: tuple[LimitAsked, ...] = ()


@dataclass(frozen=True, slots=True)
class PopulationPlan:
    """Who the customers are.

    Attributes:
        classes: number of customers by class, in the order of the file.
    """

    classes: tuple[tuple[str, int], ...]

    @property
    def customers(self) -> int:
        """How many customers there are in all."""
        return sum(count for _, count in self.classes)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that happens to the outside world.

    Attributes:
        kind: what happens.
        day: on which day, counted from 1.
        size: payments concerned; percent of holders for a redemption run; customers whom an
            update of the lists designates; days by which the first attestation is late; hours
            of an emergency stop from noon on.
    """

    kind: ScenarioKind
    day: int
    size: int


@dataclass(frozen=True, slots=True)
class AdversaryPlan:
    """An attacker, told when to start and how hard to try.

    Attributes:
        kind: which attacker.
        day: its first day of action, counted from 1.
        size: number of requests, accomplices or disguises; each attacker says what it counts.
        amount: decimal text in major units of the token; what one attempt is worth.
        entry: id of the list entry whose name is borne; empty to draw one by chance.
    """

    kind: AdversaryKind
    day: int
    size: int
    amount: str
    entry: str = ""


@dataclass(frozen=True, slots=True)
class ExitPlan:
    """How the trial ends.

    Attributes:
        graduate_if: hypotheses that must hold for a licence to be recommended.
        wind_down_days: days in which every holder is redeemed at par if it is not.
        customers_told: the sentence customers were told about the end.
    """

    graduate_if: tuple[str, ...]
    wind_down_days: int
    customers_told: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A person's signature under the terms of the plan.

    Attributes:
        name: of the person.
        capacity: in which the person signs.
        organisation: for whom.
        signed_on: the day.
        terms: the hash that was signed, ``TestPlan.terms_hash``.
    """

    name: str
    capacity: str
    organisation: str
    signed_on: date
    terms: str


@dataclass(frozen=True, slots=True)
class TestPlan:
    """Everything that was agreed about one trial.

    Attributes:
        id: unique among the firm's plans.
        title: for the reader.
        firm_id: who runs it.
        pack_id: the law it runs under.
        token_code, token_scale: of the token on trial.
        start: first day, in the pack's zone.
        days: length.
        hypotheses, stages, limits, population, scenarios, adversaries, exit: the terms.
        signatures: people who signed ``terms_hash``.
    """

    __test__ = False  # A plan, and no test case of pytest.

    id: str
    title: str
    firm_id: str
    pack_id: str
    token_code: str
    token_scale: int
    start: date
    days: int
    hypotheses: tuple[Hypothesis, ...]
    stages: tuple[Stage, ...]
    limits: tuple[LimitAsked, ...]
    population: PopulationPlan
    scenarios: tuple[Scenario, ...]
    adversaries: tuple[AdversaryPlan, ...]
    exit: ExitPlan
    signatures: tuple[Signature, ...]

    @property
    def terms_hash(self) -> str:
        """SHA-256 over every term, signatures excepted; what the signatories sign."""
        terms = _record(self)
        del terms["signatures"]
        return digest({"sandrail/plan": 1, "terms": terms})

    @property
    def content_hash(self) -> str:
        """SHA-256 over terms and signatures; identifies the signed plan as evidence."""
        return digest({"sandrail/plan": 1, "signed": _record(self)})

    @property
    def is_signed(self) -> bool:
        """Whether enough different people of at least two organisations signed."""
        people = sorted({(signature.organisation, signature.name) for signature in self.signatures})
        organisations = sorted({organisation for organisation, _ in people})
        return len(people) >= SIGNATORIES_MIN and len(organisations) >= SIGNATORIES_MIN

    def as_data(self) -> dict[str, object]:
        """Return the plan as plain data, for a fact, a report or a bundle."""
        return _record(self)


def _record(value: DataclassInstance) -> dict[str, object]:
    """Return a frozen record as plain data that has a canonical form."""
    names = [item.name for item in fields(value)]
    if isinstance(value, AdversaryPlan) and not value.entry:
        names.remove("entry")  # A plan that names no entry keeps the hash it has always had.
    return {name: _plain(getattr(value, name)) for name in names}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _record(value)
    return value
