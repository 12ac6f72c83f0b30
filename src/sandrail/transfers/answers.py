"""What the desk answers: one entry an instruction, columns first, words on request."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandrail.controls import Findings, Program, Verdict, explain
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

    def counts(self) -> dict[str, int]:
        """Return how many rows got each decision of the gate, by name."""
        numbers = np.bincount(self.found.outcome, minlength=len(Decision))
        return {decision.name: int(numbers[decision]) for decision in Decision}
