"""Errors of the transfers room.

::

    InputError
    ├── InstructionError     transfers.bad_batch, transfers.unknown_asset, transfers.unknown_party,
    │                        transfers.bad_key, transfers.uneven_chain
    ├── DeskSnapshotDamaged  transfers.bad_snapshot
    └── OnboardingError      transfers.customers_full, transfers.class_not_allowed,
                             transfers.onboarding_paused
    ConflictError
    ├── KeyConflict          transfers.key_conflict
    └── DeskExists           transfers.desk_exists
    RefusedError
    └── NotAllowed           transfers.needs_second_person, transfers.refused_by_rule,
                             transfers.nothing_stands,
                             transfers.nothing_owed, transfers.consents_full,
                             transfers.not_your_role, transfers.another_firm,
                             transfers.no_reason
    EvidenceError
    └── ReplayMismatch       transfers.replay_mismatch
    EnvironmentFault
    └── DeskBroken           transfers.desk_broken, transfers.desk_behind
"""

from __future__ import annotations

from sandrail.journal import Fact
from sandrail.world import (
    ConflictError,
    EnvironmentFault,
    EvidenceError,
    InputError,
    RefusedError,
)

__all__ = [
    "DeskBroken",
    "DeskExists",
    "DeskSnapshotDamaged",
    "InstructionError",
    "KeyConflict",
    "NotAllowed",
    "OnboardingError",
    "ReplayMismatch",
    "mismatch",
]


class InstructionError(InputError):
    """A submission that cannot be read as instructions; nothing of it happened."""

    code = "transfers.bad_batch"


class OnboardingError(InputError):
    """Parties that cannot be onboarded; none of them was."""

    code = "transfers.class_not_allowed"


class DeskSnapshotDamaged(InputError):
    """Bytes that are no desk; whoever opens one replays the facts instead and says so."""

    code = "transfers.bad_snapshot"


class KeyConflict(ConflictError):
    """An idempotency key that was used before for another body."""

    code = "transfers.key_conflict"


class DeskExists(ConflictError):
    """A journal in which a desk was opened before."""

    code = "transfers.desk_exists"


class NotAllowed(RefusedError):
    """An act on the desk that this actor may not do."""

    code = "transfers.needs_second_person"


class ReplayMismatch(EvidenceError):
    """The journal says one thing and running it again says another."""

    code = "transfers.replay_mismatch"


def mismatch(fact: Fact, why: str) -> ReplayMismatch:
    """Return the error of a fact that running it again does not give."""
    return ReplayMismatch(
        f"Fact {fact.seq} ({fact.kind}) cannot be reproduced.",
        why=why,
        fix="Treat the journal as forged or faulty from this fact on; the facts before it hold. "
        "Compare it with a backup or with another party's copy.",
        seq=fact.seq,
    )


class DeskBroken(EnvironmentFault):
    """A commit failed; what is in memory may be ahead of what is durable."""

    code = "transfers.desk_broken"
