"""Who does something. Every fact names its actor; four-eyes rules compare actors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sandrail.world.errors import InputError

__all__ = ["SYSTEM", "Actor", "Role"]

ACTOR_ID_CHARS_MAX = 80


class Role(StrEnum):
    """What an actor may be to the sandbox."""

    INTAKE_OFFICER = "intake_officer"
    CASE_OFFICER = "case_officer"
    MODERATOR = "moderator"
    SUPERVISOR = "supervisor"
    AML_SPECIALIST = "aml_specialist"
    RESERVE_ANALYST = "reserve_analyst"
    COMMITTEE_MEMBER = "committee_member"
    HEAD = "head"
    APPEAL_PANEL = "appeal_panel"
    AGENCY_OFFICER = "agency_officer"
    FIRM_PREPARER = "firm_preparer"
    FIRM_SIGNATORY = "firm_signatory"
    FIRM_ENGINEER = "firm_engineer"
    MLRO = "mlro"
    AUDITOR = "auditor"
    PUBLIC = "public"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a machine that acts.

    Attributes:
        id: stable and unique, such as ``pvara:s.khan``.
        name: as written in a decision; may be in any script.
        role: what the actor is in this act.
        organisation: a firm id, an agency, or ``sandrail``.
    """

    id: str
    name: str
    role: Role
    organisation: str

    def __post_init__(self) -> None:
        if not self.id or len(self.id) > ACTOR_ID_CHARS_MAX or not self.id.isprintable():
            raise InputError(
                f"The actor id {self.id[:ACTOR_ID_CHARS_MAX]!r} cannot be used.",
                why=f"An id has 1 to {ACTOR_ID_CHARS_MAX} printable characters.",
                fix="Write organisation:person, such as pvara:s.khan.",
                code="world.bad_actor",
            )


SYSTEM = Actor(id="sandrail:system", name="Sandrail", role=Role.SYSTEM, organisation="sandrail")
"""The engine itself: timers, expiries, kernels."""
