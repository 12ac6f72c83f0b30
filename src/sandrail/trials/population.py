"""Draws the people of a trial: who they are, and how much strangers pay them.

Every class draws from a stream of its own, so another class in a plan changes nobody else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from sandrail.trials.classes import CLASSES
from sandrail.trials.errors import PopulationError
from sandrail.trials.limits import CUSTOMERS_MAX
from sandrail.trials.names import DISTRICTS, FAMILY_NAMES, FEMALE_NAMES, MALE_NAMES
from sandrail.trials.plan import PopulationPlan
from sandrail.world import Seed

__all__ = ["CLASS_NAMES", "OUTSIDER", "People", "draw_people", "draw_persons"]

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

CLASS_NAMES: tuple[str, ...] = tuple(CLASSES)
OUTSIDER = len(CLASS_NAMES)
"""Class number of a person who came with an adversary."""

_WEIGHT_ONE = 1_000_000
_SYNTHETIC_PROVINCE = 9


@dataclass(frozen=True, slots=True)
class People:
    """Persons as columns; row ``n`` is party number ``n`` of the trial.

    Attributes:
        class_no: position in ``CLASS_NAMES``, or ``OUTSIDER``.
        name, name_ur: full name in Latin letters and in Urdu, which a disguise leaves empty.
        father_name, father_name_ur: of the father.
        cnic: thirteen digits, hyphenated, of a province that does not exist.
        born: date of birth.
        is_female: as recorded.
        district, district_ur: of residence.
        attraction: how much strangers pay this person, 0 for nobody; an integer weight.
        wallet_seed: 32 bytes a wallet address is derived from, ``uint8[n, 32]``.
    """

    class_no: Bytes
    name: tuple[str, ...]
    name_ur: tuple[str, ...]
    father_name: tuple[str, ...]
    father_name_ur: tuple[str, ...]
    cnic: tuple[str, ...]
    born: tuple[date, ...]
    is_female: Bytes
    district: tuple[str, ...]
    district_ur: tuple[str, ...]
    attraction: Ints
    wallet_seed: Bytes

    def __post_init__(self) -> None:
        for column in fields(self):
            assert len(getattr(self, column.name)) == len(self.name), column.name

    def __len__(self) -> int:
        return len(self.name)

    def joined(self, other: People) -> People:
        """Return both populations; the rows of ``other`` come after."""
        return People(
            class_no=np.concatenate([self.class_no, other.class_no]),
            name=self.name + other.name,
            name_ur=self.name_ur + other.name_ur,
            father_name=self.father_name + other.father_name,
            father_name_ur=self.father_name_ur + other.father_name_ur,
            cnic=self.cnic + other.cnic,
            born=self.born + other.born,
            is_female=np.concatenate([self.is_female, other.is_female]),
            district=self.district + other.district,
            district_ur=self.district_ur + other.district_ur,
            attraction=np.concatenate([self.attraction, other.attraction]),
            wallet_seed=np.concatenate([self.wallet_seed, other.wallet_seed]),
        )


def draw_people(plan: PopulationPlan, *, seed: Seed, on: date) -> People:
    """Return the customers of a plan.

    Args:
        plan: how many of which class.
        seed: the root of all chance of the trial.
        on: the first day, against which ages are counted.

    Raises:
        PopulationError: nobody takes part, or more than ``CUSTOMERS_MAX``.
    """
    if not 1 <= plan.customers <= CUSTOMERS_MAX:
        raise PopulationError(
            f"A population of {plan.customers} cannot be drawn.",
            why=f"A trial has 1 to {CUSTOMERS_MAX} customers.",
            fix="Change the numbers under [population.classes].",
        )
    people: People | None = None
    for name, count in plan.classes:
        if count:
            drawn = _draw_class(name, count, seed=seed, on=on)
            people = drawn if people is None else people.joined(drawn)
    assert people is not None
    return people


def draw_persons(stream: str, count: int, *, seed: Seed, on: date) -> People:
    """Return ``count`` persons whom nobody pays by chance, such as an adversary's accomplices."""
    return _draw(stream, count, class_no=OUTSIDER, age=(22, 50), seed=seed, on=on)


def _draw_class(name: str, count: int, *, seed: Seed, on: date) -> People:
    kind = CLASSES[name]
    people = _draw(name, count, class_no=CLASS_NAMES.index(name), age=kind.age, seed=seed, on=on)
    if kind.is_merchant:
        # The shop of rank r draws 1/r of what the busiest draws: a few hubs, a long tail.
        people.attraction[:] = _WEIGHT_ONE // np.arange(1, count + 1, dtype=np.int64)
    return people


def _draw(
    stream: str, count: int, *, class_no: int, age: tuple[int, int], seed: Seed, on: date
) -> People:
    rng = seed.stream("trials/people/" + stream)
    female = rng.integers(0, 100, count) < 38
    given = rng.integers(0, len(MALE_NAMES) * len(FEMALE_NAMES), count)
    middle = rng.integers(0, len(MALE_NAMES), count)
    family = rng.integers(0, len(FAMILY_NAMES), count)
    father = rng.integers(0, len(MALE_NAMES), count)
    district = rng.integers(0, len(DISTRICTS), count)
    days_old = rng.integers(age[0] * 365 + age[0] // 4, age[1] * 365 + age[1] // 4, count)
    # A step without common factor with the modulus: no serial repeats within a class.
    serials = (rng.integers(0, 10**7) + np.arange(count) * 7_654_321) % 10**7
    locality = rng.integers(1_000, 10_000, count)
    keys = [hashlib.sha256(f"{seed.value}/{stream}/{n}".encode()).digest() for n in range(count)]
    english, urdu = [], []
    for n in range(count):
        parts = _name_parts(bool(female[n]), int(given[n]), int(middle[n]), int(family[n]))
        english.append(" ".join(part[0] for part in parts))
        urdu.append(" ".join(part[1] for part in parts))
    last = [FAMILY_NAMES[n] for n in family.tolist()]
    fathers = [MALE_NAMES[n] for n in father.tolist()]
    return People(
        class_no=np.full(count, class_no, dtype=np.uint8),
        name=tuple(english),
        name_ur=tuple(urdu),
        father_name=tuple(f"{a[0]} {b[0]}" for a, b in zip(fathers, last, strict=True)),
        father_name_ur=tuple(f"{a[1]} {b[1]}" for a, b in zip(fathers, last, strict=True)),
        cnic=tuple(
            f"{_SYNTHETIC_PROVINCE}{locality[n]}-{int(serials[n]):07d}-"
            f"{_sex_digit(bool(female[n]), int(given[n]))}"
            for n in range(count)
        ),
        born=tuple(on - timedelta(days=int(days)) for days in days_old),
        is_female=female.astype(np.uint8),
        district=tuple(DISTRICTS[n][0] for n in district.tolist()),
        district_ur=tuple(DISTRICTS[n][1] for n in district.tolist()),
        attraction=np.zeros(count, dtype=np.int64),
        wallet_seed=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(count, 32),
    )


def _name_parts(
    is_female: bool, given: int, middle: int, family: int
) -> tuple[tuple[str, str], ...]:
    """Return one to three parts: many men carry two given names, some women none but one."""
    last = FAMILY_NAMES[family]
    if is_female:
        return (FEMALE_NAMES[given % len(FEMALE_NAMES)], last)
    first = MALE_NAMES[given % len(MALE_NAMES)]
    second = MALE_NAMES[middle]
    return (first, last) if first == second or given % 3 == 0 else (first, second, last)


def _sex_digit(is_female: bool, number: int) -> int:
    """Return the last digit of an identity number: odd for men, even for women."""
    return (number % 4) * 2 + 2 if is_female else (number % 5) * 2 + 1
