"""``sandrail demo``: one firm from application to decision, with the evidence for it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from sandrail.casework import (
    Application,
    Casebook,
    Grounds,
    Outcome,
    People,
    Walk,
    load_application,
    load_people,
    self_check,
)
from sandrail.cli.places import example_folder, fresh_folder
from sandrail.cli.settings import read_settings
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.evidence import read_dossier, verify_bundle, write_bundle
from sandrail.journal import Journal, SigningKey
from sandrail.rails.chain import engines_here, open_chain
from sandrail.rulebook import Pack, Permission, load_pack
from sandrail.screening import ScreeningList, load_un_xml
from sandrail.trials import (
    Office,
    Officers,
    Recommendation,
    TrialOutcome,
    load_plan,
    run_trial,
)
from sandrail.trials.setting import Setting
from sandrail.world import HOUR_US, EvidenceError, Role, Seed, parse_instant

__all__ = ["demo"]

EXAMPLE = "rupee-art"
APPLIED = "2026-09-01T09:00:00+05:00"
PRODUCT = "asset_referenced_token"
MET, NOT_SHOWN = "MET-1", "OUTCOME-1"


@dataclass(frozen=True, slots=True)
class Scene:
    """Who and what the demonstration is about."""

    folder: Path
    pack: Pack
    people: People
    application: Application
    lists: tuple[ScreeningList, ...]


def demo(
    out: Annotated[Path, typer.Option(help="Folder that everything is written to.")] = Path("demo"),
    seed: Annotated[
        int, typer.Option(min=0, help="Root of all chance; same seed, same hash.")
    ] = 2026,
    engine: Annotated[str, typer.Option(help="EVM: auto, simular or py-evm.")] = "",
    json_: JsonFlag = False,
) -> None:
    """Run one firm from application to decision and write report and evidence bundle."""
    speaker = Speaker(as_json=json_)
    chosen = engine or read_settings().engine
    open_chain("asked", genesis_us=0, engine=chosen)  # An engine that is missing is told at once.
    folder = fresh_folder(out)
    office = _open_office(speaker)
    with Journal.create(folder / "journal.db", name=f"demo-{seed}") as journal:
        walk = Walk(Casebook.open(journal, office.pack), office.people, parse_instant(APPLIED))
        permission = _authorise(speaker, office, walk)
        outcome = _run(speaker, office, journal, walk, permission, (seed, chosen))
        _decide(speaker, walk, permission, outcome)
        dossier = read_dossier(journal, office.pack.id)
        key = _checkpoint_key(folder)
        bundle = write_bundle(dossier, folder / "bundle", keys=[key])
        report = Path(shutil.copyfile(bundle / "report.html", folder / "report.html"))
        head = journal.head.hash.hex()
    # One engine here, so that a newcomer does not wait; `sandrail verify` runs the calls on all.
    trusted = [key.verifying_key]
    checked = verify_bundle(bundle, keys=trusted, engines=engines_here()[:1])
    _say_end(speaker, outcome, report, bundle)
    speaker.answer(_answer(outcome, head, report, bundle) | {"verified": checked.ok})
    if not checked.ok:
        raise EvidenceError(
            "The bundle that was just written does not verify.",
            why=str(checked.first_problem),
            fix="Keep the folder and report it: this is a fault of the program.",
            code="cli.demo_unverified",
        )


def _checkpoint_key(folder: Path) -> SigningKey:
    """Make the key that signs the demonstration's checkpoint; the secret half is not kept.

    The public half lies beside the bundle: whoever keeps it knows a later bundle for another one.
    """
    key = SigningKey.generate("sandrail/demo")
    (folder / "checkpoint.pub").write_text(f"{key.verifying_key}\n", encoding="utf-8")
    return key


def _open_office(speaker: Speaker) -> Scene:
    folder = example_folder(EXAMPLE)
    real = read_settings().real_un_list
    source = real or folder / "lists" / "synthetic_un.xml"
    speaker.line("1  Application and people", "bold")
    office = Scene(
        folder=folder,
        pack=load_pack("pakistan"),
        people=load_people(folder / "people.toml"),
        application=load_application(folder / "application.toml"),
        lists=(load_un_xml(source),),
    )
    firm = office.application.firm
    speaker.line(f"   {firm.legal_name} ({firm.id}) under pack {office.pack.id}")
    kind = "real" if real else "synthetic"
    speaker.line(f"   {len(office.lists[0].entries)} entries of a {kind} list: {source.name}")
    return office


def _authorise(speaker: Speaker, office: Scene, walk: Walk) -> Permission:
    speaker.line("2  Self-check, evaluation by two, committee, instrument", "bold")
    checked = self_check(office.application, office.pack, at_us=walk.now_us)
    speaker.line(f"   Self-check: {len(checked.gaps)} gaps, {len(checked.limits)} limits")
    minutes = hashlib.sha256(office.application.firm.id.encode() + b" minutes").hexdigest()
    grounds = Grounds((MET,), (minutes,))
    case = walk.approve(office.application, grounds=grounds)
    granted = walk.grant(case, products=(PRODUCT,), grounds=grounds)
    walk.now_us = max(walk.now_us, granted.valid_from_us)
    permission = walk.go_live(granted.id, grounds=grounds)
    speaker.line(f"   {permission.instrument} {permission.id}, stage {permission.stage}")
    for condition in permission.conditions:
        speaker.line(f"   Condition: {condition.rule_id} {condition.unit} {condition.value}")
    return permission


def _run(
    speaker: Speaker,
    scene: Scene,
    journal: Journal,
    walk: Walk,
    permission: Permission,
    chance: tuple[int, str],
) -> TrialOutcome:
    plan = load_plan(scene.folder / "plan.toml")
    seed, engine = chance
    officers = Officers(
        keeper=walk.people.first(Role.FIRM_PREPARER, organisation=plan.firm_id),
        controller=walk.people.first(Role.FIRM_SIGNATORY, organisation=plan.firm_id),
        watch=walk.people.first(Role.SUPERVISOR),
        head=walk.people.first(Role.HEAD),
    )
    setting = Setting(
        plan=plan,
        pack=scene.pack,
        permission=permission,
        lists=scene.lists,
        seed=Seed(seed),
        engine=engine,
        officers=officers,
        office=Office(walk.book, permission.id),
    )
    speaker.line(f"3  Trial: {plan.days} days, {plan.population.customers} customers", "bold")
    with speaker.progress() as progress:
        task = progress.add_task("Day", total=plan.days)
        return run_trial(
            setting, journal, progress=lambda moment: progress.update(task, completed=moment.day)
        )


def _decide(speaker: Speaker, walk: Walk, permission: Permission, outcome: TrialOutcome) -> None:
    """Hand in the final report and decide on it: two people, coded reasons, the evidence's hash."""
    end_us = max(day.at_us for day in outcome.days) + HOUR_US
    graduates = outcome.recommendation is Recommendation.GRADUATE
    grounds = Grounds((MET if graduates else NOT_SHOWN,), (outcome.journal_hash,))
    firm = walk.people.first(Role.FIRM_SIGNATORY, organisation=permission.firm_id)
    walk.book.report_final(permission.id, by=firm, grounds=grounds, at_us=end_us)
    decision = Outcome.GRADUATE if graduates else Outcome.WIND_DOWN
    walk.book.decide(
        permission.id, decision, grounds=grounds, by=walk.deciders, at_us=end_us + HOUR_US
    )
    speaker.line("4  Decision", "bold")
    speaker.line(f"   {decision.value}, on evidence {outcome.journal_hash[:16]}…")


def _say_end(speaker: Speaker, outcome: TrialOutcome, report: Path, bundle: Path) -> None:
    speaker.table(
        "Hypotheses",
        ("", "statement", "claimed", "measured", "holds"),
        [
            (
                item.hypothesis.id,
                item.hypothesis.statement,
                f"{item.hypothesis.comparison} {item.hypothesis.threshold}",
                item.value,
                "yes" if item.holds else "NO",
            )
            for item in outcome.verdicts
        ],
    )
    speaker.table("Instructions", ("outcome", "number"), list(outcome.transfers.items()))
    speaker.table("Reasons", ("rule", "number"), list(outcome.reasons.items()))
    speaker.table(
        "Attackers",
        ("who", "attempts", "stopped", "by"),
        [
            (a.name, a.attempts, a.stopped, ", ".join(f"{r} {n}" for r, n in a.reasons))
            for a in outcome.attacks
        ],
    )
    speaker.line(f"Token supply on the EVM   {outcome.supply_minor:>16,} minor units")
    speaker.line(f"Liability in the ledger   {outcome.liability_minor:>16,}")
    speaker.line(f"Reserve at the bank       {outcome.reserve_minor:>16,}")
    speaker.line(f"Journal                   {outcome.journal_hash}")
    speaker.line(f"Report                    {report}")
    speaker.line(f"Bundle                    {bundle}   (sandrail verify {bundle})")
    held = sum(item.holds for item in outcome.verdicts)
    speaker.line(
        f"Verdict: {outcome.recommendation}, {held} of {len(outcome.verdicts)} hold", "bold"
    )


def _answer(outcome: TrialOutcome, head: str, report: Path, bundle: Path) -> dict[str, Any]:
    return {
        "journal_hash": head,
        "verdict": outcome.recommendation.value,
        "hypotheses": {item.hypothesis.id: item.holds for item in outcome.verdicts},
        "transfers": dict(outcome.transfers),
        "reasons": dict(outcome.reasons),
        "token_supply_minor": outcome.supply_minor,
        "ledger_liability_minor": outcome.liability_minor,
        "reserve_minor": outcome.reserve_minor,
        "report": str(report),
        "bundle": str(bundle),
    }
