"""A Merkle tree over leaves that are only ever added, with proofs that anyone can check.

The shape, the hashes and the proofs are those of RFC 9162, section 2.1: a leaf is hashed behind a
zero byte, two nodes behind a one byte, and a tree of n leaves splits at the largest power of two
below n. The verifiers in this file share no code with the tree that makes the proofs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from sandrail.journal.errors import ProofError
from sandrail.journal.limits import TREE_LEAVES_MAX

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "MerkleTree",
    "leaf_hash",
    "node_hash",
    "verify_consistency",
    "verify_inclusion",
]

HASH_BYTES = 32
_sha256 = hashlib.sha256
EMPTY_ROOT = _sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf that holds ``data``."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return _sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """All nodes of complete subtrees, level by level; everything else is computed when asked.

    Adding a leaf costs two hashes on average, a root or a proof one per level.
    """

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        self.extend(leaf_hashes)

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def leaf_hashes(self) -> Sequence[bytes]:
        """The hashes of all leaves, in order."""
        return self._levels[0]

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf."""
        self.extend((leaf,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add the hashes of leaves, level by level."""
        self._levels[0].extend(leaf_hashes)
        height = 0
        while len(self._levels[height]) > 1:
            below = self._levels[height]
            height += 1
            if height == len(self._levels):
                self._levels.append([])
            level = self._levels[height]
            level.extend(
                [
                    _sha256(b"\x01" + below[at] + below[at + 1]).digest()
                    for at in range(2 * len(level), len(below) - 1, 2)
                ]
            )

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the tree as it was with ``size`` leaves."""
        size = self._known_size(size)
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the proof that leaf ``index`` is in the tree of ``size`` leaves, leaf to root."""
        size = self._known_size(size)
        if not 0 <= index < size:
            raise _no_such(f"leaf {index}", size)
        proof: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        proof.reverse()
        return proof

    def inclusions(self) -> list[bytes]:
        """Return the proofs of all leaves of the whole tree, each as one byte string."""
        size = len(self)
        proofs: list[list[bytes]] = [[] for _ in range(size)]
        self._collect(proofs, 0, size)
        return [b"".join(proof) for proof in proofs]

    def consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that the tree of ``old_size`` leaves is the beginning of this one."""
        size = self._known_size(size)
        if not 0 < old_size <= size:
            raise _no_such(f"earlier size {old_size}", size)
        proof: list[bytes] = []
        start, end = 0, size
        whole = (
            True  # whether the old tree, as seen from here, is a tree the verifier has the root of
        )
        while old_size != end:
            middle = start + _split(end - start)
            if old_size <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
                whole = False
        if not whole:
            proof.append(self._range(start, end))
        proof.reverse()
        return proof

    def _collect(self, proofs: list[list[bytes]], start: int, end: int) -> None:
        if end - start < 2:
            return
        middle = start + _split(end - start)
        self._collect(proofs, start, middle)
        self._collect(proofs, middle, end)
        left, right = self._range(start, middle), self._range(middle, end)
        for proof in proofs[start:middle]:
            proof.append(right)
        for proof in proofs[middle:end]:
            proof.append(left)

    def _range(self, start: int, end: int) -> bytes:
        """Return the root over leaves start to end; a split of the tree must begin at start."""
        width = end - start
        if width & (width - 1) == 0:
            height = width.bit_length() - 1
            return self._levels[height][start >> height]
        middle = start + _split(width)
        return node_hash(self._range(start, middle), self._range(middle, end))

    def _known_size(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise _no_such(f"tree of {size} leaves", len(self))
        return size


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], *, root: bytes
) -> None:
    """Check that the leaf with this hash stands at ``index`` in the tree of ``size`` with ``root``.

    Raises:
        ProofError: it does not, or the proof has another length than it must.
    """
    if not 0 <= index < size <= TREE_LEAVES_MAX:
        raise _unproven(f"Leaf {index} cannot be in a tree of {size} leaves.")
    place, last = index, size - 1
    found = leaf
    for sibling in proof:
        if last == 0:
            raise _unproven("The proof is longer than the tree is high.")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place & 1 == 0 and place != 0:
                place >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        place >>= 1
        last >>= 1
    if last != 0:
        raise _unproven("The proof is shorter than the tree is high.")
    if found != root:
        raise _unproven(f"The proof of leaf {index} leads to another root.")


def verify_consistency(
    old_size: int, old_root: bytes, size: int, root: bytes, *, proof: Sequence[bytes]
) -> None:
    """Check that a tree with ``old_root`` is the beginning of the one with ``root``.

    Raises:
        ProofError: something that was in the old tree was changed, moved or removed.
    """
    if not 0 < old_size <= size <= TREE_LEAVES_MAX:
        raise _unproven(f"A tree of {old_size} leaves is no beginning of one of {size}.")
    if old_size == size:
        if proof or old_root != root:
            raise _unproven("Two trees of one size have different roots.")
        return
    nodes = list(proof)
    if old_size & (old_size - 1) == 0:
        nodes.insert(0, old_root)
    if not nodes:
        raise _unproven("The proof is empty.")
    place, last = old_size - 1, size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    old_found = new_found = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise _unproven("The proof is longer than the tree is high.")
        if place & 1 or place == last:
            old_found = node_hash(node, old_found)
            new_found = node_hash(node, new_found)
            while place & 1 == 0 and place != 0:
                place >>= 1
                last >>= 1
        else:
            new_found = node_hash(new_found, node)
        place >>= 1
        last >>= 1
    if last != 0 or old_found != old_root or new_found != root:
        raise _unproven(f"The tree of {size} leaves does not continue the one of {old_size}.")


def _split(width: int) -> int:
    """Return the largest power of two below ``width``."""
    return 1 << ((width - 1).bit_length() - 1)


def _no_such(what: str, size: int) -> ProofError:
    return ProofError(
        f"There is no {what}.",
        why=f"The tree has {size} leaves.",
        fix="Let the tree catch up with the journal, or ask for what is in it.",
        code="journal.no_such_leaf",
    )


def _unproven(why: str) -> ProofError:
    return ProofError(
        "The proof does not hold.",
        why=why,
        fix="Ask the journal's keeper for a new one; if that fails too, the record was changed.",
    )
