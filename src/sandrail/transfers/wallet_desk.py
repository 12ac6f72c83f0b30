"""The desk's counter for wallets: register, tag, prove, allow, sign, clear.

Every act is a fact; the gate feels it from the next row on. Whoever asks why a wallet waits gets
the supervisor's answer here; the firm's customer only ever sees the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sandrail.journal import Json, encode_frame, json_payload
from sandrail.ledger import AccountFlag, ChartCode
from sandrail.screening import ScreeningList
from sandrail.transfers.checks import require_asset, require_parties
from sandrail.transfers.desk import Desk
from sandrail.transfers.errors import NotAllowed
from sandrail.transfers.instructions import Instruction, batch_of
from sandrail.transfers.wallet_facts import draft_decided, require_deposit
from sandrail.transfers.wallet_rows import custody_minor, movement_of
from sandrail.transfers.wallet_state import WalletState
from sandrail.wallets import (
    NO_OWNER,
    Approval,
    Ceremony,
    Challenge,
    CustodyRefused,
    Exposure,
    ExposureGraph,
    Hosting,
    Method,
    Movement,
    ProofRefused,
    TagUpdate,
    View,
    Wallet,
    WalletError,
    check_contract_signature,
    check_signature,
    clean_address,
    party_node,
    tag_update,
)
from sandrail.wallets.limits import (
    CHALLENGE_LIFE_US,
    REASON_CHARS_MAX,
    WALLETS_PER_ACT_MAX,
)
from sandrail.world import SYSTEM, AccountNo, Actor, derive_id

__all__ = ["ChainFlow", "TagReport", "WalletDesk", "WalletReport"]


class ChainFlow(NamedTuple):
    """A transfer between wallets that a chain's log shows.

    Attributes:
        sender, receiver: addresses.
        asset: index of the asset on the desk.
        amount_minor: units of the asset.
    """

    sender: str
    receiver: str
    asset: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class TagReport:
    """What a new version of a source of tags did.

    Attributes:
        update: what changed in the tags.
        changed: wallets or customers whose decision is another one now.
        took_us: from the call to the moment from which rows are judged by it, on the desk's clock.
    """

    update: TagUpdate
    changed: int
    took_us: int


@dataclass(frozen=True, slots=True)
class WalletReport:
    """What a supervisor sees about a wallet.

    Attributes:
        name: its address, or ``customer`` and the firm's reference.
        decision: ``clean``, ``exposed`` or ``listed``.
        rule: the rule of the pack behind the decision; empty for a clean one.
        exposure: where its value came from.
        path: addresses or customers over which the nearest of it came, the tagged wallet first.
        sources: what each source says of the address itself.
    """

    name: str
    decision: str
    rule: str
    exposure: Exposure
    path: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]


_DECISIONS = ("clean", "exposed", "listed")
_RULES = ("", "G20.chain_analytics_required", "G20.tagged_categories")


class WalletDesk:
    """Acts on the wallets of one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def state(self) -> WalletState:
        """What the desk knows of wallets."""
        return self.desk.floor.wallets

    # --- wallets and tags ---

    def register(
        self, address: str, hosting: Hosting, *, owner: int = NO_OWNER, actor: Actor = SYSTEM
    ) -> Wallet:
        """Take in one wallet; a known one is returned as it is.

        Raises:
            WalletError: the address cannot be used, or is known as somebody else's.
        """
        return self.register_all([(address, hosting, owner)], actor=actor)[0]

    def register_all(
        self, wallets: Sequence[tuple[str, Hosting, int]], *, actor: Actor = SYSTEM
    ) -> list[Wallet]:
        """Take in wallets, each with who runs it and which customer the firm hosts it for.

        Raises:
            WalletError: too many, or an address is known as somebody else's.
        """
        if len(wallets) > WALLETS_PER_ACT_MAX:
            raise _bad(f"{len(wallets)} wallets came at once; {WALLETS_PER_ACT_MAX} may.")
        new: dict[str, list[object]] = {}
        for address, hosting, owner in wallets:
            if (hosting is Hosting.HERE) != (owner >= 0) or owner >= self._parties:
                raise _bad("A wallet that the firm hosts has a customer, and no other one has.")
            clean = clean_address(address)
            known = self.state.register.find(clean)
            said = (known.hosting, known.owner) if known else (hosting, owner)
            row: list[object] = [clean, int(hosting), owner]
            if said != (hosting, owner) or new.get(clean, row) != row:
                raise _bad(f"{clean} is known as {said[0].name}, owner {said[1]}.")
            if known is None:
                new[clean] = row
        if new:
            self._record(("wallets.registered", json_payload({"wallets": list(new.values())})),
                         actor=actor)  # fmt: skip
        return [self.state.register.require(address) for address, _, _ in wallets]

    def update_tags(self, found: ScreeningList, *, actor: Actor = SYSTEM) -> TagReport:
        """Take over a version of a list or attribution pack; the next row feels it.

        Raises:
            NotAllowed: it is not the actor's to do.
        """
        signed = self.desk.require_duty("wallets.tagged", actor)
        began_us = self.desk.instant()
        update = tag_update(found, self.state.tags)
        payload = json_payload(update.as_plain() | signed)
        changed = self._record(("wallets.tagged", payload), actor=actor)
        return TagReport(update, changed, self.desk.instant() - began_us)

    def observe(self, flows: Sequence[ChainFlow], *, source: str, actor: Actor = SYSTEM) -> int:
        """Take over transfers that a chain's log shows and no ledger posted.

        Wallets nobody knows are registered as self-hosted, the stricter assumption. What moved
        between two customers is left out: the ledger has it already.

        Returns:
            how many flows were taken.

        Raises:
            NotAllowed: it is not the actor's to tell.
            InstructionError: a flow is of an asset that the desk does not move.
        """
        signed = self.desk.require_duty("wallets.observed", actor)
        for flow in flows:
            require_asset(self.desk.floor, flow.asset)
        known = self.state.register.find
        strangers = dict.fromkeys(
            clean_address(end) for flow in flows for end in flow[:2] if known(end) is None
        )
        self.register_all([(end, Hosting.SELF_HOSTED, NO_OWNER) for end in strangers], actor=actor)
        terms = self.desk.floor.terms.assets
        rows = []
        for flow in flows:
            ends = [self.state.register.require(end) for end in flow[:2]]
            if not all(end.hosting is Hosting.HERE for end in ends):
                term = terms[flow.asset]
                value = -(-flow.amount_minor * term.price_numerator // term.price_denominator)
                rows.append((ends[0].number, ends[1].number, min(value, 2**62)))
        if rows:
            table = np.array(rows, dtype=np.int64)
            names = ("sender", "receiver", "value")
            columns = {n: np.ascontiguousarray(table[:, k]) for k, n in enumerate(names)}
            meta: dict[str, Json] = {"source": source, "role": str(signed["role"])}
            self._record(("wallets.observed", encode_frame(columns, meta)), actor=actor)
        return len(rows)

    def report(self, address: str) -> WalletReport:
        """Return what is known of a wallet, for a supervisor."""
        wallet = self.state.register.require(address)
        return self._report(wallet.node, self.state.tags.of(wallet.address))

    def report_customer(self, ref: str) -> WalletReport:
        """Return what is known of a customer's holdings here, for a supervisor."""
        node = party_node(self.desk.floor.parties.number(ref))
        said: dict[str, str] = {}
        for wallet in self.state.register.at_node(node):
            said |= self.state.tags.of(wallet.address)
        return self._report(node, said)

    def _report(self, node: int, said: Mapping[str, str]) -> WalletReport:
        graph = self._graph()
        exposure = graph.exposure(node)
        decision = int(graph.decisions(np.array([node]))[0])
        nearest = exposure.ingredients[0].category if exposure.ingredients else ""
        path = graph.path(node, category=nearest) if nearest else ()
        return WalletReport(
            name=self._name(node),
            decision=_DECISIONS[decision],
            rule=_RULES[decision],
            exposure=exposure,
            path=tuple(self._name(step) for step in path),
            sources=tuple(sorted(said.items())),
        )

    def clear(
        self, address: str, *, until_us: int, reason: str, actor: Actor, confirmed_by: Actor
    ) -> None:
        """Clear what is known of a wallet so far; more of it counts again, and all of it later.

        Raises:
            NotAllowed: not two people whose duty it is, or no reason is given.
        """
        signed = self.desk.require_duty("wallets.cleared", actor, confirmed_by)
        if not 0 < len(reason.strip()) <= REASON_CHARS_MAX or not reason.isprintable():
            raise NotAllowed(
                "The wallet stays as it is.",
                why=f"A reason has 1 to {REASON_CHARS_MAX} printable characters.",
                fix="Give a reason.",
                code="transfers.no_reason",
            )
        node = self.state.register.require(address).node
        plain = {
            "node": node,
            "value_minor": self._graph().seen(node).weighed,
            "until_us": until_us,
            "reason": reason,
        }
        self._record(("wallets.cleared", json_payload(plain | signed)), actor=actor)

    # --- whose wallet it is ---

    def challenge(
        self, party: int, address: str, *, asset: int = 0, actor: Actor = SYSTEM
    ) -> Challenge:
        """Ask a customer to prove a wallet; the answer is a signature or a micro-deposit.

        Raises:
            InstructionError: the desk has no such customer or asset.
        """
        require_parties(self.desk.floor, np.array([party], dtype=np.int64))
        require_asset(self.desk.floor, asset)
        wallet = self.state.register.require(address)
        head = self.desk.journal.head
        nonce = int(derive_id("wallet-challenge", head.hash.hex(), wallet.number, party))
        plain = {
            "wallet": wallet.number,
            "party": party,
            "asset": self.desk.floor.terms.assets[asset].asset.code,
            "nonce": f"{nonce:032x}",
            "expires_us": self.desk.instant() + CHALLENGE_LIFE_US,
        }
        self._record(("wallets.challenged", json_payload(plain)), actor=actor)
        return self.state.challenges[nonce]

    def prove(
        self, nonce: int, signature: bytes, *, view: View | None = None, actor: Actor = SYSTEM
    ) -> None:
        """Take a signature over a challenge; with ``view``, ask the contract at the address.

        Raises:
            ProofRefused: unknown or answered challenge, expired, or not the wallet's signature.
        """
        challenge = self._challenge(nonce)
        challenge.require_open(self.desk.instant())
        if view is None:
            check_signature(challenge, signature)
        else:
            check_contract_signature(challenge, signature, view)
        method = Method.SIGNATURE if view is None else Method.CONTRACT
        self._proven(nonce, method, signature.hex(), actor)

    def prove_by_deposit(self, nonce: int, transfer_id: int, *, actor: Actor = SYSTEM) -> None:
        """Take a posted payment of the exact amount from the wallet as the answer.

        Raises:
            ProofRefused: it is not that payment.
        """
        challenge = self._challenge(nonce)
        challenge.require_open(self.desk.instant())
        number = self.state.register.require(challenge.wallet).number
        party = self.desk.floor.parties.number(challenge.customer)
        require_deposit(self.desk.floor, challenge, number, party, transfer_id)
        self._proven(nonce, Method.MICRO_DEPOSIT, f"{transfer_id:032x}", actor)

    def allow(self, party: int, address: str, *, actor: Actor = SYSTEM) -> None:
        """Put a wallet on a customer's list; it counts after the pack's time."""
        self._allow(party, address, allowed=True, actor=actor)

    def disallow(self, party: int, address: str, *, actor: Actor = SYSTEM) -> None:
        """Take a wallet off a customer's list, from the next row on."""
        self._allow(party, address, allowed=False, actor=actor)

    # --- custody ---

    def hold_ceremony(self, ceremony: Ceremony, *, actor: Actor) -> None:
        """Put the keys of a ceremony in force; approvals of older keys count no more.

        Raises:
            NotAllowed: it is not the actor's to do. CustodyRefused: the record does not hold.
        """
        signed = self.desk.require_duty("custody.ceremony", actor)
        self.state.check_ceremony(ceremony)
        payload = json_payload(ceremony.as_plain() | signed)
        self._record(("custody.ceremony", payload), actor=actor)

    def approve(self, approval: Approval, *, actor: Actor) -> int:
        """Take one key's approval; return how many keys stand by the movement now.

        Raises:
            CustodyRefused: not signed by a key in force, not brought by its holder, expired, or
                given before.
        """
        self.state.check_approval(approval, self.desk.instant(), by=actor.id)
        if self.state.approved_before(approval):
            raise CustodyRefused(
                "The approval is not accepted.",
                why=f"The key {approval.key} signed this movement before.",
                fix="Let another key holder sign.",
                code="wallets.bad_approval",
            )
        plain = {name: getattr(approval, name) for name in Approval.__slots__}
        self._record(("custody.approved", json_payload(plain)), actor=actor)
        return self.state.approvals(bytes.fromhex(approval.digest), self.desk.instant())

    def movement(self, instruction: Instruction) -> Movement:
        """Return what an instruction would take out of custody: what key holders sign."""
        batch = batch_of([instruction])
        rows, asked = self.desk.floor.lay_out(batch)
        return movement_of(self.desk.floor, rows, asked, batch.wallet, 0)

    def open_custody(self, asset: int, *, actor: Actor = SYSTEM) -> tuple[AccountNo, AccountNo]:
        """Open the accounts of an asset's online and cold wallets; return their numbers."""
        online, cold = (
            self.desk.open_account(asset, chart, AccountFlag.MUST_NOT_OVERDRAW_DEBITS, actor=actor)
            for chart in (ChartCode.CUSTODY_ONLINE, ChartCode.CUSTODY_COLD)
        )
        return online, cold

    def custody(self, asset: int) -> tuple[int, int]:
        """Return how many units of an asset are kept online and cold."""
        return custody_minor(self.desk.floor, asset)

    # --- inside ---

    def _graph(self) -> ExposureGraph:
        graph = self.state.traced()
        if graph is None or self.state.graph is None:
            raise WalletError(
                "This desk does not trace value.",
                why="Its pack sets no lines on exposure.",
                fix="Set the rules of G20 in the pack.",
                code="wallets.no_lines",
            )
        return graph

    @property
    def _parties(self) -> int:
        return self.desk.floor.parties.count

    def _name(self, node: int) -> str:
        hosted = self.state.register.at_node(node)
        if hosted:
            return hosted[0].address
        return f"customer {self.desk.floor.parties.ref(node // 2)}"

    def _challenge(self, nonce: int) -> Challenge:
        found = self.state.challenges.get(nonce)
        if found is None:
            raise ProofRefused(
                "There is no such challenge.",
                why="It was never given, or it was answered before.",
                fix="Ask for a new one.",
                code="wallets.no_challenge",
            )
        return found

    def _proven(self, nonce: int, method: Method, evidence: str, actor: Actor) -> None:
        plain = {"nonce": f"{nonce:032x}", "method": method.value, "evidence": evidence}
        self._record(("wallets.proven", json_payload(plain)), actor=actor)

    def _allow(self, party: int, address: str, *, allowed: bool, actor: Actor) -> None:
        wallet = self.state.register.require(address)
        require_parties(self.desk.floor, np.array([party], dtype=np.int64))
        plain = {"party": party, "wallet": wallet.number, "allowed": allowed}
        self._record(("wallets.allowed", json_payload(plain)), actor=actor)

    def _record(self, draft: tuple[str, bytes], *, actor: Actor) -> int:
        """Record an act, and state what it changed; return how many decisions that were."""
        self.desk.record(draft, actor=actor)
        changed = len(self.state.unstated)
        if changed:
            self.desk.record(draft_decided(self.state))
        return changed


def _bad(why: str) -> WalletError:
    return WalletError("The wallets cannot be registered.", why=why, fix="Check the list.")
