"""Which wallets are known, who runs them, and which node of the graph each one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from sandrail.screening import clean_identifier
from sandrail.wallets.errors import WalletError
from sandrail.wallets.limits import ADDRESS_CHARS_MAX

__all__ = [
    "NO_OWNER",
    "NO_WALLET",
    "Hosting",
    "Wallet",
    "WalletRegister",
    "clean_address",
    "party_node",
]

NO_WALLET = 0
"""The number of no wallet: an instruction between two accounts of the firm's own book."""
NO_OWNER = -1


class Hosting(IntEnum):
    """Who holds the keys of a wallet; the number is what the journal records."""

    OTHER_PROVIDER = 0
    SELF_HOSTED = 1
    """Nobody but its owner: it is proven to be the customer's first."""
    HERE = 2
    """This firm, for the customer who owns it."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """A wallet that value comes from or goes to.

    Attributes:
        number: its position in the register, from 1.
        address: cleaned; two spellings of one address are one wallet.
        hosting: who holds its keys.
        owner: the customer it belongs to where this firm hosts it, ``NO_OWNER`` otherwise.
    """

    number: int
    address: str
    hosting: Hosting
    owner: int

    @property
    def node(self) -> int:
        """Its node in the graph: the customer's own where the firm hosts it for one."""
        return 2 * self.owner if self.owner >= 0 else 2 * self.number + 1


def clean_address(address: str) -> str:
    """Return the one spelling of an address.

    Raises:
        WalletError: empty, too long or unprintable.
    """
    text = clean_identifier("wallet", address)
    if not text or len(text) > ADDRESS_CHARS_MAX or not text.isprintable() or " " in text:
        raise WalletError(
            f"The address {address[:ADDRESS_CHARS_MAX]!r} cannot be used.",
            why=f"An address has 1 to {ADDRESS_CHARS_MAX} printable characters and no spaces.",
            fix="Copy it from the wallet.",
        )
    return text


class WalletRegister:
    """All wallets of a desk, numbered from 1 in the order in which they became known."""

    def __init__(self) -> None:
        self._wallets: list[Wallet] = []
        self._numbers: dict[str, int] = {}
        self._at_node: dict[int, list[Wallet]] = {}
        self._nodes = np.full(64, -1, dtype=np.int64)
        self._hosting = np.zeros(64, dtype=np.uint8)

    def __len__(self) -> int:
        return len(self._wallets)

    def __iter__(self) -> Iterator[Wallet]:
        return iter(self._wallets)

    def add(self, address: str, hosting: Hosting, owner: int = NO_OWNER) -> Wallet:
        """Take in a wallet that is not known yet; its address must be clean."""
        wallet = Wallet(len(self._wallets) + 1, address, hosting, owner)
        if wallet.number >= self._nodes.shape[0]:
            self._nodes = np.concatenate([self._nodes, np.full_like(self._nodes, -1)])
            self._hosting = np.concatenate([self._hosting, np.zeros_like(self._hosting)])
        self._wallets.append(wallet)
        self._numbers[address] = wallet.number
        self._at_node.setdefault(wallet.node, []).append(wallet)
        self._nodes[wallet.number] = wallet.node
        self._hosting[wallet.number] = hosting
        return wallet

    def find(self, address: str) -> Wallet | None:
        """Return the wallet of an address in any spelling, None for an unknown one."""
        number = self._numbers.get(clean_address(address))
        return None if number is None else self._wallets[number - 1]

    def get(self, number: int) -> Wallet:
        """Return a wallet by its number.

        Raises:
            WalletError: there is none of that number.
        """
        if not 0 < number <= len(self._wallets):
            raise WalletError(
                f"There is no wallet number {number}.",
                why=f"The desk knows {len(self._wallets)} wallets, numbered from 1.",
                fix="Register the wallet first.",
                code="wallets.unknown",
            )
        return self._wallets[number - 1]

    def require(self, address: str) -> Wallet:
        """Return the wallet of an address.

        Raises:
            WalletError: the desk does not know it.
        """
        found = self.find(address)
        if found is None:
            raise WalletError(
                f"The desk does not know the wallet {clean_address(address)}.",
                why=f"It knows {len(self._wallets)} wallets, and this is none of them.",
                fix="Register the wallet first.",
                code="wallets.unknown",
            )
        return found

    def unknown(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return which numbers are neither a wallet's nor ``NO_WALLET``."""
        strange: npt.NDArray[np.bool_] = (numbers < 0) | (numbers > len(self._wallets))
        return strange

    def nodes(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the node of each wallet, -1 for ``NO_WALLET``."""
        found: npt.NDArray[np.int64] = self._nodes[numbers]
        return found

    def hosted(self, numbers: npt.NDArray[np.int64], hosting: Hosting) -> npt.NDArray[np.bool_]:
        """Return which of the wallets are run in a way."""
        found: npt.NDArray[np.bool_] = (numbers > 0) & (self._hosting[numbers] == hosting)
        return found

    def at_node(self, node: int) -> Sequence[Wallet]:
        """Return the wallets of a node: one, or all that the firm hosts for a customer."""
        return self._at_node.get(node, [])


def party_node(party: int) -> int:
    """Return the node of a customer."""
    return 2 * party
