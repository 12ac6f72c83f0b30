"""The customers of a desk as columns: status, class, screening, one account an asset."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandrail.controls import PartyStatus, Screen
from sandrail.transfers.errors import InstructionError

__all__ = ["NO_ACCOUNT", "PartyTable"]

NO_ACCOUNT = -1


class PartyTable:
    """Parties numbered from 0 in the order of their onboarding; arrays that double as they fill.

    Attributes:
        count: how many there are.
        status, screen, customer_class: u1 a party.
        consent: u1 a party, which consent was given; 0 for none.
        accounts: i8 a party and asset, NO_ACCOUNT for none.
    """

    def __init__(self, assets: int) -> None:
        self.count = 0
        self.status = np.zeros(64, dtype=np.uint8)
        self.screen = np.full(64, Screen.UNSCREENED, dtype=np.uint8)
        self.customer_class = np.zeros(64, dtype=np.uint8)
        self.consent = np.zeros(64, dtype=np.uint8)
        self.accounts = np.full((64, assets), NO_ACCOUNT, dtype=np.int64)
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []

    def add(
        self,
        refs: Sequence[str],
        customer_class: npt.NDArray[np.uint8],
        accounts: npt.NDArray[np.int64],
    ) -> range:
        """Add active, unscreened parties; return their numbers."""
        first, count = self.count, self.count + len(refs)
        self._grow(count)
        rows = slice(first, count)
        self.status[rows] = PartyStatus.ACTIVE
        self.screen[rows] = Screen.UNSCREENED
        self.customer_class[rows] = customer_class
        self.accounts[rows] = accounts
        for number, ref in enumerate(refs, start=first):
            self._numbers[ref] = number
            self._names.append(ref)
        self.count = count
        return range(first, count)

    def number(self, ref: str) -> int:
        """Return the party of a firm's reference.

        Raises:
            InstructionError: the desk never onboarded it.
        """
        try:
            return self._numbers[ref]
        except KeyError:
            raise InstructionError(
                f"The desk has no customer {ref!r}.",
                why=f"It onboarded {self.count} customers, and this is none of them.",
                fix="Onboard the customer first, or check the reference.",
                code="transfers.unknown_party",
            ) from None

    def ref(self, number: int) -> str:
        """Return the firm's reference of a party."""
        return self._names[number]

    def knows(self, ref: str) -> bool:
        """Whether the reference was onboarded."""
        return ref in self._numbers

    def account_of(
        self, parties: npt.NDArray[np.int64], asset: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.int64]:
        """Return the account of each (party, asset); NO_ACCOUNT where there is none."""
        known = (parties >= 0) & (parties < self.count)
        found = self.accounts[np.where(known, parties, 0), asset]
        return np.where(known, found, NO_ACCOUNT)

    def _grow(self, count: int) -> None:
        room = self.status.shape[0]
        if count <= room:
            return
        size = max(count, 2 * room)
        for name in ("status", "screen", "customer_class", "consent", "accounts"):
            old = getattr(self, name)
            larger = np.full((size, *old.shape[1:]), NO_ACCOUNT if name == "accounts" else 0,
                             dtype=old.dtype)  # fmt: skip
            larger[:room] = old
            setattr(self, name, larger)
