"""One guardrail of the firm alone: observations in, consequences out, and faults that must show."""

from __future__ import annotations

import inspect
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sandrail.controls import (
    ENTRIES,
    AssetPosition,
    AssetTerms,
    Consequence,
    Effect,
    FirmControl,
    FirmView,
    Kind,
    Observation,
    Outcome,
    PositionTaken,
    Setting,
    Usage,
    read_observation,
    told_as_plain,
)
from sandrail.rulebook import Condition, Pack, effective_rules, find_packs, load_pack
from tests.makers.desk import START_US, TOKEN, permission
from tests.makers.gate import Case, row, snapshot

PKR = 100
BLOCK, WARN, ESCALATE, REPORT = Effect.BLOCK, Effect.WARN, Effect.ESCALATE, Effect.REPORT
PAUSE_ISSUE, PAUSE_FIRM = Effect.PAUSE_ISSUE, Effect.PAUSE_FIRM
PAUSE_ONBOARDING = Effect.PAUSE_ONBOARDING

# Rules that the Pakistani pack does not set, with small numbers: (id, value, unit, more).
MORE_RULES = [
    (
        "G02.significant_holders_above",
        1_000,
        "holders",
        'inclusive = false\nactions = ["ESCALATE"]',
    ),
    ("G08.quarterly_report_above", '"100"', "PKR", 'inclusive = false\nactions = ["REPORT"]'),
    ("G09.instrument_size_max", '"1000"', "PKR", 'outcome = "BLOCK"'),
    ("G09.bond_issue_max", '"500"', "PKR", 'outcome = "BLOCK"'),
    ("G10.aggregate_value_above", '"900"', "PKR", 'actions = ["REPORT", "ESCALATE"]'),
    ("G11.daily_count_max", 2, "transfers", 'outcome = "BLOCK"\nactions = ["REPORT"]'),
    ("G11.daily_value_max", '"10"', "PKR", 'outcome = "BLOCK"\nactions = ["REPORT"]'),
    ("G11.significant_count_above", 5, "transfers", 'inclusive = false\nactions = ["ESCALATE"]'),
    ("G13.maturity_days_max", 90, "days", 'outcome = "BLOCK"'),
    ("G27.capital_min", '"1000"', "PKR", 'outcome = "BLOCK"\nactions = ["PAUSE"]'),
    ("G28.loss_value_max", '"50"', "PKR", 'outcome = "HOLD"\nactions = ["PAUSE"]'),
    ("G32.claims_approved_required", "true", "yes_no", 'outcome = "BLOCK"'),
]


@cache
def full_pack() -> Pack:
    """The Pakistani pack with a value for every rule that a guardrail of the firm can read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "pakistan"
        shutil.copytree(find_packs()["pakistan"], folder)
        with (folder / "guardrails.toml").open("a", encoding="utf-8") as file:
            for rule_id, value, unit, more in MORE_RULES:
                outcome = "" if "outcome" in more else 'outcome = "ALLOW"\n'
                file.write(
                    f'\n[[rules]]\nid = "{rule_id}"\n'
                    'title = { en = "Rule of a test", ur = "ایک" }\n'
                    f'value = {value}\nunit = "{unit}"\n{outcome}{more}\n'
                    'source = "ours"\nstatus = "placeholder"\n'
                )
        return load_pack(folder)


@cache
def setting(*conditions: Condition, form: str = "") -> Setting:
    """A firm under every rule, tightened by conditions."""
    pack = full_pack()
    granted = permission(pack, conditions=conditions)
    rules = effective_rules(pack, granted, START_US)
    return Setting(pack, rules, granted, (AssetTerms(TOKEN, form=form),))


@dataclass(frozen=True)
class FirmCase:
    """Observations for one guardrail and what they must lead to.

    Attributes:
        told: in this order.
        expected: effect and rule of each consequence in effect at ``at_us``, in order.
        says: a part of the first one's reason.
    """

    name: str
    told: tuple[Observation, ...]
    expected: tuple[tuple[Effect, str], ...] = ()
    at_us: int = START_US
    conditions: tuple[Condition, ...] = ()
    customers: int = 1_000
    usage: Usage | None = None
    says: str = ""

    def given(self, control: FirmControl) -> tuple[Consequence, ...]:
        """Return what a guardrail makes of it, up to the instant."""
        view = FirmView(usage=self.usage, customers=self.customers)
        kinds = {told_name(kind): kind for kind in control.takes}
        for one in self.told:
            # A planted fault lives in a module of its own, with observations of its own.
            plain = told_as_plain(one)
            view = view.with_told(read_observation(plain, kinds), self.customers)
        found = control.judge(setting(*self.conditions), view)
        return tuple(one for one in found if one.since_us <= self.at_us)

    def holds(self, control: FirmControl) -> bool:
        """Whether a guardrail answers as expected."""
        found = self.given(control)
        same = [(one.effect, one.rule) for one in found] == list(self.expected)
        return same and (not self.says or self.says in found[0].reason)


def told_name(kind: type[Observation]) -> str:
    """Return what facts call a kind of observation."""
    return "".join("_" + c.lower() if c.isupper() else c for c in kind.__name__).lstrip("_")


def firm_mutant(module: ModuleType, old: str, new: str) -> FirmControl:
    """Return the guardrail of a module with one fault planted in its source."""
    source = inspect.getsource(module)
    assert source.count(old) >= 1, f"{old!r} is not in {module.__name__}"
    faulty = ModuleType(f"{module.__name__}_mutant_{abs(hash((old, new)))}")
    sys.modules[faulty.__name__] = faulty
    exec(compile(source.replace(old, new, 1), faulty.__name__, "exec"), faulty.__dict__)
    control: FirmControl = faulty.FIRM
    return control


def firm_tests(
    module: ModuleType, cases: Sequence[FirmCase], mutants: Sequence[tuple[str, str]]
) -> tuple[Callable[..., None], ...]:
    """Return the tests of one guardrail of the firm: its table, its words, its planted faults."""
    control: FirmControl = module.FIRM  # type: ignore[attr-defined]

    @pytest.mark.parametrize("case", cases, ids=lambda case: case.name)
    def answers(case: FirmCase) -> None:
        found = case.given(control)
        assert [(one.effect, one.rule) for one in found] == list(case.expected)
        assert not case.says or case.says in found[0].reason

    @pytest.mark.parametrize(
        "case", [case for case in cases if case.expected], ids=lambda c: c.name
    )
    def explains(case: FirmCase) -> None:
        for one in case.given(control):
            rule = setting(*case.conditions).rules[one.rule]
            assert str(rule.title) in one.reason and one.limit == rule.text and one.value
            assert rule.citation in one.citation
            assert one.reason.endswith(".") and one.guardrail == control.guardrail

    @pytest.mark.parametrize(("old", "new"), mutants)
    def faults(old: str, new: str) -> None:
        faulty = firm_mutant(module, old, new)
        assert not all(case.holds(faulty) for case in cases)

    return answers, explains, faults


def stop_cases(rule: str, outcome: Outcome, kinds: int, **wanted: Any) -> list[Case]:
    """Return what the gate answers to a pause: from its instant on, on its kinds, no exits."""
    rows = tuple(row(kind) for kind in GATED_KINDS)
    stopped = tuple(
        (outcome, rule) if kinds >> kind & 1 else (Outcome.ALLOW, "") for kind in GATED_KINDS
    )
    passes = ((Outcome.ALLOW, ""),) * len(rows)
    under = setting(**wanted)

    def case(name: str, stops: dict[str, int], expected: tuple[tuple[Outcome, str], ...]) -> Case:
        return Case(name, rows, expected, seen=snapshot(stops=stops), setting=under)

    return [
        case(f"{rule} paused", {rule: START_US}, stopped),
        case(f"{rule} a microsecond before", {rule: START_US + 1}, passes),
        case(f"another pause than {rule}", {"G99.other": START_US}, passes),
    ]


GATED_KINDS = (Kind.ISSUE, Kind.TRANSFER, Kind.ON_RAMP, Kind.REMIT, Kind.REDEEM, Kind.OFF_RAMP)
ISSUES = 1 << Kind.ISSUE
MONEY_IN = ISSUES | 1 << Kind.ON_RAMP
ALL_ENTRIES = ENTRIES


def position(minor: int, **changes: Any) -> PositionTaken:
    """A desk that holds, and has issued, so much; the reserve covers it to the unit."""
    issued = changes.pop("issued", minor)
    reserve = changes.pop("reserve", issued)
    base = {"at_us": START_US, "customers": 1, "client_funds_minor": minor}
    assets = (AssetPosition("PKRT", issued, reserve),)
    return PositionTaken(**(base | {"assets": assets} | changes))
