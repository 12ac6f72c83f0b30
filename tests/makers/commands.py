"""Runs a command in this process, and keeps what it said and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import NamedTuple

from sandrail.cli.commands import root
from sandrail.world import SandrailError

__all__ = ["Asked", "ask"]


class Asked(NamedTuple):
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str
    exception: SandrailError | None = None


def ask(words: Sequence[str]) -> Asked:
    """Run a command; an error of ours is returned, not said."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        try:
            code = root.main(list(words), prog_name="sandrail", standalone_mode=False)
        except SandrailError as error:
            return Asked(error.exit_code, out.getvalue(), err.getvalue(), error)
    return Asked(int(code or 0), out.getvalue(), err.getvalue())
