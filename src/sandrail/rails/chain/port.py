"""The port every chain offers, and the facts that cross it.

The facts here are named tuples, not dataclasses: a chain makes one ``Call``, one ``Receipt`` and
one or two ``Log`` per transfer, and a named tuple is as frozen as a dataclass at a quarter of the
cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, NewType, Protocol

from sandrail.rails.chain.artifact import Artifact

__all__ = ["Address", "BlockHeader", "Call", "Chain", "Log", "Receipt"]

Address = NewType("Address", bytes)
"""Twenty raw bytes; text appears at the edge only."""


class Call(NamedTuple):
    """What is asked of a contract.

    Attributes:
        ref: 128-bit id, not zero; a chain executes a reference once and for ever.
        sender: who calls; an embedded engine needs no key.
        to: the contract.
        data: selector and ABI-encoded arguments.
    """

    ref: int
    sender: Address
    to: Address
    data: bytes


class Log(NamedTuple):
    """An event as the EVM records it.

    Attributes:
        address: the contract that emitted it.
        topics: one to four words, the first being the hash of the event's signature.
        data: the arguments that are not indexed.
    """

    address: Address
    topics: tuple[bytes, ...]
    data: bytes


class Receipt(NamedTuple):
    """What became of a call.

    Attributes:
        ref: of the call.
        ok: whether it took effect; a failed call leaves no trace in the EVM.
        reason: why not: the contract's own words, or the port's; empty when neither gave one.
        contract: the address of a deployed contract, None for a call.
        logs: the events, in order.
        block: number of the block that holds it.
        position: its place in that block, from 0.
        gas_used: what a transaction would pay for, 0 for a refused call; part of no digest.
    """

    ref: int
    ok: bool
    reason: str
    contract: Address | None
    logs: tuple[Log, ...]
    block: int
    position: int
    gas_used: int


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """A sealed block.

    Attributes:
        number: 0 is the genesis, which holds no receipt.
        timestamp_us: the instant its calls saw, in microseconds (the EVM sees whole seconds).
        receipts: how many it holds.
        prev_digest: digest of the block before.
        digest: SHA-256 over the above, every call as asked, and every receipt without its gas.
    """

    number: int
    timestamp_us: int
    receipts: int
    prev_digest: bytes
    digest: bytes


class Chain(Protocol):
    """A chain: a pure function of its call log.

    There is always one open block. ``deploy`` and ``apply`` execute in it, at its time;
    ``seal`` closes it and opens the next one.
    """

    @property
    def id(self) -> str:
        """CAIP-2 id; ``sandrail:<name>`` on an embedded engine."""
        ...

    @property
    def engine(self) -> str:
        """Name of what executes: ``simular``, ``py-evm``."""
        ...

    @property
    def now_us(self) -> int:
        """The instant of the open block, in microseconds."""
        ...

    @property
    def position(self) -> int:
        """How many records the call log holds."""
        ...

    def deploy(
        self, artifact: Artifact, args: Sequence[object], *, sender: Address, ref: int
    ) -> Receipt:
        """Create a contract; its address is ``receipt.contract``.

        Raises:
            CallError: the arguments do not fit the constructor.
            RefConflict: the reference was used for something else.
        """
        ...

    def apply(self, calls: Sequence[Call]) -> list[Receipt]:
        """Execute calls in order; a refused one never stops the rest.

        A reference seen before with the same call returns its first receipt and executes nothing.

        Raises:
            CallError: a call is malformed; nothing of the batch is executed.
            RefConflict: a reference was used for another call; nothing of the batch is executed.
        """
        ...

    def view(self, to: Address, data: bytes) -> bytes:
        """Ask a contract in the open block without changing anything; return the ABI bytes.

        Raises:
            CallError: there is no such contract or function, or the contract refused to answer.
        """
        ...

    def seal(self, timestamp_us: int) -> BlockHeader:
        """Close the open block and open the next one at ``timestamp_us``.

        Raises:
            CallError: the instant lies before the one of the block being closed.
        """
        ...

    def receipt(self, ref: int) -> Receipt:
        """Return the receipt of a reference.

        Raises:
            CallError: the reference is unknown.
        """
        ...

    def logs(self, *, since: int = 0, address: Address | None = None) -> Iterator[tuple[int, Log]]:
        """Yield ``(receipt number, log)`` from receipt number ``since`` on, oldest first."""
        ...

    def records(self, *, since: int = 0) -> list[bytes]:
        """Return the call log from record ``since`` on: what the caller journals."""
        ...

    def head(self) -> BlockHeader:
        """Return the last sealed block."""
        ...

    def fork(self) -> Chain:
        """Return an independent chain that continues from here, open block included."""
        ...
