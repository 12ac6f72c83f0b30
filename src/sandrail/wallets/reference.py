"""The truth about taint in plain Python: what the kernel is held against.

It keeps the flows as a list and computes everything anew from the first one for every question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandrail.wallets.limits import MILLION
from sandrail.wallets.lines import ExposureLines

__all__ = ["ReferenceGraph", "ReferenceWallet"]

Ingredients = dict[tuple[int, int], int]
"""Value by (category, hops); hops beyond the pack's count as one more than it tells apart."""


@dataclass(slots=True)
class ReferenceWallet:
    """One wallet: what it has, what it received, and how much of each came from where."""

    balance: int = 0
    received: int = 0
    held: Ingredients = field(default_factory=dict)
    seen: Ingredients = field(default_factory=dict)


class ReferenceGraph:
    """Flows and tags; wallets computed on request."""

    def __init__(self, lines: ExposureLines) -> None:
        self.lines = lines
        self.flows: list[tuple[int, int, int]] = []
        self.tags: dict[int, str] = {}
        self.emitted = 0
        self.absorbed = 0

    def add_flows(self, flows: Iterable[tuple[int, int, int]]) -> None:
        """Take (sender, receiver, value); -1 is the firm or somewhere nobody knows."""
        self.flows += [(s, r, value) for s, r, value in flows if value > 0 and s != r]

    def set_roles(self, categories: Mapping[int, str | None]) -> None:
        """Tag, untag (None), or mark a service (an empty text)."""
        for node, category in categories.items():
            if category is None:
                self.tags.pop(node, None)
            else:
                self.tags[node] = category

    def wallets(self) -> dict[int, ReferenceWallet]:
        """Run every flow and return every wallet."""
        found: dict[int, ReferenceWallet] = {}
        self.emitted = self.absorbed = 0
        for sender, receiver, value in self.flows:
            leaves = self._leaves(found, sender, value)
            if receiver < 0 or receiver in self.tags:
                self.absorbed += sum(leaves.values())
                leaves = {}
            if receiver >= 0:
                wallet = found.setdefault(receiver, ReferenceWallet())
                wallet.balance += value
                wallet.received += value
                for key, part in leaves.items():
                    wallet.held[key] = wallet.held.get(key, 0) + part
                    wallet.seen[key] = wallet.seen.get(key, 0) + part
        return found

    def decision(self, node: int, wallet: ReferenceWallet) -> int:
        """Return 0 for clean, 1 for exposed, 2 for listed."""
        tag = self.tags.get(node)
        if tag is not None:
            return 2 if tag else 0
        weights = self.lines.weights_ppm()
        direct = sum(part for (_, hops), part in wallet.seen.items() if hops == 1)
        total = sum(part * weights[hops - 1] // MILLION for (_, hops), part in wallet.seen.items())
        pairs = (
            (direct, self.lines.direct_share_ppm, self.lines.direct_value_minor),
            (total, self.lines.share_ppm, self.lines.value_minor),
        )
        over = [
            value > line and value * MILLION // wallet.received > share
            for value, share, line in pairs
            if value
        ]
        return int(any(over))

    def _leaves(self, found: dict[int, ReferenceWallet], sender: int, value: int) -> Ingredients:
        if sender < 0:
            return {}
        wallet = found.setdefault(sender, ReferenceWallet())
        balance, wallet.balance = wallet.balance, max(wallet.balance - value, 0)
        tag = self.tags.get(sender)
        if tag is not None:
            if not tag:
                return {}
            self.emitted += value
            return {(self.lines.categories.index(tag), 1): value}
        leaves: Ingredients = {}
        total = gone = 0
        for key in sorted(wallet.held):
            total += wallet.held[key]
            upto = total if value >= balance else total * value // balance
            wallet.held[key] -= upto - gone
            category, hops = key
            further = (category, min(hops + 1, self.lines.hops + 1))
            leaves[further] = leaves.get(further, 0) + upto - gone
            gone = upto
        return {key: part for key, part in leaves.items() if part}
