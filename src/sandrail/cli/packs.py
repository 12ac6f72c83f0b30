"""``sandrail packs``: list, show, check and compare the rulebooks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from sandrail.casework import load_application
from sandrail.cli.places import write_whole
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.rulebook import (
    Pack,
    Rule,
    Status,
    diff_packs,
    find_packs,
    lint_pack,
    list_placeholders,
    pack_schema,
    pack_schema_text,
    publish_comparison,
    publish_form,
    publish_guidelines,
    publish_perimeter,
    run_cases,
)
from sandrail.rulebook import load_pack as load
from sandrail.world import InputError

__all__ = ["app"]

app = typer.Typer(help="The law as data: list, show, check, compare.", no_args_is_help=True)

EXAMPLE = Path("examples/rupee-art/application.toml")

PackName = Annotated[str, typer.Argument(help="Name of a pack, or the path of its folder.")]


@app.command("list")
def list_packs(json_: JsonFlag = False) -> None:
    """List the packs at hand."""
    speaker = Speaker(as_json=json_)
    packs = [load(path) for path in find_packs().values()]
    rows = [(p.id, p.jurisdiction, len(p.rules), p.published, p.content_hash[:12]) for p in packs]
    speaker.table("Packs", ("pack", "jurisdiction", "rules", "published", "hash"), rows)
    speaker.answer({"packs": [{"id": p.id, "hash": p.content_hash} for p in packs]})


@app.command("show")
def show(
    pack: PackName,
    on: Annotated[
        str, typer.Option(help="Day, such as 2026-06-01; the pack's own by default.")
    ] = "",
    placeholders: Annotated[
        bool, typer.Option(help="Only the numbers that are ours until the regulator sets them.")
    ] = False,
    json_: JsonFlag = False,
) -> None:
    """Show what applies on a day, each value with its source and standing in law."""
    speaker = Speaker(as_json=json_)
    loaded = load(pack)
    if placeholders:
        _show_placeholders(speaker, loaded)
        return
    day = _day(on) if on else loaded.published
    rules = list(loaded.in_force(day))
    rows = [(r.id, r.title, r.text, r.outcome, r.status, _source(r)) for r in rules]
    title = f"{loaded.title}: in force on {day.isoformat()}"
    speaker.table(title, ("rule", "what", "value", "breach", "status", "source"), rows)
    ours = sum(rule.status is Status.PLACEHOLDER for rule in rules)
    if ours:
        speaker.line(f"placeholder: {ours} values of ours, until the authority sets them.")
    speaker.answer({"pack": loaded.id, "on": day.isoformat(), "rules": [_plain(r) for r in rules]})


@app.command("check")
def check(
    pack: PackName,
    standard: Annotated[str, typer.Option(help="Pack to be measured by, such as fatf.")] = "",
    json_: JsonFlag = False,
) -> None:
    """Load a pack, refuse what is wrong in it, and remark on what could be better."""
    speaker = Speaker(as_json=json_)
    loaded = load(pack)
    yardstick = load(standard) if standard else None
    remarks = lint_pack(loaded, standard=yardstick)
    folder = find_packs().get(loaded.id)
    results = run_cases(loaded) if folder is not None else ()
    failed = [(result.case.name, "; ".join(result.failures)) for result in results]
    failed = [(name, why) for name, why in failed if why]
    speaker.line(f"{loaded.id}: {len(loaded.rules)} rules, hash {loaded.content_hash}")
    speaker.line(f"{len(results) - len(failed)} of {len(results)} cases hold.")
    speaker.table("Cases that do not hold", ("case", "why"), failed)
    speaker.table("Remarks", ("about", "remark"), [(r.where, r.text) for r in remarks])
    plain = [{"where": r.where, "text": r.text} for r in remarks]
    speaker.answer(
        {
            "pack": loaded.id,
            "hash": loaded.content_hash,
            "remarks": plain,
            "cases": len(results),
            "failed": [name for name, _ in failed],
        }
    )
    if failed:
        raise typer.Exit(5)


@app.command("diff")
def diff(
    left: PackName,
    right: PackName,
    on: Annotated[str, typer.Option(help="Day of the comparison.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Show equal rules too.")] = False,
    json_: JsonFlag = False,
) -> None:
    """Compare two packs: where the first exceeds, equals or falls short of the second."""
    speaker = Speaker(as_json=json_)
    found = diff_packs(load(left), load(right), on=_day(on) if on else None)
    rows = [
        (row.rule_id, row.standing, _text(row.left), _text(row.right), row.because)
        for row in found.by_concern
        if all_ or row in found.changed
    ]
    title = f"{found.left} beside {found.right}"
    speaker.table(title, ("rule", "standing", found.left, found.right, "because"), rows)
    speaker.answer({"left": found.left, "right": found.right,
                    "rows": [row.as_plain() for row in found.rows]})  # fmt: skip


@app.command("publish")
def publish(
    pack: PackName,
    out: Annotated[Path, typer.Option(help="Folder for the pages.")] = Path("published"),
    example: Annotated[
        Path, typer.Option(help="An application to be shown as a worked example of its form.")
    ] = EXAMPLE,
    against: Annotated[
        list[str] | None, typer.Option(help="Pack to compare with; every other one by default.")
    ] = None,
    json_: JsonFlag = False,
) -> None:
    """Write what a regulator publishes: guideline, forms, worked example, perimeter, comparisons.

    In every language of the pack; comparisons in its first. Each page stands alone: no page fetches
    anything, so that it can be printed, mailed or put on any server.
    """
    speaker = Speaker(as_json=json_)
    loaded = load(pack)
    out.mkdir(parents=True, exist_ok=True)
    answers = _answers(example, loaded)
    others = against or [name for name in find_packs() if name not in (loaded.id, "example")]
    pages = {}
    for language in loaded.languages:
        pages[f"guideline-{language}"] = publish_guidelines(loaded, language)
        pages[f"perimeter-{language}"] = publish_perimeter(loaded, language)
        for form in loaded.forms:
            pages[f"form-{form.id}-{language}"] = publish_form(loaded, form.id, language=language)
            if answers is not None and answers["instrument"] == form.instrument:
                pages[f"example-{form.id}-{language}"] = publish_form(
                    loaded, form.id, language=language, answers=answers
                )
    for name in others:
        other = load(name)
        pages[f"beside-{other.id}"] = publish_comparison(loaded, other)
    written = []
    for name, html in pages.items():
        path = out / f"{loaded.id}-{name}.html"
        write_whole(path, html)
        written.append(str(path))
        speaker.line(str(path))
    speaker.answer({"pack": loaded.id, "written": written})


def _answers(example: Path, pack: Pack) -> dict[str, object] | None:
    """Return the example's answers; none where the default example is absent or of another pack."""
    if example == EXAMPLE and not example.is_file():
        return None
    application = load_application(example)
    return application.as_data() if application.pack == pack.id else None


@app.command("schema")
def schema(json_: JsonFlag = False) -> None:
    """Print the JSON Schema of a pack, for editors."""
    speaker = Speaker(as_json=json_)
    speaker.line(pack_schema_text())
    speaker.answer(pack_schema())


def _show_placeholders(speaker: Speaker, pack: Pack) -> None:
    found = list_placeholders(pack)
    speaker.table(
        f"{pack.title}: values of ours, until the authority sets them",
        ("where", "value"),
        [(item.where, item.text) for item in found],
    )
    speaker.answer({"pack": pack.id, "placeholders": [item.where for item in found]})


def _plain(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": str(rule.title),
        "value": rule.text,
        "unit": rule.unit,
        "inclusive": rule.inclusive,
        "outcome": rule.outcome.value,
        "status": rule.status.value,
        "source": rule.source.address,
        "seen": rule.source.seen.isoformat(),
    }


def _source(rule: Rule) -> str:
    """Return who said so; of a value of ours its standing says all there is to say."""
    return "" if rule.status is Status.PLACEHOLDER else str(rule.source.title)


def _text(rule: Rule | None) -> str:
    return "" if rule is None else rule.text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"{text!r} is not a day.",
            why=f"{error}.",
            fix="Write it as 2026-06-01.",
            code="cli.bad_day",
        ) from error
