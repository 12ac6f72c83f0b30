"""Cases: what a pack must answer, written so that a lawyer can read and a machine can check them.

A case asks one thing, of a rule, of a clock or of the capital::

    - case: A transfer of exactly the limit passes
      rule: G05.transfer_max
      quantity: "100000"
      expect: { crossed: false }
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from sandrail.money import Money
from sandrail.rulebook.capital import capital_required
from sandrail.rulebook.clocks import due_day
from sandrail.rulebook.errors import PackError, Problem
from sandrail.rulebook.limits import CASE_FILE_BYTES_MAX, CASES_PER_PACK_MAX
from sandrail.rulebook.load import find_packs
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.rule import RuleValue, decimal_fraction, read_value
from sandrail.world import SandrailError

__all__ = ["Case", "CaseResult", "load_cases", "run_case", "run_cases"]

_FORM = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)
Amount = Annotated[str | int, BeforeValidator(read_value)]


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Expectation:
    """What a case expects; what is left out is not looked at."""

    value: RuleValue | None = None
    crossed: bool | None = None
    status: str | None = None
    outcome: str | None = None
    because: str | None = None
    ends: date | None = None
    certain: bool | None = None
    required: str | None = None
    error: str | None = None


@dataclass(
    frozen=True,
    slots=True,
    kw_only=True,
    config=ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True),
)
class Case:
    """One question to a pack, with the answer it must give.

    Attributes:
        name: the case in one sentence (the key ``case`` of the file).
        day: the day whose rules apply; the pack's day of publication when left out.
        rule: a rule, by id.
        quantity: what is held against the rule, in its unit.
        stage: the stage that the firm stands in.
        deadline: a clock, by id.
        start: the day of the event that starts it.
        activities: the activities whose capital is asked.
        figures: figures of the firm, as ``PKR 1000``.
        circumstances: circumstances of the firm.
        expect: the answer.
    """

    name: Annotated[str, Field(alias="case")]
    expect: Expectation
    day: date | None = None
    rule: str = ""
    quantity: Amount | None = None
    stage: str = ""
    deadline: str = ""
    start: date | None = None
    activities: tuple[str, ...] = ()
    figures: dict[str, str] = Field(default_factory=dict)
    circumstances: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case went: ``failures`` is empty when the pack answers as expected."""

    case: Case
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tell whether the pack answered as expected."""
        return not self.failures


def load_cases(folder: Path) -> tuple[Case, ...]:
    """Read every case file of a folder, in the order of their names.

    Raises:
        PackError: a file is no YAML list of cases.
    """
    cases = tuple(case for file in sorted(folder.glob("*.yaml")) for case in _read(file))
    if len(cases) > CASES_PER_PACK_MAX:
        raise _bad(folder.name, f"It has {len(cases)} cases.", f"Keep to {CASES_PER_PACK_MAX}.")
    return cases


def run_cases(pack: Pack, cases: Iterable[Case] | None = None) -> tuple[CaseResult, ...]:
    """Run cases against a pack: its own ones when none are given."""
    if cases is None:
        cases = load_cases(find_packs()[pack.id] / "cases")
    return tuple(run_case(pack, case) for case in cases)


def run_case(pack: Pack, case: Case) -> CaseResult:
    """Ask a pack one question and compare the answer."""
    try:
        answer = dict(_answers(pack, case))
    except SandrailError as error:
        answer = {"error": error.stable_code}
    failures = []
    for field, wanted in _wanted(case.expect):
        given = answer.get(field)
        right = str(wanted) in str(given) if field == "because" else given == wanted
        if not right:
            failures.append(f"{field}: expected {wanted!r}, got {given!r}")
    if "error" in answer and case.expect.error is None:
        failures.append(f"error: {answer['error']}")
    return CaseResult(case, tuple(failures) if _wanted(case.expect) else ("It expects nothing.",))


def _wanted(expect: Expectation) -> list[tuple[str, object]]:
    named = ((name, getattr(expect, name)) for name in Expectation.__dataclass_fields__)
    return [(name, wanted) for name, wanted in named if wanted is not None]


def _answers(pack: Pack, case: Case) -> Iterator[tuple[str, object]]:
    if case.rule:
        yield from _of_rule(pack, case)
    if case.deadline and case.start:
        due = due_day(pack, case.deadline, start=case.start)
        yield "ends", due.on
        yield "certain", due.certain
    if case.activities:
        capital = capital_required(
            pack.capital,
            activities=case.activities,
            figures=_figures(case.figures, pack),
            circumstances=case.circumstances,
            combine=pack.capital_sum,
            assets=pack.assets,
        )
        yield "required", str(capital.required) if capital.required else "unknown"


def _of_rule(pack: Pack, case: Case) -> Iterator[tuple[str, object]]:
    rules = pack.in_force(case.day or pack.published)
    if case.stage:
        rules = pack.at_stage(rules, case.stage)
    resolution = rules.resolution(case.rule)
    rule = resolution.rule
    yield "value", rule.value
    yield "status", rule.status.value
    yield "outcome", rule.outcome.value
    yield "because", resolution.because
    if case.quantity is not None:
        quantity = decimal_fraction(str(case.quantity))
        if quantity is None:
            raise _bad(case.name, f"{case.quantity!r} is no quantity.", "Write decimal text.")
        yield "crossed", rule.crossed_by(quantity)


def _figures(figures: Mapping[str, str], pack: Pack) -> dict[str, Money]:
    found = {}
    for name, text in figures.items():
        code, _, amount = text.partition(" ")
        if code not in pack.assets:
            raise _bad(name, f"{code!r} is no currency of the pack.", "Write PKR 1000.")
        found[name] = Money.parse(amount, pack.assets[code])
    return found


def _read(file: Path) -> tuple[Case, ...]:
    if file.stat().st_size > CASE_FILE_BYTES_MAX:
        raise _bad(file.name, "The file is too long.", f"Keep to {CASE_FILE_BYTES_MAX:,} bytes.")
    try:
        rows = yaml.safe_load(file.read_text(encoding="utf-8"))
        cases = TypeAdapter(tuple[Case, ...]).validate_python(rows)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        what = " ".join(str(error).split())
        raise _bad(file.name, what, "Correct the YAML; indent by two spaces.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise _bad(f"{file.name}: {where}", f"{first['msg']}.", "See write-a-pack.md.") from error
    return tuple(replace(case, file=file.name) for case in cases)


def _bad(where: str, what: str, fix: str) -> PackError:
    return PackError([Problem("bad_case", where, what, fix)])
