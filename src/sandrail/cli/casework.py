"""``sandrail case``: cases, queues, clocks, the register's search and its proof."""

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
    clocks_of,
    draw,
    load_people,
    prove_not_rewritten,
    queue_for,
    read_snapshot,
    reasons_register,
    register_as_of,
    service_levels,
)
from sandrail.cli.filing import adopt, diff, document_app, resume, save
from sandrail.cli.options import DEMO_JOURNAL, JournalOption, PackOption, instant_of, last_instant
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.journal import Journal
from sandrail.rulebook import Pack, load_pack
from sandrail.world import iso

__all__ = ["case_app"]

case_app = typer.Typer(
    help="Applications and instruments: show, save, queue, search, prove.",
    no_args_is_help=True,
)

case_app.command("save")(save)
case_app.command("resume")(resume)
case_app.command("diff")(diff)
case_app.command("adopt")(adopt)
case_app.add_typer(document_app, name="document")

OnOption = Annotated[str, typer.Option(help="Instant to read at; now by default.")]


@contextmanager
def _opened(journal: str, pack: str) -> Iterator[tuple[Journal, Pack, Casebook]]:
    law = load_pack(pack)
    with Journal.open(journal, read_only=True) as opened:
        yield opened, law, Casebook.open(opened, law)


@case_app.command("list")
def list_cases(
    journal: JournalOption = DEMO_JOURNAL,
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
        withheld = book.docket.withheld
    rows = [(it.id, it.firm_id, it.kind.value, it.state.value, iso(it.last_us)) for it in subjects]
    rows += [
        (id_, "", "", f"redacted under {gap.law}", iso(gap.at_us)) for id_, gap in withheld.items()
    ]
    columns = ("id", "firm", "kind", "state", "since")
    speaker.table("Applications and instruments", columns, rows)
    speaker.answer({"rows": [dict(zip(columns, row, strict=True)) for row in rows]})


@case_app.command("show")
def show_case(
    subject: Annotated[str, typer.Argument(help="Id of an application or an instrument.")],
    journal: JournalOption = DEMO_JOURNAL,
    pack: PackOption = "pakistan",
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Show the history and the clocks of one application or instrument."""
    speaker = Speaker(as_json=json_)
    with _opened(journal, pack) as (_, law, book):
        instruments = book.docket.instruments
        found = instruments.get(subject) or book.docket.case(subject)
        clocks = clocks_of(found, law, at_us=instant_of(on))
    speaker.line(f"{found.id}  {found.kind.value}  {found.state.value}", style="bold")
    history = [
        (
            iso(it.at_us)[:16],
            f"{it.act} (redacted under {it.redacted_under})" if it.redacted_under else it.act.value,
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
    journal: JournalOption = DEMO_JOURNAL,
    pack: PackOption = "pakistan",
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Show what waits for a person, the most urgent first."""
    speaker = Speaker(as_json=json_)
    person = load_people(people)[actor]
    with _opened(journal, pack) as (_, law, book):
        items = queue_for(person, book.docket, law, at_us=instant_of(on))
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
    journal: JournalOption = DEMO_JOURNAL,
    pack: PackOption = "pakistan",
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Show how long the office takes against its own clocks, and how well its scorers agree."""
    speaker = Speaker(as_json=json_)
    with _opened(journal, pack) as (_, law, book):
        levels = service_levels(book.docket, law, at_us=instant_of(on))
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
    undefined = f"not defined over {levels.scored_pairs} pairs of scores"
    kappa = undefined if levels.kappa is None else str(levels.kappa)
    speaker.line(f"Agreement of blind scorers (weighted kappa): {kappa}")
    speaker.answer(
        {
            "states": dict(levels.states),
            "clocks": [dict(zip(columns, map(str, row), strict=True)) for row in rows],
            "kappa": None if levels.kappa is None else str(levels.kappa),
        }
    )


@case_app.command("search")
def search(
    query: Annotated[str, typer.Argument(help="Firm in any script, or public id.")] = "",
    journal: JournalOption = DEMO_JOURNAL,
    pack: PackOption = "pakistan",
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Search the public register by firm, in any script, or by public id."""
    speaker = Speaker(as_json=json_)
    law = load_pack(pack)
    with Journal.open(journal, read_only=True) as opened:
        now_us = instant_of(on)
        at_us = now_us if on else max(now_us, last_instant(opened))
        entries = RegisterIndex(list(register_as_of(opened, law, at_us=at_us).entries))
    found = entries.search(query)
    speaker.table(
        f"Register as of {iso(at_us)[:16]}Z, found: {entries.count(query)}",
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


@case_app.command("prove")
def prove(
    snapshot: Annotated[Path, typer.Argument(help="An earlier snapshot, JSON.")],
    journal: JournalOption = DEMO_JOURNAL,
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


@case_app.command("reasons")
def reasons(
    journal: JournalOption = DEMO_JOURNAL,
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
