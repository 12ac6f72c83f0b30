"""The chain's side of a product: what the ledger accepted is done on the chain, or nothing goes on.

The ledger decides; the chain follows in the same order. A refusal by the contract of something that
the ledger posted means that the two have parted, and the product stops there.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.products.errors import BooksDisagree
from sandrail.rails.chain import Address, Call, SupervisedToken

__all__ = ["ChainSide"]


class ChainSide:
    """Mints, transfers and burns in step with the ledger."""

    def __init__(self, token: SupervisedToken) -> None:
        self.token = token

    def open_block(self, at_us: int) -> None:
        """Close the open block; what follows happens at ``at_us``."""
        self.token.chain.seal(at_us)

    def mint(self, refs: Sequence[int], receivers: Sequence[Address], minor: Sequence[int]) -> None:
        """Mint what was issued."""
        rows = zip(refs, receivers, minor, strict=True)
        self._apply([self.token.mint_call(ref, who, amount) for ref, who, amount in rows])

    def transfer(
        self,
        refs: Sequence[int],
        senders: Sequence[Address],
        receivers: Sequence[Address],
        minor: Sequence[int],
    ) -> None:
        """Move what was transferred."""
        rows = zip(refs, senders, receivers, minor, strict=True)
        self._apply([self.token.transfer_call(*row) for row in rows])

    def burn(self, refs: Sequence[int], holders: Sequence[Address], minor: Sequence[int]) -> None:
        """Burn what was redeemed."""
        rows = zip(refs, holders, minor, strict=True)
        self._apply([self.token.burn_call(ref, who, amount) for ref, who, amount in rows])

    def attest(self, reserve_minor: int, *, as_of_us: int, evidence: str) -> None:
        """Record the attested reserve on the chain."""
        receipt = self.token.attest_reserve(
            reserve_minor, as_of_us=as_of_us, evidence=bytes.fromhex(evidence)
        )
        if not receipt.ok:
            raise _parted(receipt.ref, receipt.reason)

    def _apply(self, calls: Sequence[Call]) -> None:
        if not calls:
            return
        for receipt in self.token.chain.apply(calls):
            if not receipt.ok:
                raise _parted(receipt.ref, receipt.reason)


def _parted(ref: int, reason: str) -> BooksDisagree:
    return BooksDisagree(
        "The chain refuses what the ledger accepted.",
        why=f"Call {ref:032x}: {reason or 'no reason given'}.",
        fix="Stop the product, reconcile ledger and chain, and settle the difference by hand.",
        ref=f"{ref:032x}",
        reason=reason,
    )
