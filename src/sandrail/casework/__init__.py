"""Applications, evaluation, decisions, instruments and their register: who may do what, and why."""

from sandrail.casework.adopting import Adoption, RuleChange, plan_adoption
from sandrail.casework.application import Application, InstrumentKind, Track
from sandrail.casework.case import Case, Decision, Finding, Instrument, Score, Verdict, Version
from sandrail.casework.casebook import Casebook
from sandrail.casework.clocks import ClockReading, ClockState, clocks_of
from sandrail.casework.deciding import Outcome, Terms
from sandrail.casework.docket import docket_of
from sandrail.casework.documents import Document, check_document, read_document
from sandrail.casework.entry import Entry, Grounds, Pair
from sandrail.casework.errors import (
    ApplicationError,
    BrokenCaseError,
    DocumentError,
    ForbiddenError,
    JourneyError,
    NotReadyError,
    RegisterError,
    StateError,
    UnknownError,
)
from sandrail.casework.evaluating import Observation
from sandrail.casework.export import (
    read_snapshot,
    snapshot_csv,
    snapshot_json,
    write_parquet,
)
from sandrail.casework.journey import Journey, Played, load_journey, play
from sandrail.casework.lifecycle import (
    APPLICATION_MACHINE,
    INSTRUMENT_MACHINE,
    Act,
    Doors,
    State,
    Transition,
    draw,
)
from sandrail.casework.people import People, load_people
from sandrail.casework.permissions import Denial, Permit, View, may
from sandrail.casework.queue import QueueItem, queue_for
from sandrail.casework.read import load_application, parse_application
from sandrail.casework.redaction import Gap, read_entries
from sandrail.casework.register import (
    Change,
    ReasonsEntry,
    RegisterEntry,
    Snapshot,
    changes,
    prove_not_rewritten,
    reasons_register,
    register_as_of,
    register_entries,
    take_snapshot,
)
from sandrail.casework.report import Answer, LimitAnswer, SelfCheckReport, Standing
from sandrail.casework.search import RegisterIndex
from sandrail.casework.self_check import proposed_conditions, self_check
from sandrail.casework.statistics import ServiceLevels, service_levels
from sandrail.casework.supervising import doors
from sandrail.casework.walk import Walk
from sandrail.casework.write import application_text, diff_applications

__all__ = [
    "APPLICATION_MACHINE",
    "INSTRUMENT_MACHINE",
    "Act",
    "Adoption",
    "Answer",
    "Application",
    "ApplicationError",
    "BrokenCaseError",
    "Case",
    "Casebook",
    "Change",
    "ClockReading",
    "ClockState",
    "Decision",
    "Denial",
    "Document",
    "DocumentError",
    "Doors",
    "Entry",
    "Finding",
    "ForbiddenError",
    "Gap",
    "Grounds",
    "Instrument",
    "InstrumentKind",
    "Journey",
    "JourneyError",
    "LimitAnswer",
    "NotReadyError",
    "Observation",
    "Outcome",
    "Pair",
    "People",
    "Permit",
    "Played",
    "QueueItem",
    "ReasonsEntry",
    "RegisterEntry",
    "RegisterError",
    "RegisterIndex",
    "RuleChange",
    "Score",
    "SelfCheckReport",
    "ServiceLevels",
    "Snapshot",
    "Standing",
    "State",
    "StateError",
    "Terms",
    "Track",
    "Transition",
    "UnknownError",
    "Verdict",
    "Version",
    "View",
    "Walk",
    "application_text",
    "changes",
    "check_document",
    "clocks_of",
    "diff_applications",
    "docket_of",
    "doors",
    "draw",
    "load_application",
    "load_journey",
    "load_people",
    "may",
    "parse_application",
    "plan_adoption",
    "play",
    "proposed_conditions",
    "prove_not_rewritten",
    "queue_for",
    "read_document",
    "read_entries",
    "read_snapshot",
    "reasons_register",
    "register_as_of",
    "register_entries",
    "self_check",
    "service_levels",
    "snapshot_csv",
    "snapshot_json",
    "take_snapshot",
    "write_parquet",
]
