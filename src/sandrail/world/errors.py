"""The root of every error that Sandrail raises on purpose.

Each room draws its own tree on top of this one::

    SandrailError                what / why / fix, a stable code, structured fields
    ├── InputError               somebody handed us something unusable (CLI exit 2, HTTP 422)
    ├── ConflictError            the request contradicts what is already recorded (exit 3, HTTP 409)
    ├── RefusedError             a rule forbids it, and the rule is named (exit 4, HTTP 403)
    ├── EvidenceError            a proof, hash or invariant does not hold (exit 5, HTTP 500)
    └── EnvironmentFault         disk, database, lock, missing extra (exit 6, HTTP 503)
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "MALFORMED",
    "ConflictError",
    "EnvironmentFault",
    "EvidenceError",
    "InputError",
    "RefusedError",
    "SandrailError",
    "why_unreadable",
]

DOCS_BASE = "docs/reference/errors.md"

MALFORMED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading plain data of an unexpected shape may raise, where a stranger can have written it.

Only the seam at which such data comes in catches it, and says what was read."""


class SandrailError(Exception):
    """An error whose text tells what happened, why, and what to do about it.

    Attributes:
        code: stable identifier, ``room.problem``; part of the public API.
        what: one sentence, what went wrong.
        why: the reason, with the values involved.
        fix: what the reader can do now.
        fields: the same values, structured, for ``--json`` and HTTP problems.
    """

    code: ClassVar[str] = "sandrail.error"
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        fix: str = "",
        code: str | None = None,
        **fields: object,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix
        self.fields = fields
        self.stable_code = code or type(self).code

    @property
    def doc(self) -> str:
        """Where the error is explained."""
        return f"{DOCS_BASE}#{self.stable_code.replace('.', '-').replace('_', '-')}"

    def as_dict(self) -> dict[str, object]:
        """The error as plain data, for ``--json`` output and HTTP problem documents."""
        return {
            "code": self.stable_code,
            "what": self.what,
            "why": self.why,
            "fix": self.fix,
            "fields": {
                k: v if isinstance(v, int | str | bool) else str(v) for k, v in self.fields.items()
            },
            "doc": self.doc,
        }

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.fix) if part)


class InputError(SandrailError):
    """Somebody handed us something unusable."""

    code = "sandrail.input"
    exit_code = 2


class ConflictError(SandrailError):
    """The request contradicts what is already recorded."""

    code = "sandrail.conflict"
    exit_code = 3


class RefusedError(SandrailError):
    """A rule or a permission forbids the action, and the error names it."""

    code = "sandrail.refused"
    exit_code = 4


class EvidenceError(SandrailError):
    """A proof, a hash or an invariant does not hold."""

    code = "sandrail.evidence"
    exit_code = 5


class EnvironmentFault(SandrailError):
    """The machine, a file, a lock, a database or an extra is not as it must be."""

    code = "sandrail.environment"
    exit_code = 6


def why_unreadable(error: Exception) -> str:
    """Return why a file could not be read, as a clause of a sentence for people."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, UnicodeDecodeError):
        return f"Byte {error.start} begins no character of UTF-8"
    if isinstance(error, SandrailError):
        return f"{error.what} {error.why}".rstrip(". ")
    said = str(error).rstrip(".")
    return said[:1].upper() + said[1:]
