"""What the rails said, as facts: bank messages with their bytes, and the chain's call log.

Both rails keep an append-only list in memory. After every step the product records what is new, so
that the journal alone is enough to check the bank's messages and to run the chain again. Neither
fact names the engine: the same trial on another EVM has the same journal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sandrail.journal import Draft, Fact, encode_frame, frame_of
from sandrail.products.errors import RailFactError
from sandrail.rails.bank import ArchivedMessage, MessageArchive
from sandrail.rails.chain import Chain, pack_records, unpack_records
from sandrail.world import SYSTEM

__all__ = [
    "KIND_BANK",
    "KIND_CHAIN",
    "RailRecorder",
    "RecordedMessage",
    "read_bank_messages",
    "read_chain_records",
]

KIND_BANK = "rails.bank"
KIND_CHAIN = "rails.chain"

PAGE_BYTES = 2 * 1024 * 1024
"""Bytes of messages or calls in one fact, below what one column of a frame may hold."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class RecordedMessage:
    """A bank message as the journal holds it.

    Attributes:
        number: position in the bank's archive, from 0.
        way: ``sent`` or ``received``, seen from the firm.
        name: such as ``pacs.008.001.08``.
        message_id: chosen by its sender.
        at_us: when it crossed the line.
        xml: its bytes.
    """

    number: int
    way: str
    name: str
    message_id: str
    at_us: int
    xml: bytes


class RailRecorder:
    """Turns what is new on the rails into drafts; remembers how far it has come."""

    def __init__(self) -> None:
        self._messages = 0
        self._records = 0

    def drafts(self, *, archive: MessageArchive, chain: Chain, at_us: int) -> list[Draft]:
        """Return at most one fact for each rail; call it after every step and commit the result."""
        drafts = []
        told = archive.since(self._messages)
        for messages in _pages(told, [len(message.xml) for message in told]):
            payload = _bank_payload(messages)
            drafts.append(Draft(KIND_BANK, at_us, SYSTEM.id, payload))
            self._messages += len(messages)
        records = chain.records(since=self._records)
        for page in _pages(records, [len(record) for record in records]):
            payload = _chain_payload(page, first=self._records, chain_id=chain.id)
            drafts.append(Draft(KIND_CHAIN, at_us, SYSTEM.id, payload))
            self._records += len(page)
        return drafts


def read_bank_messages(fact: Fact) -> list[RecordedMessage]:
    """Return the messages of a ``rails.bank`` fact, each checked against its recorded hash.

    Raises:
        RailFactError: the bytes of a message do not match its hash.
    """
    frame = frame_of(fact)
    meta = frame.meta["messages"]
    assert isinstance(meta, list)
    data = frame.columns["xml.byte"].tobytes()
    messages, start = [], 0
    for row, end in enumerate(frame.columns["end"].tolist()):
        number, way, name, message_id, at_us = meta[row]
        xml = data[start:end]
        if hashlib.sha256(xml).digest() != frame.columns["sha256"][row].tobytes():
            raise RailFactError(
                f"Bank message {message_id} of fact {fact.seq} is not as it was sent.",
                why="Its bytes do not have the recorded SHA-256.",
                fix="Restore the journal or the bundle from its source.",
                seq=fact.seq,
            )
        messages.append(RecordedMessage(number, way, name, message_id, at_us, xml))
        start = end
    return messages


def read_chain_records(facts: Iterable[Fact]) -> list[bytes]:
    """Return the call log that ``rails.chain`` facts hold, ready for ``rails.chain.replay``.

    Raises:
        RailFactError: a fact is missing, so that the log has a gap.
    """
    records: list[bytes] = []
    for fact in facts:
        if fact.kind != KIND_CHAIN:
            continue
        frame = frame_of(fact)
        if frame.meta["first"] != len(records):
            raise RailFactError(
                f"The call log has a gap before fact {fact.seq}.",
                why=f"It goes on at record {frame.meta['first']}; {len(records)} were read.",
                fix="Read every rails.chain fact of the journal, in order.",
                seq=fact.seq,
            )
        records.extend(unpack_records(frame.columns["log.byte"].tobytes()))
    return records


def _pages(items: Sequence[Item], sizes: Sequence[int]) -> Iterator[list[Item]]:
    """Cut items into pages of at most ``PAGE_BYTES``; a larger item gets a page of its own."""
    page: list[Item] = []
    room = PAGE_BYTES
    for item, size in zip(items, sizes, strict=True):
        if page and size > room:
            yield page
            page, room = [], PAGE_BYTES
        page.append(item)
        room -= size
    if page:
        yield page


def _bank_payload(messages: list[ArchivedMessage]) -> bytes:
    columns = {
        "end": np.cumsum([len(message.xml) for message in messages], dtype="<i8"),
        "sha256": np.frombuffer(
            b"".join(bytes.fromhex(message.sha256) for message in messages), dtype=np.uint8
        ).reshape(len(messages), 32),
        "xml.byte": np.frombuffer(b"".join(m.xml for m in messages), dtype=np.uint8),
    }
    listed = [[m.number, m.way.value, m.name, m.message_id, int(m.at_us)] for m in messages]
    return encode_frame(columns, {"messages": listed})


def _chain_payload(records: list[bytes], *, first: int, chain_id: str) -> bytes:
    blob = np.frombuffer(pack_records(records), dtype=np.uint8)
    columns = {"log.byte": blob}
    return encode_frame(columns, {"chain": chain_id, "first": first, "records": len(records)})
