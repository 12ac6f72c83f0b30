"""The people who act in a trial beside customers: for the firm, and for the supervisor."""

from __future__ import annotations

from dataclasses import dataclass

from sandrail.world import Actor, Role

__all__ = ["SIMULATED", "Officers"]


@dataclass(frozen=True, slots=True)
class Officers:
    """Who signs what.

    Attributes:
        keeper: of the firm; proposes adjusting entries and unfreezing.
        controller: of the firm; agrees to them.
        watch: supervises the trial; narrows and stops alone, proposes to widen.
        head: of the authority; the second person behind a widening or a restart.
    """

    keeper: Actor
    controller: Actor
    watch: Actor
    head: Actor


def _simulated(name: str, role: Role) -> Actor:
    return Actor(f"trial:{name}", f"{name.capitalize()} of the trial (simulated)", role, "trial")


SIMULATED = Officers(
    keeper=_simulated("keeper", Role.FIRM_PREPARER),
    controller=_simulated("controller", Role.FIRM_SIGNATORY),
    watch=_simulated("watch", Role.SUPERVISOR),
    head=_simulated("head", Role.HEAD),
)
"""For rehearsals and tests."""
