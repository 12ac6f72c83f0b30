"""What an adversary sees and what it may do: the whole extension point.

An adversary is a small seeded agent. It knows what any customer could know: its own balances, the
published limits and what became of its earlier attempts. It never sees the controls from inside.
A new one is one file with a class that follows ``Adversary``, which ``Attacker`` makes short, and a
line in ``adversaries.invite``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sandrail.trials.intents import Intents
from sandrail.trials.population import People

__all__ = ["Adversary", "Attack", "Fate", "ListedPerson", "Scene", "Surroundings"]

Ints = npt.NDArray[np.int64]


class Fate(StrEnum):
    """What became of one attempt."""

    SERVED = "served"
    HELD = "held"
    REFUSED = "refused"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A synthetic person on a synthetic sanctions list.

    Attributes:
        name: in Latin letters, as listed.
        name_original: in the original script, empty when the list has none.
        father_name: empty when the list has none.
        born: ISO date or year, empty when the list has none.
        entry: id of the entry; cnic: national number, empty when the list has none.
    """

    name: str
    name_original: str
    father_name: str
    born: str
    entry: str = ""
    cnic: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is fixed for the whole trial.

    Attributes:
        minor_per_unit: minor units of one whole token.
        transfer_max_minor: the published limit of a single transfer.
        daily_max_minor: the published limit of a customer's day.
        holding_max_minor: the published limit of a customer's balance.
        listed: persons whom a sanctioned adversary may be.
    """

    minor_per_unit: int
    transfer_max_minor: int
    daily_max_minor: int
    holding_max_minor: int
    listed: tuple[ListedPerson, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What an adversary knows in the morning of a day.

    Attributes:
        day: of the trial, from 1.
        starts_us: local midnight, microseconds.
        mine: party numbers of the adversary's own recruits, in the order of ``recruits``.
        admitted: whether each of them was admitted.
        balance_minor: tokens of each of them.
        reserve_minor: published reserve.
        supply_minor: published supply.
        fates: outcomes of the adversary's earlier attempts, by transfer id.
        customers: party numbers of admitted honest customers.
    """

    day: int
    starts_us: int
    mine: Ints
    admitted: npt.NDArray[np.bool_]
    balance_minor: Ints
    reserve_minor: int
    supply_minor: int
    fates: Mapping[int, Fate]
    customers: Ints


@dataclass(frozen=True, slots=True)
class Attack:
    """What an adversary does on one day.

    Attributes:
        intents: requests like anybody's, in the stream of the day.
        concurrent: requests that arrive all at once, each from a caller of its own.
        unbacked_issues_minor: issues that the firm asks the gate for without any payment.
        direct_mints_minor: mints that the firm sends straight to the contract, past the gate.
        repeated_webhooks: how many payment notifications of the day the bank sends twice.
    """

    intents: Intents = field(default_factory=Intents.none)
    concurrent: Intents = field(default_factory=Intents.none)
    unbacked_issues_minor: tuple[int, ...] = ()
    direct_mints_minor: tuple[int, ...] = ()
    repeated_webhooks: int = 0


class Adversary(Protocol):
    """A seeded agent that tries one thing a trial must survive."""

    @property
    def name(self) -> str:
        """As a plan writes it."""
        ...

    @property
    def label(self) -> int:
        """Ground truth number on its intents; never ``HONEST``."""
        ...

    @property
    def day(self) -> int:
        """First day of action, from 1."""
        ...

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence for the report."""
        ...

    def recruits(self) -> People | None:
        """Return the persons who ask to be admitted, or nothing."""
        ...

    def act(self, scene: Scene) -> Attack:
        """Return what it does on the day of the scene."""
        ...
