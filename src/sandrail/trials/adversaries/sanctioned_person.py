"""A listed person tries to become a customer under several disguises, then to move value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sandrail.trials.adversaries.port import Attack, ListedPerson, Scene, Surroundings
from sandrail.trials.intents import IntentKind, Intents
from sandrail.trials.population import People, draw_persons
from sandrail.world import HOUR_US, Seed

__all__ = ["SanctionedPerson", "disguises"]

_HOMOGLYPHS = str.maketrans({"a": "а", "e": "е", "o": "о", "i": "і", "c": "с"})
"""Latin letters and their Cyrillic look-alikes."""

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")

_RESPELLINGS = (
    ("Muhammad", "Mohd"),
    ("Mohammed", "Muhamad"),
    ("Abdul ", "Abd al-"),
    ("q", "k"),
    ("sh", "sch"),
    ("ee", "i"),
    ("oo", "u"),
    ("z", "dh"),
)


def disguises(person: ListedPerson) -> tuple[str, ...]:
    """Return spellings of a listed name, from none at all to a look-alike alphabet."""
    parts = person.name.split()
    return (
        person.name,
        person.name_original or person.name.upper(),
        _respelt(person.name),
        " ".join(reversed(parts)),
        " ".join(parts[:-1]) if len(parts) > 2 else person.name.replace(" ", ""),
        person.name.translate(_HOMOGLYPHS),
        " ".join(parts).replace(" ", "-"),
        "Haji " + person.name + " Sahib",
    )


@dataclass(frozen=True, slots=True)
class SanctionedPerson:
    """Applies ``size`` times, each time under another spelling of a listed person's name.

    Every account that gets in buys tokens, and passes what it holds to the next one.

    Attributes:
        label: ground truth number.
        day: first day of action.
        size: number of disguises.
        amount_minor: what each purchase is worth.
        around: the trial's fixed facts, with the listed persons.
        seed: of the trial.
        on: first day of the trial.
    """

    label: int
    day: int
    size: int
    amount_minor: int
    around: Surroundings
    seed: Seed
    on: date
    name: str = "sanctioned_person"

    @property
    def tried(self) -> str:
        """What the attack is, as a sentence."""
        return f"A listed person applied under {self.size} spellings, bought and paid."

    def recruits(self) -> People | None:
        """Return the disguised applications; nothing when no list is loaded."""
        if not self.around.listed:
            return None
        people = draw_persons(f"adversary/{self.name}", self.size, seed=self.seed, on=self.on)
        pick = self.seed.stream(f"trials/adversary/{self.name}")
        chosen = pick.integers(0, len(self.around.listed), self.size).tolist()
        persons = [self.around.listed[n] for n in chosen]
        names = [disguises(who)[n % len(disguises(who))] for n, who in enumerate(persons)]
        return replace(
            people,
            name=tuple(names),
            # A disguise shows one spelling only: an Urdu name beside it would give it away.
            name_ur=("",) * self.size,
            father_name=tuple(
                who.father_name or name
                for who, name in zip(persons, people.father_name, strict=True)
            ),
            born=tuple(_born(who, day) for who, day in zip(persons, people.born, strict=True)),
        )

    def act(self, scene: Scene) -> Attack:
        """Buy on the first day; on later days pay the next accomplice and some honest customer."""
        if scene.day < self.day or not len(scene.mine):
            return Attack()
        if scene.day == self.day:
            return Attack(
                intents=Intents.of(
                    self.name,
                    scene.day,
                    at_us=scene.starts_us + 10 * HOUR_US + np.arange(len(scene.mine)),
                    kind=IntentKind.BUY,
                    payer=scene.mine,
                    amount=self.amount_minor,
                    label=self.label,
                )
            )
        if scene.day > self.day + 1 or not len(scene.customers):
            return Attack()
        victim = int(scene.customers[0])
        return Attack(
            intents=Intents.of(
                self.name,
                scene.day,
                at_us=scene.starts_us + 11 * HOUR_US + np.arange(len(scene.mine)),
                kind=IntentKind.PAY,
                payer=scene.mine,
                payee=victim,
                amount=self.amount_minor // 2,
                label=self.label,
            )
        )


def _respelt(name: str) -> str:
    for old, new in _RESPELLINGS:
        name = name.replace(old, new)
    return name


def _born(person: ListedPerson, otherwise: date) -> date:
    """Return a date of birth that fits what the list says: a disguise keeps its passport.

    Somebody whose date differs too would be a namesake, whom screening has to let through.
    """
    try:
        return date.fromisoformat(person.born)
    except ValueError:
        year = _YEAR.search(person.born)
        return (
            otherwise.replace(year=int(year[0]), day=min(otherwise.day, 28)) if year else otherwise
        )
