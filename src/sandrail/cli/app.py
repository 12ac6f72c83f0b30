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
=====  ======================================================================================
"""

from __future__ import annotations

import os
import sys

import typer
from typer.exceptions import TyperException

from sandrail.cli import ledger, packs
from sandrail.cli.cases import journey, register, selfcheck
from sandrail.cli.casework import case_app
from sandrail.cli.demo import demo
from sandrail.cli.desk import transfer
from sandrail.cli.evidence import report, verify
from sandrail.cli.firm import firm_app
from sandrail.cli.journals import backup, fork, init, migrate, restore
from sandrail.cli.screen import screen_app
from sandrail.cli.screening import lists_app
from sandrail.cli.serving import serve
from sandrail.cli.settings import settings
from sandrail.cli.speaking import say_error
from sandrail.cli.trial import trial_app
from sandrail.cli.wallets import wallet_app
from sandrail.world import EnvironmentFault, InputError, SandrailError, why_unreadable

__all__ = ["app", "main"]

app = typer.Typer(
    name="sandrail",
    help="Runs a regulatory sandbox for virtual assets, from application to licence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    demo,
    selfcheck,
    journey,
    transfer,
    report,
    verify,
    register,
    serve,
    init,
    migrate,
    backup,
    restore,
    fork,
    settings,
):
    app.command(command.__name__)(command)
app.add_typer(packs.app, name="packs")
app.add_typer(case_app, name="case")
app.add_typer(firm_app, name="firm")
app.add_typer(ledger.app, name="ledger")
app.add_typer(screen_app, name="screen")
app.add_typer(lists_app, name="lists")
app.add_typer(wallet_app, name="wallet")
app.add_typer(trial_app, name="trial")


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit with its code."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = app(args=words, prog_name="sandrail", standalone_mode=False)
    except SandrailError as error:
        say_error(error, as_json="--json" in words)
        sys.exit(error.exit_code)
    except TyperException as error:
        say_error(_misread(error), as_json="--json" in words)
        sys.exit(InputError.exit_code)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        say_error(_unusable(error), as_json="--json" in words)
        sys.exit(EnvironmentFault.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _misread(error: TyperException) -> InputError:
    """Turn a complaint about the words of the command line into an error of ours."""
    said = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return InputError(
        f"The command cannot be read: {said if said.endswith(('.', '?')) else said + '.'}",
        fix=f"See `{context.command_path if context else 'sandrail'} --help`.",
        code="cli.usage",
    )


def _unusable(error: OSError) -> EnvironmentFault:
    """Turn what the machine says about a file or an address into an error of ours."""
    return EnvironmentFault(
        f"{error.filename or 'A file'} cannot be used.",
        why=f"{why_unreadable(error)}.",
        fix="Check the path, this user's rights and the space that is left.",
        code="cli.unusable_file",
    )
