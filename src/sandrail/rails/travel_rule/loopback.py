"""A counterparty VASP that lives in this process: reads IVMS101, decides, answers in JSON.

It knows its customers by account and legal name, demands the fields its own law demands, may be
slow, and may never answer at all, as many VASPs in the world still do. Nothing but bytes passes
between the two sides, and every message is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from sandrail.rails.errors import InquiryConflictError, TravelRuleError
from sandrail.rails.travel_rule.check import check, missing_fields
from sandrail.rails.travel_rule.codes import Version
from sandrail.rails.travel_rule.limits import ANSWER_DELAY_US_MAX, INQUIRY_ID_CHARS_MAX
from sandrail.rails.travel_rule.model import NaturalPerson, Party, TravelRuleData
from sandrail.rails.travel_rule.port import (
    Answer,
    CancelReason,
    Exchanged,
    Inquiry,
    InquiryState,
    TravelRuleChannel,
)
from sandrail.rails.travel_rule.read import decode
from sandrail.rails.travel_rule.write import encode
from sandrail.world import Clock, Micros, canonical_bytes, date_of, parse_canonical

__all__ = ["CounterpartyPolicy", "LoopbackVasp"]


@dataclass(frozen=True, slots=True)
class CounterpartyPolicy:
    """How the other VASP behaves.

    Attributes:
        customers: legal name by account number, as that VASP knows them; names are compared
            without regard to case, blanks and order of words.
        required: the fields its law demands, in the words of ``missing_fields``.
        version: the edition of IVMS101 it is spoken to in.
        answer_delay_us: how long it thinks.
        silent: it never answers; its country does not yet apply the rule.
    """

    customers: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ("originator.name", "originator.account", "beneficiary.name")
    version: Version = Version.V2023
    answer_delay_us: int = 0
    silent: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.answer_delay_us <= ANSWER_DELAY_US_MAX:
            raise TravelRuleError(
                f"A counterparty cannot answer after {self.answer_delay_us} microseconds.",
                why=f"The delay is 0 to {ANSWER_DELAY_US_MAX}.",
                fix="Make it silent instead, if it shall never answer.",
            )


class LoopbackVasp:
    """The line to a simulated counterparty; implements ``TravelRuleChannel``."""

    def __init__(self, clock: Clock, policy: CounterpartyPolicy) -> None:
        self._clock = clock
        self._policy = policy
        self._sent: dict[str, str] = {}
        self._states: dict[str, InquiryState] = {}
        self._due: list[tuple[int, int, str, bytes]] = []
        self._answers: list[Answer] = []
        self._polled = 0
        self._exchanged: list[Exchanged] = []

    @property
    def exchanged(self) -> tuple[Exchanged, ...]:
        """Every message of every exchange, in order."""
        return tuple(self._exchanged)

    def inquire(self, inquiry: Inquiry) -> InquiryState:
        """Send an inquiry; see ``TravelRuleChannel.inquire``."""
        if not 1 <= len(inquiry.id) <= INQUIRY_ID_CHARS_MAX or not inquiry.id.isprintable():
            raise TravelRuleError(
                f"{inquiry.id[:INQUIRY_ID_CHARS_MAX]!r} cannot be the id of an inquiry.",
                why=f"An id has 1 to {INQUIRY_ID_CHARS_MAX} printable characters.",
                fix="Use the transfer's id.",
            )
        body = self._body(inquiry)
        sha256 = hashlib.sha256(body).hexdigest()
        known = self._sent.get(inquiry.id)
        if known not in (None, sha256):
            raise InquiryConflictError(
                f"The inquiry {inquiry.id} was sent before with another content.",
                why=f"Its content had the hash {known}; now it has {sha256}.",
                fix="Repeat the first inquiry unchanged, or give the new one its own id.",
                inquiry_id=inquiry.id,
            )
        self._advance()
        now_us = self._clock.now_us()
        self._keep(body, inquiry.id, now_us, sent=True)
        if known is None:
            self._sent[inquiry.id] = sha256
            self._states[inquiry.id] = InquiryState.WAITING
            self._receive(inquiry.id, body, now_us)
        return self.state(inquiry.id)

    def poll(self, *, after: int | None = None) -> list[Answer]:
        """Return answers; see ``TravelRuleChannel.poll``."""
        self._advance()
        first = self._polled if after is None else max(after + 1, 0)
        self._polled = max(self._polled, len(self._answers))
        return self._answers[first:]

    def state(self, inquiry_id: str) -> InquiryState:
        """Return where an inquiry stands; see ``TravelRuleChannel.state``."""
        self._advance()
        found = self._states.get(inquiry_id)
        if found is None:
            raise TravelRuleError(
                f"No inquiry {inquiry_id[:INQUIRY_ID_CHARS_MAX]!r} was sent.",
                why=f"{len(self._states)} were.",
                fix="Check the id.",
                code="travel_rule.unknown_inquiry",
            )
        return found

    def confirm(self, inquiry_id: str, transfer_ref: str) -> None:
        """Tell that the transfer was made; see ``TravelRuleChannel.confirm``."""
        allowed = (InquiryState.APPROVED,)
        self._close(inquiry_id, InquiryState.CONFIRMED, allowed, {"transfer": transfer_ref})

    def cancel(self, inquiry_id: str, reason: CancelReason) -> None:
        """Tell that the transfer will not be made; see ``TravelRuleChannel.cancel``."""
        allowed = (InquiryState.APPROVED, InquiryState.WAITING)
        self._close(
            inquiry_id, InquiryState.CANCELLED, allowed, {"cancelled": CancelReason(reason).value}
        )

    # --- our side of the line ----------------------------------------------------------------

    def _body(self, inquiry: Inquiry) -> bytes:
        payload = encode(inquiry.data, version=self._policy.version)
        return canonical_bytes(
            {
                "inquiry": inquiry.id,
                "asset": inquiry.amount.asset.code,
                "amountMinor": inquiry.amount.minor,
                "IVMS101": parse_canonical(payload),
            }
        )

    def _close(
        self,
        inquiry_id: str,
        state: InquiryState,
        allowed: tuple[InquiryState, ...],
        message: dict[str, str],
    ) -> None:
        current = self.state(inquiry_id)
        if current is state:
            return
        if current not in allowed:
            raise InquiryConflictError(
                f"The inquiry {inquiry_id} cannot become {state}.",
                why=f"It is {current}.",
                fix="Only an approved transfer is made; a finished one stays as it is.",
                inquiry_id=inquiry_id,
            )
        self._states[inquiry_id] = state
        body = canonical_bytes({"inquiry": inquiry_id, **message})
        self._keep(body, inquiry_id, self._clock.now_us(), sent=True)

    def _advance(self) -> None:
        now_us = self._clock.now_us()
        while self._due and self._due[0][0] <= now_us:
            due_us, _, inquiry_id, body = heappop(self._due)
            if self._states[inquiry_id] is not InquiryState.WAITING:
                continue
            kept = self._keep(body, inquiry_id, Micros(due_us), sent=False)
            answer = _read_answer(len(self._answers), kept)
            approved = InquiryState.APPROVED if answer.approved else InquiryState.REJECTED
            self._states[inquiry_id] = approved
            self._answers.append(answer)

    def _keep(self, body: bytes, inquiry_id: str, at_us: Micros, *, sent: bool) -> Exchanged:
        sha256 = hashlib.sha256(body).hexdigest()
        kept = Exchanged(len(self._exchanged), sent, inquiry_id, at_us, sha256, body)
        self._exchanged.append(kept)
        return kept

    # --- the other side of the line ----------------------------------------------------------

    def _receive(self, inquiry_id: str, body: bytes, now_us: Micros) -> None:
        if self._policy.silent:
            return
        decision = _decide(body, self._policy, now_us)
        answer = canonical_bytes({"inquiry": inquiry_id, **decision})
        due_us = now_us + self._policy.answer_delay_us
        heappush(self._due, (due_us, len(self._sent), inquiry_id, answer))


def _decide(body: bytes, policy: CounterpartyPolicy, now_us: Micros) -> dict[str, object]:
    """Answer an inquiry as the beneficiary's VASP would; the first ground of refusal counts."""
    message = parse_canonical(body)
    payload = message.get("IVMS101") if isinstance(message, dict) else None
    try:
        data = decode(canonical_bytes(payload))
    except TravelRuleError as error:
        return _rejected("unreadable", str(error.fields.get("path", error.what)))
    violations = check(data, today=date_of(now_us))
    if violations:
        return _rejected("not_ivms101", *(f"{v.rule} {v.path}" for v in violations))
    missing = missing_fields(data, policy.required)
    if missing:
        return _rejected("missing_fields", *missing)
    return _recognise(data, policy)


def _recognise(data: TravelRuleData, policy: CounterpartyPolicy) -> dict[str, object]:
    for party in data.beneficiaries:
        for account in party.account_numbers:
            known = policy.customers.get(account)
            if known is None:
                continue
            if _same_name(party, known):
                return {"approved": {"address": account}}
            return _rejected("beneficiary_name", account)
    return _rejected("unknown_beneficiary")


def _same_name(party: Party, known: str) -> bool:
    person = party.person
    if isinstance(person, NaturalPerson):
        told = [f"{n.primary} {n.secondary or ''}" for n in person.names + person.local_names]
    else:
        told = [n.name for n in person.names + person.local_names]
    return _words(known) in [_words(name) for name in told]


def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(name.casefold().split()))


def _rejected(reason: str, *detail: str) -> dict[str, object]:
    return {"rejected": {"reason": reason, "detail": list(detail)}}


def _read_answer(number: int, kept: Exchanged) -> Answer:
    message = parse_canonical(kept.body)
    if isinstance(message, dict) and message.get("inquiry") == kept.inquiry_id:
        approved, rejected = message.get("approved"), message.get("rejected")
        if isinstance(approved, dict) and rejected is None:
            address = str(approved["address"])
            return Answer(number, kept.at_us, kept.inquiry_id, True, address, None, (), kept.sha256)
        if isinstance(rejected, dict) and approved is None:
            detail = tuple(str(item) for item in rejected["detail"])
            reason = str(rejected["reason"])
            return Answer(
                number, kept.at_us, kept.inquiry_id, False, None, reason, detail, kept.sha256
            )
    raise TravelRuleError(
        f"The answer to {kept.inquiry_id} cannot be understood.",
        why="It approves or rejects, exactly one of them, and names the inquiry.",
        fix="Ask the other VASP to send it again.",
        code="travel_rule.bad_message",
    )


if TYPE_CHECKING:  # the type checker holds the class against the port
    _CHANNEL: type[TravelRuleChannel] = LoopbackVasp
