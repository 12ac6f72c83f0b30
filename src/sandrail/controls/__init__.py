"""The gate: guardrails as pure checks over columns, and the answers they give.

A control knows neither ledger nor rails nor clock. The transfers room gathers what controls read
and runs them together with the posting.
"""

from sandrail.controls.arrays import gate_arrays
from sandrail.controls.catalogue import CONTROLS, FIRM_CONTROLS, compile_program
from sandrail.controls.control import AssetTerms, Control, Setting
from sandrail.controls.customer_text import customer_text, plain_text
from sandrail.controls.errors import ObservationError, ProgramError
from sandrail.controls.facts import TRAVEL_DATA_COMPLETE, PartyStatus, RowFact, Screen
from sandrail.controls.firm.book import OBSERVATIONS, FirmBook
from sandrail.controls.firm.consequence import NO_DAY, Consequence, Effect
from sandrail.controls.firm.control import FirmControl, FirmView, Usage
from sandrail.controls.firm.observation import Observation, read_observation, told_as_plain
from sandrail.controls.firm.position import AssetPosition, PositionTaken
from sandrail.controls.guardrails.g09_listing import ListingProposed
from sandrail.controls.guardrails.g12_reserve import cover_units
from sandrail.controls.guardrails.g13_composition import ReserveComposed, ReserveLine
from sandrail.controls.guardrails.g14_matching import SupplyCounted
from sandrail.controls.guardrails.g15_redemption import (
    RedemptionPaidShort,
    RedemptionsAsked,
    RedemptionsPaid,
)
from sandrail.controls.guardrails.g16_attestation import AttestationMade
from sandrail.controls.guardrails.g17_segregation import ClientAccountReported
from sandrail.controls.guardrails.g26_reports import CashTaken, SuspicionRaised
from sandrail.controls.guardrails.g27_capital import CapitalReported
from sandrail.controls.guardrails.g28_complaints import ComplaintClosed, ComplaintReceived
from sandrail.controls.guardrails.g29_incident import IncidentReported
from sandrail.controls.guardrails.g30_reconciliation import BreakClosed, BreakOpened
from sandrail.controls.guardrails.g31_consent import Consent, DisclosurePublished, consent_holds
from sandrail.controls.guardrails.g32_marketing import ClaimPublished
from sandrail.controls.guardrails.g33_retention import DeletionAsked
from sandrail.controls.guardrails.g35_sharia import ShariaRuled
from sandrail.controls.judge import Findings, explain, run_tests
from sandrail.controls.kernel import (
    CLIENT_FUNDS,
    NO_EVENT,
    GateState,
    check_row,
    commit_row,
    gate_batch,
    newest_event,
    release_event,
    settle_event,
    undo_event,
    warm_party,
)
from sandrail.controls.kinds import ENTRIES, EXITS, GATED, MOVES_BETWEEN_CUSTOMERS, Kind, mask
from sandrail.controls.memory import (
    empty_gate,
    gate_columns,
    gate_of_columns,
    grown_gate,
    rethreaded_gate,
)
from sandrail.controls.program import (
    GateRows,
    Limit,
    Measure,
    Program,
    ProgramTable,
    RowTest,
    RuleRef,
    Snapshot,
    Window,
    assemble,
)
from sandrail.controls.verdict import (
    CANNOT_WAIT,
    NO_RULE,
    TORN_CHAIN,
    WITH_ITS_CHAIN,
    CustomerCode,
    CustomerText,
    Outcome,
    Verdict,
)

__all__ = [
    "CANNOT_WAIT",
    "CLIENT_FUNDS",
    "CONTROLS",
    "ENTRIES",
    "EXITS",
    "FIRM_CONTROLS",
    "GATED",
    "MOVES_BETWEEN_CUSTOMERS",
    "NO_DAY",
    "NO_EVENT",
    "NO_RULE",
    "OBSERVATIONS",
    "TORN_CHAIN",
    "TRAVEL_DATA_COMPLETE",
    "WITH_ITS_CHAIN",
    "AssetPosition",
    "AssetTerms",
    "AttestationMade",
    "BreakClosed",
    "BreakOpened",
    "CapitalReported",
    "CashTaken",
    "ClaimPublished",
    "ClientAccountReported",
    "ComplaintClosed",
    "ComplaintReceived",
    "Consent",
    "Consequence",
    "Control",
    "CustomerCode",
    "CustomerText",
    "DeletionAsked",
    "DisclosurePublished",
    "Effect",
    "Findings",
    "FirmBook",
    "FirmControl",
    "FirmView",
    "GateRows",
    "GateState",
    "IncidentReported",
    "Kind",
    "Limit",
    "ListingProposed",
    "Measure",
    "Observation",
    "ObservationError",
    "Outcome",
    "PartyStatus",
    "PositionTaken",
    "Program",
    "ProgramError",
    "ProgramTable",
    "RedemptionPaidShort",
    "RedemptionsAsked",
    "RedemptionsPaid",
    "ReserveComposed",
    "ReserveLine",
    "RowFact",
    "RowTest",
    "RuleRef",
    "Screen",
    "Setting",
    "ShariaRuled",
    "Snapshot",
    "SupplyCounted",
    "SuspicionRaised",
    "Usage",
    "Verdict",
    "Window",
    "assemble",
    "check_row",
    "commit_row",
    "compile_program",
    "consent_holds",
    "cover_units",
    "customer_text",
    "empty_gate",
    "explain",
    "gate_arrays",
    "gate_batch",
    "gate_columns",
    "gate_of_columns",
    "grown_gate",
    "mask",
    "newest_event",
    "plain_text",
    "read_observation",
    "release_event",
    "rethreaded_gate",
    "run_tests",
    "settle_event",
    "told_as_plain",
    "undo_event",
    "warm_party",
]
