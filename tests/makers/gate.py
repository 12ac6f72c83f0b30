"""One guardrail alone on a pack: rows in, answers out."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from sandrail.controls import (
    NO_RULE,
    AssetTerms,
    Control,
    GateRows,
    Kind,
    Outcome,
    PartyStatus,
    Screen,
    Setting,
    Snapshot,
    compile_program,
    empty_gate,
    gate_batch,
    run_tests,
)
from sandrail.rulebook import Condition, effective_rules, load_pack
from tests.makers.desk import START_US, TOKEN, permission

PARTIES = 4
PASSES = (Outcome.ALLOW, "")
PKR = 100


@dataclass(frozen=True)
class Case:
    """Rows for one guardrail and the answers it must give.

    Attributes:
        rows: judged in this order, in one batch.
        expected: outcome and rule id of each row; an empty id where nothing objects.
    """

    name: str
    rows: tuple[dict[str, int], ...]
    expected: tuple[tuple[Outcome, str], ...]
    conditions: tuple[Condition, ...] = ()
    seen: Snapshot | None = None
    cover: int = 2**60
    setting: Setting | None = None

    def given(self, control: Control) -> list[tuple[Outcome, str]]:
        """Return what a control answers."""
        return answers(
            control,
            list(self.rows),
            self.setting or pakistan(*self.conditions),
            seen=self.seen,
            cover=self.cover,
        )

    def holds(self, control: Control) -> bool:
        """Whether a control answers as expected."""
        return self.given(control) == list(self.expected)


def gate_tests(
    module: ModuleType, cases: Sequence[Case], mutants: Sequence[tuple[str, str]]
) -> tuple[Callable[..., None], ...]:
    """Return the tests of one guardrail of the gate: its table of cases, its planted faults."""
    control: Control = module.CONTROL  # type: ignore[attr-defined]

    @pytest.mark.parametrize("case", cases, ids=lambda case: case.name)
    def answers_as_the_rule_says(case: Case) -> None:
        assert case.given(control) == list(case.expected)

    @pytest.mark.parametrize(("old", "new"), mutants)
    def a_planted_fault_is_noticed(old: str, new: str) -> None:
        assert not all(case.holds(mutant(module, old, new)) for case in cases)

    return answers_as_the_rule_says, a_planted_fault_is_noticed


def mutant(module: ModuleType, old: str, new: str) -> Control:
    """Return the guardrail of a module with one fault planted in its source."""
    source = inspect.getsource(module)
    assert source.count(old) >= 1, f"{old!r} is not in {module.__name__}"
    faulty = ModuleType(module.__name__ + "_mutant")
    sys.modules[faulty.__name__] = faulty
    exec(compile(source.replace(old, new, 1), module.__name__, "exec"), faulty.__dict__)
    control: Control = faulty.CONTROL
    return control


def row(kind: Kind = Kind.TRANSFER, value: int = 1, **fields: int) -> dict[str, int]:
    """One row as the gate reads it: by default from party 0 to party 1."""
    debtor = -1 if kind in (Kind.ISSUE, Kind.ON_RAMP) else 0
    creditor = -1 if kind in (Kind.REDEEM, Kind.OFF_RAMP) else 1
    base = {"kind": int(kind), "asset": 0, "debtor": debtor, "creditor": creditor}
    return base | {"value": value, "facts": 0} | fields


def snapshot(**fields: Any) -> Snapshot:
    """A desk in order: nobody is listed, everything is fresh."""
    base = Snapshot(
        now_us=START_US,
        paused=False,
        lists_published_us=START_US,
        attested_us=np.array([START_US], dtype=np.int64),
        party_status=np.full(PARTIES, PartyStatus.ACTIVE, dtype=np.uint8),
        party_screen=np.full(PARTIES, Screen.CLEAR, dtype=np.uint8),
        party_consent=np.ones(PARTIES, dtype=np.uint8),
        consent_holds=np.array([False, True]),
    )
    return base._replace(**fields)


def pakistan(*conditions: Condition) -> Setting:
    """A firm under the Pakistani pack."""
    pack = load_pack("pakistan")
    granted = permission(pack, conditions=conditions)
    return Setting(pack, effective_rules(pack, granted, START_US), granted, (AssetTerms(TOKEN),))


def answers(
    control: Control,
    rows: list[dict[str, int]],
    setting: Setting,
    *,
    seen: Snapshot | None = None,
    cover: int = 2**60,
) -> list[tuple[Outcome, str]]:
    """Return outcome and rule of each row, judged by this guardrail and by no other."""
    program = compile_program(setting, (control,))
    columns = {
        name: np.array([item[name] for item in rows], dtype=dtype)
        for name, dtype in (
            ("kind", "u1"), ("asset", "i4"), ("debtor", "i8"), ("creditor", "i8"),
            ("value", "i8"), ("facts", "u4"),
        )
    }  # fmt: skip
    gate_rows = GateRows(**columns)
    seen = seen or snapshot()
    found = run_tests(program, gate_rows, seen)
    state = empty_gate(windows=len(program.windows), assets=1, parties=PARTIES)
    state.cover_lo[0] = cover
    verdicts = np.zeros((len(rows), 4), dtype=np.int64)
    amounts = np.stack([np.zeros(len(rows)), columns["value"]], axis=1).astype(np.uint64)
    gate_batch(
        program.table, state, tuple(gate_rows), amounts,
        np.zeros((PARTIES, 1, 2), dtype=np.uint64), np.zeros((1, 2), dtype=np.uint64),
        seen.now_us, verdicts,
    )  # fmt: skip
    return [_strictest(program.rules, found, verdicts, i) for i in range(len(rows))]


def _strictest(rules: Any, found: Any, verdicts: Any, i: int) -> tuple[Outcome, str]:
    outcome, rule = int(found.outcome[i]), int(found.rule[i])
    if int(verdicts[i, 0]) > outcome:
        outcome, rule = int(verdicts[i, 0]), int(verdicts[i, 1])
    return Outcome(outcome), "" if rule == NO_RULE else rules[rule].id
