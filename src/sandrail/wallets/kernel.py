"""Taint that flows through transfers: proportional, exact, in the order of the journal.

A wallet's balance is a mixture. When part of it leaves, the same part of every ingredient leaves;
an ingredient is a category of tagged wallets at a number of hops. Whole units leave: the sum of the
first k ingredients that leave is the sum of the first k held, times the amount, over the balance,
rounded down. So no unit of taint is ever made, none disappears, and a wallet never holds more taint
than value.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sandrail.wallets.limits import MILLION, VALUE_MAX
from sandrail.world.jit import I64, Column, kernel, lean_part

__all__ = [
    "ABSORBED",
    "CLEAN",
    "EMITTED",
    "EXPOSED",
    "LISTED",
    "NO_ROLE",
    "NO_SLOT",
    "SERVICE",
    "SLOTS",
    "TOUCHED",
    "LineTable",
    "TaintState",
    "absorb",
    "decide",
]

NO_ROLE = np.int8(-1)
SERVICE = np.int8(-2)
"""A role: the wallet of a known service. What goes in is mixed there and comes out as its own."""
NO_SLOT = np.int32(-1)

CLEAN, EXPOSED, LISTED = np.uint8(0), np.uint8(1), np.uint8(2)

# Places of TaintState.counters.
SLOTS, TOUCHED, EMITTED, ABSORBED = np.int64(0), np.int64(1), np.int64(2), np.int64(3)

_VALUE_MAX = np.int64(VALUE_MAX)
_MILLION = np.int64(MILLION)
_I64_MAX = np.int64(2**63 - 1)
_ZERO, _ONE = np.int64(0), np.int64(1)


class TaintState(NamedTuple):
    """What is known of every wallet, and of the few that hold taint.

    Attributes:
        balance, received: i8 a wallet, minor units of the pack's currency.
        role: i1 a wallet; the category it is tagged with, ``SERVICE`` or ``NO_ROLE``.
        active: u1 a wallet; it sent or received something.
        slot: i4 a wallet; its row in the columns below, ``NO_SLOT`` while it never saw taint.
        node: i8 a slot; the wallet.
        held, seen: i8[slots, categories * (hops + 1)]; taint in the balance now, and ever received.
            The last hop of a category means "further away".
        touched: i8; slots whose figures changed since the last decision, each once.
        is_touched: u1 a slot.
        excused: i8[slots, 2]; what two people have looked at and cleared: direct value, and all of
            it as hops weigh it.
        counters: i8[4]; slots used, slots touched, taint emitted by tagged wallets, taint absorbed
            by tagged wallets, by services and by the firm.
        scratch: i8[categories * (hops + 1)]; what is on its way.
    """

    balance: Column
    received: Column
    role: Column
    active: Column
    slot: Column
    node: Column
    held: Column
    seen: Column
    touched: Column
    is_touched: Column
    excused: Column
    counters: Column
    scratch: Column


class LineTable(NamedTuple):
    """The pack's lines, as the kernel reads them.

    Attributes:
        weight: i8[hops + 1]; millionths that a hop counts, 0 for "further away".
        lines: i8[4]; share and value above which direct exposure counts, then the same for all.
    """

    weight: Column
    lines: Column


@lean_part
def part_of(part: I64, times: I64, whole: I64) -> I64:
    """Return ``part * times // whole`` without overflow, for ``0 <= part <= whole < 2**62``."""
    if part == _ZERO or times == _ZERO:
        return _ZERO
    if part <= _I64_MAX // times:
        return part * times // whole
    quotient, rest = np.uint64(0), np.uint64(0)
    step, divisor = np.uint64(part), np.uint64(whole)
    for k in range(63):
        rest = rest + rest
        quotient = quotient + quotient
        if (times >> (np.int64(62) - k)) & _ONE:
            rest = rest + step
        while rest >= divisor:
            rest = rest - divisor
            quotient = quotient + np.uint64(1)
    return np.int64(quotient)


@lean_part
def touch(state: TaintState, slot: I64) -> None:
    """Remember that the figures of a slot changed."""
    if not state.is_touched[slot]:
        state.is_touched[slot] = 1
        state.touched[state.counters[TOUCHED]] = slot
        state.counters[TOUCHED] += 1


@lean_part
def take(state: TaintState, sender: I64, amount: I64, balance: I64, hops: I64) -> I64:
    """Put what leaves a tainted wallet into ``scratch``, one hop further; return how much it is."""
    slot = np.int64(state.slot[sender])
    held, scratch = state.held[slot], state.scratch
    cells, width = held.shape[0], hops + _ONE
    total, gone = _ZERO, _ZERO
    for cell in range(cells):
        if held[cell] == _ZERO:
            continue
        total += held[cell]
        upto = total if amount >= balance else part_of(total, amount, balance)
        leaves = upto - gone
        gone = upto
        held[cell] -= leaves
        hop = cell % width
        scratch[cell + _ONE if hop < hops else cell] += leaves
    return gone


@lean_part
def give(state: TaintState, receiver: I64) -> None:
    """Add what is in ``scratch`` to a wallet, and empty ``scratch``; its slot must exist."""
    slot = np.int64(state.slot[receiver])
    held, seen, scratch = state.held[slot], state.seen[slot], state.scratch
    for cell in range(scratch.shape[0]):
        if scratch[cell] != _ZERO:
            held[cell] += scratch[cell]
            seen[cell] += scratch[cell]
            scratch[cell] = _ZERO
    touch(state, slot)


@lean_part
def carry(
    state: TaintState, sender: I64, receiver: I64, amount: I64, balance: I64, hops: I64
) -> bool:
    """Move the taint of one flow; return False when there is no slot left for the receiver."""
    if sender < 0:
        return True
    role = np.int64(state.role[sender])
    tainted = state.slot[sender] >= 0 and role == np.int64(NO_ROLE)
    if role < 0 and not tainted:
        return True
    keeps = receiver >= 0 and state.role[receiver] == NO_ROLE
    if keeps and state.slot[receiver] < 0:
        slot = state.counters[SLOTS]
        if slot >= state.node.shape[0]:
            return False
        state.counters[SLOTS] = slot + _ONE
        state.slot[receiver] = slot
        state.node[slot] = receiver
    moved = amount
    if role >= 0:
        state.scratch[role * (hops + _ONE)] += amount
        state.counters[EMITTED] += amount
    else:
        moved = take(state, sender, amount, balance, hops)
    if keeps:
        give(state, receiver)
    else:
        state.counters[ABSORBED] += moved
        state.scratch[:] = _ZERO
    return True


@kernel
def absorb(
    state: TaintState,
    sender: Column,
    receiver: Column,
    value: Column,
    before: Column,
    start: int,
    stop: int,
    hops: int,
    again: bool,
) -> int:
    """Take flows ``start`` to ``stop`` in order; return the first one that was not taken.

    It stops early when the slots are used up; the caller makes room and goes on from there.

    Args:
        sender, receiver: i4 wallets, -1 for the firm or for somewhere nobody knows.
        value: i8 minor units; ``before``: i8, the sender's balance before the flow, written the
            first time and read when a flow is taken ``again`` after tags changed.
    """
    e = np.int64(start)
    while e < stop:
        s, r, amount = np.int64(sender[e]), np.int64(receiver[e]), value[e]
        if again:
            if not carry(state, s, r, amount, before[e], np.int64(hops)):
                return int(e)
            e += _ONE
            continue
        if r >= 0 and amount > _VALUE_MAX - state.received[r]:
            amount = _VALUE_MAX - state.received[r]
            value[e] = amount
        if s >= 0:
            before[e] = state.balance[s]
        if not carry(state, s, r, amount, before[e], np.int64(hops)):
            return int(e)
        if s >= 0:
            state.active[s] = 1
            state.balance[s] -= min(amount, state.balance[s])
        if r >= 0:
            state.active[r] = 1
            state.balance[r] += amount
            state.received[r] += amount
            # Clean value too lowers the share of a wallet that once saw taint: what is decided
            # follows from the flows, not from the batch in which the last taint came.
            if state.slot[r] >= 0:
                touch(state, np.int64(state.slot[r]))
        e += _ONE
    return int(e)


@lean_part
def weighed(state: TaintState, table: LineTable, slot: I64) -> tuple[I64, I64]:
    """Return what a wallet received from tagged wallets directly, and in all as hops weigh it."""
    seen, weight = state.seen[slot], table.weight
    width = weight.shape[0]
    direct, total = _ZERO, _ZERO
    for cell in range(seen.shape[0]):
        if seen[cell] != _ZERO:
            hop = cell % width
            if hop == _ZERO:
                direct += seen[cell]
            total += part_of(weight[hop], seen[cell], _MILLION)
    return direct, total


@lean_part
def is_over(value: I64, received: I64, share_line: I64, value_line: I64) -> I64:
    """Return whether a value lies above both lines: its own, and its share of all received."""
    return value > value_line and part_of(value, _MILLION, received) > share_line


@kernel
def decide(state: TaintState, table: LineTable, decision: Column) -> int:
    """Decide anew on the wallets that changed; return on how many."""
    count = state.counters[TOUCHED]
    for k in range(count):
        slot = state.touched[k]
        state.is_touched[slot] = 0
        node = state.node[slot]
        if state.role[node] != NO_ROLE:
            continue
        direct, total = weighed(state, table, slot)
        received = state.received[node]
        direct -= state.excused[slot, 0]
        total -= state.excused[slot, 1]
        lines = table.lines
        over = is_over(max(direct, _ZERO), received, lines[0], lines[1])
        over = over or is_over(max(total, _ZERO), received, lines[2], lines[3])
        decision[node] = EXPOSED if over else CLEAN
    state.counters[TOUCHED] = 0
    return int(count)
