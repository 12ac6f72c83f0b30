"""``sandrail ledger``: prove a book sound, or name the first wrong row; look at balances."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.journal import Journal
from sandrail.ledger import Engine, check_book

__all__ = ["app"]

app = typer.Typer(help="The books: check, balances.", no_args_is_help=True)

JournalArgument = Annotated[str, typer.Argument(help="Journal file, or a postgresql:// URL.")]


@app.command("check")
def check(
    journal: JournalArgument = "demo/journal.db",
    reference: Annotated[
        bool, typer.Option(help="Replay in plain Python, independent of the kernel; slow.")
    ] = False,
    json_: JsonFlag = False,
) -> None:
    """Replay the books from the first fact; exit 5 and name the first wrong row if there is one."""
    speaker = Speaker(as_json=json_)
    engine = Engine.REFERENCE if reference else Engine.KERNEL
    where: str | Path = journal if "://" in journal else Path(journal)
    with Journal.open(where, read_only=True, verify=False) as opened:
        report = check_book(opened, engine=engine)
    speaker.line(
        f"{report.facts} facts, {report.batches} batches, {report.rows} rows, "
        f"{report.accepted} accepted, {report.accounts} accounts."
    )
    lines = [
        (line.asset, line.accounts, line.debits_posted, line.credits_posted, line.debits_pending)
        for line in report.trial_balance
    ]
    columns = ("asset", "accounts", "debits", "credits", "pending")
    speaker.table("Trial balance, in minor units", columns, lines)
    problem = report.problem
    if problem is None:
        speaker.line(f"The book is sound up to fact {report.head.seq}.", style="green")
    else:
        speaker.line(f"Wrong from fact {problem.seq}, row {problem.row}: {problem.text}", "red")
    speaker.answer(
        {
            "sound": report.sound,
            "facts": report.facts,
            "rows": report.rows,
            "state_hash": report.state_hash,
            "head": report.head.hash.hex(),
            "problem": None if problem is None else {"seq": problem.seq, "row": problem.row,
                                                      "code": problem.code, "text": problem.text},
        }
    )  # fmt: skip
    if problem is not None:
        raise typer.Exit(5)
