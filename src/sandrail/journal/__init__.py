"""The truth: an append-only, hash-chained sequence of facts, on disk or in a database."""

from sandrail.journal.backup import backup_journal, fork_journal, restore_journal
from sandrail.journal.checkpoint import (
    Checkpoint,
    SigningKey,
    VerifyingKey,
    sign_checkpoint,
    verify_checkpoint,
)
from sandrail.journal.errors import (
    ChainError,
    CheckpointError,
    DraftError,
    FrameError,
    LocationError,
    ProofError,
    ReadOnlyError,
    RedactedError,
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
from sandrail.journal.merkle import MerkleTree, verify_consistency, verify_inclusion
from sandrail.journal.receipt import FactHeader, Proven, Receipt, verify_receipt
from sandrail.journal.redaction import REDACTED_KIND, Redaction, read_redaction
from sandrail.journal.rows import RowsRoot, fact_leaf, row_leaf, rows_root
from sandrail.journal.slice import JournalSlice, read_slice, verify_slice, write_slice
from sandrail.journal.snapshot import Snapshot, SnapshotWarning
from sandrail.journal.stores.port import Store
from sandrail.journal.tree import FactTree
from sandrail.journal.verification import verified_facts, verify_chain

__all__ = [
    "EMPTY_SEQ",
    "REDACTED_KIND",
    "ChainError",
    "Checkpoint",
    "CheckpointError",
    "Draft",
    "DraftError",
    "Fact",
    "FactHeader",
    "FactTree",
    "Frame",
    "FrameError",
    "Head",
    "Journal",
    "JournalSlice",
    "Json",
    "LocationError",
    "MerkleTree",
    "ProofError",
    "Proven",
    "ReadOnlyError",
    "Receipt",
    "RedactedError",
    "Redaction",
    "RowsRoot",
    "SigningKey",
    "SliceError",
    "Snapshot",
    "SnapshotError",
    "SnapshotWarning",
    "Store",
    "StoreFault",
    "VerifyingKey",
    "WriterError",
    "backup_journal",
    "decode_frame",
    "encode_frame",
    "fact_leaf",
    "fork_journal",
    "frame_of",
    "genesis_hash",
    "is_frame",
    "json_payload",
    "migrate",
    "parse_payload",
    "read_redaction",
    "read_slice",
    "restore_journal",
    "row_leaf",
    "rows_root",
    "sign_checkpoint",
    "verified_facts",
    "verify_chain",
    "verify_checkpoint",
    "verify_consistency",
    "verify_inclusion",
    "verify_receipt",
    "verify_slice",
    "write_slice",
]
