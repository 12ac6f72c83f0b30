"""What needs authorisation: activities by economic function, and what is prohibited."""

from __future__ import annotations

from enum import StrEnum

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from sandrail.rulebook.sources import Sourced
from sandrail.rulebook.texts import LocalText
from sandrail.rulebook.vocabulary import Status

__all__ = ["Activity", "AgencyPart", "Part", "Prohibition"]


class Part(StrEnum):
    """What an agency does about an activity."""

    DECIDES = "decides"
    CONSENTS = "consents"
    CONSULTED = "consulted"
    INFORMED = "informed"


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class AgencyPart:
    """An agency's part in an activity, and when it has it."""

    agency: str
    part: Part
    when: LocalText | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Activity:
    """A service, recognised by what it does and not by what it is called.

    Attributes:
        id: ``issuance_asset_referenced``.
        title: its name.
        function: the economic function that makes it this activity.
        in_scope: whether it needs authorisation at all.
        instruments: which instruments can allow it; empty when it needs none.
        agencies: who has a part in it.
        cohort: open in the current cohort of the sandbox.
    """

    id: str
    title: LocalText
    function: LocalText
    source: Sourced
    status: Status
    in_scope: bool = True
    instruments: tuple[str, ...] = ()
    agencies: tuple[AgencyPart, ...] = ()
    cohort: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Prohibition:
    """Something that no test may do.

    Attributes:
        id: ``virtual_asset_backing``.
        title: what is prohibited.
        question: what the applicant is asked; the answer "yes" means prohibited.
        because: why, in a sentence.
    """

    id: str
    title: LocalText
    question: LocalText
    because: LocalText
    source: Sourced
    status: Status
