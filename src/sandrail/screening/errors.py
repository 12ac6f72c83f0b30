"""The errors of this room.

::

    SandrailError
    ├── InputError
    │   ├── ListFormatError     a sanctions list cannot be read            screening.list_format
    │   └── IdentityError       a party or a name cannot be screened       screening.identity
    ├── ConflictError
    │   └── VersionError        a version of a list is already kept        screening.list_version
    ├── RefusedError
    │   ├── ShrunkListError     a new list is suspiciously smaller         screening.list_shrank
    │   ├── OlderListError      a new list is older than the one in force  screening.list_older
    │   └── FourEyesError       one person tried to do the work of two     screening.four_eyes
    ├── EvidenceError
    │   └── IndexDamagedError   a stored index or list fails its hash      screening.index_damaged
    └── EnvironmentFault
        └── FetchError          a publisher could not be reached           screening.fetch
"""

from __future__ import annotations

from sandrail.world import (
    ConflictError,
    EnvironmentFault,
    EvidenceError,
    InputError,
    RefusedError,
)

__all__ = [
    "FetchError",
    "FourEyesError",
    "IdentityError",
    "IndexDamagedError",
    "ListFormatError",
    "OlderListError",
    "ShrunkListError",
    "VersionError",
]


class ListFormatError(InputError):
    """A sanctions list is not in the shape its publisher documents."""

    code = "screening.list_format"


class IdentityError(InputError):
    """A party, a name or a date cannot be screened as it was given."""

    code = "screening.identity"


class VersionError(ConflictError):
    """A version of a list contradicts one that is already kept."""

    code = "screening.list_version"


class ShrunkListError(RefusedError):
    """A new version lost so many entries that a person must confirm it."""

    code = "screening.list_shrank"


class OlderListError(RefusedError):
    """A new version is older than the one in force, so that a person must confirm it."""

    code = "screening.list_older"


class FourEyesError(RefusedError):
    """One person tried to do what takes two."""

    code = "screening.four_eyes"


class IndexDamagedError(EvidenceError):
    """A stored index or list does not have the hash it was stored under."""

    code = "screening.index_damaged"


class FetchError(EnvironmentFault):
    """A publisher's file could not be fetched."""

    code = "screening.fetch"
