"""The truth: an append-only, hash-chained sequence of facts, on disk or in a database."""

from sandrail.journal.errors import (
    ChainError,
    CheckpointError,
    DraftError,
    FrameError,
    LocationError,
    ProofError,
    ReadOnlyError,
    SliceError,
    SnapshotError,
    StoreFault,
    WriterError,
)
from sandrail.journal.fact import (
    EMPTY_SEQ,
    Draft,
    Fact,
    Head,
    Json,
    genesis_hash,
    json_payload,
    parse_payload,
)
from sandrail.journal.frame import Frame, decode_frame, encode_frame, frame_of, is_frame
from sandrail.journal.journal import Journal
from sandrail.journal.location import migrate
from sandrail.journal.slice import JournalSlice, read_slice, verify_slice, write_slice
from sandrail.journal.stores.port import Snapshot, Store
from sandrail.journal.verification import verified_facts, verify_chain

__all__ = [
    "EMPTY_SEQ",
    "ChainError",
    "CheckpointError",
    "Draft",
    "DraftError",
    "Fact",
    "Frame",
    "FrameError",
    "Head",
    "Journal",
    "JournalSlice",
    "Json",
    "LocationError",
    "ProofError",
    "ReadOnlyError",
    "SliceError",
    "Snapshot",
    "SnapshotError",
    "Store",
    "StoreFault",
    "WriterError",
    "decode_frame",
    "encode_frame",
    "frame_of",
    "genesis_hash",
    "is_frame",
    "json_payload",
    "migrate",
    "parse_payload",
    "read_slice",
    "verified_facts",
    "verify_chain",
    "verify_slice",
    "write_slice",
]
