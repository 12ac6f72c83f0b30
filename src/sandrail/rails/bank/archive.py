"""Every message that crossed the line, kept whole: evidence wants the bytes, not our reading."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sandrail.rails.errors import UnknownPaymentError
from sandrail.world import Micros

__all__ = ["ArchivedMessage", "MessageArchive", "Way"]

_GENESIS = hashlib.sha256(b"sandrail/bank-archive/1\n").digest()


class Way(StrEnum):
    """Which way a message went, seen from the firm."""

    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class ArchivedMessage:
    """One message as it crossed the line.

    Attributes:
        number: its position in the archive, from 0.
        way: sent by the firm or received from the bank.
        name: such as ``pacs.008.001.08``.
        message_id: chosen by its sender; a repeated message has the same one.
        at_us: when it crossed.
        sha256: of the bytes, in hexadecimal.
        xml: the bytes.
    """

    number: int
    way: Way
    name: str
    message_id: str
    at_us: Micros
    sha256: str
    xml: bytes


class MessageArchive:
    """An append-only list of messages with a running hash over all of them."""

    def __init__(self) -> None:
        self._messages: list[ArchivedMessage] = []
        self._by_id: dict[str, int] = {}
        self._head = _GENESIS

    @property
    def head(self) -> str:
        """SHA-256 chained over way, name and bytes of every message; order matters."""
        return self._head.hex()

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[ArchivedMessage]:
        return iter(self._messages)

    def since(self, number: int) -> list[ArchivedMessage]:
        """Return the messages from position ``number`` on."""
        return self._messages[number:]

    def find(self, message_id: str) -> ArchivedMessage:
        """Return the first message of that id.

        Raises:
            UnknownPaymentError: none has crossed (code ``rails.unknown_message``).
        """
        number = self._by_id.get(message_id)
        if number is None:
            raise UnknownPaymentError(
                f"No message {message_id[:40]!r} crossed the line.",
                why=f"The archive holds {len(self._messages)} messages.",
                fix="Look up the id in the event or in the reference that send() returned.",
                code="rails.unknown_message",
            )
        return self._messages[number]

    def keep(
        self, xml: bytes, *, way: Way, name: str, message_id: str, at_us: Micros
    ) -> ArchivedMessage:
        """Append a message and return it with its hash."""
        body = hashlib.sha256(xml).digest()
        number = len(self._messages)
        message = ArchivedMessage(number, way, name, message_id, at_us, body.hex(), xml)
        self._messages.append(message)
        self._by_id.setdefault(message_id, number)
        label = f"{way}\n{name}\n{message_id}\n{at_us}\n".encode()
        self._head = hashlib.sha256(self._head + label + body).digest()
        return message
