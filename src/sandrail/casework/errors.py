"""Errors of the casework room.

::

    InputError
    ├── ApplicationError     casework.{bad_file, bad_encoding, bad_toml, unknown_field,
    │                        missing_field, wrong_type, bad_value, bad_text, too_large, ...}
    ├── DocumentError        casework.{document_*}
    ├── JourneyError         casework.bad_journey: a told case does not go as it says
    └── UnknownError         casework.unknown_{application, instrument, finding, person, ...}
    ConflictError
    ├── StateError           casework.wrong_state: the act does not fit the state the case is in
    └── NotReadyError        casework.not_ready: something has to happen first, and it is named
    RefusedError
    └── ForbiddenError       casework.{not_permitted, same_person, conflict_of_interest, ...}
    EvidenceError
    ├── RegisterError        casework.register_rewritten: a snapshot and the journal disagree
    └── BrokenCaseError      casework.broken_case: a recorded act contradicts the rules of the room
"""

from __future__ import annotations

from sandrail.world import ConflictError, EvidenceError, InputError, RefusedError

__all__ = [
    "ApplicationError",
    "BrokenCaseError",
    "DocumentError",
    "ForbiddenError",
    "JourneyError",
    "NotReadyError",
    "RegisterError",
    "StateError",
    "UnknownError",
]


class ApplicationError(InputError):
    """An application file that cannot be used as it is."""

    code = "casework.bad_application"


class DocumentError(InputError):
    """An attached document that cannot be accepted."""

    code = "casework.bad_document"


class JourneyError(InputError):
    """A journey file that cannot be played, or does not go as it says."""

    code = "casework.bad_journey"


class UnknownError(InputError):
    """A name that nothing in the casebook carries."""

    code = "casework.unknown"


class StateError(ConflictError):
    """The act does not fit the state the application or the instrument is in."""

    code = "casework.wrong_state"


class NotReadyError(ConflictError):
    """The act would fit, but something has to happen first."""

    code = "casework.not_ready"


class ForbiddenError(RefusedError):
    """This person may not do this here."""

    code = "casework.not_permitted"


class RegisterError(EvidenceError):
    """A register, or a snapshot of one, is not what the journal tells."""

    code = "casework.register_rewritten"


class BrokenCaseError(EvidenceError):
    """A recorded act contradicts the rules of the room: the journal was not written by it."""

    code = "casework.broken_case"
