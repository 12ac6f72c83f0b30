"""``sandrail selfcheck · journey · register``: applications, told cases, the public view."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandrail.casework import (
    Snapshot,
    load_application,
    load_journey,
    play,
    register_as_of,
    self_check,
    snapshot_csv,
    snapshot_json,
    write_parquet,
)
from sandrail.casework.report import SelfCheckReport
from sandrail.cli.options import DEMO_JOURNAL, JournalArgument, instant_of, last_instant
from sandrail.cli.places import write_whole
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.journal import Journal
from sandrail.rulebook import load_pack
from sandrail.world import InputError, iso, parse_instant

__all__ = ["journey", "register", "selfcheck"]


def selfcheck(
    application: Annotated[Path, typer.Argument(help="The application, a TOML file.")],
    pack: Annotated[str, typer.Option(help="Name of the pack, or its folder.")] = "pakistan",
    on: Annotated[str, typer.Option(help="Day whose rules apply; today by default.")] = "",
    json_: JsonFlag = False,
) -> None:
    """Say whether an application is in scope, what it lacks, and which limits it would get.

    Exit 0 when it is ready to submit, 4 when it has gaps or is prohibited.
    """
    speaker = Speaker(as_json=json_)
    at_us = instant_of(on)
    report = self_check(load_application(application), load_pack(pack), at_us=at_us)
    _say(speaker, report)
    speaker.answer(report.as_data() | {"ready": report.ready})
    if not report.ready:
        raise typer.Exit(4)


def _say(speaker: Speaker, report: SelfCheckReport) -> None:
    speaker.table(
        f"Self-check under {report.pack_id} on {report.on}",
        ("topic", "question", "standing", "why", "source"),
        [(a.topic, a.question, a.standing, a.why, a.citation) for a in report.answers],
    )
    speaker.table(
        "Limits it would get",
        ("rule", "asked", "granted", "why"),
        [(a.rule_id, a.asked, a.granted, a.why) for a in report.limits],
    )
    standing = "ready to submit" if report.ready else f"{len(report.gaps)} points to close"
    scope = "in scope" if report.in_scope else "out of scope"
    speaker.line(f"The application is {scope}: {standing}.")


def journey(
    file: Annotated[Path, typer.Argument(help="A told case, such as one in examples/journeys.")],
    json_: JsonFlag = False,
) -> None:
    """Play a told case step by step in memory; each step does what the story says, or it fails."""
    speaker = Speaker(as_json=json_)
    told = load_journey(file)
    journal = Journal.in_memory("journey")
    played = play(file, journal=journal, pack=load_pack(told.pack))
    rows = [(s.at[:10], s.do, s.refused or "", s.facts) for s in played.steps]
    speaker.table(told.title, ("day", "step", "refused, as it must be", "facts"), rows)
    for name, public_id in played.names.items():
        speaker.line(f"{name:<20} {public_id}")
    speaker.answer({"names": dict(played.names), "head": journal.head.hash.hex()})


def register(
    journal: JournalArgument = DEMO_JOURNAL,
    pack: Annotated[str, typer.Option(help="Name of the pack, or its folder.")] = "pakistan",
    on: Annotated[str, typer.Option(help="Instant of the snapshot; the last fact's if none.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write .json, .csv or .parquet.")] = None,
    json_: JsonFlag = False,
) -> None:
    """Show the public register as a journal has it, or write a snapshot of it."""
    speaker = Speaker(as_json=json_)
    with Journal.open(journal, read_only=True) as opened:
        at_us = parse_instant(on) if on else last_instant(opened)
        snapshot = register_as_of(opened, load_pack(pack), at_us=at_us)
    rows = [
        (e.id, e.firm_name, e.firm_name_ur, e.kind, e.status, e.stage, e.valid_to[:10])
        for e in snapshot.entries
    ]
    columns = ("id", "firm", "name in Urdu", "instrument", "status", "stage", "valid to")
    speaker.table(f"Register as of {iso(at_us)}", columns, rows)
    if out is not None:
        _write_snapshot(snapshot, out)
        speaker.line(f"Written to {out}.")
    speaker.answer(snapshot.as_data())


def _write_snapshot(snapshot: Snapshot, out: Path) -> None:
    match out.suffix:
        case ".json":
            write_whole(out, snapshot_json(snapshot))
        case ".csv":
            write_whole(out, snapshot_csv(snapshot))
        case ".parquet":
            write_parquet(snapshot, out)
        case other:
            raise InputError(
                f"A register cannot be written as {other or 'a file without an ending'}.",
                why="Snapshots are JSON, CSV or Parquet.",
                fix="Name the file register.json, register.csv or register.parquet.",
                code="cli.bad_format",
            )
