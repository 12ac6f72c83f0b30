"""The trial's own record of what was asked and what came of it, as columns.

The journal is the truth; the tape is what the trial measures from, kept apart so that measuring
shares no code with the gate and the ledger whose work it judges.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.trials.adversaries.port import Fate
from sandrail.trials.intents import IntentKind

__all__ = ["FATES", "Tape", "TapeRows"]

FATES: tuple[Fate, ...] = tuple(Fate)
"""Fates by their number on the tape."""

SERVED = FATES.index(Fate.SERVED)


class TapeRows(NamedTuple):
    """One entry an instruction.

    Attributes:
        at_us: i8, instant of its batch.
        kind: u1, ``IntentKind``.
        payer, payee: i8, party numbers, -1 for the issuer.
        amount_minor: i8.
        label: u1, ground truth.
        fate: u1, position in ``FATES``.
        decision: u1, the gate's answer.
        posting: u1, the ledger's answer.
        is_entry: u1, 1 for everything that is not a redemption.
    """

    at_us: npt.NDArray[np.int64]
    kind: npt.NDArray[np.uint8]
    payer: npt.NDArray[np.int64]
    payee: npt.NDArray[np.int64]
    amount_minor: npt.NDArray[np.int64]
    label: npt.NDArray[np.uint8]
    fate: npt.NDArray[np.uint8]
    decision: npt.NDArray[np.uint8]
    posting: npt.NDArray[np.uint8]
    is_entry: npt.NDArray[np.uint8]

    @property
    def served(self) -> npt.NDArray[np.bool_]:
        """Mask of the rows that moved value."""
        return np.equal(self.fate, SERVED)

    def asked(self) -> TapeRows:
        """Return what was asked: everything but the notes that tokens came back."""
        return self.where(np.not_equal(self.kind, IntentKind.GIVEN_BACK))

    def where(self, mask: npt.NDArray[np.bool_]) -> TapeRows:
        """Return the rows of a mask."""
        return TapeRows._make(column[mask] for column in self)


class Tape:
    """Collects rows batch by batch."""

    def __init__(self) -> None:
        self._parts: list[TapeRows] = []

    def add(self, rows: TapeRows) -> None:
        """Append the rows of one batch."""
        assert len({len(column) for column in rows}) == 1
        self._parts.append(rows)

    def rows(self) -> TapeRows:
        """Return everything so far, in the order in which it was judged."""
        if not self._parts:
            nothing = np.zeros(0, dtype=np.int64)
            small = np.zeros(0, dtype=np.uint8)
            return TapeRows(
                nothing, small, nothing, nothing, nothing, small, small, small, small, small
            )
        return TapeRows._make(np.concatenate(columns) for columns in zip(*self._parts, strict=True))
