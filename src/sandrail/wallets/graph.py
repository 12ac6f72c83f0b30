"""Where a wallet's value came from, over the economy's own transfers.

Nodes are numbered by the caller; the graph knows no addresses. It is fed flows in the order of the
journal and tells, for every node, how much of what it ever received can be traced to tagged nodes,
over how many hops. Fed in any batches, it says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.wallets.errors import WalletError
from sandrail.wallets.kernel import (
    ABSORBED,
    CLEAN,
    EMITTED,
    LISTED,
    NO_ROLE,
    NO_SLOT,
    SERVICE,
    SLOTS,
    TOUCHED,
    TaintState,
    absorb,
    decide,
)
from sandrail.wallets.limits import MILLION, NODES_MAX, VALUE_MAX
from sandrail.wallets.lines import ExposureLines

__all__ = ["NOTHING", "Change", "Exposure", "ExposureGraph", "Ingredient", "Seen", "Totals"]

I64Array = npt.NDArray[np.int64]


class Ingredient(NamedTuple):
    """Part of what a wallet received.

    Attributes:
        category: of the tagged wallet it came from.
        hops: 1 for straight from it; one more than the pack tells apart means "further away".
        value_minor: in minor units of the pack's currency.
        share_ppm: of all that the wallet received, in millionths rounded down.
    """

    category: str
    hops: int
    value_minor: int
    share_ppm: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is known of one wallet.

    Attributes:
        category: the wallet's own tag; empty for none.
        received_minor, balance_minor: in minor units of the pack's currency.
        tainted_balance_minor: how much of the balance came from tagged wallets; what a quarantine
            would set aside.
        direct_minor, indirect_minor: received straight from tagged wallets, and over further hops
            that the pack tells apart.
        hops: fewest hops to a tagged wallet that value came over; 0 when none did.
        share_ppm: direct and indirect share of all received.
        ingredients: nearest first, then by category.
    """

    category: str
    received_minor: int
    balance_minor: int
    tainted_balance_minor: int
    direct_minor: int
    indirect_minor: int
    hops: int
    share_ppm: int
    ingredients: tuple[Ingredient, ...]


class Change(NamedTuple):
    """A node whose decision changed."""

    node: int
    before: int
    after: int


class Seen(NamedTuple):
    """What a node received from tagged ones, in minor units of the pack's currency.

    Attributes:
        direct: straight from them.
        weighed: all of it as hops weigh it.
    """

    direct: int
    weighed: int


class Totals(NamedTuple):
    """The graph's own books: emitted = held + absorbed, always.

    Attributes:
        emitted: taint that left tagged wallets.
        held: taint in the balances of all others.
        absorbed: taint that came back to tagged wallets, entered a service, or left the graph.
    """

    emitted: int
    held: int
    absorbed: int


NOTHING = Seen(0, 0)


class ExposureGraph:
    """Flows, tags and decisions of one economy."""

    def __init__(self, lines: ExposureLines) -> None:
        self.lines = lines
        self.flows = 0
        self._width = lines.hops + 1
        self._table = lines.table()
        self._sender = np.empty(1_024, dtype=np.int32)
        self._receiver = np.empty(1_024, dtype=np.int32)
        self._value = np.empty(1_024, dtype=np.int64)
        self._before = np.zeros(1_024, dtype=np.int64)
        self._state = _empty(64, 64, lines.cells)
        self._excused: dict[int, Seen] = {}
        self._was: dict[int, int] = {}
        self._tagged: set[int] = set()
        self.decision = np.zeros(64, dtype=np.uint8)

    # --- feeding it ---

    def add_flows(self, sender: I64Array, receiver: I64Array, value: I64Array) -> None:
        """Take flows in their order.

        Args:
            sender, receiver: nodes; -1 for the firm itself or for somewhere nobody knows, from
                where clean value comes and where taint disappears.
            value: minor units of the pack's currency; flows of nothing or to oneself are left out.
        """
        moves = (value > 0) & (sender != receiver)
        count = int(moves.sum())
        if not count:
            return
        start, stop = self.flows, self.flows + count
        self._reserve_flows(stop)
        self._sender[start:stop] = sender[moves]
        self._receiver[start:stop] = receiver[moves]
        self._value[start:stop] = np.minimum(value[moves], VALUE_MAX)
        top = max(int(self._sender[start:stop].max()), int(self._receiver[start:stop].max()))
        self._reserve_nodes(top + 1)
        self.flows = stop
        self._run(start, stop, again=False)

    def set_roles(self, categories: Mapping[int, str | None]) -> bool:
        """Tag nodes with a category, untag them (None), or mark a known service (an empty text).

        Taint is computed again only where one of the nodes ever moved value.

        Returns:
            whether taint was computed again.

        Raises:
            WalletError: a category is none of the pack's.
        """
        if not categories:
            return False
        roles = {node: self._role(category) for node, category in categories.items()}
        self._reserve_nodes(max(roles) + 1)
        state = self._state
        changed = [node for node, role in roles.items() if state.role[node] != role]
        again = any(bool(state.active[node]) for node in changed)
        for node in changed:
            state.role[node] = roles[node]
            self._was.setdefault(node, int(self.decision[node]))
            self.decision[node] = LISTED if roles[node] >= 0 else CLEAN
            self._touch(node)
            if roles[node] == NO_ROLE:
                self._tagged.discard(node)
            else:
                self._tagged.add(node)
        if again:
            self._again()
        return again

    def excuse(self, node: int, cleared: Seen) -> None:
        """Leave out so much of what a node received when deciding: two people looked at it."""
        self._reserve_nodes(node + 1)
        self._excused[node] = cleared
        slot = int(self._state.slot[node])
        if slot >= 0:
            self._state.excused[slot] = cleared
            self._touch(node)

    def excused(self, node: int) -> Seen:
        """Return how much of what a node received is left out when deciding."""
        return self._excused.get(node, NOTHING)

    def refresh(self) -> list[Change]:
        """Decide anew where figures changed; return whose decision is another one now."""
        state, count = self._state, int(self._state.counters[TOUCHED])
        if not count and not self._was:
            return []
        told = np.array(sorted(self._was), dtype=np.int64)
        nodes = np.union1d(state.node[state.touched[:count]], told)
        before = self.decision[nodes]
        before[np.searchsorted(nodes, told)] = [self._was[node] for node in told.tolist()]
        self._was.clear()
        decide(state, self._table, self.decision)
        after = self.decision[nodes]
        return [
            Change(int(nodes[k]), int(before[k]), int(after[k]))
            for k in np.flatnonzero(before != after)
        ]

    # --- asking it ---

    @property
    def has_tags(self) -> bool:
        """Whether any node is tagged; while none is, nothing can be exposed."""
        return bool(self._tagged)

    def decisions(self, nodes: I64Array) -> npt.NDArray[np.uint8]:
        """Return the decision on each node; clean for -1 and for nodes it never heard of."""
        known = (nodes >= 0) & (nodes < self.decision.shape[0])
        found: npt.NDArray[np.uint8] = np.where(known, self.decision[np.where(known, nodes, 0)], 0)
        return found.astype(np.uint8)

    def exposure(self, node: int) -> Exposure:
        """Return what is known of a node, exactly."""
        state = self._state
        if not 0 <= node < state.role.shape[0]:
            return Exposure("", 0, 0, 0, 0, 0, 0, 0, ())
        role, slot, received = int(state.role[node]), int(state.slot[node]), state.received[node]
        names = self.lines.categories
        seen = [0] * self.lines.cells if slot < 0 else state.seen[slot].tolist()
        found = [
            Ingredient(
                names[cell // self._width],
                cell % self._width + 1,
                value,
                value * MILLION // int(received),
            )
            for cell, value in enumerate(seen)
            if value
        ]
        near = [item for item in found if item.hops <= self.lines.hops]
        direct = sum(item.value_minor for item in near if item.hops == 1)
        total = sum(item.value_minor for item in near)
        return Exposure(
            category=names[role] if role >= 0 else "",
            received_minor=int(received),
            balance_minor=int(state.balance[node]),
            tainted_balance_minor=0 if slot < 0 else int(state.held[slot].sum()),
            direct_minor=direct,
            indirect_minor=total - direct,
            hops=min((item.hops for item in found), default=0),
            share_ppm=total * MILLION // int(received) if total else 0,
            ingredients=tuple(sorted(found, key=lambda item: (item.hops, item.category))),
        )

    def seen(self, node: int) -> Seen:
        """Return a node's value from tagged wallets."""
        weights = self.lines.weights_ppm()
        slot = int(self._state.slot[node]) if 0 <= node < self._state.slot.shape[0] else -1
        seen = [] if slot < 0 else self._state.seen[slot].tolist()
        return Seen(
            sum(seen[:: self._width]),
            sum(value * weights[cell % self._width] // MILLION for cell, value in enumerate(seen)),
        )

    def path(self, node: int, *, category: str) -> tuple[int, ...]:
        """Return a shortest chain of nodes, in time, over which value came from a tagged one.

        The first is tagged, the last is ``node``; empty when there is none within the hops.
        """
        role = self._role(category)
        reached: dict[int, tuple[int, tuple[int, ...]]] = {node: (self.flows, ())}
        for _ in range(self.lines.hops):
            ahead: dict[int, tuple[int, tuple[int, ...]]] = {}
            for receiver, (until, way) in sorted(reached.items()):
                flows = np.flatnonzero(self._receiver[:until] == receiver)
                for flow in flows[::-1].tolist():
                    sender = int(self._sender[flow])
                    if sender < 0 or ahead.get(sender, (-1, ()))[0] >= flow:
                        continue
                    if self._state.role[sender] == role:
                        return (sender, receiver, *way)
                    if self._state.role[sender] == NO_ROLE:
                        ahead[sender] = (flow, (receiver, *way))
            reached = ahead
        return ()

    def flows_so_far(self) -> tuple[I64Array, I64Array, I64Array]:
        """Return senders, receivers and values of all flows, in their order."""
        upto = slice(0, self.flows)
        return (
            self._sender[upto].astype(np.int64),
            self._receiver[upto].astype(np.int64),
            self._value[upto].copy(),
        )

    def totals(self) -> Totals:
        """Return the graph's own books."""
        state, slots = self._state, int(self._state.counters[SLOTS])
        held = sum(state.held[:slots].sum(axis=0, dtype=np.int64).tolist())
        return Totals(int(state.counters[EMITTED]), held, int(state.counters[ABSORBED]))

    # --- inside ---

    def _role(self, category: str | None) -> int:
        if category is None:
            return int(NO_ROLE)
        if not category:
            return int(SERVICE)
        if category not in self.lines.categories:
            raise WalletError(
                f"{category!r} is no category that the pack knows.",
                why=f"It knows {', '.join(self.lines.categories)}.",
                fix="Use one of them, or add it to the pack.",
                code="wallets.bad_tag",
            )
        return self.lines.categories.index(category)

    def _touch(self, node: int) -> None:
        slot = int(self._state.slot[node])
        if slot >= 0 and not self._state.is_touched[slot]:
            self._state.is_touched[slot] = 1
            self._state.touched[self._state.counters[TOUCHED]] = slot
            self._state.counters[TOUCHED] += 1

    def _again(self) -> None:
        """Compute all taint anew from the first flow; balances do not depend on tags."""
        old, room = self._state, self._state.node.shape[0]
        was = old.node[: int(old.counters[SLOTS])].copy()
        fresh = _empty(1, room, self.lines.cells)
        old.slot[:] = NO_SLOT
        self._state = fresh._replace(
            balance=old.balance,
            received=old.received,
            role=old.role,
            active=old.active,
            slot=old.slot,
        )
        # A wallet that had taint keeps a slot, so that losing it is noticed as a change too.
        self._state.slot[was] = np.arange(was.shape[0], dtype=np.int32)
        self._state.node[: was.shape[0]] = was
        self._state.counters[SLOTS] = was.shape[0]
        for node in was.tolist():
            self._touch(node)
        self._run(0, self.flows, again=True)

    def _run(self, start: int, stop: int, *, again: bool) -> None:
        hops = self.lines.hops
        columns = (self._sender, self._receiver, self._value, self._before)
        while (start := absorb(self._state, *columns, start, stop, hops, again)) < stop:
            self._reserve_slots(2 * self._state.node.shape[0])
        for node, cleared in self._excused.items():
            if self._state.slot[node] >= 0:
                self._state.excused[self._state.slot[node]] = cleared

    def _reserve_flows(self, count: int) -> None:
        if count > self._value.shape[0]:
            room = max(count, 2 * self._value.shape[0])
            for name in ("_sender", "_receiver", "_value", "_before"):
                setattr(self, name, _longer(getattr(self, name), room, 0))

    def _reserve_nodes(self, count: int) -> None:
        state = self._state
        have = state.role.shape[0]
        if count <= have:
            return
        if count > NODES_MAX:
            raise WalletError(
                f"{count} wallets are more than one graph holds.",
                why=f"It numbers them up to {NODES_MAX}.",
                fix="Split the economy.",
            )
        room = min(max(count, 2 * have), NODES_MAX)
        self._state = state._replace(
            balance=_longer(state.balance, room, 0),
            received=_longer(state.received, room, 0),
            role=_longer(state.role, room, int(NO_ROLE)),
            active=_longer(state.active, room, 0),
            slot=_longer(state.slot, room, int(NO_SLOT)),
        )
        self.decision = _longer(self.decision, room, int(CLEAN))

    def _reserve_slots(self, room: int) -> None:
        state = self._state
        self._state = state._replace(
            node=_longer(state.node, room, 0),
            held=_longer(state.held, room, 0),
            seen=_longer(state.seen, room, 0),
            touched=_longer(state.touched, room, 0),
            is_touched=_longer(state.is_touched, room, 0),
            excused=_longer(state.excused, room, 0),
        )


def _empty(nodes: int, slots: int, cells: int) -> TaintState:
    return TaintState(
        balance=np.zeros(nodes, dtype=np.int64),
        received=np.zeros(nodes, dtype=np.int64),
        role=np.full(nodes, NO_ROLE, dtype=np.int8),
        active=np.zeros(nodes, dtype=np.uint8),
        slot=np.full(nodes, NO_SLOT, dtype=np.int32),
        node=np.zeros(slots, dtype=np.int64),
        held=np.zeros((slots, cells), dtype=np.int64),
        seen=np.zeros((slots, cells), dtype=np.int64),
        touched=np.zeros(slots, dtype=np.int64),
        is_touched=np.zeros(slots, dtype=np.uint8),
        excused=np.zeros((slots, 2), dtype=np.int64),
        counters=np.zeros(4, dtype=np.int64),
        scratch=np.zeros(cells, dtype=np.int64),
    )


def _longer(column: npt.NDArray[Any], room: int, fill: int) -> npt.NDArray[Any]:
    shape = (room, *column.shape[1:])
    # Zeros cost nothing until they are written; a fill touches every page.
    longer = np.zeros(shape, column.dtype) if fill == 0 else np.full(shape, fill, column.dtype)
    longer[: column.shape[0]] = column
    return longer
