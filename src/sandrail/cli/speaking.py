"""How commands speak: to people in text, to machines in one JSON object, errors in one block."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from sandrail.cli.waiting import tell_of_compiling
from sandrail.world import SandrailError

__all__ = ["JsonFlag", "Speaker", "percent", "say_error"]

FILE_COLUMNS = 140
"""Width of a table that goes into a file or a pipe, where no window says how wide it is."""

ID_COLUMNS = 32
"""What a first column may hold and stay in one piece."""

JsonFlag = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]


def percent(ppm: int) -> str:
    """Return parts per million as per cent with two places, cut and not rounded."""
    return f"{ppm // 10_000}.{ppm // 100 % 100:02d} %"


class _Paper(Console):
    """A console that tells when nobody reads any more, instead of ending the program by itself."""

    def on_broken_pipe(self) -> None:
        """Let the command end as every command ends."""
        raise BrokenPipeError


class Speaker:
    """Says things once, in the form that was asked for."""

    def __init__(self, *, as_json: bool) -> None:
        """Speak JSON on the standard output, or text for people."""
        self.as_json = as_json
        self.out = _Paper(file=sys.stdout, highlight=False, soft_wrap=True)
        if not self.out.is_terminal:
            self.out.width = FILE_COLUMNS
        self.aside = _Paper(file=sys.stderr, highlight=False)
        if self.aside.is_terminal:
            tell_of_compiling(lambda words: self.aside.print(words, style="dim"))

    def line(self, text: str = "", style: str | None = None) -> None:
        """Say a line to people; machines do not hear it."""
        if not self.as_json:
            self.out.print(text, style=style, markup=False)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Show a table to people; machines get the same rows in the answer."""
        if self.as_json:
            return
        table = Table(title=title, title_justify="left", title_style="bold")
        for place, column in enumerate(columns):
            # Ids stand in the first column, and an id that is broken in two cannot be copied.
            whole = not place and all(len(str(row[0])) <= ID_COLUMNS for row in rows)
            table.add_column(column, overflow="fold", no_wrap=whole)
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        self.out.print(table)

    def answer(self, value: Mapping[str, Any]) -> None:
        """Say the answer to machines, as the last line of the standard output."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n")
            sys.stdout.flush()

    def progress(self) -> Progress:
        """Return a progress bar on the standard error, silent where nobody watches."""
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeRemainingColumn(),
            console=self.aside,
            transient=True,
            disable=not self.aside.is_terminal,
        )


def say_error(error: SandrailError, *, as_json: bool) -> None:
    """Print an error in one readable block, or as one JSON object on the standard error."""
    if as_json:
        sys.stderr.write(json.dumps({"error": error.as_dict()}, ensure_ascii=False) + "\n")
        return
    console = _Paper(file=sys.stderr, highlight=False, soft_wrap=True)
    console.print(f"Error: {error.what}", style="bold red", markup=False)
    for label, text in (("Why", error.why), ("Do", error.fix), ("See", error.doc)):
        if text:
            console.print(f"  {label + ':':<5}{text}", markup=False)
