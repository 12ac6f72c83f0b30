"""What happens to the outside world on a day of the plan, apart from payouts that go wrong."""

from __future__ import annotations

from sandrail.casework import Grounds, Pair
from sandrail.journal import Draft, json_payload
from sandrail.money import Money
from sandrail.trials.customers import Customers
from sandrail.trials.list_facts import amended
from sandrail.trials.plan import AdversaryKind, Scenario, ScenarioKind
from sandrail.trials.setting import Setting, World
from sandrail.world import HOUR_US, Micros, date_of

__all__ = ["Events"]

STRAY_HOUR = 10
STRAY_UNITS = 1_500
"""What each stranger pays in, in whole units of the currency."""

STOP_HOUR = 12
STOP_REASON = "Drill of the emergency stop, as the plan has it."
STOP_CODE = "TECH-1"
STOPPED, RESTARTED = "trials.stopped", "trials.restarted"

LIST_PUBLISHED_HOUR = 11
LIST_FETCHED_HOUR = 12
"""The publisher puts a list out; the firm looks for a new one at every step."""


class Events:
    """Lets the plan's scenarios happen at their hour."""

    def __init__(self, setting: Setting, world: World, customers: Customers) -> None:
        self._setting = setting
        self._world = world
        self._customers = customers
        self._planned = {(one.kind, one.day): one for one in setting.plan.scenarios}

    def happen(self, day: int, hour: int) -> None:
        """Let happen what the plan has for this hour."""
        if hour == STRAY_HOUR:
            self._stray(self._planned.get((ScenarioKind.STRAY_CREDIT, day)), day)
        if hour == LIST_FETCHED_HOUR:
            self._list(self._planned.get((ScenarioKind.LIST_UPDATE, day)), day)
        stop = self._planned.get((ScenarioKind.EMERGENCY_STOP, day))
        if stop is not None and hour == STOP_HOUR:
            self._stop()
        if stop is not None and hour == STOP_HOUR + stop.size:
            self._restart()

    def is_due(self, day: int, hour: int) -> bool:
        """Return whether something happens at this hour, so that the step may not be skipped."""
        stop = self._planned.get((ScenarioKind.EMERGENCY_STOP, day))
        if stop is not None and hour in (STOP_HOUR, STOP_HOUR + stop.size):
            return True
        kinds = {
            STRAY_HOUR: ScenarioKind.STRAY_CREDIT,
            LIST_FETCHED_HOUR: ScenarioKind.LIST_UPDATE,
        }
        return (kinds.get(hour), day) in self._planned

    def attest(self, day: int) -> None:
        """Let the accountant attest in the morning, unless the plan has that late."""
        late = self._planned.get((ScenarioKind.LATE_ATTESTATION, 1))
        until = 1 + late.size if late else 1
        evidence = self._world.bank.archive.head
        self._world.watch.attest(day, late_until_day=until, evidence=evidence)

    def _stray(self, planned: Scenario | None, day: int) -> None:
        """Strangers pay into the reserve account: the bank's line has no booking behind it."""
        bank, reserve = self._world.bank, self._world.product.reserve
        minor = STRAY_UNITS * 10**bank.currency.scale
        for number in range(planned.size if planned else 0):
            amount = Money(bank.currency, minor + number)
            stranger = bank.open_customer_account(f"Stranger {day}-{number + 1}", opening=amount)
            bank.customer_pays(stranger, reserve.iban, amount, "no reference")

    def _stop(self) -> None:
        """One supervisor stops the firm: the next row feels it, and what is under way is counted.

        Redemptions go on, for exits are never stopped; what the gate holds stays held.
        """
        officers, office = self._setting.officers, self._setting.office
        now_us = self._world.clock.now_us()
        self._record(STOPPED)
        self._world.desk.pause(reason=STOP_REASON, actor=officers.watch)
        if office is not None:
            grounds = Grounds((STOP_CODE,), note=STOP_REASON)
            office.book.suspend(office.instrument, by=officers.watch, grounds=grounds, at_us=now_us)

    def _restart(self) -> None:
        """Two people let the firm go on, on evidence."""
        officers, office = self._setting.officers, self._setting.office
        desk, now_us = self._world.desk, self._world.clock.now_us()
        self._record(RESTARTED)
        if office is not None:
            grounds = Grounds((STOP_CODE,), (desk.journal.head.hash.hex(),), note="Looked into.")
            pair = Pair(officers.watch, officers.head)
            office.book.resume(office.instrument, by=pair, grounds=grounds, at_us=now_us)
        desk.resume(reason="Looked into.", actor=officers.watch, confirmed_by=officers.head)

    def _record(self, kind: str) -> None:
        """Record what was under way at that moment."""
        product, now_us = self._world.product, self._world.clock.now_us()
        payload = json_payload(
            {
                "payouts_minor": product.payouts.under_way_minor,
                "held": len(product.holds),
                "held_minor": sum(hold.amount_minor for hold in product.holds.values()),
                "supply_minor": product.token.total_supply(),
            }
        )
        draft = Draft(kind, Micros(now_us), self._setting.officers.watch.id, payload)
        self._world.desk.journal.commit([draft])

    def _list(self, planned: Scenario | None, day: int) -> None:
        """A list names some customers, and no longer names those of the first listed applicant."""
        customers = self._customers
        if planned is None or not customers.lists:
            return
        honest = customers.honest_rows
        pick = self._setting.seed.stream("trials/designated", day).permutation(len(honest))
        rows = honest[pick[: planned.size]].tolist()
        first, *others = customers.lists
        published_us = self._setting.day_starts_us(day) + LIST_PUBLISHED_HOUR * HOUR_US
        version = amended(
            first,
            designated=[customers.identity(int(customers.party[row])) for row in rows],
            delisted=customers.listed_entries(self._first_listed()),
            on=date_of(published_us, utc_offset_minutes=self._setting.pack.utc_offset_minutes),
        )
        customers.update_lists([version, *others], published_us=published_us)

    def _first_listed(self) -> list[int]:
        """Return the party number of the first disguised applicant, if there is one."""
        for number, plan in enumerate(self._setting.plan.adversaries, start=1):
            if plan.kind is AdversaryKind.SANCTIONED_PERSON:
                rows = self._customers.recruits[number][:1]
                return [int(party) for party in self._customers.party[rows] if party >= 0]
        return []
