"""The checkpoint of a bundle: origin, size and root of its journal's tree, perhaps signed."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.evidence.dossier import Dossier, journal_copy
from sandrail.journal import Checkpoint, FactTree, SigningKey, sign_checkpoint

__all__ = ["checkpoint_of", "checkpoint_text"]


def checkpoint_of(dossier: Dossier) -> Checkpoint:
    """Return how the journal's tree stands after the dossier's last fact."""
    with journal_copy(dossier.journal, dossier.facts) as copy:
        tree = FactTree(copy)
        tree.catch_up()
        return tree.checkpoint(f"sandrail/{dossier.journal}")


def checkpoint_text(checkpoint: Checkpoint, keys: Sequence[SigningKey] = ()) -> str:
    """Return the checkpoint: three lines, or a signed note where keys are given."""
    return sign_checkpoint(checkpoint, *keys) if keys else checkpoint.text()
