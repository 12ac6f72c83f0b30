"""The outside enters here: time, chance, names of things and people, and how errors speak."""

from sandrail.world.actor import SYSTEM, Actor, Role
from sandrail.world.canonical import canonical_bytes, digest, nests_deeper, parse_canonical
from sandrail.world.clock import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    SECOND_US,
    Clock,
    Micros,
    RealClock,
    TrialClock,
    date_of,
    iso,
    parse_instant,
    start_of_day,
)
from sandrail.world.errors import (
    MALFORMED,
    ConflictError,
    EnvironmentFault,
    EvidenceError,
    InputError,
    RefusedError,
    SandrailError,
    why_unreadable,
)
from sandrail.world.ids import (
    AccountNo,
    TransferId,
    derive_id,
    hex_id,
)
from sandrail.world.seed import Seed
from sandrail.world.toml import parse_toml, read_limited

__all__ = [
    "DAY_US",
    "HOUR_US",
    "MALFORMED",
    "MINUTE_US",
    "SECOND_US",
    "SYSTEM",
    "AccountNo",
    "Actor",
    "Clock",
    "ConflictError",
    "EnvironmentFault",
    "EvidenceError",
    "InputError",
    "Micros",
    "RealClock",
    "RefusedError",
    "Role",
    "SandrailError",
    "Seed",
    "TransferId",
    "TrialClock",
    "canonical_bytes",
    "date_of",
    "derive_id",
    "digest",
    "hex_id",
    "iso",
    "nests_deeper",
    "parse_canonical",
    "parse_instant",
    "parse_toml",
    "read_limited",
    "start_of_day",
    "why_unreadable",
]
