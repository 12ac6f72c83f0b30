"""Wallets for tests: a desk whose firm keeps custody, addresses, lists, key holders."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_keys import keys

from sandrail.controls import Kind
from sandrail.journal import Journal
from sandrail.screening import ScreeningList, load_addresses_json
from sandrail.transfers import Desk, Instruction, WalletDesk, batch_of, rebuild
from sandrail.transfers.replay import KINDS
from sandrail.wallets import (
    Approval,
    Ceremony,
    CustodyKey,
    Hosting,
    Movement,
    sign_approval,
    sign_possession,
)
from sandrail.world import Actor, Role, TrialClock, derive_id
from tests.makers.desk import START_US, open_desk

OFFICER = Actor("pvara:officer", "An Officer", Role.SUPERVISOR, "pvara")
HEAD = Actor("pvara:head", "A Head", Role.HEAD, "pvara")
MLRO = Actor("firm:mlro", "An MLRO", Role.MLRO, "PK-F-0001")
SEEDS = {f"ops-{n}": bytes([n]) * 32 for n in (1, 2, 3)}
BAD = "0x" + "bad0" * 10
MIXER = "0x" + "e1e1" * 10


def address(number: int) -> str:
    """An address of nobody."""
    return f"0x{derive_id('address', number):040x}"


def own_wallet(number: int) -> keys.PrivateKey:
    """The key of somebody's own wallet."""
    return keys.PrivateKey(bytes([number]) * 32)


@dataclass
class Economy:
    """A desk with custody accounts and customers who have one wallet each.

    Attributes:
        online, cold: the firm's custody accounts.
    """

    desk: Desk
    wallets: WalletDesk
    clock: TrialClock
    online: int
    cold: int
    count: int = 0

    def next_id(self) -> int:
        """An id that was not used yet."""
        self.count += 1
        return derive_id("economy", self.count)

    def deposit(self, party: int, minor: int, wallet: int, **changes: object) -> Instruction:
        """Units arrive from a wallet for a customer; they go to the online wallet."""
        base = {"creditor": party, "debit": self.online, "wallet": wallet}
        return Instruction(self.next_id(), Kind.TRANSFER, amount_minor=minor, **(base | changes))  # type: ignore[arg-type]

    def withdraw(self, party: int, minor: int, wallet: int, **changes: object) -> Instruction:
        """A customer's units leave for a wallet, out of the online one."""
        base = {"debtor": party, "credit": self.online, "wallet": wallet, "facts": 3}
        return Instruction(self.next_id(), Kind.TRANSFER, amount_minor=minor, **(base | changes))  # type: ignore[arg-type]

    def pay(self, debtor: int, creditor: int, minor: int) -> Instruction:
        """From one customer to another."""
        return Instruction(self.next_id(), Kind.TRANSFER, amount_minor=minor, debtor=debtor,
                           creditor=creditor, facts=3)  # fmt: skip

    def settle(self, pending: Instruction) -> Instruction:
        """Let a hold become final."""
        return Instruction(self.next_id(), Kind.SETTLE, pending=pending.id)

    def submit(self, *items: Instruction) -> list[tuple[str, str, str]]:
        """Return decision, rule and posting of each instruction."""
        answers = self.desk.submit(batch_of(items), key=f"k{self.next_id()}")
        return [
            (answers.verdict(row).outcome.name, answers.verdict(row).rule,
             answers.posting(row).name)
            for row in range(answers.rows)
        ]  # fmt: skip

    def one(self, item: Instruction) -> tuple[str, str, str]:
        """Return the answer to one instruction."""
        return self.submit(item)[0]

    def list_wallets(self, *addresses: str) -> int:
        """Put a version of a list of sanctioned addresses in force."""
        return self.wallets.update_tags(list_of(*addresses)).changed

    def replays(self) -> None:
        """Run every fact again; an answer that cannot be reproduced is an error."""
        pack = self.desk.floor.terms.pack
        again = rebuild(self.desk.journal.facts(kinds=KINDS), pack)
        mine, other = self.desk.floor.wallets.graph, again.wallets.graph
        assert mine is not None and other is not None
        upto = min(mine.decision.shape[0], other.decision.shape[0])
        assert np.array_equal(mine.decision[:upto], other.decision[:upto])


def list_of(*addresses: str) -> ScreeningList:
    """A version of a list of sanctioned addresses."""
    return load_addresses_json(json.dumps(addresses).encode(), asset="ETH")


def open_economy(*, parties: int = 8, journal: Journal | None = None) -> Economy:
    """A desk in business with custody accounts; every customer has a hosted wallet."""
    clock = TrialClock(START_US)
    journal = journal or Journal.in_memory("economy")
    desk = open_desk(parties=parties, journal=journal, clock=clock)
    wallets = WalletDesk(desk)
    online, cold = wallets.open_custody(0)
    wallets.register_all([(address(n), Hosting.HERE, n) for n in range(parties)])
    return Economy(desk, wallets, clock, int(online), int(cold))


def ceremony(desk: str, *, quorum: int = 2, number: str = "1") -> Ceremony:
    """Three keys, two of which sign."""
    made = tuple(
        CustodyKey(
            name,
            f"firm:{name}",
            Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex(),
        )
        for name, seed in SEEDS.items()
    )
    held = Ceremony(number, desk, quorum, made, ("firm:auditor", OFFICER.id), "ab" * 32)
    signed = [replace(k, possession=sign_possession(held, k, SEEDS[k.id])) for k in made]
    return replace(held, keys=tuple(signed))


def approval(held: Ceremony, key: str, movement: Movement, *, expires_us: int) -> Approval:
    """A key's yes."""
    return sign_approval(held, key, movement, expires_us=expires_us, seed=SEEDS[key])
