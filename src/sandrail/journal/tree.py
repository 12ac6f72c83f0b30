"""The Merkle tree over a journal's facts: behind the commits, beside them, never in their way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sandrail.journal.checkpoint import Checkpoint
from sandrail.journal.errors import ProofError
from sandrail.journal.fact import EMPTY_SEQ, Fact, Head
from sandrail.journal.journal import Journal
from sandrail.journal.merkle import HASH_BYTES, MerkleTree
from sandrail.journal.receipt import FactHeader, Receipt
from sandrail.journal.redaction import REDACTED_KIND, read_redaction
from sandrail.journal.rows import RowsRoot, fact_leaf, rows_of, rows_root

__all__ = ["FactTree"]

SNAPSHOT = "journal.tree"
SNAPSHOT_VERSION = 1
PART_BYTES = HASH_BYTES * 2**20


class FactTree:
    """The tree of one journal. ``catch_up`` whenever there is time.

    The journal is its truth: a tree can always be built anew, also over redacted facts, whose
    redaction keeps the root of the rows that went.
    """

    def __init__(self, journal: Journal) -> None:
        """Start from the journal's last saved tree, if there is one."""
        self._journal = journal
        self._tree = MerkleTree()
        saved = journal.snapshot(SNAPSHOT, version=SNAPSHOT_VERSION)
        for data in saved.parts if saved is not None else ():
            self._tree.extend(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))

    def __len__(self) -> int:
        return len(self._tree)

    def catch_up(self) -> int:
        """Take in the facts that were committed since; return how many facts the tree holds."""
        self._tree.extend(
            fact_leaf(fact.hash, self._rows_root(fact))
            for fact in self._journal.facts(len(self._tree))
        )
        return len(self._tree)

    def save(self) -> None:
        """Keep the tree in the journal, so that the next start is quick."""
        if len(self._tree):
            head = self._journal.fact(len(self._tree) - 1).head
            data = b"".join(self._tree.leaf_hashes)
            parts = [data[at : at + PART_BYTES] for at in range(0, len(data), PART_BYTES)]
            self._journal.put_snapshot(SNAPSHOT, parts, head=head, version=SNAPSHOT_VERSION)

    def checkpoint(self, origin: str) -> Checkpoint:
        """Return how the tree stands, to be signed."""
        size = len(self._tree)
        return Checkpoint(origin, size, self._tree.root(size))

    def head(self) -> Head:
        """Return the last fact that the tree holds."""
        if not len(self._tree):
            return Head(EMPTY_SEQ, self._journal.genesis.hash)
        return self._journal.fact(len(self._tree) - 1).head

    def consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that nothing before ``old_size`` was changed since."""
        return self._tree.consistency(old_size, size)

    def require(self, checkpoint: Checkpoint) -> None:
        """Check that the journal still holds what a checkpoint says it held.

        Raises:
            ProofError: it is shorter now, or its history is another one.
        """
        if checkpoint.size > len(self._tree) or self._tree.root(checkpoint.size) != checkpoint.root:
            raise ProofError(
                f"The journal {self._journal.name} is not the one that was witnessed.",
                why=f"A checkpoint of {checkpoint.origin} over {checkpoint.size} facts has another"
                f" root, or the journal has only {len(self._tree)}.",
                fix="Restore it from a backup that holds the checkpoint.",
                size=checkpoint.size,
            )

    def receipt(self, seq: int, *, note: str, size: int, row: int | None = None) -> Receipt:
        """Return the receipt of one fact, or of one of its rows, under a signed checkpoint.

        Args:
            seq: the fact.
            note: the signed checkpoint.
            size: how many facts that checkpoint covers.
            row: the row of a columnar fact.

        Raises:
            ProofError: the checkpoint does not cover the fact, or there is no such row.
        """
        fact = self._journal.fact(seq)
        proof = b"".join(self._tree.inclusion(seq, size))
        if row is None:
            return Receipt(_header(fact), self._rows_root(fact), proof, note)
        found = rows_of(fact)
        row_proof = b"".join(found.tree.inclusion(row))
        packed = found.packed[row]
        return Receipt(
            _header(fact), found.summary, proof, note, row, found.schema, packed, row_proof
        )

    def receipts(self, seq: int, *, note: str, size: int) -> Iterator[Receipt]:
        """Yield the receipts of all rows of a columnar fact; the quick way to hand them all out."""
        fact = self._journal.fact(seq)
        header = _header(fact)
        proof = b"".join(self._tree.inclusion(seq, size))
        found = rows_of(fact)
        summary, schema = found.summary, found.schema
        pairs: Iterable[tuple[bytes, bytes]] = zip(
            found.packed, found.tree.inclusions(), strict=True
        )
        for row, (packed, row_proof) in enumerate(pairs):
            yield Receipt(header, summary, proof, note, row, schema, packed, row_proof)

    def _rows_root(self, fact: Fact) -> RowsRoot:
        return _redacted_rows(self._journal, fact.seq) if fact.is_redacted else rows_root(fact)


def _header(fact: Fact) -> FactHeader:
    return FactHeader(
        fact.seq, fact.kind, fact.at_us, fact.actor, fact.payload_hash, fact.prev_hash
    )


def _redacted_rows(journal: Journal, seq: int) -> RowsRoot:
    """Return what a redaction recorded about the rows of the payload that it removed."""
    for record in journal.facts(seq + 1, kinds=(REDACTED_KIND,)):
        said = read_redaction(record)
        if said.seq == seq:
            return said.rows
    raise ProofError(
        f"Nothing tells what rows the redacted fact {seq} had.",
        fix="Restore the journal from a backup.",
        seq=seq,
    )
