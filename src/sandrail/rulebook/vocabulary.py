"""The closed word lists of a pack: what may happen, how firm a number is, which way it binds."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

__all__ = ["Bound", "FirmAction", "Outcome", "SourceKind", "Status", "strictest"]


class Outcome(StrEnum):
    """What a guardrail says about one instruction, from mildest to strictest."""

    ALLOW = "ALLOW"
    WARN = "WARN"
    HOLD = "HOLD"
    BLOCK = "BLOCK"
    FREEZE = "FREEZE"

    @property
    def rank(self) -> int:
        """0 for ALLOW to 4 for FREEZE: the number that kernels and the ledger carry."""
        return _RANKS[self]


_RANKS: dict[Outcome, int] = {outcome: rank for rank, outcome in enumerate(Outcome)}


def strictest(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the strictest outcome; ALLOW when there is none."""
    return max(outcomes, key=lambda outcome: outcome.rank, default=Outcome.ALLOW)


class FirmAction(StrEnum):
    """What follows for the whole firm when a guardrail is crossed."""

    PAUSE = "PAUSE"
    ESCALATE = "ESCALATE"
    REPORT = "REPORT"


class Status(StrEnum):
    """How firm a value is in law, as far as its source shows."""

    LAW = "law"
    IN_FORCE = "in_force"
    DRAFT = "draft"
    PRESS = "press"
    PLACEHOLDER = "placeholder"

    @property
    def weight(self) -> int:
        """4 for an act of parliament down to 0 for a number of ours."""
        return _WEIGHTS[self]


_WEIGHTS: dict[Status, int] = {
    Status.LAW: 4,
    Status.IN_FORCE: 3,
    Status.DRAFT: 2,
    Status.PRESS: 1,
    Status.PLACEHOLDER: 0,
}


class SourceKind(StrEnum):
    """Who speaks in a source. The kind says how far to trust it, the status what it claims."""

    OFFICIAL = "official"
    LAW_FIRM = "law_firm"
    PRESS = "press"
    VENDOR = "vendor"
    SOCIAL = "social"
    OURS = "ours"


class Bound(StrEnum):
    """Which way a value binds, and therefore what "tighter" means.

    ====== =============================================== ==================
    bound  reads                                           tighter is
    ====== =============================================== ==================
    max    the quantity stays at or below the value        a smaller value
    min    the quantity stays at or above the value        a larger value
    above  the duty starts above the value                 a smaller value
    must   the duty holds (yes) or does not (no)           yes
    may    the permission holds (yes) or does not (no)     no
    only   nothing outside these names                     fewer names
    all    every one of these names                        more names
    fact   a figure that other rules use                   (nothing is)
    ====== =============================================== ==================
    """

    MAX = "max"
    MIN = "min"
    ABOVE = "above"
    MUST = "must"
    MAY = "may"
    ONLY = "only"
    ALL = "all"
    FACT = "fact"
