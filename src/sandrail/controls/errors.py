"""Errors of the controls room.

::

    InputError
    ├── ProgramError      controls.bad_program, controls.missing_rule
    └── ObservationError  controls.bad_observation
"""

from __future__ import annotations

from sandrail.world import InputError

__all__ = ["ObservationError", "ProgramError"]


class ProgramError(InputError):
    """A permission and its pack cannot be compiled into what the gate runs."""

    code = "controls.bad_program"


class ObservationError(InputError):
    """Something told about the firm that cannot be read; nothing was recorded."""

    code = "controls.bad_observation"
