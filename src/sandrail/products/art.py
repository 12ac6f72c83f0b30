"""The rupee-backed token: issued against money in a reserve, transferred, redeemed at par.

Two assets stand on the desk. Units of the *token* in issue stand for money of the reserve that
backs them; units of the *money* asset in issue stand for money that lies in the reserve account and
backs nothing yet: deposits that wait, are refused or are frozen. Together they are what the bank
must show::

    deposit arrives    money in issue + a         at the bank + a
    token issued       money in issue - a         token in issue + a        minted on chain
    redeemed           token on hold, payout ordered; when the bank has paid:
                       token in issue - a         at the bank - a           burnt on chain
    refunded           money in issue - a         at the bank - a

Every id derives from what caused the step, so a message that comes twice moves nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.controls import Kind
from sandrail.controls import Outcome as Decision
from sandrail.ledger import Outcome
from sandrail.money import Asset
from sandrail.products.at_once import submit_at_once
from sandrail.products.errors import ProductError
from sandrail.products.limits import SETTLE_ROUNDS_MAX
from sandrail.products.nouns import Books, Customer, Deposit, Hold, Orders, Step
from sandrail.products.on_chain import ChainSide
from sandrail.products.payouts import Payout, PayoutBook, PayoutEnd, Purpose
from sandrail.products.rail_facts import RailRecorder
from sandrail.products.rows import derived_ids, interleaved, rows_of
from sandrail.rails.bank import BankParty, BankRail, CreditEvent, StatusEvent
from sandrail.rails.chain import SupervisedToken
from sandrail.transfers import HOLD, Answers, Desk, InstructionBatch, draft_hold_decided
from sandrail.world import SYSTEM, Actor, date_of, derive_id

__all__ = ["MONEY", "TOKEN", "ReserveToken"]

TOKEN, MONEY = 0, 1
"""Numbers of the two assets on the desk."""

Ints = npt.NDArray[np.int64]


class ReserveToken:
    """One reserve-backed token, running on a desk, a bank and a chain."""

    def __init__(
        self, desk: Desk, *, bank: BankRail, reserve: BankParty, token: SupervisedToken
    ) -> None:
        """Take over an open desk, a bank account and a deployed contract.

        Raises:
            ProductError: the desk does not move the token and the bank's currency at par.
        """
        _require_assets(desk, token.asset, bank.currency)
        self.desk = desk
        self.bank = bank
        self.token = token
        self.reserve = reserve
        self.side = ChainSide(token)
        self.payouts = PayoutBook(bank, payer=reserve, label=token.asset.code)
        self.holds: dict[int, Hold] = {}
        self.arrived: list[CreditEvent] = []
        self.stuck: list[Payout] = []
        self.unmatched_minor = 0
        self._recorder = RailRecorder()
        self._customers: dict[int, Customer] = {}
        self._by_iban: dict[str, int] = {}

    # --- customers ---

    def enrol(self, customers: Sequence[Customer]) -> None:
        """Take note of where onboarded customers keep money and tokens."""
        for customer in customers:
            self._customers[customer.party] = customer
            self._by_iban[customer.bank.iban] = customer.party

    def customer(self, party: int) -> Customer:
        """Return a customer.

        Raises:
            ProductError: the party was never enrolled.
        """
        found = self._customers.get(party)
        if found is None:
            raise ProductError(
                f"The product has no customer {party}.",
                why=f"{len(self._customers)} customers were enrolled.",
                fix="Enrol the customer after onboarding.",
                code="products.unknown_customer",
            )
        return found

    def spendable(self, parties: Ints) -> Ints:
        """Return what each party may spend now, in minor units; holds are taken off."""
        assets = np.full(len(parties), TOKEN, dtype=np.int32)
        accounts = self.desk.floor.parties.account_of(parties, assets)
        lines = self.desk.floor.book.state.balances[np.maximum(accounts, 0)]
        # Below 2**63 minor units the low words say it all.
        free = (lines[:, 7] - lines[:, 3] - lines[:, 1]).astype(np.int64)
        return np.where(accounts >= 0, free, 0)

    # --- money in ---

    def deposits_in(self, events: Sequence[CreditEvent]) -> list[Deposit]:
        """Return the deposits that notifications tell of; money from strangers is set aside."""
        found = []
        for event in events:
            if event.iban != self.reserve.iban:
                continue
            party = self._by_iban.get(event.entry.counterparty_iban or "")
            if party is None:
                self.unmatched_minor += event.entry.amount.minor
                continue
            found.append(
                Deposit(
                    id=derive_id("art/deposit", event.iban, event.entry.reference),
                    party=party,
                    amount_minor=event.entry.amount.minor,
                    at_us=event.entry.booked_us,
                    remittance=event.entry.remittance,
                )
            )
        return found

    def issue_against(self, deposits: Sequence[Deposit], *, key: str) -> Step:
        """Book deposits and issue tokens for them; what the gate blocks is refunded."""
        ids = [deposit.id for deposit in deposits]
        party = np.array([deposit.party for deposit in deposits], dtype=np.int64)
        amount = np.array([deposit.amount_minor for deposit in deposits], dtype=np.int64)
        arrived = self._leg(ids, amount, debit=self._contra(MONEY), credit=self._money(party))
        fresh = self.desk.submit(arrived, key=key + "/arrived").outcome == Outcome.POSTED
        self.attest(about_to_back_minor=int(amount[fresh].sum()))
        converted = self._leg(
            [derive_id("art/convert", number) for number in ids],
            amount,
            debit=self._money(party),
            credit=self._contra(MONEY),
            linked=1,
        )
        issue_ids = [derive_id("art/issue", number) for number in ids]
        issued = rows_of(
            Kind.ISSUE, derived_ids(issue_ids), asset=TOKEN, amount_minor=amount, creditor=party
        )
        answers = self.desk.submit(interleaved(converted, issued), key=key + "/issue")
        step = _step(answers, slice(1, None, 2))
        self._after_issue(deposits, issue_ids, step)
        return step

    def issue_unbacked(self, party: int, amount_minor: int, *, key: str) -> Step:
        """Ask for an issue that no deposit stands behind: what a dishonest issuer would do."""
        number = derive_id("art/unbacked", key)
        rows = rows_of(
            Kind.ISSUE, derived_ids([number]), asset=TOKEN, amount_minor=amount_minor,
            creditor=party,
        )  # fmt: skip
        step = _step(self.desk.submit(rows, key=key))
        if step.outcome[0] == Outcome.POSTED:
            self.side.mint([number], [self.customer(party).wallet], [amount_minor])
        return step

    def _after_issue(
        self, deposits: Sequence[Deposit], issue_ids: Sequence[int], step: Step
    ) -> None:
        refunds = []
        minted: list[tuple[int, Deposit]] = []
        rows = zip(deposits, issue_ids, step.outcome.tolist(), step.decision.tolist(), strict=True)
        for deposit, issue_id, outcome, decision in rows:
            if outcome == Outcome.POSTED:
                minted.append((issue_id, deposit))
            elif outcome == Outcome.HELD:
                self.holds[issue_id] = Hold(
                    issue_id, Kind.ISSUE, -1, deposit.party, deposit.amount_minor, deposit.at_us,
                    deposit.id,
                )  # fmt: skip
            elif outcome == Outcome.REFUSED_BY_GATE and decision == Decision.BLOCK:
                refunds.append(self._refund(deposit.id, deposit))
        self.side.mint(
            [issue_id for issue_id, _ in minted],
            [self.customer(deposit.party).wallet for _, deposit in minted],
            [deposit.amount_minor for _, deposit in minted],
        )
        self.attest()
        self._order(refunds)

    # --- between customers ---

    def pay(self, orders: Orders, *, key: str) -> Step:
        """Transfer between customers, in order."""
        step = _step(self.desk.submit(self._transfers(orders), key=key))
        self._after_pay(orders, step)
        return step

    def pay_at_once(self, orders: Orders, *, key: str) -> Step:
        """Transfer like ``pay``, each order from a caller of its own, all in the same instant."""
        step = submit_at_once(self.desk, self._transfers(orders), key=key)
        self._after_pay(orders, step)
        return step

    def _transfers(self, orders: Orders) -> InstructionBatch:
        return rows_of(
            Kind.TRANSFER,
            (orders.id_hi, orders.id_lo),
            asset=TOKEN,
            amount_minor=orders.amount_minor,
            debtor=orders.payer,
            creditor=orders.payee,
            facts=orders.facts,
        )

    def _after_pay(self, orders: Orders, step: Step) -> None:
        """Do on the chain what the ledger posted; keep what the gate holds."""
        posted = np.flatnonzero(step.outcome == Outcome.POSTED)
        self.side.transfer(
            [orders.id_at(row) for row in posted.tolist()],
            [self.customer(party).wallet for party in orders.payer[posted].tolist()],
            [self.customer(party).wallet for party in orders.payee[posted].tolist()],
            orders.amount_minor[posted].tolist(),
        )
        self._keep_holds(Kind.TRANSFER, orders, step)

    # --- money out ---

    def redeem(self, orders: Orders, *, key: str) -> Step:
        """Put tokens on hold and order their payout at par."""
        rows = rows_of(
            Kind.REDEEM,
            (orders.id_hi, orders.id_lo),
            asset=TOKEN,
            amount_minor=orders.amount_minor,
            debtor=orders.payer,
            facts=orders.facts,
            two_step=1,
        )
        step = _step(self.desk.submit(rows, key=key))
        self._keep_holds(Kind.REDEEM, orders, step)
        self._order(
            [
                Payout(
                    id=orders.id_at(row),
                    purpose=Purpose.REDEMPTION,
                    party=int(orders.payer[row]),
                    amount_minor=int(orders.amount_minor[row]),
                    asked_us=int(orders.asked_us[row]),
                )
                for row in np.flatnonzero(step.taken).tolist()
            ]
        )
        return step

    def settle(self, events: Sequence[StatusEvent], *, key: str) -> list[PayoutEnd]:
        """Take in what the bank says about payouts; return those that ended."""
        ends = self.payouts.hear(events, day=self._day())
        paid = [end.payout for end in ends if end.paid]
        lost = [end.payout for end in ends if not end.paid]
        redeemed = [payout for payout in paid if payout.purpose is Purpose.REDEMPTION]
        refunded = [payout for payout in paid if payout.purpose is Purpose.REFUND]
        if redeemed:
            self._lower_attestation()
        self._finish(Kind.SETTLE, [payout.id for payout in redeemed], key=key + "/paid")
        self.side.burn(
            [derive_id("art/burn", payout.id) for payout in redeemed],
            [self.customer(payout.party).wallet for payout in redeemed],
            [payout.amount_minor for payout in redeemed],
        )
        self._book_refunds(refunded, key=key + "/refunded")
        self.stuck += [payout for payout in lost if payout.purpose is Purpose.REFUND]
        given_back = [payout.id for payout in lost if payout.purpose is Purpose.REDEMPTION]
        self._finish(Kind.RELEASE, given_back, key=key + "/given-back")
        return ends

    def collect(self) -> list[StatusEvent]:
        """Poll the bank: return what it says of payouts, and keep the notices of deposits."""
        events = self.bank.poll()
        self.arrived += [event for event in events if isinstance(event, CreditEvent)]
        return [event for event in events if isinstance(event, StatusEvent)]

    def take_arrived(self) -> list[CreditEvent]:
        """Return the notices of deposits that were collected and not yet taken."""
        taken, self.arrived = self.arrived, []
        return taken

    def order_stuck(self) -> None:
        """Order again the refunds that the bank refused for good; a person looks into why first."""
        again, self.stuck = self.stuck, []
        self._order([replace(payout, attempt=1) for payout in again])

    def settle_all(self, *, key: str, enquire: bool = False) -> list[PayoutEnd]:
        """Settle payouts until the bank has nothing more to say."""
        ends: list[PayoutEnd] = []
        if enquire:
            self.payouts.enquire()
        for number in range(SETTLE_ROUNDS_MAX):
            statuses = self.collect()
            if not statuses:
                break
            ends += self.settle(statuses, key=f"{key}/{number}")
        return ends

    # --- people decide ---

    def decide(self, hold: Hold, *, approve: bool, actor: Actor, key: str) -> None:
        """Let a held instruction go on, or give it back; who wanted it is recorded first.

        Raises:
            NotAllowed: holds are not the actor's to decide about.
        """
        chain = [hold.id]
        if hold.kind is Kind.ISSUE:
            chain.insert(0, derive_id("art/convert", hold.cause))
        signed = self.desk.require_duty(HOLD, actor)
        told = draft_hold_decided(self.desk.floor, chain, approved=approve, signed=signed)
        self.desk.record(told, actor=actor)
        del self.holds[hold.id]
        if approve and hold.kind is Kind.REDEEM:
            self._order([Payout(hold.id, Purpose.REDEMPTION, hold.debtor, hold.amount_minor,
                                hold.at_us)])  # fmt: skip
            return
        end = Kind.SETTLE if approve else Kind.RELEASE
        self._finish(end, chain, key=key, actor=actor, linked=True)
        if not approve and hold.kind is Kind.ISSUE:
            # The deposit is the customer's money again, and goes back where it came from.
            self._order([Payout(hold.cause, Purpose.REFUND, hold.creditor, hold.amount_minor,
                                hold.at_us)])  # fmt: skip
        elif approve and hold.kind is Kind.ISSUE:
            wallet = self.customer(hold.creditor).wallet
            self.side.mint([hold.id], [wallet], [hold.amount_minor])
        elif approve:
            self.side.transfer(
                [hold.id],
                [self.customer(hold.debtor).wallet],
                [self.customer(hold.creditor).wallet],
                [hold.amount_minor],
            )

    # --- the books ---

    def attest(self, *, about_to_back_minor: int = 0) -> int:
        """Attest the reserve to the gate and to the contract; return it in minor units.

        Money that backs no token is no reserve, unless it is about to in the very next step. The
        contract counts every token on the chain, the gate only those the ledger issued: it is
        attested what stands behind those, so that it lets no issue pass that the contract refuses.
        """
        now_us = self.desk.clock.now_us()
        books = self.books()
        reserve = max(0, books.attestable_minor + about_to_back_minor)
        evidence = self.bank.archive.head
        ours = max(0, reserve - books.unbooked_supply_minor)
        self.desk.set_reserve(TOKEN, reserve_minor=ours, attested_us=now_us, evidence=evidence)
        self.side.attest(reserve, as_of_us=now_us, evidence=evidence)
        return reserve

    def books(self) -> Books:
        """Return ledger, chain and bank side by side."""
        money = self.desk.floor.book.balance(self._contra(MONEY))
        # A held issue holds the conversion of its deposit too: that money waits for tokens.
        waiting = money.net_debit - money.credits_pending
        issued = self.desk.floor.book.balance(self._contra(TOKEN))
        return Books(
            supply_minor=self.token.total_supply(),
            liability_minor=issued.net_debit,
            bank_minor=self.bank.balance(self.reserve.iban).minor,
            ledger_bank_minor=issued.net_debit + issued.debits_pending + waiting,
            waiting_minor=waiting,
            on_hold_minor=issued.debits_pending,
            in_transit_minor=self.payouts.under_way_minor,
            unmatched_minor=self.unmatched_minor,
        )

    def record_rails(self) -> None:
        """Write into the journal what the rails said since the last time."""
        drafts = self._recorder.drafts(
            archive=self.bank.archive, chain=self.token.chain, at_us=self.desk.clock.now_us()
        )
        if drafts:
            self.desk.journal.commit(drafts)

    # --- inside ---

    def _lower_attestation(self) -> None:
        """Attest what is left in the reserve before the tokens it was paid for disappear.

        The other way round there would be a moment in which the attestation covers tokens that no
        money stands behind, and whoever can mint could use it.
        """
        self.attest()

    def _refund(self, number: int, deposit: Deposit) -> Payout:
        return Payout(number, Purpose.REFUND, deposit.party, deposit.amount_minor, deposit.at_us)

    def _book_refunds(self, refunds: Sequence[Payout], *, key: str) -> None:
        if not refunds:
            return
        party = np.array([payout.party for payout in refunds], dtype=np.int64)
        leg = self._leg(
            [derive_id("art/refund", payout.id) for payout in refunds],
            np.array([payout.amount_minor for payout in refunds], dtype=np.int64),
            debit=self._money(party),
            credit=self._contra(MONEY),
        )
        self.desk.submit(leg, key=key)

    def _finish(
        self,
        kind: Kind,
        ids: Sequence[int],
        *,
        key: str,
        actor: Actor = SYSTEM,
        linked: bool = False,
    ) -> None:
        """Settle or release holds, each by itself or, ``linked``, as the one chain they are."""
        if not ids:
            return
        pending = derived_ids(list(ids))
        own = derived_ids([derive_id(f"art/{kind.name}", number) for number in ids])
        goes_on = np.full(len(ids), linked)
        goes_on[-1] = False
        rows = rows_of(
            kind, own, asset=TOKEN, pending_hi=pending[0], pending_lo=pending[1], linked=goes_on
        )
        self.desk.submit(rows, key=key, actor=actor)

    def _keep_holds(self, kind: Kind, orders: Orders, step: Step) -> None:
        now_us = self.desk.clock.now_us()
        for row in np.flatnonzero(step.held).tolist():
            number = orders.id_at(row)
            creditor = int(orders.payee[row]) if kind is Kind.TRANSFER else -1
            self.holds[number] = Hold(
                number, kind, int(orders.payer[row]), creditor, int(orders.amount_minor[row]),
                now_us,
            )  # fmt: skip

    def _order(self, payouts: Sequence[Payout]) -> None:
        receivers = [self.customer(payout.party).bank for payout in payouts]
        self.payouts.order(payouts, receivers, day=self._day())

    def _leg(
        self, ids: Sequence[int], amount: Ints, *, debit: Any, credit: Any, linked: int = 0
    ) -> InstructionBatch:
        return rows_of(
            Kind.LEG, derived_ids(list(ids)), asset=MONEY, amount_minor=amount, debit=debit,
            credit=credit, linked=linked,
        )  # fmt: skip

    def _contra(self, asset: int) -> int:
        return int(self.desk.floor.contra[asset])

    def _money(self, party: Ints) -> Ints:
        assets = np.full(len(party), MONEY, dtype=np.int32)
        return self.desk.floor.parties.account_of(party, assets)

    def _day(self) -> str:
        offset = self.desk.floor.terms.pack.utc_offset_minutes
        return date_of(self.desk.clock.now_us(), utc_offset_minutes=offset).strftime("%Y%m%d")


def _step(answers: Answers, rows: slice = slice(None)) -> Step:
    found = answers.found
    return Step(found.outcome[rows], answers.outcome[rows], found.rule[rows], answers.program)


def _require_assets(desk: Desk, token: Asset, money: Asset) -> None:
    terms = desk.floor.terms.assets
    codes = [item.asset.code for item in terms]
    at_par = all(item.price_numerator == item.price_denominator for item in terms)
    if codes != [token.code, money.code] or token.scale != money.scale or not at_par:
        raise ProductError(
            "The desk does not fit a token that is redeemed at par.",
            why=f"It moves {', '.join(codes)}; needed are {token.code} and {money.code}, in this "
            "order, of one scale and one to one.",
            fix="Open the desk with both assets at a price of one.",
        )
