"""A duster and a launderer try two hundred customers; the dusted go on, the money waits.

Run ``python examples/wallets/dust_and_peel_chain.py [--journal FILE]``. Nobody in it exists. The
firm keeps a rupee token; what happens on the chain outside reaches the desk as the chain's own log,
what happens inside passes the gate.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sandrail.controls import (
    AssetTerms,
    ClientAccountReported,
    Consent,
    Kind,
    RowFact,
    Screen,
)
from sandrail.journal import Journal
from sandrail.money import Asset, AssetKind, Money
from sandrail.rails.chain import (
    SupervisedToken,
    TokenRoles,
    TokenTerms,
    checksum_text,
    open_chain,
    wallet_address,
)
from sandrail.rulebook import Permission, load_pack
from sandrail.screening import load_addresses_json
from sandrail.transfers import KINDS as DESK_KINDS
from sandrail.transfers import (
    Answers,
    ChainFlow,
    Desk,
    DeskTerms,
    FirmDesk,
    Instruction,
    WalletDesk,
    rebuild,
)
from sandrail.wallets import Hosting, transfers_in_logs
from sandrail.world import DAY_US, HOUR_US, Seed, TrialClock, derive_id, parse_instant

START_US = parse_instant("2026-06-01T09:00:00+05:00")
TOKEN = Asset("PKRT", 2, AssetKind.ASSET_REFERENCED_TOKEN)
CUSTOMERS, MULES, DUST_MINOR, LOOT_MINOR = 200, 5, 1, 9_000_000
TRAVEL = int(RowFact.ORIGINATOR_COMPLETE | RowFact.BENEFICIARY_COMPLETE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended.

    Attributes:
        dusted: customers who received dust from the listed wallet.
        dusted_stopped: transfers of theirs that did not pass afterwards.
        arrived_minor: what the launderer brought in before anything waited.
        held_minor: what waits for a person.
        cashed_minor: what the launderer got out.
        chain: the tagged wallet and the mules, as the supervisor sees them.
        honest_stopped: transfers of everybody else that did not pass.
    """

    dusted: int
    dusted_stopped: int
    arrived_minor: int
    held_minor: int
    cashed_minor: int
    chain: tuple[str, ...]
    honest_stopped: int


class Economy:
    """A desk, its token on an EVM, and what moves on both."""

    def __init__(self, journal: Journal) -> None:
        pack = load_pack("pakistan")
        permission = Permission(
            "PK-SBX-0001", "PK-F-0001", "SANDBOX_APPROVAL", pack.id, pack.content_hash, ("art",),
            "", START_US, START_US + 30 * DAY_US,
        )  # fmt: skip
        self.clock = TrialClock(START_US)
        terms = DeskTerms(pack, permission, (AssetTerms(TOKEN),))
        self.desk = Desk.create(journal, terms, self.clock)
        self.wallets = WalletDesk(self.desk)
        self.online = int(self.wallets.open_custody(0)[0])
        agreed = Consent("1", ("en", "ur"))
        self.desk.onboard([f"C{n}" for n in range(CUSTOMERS)], consent=agreed)
        account = ClientAccountReported(
            at_us=START_US, account="PK-CLIENT-1", bank="Example Bank", segregated=True,
            interest_bearing=False,
        )  # fmt: skip
        FirmDesk(self.desk).observe(account)
        self.desk.set_lists("example", published_us=START_US)
        everyone = np.arange(CUSTOMERS, dtype=np.int64)
        clear = np.full(CUSTOMERS, Screen.CLEAR, dtype=np.uint8)
        self.desk.set_screening(everyone, clear, list_version="example")
        self.desk.set_reserve(0, reserve_minor=10**12, attested_us=START_US, evidence="00" * 32)
        self.wallets.register_all(
            [(text_of("customer", n), Hosting.HERE, n) for n in range(CUSTOMERS)]
        )
        self.token = _token()
        self._seen = 0
        self._asked = 0

    def on_chain(
        self, sender: tuple[object, ...], receiver: tuple[object, ...], minor: int
    ) -> None:
        """Move tokens outside of the firm's books."""
        self._asked += 1
        receipt = self.token.transfer(
            wallet_address(*sender), wallet_address(*receiver), minor,
            ref=derive_id("chain", self._asked),
        )  # fmt: skip
        assert receipt.ok, receipt.reason

    def read_chain(self) -> int:
        """Let the desk read what the chain logged since the last time."""
        logs = [(number, log) for number, log in self.token.chain.logs(since=self._seen)]
        self._seen = logs[-1][0] + 1 if logs else self._seen
        moved = transfers_in_logs((log for _, log in logs), token=self.token.address)
        flows = [ChainFlow(sender, receiver, 0, minor) for sender, receiver, minor in moved]
        return self.wallets.observe(flows, source=self.token.chain.id)

    def submit(self, *items: Instruction) -> Answers:
        """Put instructions before the gate, a minute later."""
        self._asked += 1
        self.clock.advance_by(HOUR_US // 60)
        return self.desk.submit(items, key=f"example-{self._asked}")

    def instruction(self, kind: Kind, minor: int, **fields: int) -> Instruction:
        """Return an instruction with an id of its own."""
        self._asked += 1
        return Instruction(derive_id("example", self._asked), kind, amount_minor=minor,
                           facts=TRAVEL, **fields)  # fmt: skip


def run(journal: Journal) -> Outcome:
    """Let the attack happen and say how it ended."""
    economy = Economy(journal)
    economy.submit(
        *(economy.instruction(Kind.ISSUE, 500_000, creditor=n) for n in range(CUSTOMERS - 1))
    )
    thief, listed = ("thief",), text_of("thief")
    economy.token.mint(wallet_address(*thief), 2 * LOOT_MINOR, ref=derive_id("loot"))
    tags = load_addresses_json(json.dumps([listed]).encode(), asset="PKRT")
    economy.wallets.update_tags(tags)

    for n in range(CUSTOMERS - 1):
        economy.on_chain(thief, ("customer", n), DUST_MINOR)
    economy.read_chain()
    random = Seed(11).stream("payments", 0)
    payer = random.permutation(CUSTOMERS - 1)[:150]
    payments = [
        economy.instruction(Kind.TRANSFER, 20_000, debtor=int(n), creditor=(int(n) + 1) % 150)
        for n in payer
    ]
    dusted = economy.submit(*payments)

    arrived, held = peel_chain(economy, thief)
    cashed = cash_out(economy)
    honest = economy.submit(
        *(economy.instruction(Kind.TRANSFER, 10_000, debtor=n, creditor=n + 1) for n in range(100))
    )
    rebuild(journal.facts(kinds=DESK_KINDS), economy.desk.floor.terms.pack)
    report = economy.wallets.report(text_of("mule", MULES - 1))
    return Outcome(
        dusted=CUSTOMERS - 1,
        dusted_stopped=stopped(dusted),
        arrived_minor=arrived,
        held_minor=held,
        cashed_minor=cashed,
        chain=report.path,
        honest_stopped=stopped(honest),
    )


def peel_chain(economy: Economy, thief: tuple[object, ...]) -> tuple[int, int]:
    """Pass the loot through mules, each of which peels some off; deposit what is left.

    Returns:
        what was credited, and what was set aside.
    """
    left, source = LOOT_MINOR, thief
    for n in range(MULES):
        economy.on_chain(source, ("mule", n), left)
        source = ("mule", n)
        left -= 200_000
    economy.read_chain()
    wallet = economy.wallets.state.register.require(text_of("mule", MULES - 1))
    deposits = [
        economy.instruction(Kind.TRANSFER, part, creditor=CUSTOMERS - 1, debit=economy.online,
                            wallet=wallet.number)
        for part in (4_000_000, 2_000_000, 1_000_000)
    ]  # fmt: skip
    answers = economy.submit(*deposits)
    credited = sum(
        item.amount_minor for row, item in enumerate(deposits) if answers.found.outcome[row] <= 1
    )
    waiting = sum(
        item.amount_minor for row, item in enumerate(deposits) if answers.found.outcome[row] == 2
    )
    return credited, waiting


def cash_out(economy: Economy) -> int:
    """Let the launderer's customer redeem; return what got out."""
    item = economy.instruction(Kind.REDEEM, 1_000_000, debtor=CUSTOMERS - 1)
    answers = economy.submit(item)
    return item.amount_minor if answers.accepted[0] and answers.found.outcome[0] <= 1 else 0


def stopped(answers: Answers) -> int:
    """Return how many instructions did not pass at once."""
    return int((~answers.accepted | (answers.found.outcome > 1)).sum())


def text_of(*owner: object) -> str:
    """Return an address as text."""
    return checksum_text(wallet_address(*owner)).lower()


def _token() -> SupervisedToken:
    parts = ("owner", "attester", "minter", "redeemer", "pauser", "freezer", "enforcer")
    roles = TokenRoles(**{name: wallet_address(name) for name in parts})
    chain = open_chain("example", genesis_us=START_US)
    terms = TokenTerms("Rupee Token", 24 * HOUR_US, 10_000, 10**12)
    token = SupervisedToken.deploy(chain, asset=TOKEN, terms=terms, roles=roles)
    token.attest_reserve(10**12, as_of_us=START_US, evidence=bytes(31) + b"\x01")
    return token


def main() -> None:
    """Run it and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journal", type=Path, help="keep the journal in this new file")
    named = parser.parse_args().journal
    journal = Journal.create(named, name="wallets") if named else Journal.in_memory("wallets")
    with journal:
        found = run(journal)
    held, arrived, cashed = (
        Money(TOKEN, minor) for minor in (found.held_minor, found.arrived_minor, found.cashed_minor)
    )
    lines = (
        f"{found.dusted} were dusted; {found.dusted_stopped} of their 150 payments stopped.",
        f"Of the launderer's deposits {held} wait, {arrived} were credited, {cashed} got out.",
        "The way it came: " + " → ".join(found.chain),
        f"{found.honest_stopped} payments of other customers were stopped.",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
