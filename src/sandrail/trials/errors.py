"""Errors of the trials room.

::

    InputError
    ├── PlanError            trials.{plan_unreadable, plan_unknown_key, plan_missing_key,
    │                        plan_bad_value, plan_duplicate, plan_contradiction}
    └── PopulationError      trials.bad_population
    ConflictError
    └── SignatureMismatch    trials.signature_mismatch: the plan was changed after it was signed
    RefusedError
    ├── UnsignedPlan         trials.unsigned: a live trial needs two signatories
    └── NotPermitted         trials.not_permitted: plan and permission contradict each other
    EvidenceError
    └── OtherRun             trials.other_run: run again, a fact comes out as another one
"""

from __future__ import annotations

from sandrail.world import ConflictError, EvidenceError, InputError, RefusedError

__all__ = [
    "NotPermitted",
    "OtherRun",
    "PlanError",
    "PopulationError",
    "SignatureMismatch",
    "UnsignedPlan",
]


class PlanError(InputError):
    """A test plan that cannot be enforced as it is written; ``fields`` name the place."""

    code = "trials.plan_bad_value"


class PopulationError(InputError):
    """A population that cannot be drawn."""

    code = "trials.bad_population"


class SignatureMismatch(ConflictError):
    """A signature stands under other terms than the plan's."""

    code = "trials.signature_mismatch"


class UnsignedPlan(RefusedError):
    """A live trial was asked for under a plan that two people have not signed."""

    code = "trials.unsigned"


class NotPermitted(RefusedError):
    """The permission does not allow what the plan asks."""

    code = "trials.not_permitted"


class OtherRun(EvidenceError):
    """A trial that is run again does not give the facts that are recorded."""

    code = "trials.other_run"
