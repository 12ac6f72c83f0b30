"""Errors of the transfers room.

::

    InputError
    ├── InstructionError     transfers.bad_batch, transfers.unknown_asset, transfers.unknown_party,
    │                        transfers.bad_key, transfers.uneven_chain
    └── OnboardingError      transfers.customers_full, transfers.class_not_allowed,
                             transfers.onboarding_paused
    ConflictError
    └── KeyConflict          transfers.key_conflict
    RefusedError
    └── NotAllowed           transfers.needs_second_person, transfers.paused,
                             transfers.refused_by_rule, transfers.nothing_stands,
                             transfers.nothing_owed
    EvidenceError
    └── ReplayMismatch       transfers.replay_mismatch
    EnvironmentFault
    └── DeskBroken           transfers.desk_broken, transfers.busy
"""

from __future__ import annotations

from sandrail.world import (
    ConflictError,
    EnvironmentFault,
    EvidenceError,
    InputError,
    RefusedError,
)

__all__ = [
    "DeskBroken",
    "InstructionError",
    "KeyConflict",
    "NotAllowed",
    "OnboardingError",
    "ReplayMismatch",
]


class InstructionError(InputError):
    """A submission that cannot be read as instructions; nothing of it happened."""

    code = "transfers.bad_batch"


class OnboardingError(InputError):
    """Parties that cannot be onboarded; none of them was."""

    code = "transfers.class_not_allowed"


class KeyConflict(ConflictError):
    """An idempotency key that was used before for another body."""

    code = "transfers.key_conflict"


class NotAllowed(RefusedError):
    """An act on the desk that this actor may not do."""

    code = "transfers.needs_second_person"


class ReplayMismatch(EvidenceError):
    """The journal says one thing and running it again says another."""

    code = "transfers.replay_mismatch"


class DeskBroken(EnvironmentFault):
    """A commit failed; what is in memory may be ahead of what is durable."""

    code = "transfers.desk_broken"
