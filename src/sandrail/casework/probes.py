"""Where in an application the answer to each rule of a pack stands.

A probe reads one fact from an application; the rule alone, from the pack, says whether it will do.
No number of the law is here: changing one in the pack changes the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from sandrail.casework.application import Application
from sandrail.casework.report import Topic
from sandrail.casework.text import money_of

__all__ = ["PROBES", "Probe", "Reading"]

Reading = bool | Fraction | tuple[str, ...] | None
"""What an application says: yes or no, a quantity in the rule's unit, names, or nothing."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One rule's question to an application.

    Attributes:
        rule_id: the rule.
        topic: under which heading the answer stands.
        field: where in the application the reading comes from.
        read: takes the reading; None where the application says nothing.
        applies: whether the rule concerns this application at all.
    """

    rule_id: str
    topic: Topic
    field: str
    read: Callable[[Application], Reading]
    applies: Callable[[Application], bool] = lambda _: True


def _has_token(application: Application) -> bool:
    return application.perimeter.token is not None


def _has_flows(application: Application) -> bool:
    return application.flows is not None


def _has_consumers(application: Application) -> bool:
    return application.consumers is not None


def _is_test(application: Application) -> bool:
    return application.test_plan is not None


def _redeems(application: Application) -> bool:
    return _has_token(application) and _has_flows(application)


def _duration(application: Application) -> Reading:
    plan = application.test_plan
    return None if plan is None else Fraction(plan.duration_months)


def _customers(application: Application) -> Reading:
    return None if application.consumers is None else Fraction(application.consumers.customers_max)


def _classes(application: Application) -> Reading:
    return None if application.consumers is None else application.consumers.customer_classes


def _consent(application: Application) -> Reading:
    return application.consumers is not None and bool(application.consumers.consent_en.strip())


def _languages(application: Application) -> Reading:
    return None if application.consumers is None else application.consumers.disclosure_languages


def _backing_ratio(application: Application) -> Reading:
    token = application.perimeter.token
    return None if token is None else Fraction(Decimal(token.backing_ratio_percent))


def _backing(application: Application) -> Reading:
    token = application.perimeter.token
    if token is None:
        return None
    return (*token.backing, "virtual_assets") if token.backed_by_virtual_assets else token.backing


def _at_par(application: Application) -> Reading:
    token = application.perimeter.token
    return None if token is None else token.redeemable_at_par


def _redemption_days(application: Application) -> Reading:
    flows = application.flows
    if flows is None or flows.redemption_working_days is None:
        return None
    return Fraction(flows.redemption_working_days)


def _segregated(application: Application) -> Reading:
    return None if application.flows is None else application.flows.reserve_account_segregated


def _interest(application: Application) -> Reading:
    flows = application.flows
    return None if flows is None else flows.reserve_account_interest_bearing


def _quorum(application: Application) -> Reading:
    return None if application.flows is None else Fraction(application.flows.key_quorum)


def _hot_share(application: Application) -> Reading:
    flows = application.flows
    return None if flows is None else Fraction(Decimal(flows.hot_percent_max))


def _anonymity(application: Application) -> Reading:
    token = application.perimeter.token
    return token is not None and token.anonymity_enhanced


def _fx_consent(application: Application) -> Reading:
    return application.perimeter.fx_consent_reference is not None


def _has_risk(application: Application) -> bool:
    return application.risk is not None


def _lists(application: Application) -> Reading:
    return None if application.risk is None else application.risk.screening_lists


def _list_age(application: Application) -> Reading:
    risk = application.risk
    return None if risk is None else Fraction(risk.screening_age_hours_max)


def _retention(application: Application) -> Reading:
    return None if application.risk is None else Fraction(application.risk.retention_years)


def _has_finance(application: Application) -> bool:
    return application.finance is not None


def _deposit_share(application: Application) -> Reading:
    if application.finance is None:
        return None
    deposit = application.finance.security_deposit
    capital = money_of(application.finance.paid_up_capital)
    if deposit is None or capital.minor == 0:
        return None
    held = money_of(deposit)
    return None if held.asset != capital.asset else Fraction(100 * held.minor, capital.minor)


def _sharia(application: Application) -> Reading:
    return application.sharia is not None and application.sharia.asked


PROBES: Final = (
    Probe("G01.window_months_max", Topic.SCOPE, "test_plan.duration_months", _duration, _is_test),
    Probe("G02.customers_max", Topic.CONSUMERS, "consumers.customers_max", _customers, _is_test),
    Probe(
        "G03.classes_allowed",
        Topic.CONSUMERS,
        "consumers.customer_classes",
        _classes,
        _has_consumers,
    ),
    Probe(
        "G03.retail_consent_required",
        Topic.CONSUMERS,
        "consumers.consent_en",
        _consent,
        _has_consumers,
    ),
    Probe(
        "G31.disclosure_languages",
        Topic.CONSUMERS,
        "consumers.disclosure_languages",
        _languages,
        _has_consumers,
    ),
    Probe(
        "G12.reserve_ratio_min",
        Topic.MONEY,
        "perimeter.token.backing_ratio_percent",
        _backing_ratio,
        _has_token,
    ),
    Probe("G13.classes_allowed", Topic.MONEY, "perimeter.token.backing", _backing, _has_token),
    Probe(
        "G15.redemption_at_par",
        Topic.MONEY,
        "perimeter.token.redeemable_at_par",
        _at_par,
        _has_token,
    ),
    Probe(
        "G15.redemption_days_max",
        Topic.MONEY,
        "flows.redemption_working_days",
        _redemption_days,
        _redeems,
    ),
    Probe(
        "G17.segregated_accounts_required",
        Topic.MONEY,
        "flows.reserve_account_segregated",
        _segregated,
        _has_flows,
    ),
    Probe(
        "G17.interest_allowed",
        Topic.MONEY,
        "flows.reserve_account_interest_bearing",
        _interest,
        _has_flows,
    ),
    Probe("G18.key_quorum_min", Topic.TECHNOLOGY, "flows.key_quorum", _quorum, _has_flows),
    Probe("G18.hot_share_max", Topic.TECHNOLOGY, "flows.hot_percent_max", _hot_share, _has_flows),
    Probe("G19.lists", Topic.AML, "risk.screening_lists", _lists, _has_risk),
    Probe(
        "G19.list_age_max",
        Topic.AML,
        "risk.screening_age_hours_max",
        _list_age,
        _has_risk,
    ),
    Probe(
        "G24.anonymity_tools_allowed",
        Topic.PROHIBITED,
        "perimeter.token.anonymity_enhanced",
        _anonymity,
        _has_token,
    ),
    Probe(
        "G25.central_bank_consent_required",
        Topic.MONEY,
        "perimeter.fx_consent_reference",
        _fx_consent,
        lambda it: it.perimeter.fx_leg,
    ),
    Probe(
        "G27.deposit_share_min",
        Topic.CAPITAL,
        "finance.security_deposit",
        _deposit_share,
        _has_finance,
    ),
    Probe(
        "G33.retention_min",
        Topic.AML,
        "risk.retention_years",
        _retention,
        _has_risk,
    ),
    Probe("G35.sharia_ruling_required", Topic.SCOPE, "sharia.opinion", _sharia),
)
