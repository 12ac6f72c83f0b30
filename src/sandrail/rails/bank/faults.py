"""What goes wrong at a bank, as data: a plan says which payment meets which trouble.

A fault strikes the first ``times`` attempts of one payment and then leaves it alone, so that a
retry can succeed. Payments are counted per channel from 1, each end-to-end id once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from sandrail.rails.bank.limits import (
    FAULT_DELAY_US_MAX,
    FAULT_TIMES_MAX,
    FAULTS_MAX,
    ID_CHARS_MAX,
)
from sandrail.rails.bank.messages import Reason
from sandrail.rails.errors import FaultPlanError
from sandrail.world import HOUR_US, Seed

__all__ = ["Channel", "Fault", "FaultKind", "FaultPlan", "FaultTracker", "random_faults"]

PER_MILLION = 1_000_000


class Channel(StrEnum):
    """Who ordered the payment."""

    FIRM = "firm"
    """The supervised firm, by message."""

    CUSTOMER = "customer"
    """A customer, in the bank's own app."""


class FaultKind(StrEnum):
    """The kinds of trouble."""

    REJECT = "reject"
    """The bank refuses, with a reason code. No money moves."""

    TIMEOUT_NOT_APPLIED = "timeout_not_applied"
    """The order is lost on its way: no answer, and no money moves."""

    TIMEOUT_APPLIED = "timeout_applied"
    """The money moves, but status and notification are lost on their way back."""

    DELAY = "delay"
    """The bank accepts at once and settles ``delay_us`` later."""

    DUPLICATE = "duplicate_notification"
    """The notice of the credit arrives twice, byte for byte the same."""

    RENUMBERED = "renumbered_notification"
    """The notice arrives twice, the second time as a new message about the same booking."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One trouble and the payment it strikes, which is named by exactly one of two ways.

    Attributes:
        kind: what happens.
        channel: whose payments are counted.
        nth: the payment by its number in the channel, from 1; 0 when it is named by its id.
        end_to_end_id: the payment by its id; empty when it is named by its number.
        reason: the code of a rejection.
        delay_us: how long a delayed payment takes.
        times: how many attempts are struck.
    """

    kind: FaultKind
    channel: Channel = Channel.FIRM
    nth: int = 0
    end_to_end_id: str = ""
    reason: str = Reason.NOT_SPECIFIED
    delay_us: int = HOUR_US
    times: int = 1

    def __post_init__(self) -> None:
        if (self.nth > 0) == bool(self.end_to_end_id) or self.nth < 0:
            raise _bad(
                f"The fault {self.kind} names its payment by nth={self.nth} and "
                f"end_to_end_id={self.end_to_end_id!r}.",
                "Exactly one of them addresses a payment; nth counts from 1.",
            )
        if len(self.end_to_end_id) > ID_CHARS_MAX or not 1 <= len(self.reason) <= 4:
            raise _bad(
                f"The fault {self.kind} has the id {self.end_to_end_id[:40]!r} and the reason "
                f"{self.reason[:10]!r}.",
                f"An id has at most {ID_CHARS_MAX} characters and a reason code 1 to 4.",
            )
        if not 1 <= self.times <= FAULT_TIMES_MAX or not 0 < self.delay_us <= FAULT_DELAY_US_MAX:
            raise _bad(
                f"The fault {self.kind} has times={self.times} and delay_us={self.delay_us}.",
                f"times is 1 to {FAULT_TIMES_MAX}, delay_us 1 to {FAULT_DELAY_US_MAX}.",
            )

    def as_data(self) -> dict[str, str | int]:
        """Return the fault as plain data, as a test plan holds it."""
        data: dict[str, str | int] = {
            "kind": self.kind.value,
            "channel": self.channel.value,
            "reason": str(self.reason),
            "delay_us": self.delay_us,
            "times": self.times,
        }
        if self.nth:
            data["nth"] = self.nth
        else:
            data["end_to_end_id"] = self.end_to_end_id
        return data


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """All faults of a trial's bank.

    Attributes:
        faults: each addresses another payment.
    """

    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        addresses = [(f.channel, f.nth, f.end_to_end_id) for f in self.faults]
        if len(addresses) > FAULTS_MAX:
            raise _bad(f"The plan has {len(addresses):,} faults.", f"At most {FAULTS_MAX:,} fit.")
        seen: set[tuple[str, int, str]] = set()
        for address in addresses:
            if address in seen:
                raise _bad(
                    f"Two faults strike the payment {address}.", "A payment meets one trouble."
                )
            seen.add(address)

    @classmethod
    def from_data(cls, rows: Sequence[Mapping[str, object]]) -> FaultPlan:
        """Read a plan from plain data, such as the ``[[faults]]`` tables of a test plan.

        Raises:
            FaultPlanError: naming the row and what is wrong with it.
        """
        return cls(tuple(_fault(number, row) for number, row in enumerate(rows, 1)))

    def as_data(self) -> list[dict[str, str | int]]:
        """Return the plan as plain data; ``from_data`` reads it back."""
        return [fault.as_data() for fault in self.faults]


def random_faults(
    seed: Seed, *, payments: int, per_million: int, channel: Channel = Channel.FIRM
) -> FaultPlan:
    """Return a plan that strikes each of the first ``payments`` payments with a given chance.

    Kinds, reasons and delays are drawn evenly; the same seed gives the same plan.
    """
    if not 0 <= per_million <= PER_MILLION or not 0 <= payments <= FAULTS_MAX:
        raise _bad(
            f"Faults cannot strike {per_million} in a million of {payments} payments.",
            f"The chance is 0 to {PER_MILLION:,}, the count 0 to {FAULTS_MAX:,}.",
        )
    draws = seed.stream(f"bank.faults.{channel}")
    kinds, reasons = list(FaultKind), list(Reason)
    struck = draws.integers(0, PER_MILLION, payments) < per_million
    kind = draws.integers(0, len(kinds), payments)
    reason = draws.integers(0, len(reasons), payments)
    delay = draws.integers(1, 48 * HOUR_US, payments)
    return FaultPlan(
        tuple(
            Fault(
                kinds[int(kind[i])],
                channel,
                nth=i + 1,
                reason=reasons[int(reason[i])].value,
                delay_us=int(delay[i]),
            )
            for i in range(payments)
            if struck[i]
        )
    )


class FaultTracker:
    """Counts payments and attempts and says which fault strikes now."""

    def __init__(self, plan: FaultPlan) -> None:
        self._by_address = {(f.channel, f.nth, f.end_to_end_id): f for f in plan.faults}
        self._numbers: dict[tuple[Channel, str], int] = {}
        self._counts = dict.fromkeys(Channel, 0)
        self._attempts: dict[tuple[Channel, str], int] = {}

    def strike(self, channel: Channel, end_to_end_id: str) -> Fault | None:
        """Count one attempt of a payment and return the fault that strikes it, if any."""
        key = (channel, end_to_end_id)
        if key not in self._numbers:
            self._counts[channel] += 1
            self._numbers[key] = self._counts[channel]
        self._attempts[key] = attempt = self._attempts.get(key, 0) + 1
        fault = self._by_address.get((channel, 0, end_to_end_id)) or self._by_address.get(
            (channel, self._numbers[key], "")
        )
        return fault if fault is not None and attempt <= fault.times else None


def _fault(number: int, row: Mapping[str, object]) -> Fault:
    known = {field.name for field in fields(Fault)}
    for key, value in row.items():
        wanted = int if key in ("nth", "delay_us", "times") else str
        if key not in known or not isinstance(value, wanted) or isinstance(value, bool):
            raise _bad(
                f"Fault {number} has {key} = {value!r}.",
                f"A fault has {', '.join(sorted(known))}; numbers are whole, the rest is text.",
            )
    text = {k: v for k, v in row.items() if isinstance(v, str)}
    whole = {k: v for k, v in row.items() if isinstance(v, int)}
    try:
        kind = FaultKind(text.get("kind", ""))
        channel = Channel(text.get("channel", Channel.FIRM))
    except ValueError as error:
        raise _bad(
            f"Fault {number}: {error}.",
            f"Kinds are {', '.join(FaultKind)}; channels are {', '.join(Channel)}.",
        ) from error
    return Fault(
        kind,
        channel,
        nth=whole.get("nth", 0),
        end_to_end_id=text.get("end_to_end_id", ""),
        reason=text.get("reason", Reason.NOT_SPECIFIED),
        delay_us=whole.get("delay_us", HOUR_US),
        times=whole.get("times", 1),
    )


def _bad(what: str, why: str) -> FaultPlanError:
    return FaultPlanError(what, why=why, fix="Correct the plan of faults.")
