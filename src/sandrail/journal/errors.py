"""Errors of the journal room.

::

    InputError
    ├── FrameError            journal.bad_frame      columns or bytes that are no frame
    ├── DraftError            journal.bad_draft      a draft that cannot become a fact
    └── LocationError         journal.bad_location   a path or URL that holds no journal, or has one
    ConflictError
    └── WriterError           journal.second_writer  somebody else writes this journal
    RefusedError
    ├── ReadOnlyError         journal.read_only      opened for reading only
    └── RedactedError         journal.redacted       a payload that was removed by law
    EvidenceError
    ├── ChainError            journal.broken_chain   names the first wrong fact
    ├── SliceError            journal.broken_slice   an exported file is cut, changed or malformed
    ├── SnapshotError         journal.bad_snapshot   derived state that belongs to no fact here
    ├── ProofError            journal.bad_proof      an inclusion or consistency proof does not hold
    └── CheckpointError       journal.bad_checkpoint a signed checkpoint does not hold
    EnvironmentFault
    └── StoreFault            journal.store_fault    the disk or the database failed
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
    "ChainError",
    "CheckpointError",
    "DraftError",
    "FrameError",
    "LocationError",
    "ProofError",
    "ReadOnlyError",
    "RedactedError",
    "SliceError",
    "SnapshotError",
    "StoreFault",
    "WriterError",
]


class FrameError(InputError):
    """Columns that cannot be encoded, or bytes that are not a frame."""

    code = "journal.bad_frame"


class DraftError(InputError):
    """A draft that cannot become a fact."""

    code = "journal.bad_draft"


class LocationError(InputError):
    """A path or URL that holds no journal, or already holds one."""

    code = "journal.bad_location"


class WriterError(ConflictError):
    """Somebody else writes this journal; the error names the holder where it is known."""

    code = "journal.second_writer"


class ReadOnlyError(RefusedError):
    """A write to a journal that was opened for reading only."""

    code = "journal.read_only"


class RedactedError(RefusedError):
    """A fact's payload was asked for and is gone, by an order that the journal records.

    Fields:
        seq: the fact.
    """

    code = "journal.redacted"


class ChainError(EvidenceError):
    """The hash chain does not hold.

    Fields:
        seq: the first fact that is wrong.
    """

    code = "journal.broken_chain"


class SliceError(EvidenceError):
    """An exported slice is cut short, changed or malformed."""

    code = "journal.broken_slice"


class SnapshotError(EvidenceError):
    """A snapshot that does not belong to this journal, or was changed."""

    code = "journal.bad_snapshot"


class ProofError(EvidenceError):
    """A Merkle proof or a receipt does not hold."""

    code = "journal.bad_proof"


class CheckpointError(EvidenceError):
    """A signed checkpoint is malformed or its signature does not hold."""

    code = "journal.bad_checkpoint"


class StoreFault(EnvironmentFault):
    """The disk or the database failed; what was not acknowledged may or may not be there."""

    code = "journal.store_fault"
