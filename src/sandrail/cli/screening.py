"""``sandrail screen`` and ``sandrail lists``: a thin skin over the screening room."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from sandrail.screening import (
    NUMBER_PATTERNS,
    PUBLISHERS,
    Decision,
    IdentityError,
    Index,
    IndexChange,
    IndexDamagedError,
    ListFormatError,
    ListStore,
    Screener,
    ScreeningList,
    ScreeningResult,
    Update,
    count_rows,
    diff_lists,
    fetch_bytes,
    load_un_xml,
    screen_file,
    screen_name,
)
from sandrail.world import RealClock, date_of, iso

__all__ = ["lists_app", "screen"]

FOLDER = Path("lists")
_TABLES = (".csv", ".parquet", ".pq")
_COLOUR = {Decision.CLEAR: "green", Decision.REVIEW: "yellow", Decision.HIT: "bold red"}

lists_app = typer.Typer(help="Sanctions lists: take in, compare, confirm.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--lists", help="Folder of kept list versions.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def _index(folder: Path, file: Path | None) -> Index:
    if file is not None:
        return Index.build([load_un_xml(file)])
    store = ListStore(folder)
    lists = store.lists_in_force()
    if not lists:
        raise ListFormatError(
            f"No list is in force in {folder}.",
            why="Nobody can be cleared against no list.",
            fix="Run sandrail lists update un, or give --un-file.",
            code="screening.no_list",
        )
    return _cached_index(folder, lists)


def _cached_index(folder: Path, lists: list[ScreeningList]) -> Index:
    """Return the stored index if it is of these lists and this code; else build and store it."""
    versions = tuple(sorted(one.version for one in lists))
    path = folder / "screening.index"
    if path.exists():
        with suppress(IndexDamagedError):
            index = Index.load(path)
            if index.lists == versions:
                return index
    index = Index.build(lists)
    index.save(path)
    return index


def screen(
    name: Annotated[str, typer.Argument(help="A name in any script, or a csv or parquet file.")],
    out: Annotated[
        Path | None, typer.Option(help="Where verdicts go, when NAME is a file.")
    ] = None,
    dob: Annotated[str, typer.Option(help="1957-03-01, 1957, c. 1957 ...")] = "",
    father: Annotated[str, typer.Option(help="Father's name.")] = "",
    cnic: Annotated[str, typer.Option(help="National identity number.")] = "",
    country: Annotated[str, typer.Option(help="Nationality.")] = "",
    kind: Annotated[str, typer.Option(help="person, entity, vessel or unknown.")] = "person",
    lists: Folder = FOLDER,
    un_file: Annotated[Path | None, typer.Option(help="Screen against this UN file only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Screen one name, or every row of a file. Exit code 0 clear, 10 review, 11 hit."""
    if out is None and Path(name).suffix.lower() in _TABLES and Path(name).exists():
        raise IdentityError(
            f"{name} is a file, not a name.",
            why="Without --out there is nowhere to write a verdict for each of its rows.",
            fix=f"Run sandrail screen {name} --out verdicts.csv.",
        )
    screener = Screener(_index(lists, un_file))
    if out is not None:
        _screen_file(Path(name), out, screener, as_json=as_json)
        return
    result = screen_name(
        screener, name, dob=dob, father=father, cnic=cnic, country=country, kind=kind
    )
    if as_json:
        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False))
    else:
        _show(result, screener)
    raise typer.Exit({Decision.CLEAR: 0, Decision.REVIEW: 10, Decision.HIT: 11}[result.decision])


def _screen_file(source: Path, target: Path, screener: Screener, *, as_json: bool) -> None:
    with Progress(console=Console(stderr=True), disable=as_json) as bar:
        task = bar.add_task("Screening", total=count_rows(source))
        counts = screen_file(
            source, target, screener=screener, progress=lambda n: bar.advance(task, n)
        )
    fields = {n: getattr(counts, n) for n in ("rows", "clear", "review", "hit", "unscreened")}
    if as_json:
        typer.echo(json.dumps({**fields, "out": str(target)}))
    else:
        typer.echo(", ".join(f"{k} {v:,}" for k, v in fields.items()) + f" -> {target}")


def _show(result: ScreeningResult, screener: Screener) -> None:
    console = Console()
    colour = _COLOUR[result.decision]
    console.print(f"[{colour}]{result.decision.name}[/]  {result.explanation}", highlight=False)
    for match in result.matches[:3]:
        table = Table(title=f"{match.source} {match.entry_id}  score {match.score_milli}/1000")
        for column in ("field", "given", "listed", "weight", "reason"):
            table.add_column(column, overflow="fold")
        for line in match.evidence:
            sign = "+" if line.weight_milli > 0 else "-" if line.weight_milli < 0 else " "
            whole, rest = divmod(abs(line.weight_milli), 1000)
            weight = f"{sign}{whole}.{rest // 100}"
            table.add_row(line.field, line.given, line.listed, weight, line.reason)
        console.print(table)
        if match.pattern in NUMBER_PATTERNS:
            console.print("A number names one holder: nothing has to be weighed.", style="dim")
            continue
        total = sum(line.weight_milli for line in match.evidence)
        needed = screener.threshold_milli(match.pattern)
        console.print(
            f"Together {total / 1000:+.1f}; somebody must look from {needed / 1000:+.1f} "
            f"({match.pattern.replace('+', ' + ')}). Alone, that is {match.decision.name}.",
            style="dim",
            highlight=False,
        )
    console.print(f"Stood on lists {result.list_version}.", style="dim", highlight=False)


@lists_app.command("update")
def update(
    source: Annotated[str, typer.Argument(help="un, ofac, eu, uk, nacta, tagpack, firm; or all.")],
    file: Annotated[Path | None, typer.Option(help="Take this file instead of fetching.")] = None,
    lists: Folder = FOLDER,
    as_json: AsJson = False,
) -> None:
    """Take in a new version of a list: checked, kept, compared."""
    store, now_us = ListStore(lists), RealClock().now_us()
    chosen = [p.source for p in PUBLISHERS if p.address] if source == "all" else [source]
    found = []
    for one in chosen:
        data = file.read_bytes() if file is not None else None
        found.append(store.update(one, at_us=now_us, data=data, fetch=fetch_bytes))
    _print_updates(found, as_json=as_json)


@lists_app.command("confirm")
def confirm(
    source: Annotated[str, typer.Argument(help="The list whose new version waits.")],
    by: Annotated[str, typer.Option(help="Who confirms, such as pvara:s.khan.")],
    lists: Folder = FOLDER,
    as_json: AsJson = False,
) -> None:
    """Put a version in force that had lost suspiciously many entries."""
    found = ListStore(lists).confirm(source, by=by, at_us=RealClock().now_us())
    _print_updates([found], as_json=as_json)


def _print_updates(found: list[Update], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([{**u.kept.as_dict(), **_counts(u.change)} for u in found]))
        return
    for one in found:
        state = "new" if one.is_new else "unchanged"
        numbers = ", ".join(f"{k} {v}" for k, v in _counts(one.change).items())
        typer.echo(f"{one.kept.version}: {one.kept.entries} entries, {state}; {numbers}")


def _counts(change: IndexChange) -> dict[str, int]:
    return {k: len(getattr(change, k)) for k in ("added", "changed", "removed")}


@lists_app.command("status")
def status(lists: Folder = FOLDER, as_json: AsJson = False) -> None:
    """Show the version of every list in force, its age, and what waits."""
    store, today = ListStore(lists), date_of(RealClock().now_us())
    rows = []
    for one in PUBLISHERS:
        kept, waiting = store.in_force(one.source), store.waiting(one.source)
        taken = date_of(kept.at_us) if kept else None
        rows.append(
            {
                "list": one.source,
                "version": kept.version if kept else "",
                "entries": kept.entries if kept else 0,
                "taken_in": iso(kept.at_us) if kept else "",
                "age_days": (today - taken).days if taken else None,
                "waiting": waiting.version if waiting else "",
            }
        )
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table = Table()
    for column in rows[0]:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if v is None else str(v) for v in row.values()))
    Console().print(table)


@lists_app.command("diff")
def diff(
    source: Annotated[str, typer.Argument(help="Which list.")],
    lists: Folder = FOLDER,
    as_json: AsJson = False,
) -> None:
    """Show what the newest kept version (in force or waiting) changed."""
    store = ListStore(lists)
    history = store.history(source)
    if not history:
        raise ListFormatError(f"No version of {source} is kept.", fix="Run sandrail lists update.")
    after = store.load(history[-1])
    earlier = [k for k in history[:-1] if k.state == "in_force" and k.sha256 != history[-1].sha256]
    change = diff_lists(store.load(earlier[-1]) if earlier else None, after)
    groups = {k: [[e.id, e.name] for e in getattr(change, k)] for k in _counts(change)}
    if as_json:
        typer.echo(json.dumps({"version": after.version, **groups}, ensure_ascii=False))
        return
    for name, entries in groups.items():
        for key, text in entries:
            typer.echo(f"{name:8} {key:12} {text}")
    typer.echo(", ".join(f"{k} {v}" for k, v in _counts(change).items()))
