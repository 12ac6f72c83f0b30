"""Who regulates, what must be reported, what it costs, how long it may take, why one is refused."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from sandrail.rulebook.sources import Sourced
from sandrail.rulebook.texts import LocalText
from sandrail.rulebook.vocabulary import Status

__all__ = ["Authority", "Deadline", "Decides", "Fee", "Rate", "Reason", "ReportDuty", "Runner"]


class Runner(StrEnum):
    """Against whom a clock runs."""

    AUTHORITY = "authority"
    FIRM = "firm"


class Decides(StrEnum):
    """Decisions that a reason can carry."""

    RETURN = "return"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    REVOKE = "revoke"
    CONDITION = "condition"
    GRANT = "grant"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Authority:
    """An agency that has a part in the regime.

    Attributes:
        id: its usual abbreviation, ``PVARA``.
        name: its full name.
        role: what it does in the regime.
        interface: how machines talk to it, where that is known.
    """

    id: str
    name: LocalText
    role: LocalText
    source: Sourced
    status: Status
    interface: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Deadline:
    """A statutory clock.

    Attributes:
        id: ``completeness``.
        title: what must be done in time.
        length: how many units.
        unit: ``hours``, ``days``, ``working_days``, ``weeks``, ``months`` or ``years``.
        runs_against: who is late when it ends.
        starts_at: the event that starts it.
        stops_for_information: it stands still while the firm owes information.
        calendar: the calendar whose working days count; the pack's first one when empty.
        on_lapse: what follows when it ends.
    """

    id: str
    title: LocalText
    length: Annotated[int, Field(strict=True, ge=0)]
    unit: str
    runs_against: Runner
    starts_at: str
    source: Sourced
    status: Status
    stops_for_information: bool = False
    calendar: str = ""
    on_lapse: LocalText | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Fee:
    """What an application or a licence costs.

    Attributes:
        id: short name.
        title: for the reader.
        amount: decimal text, in major units of ``unit``.
        unit: a currency of the pack.
        source: where it is written.
        status: whether it is in force.
        instrument: what it is paid for; empty for every kind.
        note: what a reader should know.
    """

    id: str
    title: LocalText
    amount: str
    unit: str
    source: Sourced
    status: Status
    instrument: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Rate:
    """What one unit of a foreign currency is worth in the pack's own, to show and compare lines.

    Attributes:
        unit: the foreign currency.
        value: decimal text, units of the pack's currency for one foreign unit.
    """

    unit: str
    value: str
    source: Sourced
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class ReportDuty:
    """A report that somebody owes somebody.

    Attributes:
        id: ``cash_transaction``.
        title: its name.
        to: authorities, the firm or the public.
        format: the form in which it is delivered.
        cadence: how often, in words.
        deadline: the clock it must meet, by id; empty for none.
        rules: the rules whose breach it reports.
    """

    id: str
    title: LocalText
    to: tuple[str, ...]
    format: str
    cadence: str
    source: Sourced
    status: Status
    deadline: str = ""
    rules: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Reason:
    """A coded reason for a decision, as it is given to the firm and to the public.

    Attributes:
        id: the code, ``SCOPE-1``.
        title: what it says.
        decisions: the decisions that it can carry.
        cites: criterion, prohibition or rule that it rests on.
        remedy: what the firm can do about it.
    """

    id: str
    title: LocalText
    decisions: tuple[Decides, ...]
    remedy: LocalText
    source: Sourced
    status: Status
    cites: tuple[str, ...] = ()
