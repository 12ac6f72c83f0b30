"""``sandrail lists``: a thin skin over the list store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sandrail.screening import (
    PUBLISHERS,
    IndexChange,
    ListFormatError,
    ListStore,
    Update,
    diff_lists,
    fetch_bytes,
)
from sandrail.world import RealClock, date_of, iso

__all__ = ["lists_app"]

FOLDER = Path("lists")
lists_app = typer.Typer(help="Sanctions lists: take in, compare, confirm.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--lists", help="Folder of kept list versions.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


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
