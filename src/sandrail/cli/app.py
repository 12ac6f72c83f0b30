"""The command ``sandrail``: verbs of the field, ``--json`` everywhere, telling exit codes.

=====  ======================================================================================
exit   meaning
=====  ======================================================================================
0      done
1      a fault of the program itself
2      the input cannot be used; nothing happened
3      it contradicts what is already recorded
4      a rule or a permission forbids it, and the answer names it
5      a proof, a hash or an invariant does not hold
6      the machine, a file, a lock, a database or an extra is not as it must be
10     of ``screen NAME``: an officer must look
11     of ``screen NAME``: as good as certainly a listed party
130    interrupted with Ctrl-C
141    whoever read the answer went away before its end
=====  ======================================================================================
"""

from __future__ import annotations

import os
import sys

import typer
from typer.exceptions import TyperException

from sandrail.cli.commands import root
from sandrail.cli.speaking import say_error
from sandrail.world import EnvironmentFault, InputError, SandrailError, why_unreadable

__all__ = ["main"]

INTERRUPTED = 130
READER_GONE = 141
"""As a shell counts a program that a signal ended: 128 and the signal's number."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit with its code."""
    words = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in words
    try:
        code = _run(words)
    except SandrailError as error:
        say_error(error, as_json=as_json)
        code = error.exit_code
    except TyperException as error:
        _say_misread(error, as_json=as_json)
        code = InputError.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say_error(_interrupted(), as_json=as_json)
        code = INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = READER_GONE
    except OSError as error:
        say_error(_unusable(error), as_json=as_json)
        code = EnvironmentFault.exit_code
    sys.exit(code)


def _run(words: list[str]) -> int:
    """Run a command; return its exit code. No words at all ask for help."""
    try:
        with root.make_context("sandrail", list(words)) as context:
            root.invoke(context)
        sys.stdout.flush()
    except typer.Exit as done:
        sys.stdout.flush()
        return done.exit_code
    return 0


def _say_misread(error: TyperException, *, as_json: bool) -> None:
    """Turn a complaint about the words of the command line into an error of ours, or into help."""
    said = " ".join(error.format_message().split())
    if said.startswith("Usage:"):  # No words at all.
        sys.stderr.write(f"{error.format_message()}\n")
        return
    context = getattr(error, "ctx", None)
    misread = InputError(
        f"The command cannot be read: {said if said.endswith(('.', '?')) else said + '.'}",
        fix=f"See `{context.command_path if context else 'sandrail'} --help`.",
        code="cli.usage",
    )
    say_error(misread, as_json=as_json)


def _interrupted() -> EnvironmentFault:
    return EnvironmentFault(
        "Interrupted.",
        why="Ctrl-C was pressed.",
        fix="Ask again: what was recorded stays, and what was not is not there in part.",
        code="cli.interrupted",
    )


def _unusable(error: OSError) -> EnvironmentFault:
    """Turn what the machine says about a file or an address into an error of ours."""
    return EnvironmentFault(
        f"{error.filename or 'A file'} cannot be used.",
        why=f"{why_unreadable(error)}.",
        fix="Check the path, this user's rights and the space that is left.",
        code="cli.unusable_file",
    )
