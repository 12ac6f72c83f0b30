"""Errors of the controls room.

::

    InputError
    └── ProgramError      controls.bad_program, controls.missing_rule
"""

from __future__ import annotations

from sandrail.world import InputError

__all__ = ["ProgramError"]


class ProgramError(InputError):
    """A permission and its pack cannot be compiled into what the gate runs."""

    code = "controls.bad_program"
