"""All that a desk knows, in memory: book, gate, parties, lists, reserves. No disk, no clock.

The desk feeds it with what happens now, the replay with what the journal says happened; both go
through the same methods, so a replay that ends elsewhere has found a forgery or a fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.controls import (
    CLIENT_FUNDS,
    NO_EVENT,
    AssetPosition,
    Consent,
    Findings,
    FirmBook,
    GateRows,
    Kind,
    Observation,
    PartyStatus,
    PositionTaken,
    Screen,
    Snapshot,
    consent_holds,
    cover_units,
    empty_gate,
    grown_gate,
    mask,
    rethreaded_gate,
    run_tests,
)
from sandrail.controls import Outcome as Decision
from sandrail.ledger import AccountFlag, Book, ChartCode, RowColumns, RowFlag, at
from sandrail.money import AssetKind
from sandrail.rulebook import Permission
from sandrail.transfers.batch_fact import JudgedBatch, RequestRows
from sandrail.transfers.instructions import InstructionBatch
from sandrail.transfers.kernel import judge_and_post
from sandrail.transfers.limits import CONSENTS_MAX
from sandrail.transfers.parties import NO_ACCOUNT, PartyTable
from sandrail.transfers.requests import RequestIndex
from sandrail.transfers.terms import DeskTerms
from sandrail.transfers.usage import usage_after
from sandrail.transfers.valuation import VALUE_MINOR_MAX, values_of
from sandrail.transfers.wallet_rows import after_batch, before_batch
from sandrail.transfers.wallet_state import WalletState

__all__ = ["Floor"]

_NEVER = -(2**62)
_FROM_CONTRA = np.uint32(mask(Kind.ISSUE))
_TO_CONTRA = np.uint32(mask(Kind.REDEEM))
_FINISHING = np.uint32(mask(Kind.SETTLE, Kind.RELEASE))


class Floor:
    """The state of one desk.

    Attributes:
        terms: permission, pack, assets.
        program: what the gate enforces now.
        programs: all that it enforced so far, by their hash; an answer is read by its own.
        rulings: every permission so far, and from when it was enforced.
        book: accounts and balances.
        parties: customers.
        requests: idempotency keys answered.
        contra: i8 per asset, account against which units are issued.
        attested_us: i8 per asset, newest reserve attestation; long ago for none.
        reserve_minor: attested reserve per asset, minor units of the pack's currency.
        lists_published_us: instant of the oldest sanctions list in use; long ago for none.
        list_version: what screening calls the lists in use.
        paused: the supervisor stopped the firm.
        firm: what was observed of the firm and what follows.
        consents: every consent that customers gave, by the number their column holds; 0 for none.
        consent_holds: bool per consent, whether it is enough today.
        wallets: what is known of wallets on the other side.
    """

    def __init__(self, terms: DeskTerms, *, at_us: int) -> None:
        count = len(terms.assets)
        self.terms = terms
        self.program = terms.compile(at_us)
        self.programs = {self.program.content_hash: self.program}
        self.rulings = [(terms.permission, at_us)]
        self.ratio_basis_points = terms.reserve_ratio_basis_points(at_us)
        self.book = Book()
        self.gate = empty_gate(windows=len(self.program.windows), assets=count)
        self.parties = PartyTable(count)
        self.requests = RequestIndex()
        self.attested_us = np.full(count, _NEVER, dtype=np.int64)
        self.reserve_minor = [0] * count
        self.lists_published_us = _NEVER
        self.list_version = ""
        self.paused = False
        self.firm = FirmBook.opened(terms.setting(at_us))
        self.consents: list[Consent | None] = [None]
        self.consent_holds = np.zeros(CONSENTS_MAX, dtype=np.bool_)
        named = f"{terms.permission.firm_id}/{terms.permission.id}"
        self.wallets = WalletState(named, terms.setting(at_us).rules, terms.pack)
        self.now_us = at_us
        self.contra = np.arange(count, dtype=np.int64)
        self._event_of = np.full(1_024, NO_EVENT, dtype=np.int64)

    @classmethod
    def ruled(cls, terms: DeskTerms, rulings: Sequence[tuple[Permission, int]]) -> Floor:
        """Return an empty floor under the last of some permissions, which knows the others too."""
        (first, opened_us), *later = rulings
        floor = cls(replace(terms, permission=first), at_us=opened_us)
        for permission, at_us in later:
            floor.set_permission(permission, at_us)
        return floor

    def contra_accounts(self) -> dict[str, npt.NDArray[Any]]:
        """Return the accounts that a desk opens with: one an asset, for units in issue."""
        count = len(self.terms.assets)
        return {
            "asset": np.arange(count, dtype=np.int32),
            "chart": self._charts(ChartCode.RESERVE_AT_BANK, ChartCode.TOKENS_IN_ISSUE),
            "owner": np.full(count, NO_ACCOUNT, dtype=np.int64),
            "flags": np.full(count, AccountFlag.MUST_NOT_OVERDRAW_DEBITS, dtype=np.uint32),
        }

    def holder_accounts(self, parties: int) -> dict[str, npt.NDArray[Any]]:
        """Return the accounts of so many new parties: for each party one an asset."""
        assets = len(self.terms.assets)
        owners = np.repeat(np.arange(parties) + self.parties.count, assets)
        return {
            "asset": np.tile(np.arange(assets, dtype=np.int32), parties),
            "chart": np.tile(
                self._charts(ChartCode.CUSTOMER_FUNDS, ChartCode.TOKEN_HOLDING), parties
            ),
            "owner": owners.astype(np.int64),
            "flags": np.full(
                parties * assets, AccountFlag.MUST_NOT_OVERDRAW_CREDITS, dtype=np.uint32
            ),
        }

    # --- facts that are not transfers ---

    def onboard(self, refs: Sequence[str], customer_class: npt.NDArray[np.uint8]) -> range:
        """Add parties to whom the newest accounts of the book belong."""
        assets = len(self.terms.assets)
        first = self.book.account_count - len(refs) * assets
        accounts = first + np.arange(len(refs) * assets, dtype=np.int64).reshape(-1, assets)
        return self.parties.add(refs, customer_class, accounts)

    def set_screening(
        self, parties: npt.NDArray[np.int64], screen: npt.NDArray[np.uint8], version: str
    ) -> None:
        """Take over what screening decided about parties under a list version."""
        self.parties.screen[parties] = screen
        self.list_version = version

    def set_lists(self, version: str, published_us: int) -> None:
        """Take note of new lists; every party waits until it is screened under them."""
        self.list_version = version
        self.lists_published_us = published_us

    def set_status(self, parties: npt.NDArray[np.int64], status: PartyStatus) -> None:
        """Freeze, unfreeze or close parties."""
        self.parties.status[parties] = status

    def set_permission(self, permission: Permission, at_us: int) -> None:
        """Enforce another permission from the next row on; what was used so far still counts."""
        self.terms = replace(self.terms, permission=permission)
        self.program = self.terms.compile(at_us)
        self.programs[self.program.content_hash] = self.program
        self.rulings.append((permission, at_us))
        self.ratio_basis_points = self.terms.reserve_ratio_basis_points(at_us)
        self.firm = self.firm.under(self.terms.setting(at_us))
        self.wallets.under(self.terms.setting(at_us).rules, self.terms.pack)
        self._weigh_consents()
        self.gate = rethreaded_gate(self.gate, self.program.table)
        for asset, reserve_minor in enumerate(self.reserve_minor):
            if self.attested_us[asset] != _NEVER:
                self.set_reserve(asset, reserve_minor, int(self.attested_us[asset]))

    def set_reserve(self, asset: int, reserve_minor: int, attested_us: int) -> None:
        """Take over an attested reserve and compute how many units it covers."""
        self.reserve_minor[asset] = reserve_minor
        self.attested_us[asset] = attested_us
        cover = cover_units(reserve_minor, self.ratio_basis_points, self.terms.assets[asset])
        cover = min(cover, 2**128 - 1)
        self.gate.cover_hi[asset] = cover >> 64
        self.gate.cover_lo[asset] = cover & (2**64 - 1)

    # --- the firm ---

    def observe(self, told: Observation) -> None:
        """Take over something that was told about the firm."""
        self.firm = self.firm.after(told, customers=self.parties.count)
        self._weigh_consents()

    def give_consent(self, parties: npt.NDArray[np.int64], consent: Consent) -> None:
        """Note what customers agreed to."""
        if consent not in self.consents:
            self.consents.append(consent)
            self._weigh_consents()
        self.parties.consent[parties] = self.consents.index(consent)

    def position(self, at_us: int) -> PositionTaken:
        """Return the desk's own figures, for the guardrails of the firm."""
        assets = tuple(
            AssetPosition(
                terms.asset.code,
                min(
                    -(-self.units_in_issue(n) * terms.price_numerator // terms.price_denominator),
                    VALUE_MINOR_MAX,
                ),
                min(self.reserve_minor[n], VALUE_MINOR_MAX),
            )
            for n, terms in enumerate(self.terms.assets)
            if terms.asset.kind is not AssetKind.FIAT
        )
        return PositionTaken(
            at_us=at_us,
            customers=self.parties.count,
            client_funds_minor=int(self.gate.totals[CLIENT_FUNDS]),
            assets=assets,
        )

    def _weigh_consents(self) -> None:
        for number, consent in enumerate(self.consents):
            self.consent_holds[number] = consent is not None and consent_holds(
                self.firm.setting, self.firm.view, consent
            )

    # --- transfers ---

    def lay_out(self, batch: InstructionBatch) -> tuple[RowColumns, GateRows]:
        """Return instructions as rows of the ledger and columns of the gate."""
        debtor = self._known(batch.debtor)
        creditor = self._known(batch.creditor)
        kinds = np.uint32(1) << batch.kind.astype(np.uint32)
        finishing = (kinds & _FINISHING) != 0
        asked = GateRows(
            kind=batch.kind,
            asset=batch.asset,
            debtor=debtor,
            creditor=creditor,
            value=values_of(self.terms.assets, batch.asset, batch.amount_hi, batch.amount_lo),
            facts=batch.facts,
        )
        flags = (
            (batch.two_step != 0) * np.uint32(RowFlag.PENDING)
            | (batch.kind == Kind.SETTLE) * np.uint32(RowFlag.POST)
            | (batch.kind == Kind.RELEASE) * np.uint32(RowFlag.VOID)
            | (batch.linked != 0) * np.uint32(RowFlag.LINKED)
        )
        rows = RowColumns(
            id_hi=batch.id_hi.copy(),
            id_lo=batch.id_lo.copy(),
            debit=self._side(batch, debtor, batch.debit, (kinds & _FROM_CONTRA) != 0, finishing),
            credit=self._side(batch, creditor, batch.credit, (kinds & _TO_CONTRA) != 0, finishing),
            amount_hi=batch.amount_hi.copy(),
            amount_lo=batch.amount_lo.copy(),
            flags=flags,
            pending_hi=batch.pending_hi.copy(),
            pending_lo=batch.pending_lo.copy(),
            timeout_us=batch.timeout_us.copy(),
            decision=np.zeros(batch.rows, dtype=np.uint8),
        )
        return rows, asked

    def judge(
        self,
        rows: RowColumns,
        asked: GateRows,
        requests: RequestRows,
        now_us: int,
        wallet: npt.NDArray[np.int64],
    ) -> JudgedBatch:
        """Judge and post a batch; the state is changed when this returns."""
        count = rows.id_hi.shape[0]
        asked, movements = before_batch(self, rows, asked, wallet, now_us)
        self.book.require_instant(now_us)
        self._reserve(count)
        found = run_tests(self.program, asked, self.snapshot(now_us))
        outcome = np.zeros(count, dtype=np.uint8)
        expired = np.zeros(max(int(self.book.state.counters[at.HEAP]), 1), dtype=np.int64)
        expired_count = judge_and_post(
            self.program.table,
            self.gate,
            self.book.state,
            rows,
            tuple(asked),
            found,
            _kept(found, rows),
            self.contra,
            self._event_of,
            np.empty(count, dtype=np.int64),
            now_us,
            outcome,
            expired,
        )
        self.now_us = now_us
        after_batch(self, rows, asked, wallet, outcome, expired[:expired_count], movements)
        if self.firm.counts_usage:
            self.firm = self.firm.after_use(
                usage_after(self.firm.view.usage, asked, outcome, now_us, pack=self.terms.pack)
            )
        touched, balances = self.book.touched()
        return JudgedBatch(
            rows=rows,
            asked=asked,
            found=found,
            outcome=outcome,
            requests=requests,
            touched=touched,
            balances=balances,
            expired=expired[:expired_count],
            wallet=wallet,
        )

    def snapshot(self, now_us: int) -> Snapshot:
        """Return what the stateless controls read besides the rows."""
        return Snapshot(
            now_us=now_us,
            paused=self.paused,
            lists_published_us=self.lists_published_us,
            attested_us=self.attested_us,
            party_status=self.parties.status,
            party_screen=self.parties.screen,
            party_consent=self.parties.consent,
            consent_holds=self.consent_holds,
            stops=self.firm.stops,
        )

    def designated_in(self, found: Findings, asked: GateRows) -> npt.NDArray[np.int64]:
        """Return the parties that a freeze of this batch concerns and that are not frozen yet."""
        frozen = found.outcome == Decision.FREEZE
        if not frozen.any():
            return np.zeros(0, dtype=np.int64)
        parties = np.unique(np.concatenate([asked.debtor[frozen], asked.creditor[frozen]]))
        parties = parties[parties >= 0].astype(np.int64)
        hit = self.parties.screen[parties] == Screen.HIT
        loose = self.parties.status[parties] == PartyStatus.ACTIVE
        designated: npt.NDArray[np.int64] = parties[hit & loose]
        return designated

    def events(self) -> npt.NDArray[np.int64]:
        """Return the gate's event of each transfer in the book, NO_EVENT for none."""
        return self._event_of[: self.book.transfer_count]

    def set_events(self, events: npt.NDArray[np.int64]) -> None:
        """Take over the gate's event of each transfer in the book."""
        self._event_of = np.full(max(events.shape[0], 1_024), NO_EVENT, dtype=np.int64)
        self._event_of[: events.shape[0]] = events

    def set_consents(self, consents: Sequence[Consent]) -> None:
        """Take over every consent that customers gave, in the order of their numbers."""
        self.consents = [None, *consents]
        self._weigh_consents()

    def counted(self, slots: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return which transfers, by their slot in the book, the gate counted."""
        found: npt.NDArray[np.bool_] = self._event_of[slots] != NO_EVENT
        return found

    def units_in_issue(self, asset: int) -> int:
        """Return posted units in issue; holds are not counted."""
        return self.book.balance(int(self.contra[asset])).net_debit

    def _charts(self, fiat: ChartCode, token: ChartCode) -> npt.NDArray[np.int32]:
        """Return the chart code of each asset's account, by whether the asset is money."""
        kinds = [terms.asset.kind for terms in self.terms.assets]
        codes = [fiat if kind is AssetKind.FIAT else token for kind in kinds]
        return np.array(codes, dtype=np.int32)

    def _side(
        self,
        batch: InstructionBatch,
        parties: npt.NDArray[np.int64],
        given: npt.NDArray[np.int64],
        issued: npt.NDArray[np.bool_],
        finishing: npt.NDArray[np.bool_],
    ) -> npt.NDArray[np.int64]:
        """Return the account on one side: the party's own; for the firm the given or the contra."""
        firm = np.where(issued, self.contra[batch.asset], NO_ACCOUNT)
        firm = np.where(given >= 0, given, firm)
        accounts = np.where(parties >= 0, self.parties.account_of(parties, batch.asset), firm)
        accounts[finishing] = NO_ACCOUNT
        return accounts

    def strays(self, rows: RowColumns, asked: GateRows) -> npt.NDArray[np.bool_]:
        """Return the rows in which accounts or value are not those of what the gate read."""
        value = values_of(self.terms.assets, asked.asset, rows.amount_hi, rows.amount_lo)
        stray: npt.NDArray[np.bool_] = value != asked.value
        for parties, accounts in ((asked.debtor, rows.debit), (asked.creditor, rows.credit)):
            own = self.parties.account_of(parties, asked.asset)
            stray |= (parties >= 0) & (accounts != own)
        kinds = np.uint32(1) << asked.kind.astype(np.uint32)
        found: npt.NDArray[np.bool_] = stray & ((kinds & _FINISHING) == 0)
        return found

    def _known(self, parties: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        known = (parties >= 0) & (parties < self.parties.count)
        return np.where(known, parties, -1).astype(np.int64)

    def _reserve(self, count: int) -> None:
        self.book.reserve(count)
        self.gate = grown_gate(self.gate, parties=self.parties.count, new_events=count)
        slots = self.book.transfer_count + count
        if slots > self._event_of.shape[0]:
            larger = np.full(max(slots, 2 * self._event_of.shape[0]), NO_EVENT, dtype=np.int64)
            larger[: self._event_of.shape[0]] = self._event_of
            self._event_of = larger


def _kept(found: Findings, rows: RowColumns) -> Findings:
    """Return a copy where a chain may be tried twice; otherwise nobody reads it."""
    linked = bool((rows.flags & RowFlag.LINKED).any())
    return Findings._make(column.copy() for column in found) if linked else found
