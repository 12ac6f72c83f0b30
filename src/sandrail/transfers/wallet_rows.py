"""Between the rows of a batch and what is known of wallets: facts before, consequences after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sandrail.controls import GateRows, Kind, RowFact
from sandrail.ledger import ChartCode, Outcome, RowColumns, slots_of
from sandrail.transfers.valuation import values_of
from sandrail.wallets import NO_WALLET, Movement

if TYPE_CHECKING:
    from sandrail.transfers.floor import Floor

__all__ = ["after_batch", "before_batch", "custody_minor", "movement_of"]

_LOW = 64
_WHOLE_BASIS_POINTS = 100 * 100

Movements = list[tuple[int, Movement]]


def before_batch(
    floor: Floor,
    rows: RowColumns,
    asked: GateRows,
    wallet: npt.NDArray[np.int64],
    now_us: int,
) -> tuple[GateRows, Movements]:
    """Return the rows with the desk's facts about wallets, and what would leave custody."""
    state = floor.wallets
    if state.excused_until_us:
        state.expire(now_us)
    sweeps = np.flatnonzero(asked.kind == Kind.SWEEP)
    leaving = state.outward(asked, wallet).tolist() if wallet.any() else []
    leaving += [row for row in sweeps.tolist() if _is(floor, rows.credit[row], _COLD)]
    movements = [(row, movement_of(floor, rows, asked, wallet, row)) for row in sorted(leaving)]
    unsigned = state.waiting_for_signatures()
    if unsigned:
        for row in np.flatnonzero(asked.kind == Kind.SETTLE).tolist():
            pending = int(rows.pending_hi[row]) << _LOW | int(rows.pending_lo[row])
            if pending in unsigned:
                movements.append((row, unsigned[pending]))
    hot_over = _fills_online(floor, rows, asked, sweeps) if sweeps.size else None
    return state.with_facts(asked, wallet, movements, hot_over, now_us), movements


def after_batch(
    floor: Floor,
    rows: RowColumns,
    asked: GateRows,
    wallet: npt.NDArray[np.int64],
    outcome: npt.NDArray[np.uint8],
    expired: npt.NDArray[np.int64],
    movements: Movements,
) -> None:
    """Take over what the ledger did: value moved, set aside, settled or given back."""
    state = floor.wallets
    if expired.size and state.has_holds:
        state.released(floor.book.transfer_at(slot).row.id for slot in expired.tolist())
    state.took(asked, wallet, outcome)
    waits = (outcome == Outcome.PENDING) | (outcome == Outcome.HELD)
    if wallet.any():
        posted = outcome == Outcome.POSTED
        for row in np.flatnonzero((wallet != NO_WALLET) & (posted | waits)).tolist():
            state.keep(_id(rows, row), asked, row, int(wallet[row]), posted=bool(posted[row]))
    ends = (asked.kind == Kind.SETTLE) | (asked.kind == Kind.RELEASE)
    if ends.any():
        _finished(floor, rows, np.flatnonzero(ends), outcome)
    for row, movement in movements:
        approved = int(asked.facts[row]) & RowFact.CUSTODY_APPROVED
        if waits[row] and not approved:
            state.wait_for_signatures(movement)
    state.restate()


def _finished(
    floor: Floor,
    rows: RowColumns,
    ends: npt.NDArray[np.int64],
    outcome: npt.NDArray[np.uint8],
) -> None:
    """Take over holds that were settled or given back; who and how much, the ledger knows."""
    state, book = floor.wallets, floor.book.state
    pending = list(zip(rows.pending_hi.tolist(), rows.pending_lo.tolist(), strict=True))
    if state.has_holds:
        voided = ends[outcome[ends] == Outcome.VOIDED].tolist()
        state.released(pending[row][0] << _LOW | pending[row][1] for row in voided)
    settled = ends[outcome[ends] == Outcome.POSTED]
    slots = np.empty(settled.size, dtype=np.int64)
    slots_of(book, rows.pending_hi[settled], rows.pending_lo[settled], slots)
    # Legs of the platform are no flows between customers; the gate counted what is.
    gated = floor.counted(slots)
    settled, slots = settled[gated], slots[gated]
    if not settled.size:
        return
    held, owner = book.transfers[slots], book.accounts["owner"]
    some = (rows.amount_hi[settled] != 0) | (rows.amount_lo[settled] != 0)
    value = values_of(
        floor.terms.assets,
        book.accounts["asset"][held["debit"]],
        np.where(some, rows.amount_hi[settled], held["amount_hi"]),
        np.where(some, rows.amount_lo[settled], held["amount_lo"]),
    )
    givers, takers = owner[held["debit"]], owner[held["credit"]]
    state.settled(
        [pending[row][0] << _LOW | pending[row][1] for row in settled.tolist()],
        np.where(givers >= 0, 2 * givers, -1),
        np.where(takers >= 0, 2 * takers, -1),
        value,
    )


def _id(rows: RowColumns, row: int) -> int:
    return int(rows.id_hi[row]) << _LOW | int(rows.id_lo[row])


def movement_of(
    floor: Floor, rows: RowColumns, asked: GateRows, wallet: npt.NDArray[np.int64], row: int
) -> Movement:
    """Return what a row would take out of custody; what its approvals are given for."""
    debtor, number = int(asked.debtor[row]), int(wallet[row])
    to = floor.wallets.register.get(number).address if number else f"account:{rows.debit[row]}"
    return Movement(
        desk=floor.wallets.desk,
        id=_id(rows, row),
        kind=int(asked.kind[row]),
        asset=floor.terms.assets[int(asked.asset[row])].asset.code,
        amount_minor=int(rows.amount_hi[row]) << _LOW | int(rows.amount_lo[row]),
        customer=floor.parties.ref(debtor) if debtor >= 0 else "",
        wallet=to,
    )


_ONLINE, _COLD = ChartCode.CUSTODY_ONLINE, ChartCode.CUSTODY_COLD


def custody_minor(floor: Floor, asset: int) -> tuple[int, int]:
    """Return how many units of an asset the firm keeps online and cold; holds are not counted."""
    accounts = floor.book.state.accounts[: floor.book.account_count]
    own = accounts["asset"] == asset
    totals = [
        sum(
            floor.book.balance(int(account)).net_debit
            for account in np.flatnonzero(own & (accounts["chart"] == chart))
        )
        for chart in (_ONLINE, _COLD)
    ]
    return totals[0], totals[1]


def _fills_online(
    floor: Floor, rows: RowColumns, asked: GateRows, sweeps: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_] | None:
    """Return the rows after which more is online than its share of all that is kept.

    What rows before them in the batch would add counts; what they would take away does not.
    """
    bound = floor.wallets.rules.hot_basis_points
    over = np.zeros(asked.kind.shape[0], dtype=np.bool_)
    if bound is None:
        return None
    kept: dict[int, tuple[int, int]] = {}
    for row in sweeps.tolist():
        if not _is(floor, rows.debit[row], _ONLINE) or _is(floor, rows.credit[row], _ONLINE):
            continue
        asset = int(asked.asset[row])
        if asset not in kept:
            online, cold = custody_minor(floor, asset)
            kept[asset] = online, online + cold
        amount = int(rows.amount_hi[row]) << _LOW | int(rows.amount_lo[row])
        online, total = kept[asset]
        online += amount
        total += 0 if _is(floor, rows.credit[row], _COLD) else amount
        kept[asset] = online, total
        over[row] = online * _WHOLE_BASIS_POINTS > bound * total
    return over


def _is(floor: Floor, account: np.int64, chart: ChartCode) -> bool:
    """Whether an account is one of the firm's custody accounts."""
    known = 0 <= account < floor.book.account_count
    return bool(known and floor.book.state.accounts["chart"][account] == chart)
