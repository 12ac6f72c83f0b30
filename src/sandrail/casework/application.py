"""An application: what a firm says about itself and what it asks for, sections A to M.

The records mirror the file (``examples/rupee-art/application.toml``) field by field. Shape, length
and script of each value are checked here; whether the answers satisfy the rules of a country is a
question for ``self_check`` and never for this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from sandrail.casework.limits import DOCUMENTS_MAX
from sandrail.casework.text import (
    Code,
    Count,
    Country,
    Day,
    DecimalText,
    Items,
    Lei,
    Line,
    MoneyText,
    Text,
    Truth,
)

__all__ = [
    "FORMAT",
    "Application",
    "Attestation",
    "Consumers",
    "DocumentClaim",
    "ExistingAuthorisation",
    "Exit",
    "Finance",
    "Firm",
    "FlowLeg",
    "Flows",
    "Hypothesis",
    "Innovation",
    "InstrumentKind",
    "LimitAsked",
    "Owner",
    "Perimeter",
    "Person",
    "Relief",
    "Risk",
    "Sharia",
    "Technology",
    "TestPlanSummary",
    "Token",
    "Track",
    "YearPlan",
]

FORMAT = "sandrail/application/1"
_EXACT = ConfigDict(extra="forbid")


class InstrumentKind(StrEnum):
    """What a regulator may issue. A firm may hold several at once."""

    EOI = "EOI"
    NOC = "NOC"
    NO_ACTION_LETTER = "NO_ACTION_LETTER"
    SANDBOX_APPROVAL = "SANDBOX_APPROVAL"
    CONDITIONAL_LICENCE = "CONDITIONAL_LICENCE"
    FULL_LICENCE = "FULL_LICENCE"


class Track(StrEnum):
    """How an application is evaluated."""

    STANDARD = "standard"
    EXPRESS = "express"


@dataclass(frozen=True, slots=True, config=_EXACT)
class Owner:
    """A natural person in ultimate ownership or control."""

    name: Line
    country: Country
    share_percent: DecimalText
    control: Line
    politically_exposed: Truth
    name_ur: Line | None = None
    national_id: Line | None = None
    born_on: Day | None = None


@dataclass(frozen=True, slots=True, config=_EXACT)
class ExistingAuthorisation:
    """A licence that the firm or its group already holds elsewhere."""

    regulator: Line
    country: Country
    kind: Line
    number: Line
    since: Day
    contact: Line
    activities: tuple[Code, ...] = Items


@dataclass(frozen=True, slots=True, config=_EXACT)
class Firm:
    """Section A."""

    id: Code
    legal_name: Line
    country: Country
    address: Annotated[tuple[Line, ...], Field(min_length=1, max_length=7)]
    contact_email: Line
    complaints_and_enforcement: Text
    owners: Annotated[tuple[Owner, ...], Field(min_length=1, max_length=100)]
    legal_name_ur: Line | None = None
    lei: Lei | None = None
    registry: Line | None = None
    registry_number: Line | None = None
    incorporated_on: Day | None = None
    website: Line | None = None
    goaml_registration: Line | None = None
    group: tuple[Line, ...] = Items


@dataclass(frozen=True, slots=True, config=_EXACT)
class Person:
    """Section B: a key individual."""

    id: Code
    name: Line
    role: Code
    years_experience: Count
    qualification: Text
    conflicts: Text
    fit_and_proper_declared: Truth
    outsourced: Truth
    name_ur: Line | None = None


@dataclass(frozen=True, slots=True, config=_EXACT)
class Token:
    """What the token does, never what it is called."""

    symbol: Code
    name: Line
    scale: Annotated[Count, Field(le=18)]
    represents: Line
    reference: Code
    backing: tuple[Code, ...]
    backing_ratio_percent: DecimalText
    backed_by_virtual_assets: Truth
    transferable: Truth
    legal_tender: Truth
    pays_interest: Truth
    algorithmic_stabilisation: Truth
    anonymity_enhanced: Truth
    redeemable_at_par: Truth
    used_for_payment: Truth
    used_for_investment: Truth


@dataclass(frozen=True, slots=True, config=_EXACT)
class Perimeter:
    """Section C."""

    activities: tuple[Code, ...]
    in_or_from_country: Truth
    summary: Text
    fx_leg: Truth
    prohibited_answers: dict[Code, Truth]
    agencies: tuple[Code, ...] = Items
    existing_authorisations: tuple[ExistingAuthorisation, ...] = Items
    fx_consent_reference: Line | None = None
    token: Token | None = None


@dataclass(frozen=True, slots=True, config=_EXACT)
class Relief:
    """One rule the firm asks to have relaxed."""

    rule: Code
    asked: Text
    why: Text


@dataclass(frozen=True, slots=True, config=_EXACT)
class Innovation:
    """Section D."""

    problem: Text
    comparison: Text
    why_rules_do_not_fit: Text
    novelty_evidence: tuple[Text, ...] = Items
    relief: tuple[Relief, ...] = Items


@dataclass(frozen=True, slots=True, config=_EXACT)
class Consumers:
    """Section E."""

    segment: Text
    customers_max: Count
    customer_classes: tuple[Code, ...]
    benefit_metric: Line
    benefit_baseline: Line
    benefit_target: Line
    risks: tuple[Text, ...]
    consent_en: Text
    disclosure_languages: tuple[Code, ...]
    complaints_channel: Text
    redress: Text
    consent_ur: Text | None = None
    compensation_fund: MoneyText | None = None


@dataclass(frozen=True, slots=True, config=_EXACT)
class FlowLeg:
    """One step of the money, as data and not as a drawing."""

    step: Count
    name: Line
    source: Annotated[Line, Field(alias="from")]
    target: Annotated[Line, Field(alias="to")]
    rail: Code
    asset: Code


@dataclass(frozen=True, slots=True, config=_EXACT)
class Flows:
    """Section F."""

    custody_model: Text
    key_quorum: Count
    key_holders: Count
    hot_percent_max: DecimalText
    reserve_bank: Line
    reserve_account_segregated: Truth
    reserve_account_interest_bearing: Truth
    rails: tuple[Code, ...]
    legs: tuple[FlowLeg, ...]
    redemption_working_days: Count | None = None
    redemption_fee_percent: DecimalText | None = None


@dataclass(frozen=True, slots=True, config=_EXACT)
class Hypothesis:
    """What the test is to show, with the number that decides."""

    id: Code
    statement: Text
    metric: Line
    baseline: Line
    threshold: Line


@dataclass(frozen=True, slots=True, config=_EXACT)
class LimitAsked:
    """A limit the firm asks for, in the units of the rule it belongs to."""

    rule: Code
    value: Line
    unit: Code


@dataclass(frozen=True, slots=True, config=_EXACT)
class TestPlanSummary:
    """Section G: the headline of the test plan; the plan itself is a document of its own."""

    document: Line
    duration_months: Count
    sample_size: Count
    stop_loss: Text
    hypotheses: tuple[Hypothesis, ...]
    limits: tuple[LimitAsked, ...]
    data_kept: tuple[Line, ...] = Items
    milestones: tuple[Line, ...] = Items


@dataclass(frozen=True, slots=True, config=_EXACT)
class Risk:
    """Section H."""

    assessment: Text
    cdd_tiers: tuple[Text, ...]
    screening_lists: tuple[Code, ...]
    screening_age_hours_max: Count
    monitoring_scenarios: tuple[Line, ...]
    terrorist_financing_scenario: Text
    retention_years: Count
    real_time_monitoring: Truth
    travel_rule_counterparties: tuple[Line, ...] = Items


@dataclass(frozen=True, slots=True, config=_EXACT)
class Technology:
    """Section I."""

    architecture: Text
    incident_plan: Text
    recovery_time_hours_max: Count
    privacy: Text
    outsourcing: tuple[Text, ...]
    supervisor_access: Truth
    contracts: tuple[Line, ...] = Items
    contract_audit: Text | None = None


@dataclass(frozen=True, slots=True, config=_EXACT)
class YearPlan:
    """One year of the financial plan."""

    year: Count
    revenue: MoneyText
    cost: MoneyText


@dataclass(frozen=True, slots=True, config=_EXACT)
class Finance:
    """Section J."""

    paid_up_capital: MoneyText
    annual_fixed_overheads: MoneyText
    runway_months: Count
    plan: tuple[YearPlan, ...]
    security_deposit: MoneyText | None = None
    insurance: Text | None = None


@dataclass(frozen=True, slots=True, config=_EXACT)
class Sharia:
    """Section K, optional."""

    asked: Truth
    structure: Text
    opinion: Text


@dataclass(frozen=True, slots=True, config=_EXACT)
class Exit:
    """Section L."""

    wind_down: Text
    wind_down_fund: MoneyText
    customer_migration: Text
    data_deletion: Text
    graduate_to: InstrumentKind | None = None
    wind_down_tested_on: Day | None = None


@dataclass(frozen=True, slots=True, config=_EXACT)
class DocumentClaim:
    """An attachment as the application names it.

    Attributes:
        name: shown to readers.
        kind: what it is, in the form's words.
        path: where it lies beside the application file.
        sha256: its hash, filled in when the file is read.
    """

    name: Line
    kind: Code
    path: Line
    sha256: str | None = None


@dataclass(frozen=True, slots=True, config=_EXACT)
class Attestation:
    """Section M: who stands for the application."""

    text: Text
    signatories: Annotated[tuple[Code, ...], Field(min_length=1, max_length=10)]


@dataclass(frozen=True, slots=True, config=_EXACT)
class Application:
    """One version of an application.

    Attributes:
        pack: the rulebook it is made under.
        instrument: what is asked for.
        previous: the id of an earlier application that was refused, lapsed or withdrawn.
    """

    format: Annotated[str, Field(pattern=r"^sandrail/application/1$")]
    pack: Code
    instrument: InstrumentKind
    firm: Firm
    people: Annotated[tuple[Person, ...], Field(min_length=1, max_length=100)]
    perimeter: Perimeter
    attestation: Attestation
    track: Track = Track.STANDARD
    language: Annotated[Code, Field(max_length=8)] = "en"
    previous: Code | None = None
    risk: Risk | None = None
    technology: Technology | None = None
    finance: Finance | None = None
    innovation: Innovation | None = None
    consumers: Consumers | None = None
    flows: Flows | None = None
    test_plan: TestPlanSummary | None = None
    sharia: Sharia | None = None
    exit: Exit | None = None
    documents: Annotated[tuple[DocumentClaim, ...], Field(max_length=DOCUMENTS_MAX)] = ()

    def as_data(self) -> dict[str, object]:
        """Return the application as plain data, in the shape of its file; no empty fields."""
        return _record(self)

    def people_in(self, role: str) -> tuple[Person, ...]:
        """Return the key individuals with ``role``, in the order of the file."""
        return tuple(person for person in self.people if person.role == role)


def _record(value: object) -> dict[str, object]:
    found = ((key, getattr(value, name)) for name, key in _KEYS[type(value)])
    return {key: _plain(it) for key, it in found if it is not None}


def _plain(value: object) -> object:
    if type(value) in _KEYS:
        return _record(value)
    if isinstance(value, dict):
        return {key: _plain(it) for key, it in value.items() if it is not None}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


def _keys_of(kind: Any) -> tuple[tuple[str, str], ...]:
    """Return the fields of a record, each with its key in the file."""
    renamed = {"source": "from", "target": "to"} if kind is FlowLeg else {}
    return tuple((it.name, renamed.get(it.name, it.name)) for it in fields(kind))


_KEYS: Final[Mapping[type, tuple[tuple[str, str], ...]]] = {
    kind: _keys_of(kind)
    for kind in list(globals().values())
    if isinstance(kind, type) and is_dataclass(kind)
}
"""Every record of this file with its keys; a form has hundreds of them to write at each act."""
