"""Every command in one table: its words, what it does in a line, and where its code is.

The code is loaded when the command is asked for, so that help, a mistyped word and a small command
do not wait for rooms that they never enter. A file of commands imports at its top the rooms that
its commands work with; ``verify`` and ``report``, whose room stands on all others, do it when they
run.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

if TYPE_CHECKING:
    from typer._click import Context

__all__ = ["Later", "root", "screen"]

Entry = tuple[str, str, str]
"""The module beside this one, the function or the group of commands in it, and a line of help."""

_LIKE_A_COMMAND = 0.8
"""How like a command a word is that is more likely mistyped than a name; 1 is the same."""

SCREEN = {
    "name": (".screen", "name_", "Screen one name, or every row of a file."),
    "book": (".screen_book", "book", "Screen all customers of a file into a journal."),
    "rescreen": (".screen_book", "rescreen", "Put new lists under a book of customers."),
    "clear": (".screen_book", "clear", "Rule a listed entry out for a customer, by two."),
    "clearances": (".screen_book", "clearances", "List what was ruled out, and what still holds."),
    "budget": (".screen_budget", "budget", "Say what a day's alarms buy, and what they miss."),
}  # fmt: skip


class Later(TyperCommand):
    """A command that is loaded when it is asked for."""

    def __init__(self, name: str, entry: Entry) -> None:
        """Know a command by its line in the table."""
        self._module, self._attribute, line = entry
        super().__init__(name, help=line, rich_markup_mode=None)

    def real(self) -> Any:
        """Load the command."""
        found = getattr(import_module(self._module, __package__), self._attribute)
        holder = typer.Typer(add_completion=False, rich_markup_mode=None)
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=self.name)
        else:
            holder.command(self.name)(found)
        return get_group(holder).commands[str(self.name)]

    def make_context(self, *given: Any, **more: Any) -> Any:
        """Read the words that follow as the command itself does."""
        return self.real().make_context(*given, **more)


class NameByDefault(TyperGroup):
    """Whatever is no command of the group is a name, so that ``sandrail screen NAME`` reads."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Put the word ``name`` before words that begin with no command."""
        if args and args[0] not in self.commands and args[0] != "--help":
            self._refuse_mistyped(ctx, args[0])
            args = ["name", *args]
        return super().parse_args(ctx, args)

    def _refuse_mistyped(self, ctx: Context, word: str) -> None:
        """Nobody is cleared under the name ``clearence``."""
        meant = get_close_matches(word, self.commands, n=1, cutoff=_LIKE_A_COMMAND)
        if meant and word.islower():
            raise typer.BadParameter(
                f"{word!r} is read as a name, and looks like the command {meant[0]!r}. "
                f"If it is a name: sandrail screen name {word}.",
                ctx,
            )


def _group(
    name: str,
    line: str,
    table: Mapping[str, Entry | TyperGroup],
    kind: type[TyperGroup] = TyperGroup,
) -> TyperGroup:
    commands: dict[str, Any] = {
        word: entry if isinstance(entry, TyperGroup) else Later(word, entry)
        for word, entry in table.items()
    }
    return kind(
        name=name, help=line, commands=commands, no_args_is_help=True, rich_markup_mode=None
    )


screen = _group(
    "screen", "Names, files and books of customers; false alarms ruled out.", SCREEN, NameByDefault
)
COMMANDS: dict[str, Entry | TyperGroup] = {
    "demo": (".demo", "demo", "Run one firm from application to decision, with evidence."),
    "selfcheck": (".cases", "selfcheck", "Say what an application lacks before it is handed in."),
    "journey": (".cases", "journey", "Play a told case, step by step."),
    "transfer": (".desk", "transfer", "Ask for one transfer: judged, posted, recorded."),
    "report": (".evidence", "report", "Make the report of a trial again."),
    "verify": (".evidence", "verify", "Recompute a bundle from its own files, offline."),
    "register": (".cases", "register", "Show or write the public register."),
    "serve": (".serving", "serve", "Read a report in a browser, on this machine only."),
    "init": (".journals", "init", "Make a new, empty journal."),
    "migrate": (".journals", "migrate", "Bring a journal's schema up to this version."),
    "backup": (".journals", "backup", "Copy a journal into a file, verified on the way."),
    "restore": (".journals", "restore", "Make a journal from a backup."),
    "fork": (".journals", "fork", "Copy an economy up to a fact, to try things there."),
    "settings": (".settings", "settings", "Print what the environment sets."),
    "packs": (".packs", "app", "The law as data: list, show, check, compare."),
    "case": (".casework", "case_app", "Applications and instruments: save, show, search, prove."),
    "firm": (".firm", "firm_app", "The firm as a whole: pauses, escalations, reports owed."),
    "ledger": (".ledger", "app", "The books: check, balances, statement."),
    "screen": screen,
    "lists": (".screening", "lists_app", "Sanctions lists: take in, compare, confirm."),
    "wallet": (".wallets", "wallet_app", "Wallets: exposure, tags, proofs of ownership."),
    "trial": (".trial", "trial_app", "Run a test plan, replay it, fork it, examine it."),
}  # fmt: skip
root = _group(
    "sandrail",
    "Runs a regulatory sandbox for virtual assets, from application to licence.",
    COMMANDS,
)
