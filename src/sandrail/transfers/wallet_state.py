"""What a desk knows of wallets, in memory: one byte a wallet for the gate, the rest behind it.

Nothing here writes; the desk's facts change it, what happens now and a replay alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.controls import GATED, GateRows, Kind, RowFact
from sandrail.ledger import Outcome
from sandrail.rulebook import Pack, RuleSet
from sandrail.transfers.errors import InstructionError
from sandrail.transfers.instructions import Instruction
from sandrail.transfers.wallet_rules import WalletRules
from sandrail.wallets import (
    NO_WALLET,
    NOTHING,
    Approval,
    Ceremony,
    Challenge,
    Change,
    CustodyRefused,
    ExposureGraph,
    Hosting,
    Movement,
    Proof,
    TagBook,
    TagUpdate,
    Wallet,
    WalletRegister,
    check_approval,
    check_ceremony,
    lines_from_rules,
)

__all__ = ["GRANTED_BY_DESK", "WaitingHold", "WalletState"]

GRANTED_BY_DESK = np.uint32(
    RowFact.OWNERSHIP_PROVEN | RowFact.CUSTODY_APPROVED | RowFact.ALLOW_LISTED
)
"""What speaks for a row is known from the desk's own facts; a caller's word for it is dropped."""

_LISTED, _EXPOSED = np.uint8(2), np.uint8(1)
_MOVES = np.uint32(GATED & ~(1 << Kind.SWEEP))
_OUTWARD = (Kind.TRANSFER, Kind.REMIT, Kind.REDEEM, Kind.OFF_RAMP)


class WaitingHold(NamedTuple):
    """A hold that names a wallet.

    Attributes:
        sender, receiver: nodes that value would flow between.
        pair: customer and wallet.
        unproven_minor: what it added to all that moved with the wallet unproven.
    """

    sender: int
    receiver: int
    pair: tuple[int, int]
    unproven_minor: int


class WalletState:
    """Wallets, tags, exposure, proofs, allowed wallets, custody keys and approvals of one desk.

    Attributes:
        desk: names this desk in challenges and approvals.
        rules: what the pack says.
        register: known wallets.
        tags: what lists and attribution packs say of addresses.
        graph: exposure over the desk's own transfers; None where the pack sets no lines.
        unstated: decisions that changed and that no fact states yet.
        ceremony: whose keys are in force.
    """

    def __init__(self, desk: str, rules: RuleSet, pack: Pack) -> None:
        lines = lines_from_rules(rules, pack)
        self.desk = desk
        self.rules = WalletRules.of(rules, pack)
        self.register = WalletRegister()
        self.tags = TagBook()
        self.graph = None if lines is None else ExposureGraph(lines)
        self._past: ExposureGraph | None = None
        self.unstated: list[Change] = []
        self.ceremonies: dict[str, Ceremony] = {}
        self.challenges: dict[int, Challenge] = {}
        self.proofs: dict[tuple[int, int], Proof] = {}
        self.allowed_us: dict[tuple[int, int], int] = {}
        self.excused_until_us: dict[int, int] = {}
        self.deposits: dict[int, tuple[int, int, int]] = {}
        self.given: dict[bytes, dict[str, Approval]] = {}
        self.unsigned: dict[int, Movement] = {}
        self.open: dict[int, WaitingHold] = {}
        self.unproven: dict[tuple[int, int], int] = {}
        self._batches: list[tuple[Any, Any, Any]] = []

    def under(self, rules: RuleSet, pack: Pack) -> None:
        """Apply other rules from now on; the flows so far are weighed by them too.

        What was cleared stays cleared as much as it was. While the rules set no lines nothing is
        exposed, but what moves is kept for lines that come back.
        """
        self.rules = WalletRules.of(rules, pack)
        lines, old = lines_from_rules(rules, pack), self.graph
        if lines == (None if old is None else old.lines):
            return
        unstated, past = list(self.unstated), self._past if old is None else old
        self.graph = None if lines is None else ExposureGraph(lines)
        self._past = past if self.graph is None else None
        if self.graph is not None:
            if past is not None:
                self.graph.add_flows(*past.flows_so_far())
                for node in self.excused_until_us:
                    self.graph.excuse(node, past.excused(node))
            self.retag()
            self.graph.refresh()
        sizes = [graph.decision.shape[0] for graph in (old, self.graph) if graph is not None]
        nodes = np.arange(max(sizes, default=0))
        before, after = _decisions(old, nodes), _decisions(self.graph, nodes)
        self.unstated = unstated + [
            Change(node, int(before[node]), int(after[node]))
            for node in np.flatnonzero(before != after).tolist()
        ]

    def retag(self) -> None:
        """Let the tags of every wallet count anew."""
        self._tag([wallet.address for wallet in self.register])

    # --- facts about wallets ---

    def add_wallet(self, address: str, hosting: Hosting, owner: int) -> Wallet:
        """Take in a wallet; what the tags say of it counts at once."""
        wallet = self.register.add(address, hosting, owner)
        self._tag([address])
        return wallet

    def apply_tags(self, update: TagUpdate) -> None:
        """Take over a new version of a source of tags; wallets it names change at once."""
        self._tag(self.tags.apply(update))

    def excuse(self, node: int, until_us: int) -> None:
        """Leave out what two people have looked at and cleared, until it expires."""
        if self.graph is not None:
            self.excused_until_us[node] = until_us
            self.graph.excuse(node, self.graph.seen(node))
            self.restate()

    def expire(self, now_us: int) -> None:
        """Count again what was cleared for a time that has passed."""
        over = [node for node, until_us in self.excused_until_us.items() if until_us < now_us]
        for node in over:
            del self.excused_until_us[node]
            if self.graph is not None:
                self.graph.excuse(node, NOTHING)
        if over:
            self.restate()

    def approve(self, approval: Approval) -> None:
        """Keep an approval that was checked; the same key counts once for one movement."""
        self.given.setdefault(bytes.fromhex(approval.digest), {})[approval.key] = approval

    def approved_before(self, approval: Approval) -> bool:
        """Whether this key signed this movement before."""
        return approval.key in self.given.get(bytes.fromhex(approval.digest), {})

    @property
    def ceremony(self) -> Ceremony | None:
        """The newest ceremony, whose keys are in force."""
        return next(reversed(self.ceremonies.values()), None)

    @property
    def ceremony_id(self) -> str:
        """Id of the ceremony in force; empty as long as none was held."""
        return "" if self.ceremony is None else self.ceremony.id

    @property
    def quorum(self) -> int:
        """How many keys must sign: what the ceremony says, and never fewer than the pack asks."""
        ceremony = self.ceremony
        return max(self.rules.quorum_min, 0 if ceremony is None else ceremony.quorum)

    def check_ceremony(self, held: Ceremony) -> None:
        """Raise ``CustodyRefused`` unless a ceremony's keys can be put in force."""
        quorum_min = self.rules.quorum_min
        check_ceremony(held, desk=self.desk, quorum_min=quorum_min, before=self.ceremonies)

    def hold_ceremony(self, held: Ceremony) -> None:
        """Put the keys of a ceremony that was checked in force."""
        self.ceremonies[held.id] = held

    def approvals(self, digest: bytes, now_us: int) -> int:
        """Return how many keys in force have signed a movement and still stand by it."""
        ceremony = self.ceremony
        if ceremony is None:
            return 0
        given = self.given.get(digest, {}).values()
        return sum(item.ceremony == ceremony.id and item.expires_us >= now_us for item in given)

    def waiting_for_signatures(self) -> Mapping[int, Movement]:
        """Return the holds whose quorum is not complete, or was not when they were judged."""
        return self.unsigned

    def check_approval(self, approval: Approval, now_us: int, *, by: str) -> None:
        """Raise ``CustodyRefused`` unless its holder gives the approval of a key in force."""
        key = check_approval(approval, self._ceremony(), now_us=now_us)
        if by != key.holder:
            raise CustodyRefused(
                "The approval is not accepted.",
                why=f"The key {key.id} is {key.holder}'s; {by} brought its approval.",
                fix="Let the holder of the key hand it in.",
                code="wallets.not_the_holder",
            )

    # --- what the gate reads ---

    def require_known(
        self,
        wallet: npt.NDArray[np.int64],
        debtor: npt.NDArray[np.int64],
        creditor: npt.NDArray[np.int64],
    ) -> None:
        """Refuse rows that name an unknown wallet, or one between two customers.

        Raises:
            InstructionError: the error names the first such row.
        """
        if not wallet.any():
            return
        strange = self.register.unknown(wallet)
        strange |= (wallet != NO_WALLET) & ((debtor >= 0) == (creditor >= 0))
        if strange.any():
            row = int(strange.argmax())
            raise InstructionError(
                f"Instruction {row} cannot name the wallet number {int(wallet[row])}.",
                why=f"The desk knows {len(self.register)} wallets, numbered from 1, and a wallet "
                "stands on the other side of exactly one customer.",
                fix="Register the wallet first; between two customers name none.",
                code="transfers.unknown_wallet",
                row=row,
            )

    def require_known_one(self, item: Instruction) -> None:
        """Refuse one instruction as ``require_known`` refuses rows."""
        self.require_known(
            *(np.array([end], dtype=np.int64) for end in (item.wallet, item.debtor, item.creditor))
        )

    def with_facts(
        self,
        asked: GateRows,
        wallet: npt.NDArray[np.int64],
        movements: Iterable[tuple[int, Movement]],
        hot_over: npt.NDArray[np.bool_] | None,
        now_us: int,
    ) -> GateRows:
        """Return the rows with what the desk knows about their wallets and customers.

        Args:
            wallet: number a row, ``NO_WALLET`` for none.
            movements: row and movement of everything that leaves custody in this batch.
            hot_over: rows that fill online wallets beyond their share.
        """
        facts = asked.facts & ~GRANTED_BY_DESK
        if self.graph is not None and self.graph.has_tags:
            facts |= self._exposure_bits(asked, wallet)
        if wallet.any():
            facts |= self._wallet_bits(asked, wallet, now_us)
        for row, movement in movements:
            facts[row] |= np.uint32(RowFact.LEAVES_CUSTODY)
            signed = self.approvals(movement.digest(), now_us)
            if self.ceremonies and signed >= self.quorum:
                facts[row] |= np.uint32(RowFact.CUSTODY_APPROVED)
        if hot_over is not None:
            facts[hot_over] |= np.uint32(RowFact.HOT_SHARE_OVER)
        return asked._replace(facts=facts)

    def outward(self, asked: GateRows, wallet: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the rows in which a customer's units go to a wallet that is not kept here."""
        leaves = (wallet != NO_WALLET) & (asked.debtor >= 0) & np.isin(asked.kind, _OUTWARD)
        return np.flatnonzero(leaves & ~self.register.hosted(wallet, Hosting.HERE))

    def _exposure_bits(
        self, asked: GateRows, wallet: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.uint32]:
        assert self.graph is not None
        debtor = np.where(asked.debtor >= 0, 2 * asked.debtor, -1)
        creditor = np.where(asked.creditor >= 0, 2 * asked.creditor, -1)
        decided = [self.graph.decisions(nodes) for nodes in (debtor, creditor)]
        other = self.graph.decisions(self.register.nodes(wallet))
        arrives = (other == _LISTED) & (asked.debtor < 0)
        listed = (decided[0] == _LISTED) | (decided[1] == _LISTED) | ((other == _LISTED) & ~arrives)
        exposed = (decided[0] == _EXPOSED) | (decided[1] == _EXPOSED) | (other == _EXPOSED)
        bits = np.where(listed, int(RowFact.ADDRESS_LISTED), 0)
        bits |= np.where(exposed, int(RowFact.ADDRESS_EXPOSED), 0)
        bits |= np.where(arrives, int(RowFact.FROM_LISTED), 0)
        return bits.astype(np.uint32)

    def _wallet_bits(
        self, asked: GateRows, wallet: npt.NDArray[np.int64], now_us: int
    ) -> npt.NDArray[np.uint32]:
        bits = np.zeros(wallet.shape[0], dtype=np.uint32)
        own = self.register.hosted(wallet, Hosting.SELF_HOSTED)
        asked_now: dict[tuple[int, int], int] = {}
        for row in np.flatnonzero(wallet).tolist():
            pair = (_customer(asked, row), int(wallet[row]))
            allowed_us = self.allowed_us.get(pair)
            if allowed_us is not None and now_us - allowed_us >= self.rules.cooling_us:
                bits[row] |= np.uint32(RowFact.ALLOW_LISTED)
            if not own[row]:
                continue
            bits[row] |= np.uint32(RowFact.SELF_HOSTED)
            proof = self.proofs.get(pair)
            if proof is not None and proof.proven_us <= now_us <= proof.expires_us:
                bits[row] |= np.uint32(RowFact.OWNERSHIP_PROVEN)
                continue
            asked_now[pair] = asked_now.get(pair, 0) + int(asked.value[row])
            if self.unproven.get(pair, 0) + asked_now[pair] > self.rules.proof_above_minor:
                bits[row] |= np.uint32(RowFact.PROOF_DUE)
        return bits

    # --- what the ledger did ---

    def took(
        self, asked: GateRows, wallet: npt.NDArray[np.int64], outcome: npt.NDArray[np.uint8]
    ) -> None:
        """Take over what a batch moved; worked out only once something is tagged."""
        if self._traces:
            nodes = self.register.nodes(wallet) if wallet.any() else None
            self._batches.append((asked, nodes, outcome))

    def keep(self, id_: int, asked: GateRows, row: int, wallet: int, *, posted: bool) -> None:
        """Remember a row that names a wallet: as a payment that may prove it, or as a hold."""
        party, value = _customer(asked, row), int(asked.value[row])
        if posted:
            self.deposits[id_] = (party, wallet, value)
        else:
            node = self.register.get(wallet).node
            ends = (2 * party, node) if asked.debtor[row] >= 0 else (node, 2 * party)
            self.open[id_] = WaitingHold(*ends, (party, wallet), 0)
        proven = int(asked.facts[row]) & RowFact.OWNERSHIP_PROVEN
        if self.register.get(wallet).hosting is Hosting.SELF_HOSTED and not proven:
            pair = (party, wallet)
            self.unproven[pair] = self.unproven.get(pair, 0) + value
            if not posted:
                self.open[id_] = self.open[id_]._replace(unproven_minor=value)

    def wait_for_signatures(self, movement: Movement) -> None:
        """Remember a hold that its quorum has not signed."""
        self.unsigned[movement.id] = movement

    @property
    def has_holds(self) -> bool:
        """Whether a hold names a wallet or waits for signatures."""
        return bool(self.open or self.unsigned)

    def settled(
        self,
        ids: Sequence[int],
        sender: npt.NDArray[np.int64],
        receiver: npt.NDArray[np.int64],
        value: npt.NDArray[np.int64],
    ) -> None:
        """Take over holds that became final.

        Args:
            ids: of the holds.
            sender, receiver: nodes of the customers on both sides, -1 for none.
        """
        if self.has_holds:
            for place, id_ in enumerate(ids):
                self.unsigned.pop(id_, None)
                hold = self.open.pop(id_, None)
                if hold is not None:
                    sender[place], receiver[place] = hold.sender, hold.receiver
        self._flow(sender, receiver, value)

    def released(self, ids: Iterable[int]) -> None:
        """Forget holds that were given back: nothing moved under them."""
        for id_ in ids:
            self.unsigned.pop(id_, None)
            hold = self.open.pop(id_, None)
            if hold is not None and hold.unproven_minor:
                self.unproven[hold.pair] -= hold.unproven_minor

    def observe(
        self,
        sender: npt.NDArray[np.int64],
        receiver: npt.NDArray[np.int64],
        value: npt.NDArray[np.int64],
    ) -> None:
        """Take over flows between wallets that a chain's log shows and no ledger posted."""
        self._flow(self.register.nodes(sender), self.register.nodes(receiver), value)

    def traced(self) -> ExposureGraph | None:
        """Return the graph with all that moved so far in it; None where nothing is traced.

        Under rules without lines it is the graph of the last lines, which decides nothing.
        """
        graph = self._past if self.graph is None else self.graph
        if graph is not None:
            self._feed(graph)
        return graph

    def restate(self) -> None:
        """Decide anew where figures changed; nothing is computed while nothing is tagged."""
        graph = self.graph
        if graph is None or not graph.has_tags:
            return
        self._feed(graph)
        self.unstated += graph.refresh()

    def _flow(
        self,
        sender: npt.NDArray[np.int64],
        receiver: npt.NDArray[np.int64],
        value: npt.NDArray[np.int64],
    ) -> None:
        if self._traces:
            self._batches.append((sender, receiver, value))

    @property
    def _traces(self) -> bool:
        """Whether flows are kept: for the lines in force, or for lines that may come back."""
        return self.graph is not None or self._past is not None

    def _feed(self, graph: ExposureGraph) -> None:
        """Give the graph all that has waited, in its order."""
        for waiting in self._batches:
            first, second, third = waiting
            if isinstance(first, GateRows):
                graph.add_flows(*_moved(first, second, third))
            else:
                graph.add_flows(first, second, third)
        self._batches.clear()

    def _tag(self, addresses: Iterable[str]) -> None:
        if self.graph is None:
            return
        self._feed(self.graph)
        roles: dict[int, str | None] = {}
        for address in addresses:
            wallet = self.register.find(address)
            if wallet is not None:
                said = (self.tags.category(near.address, self.rules.categories)
                        for near in self.register.at_node(wallet.node))  # fmt: skip
                roles[wallet.node] = next((word for word in said if word is not None), None)
        self.graph.set_roles(roles)
        self.unstated += self.graph.refresh()

    def _ceremony(self) -> Ceremony:
        if self.ceremony is None:
            raise CustodyRefused(
                "There are no custody keys.",
                why="No key ceremony was recorded on this desk.",
                fix="Hold one, and record it.",
                code="wallets.no_ceremony",
            )
        return self.ceremony


def _decisions(graph: ExposureGraph | None, nodes: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    return np.zeros(nodes.shape[0], np.uint8) if graph is None else graph.decisions(nodes)


def _customer(asked: GateRows, row: int) -> int:
    debtor = int(asked.debtor[row])
    return debtor if debtor >= 0 else int(asked.creditor[row])


def _moved(
    asked: GateRows, nodes: npt.NDArray[np.int64] | None, outcome: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the flows of a batch: rows that the ledger posted, settlements excepted."""
    moves = (np.uint32(1) << asked.kind.astype(np.uint32)) & _MOVES != 0
    posted = np.flatnonzero(moves & (outcome == Outcome.POSTED))
    debtor, creditor = asked.debtor[posted], asked.creditor[posted]
    nowhere = np.full(posted.shape[0], -1) if nodes is None else nodes[posted]
    sender = np.where(debtor >= 0, 2 * debtor, nowhere)
    receiver = np.where(creditor >= 0, 2 * creditor, nowhere)
    return sender, receiver, asked.value[posted]
