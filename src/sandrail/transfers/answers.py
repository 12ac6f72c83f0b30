"""What the desk answers: one entry an instruction, columns first, words on request."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandrail.controls import (
    CustomerCode,
    CustomerText,
    Findings,
    Program,
    Verdict,
    explain,
    plain_text,
)
from sandrail.controls import Outcome as Decision
from sandrail.ledger import ACCEPTED_MAX
from sandrail.ledger import Outcome as Posting
from sandrail.money import Asset

__all__ = ["Answers"]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to one submission.

    Attributes:
        seq: the fact that records them.
        repeated: the submission was answered before; nothing moved now.
        outcome: u1 a row, the ledger's ``Outcome``.
        found: the gate's findings, columns of equal length.
        program: the program that judged.
        currency: of values and excesses.
        at_par: bool a row, whether a minor unit of its asset is worth one of the currency.
    """

    seq: int
    repeated: bool
    outcome: npt.NDArray[np.uint8]
    found: Findings
    program: Program
    currency: Asset
    at_par: npt.NDArray[np.bool_]

    @property
    def rows(self) -> int:
        """How many instructions were answered."""
        return int(self.outcome.shape[0])

    @property
    def accepted(self) -> npt.NDArray[np.bool_]:
        """Whether each instruction changed the book, as a posting or as a hold."""
        taken: npt.NDArray[np.bool_] = (self.outcome > 0) & (self.outcome <= ACCEPTED_MAX)
        return taken

    def verdict(self, row: int) -> Verdict:
        """Return the gate's answer to one row, in words."""
        at_par = bool(self.at_par[row])
        return explain(self.program, self.found, row, currency=self.currency, at_par=at_par)

    def posting(self, row: int) -> Posting:
        """Return the ledger's answer to one row."""
        return Posting(int(self.outcome[row]))

    def customer_text(self, row: int) -> CustomerText:
        """Return what the customer of one row may be told: the only words of an answer that leave.

        The gate's, unless the ledger said more. What waits for a bank reads like what waits for an
        officer, and what was asked before reads as if it were still under way.
        """
        posting, verdict = self.posting(row), self.verdict(row)
        if posting in _GATE_SPEAKS:
            return verdict.customer_text
        if posting is Posting.OVERDRAFT and verdict.outcome.moves:
            return plain_text(CustomerCode.FUNDS)
        if posting in (Posting.PENDING, Posting.EXISTS):
            return plain_text(CustomerCode.PROCESSING)
        return plain_text(CustomerCode.NOT_CARRIED_OUT)

    def counts(self) -> dict[str, int]:
        """Return how many rows got each decision of the gate, by name."""
        numbers = np.bincount(self.found.outcome, minlength=len(Decision))
        return {decision.name: int(numbers[decision]) for decision in Decision}


_GATE_SPEAKS = (Posting.POSTED, Posting.HELD, Posting.REFUSED_BY_GATE)
