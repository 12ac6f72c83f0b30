"""The gate: guardrails as pure checks over columns, and the answers they give.

A control knows neither ledger nor rails nor clock. The transfers room gathers what controls read
and runs them together with the posting.
"""

from sandrail.controls.catalogue import CONTROLS, compile_program
from sandrail.controls.control import AssetTerms, Control, Setting
from sandrail.controls.errors import ProgramError
from sandrail.controls.facts import TRAVEL_DATA_COMPLETE, PartyStatus, RowFact, Screen
from sandrail.controls.guardrails.g12_reserve import cover_units
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
from sandrail.controls.kinds import ENTRIES, EXITS, GATED, Kind, mask
from sandrail.controls.memory import empty_gate, grown_gate, rethreaded_gate
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
    Outcome,
    Verdict,
)

__all__ = [
    "CANNOT_WAIT",
    "CLIENT_FUNDS",
    "CONTROLS",
    "ENTRIES",
    "EXITS",
    "GATED",
    "NO_EVENT",
    "NO_RULE",
    "TORN_CHAIN",
    "TRAVEL_DATA_COMPLETE",
    "WITH_ITS_CHAIN",
    "AssetTerms",
    "Control",
    "Findings",
    "GateRows",
    "GateState",
    "Kind",
    "Limit",
    "Measure",
    "Outcome",
    "PartyStatus",
    "Program",
    "ProgramError",
    "ProgramTable",
    "RowFact",
    "RowTest",
    "RuleRef",
    "Screen",
    "Setting",
    "Snapshot",
    "Verdict",
    "Window",
    "assemble",
    "check_row",
    "commit_row",
    "compile_program",
    "cover_units",
    "empty_gate",
    "explain",
    "gate_batch",
    "grown_gate",
    "mask",
    "newest_event",
    "release_event",
    "rethreaded_gate",
    "run_tests",
    "settle_event",
    "undo_event",
    "warm_party",
]
