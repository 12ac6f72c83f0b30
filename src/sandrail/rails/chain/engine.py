"""The port between a chain and the virtual machine that executes for it.

The chain keeps blocks, receipts, references and the call log, and checks every call; an engine
only executes. That is what makes two engines answer alike: nothing an engine could do differently
(malformed calldata, unknown functions, order and shape of logs, words of a revert) is left to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from eth_hash.auto import keccak

from sandrail.rails.chain.abi import Function
from sandrail.rails.chain.artifact import Artifact
from sandrail.rails.chain.limits import REASON_BYTES_MAX
from sandrail.rails.chain.port import Address, Log

__all__ = ["Contract", "Engine", "Outcome", "create_address", "plain_reason"]

NO_REASON = ""


class Outcome(NamedTuple):
    """What an engine says of one execution: it took effect or left no trace."""

    ok: bool
    reason: str
    logs: tuple[Log, ...]
    gas_used: int


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract on a chain.

    Attributes:
        address: where it is.
        artifact: what it is; only its interface is used.
        functions: the interface's functions by selector.
    """

    address: Address
    artifact: Artifact
    functions: dict[bytes, Function]


class Engine(Protocol):
    """Executes messages. One engine belongs to one chain."""

    @property
    def name(self) -> str:
        """``simular`` or ``py-evm``."""
        ...

    def require(self, artifact: Artifact) -> None:
        """Raise ``ArtifactError`` when this engine cannot run the contract faithfully."""
        ...

    def create(self, sender: Address, initcode: bytes, address: Address) -> Outcome:
        """Run creation code; ``address`` is where the contract will be."""
        ...

    def attach(self, contract: Contract) -> None:
        """Learn the interface of a contract that now exists."""
        ...

    def call(
        self, sender: Address, contract: Contract, function: Function, data: bytes, text: str
    ) -> Outcome:
        """Execute canonical calldata; ``text`` is what ``Function.render`` made of it."""
        ...

    def view(
        self, contract: Contract, function: Function, data: bytes, text: str
    ) -> tuple[bytes | None, str]:
        """Answer without a trace: ABI bytes and no reason, or None and why not."""
        ...

    def open_block(self, number: int, timestamp_s: int) -> None:
        """Let every later execution see this block number and time."""
        ...

    def copy(self) -> Engine:
        """Return an independent engine in the same state, at the same block and time."""
        ...


def create_address(sender: Address, nonce: int) -> Address:
    """Return where the sender's contract number ``nonce`` is created (the rule of CREATE)."""
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    if len(number) != 1 or number[0] >= 0x80:
        number = bytes([0x80 + len(number)]) + number
    body = bytes([0x80 + len(sender)]) + sender + number
    return Address(keccak(bytes([0xC0 + len(body)]) + body)[12:])


def plain_reason(text: str) -> str:
    """Return a revert reason fit for evidence: printable and bounded."""
    printable = "".join(char if char.isprintable() else "?" for char in text)
    return printable.encode("utf-8", "replace")[:REASON_BYTES_MAX].decode("utf-8", "ignore")
