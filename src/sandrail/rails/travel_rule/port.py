"""The extension point of the travel rule: how two VASPs talk before value moves.

The shape is that of the Travel Rule Protocol: an inquiry carries IVMS101, the answer approves with
an address to pay to or rejects with a reason, and a confirmation names the transfer on the chain or
cancels. An adapter for a network (TRP, TRISA, a vendor) implements ``TravelRuleChannel``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sandrail.money import Money
from sandrail.rails.travel_rule.model import TravelRuleData
from sandrail.world import Micros

__all__ = [
    "Answer",
    "CancelReason",
    "Exchanged",
    "Inquiry",
    "InquiryState",
    "TravelRuleChannel",
]


class InquiryState(StrEnum):
    """Where an inquiry stands."""

    WAITING = "waiting"
    """Sent; the other side has not answered."""

    APPROVED = "approved"
    REJECTED = "rejected"
    CONFIRMED = "confirmed"
    """Approved, and the transfer was made."""

    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    """All that the other side may be told of why a transfer will not be made.

    Its customer hears what it hears. So what screening or an officer decided is no reason here.
    """

    WITHDRAWN = "withdrawn"
    NO_ANSWER = "no_answer"
    NOT_CARRIED_OUT = "not_carried_out"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What the originating VASP asks before it sends.

    Attributes:
        id: chosen by the sender; the same id never asks twice.
        amount: what is to be sent.
        data: who sends and who receives.
    """

    id: str
    amount: Money
    data: TravelRuleData


@dataclass(frozen=True, slots=True)
class Answer:
    """What the beneficiary's VASP answered.

    Attributes:
        number: position among the channel's answers, from 0.
        at_us: when.
        inquiry_id: to what.
        approved: whether the transfer may be sent.
        address: where to, when approved.
        reason: a stable code, when rejected, such as ``missing_fields``.
        detail: what exactly; the paths or fields concerned.
        sha256: of the answer's bytes.
    """

    number: int
    at_us: Micros
    inquiry_id: str
    approved: bool
    address: str | None
    reason: str | None
    detail: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One message of an exchange, kept whole for evidence.

    Attributes:
        number: position, from 0.
        sent: True from us to them, False from them to us.
        inquiry_id: to which exchange it belongs.
        at_us: when.
        sha256: of the body, in hexadecimal.
        body: the bytes.
    """

    number: int
    sent: bool
    inquiry_id: str
    at_us: Micros
    sha256: str
    body: bytes


class TravelRuleChannel(Protocol):
    """The line to one counterparty VASP."""

    def inquire(self, inquiry: Inquiry) -> InquiryState:
        """Send an inquiry; the same inquiry may be sent again.

        Raises:
            InquiryConflictError: the id belongs to another inquiry.
        """
        ...

    def poll(self, *, after: int | None = None) -> list[Answer]:
        """Return answers numbered above ``after``, oldest first; without it, each one once."""
        ...

    def state(self, inquiry_id: str) -> InquiryState:
        """Return where an inquiry stands.

        Raises:
            TravelRuleError: no such inquiry was sent.
        """
        ...

    def confirm(self, inquiry_id: str, transfer_ref: str) -> None:
        """Tell that an approved transfer was made, and which it is.

        Raises:
            InquiryConflictError: it was not approved.
        """
        ...

    def cancel(self, inquiry_id: str, reason: CancelReason) -> None:
        """Tell that the transfer will not be made.

        Raises:
            InquiryConflictError: it was already made.
        """
        ...
