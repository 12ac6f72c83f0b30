"""``sandrail trial``: run a plan, run it again, fork it under other rules, examine it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from sandrail.cli.places import fresh_folder
from sandrail.cli.settings import read_settings
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.evidence import read_dossier, write_bundle
from sandrail.journal import Draft, Fact, Journal, parse_payload
from sandrail.rulebook import Condition, Pack, load_pack
from sandrail.screening import ScreeningList, load_un_xml
from sandrail.trials import (
    ExamResult,
    Setting,
    TestPlan,
    TrialOutcome,
    exam_plan,
    load_plan,
    mark,
    permission_for,
    retraced,
    run_trial,
)
from sandrail.trials.plan import PopulationPlan
from sandrail.world import MALFORMED, InputError, Seed, why_unreadable

__all__ = ["trial_app"]

trial_app = typer.Typer(
    help="Run a test plan, replay it, fork it, examine it.", no_args_is_help=True
)

JOURNAL, SETTINGS, PLAN = "journal.db", "run.json", "plan.toml"
PERMISSION = "REHEARSAL-1"

OutOption = Annotated[Path, typer.Option(help="Folder that everything is written to.")]
SeedOption = Annotated[int, typer.Option(min=0, help="Root of all chance.")]


@dataclass(frozen=True, slots=True)
class Run:
    """What a folder's trial is run with, as ``run.json`` keeps it.

    Attributes:
        seed, days, customers: as asked for; 0 leaves the plan's days and customers.
        lists: files of sanctions lists.
        conditions: rule and value that apply from the morning of ``from_day`` on.
    """

    seed: int
    days: int = 0
    customers: int = 0
    lists: tuple[str, ...] = ()
    from_day: int = 0
    conditions: tuple[tuple[str, str], ...] = ()

    def save(self, folder: Path) -> None:
        """Write it down beside the journal."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        (folder / SETTINGS).write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Run:
        """Read it back.

        Raises:
            InputError: the folder holds no trial.
        """
        try:
            plain = json.loads((folder / SETTINGS).read_text("utf-8"))
            pairs = tuple((rule, value) for rule, value in plain.pop("conditions"))
            return cls(**plain | {"lists": tuple(plain["lists"]), "conditions": pairs})
        except (OSError, *MALFORMED) as error:
            is_text = isinstance(error, OSError | ValueError)
            told = why_unreadable(error) if is_text else "it is not what a run writes"
            raise InputError(
                f"{folder} holds no trial.",
                why=f"{SETTINGS} cannot be read: {told}.",
                fix="Give the folder that `sandrail trial run` wrote.",
                code="cli.no_trial",
            ) from error


@trial_app.command("run")
def run(
    plan: Annotated[Path | None, typer.Argument(help="Plan file; not needed to resume.")] = None,
    out: OutOption = Path("trial"),
    seed: SeedOption = 2026,
    days: Annotated[int, typer.Option(min=0, help="Only so many days; a rehearsal.")] = 0,
    customers: Annotated[int, typer.Option(min=0, help="So many customers; a rehearsal.")] = 0,
    lists: Annotated[list[Path] | None, typer.Option("--list", help="Sanctions list, XML.")] = None,
    resume: Annotated[bool, typer.Option(help="Go on where an interrupted run ended.")] = False,
    json_: JsonFlag = False,
) -> None:
    """Run a plan on a drafted permission and write journal, report and bundle."""
    speaker = Speaker(as_json=json_)
    if resume:
        _go_on(speaker, out)
        return
    if plan is None:
        raise typer.BadParameter("Give a plan file, or --resume with --out.")
    load_plan(plan)  # A plan that cannot be used leaves no folder behind.
    found = _lists_beside(plan) if lists is None else lists
    _require_own_names(found)
    folder = fresh_folder(out)
    kept = tuple(_kept(folder, path) for path in found)
    shutil.copy(plan, folder / PLAN)
    asked = Run(seed, days, customers, kept)
    asked.save(folder)
    with Journal.create(folder / JOURNAL, name=f"trial-{seed}") as journal:
        outcome = _run(speaker, _setting(folder, asked), journal, asked)
    _end(speaker, folder, outcome)


@trial_app.command("replay")
def replay(
    folder: Annotated[Path, typer.Argument(help="Folder of the trial.")],
    json_: JsonFlag = False,
) -> None:
    """Run a trial again and hold every fact against the journal; exit 5 at the first other one."""
    speaker = Speaker(as_json=json_)
    asked = Run.load(folder)
    with Journal.open(folder / JOURNAL, read_only=True) as real:
        outcome = _run(speaker, _setting(folder, asked), retraced(real, writes=False), asked)
        facts, head = real.head.seq + 1, real.head.hash.hex()
    same = outcome.journal_hash == head
    speaker.line(f"{facts} facts come out again; head {head}", style="green" if same else "red")
    speaker.answer({"facts": facts, "journal_hash": head, "same": same})
    if not same:
        raise typer.Exit(5)


@trial_app.command("fork")
def fork(
    folder: Annotated[Path, typer.Argument(help="Folder of the trial to go on from.")],
    at: Annotated[int, typer.Option(min=1, help="Last day that both have in common.")],
    out: OutOption,
    condition: Annotated[
        list[str] | None, typer.Option(help="Rule and value from the next day on: G05.x=40000.")
    ] = None,
    json_: JsonFlag = False,
) -> None:
    """Copy an economy as it stood at a day's end and go on, perhaps under other rules."""
    speaker = Speaker(as_json=json_)
    asked = Run.load(folder)
    target = fresh_folder(out)
    for name in (PLAN, *asked.lists):
        shutil.copy(folder / name, target / name)
    pairs = tuple(_pair(text) for text in condition or ())
    forked = replace(asked, from_day=at + 1, conditions=pairs)
    forked.save(target)
    with Journal.open(folder / JOURNAL, read_only=True) as real:
        facts = _until_day(real, at)
        name = real.name
    with Journal.create(target / JOURNAL, name=name) as journal:
        for fact in facts:
            journal.commit([Draft(fact.kind, fact.at_us, fact.actor, fact.payload)])
        common = journal.head.hash.hex()
        setting = _setting(target, forked)
        outcome = _run(speaker, setting, retraced(journal, writes=True), forked)
    speaker.line(f"{len(facts)} facts in common, up to {common}")
    _end(speaker, target, outcome)


@trial_app.command("exam")
def exam(
    plan: Annotated[Path, typer.Argument(help="Plan file.")],
    seed: SeedOption = 2026,
    lists: Annotated[list[Path] | None, typer.Option("--list", help="Sanctions list, XML.")] = None,
    json_: JsonFlag = False,
) -> None:
    """Let a plan's attackers try its limits before it goes live; exit 5 unless all are stopped."""
    speaker = Speaker(as_json=json_)
    examined = exam_plan(load_plan(plan))
    found = [load_un_xml(path) for path in (_lists_beside(plan) if lists is None else lists)]
    pack = load_pack(examined.pack_id)
    setting = _drafted(examined, pack, found, seed)
    outcome = _run(speaker, setting, Journal.in_memory(f"exam-{seed}"), Run(seed))
    results = mark(examined, outcome)
    passed = all(result.passed for result in results)
    speaker.table(
        f"Adversary exam of {plan}",
        ("attacker", "attempts", "stopped", "by", ""),
        [_row(result) for result in results],
    )
    speaker.line("Passed." if passed else "Not passed.", style="green" if passed else "bold red")
    speaker.answer(
        {
            "passed": passed,
            "journal_hash": outcome.journal_hash,
            "attacks": [result.attack.as_data() for result in results],
        }
    )
    if not passed:
        raise typer.Exit(5)


def _row(result: ExamResult) -> tuple[object, ...]:
    attack = result.attack
    reasons = ", ".join(f"{reason} {count}" for reason, count in attack.reasons)
    word = "held" if result.passed else "NOT HELD"
    return attack.name, attack.attempts, attack.stopped, reasons, word


def _go_on(speaker: Speaker, folder: Path) -> None:
    asked = Run.load(folder)
    with Journal.open(folder / JOURNAL) as journal:
        before = journal.head.seq + 1
        setting = _setting(folder, asked)
        outcome = _run(speaker, setting, retraced(journal, writes=True), asked)
    speaker.line(f"{before} facts were there and came out again; the run went on from them.")
    _end(speaker, folder, outcome)


def _run(speaker: Speaker, setting: Setting, journal: Journal, asked: Run) -> TrialOutcome:
    days = setting.plan.days
    amended: Mapping[int, Sequence[Condition]] = {}
    if asked.conditions:
        rules, citation = setting.rules(), f"Fork after day {asked.from_day - 1}"
        amended = {
            asked.from_day: [
                Condition.on(rules[rule], value, citation=citation)
                for rule, value in asked.conditions
            ]
        }
    with speaker.progress() as progress:
        task = progress.add_task("Day", total=days)
        return run_trial(
            setting,
            journal,
            rehearsal=not setting.plan.is_signed,
            progress=lambda moment: progress.update(task, completed=moment.day),
            amendments=amended,
        )


def _end(speaker: Speaker, folder: Path, outcome: TrialOutcome) -> None:
    with Journal.open(folder / JOURNAL, read_only=True) as journal:
        bundle = write_bundle(read_dossier(journal), folder / "bundle")
        shutil.copyfile(bundle / "report.html", folder / "report.html")
        head = journal.head.hash.hex()
    held = sum(item.holds for item in outcome.verdicts)
    speaker.line(f"Journal  {head}")
    speaker.line(f"Report   {folder / 'report.html'}")
    speaker.line(f"Bundle   {folder / 'bundle'}")
    speaker.line(f"{outcome.recommendation}, {held} of {len(outcome.verdicts)} hold", "bold")
    speaker.answer(
        {
            "journal_hash": head,
            "verdict": outcome.recommendation.value,
            "hypotheses": {item.hypothesis.id: item.holds for item in outcome.verdicts},
            "metrics": dict(outcome.metrics),
            "report": str(folder / "report.html"),
            "bundle": str(folder / "bundle"),
        }
    )


def _setting(folder: Path, asked: Run) -> Setting:
    plan = _cut(load_plan(folder / PLAN), asked)
    lists = [load_un_xml(folder / name) for name in asked.lists]
    return _drafted(plan, load_pack(plan.pack_id), lists, asked.seed)


def _drafted(plan: TestPlan, pack: Pack, lists: Sequence[ScreeningList], seed: int) -> Setting:
    permission = permission_for(plan, pack, number=PERMISSION)
    engine = read_settings().engine
    return Setting(plan, pack, permission, tuple(lists), Seed(seed), engine)


def _cut(plan: TestPlan, asked: Run) -> TestPlan:
    """Return a shorter or smaller plan; nobody signed that one, so it is a rehearsal."""
    cut = plan
    if asked.customers:
        whole = plan.population.customers
        classes = plan.population.classes
        scaled = tuple((name, -(-count * asked.customers // whole)) for name, count in classes)
        cut = replace(cut, population=PopulationPlan(scaled))
    if asked.days:
        cut = replace(
            cut,
            days=asked.days,
            stages=tuple(one for one in plan.stages if one.from_day <= asked.days),
            scenarios=tuple(one for one in plan.scenarios if one.day <= asked.days),
            adversaries=tuple(one for one in plan.adversaries if one.day <= asked.days),
        )
    return plan if cut == plan else replace(cut, signatures=())


def _until_day(journal: Journal, day: int) -> list[Fact]:
    """Return the facts up to the close of a day.

    Raises:
        InputError: the trial did not come so far.
    """
    kept: list[Fact] = []
    for fact in journal.facts():
        kept.append(fact)
        if fact.kind == "trials.day_closed":
            plain: Any = parse_payload(fact)
            if plain["day"] == day:
                return kept
    raise InputError(
        f"The trial has no day {day}.",
        why="Its journal ends before.",
        fix="Choose an earlier day.",
        code="cli.no_such_day",
    )


def _lists_beside(plan: Path) -> list[Path]:
    """Return the lists in the folder ``lists`` beside a plan."""
    return sorted((plan.parent / "lists").glob("*.xml"))


def _require_own_names(lists: Sequence[Path]) -> None:
    """Require that lists can lie in one folder; one of two that share a name would be lost.

    Raises:
        InputError: two are called the same.
    """
    names = [path.name for path in lists]
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"Two lists are called {name}.",
                why="A trial keeps its lists in one folder, by name.",
                fix="Rename one of them.",
                code="cli.same_name",
            )


def _kept(folder: Path, path: Path) -> str:
    """Copy a list beside the journal, so that the run can be run again; return its name there."""
    shutil.copy(path, folder / path.name)
    return path.name


def _pair(text: str) -> tuple[str, str]:
    rule, sign, value = text.partition("=")
    if not (rule and sign and value):
        raise typer.BadParameter(f"{text!r} is not of the form RULE=VALUE.")
    return rule, value
