"""``sandrail case save · resume · diff · document · adopt``: what changes a case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandrail.casework import (
    Case,
    Casebook,
    Grounds,
    Pair,
    Version,
    application_text,
    diff_applications,
    load_application,
    load_people,
    parse_application,
    plan_adoption,
    read_document,
)
from sandrail.cli.options import DEMO_JOURNAL, JournalOption, PackOption, instant_of
from sandrail.cli.places import write_whole
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.journal import Journal
from sandrail.rulebook import load_pack
from sandrail.world import ConflictError, InputError

__all__ = ["adopt", "diff", "document_app", "resume", "save"]

PeopleOption = Annotated[Path, typer.Option(help="The people file.")]
OnOption = Annotated[str, typer.Option(help="Instant of the act; now by default.")]
CaseArgument = Annotated[str, typer.Argument(help="Id of the application.")]

document_app = typer.Typer(help="Documents of an application, by hash.", no_args_is_help=True)


def save(
    application: Annotated[Path, typer.Argument(help="The application, a TOML file.")],
    people: PeopleOption,
    by: Annotated[str, typer.Option(help="Who saves it, by id.")],
    case: Annotated[str, typer.Option(help="Id of its case; a new one by default.")] = "",
    journal: JournalOption = DEMO_JOURNAL,
    pack: PackOption = "pakistan",
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Save an application, finished or not, as a new case or as the next version of one."""
    speaker = Speaker(as_json=json_)
    text, at_us = load_application(application), instant_of(on)
    actor = load_people(people)[by]
    with Journal.open(journal) as opened:
        book = Casebook.open(opened, load_pack(pack))
        if case:
            saved = book.save(case, text, by=actor, at_us=at_us)
        else:
            saved = book.start(text, by=actor, at_us=at_us)
    number = saved.versions[-1].number
    speaker.line(f"{saved.id}: version {number} is saved.", style="green")
    speaker.line(f"Go on later: sandrail case resume {saved.id} --out {application.name}")
    answer = {"id": saved.id, "version": number, "hash": saved.versions[-1].content_hash}
    speaker.answer(answer)


def resume(
    case: CaseArgument,
    out: Annotated[Path, typer.Option(help="File to write; it must not be there yet.")],
    version: Annotated[int, typer.Option(help="Number of the version; the last by default.")] = 0,
    journal: JournalOption = DEMO_JOURNAL,
    pack: PackOption = "pakistan",
    json_: JsonFlag = False,
) -> None:
    """Write a saved application to a file again, to go on with it."""
    speaker = Speaker(as_json=json_)
    found = _case(case, journal, pack)
    chosen = _version(found, version or len(found.versions))
    if out.exists():
        raise ConflictError(
            f"{out} is there already.",
            why="What stands in it would be lost.",
            fix="Name another file, or move this one.",
            code="cli.file_exists",
        )
    write_whole(out, application_text(chosen.application))
    speaker.line(f"Version {chosen.number} of {found.id} is in {out}.")
    speaker.answer({"id": found.id, "version": chosen.number, "file": str(out)})


def diff(
    case: CaseArgument,
    before: Annotated[int, typer.Option(help="Version; the last but one by default.")] = 0,
    after: Annotated[int, typer.Option(help="Version; the last by default.")] = 0,
    journal: JournalOption = DEMO_JOURNAL,
    pack: PackOption = "pakistan",
    json_: JsonFlag = False,
) -> None:
    """Show what changed between two versions of an application, field by field."""
    speaker = Speaker(as_json=json_)
    found = _case(case, journal, pack)
    newer = _version(found, after or len(found.versions))
    older = _version(found, before or max(1, newer.number - 1))
    rows = diff_applications(older.application, newer.application)
    columns = ("field", f"version {older.number}", f"version {newer.number}")
    if rows:
        speaker.table(f"{found.id}: what changed", columns, rows)
    else:
        speaker.line(f"Versions {older.number} and {newer.number} say the same.")
    changed = [{"field": path, "before": old, "after": new} for path, old, new in rows]
    speaker.answer({"id": found.id, "changed": changed})


@document_app.command("add")
def add_document(
    file: Annotated[Path, typer.Argument(help="The document; beside or below the application.")],
    application: Annotated[Path, typer.Option(help="The application, a TOML file.")],
    kind: Annotated[str, typer.Option(help="What it is, such as risk_assessment.")],
    json_: JsonFlag = False,
) -> None:
    """Check a document by what it holds, and list it in the application by its hash.

    Programs, macros, active PDFs, encrypted or nested archives, archives that unpack to too much
    and paths that leave the folder are refused; nothing is unpacked or run.
    """
    speaker = Speaker(as_json=json_)
    folder = application.parent.resolve()
    absolute = file if file.is_absolute() else Path.cwd() / file
    inside = absolute.is_relative_to(folder)
    path = absolute.relative_to(folder).as_posix() if inside else file.as_posix()
    document = read_document(folder, path)
    before = application.read_bytes()
    listed = {it.path: it.sha256 for it in parse_application(before).documents}
    if listed.get(path) not in (None, document.sha256):
        raise ConflictError(
            f"{path} is listed with another hash.",
            why=f"The application names {listed[path]}, the file has {document.sha256}.",
            fix="Put the file's hash into the application, if the change is meant.",
            code="cli.other_document",
        )
    if path not in listed:
        entry = {"name": document.name, "kind": kind, "path": path, "sha256": document.sha256}
        lines = "".join(f'{key} = "{value}"\n' for key, value in entry.items())
        write_whole(application, before + f"\n[[documents]]\n{lines}".encode())
        try:
            load_application(application)
        except InputError:
            write_whole(application, before)
            raise
    speaker.line(f"{path}  {document.media_type}, {document.size_bytes:,} bytes")
    speaker.line(f"SHA-256 {document.sha256}")
    speaker.answer(
        {
            "path": path,
            "sha256": document.sha256,
            "media_type": document.media_type,
            "size_bytes": document.size_bytes,
            "added": path not in listed,
        }
    )


def adopt(
    instrument: Annotated[str, typer.Argument(help="Id of the instrument.")],
    former: Annotated[str, typer.Option(help="Folder of the version that it stands under.")],
    pack: PackOption = "pakistan",
    journal: JournalOption = DEMO_JOURNAL,
    people: Annotated[Path | None, typer.Option(help="The people file.")] = None,
    by: Annotated[str, typer.Option(help="A supervisor, by id; nobody for a look only.")] = "",
    checker: Annotated[str, typer.Option(help="A head, by id.")] = "",
    reason: Annotated[str, typer.Option(help="Reason code of the pack.")] = "",
    evidence: Annotated[Path | None, typer.Option(help="The notice of the new version.")] = None,
    on: OnOption = "",
    json_: JsonFlag = False,
) -> None:
    """Show what a new version of the law changes for one firm, and adopt it with two people.

    Without --by nothing is written.
    """
    speaker = Speaker(as_json=json_)
    old, new, at_us = load_pack(former), load_pack(pack), instant_of(on)
    with Journal.open(journal, read_only=not by) as opened:
        book = Casebook.open(opened, new)
        permission = book.docket.instrument(instrument).permission
        plan = plan_adoption(permission, old, new, at_us=at_us)
        if by:
            if people is None or evidence is None:
                raise InputError(
                    "Adopting a version needs --people and --evidence.",
                    why="Two named people decide, on a document that can be shown.",
                    fix="Add both, with --checker and --reason.",
                    code="cli.missing_option",
                )
            listed = load_people(people)
            grounds = Grounds((reason,), (read_document(evidence.parent, evidence.name).sha256,))
            pair = Pair(listed[by], listed[checker])
            book.adopt_pack(instrument, former=old, by=pair, grounds=grounds, at_us=at_us)
    rows = [(it.applies_from, it.rule_id, it.standing, it.before, it.after) for it in plan.changes]
    title = f"{instrument}: {old.content_hash[:12]} to {new.content_hash[:12]}"
    speaker.table(title, ("from", "rule", "for the firm", "before", "after"), rows)
    for rule_id in plan.overtaken:
        speaker.line(f"The law is now stricter than the condition on {rule_id}.")
    speaker.line("Adopted." if by else "Nothing is written: name two people to adopt it.")
    speaker.answer(plan.as_data() | {"adopted": bool(by)})


def _case(case: str, journal: str, pack: str) -> Case:
    with Journal.open(journal, read_only=True) as opened:
        return Casebook.open(opened, load_pack(pack)).docket.case(case)


def _version(case: Case, number: int) -> Version:
    if not 0 < number <= len(case.versions):
        raise InputError(
            f"{case.id} has no version {number}.",
            why=f"It has 1 to {len(case.versions)}.",
            fix="Name one of these.",
            code="cli.unknown_version",
        )
    return case.versions[number - 1]
