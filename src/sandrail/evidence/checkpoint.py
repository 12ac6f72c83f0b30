"""The checkpoint of a bundle: origin, size and root of its journal's tree, perhaps signed."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.evidence.dossier import Dossier
from sandrail.journal import (
    REDACTED_KIND,
    Checkpoint,
    MerkleTree,
    SigningKey,
    fact_leaf,
    read_redaction,
    rows_root,
    sign_checkpoint,
)

__all__ = ["checkpoint_of", "checkpoint_text"]


def checkpoint_of(dossier: Dossier) -> Checkpoint:
    """Return how the journal's tree stands after the dossier's last fact.

    Of a fact whose payload a law removed, the record of that keeps the root of its rows.
    """
    facts = dossier.facts
    records = (read_redaction(fact) for fact in facts if fact.kind == REDACTED_KIND)
    kept = {record.seq: record.rows for record in records}
    tree = MerkleTree(
        fact_leaf(fact.hash, kept[fact.seq] if fact.is_redacted else rows_root(fact))
        for fact in facts
    )
    return Checkpoint(f"sandrail/{dossier.journal}", len(tree), tree.root())


def checkpoint_text(checkpoint: Checkpoint, keys: Sequence[SigningKey] = ()) -> str:
    """Return the checkpoint: three lines, or a signed note where keys are given."""
    return sign_checkpoint(checkpoint, *keys) if keys else checkpoint.text()
