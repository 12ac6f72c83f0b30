"""``sandrail lists``: a thin skin over the list store."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from sandrail.cli.options import LISTS, ListsOption
from sandrail.cli.settings import read_settings
from sandrail.cli.speaking import JsonFlag, Speaker, say_error
from sandrail.rulebook import load_pack
from sandrail.screening import (
    PUBLISHERS,
    IndexChange,
    KeptVersion,
    ListFormatError,
    ListStore,
    Publisher,
    Update,
    changes_of,
    fetch_list,
    publisher,
)
from sandrail.world import DAY_US, HOUR_US, RealClock, SandrailError, date_of, iso

__all__ = ["lists_app"]

AGE_RULE = "G19.list_age_max"
_SOURCES = ", ".join(one.source for one in PUBLISHERS)
_NOTES_SHOWN = 5

lists_app = typer.Typer(help="Sanctions lists: take in, compare, confirm.", no_args_is_help=True)


def _store(folder: Path) -> ListStore:
    return ListStore(folder, confirmations_min=read_settings().list_confirmations_min)


@lists_app.command("update")
def update(
    source: Annotated[str, typer.Argument(help=f"{_SOURCES}; or all.")],
    file: Annotated[
        list[Path] | None,
        typer.Option(help="Take this file instead of fetching; a folder, or several, become one."),
    ] = None,
    by: Annotated[str, typer.Option(help="Who takes it in, such as pvara:s.khan.")] = "",
    lists: ListsOption = LISTS,
    json_: JsonFlag = False,
) -> None:
    """Take in a new version of a list: checked, kept, compared."""
    speaker, store, now_us = Speaker(as_json=json_), _store(lists), RealClock().now_us()
    if source == "all" and file:
        raise ListFormatError(
            "A file is one list, not all of them.", fix="Name the list: sandrail lists update un."
        )
    chosen = [p for p in PUBLISHERS if p.address] if source == "all" else [publisher(source)]
    found: list[Update] = []
    failed: list[SandrailError] = []
    with speaker.progress() as bar:
        task = bar.add_task("Lists", total=len(chosen))
        for one in chosen:
            bar.update(task, description=f"Taking in {one.source}")
            files = _files(one, file) if file else None
            try:
                found.append(
                    store.update(
                        one.source, at_us=now_us, data=files, fetch=fetch_list, brought_by=by
                    )
                )
            except SandrailError as error:
                if len(chosen) == 1:
                    raise
                failed.append(error)
            bar.advance(task)
    done = [_said(speaker, one, now_us) for one in found]
    for failure in failed:
        say_error(failure, as_json=json_)
    speaker.answer({"lists": done, "failed": [failure.as_dict() for failure in failed]})
    if failed:
        raise typer.Exit(max(failure.exit_code for failure in failed))


def _files(one: Publisher, given: list[Path]) -> list[Path]:
    """Return the files that are meant: those of a folder that belong to this list, or those."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            found += sorted(p for p in path.rglob(one.pattern or f"*.{one.suffix}") if p.is_file())
        else:
            found.append(path)
    if not found:
        raise ListFormatError(
            f"No file of the {one.source} list is in {', '.join(map(str, given))}.",
            why=f"Such a file is called {one.pattern or f'*.{one.suffix}'}.",
            fix="Give the file itself.",
        )
    return found


@lists_app.command("confirm")
def confirm(
    source: Annotated[str, typer.Argument(help="The list whose new version waits.")],
    by: Annotated[str, typer.Option(help="Who confirms, such as pvara:s.khan.")],
    lists: ListsOption = LISTS,
    json_: JsonFlag = False,
) -> None:
    """Put a version in force that waited because it had shrunk, or was older."""
    speaker = Speaker(as_json=json_)
    now_us = RealClock().now_us()
    found = _store(lists).confirm(source, by=by, at_us=now_us)
    speaker.answer({"lists": [_said(speaker, found, now_us)], "failed": []})


def _said(speaker: Speaker, one: Update, now_us: int) -> dict[str, Any]:
    kept, numbers = one.kept, _counts(one.change)
    words = {"in_force": "in force", "waiting": "waits for one more person"}
    state = (
        words.get(kept.state, kept.state) if one.is_new or kept.state == "waiting" else "unchanged"
    )
    speaker.line(
        f"{kept.version}: {kept.entries:,} entries, {state}; "
        + ", ".join(f"{number:,} {word}" for word, number in numbers.items())
    )
    if old := _too_old(publisher(kept.source), kept, now_us):
        speaker.line(f"  Warning: {old}", style="bold yellow")
    for note in one.notes[:_NOTES_SHOWN]:
        speaker.line(f"  not as it should be: {note}", style="yellow")
    if len(one.notes) > _NOTES_SHOWN:
        speaker.line(
            f"  and {len(one.notes) - _NOTES_SHOWN:,} more; --json shows all", style="yellow"
        )
    return {**kept.as_dict(), **numbers, "is_new": one.is_new, "notes": list(one.notes)}


def _too_old(one: Publisher, kept: KeptVersion, now_us: int) -> str:
    """Say that a version's own date is older than its publisher's newest list can be."""
    day = kept.version.split("/")[1]
    if not one.age_days_max or not day[:1].isdigit():
        return ""
    age = (date_of(now_us) - date.fromisoformat(day)).days
    if age <= one.age_days_max:
        return ""
    return (
        f"{one.source} was published on {day}, {age} days ago; its publisher's newest is never "
        f"older than {one.age_days_max} days. Whoever was listed since is not found."
    )


def _counts(change: IndexChange) -> dict[str, int]:
    return {k: len(getattr(change, k)) for k in ("added", "changed", "removed")}


@lists_app.command("status")
def status(
    lists: ListsOption = LISTS,
    pack: Annotated[str, typer.Option(help="Whose rule says how old a list may be.")] = "pakistan",
    json_: JsonFlag = False,
) -> None:
    """Show the version of every list in force, its age, what waits, and what is too old."""
    speaker, store, now_us = Speaker(as_json=json_), _store(lists), RealClock().now_us()
    rule = load_pack(pack).in_force(date_of(now_us)).get(AGE_RULE)
    rows, warnings = [], []
    for one in PUBLISHERS:
        kept, waiting = store.in_force(one.source), store.waiting(one.source)
        checked_us = store.checked_us(one.source)
        stale = bool(kept and rule and now_us - checked_us > rule.duration_us)
        if kept and stale and rule:
            warnings.append(
                f"{one.source} was last known to be the newest {_ago(now_us - checked_us)} ago; "
                f"{rule.id} allows {rule.text}. Run sandrail lists update {one.source}."
            )
        if kept and (old := _too_old(one, kept, now_us)):
            warnings.append(old)
        if waiting:
            why = waiting.why or "it shrank."
            warnings.append(f"{one.source} has a version that waits: {why}")
        rows.append(
            _row(one, kept, waiting, checked_us=checked_us, now_us=now_us) | {"stale": stale}
        )
    columns = ("list", "version", "entries", "published", "checked", "waiting")
    shown = [[_cell(row, column) for column in columns] for row in rows]
    speaker.table("Lists in force", columns, shown)
    for text in warnings:
        speaker.line(f"Warning: {text}", style="bold yellow")
    if not any(row["version"] for row in rows):
        speaker.line("No list is in force: nobody can be cleared. Run sandrail lists update all.")
    speaker.answer({"lists": rows, "warnings": warnings})


def _row(
    one: Publisher,
    kept: KeptVersion | None,
    waiting: KeptVersion | None,
    checked_us: int,
    now_us: int,
) -> dict[str, Any]:
    return {
        "list": one.source,
        "title": one.title,
        "version": kept.version if kept else "",
        "entries": kept.entries if kept else 0,
        "published": kept.version.split("/")[1] if kept else "",
        "taken_in": iso(kept.at_us) if kept else "",
        "checked": iso(checked_us) if kept else "",
        "checked_hours_ago": (now_us - checked_us) // HOUR_US if kept else None,
        "age_days": (now_us - kept.at_us) // DAY_US if kept else None,
        "confirmed_by": kept.by if kept else "",
        "waiting": waiting.version if waiting else "",
        "waiting_why": waiting.why if waiting else "",
        "waiting_confirmed_by": waiting.by if waiting else "",
    }


def _cell(row: dict[str, Any], column: str) -> str:
    if column == "checked" and row["version"]:
        return f"{_ago(row['checked_hours_ago'] * HOUR_US)} ago" + (
            " (stale)" if row["stale"] else ""
        )
    if column == "entries":
        return f"{row['entries']:,}" if row["version"] else ""
    return str(row[column])


def _ago(duration_us: int) -> str:
    hours = duration_us // HOUR_US
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"


@lists_app.command("diff")
def diff(
    source: Annotated[str, typer.Argument(help="Which list.")],
    show: Annotated[int, typer.Option(min=0, help="How many entries to show at most.")] = 50,
    lists: ListsOption = LISTS,
    json_: JsonFlag = False,
) -> None:
    """Show what the newest kept version (in force or waiting) says differently, in words."""
    speaker, store = Speaker(as_json=json_), _store(lists)
    kept = [k for k in store.history(publisher(source).source) if k.state != "checked"]
    if not kept:
        raise ListFormatError(f"No version of {source} is kept.", fix="Run sandrail lists update.")
    newest = kept[-1]
    earlier = [k for k in kept[:-1] if k.state == "in_force" and k.sha256 != newest.sha256]
    before = store.load(earlier[-1]) if earlier else None
    changes = changes_of(before, store.load(newest))
    since = earlier[-1].version if earlier else "nothing"
    speaker.line(f"{newest.version} ({newest.state.replace('_', ' ')}) against {since}")
    for change in changes[:show]:
        speaker.line(f"{change.state:8} {change.id:12} {change.name}")
        for words in change.words:
            speaker.line(f"{'':21} {words}")
    if len(changes) > show:
        speaker.line(f"and {len(changes) - show:,} more; --show {len(changes)} shows all")
    numbers = {
        state: sum(change.state == state for change in changes)
        for state in ("added", "changed", "removed")
    }
    speaker.line(", ".join(f"{state} {number}" for state, number in numbers.items()))
    plain = [change.as_dict() for change in changes]
    speaker.answer({"version": newest.version, "since": since, "changes": plain, **numbers})
