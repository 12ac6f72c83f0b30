"""Who was honest and who attacked: it follows from the signed plan, the seed and the numbering.

A trial numbers its people: first the population of the plan, then what each adversary recruits, in
the order of the plan. The reference of a customer on the desk is that number, so whoever has plan
and journal knows afterwards whom the gate could not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import numpy as np
import numpy.typing as npt

from sandrail.controls import Kind
from sandrail.evidence.dossier import Dossier
from sandrail.evidence.errors import DossierError
from sandrail.evidence.tally import Asked
from sandrail.journal import frame_of
from sandrail.trials import (
    Adversary,
    AdversaryKind,
    AdversaryPlan,
    ListedPerson,
    People,
    Surroundings,
    draw_people,
    invite,
    listed_persons,
)
from sandrail.world import Seed

__all__ = [
    "HONEST",
    "acting",
    "everybody",
    "labels_by_kind",
    "person_of",
    "recruits_of",
    "refs_of",
    "truth_of",
]

HONEST = 0
ONBOARDED = "transfers.onboarded"
_REF = re.compile(r"C([0-9]{6,9})")
_SOMEBODY = ListedPerson("Nobody Inparticular", "", "", "")


def person_of(ref: str) -> int:
    """Return the number of a person, from 0, from a customer's reference on the desk.

    Raises:
        DossierError: it is not numbered as trials do.
    """
    match = _REF.fullmatch(ref)
    if match is None:
        raise DossierError(
            f"The customer {ref[:20]!r} is not numbered as a trial numbers people.",
            fix="Give the journal of a trial.",
        )
    return int(match[1]) - 1


def labels_by_kind(dossier: Dossier) -> dict[AdversaryKind, int]:
    """Return the number of each adversary in the plan, from 1."""
    return {plan.kind: number for number, plan in enumerate(dossier.plan.adversaries, start=1)}


def truth_of(dossier: Dossier) -> npt.NDArray[np.int64]:
    """Return for each party on the desk the adversary that sent it; ``HONEST`` for nobody's."""
    first = dossier.plan.population.customers
    rows = [HONEST] * first
    for label, recruits in _recruits(dossier):
        rows += [label] * recruits
    people = [person_of(ref) for ref in refs_of(dossier)]
    return np.array([rows[person] for person in people], dtype=np.int64)


def acting(rows: Asked, truth: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return for each row the label of whoever asked: who pays, or who is given new tokens."""
    party = np.where(rows.kind == Kind.ISSUE, rows.creditor, rows.debtor)
    return np.where(party >= 0, truth[np.maximum(party, 0)], HONEST) if len(truth) else party * 0


def everybody(dossier: Dossier) -> People:
    """Return the people of a trial as it drew them: the population, then whom adversaries send."""
    seed, on = Seed(dossier.seed), dossier.plan.start
    people = draw_people(dossier.plan.population, seed=seed, on=on)
    for adversary in _invited(dossier, listed_persons(dossier.first_lists)):
        joining = adversary.recruits()
        people = people if joining is None else people.joined(joining)
    return people


def recruits_of(dossier: Dossier) -> Iterator[tuple[AdversaryPlan, range]]:
    """Yield each adversary of the plan with the numbers of the people it sends."""
    first = dossier.plan.population.customers
    for label, count in _recruits(dossier):
        yield dossier.plan.adversaries[label - 1], range(first, first + count)
        first += count


def _recruits(dossier: Dossier) -> Iterator[tuple[int, int]]:
    """Yield each adversary with how many people it sends; only their number is read."""
    for adversary in _invited(dossier, (_SOMEBODY,) if dossier.first_lists else ()):
        people = adversary.recruits()
        yield adversary.label, 0 if people is None else len(people)


def _invited(dossier: Dossier, listed: tuple[ListedPerson, ...]) -> tuple[Adversary, ...]:
    """Return the adversaries of the plan, to see whom they send; limits have no part in that."""
    return invite(
        dossier.plan.adversaries,
        token=dossier.token,
        around=Surroundings(1, 1, 1, 1, listed),
        seed=Seed(dossier.seed),
        on=dossier.plan.start,
    )


def refs_of(dossier: Dossier) -> Iterator[str]:
    """Yield the reference of each party on the desk, in the order of their numbers."""
    for fact in dossier.facts:
        if fact.kind == ONBOARDED:
            yield from cast("list[str]", frame_of(fact).meta["refs"])
