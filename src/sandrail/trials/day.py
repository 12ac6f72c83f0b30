"""One day of a trial: requests in the order of time, the bank's news, the close of the books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from sandrail.controls import RowFact
from sandrail.ledger import Outcome
from sandrail.money import Money
from sandrail.products import Deposit, Orders, PayoutEnd, Purpose, Step
from sandrail.rails.bank import CreditEvent
from sandrail.rails.chain import wallet_address
from sandrail.trials.adversaries import Adversary, Attack, Fate, Scene, Surroundings
from sandrail.trials.asked import asked_draft
from sandrail.trials.behaviour import Today, day_intents, run_on_issuer
from sandrail.trials.customers import Customers
from sandrail.trials.events import Events
from sandrail.trials.intents import HONEST, IntentKind, Intents
from sandrail.trials.measure import Tally, fates_of
from sandrail.trials.outcome import DayClose
from sandrail.trials.plan import ScenarioKind
from sandrail.trials.setting import Setting, World
from sandrail.trials.tape import FATES, Tape, TapeRows
from sandrail.world import HOUR_US, Actor, Role, derive_id

__all__ = ["TICKS", "DayRun", "Notes"]

TICKS = tuple(range(2, 25, 2))
"""Local hours at which what was asked since the last one is processed."""

ATTACK_HOUR = 12
"""Unbacked issues and direct mints are tried in the step that ends at this hour."""

DUTY_OFFICER = Actor(
    id="trial:duty-officer",
    name="Duty officer of the trial (simulated)",
    role=Role.SUPERVISOR,
    organisation="trial",
)
"""Declines at the day's end what the gate held: nobody vouched for it in time."""

Ints = npt.NDArray[np.int64]


class Notes:
    """What the run writes down while it goes: tape, tally, reasons, and each adversary's luck."""

    def __init__(self) -> None:
        self.tape = Tape()
        self.tally = Tally()
        self.reasons: Counter[str] = Counter()
        self.attack_reasons: dict[int, Counter[str]] = {}
        self.attempts: dict[int, tuple[int, int]] = {}
        self.fates: dict[int, dict[int, Fate]] = {}
        self.labels: dict[int, int] = {}

    def invite(self, label: int) -> None:
        """Open the pages of an adversary."""
        self.attack_reasons[label] = Counter()
        self.attempts[label] = (0, 0)
        self.fates[label] = {}

    def attempt(self, label: int, *, stopped: bool, reason: str = "") -> None:
        """Note one attempt of an adversary."""
        if label == HONEST:
            return
        attempts, before = self.attempts[label]
        self.attempts[label] = (attempts + 1, before + int(stopped))
        if stopped and reason:
            self.attack_reasons[label][reason] += 1


class DayRun:
    """Runs days; keeps nothing of its own but where the rails are."""

    def __init__(
        self,
        setting: Setting,
        world: World,
        customers: Customers,
        adversaries: Sequence[Adversary],
        notes: Notes,
    ) -> None:
        self._setting = setting
        self._world = world
        self._product = world.product
        self._customers = customers
        self._adversaries = adversaries
        self._notes = notes
        self._events = Events(setting, world, customers)
        self._before = 0
        for adversary in adversaries:
            notes.invite(adversary.label)

    def run(self, day: int, around: Surroundings) -> None:
        """Let everybody act, and process what they ask step by step."""
        starts_us = self._setting.day_starts_us(day)
        self._product.side.open_block(starts_us)
        self._product.attest()
        self._events.attest(day)
        today = self._today(day, around.minor_per_unit)
        attacks = {one.label: one.act(self._scene(one, day)) for one in self._adversaries}
        wanted = self._wanted(today, attacks)
        boundaries = [starts_us + hour * HOUR_US for hour in TICKS]
        strikes = Intents.merged([self._admitted(one.concurrent) for one in attacks.values()])
        steps = zip(
            boundaries, wanted.ticks(boundaries[:-1]), strikes.ticks(boundaries[:-1]), strict=True
        )
        for hour, (at_us, asked, strike) in zip(TICKS, steps, strict=True):
            always = hour in (ATTACK_HOUR, TICKS[-1]) or self._events.is_due(day, hour)
            if not (len(asked) or len(strike) or always):
                continue
            # The last step ends with the day, a microsecond before the next one begins.
            self._world.clock.advance_to(at_us - 1)
            self._product.side.open_block(at_us - 1)
            if hour == ATTACK_HOUR:
                self._settle_breaks()
            self._events.happen(day, hour)
            self._step(f"{day:04d}/{hour:02d}", asked, attacks)
            self._strike(f"{day:04d}/{hour:02d}", strike)
            if hour == ATTACK_HOUR:
                self._over_mint(day, attacks)
            self._product.record_rails()

    def close(self, day: int) -> DayClose:
        """End the day: open payouts are enquired after, holds declined, the books compared."""
        product, key = self._product, f"{day:04d}/close"
        self._ended(product.settle_all(key=key, enquire=True))
        for hold in list(product.holds.values()):
            product.decide(hold, approve=False, actor=DUTY_OFFICER, key=f"{key}/{hold.id:032x}")
        self._ended(product.settle_all(key=key + "/again"))
        self._world.watch.tell_ended()
        on = self._setting.plan.start + timedelta(days=day - 1)
        self._world.bank.statement(product.reserve.iban, on)
        product.attest()
        books = product.books()
        product.record_rails()
        books, waiting = self._world.reconciler.close(books)
        self._world.watch.close(books, waiting, product.token.asset.code)
        rows = self._notes.tape.rows().asked()
        fates = np.bincount(rows.fate[self._before :], minlength=len(FATES)).tolist()
        asked = len(rows.fate) - self._before
        self._before = len(rows.fate)
        return DayClose(
            day=day,
            at_us=self._world.clock.now_us(),
            customers=self._customers.admitted,
            supply_minor=books.supply_minor,
            liability_minor=books.liability_minor,
            in_transit_minor=books.in_transit_minor,
            reserve_minor=books.reserve_minor,
            bank_minor=books.bank_minor,
            ledger_bank_minor=books.ledger_bank_minor,
            asked=asked,
            served=fates[FATES.index(Fate.SERVED)],
            held=fates[FATES.index(Fate.HELD)],
            refused=fates[FATES.index(Fate.REFUSED)],
            frozen=fates[FATES.index(Fate.FROZEN)],
            unmatched_minor=books.unmatched_minor,
            breaks=tuple(record.found.text for record in waiting),
        )

    def _settle_breaks(self) -> None:
        """Book what the firm has looked into; a firm that was paused for it may go on."""
        self._world.reconciler.look_into()
        self._world.watch.settled(self._world.reconciler.book.waiting())

    # --- who wants what ---

    def _today(self, day: int, minor_per_unit: int) -> Today:
        customers = self._customers
        balance = np.zeros(len(customers.people), dtype=np.int64)
        admitted = np.flatnonzero(customers.party >= 0)
        balance[admitted] = self._product.spendable(customers.party[admitted])
        return Today(
            day=day,
            on=self._setting.plan.start + timedelta(days=day - 1),
            starts_us=self._setting.day_starts_us(day),
            active=customers.honest_rows,
            balance_minor=balance,
            minor_per_unit=minor_per_unit,
        )

    def _wanted(self, today: Today, attacks: dict[int, Attack]) -> Intents:
        people, seed = self._customers.people, self._setting.seed
        parts = [day_intents(people, today, seed=seed)]
        for scenario in self._setting.plan.scenarios:
            if scenario.kind is ScenarioKind.REDEMPTION_RUN and scenario.day == today.day:
                parts.append(run_on_issuer(people, today, percent=scenario.size, seed=seed))
        parts += [self._admitted(attack.intents) for attack in attacks.values()]
        return Intents.merged(parts)

    def _admitted(self, intents: Intents) -> Intents:
        """Return the intents between admitted people; nobody else has an account to act on."""
        known = self._customers.party
        return intents.take((known[intents.payer] >= 0) & (known[intents.payee] >= 0))

    def _scene(self, adversary: Adversary, day: int) -> Scene:
        mine = self._customers.recruits[adversary.label]
        parties = self._customers.party[mine]
        books = self._product.books()
        return Scene(
            day=day,
            starts_us=self._setting.day_starts_us(day),
            mine=mine,
            admitted=parties >= 0,
            balance_minor=self._product.spendable(parties),
            reserve_minor=books.reserve_minor,
            supply_minor=books.supply_minor,
            fates=self._notes.fates[adversary.label],
            customers=self._customers.honest_rows,
        )

    # --- what becomes of it ---

    def _step(self, key: str, asked: Intents, attacks: dict[int, Attack]) -> None:
        """Process one step's requests in the fixed order."""
        product = self._product
        self._pay_in(asked.take(asked.kind == IntentKind.BUY))
        self._ended(product.settle_all(key=key + "/news"))
        arrived = product.take_arrived()
        self._issue(arrived, key)
        self._repeat(arrived, key, attacks)
        pays = self._orders(asked.take(asked.kind == IntentKind.PAY))
        if len(pays[0]):
            self._note(IntentKind.PAY, pays, product.pay(pays[0], key=key + "/pay"))
        outs = self._orders(asked.take(asked.kind == IntentKind.REDEEM))
        if len(outs[0]):
            self._world.desk.journal.commit([asked_draft(outs[0], self._world.clock.now_us())])
            step = product.redeem(outs[0], key=key + "/redeem")
            self._notes.tally.redemptions_accepted += int(step.taken.sum())
            self._world.watch.asked(outs[0], np.flatnonzero(step.taken).tolist())
            self._note(IntentKind.REDEEM, outs, step)
        self._ended(product.settle_all(key=key + "/paid"))
        self._world.watch.tell_ended()

    def _pay_in(self, buys: Intents) -> None:
        """Let customers pay at their bank; the reference names the request, as a payer would."""
        bank, product = self._world.bank, self._product
        columns = (buys.payer, buys.amount_minor, buys.id_hi, buys.id_lo, buys.label)
        for row, minor, high, low, label in zip(*(c.tolist() for c in columns), strict=True):
            number = (high << 64) | low
            self._notes.labels[number] = label
            sender = product.customer(int(self._customers.party[row])).bank.iban
            bank.customer_pays(
                sender, product.reserve.iban, Money(bank.currency, minor), f"{number:032x}"
            )

    def _issue(self, arrived: Sequence[CreditEvent], key: str) -> None:
        deposits = self._product.deposits_in(arrived)
        if deposits:
            step = self._product.issue_against(deposits, key=key + "/in")
            self._note_issue(deposits, step)

    def _repeat(self, arrived: Sequence[CreditEvent], key: str, attacks: dict[int, Attack]) -> None:
        """Deliver notifications a second time where an adversary repeats them."""
        for label, attack in attacks.items():
            done = self._notes.attempts[label][0]
            again = list(arrived[: max(0, attack.repeated_webhooks - done)])
            if not again:
                continue
            step = self._product.issue_against(
                self._product.deposits_in(again), key=f"{key}/again/{label}"
            )
            tally = self._notes.tally
            for outcome in step.outcome.tolist():
                credited = outcome in (Outcome.POSTED, Outcome.PENDING, Outcome.HELD)
                tally.duplicate_notices += 1
                tally.duplicate_credits += int(credited)
                self._notes.attempt(label, stopped=not credited, reason=Outcome(outcome).name)

    def _strike(self, key: str, strike: Intents) -> None:
        """Let every request of a strike come from a caller of its own, all at once."""
        asked = self._orders(strike)
        if len(asked[0]):
            step = self._product.pay_at_once(asked[0], key=key + "/at-once")
            self._note(IntentKind.PAY, asked, step)

    def _over_mint(self, day: int, attacks: dict[int, Attack]) -> None:
        """Try issues without money behind them, through the gate and past it."""
        product, notes = self._product, self._notes
        honest = self._customers.honest_rows
        for label, attack in attacks.items():
            for number, minor in enumerate(attack.unbacked_issues_minor):
                party = int(self._customers.party[honest[0]])
                step = product.issue_unbacked(party, minor, key=f"{day:04d}/unbacked/{number}")
                created = step.outcome[0] == Outcome.POSTED
                notes.tally.unbacked_attempts += 1
                notes.tally.unbacked_mint_minor += minor if created else 0
                notes.attempt(label, stopped=not created, reason=_reason(step, 0))
            for number, minor in enumerate(attack.direct_mints_minor):
                wallet = wallet_address(self._setting.trial_id, "issuer's own wallet")
                ref = derive_id("trials/direct-mint", self._setting.trial_id, day, number)
                receipt = product.token.mint(wallet, minor, ref=ref)
                notes.tally.unbacked_attempts += 1
                notes.tally.unbacked_mint_minor += minor if receipt.ok else 0
                notes.attempt(label, stopped=not receipt.ok, reason=receipt.reason)

    # --- taking notes ---

    def _orders(self, intents: Intents) -> tuple[Orders, Intents]:
        """Return intents as orders of desk parties, beside the intents themselves."""
        known = self._customers.party
        kept = self._admitted(intents)
        travel = self._customers.travel
        facts = (travel[kept.payer] & np.uint32(RowFact.ORIGINATOR_COMPLETE)) | (
            travel[kept.payee] & np.uint32(RowFact.BENEFICIARY_COMPLETE)
        )
        orders = Orders(
            id_hi=kept.id_hi,
            id_lo=kept.id_lo,
            payer=known[kept.payer],
            payee=known[kept.payee],
            amount_minor=kept.amount_minor,
            facts=facts,
            asked_us=kept.at_us,
        )
        return orders, kept

    def _note(self, kind: IntentKind, asked: tuple[Orders, Intents], step: Step) -> None:
        orders, intents = asked
        fate = fates_of(step)
        self._tape(kind, orders.payer, orders.payee, orders.amount_minor, intents.label, step, fate)
        for row in np.flatnonzero(intents.label != HONEST).tolist():
            label = int(intents.label[row])
            known = FATES[int(fate[row])]
            self._notes.fates[label][orders.id_at(row)] = known
            stopped = known is not Fate.SERVED
            self._notes.attempt(label, stopped=stopped, reason=_reason(step, row))

    def _note_issue(self, deposits: Sequence[Deposit], step: Step) -> None:
        fate = fates_of(step)
        labels = [self._notes.labels.get(_number(d.remittance), HONEST) for d in deposits]
        party = np.array([deposit.party for deposit in deposits], dtype=np.int64)
        amount = np.array([deposit.amount_minor for deposit in deposits], dtype=np.int64)
        label = np.array(labels, dtype=np.uint8)
        self._tape(IntentKind.BUY, np.full_like(party, -1), party, amount, label, step, fate)
        for row, mark in enumerate(labels):
            known = FATES[int(fate[row])]
            if mark != HONEST:
                self._notes.fates[mark][_number(deposits[row].remittance)] = known
            self._notes.attempt(mark, stopped=known is not Fate.SERVED, reason=_reason(step, row))

    def _tape(
        self,
        kind: IntentKind,
        payer: Ints,
        payee: Ints,
        amount: Ints,
        label: npt.NDArray[np.uint8],
        step: Step,
        fate: npt.NDArray[np.uint8],
    ) -> None:
        count = len(payer)
        is_entry = kind in (IntentKind.BUY, IntentKind.PAY)
        self._notes.tape.add(
            TapeRows(
                at_us=np.full(count, self._world.clock.now_us(), dtype=np.int64),
                kind=np.full(count, int(kind), dtype=np.uint8),
                payer=payer,
                payee=payee,
                amount_minor=amount,
                label=label,
                fate=fate,
                decision=step.decision,
                posting=step.outcome,
                is_entry=np.full(count, int(is_entry), dtype=np.uint8),
            )
        )
        for row in np.flatnonzero((fate != 0) | (step.decision != 0)).tolist():
            self._notes.reasons[_reason(step, row)] += 1

    def _ended(self, ends: Sequence[PayoutEnd]) -> None:
        """Note how payouts of redemptions ended."""
        tally = self._notes.tally
        ours = [end.payout for end in ends if end.payout.purpose is Purpose.REDEMPTION]
        self._world.watch.ended([payout.id for payout in ours])
        for end in ends:
            if end.payout.purpose is not Purpose.REDEMPTION:
                continue
            if not end.paid:
                self._given_back(end)
                continue
            tally.redemptions_paid += 1
            took_us = max(0, self._world.clock.now_us() - end.payout.asked_us)
            tally.redemption_us_max = max(tally.redemption_us_max, took_us)

    def _given_back(self, end: PayoutEnd) -> None:
        one = np.ones(1, dtype=np.int64)
        small = np.zeros(1, dtype=np.uint8)
        self._notes.tape.add(
            TapeRows(
                at_us=one * self._world.clock.now_us(),
                kind=small + np.uint8(IntentKind.GIVEN_BACK),
                payer=one * end.payout.party,
                payee=one * end.payout.party,
                amount_minor=one * end.payout.amount_minor,
                label=small,
                fate=small + np.uint8(FATES.index(Fate.SERVED)),
                decision=small,
                posting=small,
                is_entry=small,
            )
        )


def _reason(step: Step, row: int) -> str:
    """Return the rule that decided a row, or the ledger's word where the gate did not object."""
    rule = step.program.rule_id(int(step.rule[row]))
    return rule or Outcome(int(step.outcome[row])).name


def _number(remittance: str) -> int:
    """Return the request that a payer named in the remittance text, 0 for none."""
    try:
        return int(remittance, 16)
    except ValueError:
        return 0
