"""What the rails did, run and read again from the journal: calls of the chain, bank messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandrail.journal import Fact
from sandrail.money import Asset
from sandrail.products import KIND_BANK, KIND_CHAIN, RecordedMessage, read_bank_messages
from sandrail.products import read_chain_records as read_records
from sandrail.rails.bank import CAMT_053, Statement, parse_camt053
from sandrail.rails.chain import Address, Artifact, EmbeddedChain, replay

__all__ = [
    "BankStatement",
    "ChainRun",
    "Deployment",
    "bank_messages",
    "chain_records",
    "deployments",
    "run_chain",
    "statements",
]

_DEPLOY = 1
_REF = slice(1, 17)
_LENGTH = slice(37, 41)
_DESCRIPTOR = 41
_NOBODY = bytes(32)
TRANSFER_TOPIC = bytes.fromhex("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")
"""Keccak-256 of ``Transfer(address,address,uint256)``, as ERC-20 defines the event."""


@dataclass(frozen=True, slots=True)
class BankStatement:
    """A statement that the bank sent.

    Attributes:
        fact: the fact that holds it; xml: as it came; read: read from its XML again.
    """

    fact: Fact
    xml: bytes
    read: Statement


@dataclass(frozen=True, slots=True)
class Deployment:
    """A contract that the call log creates.

    Attributes:
        ref: of the record; name: of the contract.
        artifact: without code; initcode: code with its arguments.
    """

    ref: int
    name: str
    artifact: Artifact
    initcode: bytes


@dataclass(frozen=True, slots=True)
class ChainRun:
    """A call log executed again.

    Attributes:
        engine: the EVM that ran it.
        chain: as it stands at the end.
        token: the contract whose units were moved.
        times_us: i8 a block, its instant; ends: i8 a block, receipts up to its end.
        number: i8, receipt of each movement of units.
        amount: movements in minor units, made and destroyed ones included.
        sender, receiver: 20 bytes each; empty for making and destroying.
    """

    engine: str
    chain: EmbeddedChain
    token: Address
    times_us: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]
    amount: tuple[int, ...]
    sender: tuple[bytes, ...]
    receiver: tuple[bytes, ...]

    @property
    def digest(self) -> str:
        """Digest of the last sealed block, in hexadecimal."""
        return self.chain.head().digest.hex()

    def holdings(self, *, until_us: int) -> dict[bytes, int]:
        """Return what each address holds after every block of an instant up to ``until_us``.

        The empty address stands for the token itself; it holds the supply, negated.
        """
        blocks = int(np.searchsorted(self.times_us, until_us, side="right"))
        receipts = int(self.ends[blocks - 1]) if blocks else 0
        count = int(np.searchsorted(self.number, receipts))
        held: dict[bytes, int] = {}
        for place in range(count):
            minor = self.amount[place]
            for side, change in ((self.sender[place], -minor), (self.receiver[place], minor)):
                held[side] = held.get(side, 0) + change
        return held


def chain_records(facts: Iterable[Fact]) -> list[bytes]:
    """Return the call log of a journal; errors as ``products.read_chain_records``."""
    return read_records(fact for fact in facts if fact.kind == KIND_CHAIN)


def deployments(records: Sequence[bytes]) -> list[Deployment]:
    """Return the contracts that a call log creates, in order."""
    found = []
    for record in records:
        if record[0] != _DEPLOY:
            continue
        end = _DESCRIPTOR + int.from_bytes(record[_LENGTH], "big")
        artifact = Artifact.from_descriptor(record[_DESCRIPTOR:end])
        ref = int.from_bytes(record[_REF], "big")
        found.append(Deployment(ref, artifact.name, artifact, record[end:]))
    return found


def run_chain(records: Sequence[bytes], *, engine: str) -> ChainRun:
    """Execute a call log on an EVM and collect what its token moved.

    Raises:
        CallLogError: the log is damaged.
        EngineMissing: the engine is not installed.
    """
    chain = replay(records, engine=engine)
    moved = [(number, log) for number, log in chain.logs() if log.topics[:1] == (TRANSFER_TOPIC,)]
    created = [chain.receipt(item.ref).contract for item in deployments(records)]
    headers = chain.headers()
    return ChainRun(
        engine=chain.engine,
        chain=chain,
        token=moved[0][1].address if moved else Address(created[-1] or b""),
        times_us=np.array([*(h.timestamp_us for h in headers), chain.now_us], dtype=np.int64),
        ends=_ends(chain),
        number=np.array([number for number, _ in moved], dtype=np.int64),
        amount=tuple(int.from_bytes(log.data, "big") for _, log in moved),
        sender=tuple(_address(log.topics[1]) for _, log in moved),
        receiver=tuple(_address(log.topics[2]) for _, log in moved),
    )


def bank_messages(facts: Iterable[Fact]) -> list[tuple[Fact, RecordedMessage]]:
    """Return every bank message with its fact, each checked against its recorded hash."""
    return [
        (fact, message)
        for fact in facts
        if fact.kind == KIND_BANK
        for message in read_bank_messages(fact)
    ]


def statements(
    messages: Iterable[tuple[Fact, RecordedMessage]], *, currency: Asset
) -> list[BankStatement]:
    """Return the bank's statements, parsed from their XML again; errors as ``parse_camt053``."""
    return [
        BankStatement(fact, message.xml, parse_camt053(message.xml, currency=currency))
        for fact, message in messages
        if message.name == CAMT_053
    ]


def _ends(chain: EmbeddedChain) -> npt.NDArray[np.int64]:
    """Return how many receipts there are up to the end of each block, the open one last."""
    sealed = np.cumsum([header.receipts for header in chain.headers()], dtype=np.int64)
    return np.append(sealed, np.iinfo(np.int64).max)


def _address(topic: bytes) -> bytes:
    return b"" if topic == _NOBODY else topic[12:]
