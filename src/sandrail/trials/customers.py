"""Who takes part: applications in a queue, screening before admission, accounts, and who is who."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls import Consent
from sandrail.journal import Draft, json_payload
from sandrail.money import Money
from sandrail.products import Customer
from sandrail.rails.chain import wallet_address
from sandrail.screening import Decision, Index, ScreeningBook
from sandrail.transfers import OnboardingError
from sandrail.trials.adversaries import Adversary
from sandrail.trials.onboarding import identity_of
from sandrail.trials.population import People
from sandrail.trials.setting import Setting, World, lists_version
from sandrail.trials.travel import completeness, travel_party
from sandrail.world import SYSTEM

__all__ = ["ADMISSIONS_A_DAY_MAX", "Customers"]

DISCLOSURE = "trial-1"
"""The disclosure that customers of a trial agree to, in every language of the pack."""

ADMISSIONS_A_DAY_MAX = 80
"""A firm takes customers on at this pace, stages permitting."""

OPENING_UNITS = 3_000_000
"""What every simulated customer has at the bank, in whole units of the currency."""

NOBODY = -1
Ints = npt.NDArray[np.int64]


class Customers:
    """The people of a trial and their numbers on the desk.

    Attributes:
        people: everybody, honest or not; rows are persons.
        party: i8 a person, number on the desk, -1 until admitted.
        person: the reverse, by number on the desk.
        travel: u4 a person, roles in transfers that the person's data suffice for.
        refused: applications that the permission's customer cap refused.
    """

    def __init__(
        self, people: People, adversaries: Sequence[Adversary], setting: Setting, world: World
    ) -> None:
        self._setting = setting
        self._world = world
        honest = len(people)
        self.recruits: dict[int, Ints] = {}
        # Adversaries apply first, as sleepers: a trial that never admits them learns nothing.
        self._waiting: list[int] = []
        for adversary in adversaries:
            joining = adversary.recruits()
            rows = np.arange(0 if joining is None else len(joining), dtype=np.int64) + len(people)
            self.recruits[adversary.label] = rows
            if joining is not None:
                people = people.joined(joining)
                self._waiting += rows.tolist()
        self.people = people
        self.party = np.full(len(people), NOBODY, dtype=np.int64)
        self.person: list[int] = []
        self.travel = np.zeros(len(people), dtype=np.uint32)
        self.refused = 0
        order = setting.seed.stream("trials/queue").permutation(honest)
        self._queue: list[int] = order.tolist()
        self._rules = setting.rules()
        self._screening = ScreeningBook(Index.build(setting.lists))

    @property
    def admitted(self) -> int:
        """How many were admitted."""
        return len(self.person)

    @property
    def honest_rows(self) -> Ints:
        """Rows of the admitted whom no adversary sent, ascending."""
        outsiders = np.concatenate([*self.recruits.values(), np.zeros(0, dtype=np.int64)])
        admitted = np.flatnonzero(self.party >= 0)
        return np.setdiff1d(admitted, outsiders)

    def admit(self, *, customers_max: int) -> int:
        """Admit who applies today, up to the stage's number; return how many."""
        room = min(customers_max - self.admitted, ADMISSIONS_A_DAY_MAX)
        room = max(room, 0)
        early = self._waiting[:room]
        late = self._queue[: room - len(early)]
        del self._waiting[: len(early)]
        del self._queue[: len(late)]
        chosen = early + late
        if chosen:
            self._take_on(chosen)
        return len(chosen)

    def knock(self) -> None:
        """Let everybody who is left apply at once; the permission's cap refuses them, on record."""
        left = self._waiting + self._queue
        if not left or self.refused:
            return
        try:
            self._world.desk.onboard([_ref(row) for row in left])
        except OnboardingError as error:
            self._world.desk.refuse(error)
            self.refused = len(left)

    def _take_on(self, rows: Sequence[int]) -> None:
        """Onboard, screen, and open accounts."""
        desk, trial = self._world.desk, self._setting.trial_id
        numbers = desk.onboard(
            [_ref(row) for row in rows], consent=Consent(DISCLOSURE, self._setting.pack.languages)
        )
        self.party[np.array(rows)] = np.arange(numbers.start, numbers.stop)
        self.person += rows
        results = self._screening.screen_all(
            identity_of(self.people, row, party_no=number)
            for row, number in zip(rows, numbers, strict=True)
        )
        screens = np.array([int(result.decision) for result in results], dtype=np.uint8)
        version = lists_version(self._setting.lists)
        desk.set_screening(np.arange(numbers.start, numbers.stop), screens, list_version=version)
        now_us = self._world.clock.now_us()
        findings = [
            Draft("trials.screened", now_us, SYSTEM.id, json_payload(result.as_dict()))
            for result in results
            if result.decision is not Decision.CLEAR
        ]
        if findings:
            desk.journal.commit(findings)
        self._world.product.enrol(
            [self._customer(row, number, trial) for row, number in zip(rows, numbers, strict=True)]
        )

    def _customer(self, row: int, number: int, trial: str) -> Customer:
        bank = self._world.bank
        wallet = wallet_address(trial, "person", row)
        told = travel_party(self.people, row, wallet=wallet)
        self.travel[row] = int(completeness(told, self._rules, today=self._setting.plan.start))
        opening = Money(bank.currency, OPENING_UNITS * 10**bank.currency.scale)
        iban = bank.open_customer_account(self.people.name[row], opening=opening)
        return Customer(number, bank.party(iban), wallet)


def _ref(row: int) -> str:
    return f"C{row + 1:06d}"
