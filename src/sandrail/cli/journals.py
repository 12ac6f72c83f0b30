"""``sandrail init · migrate · backup · restore · fork``: journals and where they are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.journal import (
    Journal,
    backup_journal,
    fork_journal,
    restore_journal,
)
from sandrail.journal import migrate as migrate_store

__all__ = ["backup", "fork", "init", "migrate", "restore"]

Where = Annotated[str, typer.Option("--store", help="A file, or a postgresql:// URL.")]
Place = Annotated[str, typer.Argument(help="A file, or a postgresql:// URL.")]


def init(
    name: Annotated[str, typer.Option(help="Name of the journal; part of every hash.")],
    store: Where = "sandrail.db",
    json_: JsonFlag = False,
) -> None:
    """Make a new, empty journal in a file or in a PostgreSQL database."""
    speaker = Speaker(as_json=json_)
    with Journal.create(store, name=name) as journal:
        genesis = journal.genesis.hash.hex()
    speaker.line(f"Journal {name} in {store}; it begins at {genesis}.")
    speaker.answer({"name": name, "store": store, "genesis": genesis})


def migrate(store: Place, json_: JsonFlag = False) -> None:
    """Bring a journal's schema up to this version."""
    speaker = Speaker(as_json=json_)
    steps = migrate_store(store)
    speaker.line("\n".join(steps) or "Nothing to do.")
    speaker.answer({"store": store, "applied": steps})


def backup(store: Place, target: Path, json_: JsonFlag = False) -> None:
    """Copy a journal into a file, fact by fact, verified on the way."""
    speaker = Speaker(as_json=json_)
    with Journal.open(store, read_only=True) as journal:
        head = backup_journal(journal, target)
    speaker.line(f"{head.seq + 1} facts up to {head.hash.hex()} in {target}.")
    speaker.answer({"target": str(target), "facts": head.seq + 1, "head": head.hash.hex()})


def restore(source: Path, store: Place, json_: JsonFlag = False) -> None:
    """Make a journal from a backup; the facts and their hashes are the same."""
    speaker = Speaker(as_json=json_)
    with restore_journal(source, store) as journal:
        head = journal.head
    speaker.line(f"{head.seq + 1} facts up to {head.hash.hex()} in {store}.")
    speaker.answer({"store": store, "facts": head.seq + 1, "head": head.hash.hex()})


def fork(
    store: Place,
    target: Place,
    until: Annotated[int, typer.Option(help="First fact to leave out; none if not given.")] = -1,
    json_: JsonFlag = False,
) -> None:
    """Copy a whole economy up to a fact, to try there what must not happen here."""
    speaker = Speaker(as_json=json_)
    with (
        Journal.open(store, read_only=True) as journal,
        fork_journal(journal, target, until=None if until < 0 else until) as copy,
    ):
        head = copy.head
    speaker.line(f"{head.seq + 1} facts up to {head.hash.hex()} in {target}.")
    speaker.answer({"store": target, "facts": head.seq + 1, "head": head.hash.hex()})
