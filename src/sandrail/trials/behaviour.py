"""What the population wants on one day, given what it owns; vectorised, whole numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from sandrail.trials.classes import (
    CLASSES,
    HOUR_WEIGHTS,
    PAY_SLOTS,
    WEEKDAY_PERCENT,
    CustomerClass,
    Weighted,
)
from sandrail.trials.intents import IntentKind, Intents
from sandrail.trials.population import CLASS_NAMES, People
from sandrail.world import HOUR_US, Seed

__all__ = ["Today", "day_intents", "run_on_issuer"]

Ints = npt.NDArray[np.int64]

STRANGER_PERCENT = 70
"""Of payments, this share goes to a merchant; the rest to friends."""

FRIENDS = 6
"""Everybody keeps paying the same few people."""

OPTIMIST_PERCENT = 2
"""Share of payments that are tried although the balance was too small this morning."""


@dataclass(frozen=True, slots=True)
class Today:
    """What a customer can know in the morning.

    Attributes:
        day: of the trial, from 1.
        on: the local date.
        starts_us: local midnight, microseconds.
        active: party numbers who were admitted, ascending.
        balance_minor: tokens by party number.
        minor_per_unit: minor units of one whole token.
    """

    day: int
    on: date
    starts_us: int
    active: Ints
    balance_minor: Ints
    minor_per_unit: int


def day_intents(people: People, today: Today, *, seed: Seed) -> Intents:
    """Return what the admitted customers want today, in the order of time."""
    parts = []
    payees = _PayeeBook.of(people, today, seed)
    for class_no, name in enumerate(CLASS_NAMES):
        members = today.active[people.class_no[today.active] == class_no]
        if len(members):
            parts += _class_intents(CLASSES[name], members, payees, today, seed)
    return Intents.merged(parts)


def run_on_issuer(people: People, today: Today, *, percent: int, seed: Seed) -> Intents:
    """Return the redemptions of a run: ``percent`` of the holders want everything back today."""
    rng = seed.stream("trials/run", today.day)
    holders = today.active[today.balance_minor[today.active] > 0]
    holders = holders[people.class_no[holders] < len(CLASS_NAMES)]
    panicked = holders[rng.integers(0, 100, len(holders)) < percent]
    return Intents.of(
        "run",
        today.day,
        at_us=_moments(rng, len(panicked), today),
        kind=IntentKind.REDEEM,
        payer=panicked,
        amount=today.balance_minor[panicked],
    )


def _class_intents(
    kind: CustomerClass, members: Ints, payees: _PayeeBook, today: Today, seed: Seed
) -> list[Intents]:
    """Return one class's purchases, payments and redemptions, each from a stream of its own."""
    return [
        _purchases(kind, members, today, seed.stream(f"trials/buy/{kind.name}", today.day)),
        _payments(kind, members, payees, today, seed.stream(f"trials/pay/{kind.name}", today.day)),
        _redemptions(kind, members, today, seed.stream(f"trials/redeem/{kind.name}", today.day)),
    ]


def _purchases(
    kind: CustomerClass, members: Ints, today: Today, rng: np.random.Generator
) -> Intents:
    is_payday = kind.payday[0] <= today.on.day <= kind.payday[1]
    chance = kind.buy_payday_bp if is_payday else kind.buy_bp
    buyers = members[rng.integers(0, 10_000, len(members)) < chance]
    return Intents.of(
        f"buy/{kind.name}",
        today.day,
        at_us=_moments(rng, len(buyers), today),
        kind=IntentKind.BUY,
        payer=buyers,
        amount=_weighted(rng, kind.purchases, len(buyers)) * today.minor_per_unit,
    )


def _payments(
    kind: CustomerClass,
    members: Ints,
    payees: _PayeeBook,
    today: Today,
    rng: np.random.Generator,
) -> Intents:
    chance = kind.pay_bp * WEEKDAY_PERCENT[today.on.weekday()] // 100
    fires = rng.integers(0, 10_000, (len(members), PAY_SLOTS)) < chance
    payer = np.repeat(members, fires.sum(axis=1))
    count = len(payer)
    payee = payees.choose(payer, rng)
    amount = _weighted(rng, kind.payments, count) * today.minor_per_unit
    # Some bills are not round: one in five carries odd rupees.
    odd = rng.integers(0, 5, count) == 0
    amount += np.where(odd, rng.integers(1, 100, count), 0) * today.minor_per_unit
    at_us = _moments(rng, count, today)
    dares = rng.integers(0, 100, count) < OPTIMIST_PERCENT
    keep = (payee != payer) & (dares | (amount <= today.balance_minor[payer]))
    return Intents.of(
        f"pay/{kind.name}",
        today.day,
        at_us=at_us[keep],
        kind=IntentKind.PAY,
        payer=payer[keep],
        payee=payee[keep],
        amount=amount[keep],
    )


def _redemptions(
    kind: CustomerClass, members: Ints, today: Today, rng: np.random.Generator
) -> Intents:
    balance = today.balance_minor[members]
    hundred = 100 * today.minor_per_unit
    amount = balance * kind.redeem_percent // 100 // hundred * hundred
    wants = (rng.integers(0, 10_000, len(members)) < kind.redeem_bp) & (amount > 0)
    return Intents.of(
        f"redeem/{kind.name}",
        today.day,
        at_us=_moments(rng, int(wants.sum()), today),
        kind=IntentKind.REDEEM,
        payer=members[wants],
        amount=amount[wants],
    )


@dataclass(frozen=True, slots=True)
class _PayeeBook:
    """Whom people pay: shops in proportion to their attraction, and a few friends.

    Attributes:
        shops: party numbers of admitted shops.
        shop_steps: running sum of their attraction.
        friends: friends of every party, ``int64[n, FRIENDS]``; may not be admitted yet.
        is_active: whether a party is admitted, by party number.
    """

    shops: Ints
    shop_steps: Ints
    friends: Ints
    is_active: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, people: People, today: Today, seed: Seed) -> _PayeeBook:
        """Return the book of a day; friendships do not change from day to day."""
        shops = today.active[people.attraction[today.active] > 0]
        is_active = np.zeros(len(people), dtype=np.bool_)
        is_active[today.active] = True
        insiders = int((people.class_no < len(CLASS_NAMES)).sum())
        rng = seed.stream("trials/friends")
        return cls(
            shops=shops,
            shop_steps=np.cumsum(people.attraction[shops]),
            friends=rng.integers(0, insiders, (len(people), FRIENDS)),
            is_active=is_active,
        )

    def choose(self, payer: Ints, rng: np.random.Generator) -> Ints:
        """Return a payee for every payer; the payer itself where there is nobody to pay."""
        count = len(payer)
        friend = self.friends[payer, rng.integers(0, FRIENDS, count)]
        friend = np.where(self.is_active[friend], friend, payer)
        if not len(self.shops):
            return friend
        draw = rng.integers(0, self.shop_steps[-1], count)
        shop = self.shops[np.searchsorted(self.shop_steps, draw, side="right")]
        return np.where(rng.integers(0, 100, count) < STRANGER_PERCENT, shop, friend)


def _weighted(rng: np.random.Generator, options: Weighted, count: int) -> Ints:
    """Draw values with integer weights."""
    values = np.array([value for value, _ in options], dtype=np.int64)
    steps = np.cumsum(np.array([weight for _, weight in options], dtype=np.int64))
    return values[np.searchsorted(steps, rng.integers(0, steps[-1], count), side="right")]


def _moments(rng: np.random.Generator, count: int, today: Today) -> Ints:
    """Draw instants within the day, more of them in the busy hours."""
    steps = np.cumsum(np.array(HOUR_WEIGHTS, dtype=np.int64))
    hours = np.searchsorted(steps, rng.integers(0, steps[-1], count), side="right")
    return today.starts_us + hours * HOUR_US + rng.integers(0, HOUR_US, count)
