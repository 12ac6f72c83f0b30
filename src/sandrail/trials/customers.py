"""Who takes part: applications in a queue, screening before admission, accounts, and who is who."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls import Consent, PartyStatus
from sandrail.journal import Draft, json_payload
from sandrail.money import Money
from sandrail.products import Customer
from sandrail.rails.chain import wallet_address
from sandrail.screening import Decision, Index, PartyIdentity, ScreeningBook, ScreeningList
from sandrail.transfers import OnboardingError
from sandrail.trials.adversaries import Adversary
from sandrail.trials.list_facts import list_draft
from sandrail.trials.onboarding import identity_of
from sandrail.trials.population import People
from sandrail.trials.setting import Setting, World
from sandrail.trials.travel import completeness, travel_party
from sandrail.world import SYSTEM

__all__ = ["ADMISSIONS_A_DAY_MAX", "LISTS_UPDATED", "Customers"]

DISCLOSURE = "trial-1"
"""The disclosure that customers of a trial agree to, in every language of the pack."""

ADMISSIONS_A_DAY_MAX = 80
"""A firm takes customers on at this pace, stages permitting."""

OPENING_UNITS = 3_000_000
"""What every simulated customer has at the bank, in whole units of the currency."""

LISTS_UPDATED = "trials.lists_updated"

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
        designated: party numbers that a list named in mid-trial, with the instant since when the
            gate knew.
        freeze_us_max: longest time from a list's publication until the gate knew; -1 before any.
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
        self.lists = setting.lists
        self.designated: dict[int, int] = {}
        self.freeze_us_max = -1
        self._unfreeze: list[int] = []
        journal, now_us = world.desk.journal, world.clock.now_us()
        if setting.lists:
            journal.commit([list_draft(one, at_us=now_us) for one in setting.lists])
        self._screening = ScreeningBook(
            Index.build(setting.lists), clock=world.clock, journal=journal
        )

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

    # --- lists ---

    @property
    def list_version(self) -> str:
        """Names the lists in force, as every verdict does."""
        return self._screening.index.version

    def identity(self, party: int) -> PartyIdentity:
        """Return who an admitted party said it is."""
        return self._screening.identity_of(party)

    def listed_entries(self, parties: Sequence[int]) -> tuple[str, ...]:
        """Return the ids of the entries for which any of some parties is as good as certain."""
        results = [one for one in self._screening.results() if one.party_no in parties]
        return tuple(
            sorted(
                {
                    match.entry_id
                    for result in results
                    for match in result.matches
                    if match.decision is Decision.HIT
                }
            )
        )

    def update_lists(self, lists: Sequence[ScreeningList], *, published_us: int) -> None:
        """Put new lists in force: rescreen, tell the gate, freeze at once whom they name.

        One order, always: the lists, the verdicts, the gate's bytes. A transfer that stands in the
        journal before the gate's bytes was judged by the old lists, one after them by the new.
        Who is no longer named stays frozen until two people have looked: see ``unfreeze``.
        """
        desk, before = self._world.desk, self.list_version
        now_us = self._world.clock.now_us()
        desk.journal.commit([list_draft(one, at_us=now_us) for one in lists])
        self.lists = tuple(lists)
        report = self._screening.update_lists(lists)
        desk.set_lists(self.list_version, published_us=published_us)
        everybody = np.arange(self.admitted, dtype=np.int64)
        screens = self._screening.statuses(self.admitted)
        desk.set_screening(everybody, screens, list_version=self.list_version)
        hit = [p.party_no for p in report.proposals if p.after is Decision.HIT]
        free = [p.party_no for p in report.proposals if p.before is Decision.HIT]
        free = [party for party in free if party not in hit]
        if hit:
            reason = f"G19: named on the lists {self.list_version}"
            parties = np.array(hit, dtype=np.int64)
            desk.set_status(
                parties, PartyStatus.FROZEN, reason=reason, actor=self._setting.officers.keeper
            )
        self._unfreeze += free
        self.designated |= dict.fromkeys(hit, now_us)
        self.freeze_us_max = max(self.freeze_us_max, now_us - published_us)
        payload = {
            "before": before,
            "after": self.list_version,
            "published_us": published_us,
            "freezes": hit,
            "unfreezes": free,
        }
        desk.journal.commit([Draft(LISTS_UPDATED, now_us, SYSTEM.id, json_payload(payload))])

    def unfreeze(self) -> None:
        """Let those go whom the lists no longer name: one person proposes, another agrees."""
        if not self._unfreeze:
            return
        officers = self._setting.officers
        parties = np.array(self._unfreeze, dtype=np.int64)
        self._unfreeze = []
        reason = f"No longer on the lists {self.list_version}; agreed by {officers.controller.id}"
        self._world.desk.set_status(
            parties, PartyStatus.ACTIVE, reason=reason, actor=officers.keeper
        )

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
        desk.set_screening(
            np.arange(numbers.start, numbers.stop), screens, list_version=self.list_version
        )
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
