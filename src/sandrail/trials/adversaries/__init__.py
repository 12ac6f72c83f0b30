"""The attackers that a trial can invite, one file each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from sandrail.money import Asset, Money
from sandrail.trials.adversaries.limit_splitter import LimitSplitter
from sandrail.trials.adversaries.mule import Mule
from sandrail.trials.adversaries.namesake import Namesake
from sandrail.trials.adversaries.over_minter import OverMinter
from sandrail.trials.adversaries.port import (
    Adversary,
    Attack,
    Fate,
    ListedPerson,
    Scene,
    Surroundings,
)
from sandrail.trials.adversaries.sanctioned_person import (
    DISGUISES,
    SanctionedPerson,
    disguises,
)
from sandrail.trials.adversaries.structurer import Structurer
from sandrail.trials.adversaries.webhook_repeater import WebhookRepeater
from sandrail.trials.plan import AdversaryKind, AdversaryPlan
from sandrail.world import Seed

__all__ = [
    "DISGUISES",
    "Adversary",
    "Attack",
    "Fate",
    "ListedPerson",
    "Scene",
    "Surroundings",
    "disguises",
    "invite",
]

_MAKERS: dict[AdversaryKind, Callable[..., Adversary]] = {
    AdversaryKind.SANCTIONED_PERSON: SanctionedPerson,
    AdversaryKind.NAMESAKE: Namesake,
    AdversaryKind.MULE: Mule,
    AdversaryKind.STRUCTURER: Structurer,
    AdversaryKind.LIMIT_SPLITTER: LimitSplitter,
    AdversaryKind.OVER_MINTER: OverMinter,
    AdversaryKind.WEBHOOK_REPEATER: WebhookRepeater,
}


def _bearing(around: Surroundings, entry: str) -> Surroundings:
    """Return surroundings in which only the person of an entry is listed, if one is named."""
    named = tuple(person for person in around.listed if entry and person.entry == entry)
    return replace(around, listed=named) if named else around


def invite(
    plans: Sequence[AdversaryPlan],
    *,
    token: Asset,
    around: Surroundings,
    seed: Seed,
    on: date,
) -> tuple[Adversary, ...]:
    """Return the adversaries of a plan; their labels count from 1 in the order of the plan.

    Raises:
        AmountError: an amount is not one of the token.
    """
    return tuple(
        _MAKERS[plan.kind](
            label=number,
            day=plan.day,
            size=plan.size,
            amount_minor=Money.parse(plan.amount, token).minor,
            around=_bearing(around, plan.entry),
            seed=seed.child("adversary", number),
            on=on,
        )
        for number, plan in enumerate(plans, start=1)
    )
