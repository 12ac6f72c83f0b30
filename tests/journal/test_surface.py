"""What other rooms may import from the journal; a change here is a change for all of them."""

from __future__ import annotations

import inspect
from pathlib import Path

import sandrail.journal
from sandrail.journal import errors, limits
from sandrail.world import SandrailError

SURFACE = {
    "EMPTY_SEQ", "REDACTED_KIND", "RedactedError", "Redaction", "read_redaction",
    "ChainError", "Checkpoint", "CheckpointError", "Draft", "DraftError", "Fact",
    "FactHeader", "FactTree", "Frame", "FrameError", "Head", "Journal", "JournalSlice", "Json",
    "LocationError", "MerkleTree", "ProofError", "Proven", "ReadOnlyError", "Receipt", "RowsRoot",
    "SigningKey", "SliceError", "Snapshot", "SnapshotError", "SnapshotWarning", "Store",
    "StoreFault", "VerifyingKey", "WriterError", "backup_journal", "decode_frame",
    "encode_frame", "fact_leaf", "fork_journal",
    "frame_of", "genesis_hash", "is_frame", "json_payload", "migrate", "parse_payload",
    "read_slice", "restore_journal", "row_leaf", "rows_root", "sign_checkpoint", "verified_facts",
    "verify_chain", "verify_checkpoint", "verify_consistency", "verify_inclusion",
    "verify_receipt", "verify_slice", "write_slice",
}  # fmt: skip


def test_the_surface_is_what_it_was() -> None:
    assert set(sandrail.journal.__all__) == SURFACE
    for name in SURFACE:
        assert hasattr(sandrail.journal, name)


def test_the_tree_of_errors_is_the_one_drawn() -> None:
    drawn = inspect.getdoc(errors) or ""
    codes = []
    for name in errors.__all__:
        error = getattr(errors, name)
        assert issubclass(error, SandrailError)
        assert f"{name} " in drawn
        assert error.code in drawn
        codes.append(error.code)
    assert len(set(codes)) == len(codes)


def test_every_limit_is_used() -> None:
    source = Path(sandrail.journal.__file__).parent
    texts = [p.read_text() for p in source.rglob("*.py") if p.name != "limits.py"]
    for name in limits.__all__:
        assert any(name in text for text in texts), f"nothing obeys {name}"
