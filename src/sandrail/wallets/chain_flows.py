"""Flows that a chain shows: the Transfer events of a token, as value between addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eth_hash.auto import keccak

from sandrail.rails.chain import Address, Log

__all__ = ["transfers_in_logs"]

_TRANSFER = keccak(b"Transfer(address,address,uint256)")
_NOBODY = bytes(20)
_TOPICS, _WORD = 3, 32


def transfers_in_logs(logs: Iterable[Log], *, token: Address) -> Iterator[tuple[str, str, int]]:
    """Yield sender, receiver and minor units of every transfer of a token, in its order.

    Minting and burning move nothing between wallets and are left out; so is every event that only
    looks like a transfer, such as one of another contract or of another shape.
    """
    for log in logs:
        if log.address != token or len(log.topics) != _TOPICS or log.topics[0] != _TRANSFER:
            continue
        sender, receiver = log.topics[1][12:], log.topics[2][12:]
        if len(log.data) == _WORD and _NOBODY not in (sender, receiver):
            yield f"0x{sender.hex()}", f"0x{receiver.hex()}", int.from_bytes(log.data, "big")
