"""The nouns of a reserve-backed token: customers, deposits, holds, and where the books stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandrail.controls import Kind, Program
from sandrail.controls import Outcome as Decision
from sandrail.ledger import Outcome
from sandrail.rails.bank import BankParty
from sandrail.rails.chain import Address

__all__ = ["Books", "Customer", "Deposit", "Hold", "Orders", "Step"]


@dataclass(frozen=True, slots=True)
class Customer:
    """Where a customer's money and tokens are.

    Attributes:
        party: number on the desk.
        bank: name and account at the bank.
        wallet: on the chain.
    """

    party: int
    bank: BankParty
    wallet: Address


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money that a customer paid in.

    Attributes:
        id: derived from the bank's booking; the same booking told twice has the same id.
        party: who paid.
        amount_minor: how much.
        at_us: when it was booked.
        remittance: what the customer wrote.
    """

    id: int
    party: int
    amount_minor: int
    at_us: int
    remittance: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that the gate holds until a person decides.

    Attributes:
        id: of the instruction.
        kind: what was asked.
        debtor, creditor: parties, -1 for the issuer.
        amount_minor: units of the token.
        at_us: when it was asked.
        cause: the deposit behind an issue; 0 otherwise.
    """

    id: int
    kind: Kind
    debtor: int
    creditor: int
    amount_minor: int
    at_us: int
    cause: int = 0


@dataclass(frozen=True, slots=True)
class Orders:
    """What customers ask, as columns.

    Attributes:
        id_hi, id_lo: u8, halves of the ids.
        payer, payee: i8, party numbers; the payee of a redemption is not read.
        amount_minor: i8, units of the token.
        facts: u4, bits of ``RowFact``.
        asked_us: i8, when the customer asked.
    """

    id_hi: npt.NDArray[np.uint64]
    id_lo: npt.NDArray[np.uint64]
    payer: npt.NDArray[np.int64]
    payee: npt.NDArray[np.int64]
    amount_minor: npt.NDArray[np.int64]
    facts: npt.NDArray[np.uint32]
    asked_us: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.id_hi)

    def id_at(self, row: int) -> int:
        """Return the id of one order."""
        return (int(self.id_hi[row]) << 64) | int(self.id_lo[row])


@dataclass(frozen=True, slots=True)
class Step:
    """What the gate and the ledger said to one batch of a product.

    Attributes:
        decision: u1 a row, the gate's word.
        outcome: u1 a row, the ledger's word.
        rule: u1 a row, the decisive rule's number in the program, or NO_RULE.
        program: what judged; ``program.rules[rule]`` names the rule with its citation.
    """

    decision: npt.NDArray[np.uint8]
    outcome: npt.NDArray[np.uint8]
    rule: npt.NDArray[np.uint8]
    program: Program

    @property
    def held(self) -> npt.NDArray[np.bool_]:
        """Rows that wait for a person: the ledger has set them aside because the gate said HOLD.

        What asks for a hold anyway, as a redemption does, is told apart by the gate's word only.
        """
        waits = (self.outcome == Outcome.PENDING) & (self.decision == Decision.HOLD)
        mask: npt.NDArray[np.bool_] = waits | (self.outcome == Outcome.HELD)
        return mask

    @property
    def taken(self) -> npt.NDArray[np.bool_]:
        """Rows that go on: posted, or set aside as they asked."""
        accepted = (self.outcome == Outcome.POSTED) | (self.outcome == Outcome.PENDING)
        mask: npt.NDArray[np.bool_] = accepted & ~self.held
        return mask


@dataclass(frozen=True, slots=True)
class Books:
    """The three books side by side, in minor units.

    Attributes:
        supply_minor: tokens on the chain.
        liability_minor: tokens in issue on the ledger, those on hold for redemption included.
        bank_minor: the reserve account at the bank.
        ledger_bank_minor: what the ledger says lies there.
        waiting_minor: money of customers that backs no token: refused or frozen deposits.
        on_hold_minor: money of deposits whose issue the gate holds.
        in_transit_minor: redemptions ordered at the bank and not yet confirmed.
        unmatched_minor: money from strangers.
    """

    supply_minor: int
    liability_minor: int
    bank_minor: int
    ledger_bank_minor: int
    waiting_minor: int
    on_hold_minor: int
    in_transit_minor: int
    unmatched_minor: int

    @property
    def reserve_minor(self) -> int:
        """What of the bank account backs tokens that exist."""
        return self.attestable_minor - self.on_hold_minor

    @property
    def attestable_minor(self) -> int:
        """The reserve as the gate counts it: supply there includes issues on hold."""
        return self.bank_minor - self.waiting_minor - self.unmatched_minor

    @property
    def unbooked_supply_minor(self) -> int:
        """Tokens on the chain that the ledger does not know; they claim the reserve too."""
        return max(0, self.supply_minor - self.liability_minor)

    def breaks(self) -> tuple[str, ...]:
        """Return one sentence for every pair of books that do not agree."""
        found = []
        if self.supply_minor != self.liability_minor:
            found.append(
                f"The chain has {self.supply_minor} tokens in minor units, "
                f"the ledger owes {self.liability_minor}."
            )
        expected = self.ledger_bank_minor + self.unmatched_minor
        # A payout may have left already while its confirmation is on the way.
        if not expected - self.in_transit_minor <= self.bank_minor <= expected:
            found.append(
                f"The bank shows {self.bank_minor} in minor units, the ledger expects {expected} "
                f"of which {self.in_transit_minor} may have left."
            )
        if self.reserve_minor + self.in_transit_minor < self.supply_minor:
            found.append(
                f"A reserve of {self.reserve_minor} does not cover {self.supply_minor} tokens."
            )
        return tuple(found)
