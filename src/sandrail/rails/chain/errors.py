"""Errors of the chain.

::

    InputError
    ├── ArtifactError     chain.{bad_artifact, artifact_missing, not_expressible}
    └── CallError         chain.{bad_call, bad_argument, bad_name, unknown_ref, clock_backwards}
    ConflictError
    └── RefConflict       chain.ref_conflict
    EvidenceError
    └── CallLogError      chain.{bad_log, replay_mismatch, engine_disagrees, promise_broken,
                                 interrupted}
    EnvironmentFault
    └── EngineMissing     chain.engine_missing

A contract that refuses is not an error: it is a ``Receipt`` with ``ok=False`` and the reason.
"""

from __future__ import annotations

from sandrail.world import ConflictError, EnvironmentFault, EvidenceError, InputError

__all__ = ["ArtifactError", "CallError", "CallLogError", "EngineMissing", "RefConflict"]


class ArtifactError(InputError):
    """A compiled contract that cannot be used."""

    code = "chain.bad_artifact"


class CallError(InputError):
    """A call that no chain could take, whatever its state."""

    code = "chain.bad_call"


class RefConflict(ConflictError):
    """The same reference came back with another call."""

    code = "chain.ref_conflict"


class CallLogError(EvidenceError):
    """A call log that is damaged, or that does not replay to what was recorded."""

    code = "chain.bad_log"


class EngineMissing(EnvironmentFault):
    """The engine asked for is not installed."""

    code = "chain.engine_missing"
