"""``sandrail case`` and ``sandrail register``: a thin skin over the casework room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sandrail.casework import (
    APPLICATION_MACHINE,
    INSTRUMENT_MACHINE,
    Act,
    Case,
    Casebook,
    Instrument,
    RegisterIndex,
    Snapshot,
    clocks_of,
    draw,
    load_journey,
    load_people,
    play,
    prove_not_rewritten,
    queue_for,
    read_snapshot,
    reasons_register,
    register_entries,
    service_levels,
    snapshot_csv,
    snapshot_json,
    take_snapshot,
    write_parquet,
)
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.journal import Journal
from sandrail.rulebook import Pack, load_pack
from sandrail.world import InputError, RealClock, iso, parse_instant

__all__ = ["case_app", "register_app"]

case_app = typer.Typer(
    help="Applications and instruments: play, show, queue.", no_args_is_help=True
)
register_app = typer.Typer(help="The public register: show, export, prove.", no_args_is_help=True)

JournalArgument = Annotated[str, typer.Argument(help="Journal file, or a postgresql:// URL.")]
PackOption = Annotated[str, typer.Option(help="Name of the pack, or its folder.")]
OnOption = Annotated[str, typer.Option(help="Instant to read at; now by default.")]


@contextmanager
def _opened(journal: str, pack: str) -> Iterator[tuple[Journal, Pack, Casebook]]:
    where: str | Path = journal if "://" in journal else Path(journal)
    law = load_pack(pack)
    with Journal.open(where, read_only=True) as opened:
        yield opened, law, Casebook.open(opened, law)


def _instant(on: str) -> int:
    return parse_instant(on) if on else RealClock().now_us()


@case_app.command("play")
def play_journey(
    journey: Annotated[Path, typer.Argument(help="A journey file, journey.toml.")],
    journal: Annotated[
        Path | None, typer.Option(help="Keep the facts in this new journal file.")
    ] = None,
    json_: JsonFlag = False,
) -> None:
    """Play a case that is told as data; exit 2 when it does not go as it says."""
    speaker = Speaker(as_json=json_)
    told = load_journey(journey)
    name = journey.resolve().parent.name
    kept = Journal.in_memory(name) if journal is None else Journal.create(journal, name=name)
    with kept:
        played = play(journey, journal=kept, pack=load_pack(told.pack))
        head = kept.head
    speaker.table(
        told.title,
        ("day", "step", "what came of it"),
        [
            (it.at[:10], it.do, f"refused: {it.refused}" if it.refused else f"{it.facts} facts")
            for it in played.steps
        ],
    )
    for name_, public_id in played.names.items():
        speaker.line(f"{name_}: {public_id}")
    speaker.answer(
        {
            "title": told.title,
            "steps": [
                {"at": it.at, "do": it.do, "facts": it.facts, "refused": it.refused}
                for it in played.steps
            ],
            "ids": dict(played.names),
            "facts": head.seq + 1,
            "journal_hash": head.hash.hex(),
        }
    )


@case_app.command("list")
def list_cases(
    journal: JournalArgument = "demo/journal.db",
    pack: PackOption = "pakistan",
    json_: JsonFlag = False,
) -> None:
    """List every application and instrument with the state it is in."""
    speaker = Speaker(as_json=json_)
    with _opened(journal, pack) as (_, _, book):
        subjects: list[Case | Instrument] = [
            *book.docket.cases.values(),
            *book.docket.instruments.values(),
        ]
    rows = [(it.id, it.firm_id, it.kind.value, it.state.value, iso(it.last_us)) for it in subjects]
    columns = ("id", "firm", "kind", "state", "since")
    speaker.table("Applications and instruments", columns, rows)
    speaker.answer({"rows": [dict(zip(columns, row, strict=True)) for row in rows]})


@case_app.command("show")
def show_case(
    subject: Annotated[str, typer.Argument(help="Id of an application or an instrument.")],
    journal: JournalArgument = "demo/journal.db",
    pack: PackOption = "pakistan",
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Show the history and the clocks of one application or instrument."""
    speaker = Speaker(as_json=json_)
    with _opened(journal, pack) as (_, law, book):
        instruments = book.docket.instruments
        found = instruments.get(subject) or book.docket.case(subject)
        clocks = clocks_of(found, law, at_us=_instant(on))
    speaker.line(f"{found.id}  {found.kind.value}  {found.state.value}", style="bold")
    history = [
        (
            iso(it.at_us)[:16],
            it.act.value,
            " + ".join(person.name for person in it.people),
            ", ".join(it.grounds.reasons) if it.grounds else "",
            it.seq,
        )
        for it in found.history
    ]
    speaker.table("History", ("when", "act", "who", "reasons", "fact"), history)
    rows = [
        (it.id, it.state.value, f"{it.used} of {it.length} {it.unit}", it.due or "", it.late)
        for it in clocks
    ]
    speaker.table("Clocks", ("clock", "state", "used", "due", "late"), rows)
    speaker.answer(
        {
            "id": found.id,
            "state": found.state.value,
            "history": [
                dict(zip(("at", "act", "who", "reasons", "seq"), it, strict=True)) for it in history
            ],
            "clocks": [
                {"id": it.id, "state": it.state.value, "used": it.used, "late": it.late}
                for it in clocks
            ],
            "findings": len(found.findings) if isinstance(found, Case) else 0,
        }
    )


@case_app.command("queue")
def queue(
    actor: Annotated[str, typer.Argument(help="Whose queue, by id, such as pvara:c.officer.")],
    people: Annotated[Path, typer.Option(help="The people file.")],
    journal: JournalArgument = "demo/journal.db",
    pack: PackOption = "pakistan",
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Show what waits for a person, the most urgent first."""
    speaker = Speaker(as_json=json_)
    person = load_people(people)[actor]
    with _opened(journal, pack) as (_, law, book):
        items = queue_for(person, book.docket, law, at_us=_instant(on))
    rows = [
        (
            it.id,
            it.state.value,
            f"{it.clock.id}: {it.clock.left} {it.clock.unit} left" if it.clock else "",
            "urgent" if it.urgent else "",
            ", ".join(it.acts),
        )
        for it in items
    ]
    columns = ("id", "state", "clock", "urgent", "acts")
    speaker.table(f"Waiting for {person.name}", columns, rows)
    speaker.answer({"rows": [dict(zip(columns, row, strict=True)) for row in rows]})


@case_app.command("lifecycle")
def lifecycle(json_: JsonFlag = False) -> None:
    """Draw the two state machines as Mermaid diagrams."""
    speaker = Speaker(as_json=json_)
    pictures = {"application": draw(APPLICATION_MACHINE), "instrument": draw(INSTRUMENT_MACHINE)}
    for picture in pictures.values():
        speaker.line(picture)
    speaker.answer(pictures | {"acts": [act.value for act in Act]})


@case_app.command("statistics")
def statistics(
    journal: JournalArgument = "demo/journal.db",
    pack: PackOption = "pakistan",
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Show how long the office takes against its own clocks, and how well its scorers agree."""
    speaker = Speaker(as_json=json_)
    with _opened(journal, pack) as (_, law, book):
        levels = service_levels(book.docket, law, at_us=_instant(on))
    columns = ("clock", "length", "ended", "in time", "median used", "running", "late now")
    rows = [
        (
            it.id,
            f"{it.length} {it.unit}",
            it.ended,
            it.in_time,
            it.median_used if it.median_used is not None else "",
            it.running,
            it.late_now,
        )
        for it in levels.clocks
    ]
    speaker.table("Service levels", columns, rows)
    speaker.line(f"Agreement of blind scorers (weighted kappa): {levels.kappa}")
    speaker.answer(
        {
            "states": dict(levels.states),
            "clocks": [dict(zip(columns, map(str, row), strict=True)) for row in rows],
            "kappa": str(levels.kappa),
        }
    )


@register_app.command("show")
def show_register(
    query: Annotated[str, typer.Argument(help="Firm in any script, or public id.")] = "",
    journal: Annotated[str, typer.Option(help="Journal file or URL.")] = "demo/journal.db",
    pack: PackOption = "pakistan",
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Show the register, or what a search finds in it."""
    speaker = Speaker(as_json=json_)
    with _opened(journal, pack) as (_, law, book):
        entries = RegisterIndex(list(register_entries(book.docket, law, at_us=_instant(on))))
    found = entries.search(query)
    speaker.table(
        f"Register: {entries.count(query)} entries",
        ("id", "firm", "", "instrument", "status", "open for", "until"),
        [
            (
                it.id,
                it.firm_name,
                it.firm_name_ur,
                it.kind,
                it.status,
                ", ".join(it.open_for),
                it.valid_to[:10],
            )
            for it in found
        ],
    )
    speaker.answer({"count": entries.count(query), "entries": [it.as_data() for it in found]})


@register_app.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="File to write: .json, .csv or .parquet.")],
    journal: Annotated[str, typer.Option(help="Journal file or URL.")] = "demo/journal.db",
    pack: PackOption = "pakistan",
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Write a snapshot of the register that names the fact it rests on."""
    speaker = Speaker(as_json=json_)
    with _opened(journal, pack) as (opened, law, book):
        snapshot = take_snapshot(opened, book.docket, law, at_us=_instant(on))
    _write(snapshot, out)
    speaker.line(f"{len(snapshot.entries)} entries up to fact {snapshot.head.seq} in {out}.")
    speaker.answer({"out": str(out), "seq": snapshot.head.seq, "hash": snapshot.content_hash})


def _write(snapshot: Snapshot, out: Path) -> None:
    match out.suffix:
        case ".json":
            out.write_bytes(snapshot_json(snapshot))
        case ".csv":
            out.write_text(snapshot_csv(snapshot), encoding="utf-8", newline="")
        case ".parquet":
            write_parquet(snapshot, out)
        case ending:
            raise InputError(
                f"A register is not written as {ending or 'a file without an ending'}.",
                why="The ending of the file says the format.",
                fix="Name a file that ends in .json, .csv or .parquet.",
                code="cli.bad_format",
            )


@register_app.command("prove")
def prove(
    snapshot: Annotated[Path, typer.Argument(help="An earlier snapshot, JSON.")],
    journal: Annotated[str, typer.Option(help="Journal file or URL.")] = "demo/journal.db",
    pack: PackOption = "pakistan",
    json_: JsonFlag = False,
) -> None:
    """Prove that the journal still tells what a snapshot told; exit 5 when it does not."""
    speaker = Speaker(as_json=json_)
    earlier = read_snapshot(snapshot.read_bytes())
    with _opened(journal, pack) as (opened, law, _):
        later = prove_not_rewritten(earlier, opened, law)
    rows = [(it.seq, it.at[:16], it.id, it.act) for it in later]
    speaker.line(f"Nothing was rewritten up to fact {earlier.head.seq}.", style="green")
    speaker.table("Added since", ("fact", "when", "id", "act"), rows)
    speaker.answer({"sound": True, "seq": earlier.head.seq, "added": len(rows)})


@register_app.command("reasons")
def reasons(
    journal: Annotated[str, typer.Option(help="Journal file or URL.")] = "demo/journal.db",
    pack: PackOption = "pakistan",
    json_: JsonFlag = False,
) -> None:
    """Show every decision with its coded reasons, without names."""
    speaker = Speaker(as_json=json_)
    with _opened(journal, pack) as (_, law, book):
        rows = reasons_register(book.docket, law)
    speaker.table(
        "Reasons of decisions",
        ("quarter", "instrument", "outcome", "reasons"),
        [
            (it.quarter, it.kind, it.outcome, "; ".join(f"{c}: {t}" for c, t in it.reasons))
            for it in rows
        ],
    )
    speaker.answer({"rows": [it.as_data() for it in rows]})
