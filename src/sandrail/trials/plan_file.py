"""Reads a test plan from its TOML file, and refuses what could not be enforced or judged."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from sandrail.trials.classes import CLASSES
from sandrail.trials.errors import PlanError, SignatureMismatch
from sandrail.trials.limits import (
    ADVERSARIES_MAX,
    CONCURRENT_CALLERS_MAX,
    CUSTOMERS_MAX,
    DAYS_MAX,
    HYPOTHESES_MAX,
    LIMITS_ASKED_MAX,
    NAME_CHARS_MAX,
    PLAN_BYTES_MAX,
    SCENARIOS_MAX,
    SIGNATURES_MAX,
    STAGES_MAX,
)
from sandrail.trials.metrics import METRICS
from sandrail.trials.plan import (
    AdversaryKind,
    AdversaryPlan,
    Comparison,
    ExitPlan,
    Hypothesis,
    LimitAsked,
    PopulationPlan,
    Scenario,
    ScenarioKind,
    Signature,
    Stage,
    TestPlan,
)
from sandrail.trials.toml_table import TomlTable
from sandrail.world import parse_toml, read_limited, why_unreadable

__all__ = ["load_plan", "parse_plan"]

THRESHOLD_MAX = 2**62


def load_plan(path: Path | str) -> TestPlan:
    """Read a plan file.

    Raises:
        PlanError: the file is unreadable, or a term is missing, unknown, malformed or contradicts
            another one.
        SignatureMismatch: a signature stands under other terms.
    """
    try:
        data = read_limited(path, bytes_max=PLAN_BYTES_MAX)
    except (OSError, ValueError) as error:
        raise PlanError(
            f"The plan {str(path)!r} cannot be read.",
            why=f"{why_unreadable(error)}.",
            fix="Give the path of a TOML file, such as examples/rupee-art/plan.toml.",
            code="trials.plan_unreadable",
        ) from error
    return parse_plan(data)


def parse_plan(data: bytes) -> TestPlan:
    """Read the bytes of a plan file; errors as in ``load_plan``."""
    if len(data) > PLAN_BYTES_MAX:
        raise _unreadable(f"It has {len(data)} bytes; at most {PLAN_BYTES_MAX} are read.")
    try:
        root = TomlTable(parse_toml(data), where="")
    except ValueError as error:
        raise _unreadable(f"{why_unreadable(error)}.") from error
    plan = _read(root)
    root.finish()
    _check_agreement(plan)
    _check_signatures(plan)
    return plan


def _unreadable(why: str) -> PlanError:
    return PlanError(
        "The plan is not a TOML file in UTF-8.",
        why=why,
        fix="Correct the file at the place named.",
        code="trials.plan_unreadable",
    )


def _read(root: TomlTable) -> TestPlan:
    head = root.table("plan")
    token = root.table("token")
    plan = TestPlan(
        id=head.text("id", chars_max=NAME_CHARS_MAX),
        title=head.text("title"),
        firm_id=head.text("firm", chars_max=NAME_CHARS_MAX),
        pack_id=head.text("pack", chars_max=NAME_CHARS_MAX),
        start=head.day("start"),
        days=head.integer("days", low=1, high=DAYS_MAX),
        token_code=token.text("code", chars_max=12),
        token_scale=token.integer("scale", low=0, high=18),
        hypotheses=tuple(
            _hypothesis(item)
            for item in root.tables("hypotheses", count_min=1, count_max=HYPOTHESES_MAX)
        ),
        stages=tuple(
            _stage(item) for item in root.tables("stages", count_min=1, count_max=STAGES_MAX)
        ),
        limits=tuple(_limit(item) for item in root.tables("limits", count_max=LIMITS_ASKED_MAX)),
        population=_population(root.table("population")),
        scenarios=tuple(
            _scenario(item) for item in root.tables("scenarios", count_max=SCENARIOS_MAX)
        ),
        adversaries=tuple(
            _adversary(item) for item in root.tables("adversaries", count_max=ADVERSARIES_MAX)
        ),
        exit=_exit(root.table("exit")),
        signatures=tuple(
            _signature(item) for item in root.tables("signatures", count_max=SIGNATURES_MAX)
        ),
    )
    head.finish()
    token.finish()
    return plan


def _hypothesis(table: TomlTable) -> Hypothesis:
    name = table.text("metric", chars_max=NAME_CHARS_MAX)
    if name not in METRICS:
        raise PlanError(
            f"{table.where} measures {name!r}, which no trial measures.",
            why="A hypothesis must be decided by a number that the run computes.",
            fix="Use one of: " + ", ".join(sorted(METRICS)) + ".",
            where=table.where,
            key="metric",
        )
    unit = table.text("unit", chars_max=NAME_CHARS_MAX)
    if unit != METRICS[name].unit.value:
        raise PlanError(
            f"{table.where} counts {name} in {unit!r}.",
            why=f"{name} is measured in {METRICS[name].unit.value}.",
            fix=f'Write unit = "{METRICS[name].unit.value}" and scale the threshold.',
            where=table.where,
            key="unit",
        )
    result = Hypothesis(
        id=table.text("id", chars_max=NAME_CHARS_MAX),
        statement=table.text("statement"),
        metric=name,
        comparison=table.choice("comparison", Comparison),
        threshold=table.integer("threshold", low=0, high=THRESHOLD_MAX),
        baseline=table.text("baseline", default="none stated"),
    )
    table.finish()
    return result


def _stage(table: TomlTable) -> Stage:
    result = Stage(
        id=table.text("id", chars_max=NAME_CHARS_MAX),
        title=table.text("title"),
        from_day=table.integer("from_day", low=1, high=DAYS_MAX),
        customers_max=table.integer("customers_max", low=1, high=CUSTOMERS_MAX),
        gate=table.texts("gate", count_max=HYPOTHESES_MAX),
        opens=table.optional_text("opens"),
        limits=tuple(_limit(item) for item in table.tables("limits", count_max=LIMITS_ASKED_MAX)),
    )
    table.finish()
    return result


def _limit(table: TomlTable) -> LimitAsked:
    result = LimitAsked(
        rule=table.text("rule", chars_max=NAME_CHARS_MAX),
        value=table.text("value", chars_max=40),
        unit=table.text("unit", chars_max=NAME_CHARS_MAX),
    )
    table.finish()
    return result


def _population(table: TomlTable) -> PopulationPlan:
    counts = table.table("classes")
    numbers = counts.integers(low=0, high=CUSTOMERS_MAX)
    table.finish()
    unknown = [name for name in numbers if name not in CLASSES]
    if unknown or not sum(numbers.values()):
        raise PlanError(
            f"The population has no class {unknown[0]!r}." if unknown else "Nobody takes part.",
            why="Customers are drawn from known classes: " + ", ".join(CLASSES) + ".",
            fix="Write for example salaried = 170 under [population.classes].",
            where="population.classes",
        )
    return PopulationPlan(classes=tuple(numbers.items()))


def _scenario(table: TomlTable) -> Scenario:
    result = Scenario(
        kind=table.choice("kind", ScenarioKind),
        day=table.integer("day", low=1, high=DAYS_MAX),
        size=table.integer("size", low=1, high=CUSTOMERS_MAX),
    )
    table.finish()
    return result


def _adversary(table: TomlTable) -> AdversaryPlan:
    result = AdversaryPlan(
        kind=table.choice("kind", AdversaryKind),
        day=table.integer("day", low=1, high=DAYS_MAX),
        size=table.integer("size", low=1, high=CONCURRENT_CALLERS_MAX),
        amount=table.text("amount", chars_max=40),
        entry=table.optional_text("entry"),
    )
    table.finish()
    return result


def _exit(table: TomlTable) -> ExitPlan:
    result = ExitPlan(
        graduate_if=table.texts("graduate_if", count_max=HYPOTHESES_MAX),
        wind_down_days=table.integer("wind_down_days", low=1, high=DAYS_MAX),
        customers_told=table.text("customers_told"),
    )
    table.finish()
    return result


def _signature(table: TomlTable) -> Signature:
    result = Signature(
        name=table.text("name", chars_max=NAME_CHARS_MAX),
        capacity=table.text("capacity", chars_max=NAME_CHARS_MAX),
        organisation=table.text("organisation", chars_max=NAME_CHARS_MAX),
        signed_on=table.day("signed_on"),
        terms=table.text("terms", chars_max=64),
    )
    table.finish()
    return result


def _check_agreement(plan: TestPlan) -> None:
    """Refuse terms that contradict each other."""
    _refuse_repeated("hypothesis", [item.id for item in plan.hypotheses])
    _refuse_repeated("stage", [item.id for item in plan.stages])
    _refuse_repeated("limit", [item.rule for item in plan.limits])
    known = [item.id for item in plan.hypotheses]
    asked = [name for stage in plan.stages for name in stage.gate] + list(plan.exit.graduate_if)
    for name in asked:
        if name not in known:
            raise _contradiction(
                f"A gate names the hypothesis {name!r}, which the plan does not have.",
                fix="Use one of: " + ", ".join(known) + ".",
            )
    if plan.stages[0].from_day != 1:
        raise _contradiction("The first stage does not begin on day 1.", fix="Set from_day = 1.")
    for before, after in pairwise(plan.stages):
        if after.from_day <= before.from_day or after.customers_max < before.customers_max:
            raise _contradiction(
                f"Stage {after.id!r} does not follow stage {before.id!r}.",
                fix="Stages begin one after the other and never admit fewer customers.",
            )
    for stage in plan.stages:
        _refuse_repeated(f"limit of stage {stage.id}", [item.rule for item in stage.limits])
        for limit in stage.limits:
            if limit.rule not in [item.rule for item in plan.limits]:
                raise _contradiction(
                    f"Stage {stage.id!r} limits {limit.rule}, and the plan asks no ceiling for it.",
                    fix="Add the rule to [[limits]]; a stage stays below what was agreed there.",
                )
    days = [(f"Stage {item.id}", item.from_day) for item in plan.stages]
    days += [(f"Scenario {item.kind.value}", item.day) for item in plan.scenarios]
    days += [(f"Adversary {item.kind.value}", item.day) for item in plan.adversaries]
    for what, day in days:
        if day > plan.days:
            raise _contradiction(
                f"{what} begins on day {day}.",
                fix=f"The trial has {plan.days} days; begin earlier or extend it.",
            )


def _refuse_repeated(what: str, ids: Iterable[str]) -> None:
    seen: list[str] = []
    for name in ids:
        if name in seen:
            raise PlanError(
                f"The plan has two entries for {what} {name!r}.",
                why="A name that means two things cannot be judged.",
                fix="Rename or remove one of them.",
                code="trials.plan_duplicate",
            )
        seen.append(name)


def _check_signatures(plan: TestPlan) -> None:
    for signature in plan.signatures:
        if signature.terms != plan.terms_hash:
            raise SignatureMismatch(
                f"{signature.name} signed other terms than these.",
                why=f"The signature stands under {signature.terms[:16]}…, "
                f"the plan now hashes to {plan.terms_hash[:16]}….",
                fix="Restore the signed text, or have the changed plan signed again.",
                signatory=signature.name,
                signed=signature.terms,
                actual=plan.terms_hash,
            )


def _contradiction(what: str, *, fix: str) -> PlanError:
    return PlanError(
        what,
        why="The terms of a plan must agree with each other before they can be enforced.",
        fix=fix,
        code="trials.plan_contradiction",
    )
