"""What people want to do, before anybody has checked whether they may.

The population and the adversaries emit intents only. The gate, the ledger, the bank and the chain
decide what becomes of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from sandrail.trials.errors import PopulationError
from sandrail.trials.limits import AMOUNT_MINOR_MAX
from sandrail.world import derive_id

__all__ = ["HONEST", "IntentKind", "Intents"]

Ints = npt.NDArray[np.int64]
Halves = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

HONEST = 0
"""Label of an intent that comes from the population and not from an adversary."""

_MASK = 2**64 - 1
_Scalar = TypeVar("_Scalar", bound=np.generic)


class IntentKind(IntEnum):
    """What somebody wants."""

    BUY = 1
    """Pay rupees in at the bank and receive tokens."""
    PAY = 2
    """Send tokens to somebody else."""
    REDEEM = 3
    """Give tokens back and receive rupees at par."""
    GIVEN_BACK = 4
    """On the tape only: the bank refused a redemption's payout, so the tokens came back."""


@dataclass(frozen=True, slots=True)
class Intents:
    """Intents as columns, one row each.

    Attributes:
        at_us: instant, microseconds since the epoch.
        kind: ``IntentKind``.
        payer: party number of who acts.
        payee: party number of who receives; the payer itself unless the kind is PAY.
        amount_minor: minor units of the token.
        id_hi, id_lo: halves of the 128-bit id that the transfer will carry.
        label: ``HONEST``, or the number of the adversary; ground truth, never shown to a control.
    """

    at_us: Ints
    kind: Bytes
    payer: Ints
    payee: Ints
    amount_minor: Ints
    id_hi: Halves
    id_lo: Halves
    label: Bytes

    def __len__(self) -> int:
        return len(self.at_us)

    @classmethod
    def none(cls) -> Intents:
        """Return no intents."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls.of("nothing", 0, at_us=nothing, kind=nothing, payer=nothing, amount=nothing)

    @classmethod
    def of(
        cls,
        stream: str,
        day: int,
        *,
        at_us: npt.ArrayLike,
        kind: npt.ArrayLike,
        payer: npt.ArrayLike,
        amount: npt.ArrayLike,
        payee: npt.ArrayLike | None = None,
        label: int = HONEST,
    ) -> Intents:
        """Return intents whose ids depend on the stream, the day and their position only.

        Scalars are repeated to the length of ``at_us``. Two calls with the same ``stream`` and
        ``day`` give the same ids.

        Raises:
            PopulationError: an amount is not between 1 and ``AMOUNT_MINOR_MAX``.
        """
        times = np.atleast_1d(np.asarray(at_us, dtype=np.int64))
        count = len(times)

        def column(values: npt.ArrayLike, dtype: type[_Scalar]) -> npt.NDArray[_Scalar]:
            return np.ascontiguousarray(np.broadcast_to(np.asarray(values, dtype=dtype), (count,)))

        amounts = column(amount, np.int64)
        if count and (amounts.min() < 1 or amounts.max() > AMOUNT_MINOR_MAX):
            raise PopulationError(
                "An intent has no amount that could move.",
                why=f"Amounts lie between 1 and {AMOUNT_MINOR_MAX} minor units.",
                fix="Check the amounts of the adversaries in the plan.",
            )
        root = derive_id("sandrail/intent", stream, day)
        payers = column(payer, np.int64)
        return cls(
            at_us=times,
            kind=column(kind, np.uint8),
            payer=payers,
            payee=payers if payee is None else column(payee, np.int64),
            amount_minor=amounts,
            id_hi=np.full(count, (root >> 64) & _MASK, dtype=np.uint64),
            id_lo=np.uint64(root & _MASK & ~0xFFFF_FFFF) + np.arange(1, count + 1, dtype=np.uint64),
            label=np.full(count, label, dtype=np.uint8),
        )

    @classmethod
    def merged(cls, parts: Sequence[Intents]) -> Intents:
        """Return all parts in the order of time; what happens at once keeps the order of parts."""
        if not parts:
            return cls.none()
        columns = [
            np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)
        ]
        return cls(*columns).take(np.argsort(columns[0], kind="stable"))

    def take(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_] | slice) -> Intents:
        """Return the chosen rows, by position, mask or slice."""
        return Intents(*(getattr(self, column.name)[rows] for column in fields(self)))

    def ticks(self, boundaries_us: Iterable[int]) -> list[Intents]:
        """Cut intents that are sorted by time at the boundaries; one part more than boundaries."""
        cuts = np.searchsorted(self.at_us, np.fromiter(boundaries_us, dtype=np.int64)).tolist()
        edges = [0, *cuts, len(self)]
        return [self.take(slice(a, b)) for a, b in pairwise(edges)]
