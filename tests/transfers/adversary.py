"""Streams that are meant to hurt: columns of instructions, and what happens between batches.

Everything follows from one seed. A stream hits limits to the unit, lets one party come a thousand
times, repeats ids with the same and with other bodies, links chains (whole, cut, with a hold in the
middle), finishes holds one by one and in chains, lets windows roll over at the exact microsecond,
and changes lists, screening, freezes, reserves, permissions and the emergency stop in mid-stream.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.controls import (
    AssetTerms,
    AttestationMade,
    BreakClosed,
    BreakOpened,
    Kind,
    PartyStatus,
    RowFact,
    Screen,
)
from sandrail.journal import Journal
from sandrail.ledger import Outcome
from sandrail.money import Asset, AssetKind
from sandrail.rulebook import Condition, load_pack
from sandrail.transfers import (
    Desk,
    DeskTerms,
    FirmDesk,
    InstructionBatch,
    OnboardingError,
)
from sandrail.transfers.instructions import DTYPES
from sandrail.world import DAY_US, HOUR_US, Actor, Role, TrialClock
from tests.makers.desk import AGREED, START_US, client_account, condition, permission

RUNS_KEPT = 40
COMPLETE = int(RowFact.ORIGINATOR_COMPLETE | RowFact.BENEFICIARY_COMPLETE)
KINDS = np.array(
    [Kind.ISSUE] * 12 + [Kind.TRANSFER] * 6 + [Kind.REDEEM] * 2 + [Kind.REMIT, Kind.ON_RAMP]
    + [Kind.OFF_RAMP, Kind.LEG],
    dtype=np.uint8,
)  # fmt: skip
AMOUNTS = np.array([1] * 8 + [2, 999, 1_000, 1_001, 2_000, 4_999, 5_000, 5_001, 0], dtype=np.uint64)
STEPS_US = (0, 0, 1, 1_000_000, HOUR_US - 1, HOUR_US, DAY_US // 2, DAY_US - 1, DAY_US, 7 * DAY_US)
TIMEOUTS_US = np.array([0] * 24 + [1, HOUR_US, HOUR_US, DAY_US, DAY_US, -1], dtype=np.int64)
OFFICER = Actor("pvara:live", "Live supervisor", Role.SUPERVISOR, "pvara")
SECOND = Actor("pvara:second", "Second supervisor", Role.SUPERVISOR, "pvara")
NARROW = (
    condition("G05.transfer_max", "50", "PKR"),
    condition("G06.daily_value_max", "200", "PKR"),
    condition("G06.daily_count_max", 12, "transfers"),
    condition("G06.monthly_value_max", "600", "PKR"),
    condition("G04.holding_max", "300", "PKR"),
    condition("G07.client_funds_max", "40000", "PKR"),
    condition("G08.issued_supply_max", "20000", "PKR"),
    condition("G21.travel_rule_above", "80", "PKR"),
)
WIDE = (
    condition("G05.transfer_max", "60", "PKR"),
    condition("G06.daily_value_max", "500", "PKR"),
    condition("G07.client_funds_max", "400000", "PKR"),
)


def _terms(conditions: tuple[Condition, ...]) -> DeskTerms:
    pack = load_pack("pakistan")
    granted = permission(pack, conditions=conditions, valid_to_us=START_US + 10**4 * DAY_US)
    token = Asset("PKRT", 2, AssetKind.ASSET_REFERENCED_TOKEN)
    second = Asset("PKRX", 2, AssetKind.ASSET_REFERENCED_TOKEN)
    return DeskTerms(pack, granted, (AssetTerms(token), AssetTerms(second, 3, 2)))


class Adversary:
    """One desk, and somebody who tries everything on it."""

    def __init__(self, seed: int, journal: Journal, *, parties: int = 12) -> None:
        self.random = np.random.Generator(np.random.Philox(key=seed))
        self.clock = TrialClock(START_US)
        self.desk = Desk.create(journal, _terms(NARROW), self.clock)
        self.next_id = 1
        self.last: InstructionBatch | None = None
        self.runs: list[list[int]] = []
        self.desk.onboard([f"C{number}" for number in range(parties)], consent=AGREED)
        self.firm = FirmDesk(self.desk)
        self.firm.observe(client_account(START_US))
        self.renew()

    @property
    def parties(self) -> int:
        """How many customers there are."""
        return self.desk.floor.parties.count

    def renew(self) -> None:
        """Put the desk in order: lists fresh, customers clear, reserves attested."""
        now_us = self.clock.now_us()
        self.desk.set_lists(f"list-{now_us}", published_us=now_us)
        everyone = np.arange(self.parties)
        clear = np.full(self.parties, Screen.CLEAR, dtype=np.uint8)
        self.desk.set_screening(everyone, clear, list_version=f"list-{now_us}")
        self.desk.set_status(everyone, PartyStatus.ACTIVE, reason="test", actor=OFFICER)
        for asset in (0, 1):
            self.desk.set_reserve(
                asset, reserve_minor=4_000_000, attested_us=now_us, evidence="00" * 32
            )
        self.firm.consent(everyone, AGREED)
        attested = AttestationMade(at_us=now_us, by="auditor", evidence="00" * 32)
        account = client_account(now_us)
        self.firm.observe(attested, account, *self._explained(now_us))
        for rule in dict.fromkeys(one.rule for one in self.firm.status().standing):
            pauses = [one for one in self.desk.floor.firm.standing if one.effect.pauses]
            if rule in {one.rule for one in pauses}:
                self.firm.lift(rule, reason="test", actor=OFFICER, confirmed_by=SECOND)
        if self.desk.floor.paused:
            self.desk.resume(reason="test", actor=OFFICER, confirmed_by=SECOND)

    def _explained(self, now_us: int) -> list[BreakClosed]:
        told = self.desk.floor.firm.view.of(BreakOpened)
        return [BreakClosed(at_us=now_us, case=one.case, because="found") for one in told[-3:]]

    def act(self) -> None:
        """Let time pass, and one time in two let something happen between two batches."""
        self.clock.advance_by(STEPS_US[int(self.random.integers(len(STEPS_US)))])
        some = self.random.integers(0, self.parties, 2)
        match int(self.random.integers(14)):
            case 0:
                self.desk.set_lists("stale", published_us=self.clock.now_us() - DAY_US - 1)
            case 1:
                screen = self.random.integers(0, 4, 2).astype(np.uint8)
                self.desk.set_screening(np.unique(some), screen[: np.unique(some).size],
                                        list_version="new")  # fmt: skip
            case 2:
                self.desk.set_status(some, PartyStatus.FROZEN, reason="test", actor=OFFICER)
            case 3:
                self.desk.pause(reason="test", actor=OFFICER)
            case 4:
                reserve = int(self.random.integers(1, 4_000_000))
                self.desk.set_reserve(0, reserve_minor=reserve, attested_us=self.clock.now_us(),
                                      evidence="00" * 32)  # fmt: skip
            case 5:
                chosen = (NARROW, WIDE)[int(self.random.integers(2))]
                self.desk.change_permission(
                    _terms(chosen).permission, actor=OFFICER, confirmed_by=SECOND
                )
            case 6:
                with suppress(OnboardingError):
                    self.desk.onboard([f"C{self.parties + number}" for number in range(3)])
            case 9:
                now_us = self.clock.now_us()
                self.firm.observe(BreakOpened(at_us=now_us, case=str(now_us), between="b", minor=1))
            case 10:
                self.firm.observe(client_account(self.clock.now_us(), interest_bearing=True))
            case 7 | 8:
                return
        if self.random.random() < 0.6:
            self.renew()

    def batch(self, rows: int) -> InstructionBatch:
        """Return so many instructions."""
        draw = self.random
        chain, offset = self._chains(rows)
        finishes = draw.random(rows)[chain] < 0.08
        stray = draw.random(rows) < 0.02
        ends = np.where(draw.random(rows)[chain] < 0.5, Kind.SETTLE, Kind.RELEASE)
        kind = np.where(finishes ^ stray, ends, KINDS[draw.integers(0, KINDS.size, rows)])
        asset = (draw.random(rows) < 0.2).astype(np.int32)
        ending = np.isin(kind, (Kind.SETTLE, Kind.RELEASE))
        pending = self._pending(rows, chain, offset)
        amount = AMOUNTS[draw.integers(0, AMOUNTS.size, rows)]
        amount = np.where(draw.random(rows) < 0.4, draw.integers(1, 5_200, rows), amount)
        amount = np.where(ending & (draw.random(rows) < 0.9), 0, amount).astype(np.uint64)
        fields: dict[str, Any] = self._sides(kind, asset) | {
            "id_hi": np.full(rows, 7),
            "id_lo": self.next_id + np.arange(rows),
            "kind": kind,
            "asset": asset,
            "amount_hi": np.where(draw.random(rows) < 0.002, 1, 0),
            "amount_lo": amount,
            "facts": np.where(draw.random(rows) < 0.04, draw.integers(0, 2**15, rows), COMPLETE),
            "pending_hi": np.where(ending, 7, 0),
            "pending_lo": np.where(ending, pending, 0),
            "timeout_us": np.where(
                ending, 0, TIMEOUTS_US[draw.integers(0, TIMEOUTS_US.size, rows)][chain]
            ),
            "two_step": ~ending & (draw.random(rows) < 0.15),
            "linked": self._linked,
            "wallet": np.zeros(rows),
        }
        self.next_id += rows
        batch = InstructionBatch(
            **{
                name: np.ascontiguousarray(fields[name], dtype=code)
                for name, code in DTYPES.items()
            }
        )
        self._repeat(batch)
        self._finish_runs(batch)
        self.last = batch
        return batch

    def hear(self, batch: InstructionBatch, outcome: npt.NDArray[np.uint8]) -> None:
        """Remember what is on hold: runs of linked rows, by their ids."""
        run: list[int] = []
        waits = np.isin(outcome, (Outcome.HELD, Outcome.PENDING)).tolist()
        for id_lo, held, linked in zip(batch.id_lo.tolist(), waits, batch.linked, strict=True):
            run = [*run, id_lo] if held else []
            if run and not linked:
                self.runs = [*self.runs[-RUNS_KEPT:], run]
                run = []

    def _chains(self, rows: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Draw which rows are linked to the next; return each row's chain and place in it."""
        linked = self.random.random(rows) < 0.4
        if self.random.random() < 0.9:
            linked[-1] = False
        self._linked = linked
        starts = np.concatenate(([True], ~linked[:-1]))
        chain = np.cumsum(starts) - 1
        first = np.flatnonzero(starts)[chain]
        return chain, np.arange(rows) - first

    def _pending(
        self, rows: int, chain: npt.NDArray[np.int64], offset: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """Draw ids that may be on hold: runs of them for chains, mostly near ones."""
        back = self.random.geometric(min(0.2, 20 / rows), rows)[chain]
        known = np.maximum(self.next_id + np.arange(rows) - offset - back, 1)
        return np.asarray(known + offset)

    def _sides(self, kind: npt.NDArray[Any], asset: npt.NDArray[np.int32]) -> dict[str, Any]:
        rows, draw = kind.size, self.random
        hot = int(draw.integers(self.parties))
        debtor, creditor = draw.integers(0, self.parties + (draw.random() < 0.1), (2, rows))
        debtor = np.where(draw.random(rows) < 0.3, hot, debtor)
        creditor = np.where(draw.random(rows) < 0.1, hot, creditor)
        leg = kind == Kind.LEG
        accounts = self.desk.floor.parties.account_of(debtor, asset)
        return {
            "debtor": np.where(np.isin(kind, (Kind.ISSUE, Kind.ON_RAMP)) | leg, -1, debtor),
            "creditor": np.where(np.isin(kind, (Kind.REDEEM, Kind.OFF_RAMP)) | leg, -1, creditor),
            "debit": np.where(leg | (kind == Kind.ON_RAMP), self.desk.floor.contra[asset], -1),
            "credit": np.where(
                leg, accounts, np.where(kind == Kind.OFF_RAMP, self.desk.floor.contra[asset], -1)
            ),
        }

    def _finish_runs(self, batch: InstructionBatch) -> None:
        """Finish held runs at random places: most of them whole, some of them torn."""
        for _ in range(1 + batch.rows // 16):
            if not self.runs:
                return
            run = list(self.runs[int(self.random.integers(len(self.runs)))])
            damage = int(self.random.integers(12))
            run = run[1:] if damage == 0 else run[:-1] if damage == 1 else run
            run = run[::-1] if damage == 2 else run
            if not 0 < len(run) <= batch.rows:
                continue
            first = int(self.random.integers(batch.rows - len(run) + 1))
            rows = slice(first, first + len(run))
            batch.kind[rows] = self.random.choice((Kind.SETTLE, Kind.RELEASE))
            batch.kind[first] = Kind.SETTLE if damage == 3 else batch.kind[first]
            batch.pending_hi[rows], batch.pending_lo[rows] = 7, run
            batch.amount_hi[rows] = batch.amount_lo[rows] = batch.timeout_us[rows] = 0
            batch.amount_lo[first + len(run) // 2] = damage in (4, 5)
            batch.two_step[rows] = 0
            batch.linked[rows] = True
            batch.linked[first + len(run) - 1] = damage == 7
            batch.debit[rows] = batch.credit[rows] = -1
            if first and damage != 6:
                batch.linked[first - 1] = 0

    def _repeat(self, batch: InstructionBatch) -> None:
        """Send some rows of this batch and of the last one again, some of them altered."""
        rows = batch.rows
        for source in (batch, self.last):
            if source is None:
                continue
            for _ in range(int(self.random.integers(0, 2 + rows // 64))):
                here, there = (
                    int(self.random.integers(rows)),
                    int(self.random.integers(source.rows)),
                )
                for name, column, given in zip(batch._fields, batch, source, strict=True):
                    if name not in ("linked", "timeout_us"):
                        column[here] = given[there]
                if self.random.random() < 0.3:
                    batch.amount_lo[here] += np.uint64(1)
