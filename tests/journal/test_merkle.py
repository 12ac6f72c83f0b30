from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.journal import MerkleTree, ProofError, verify_consistency, verify_inclusion
from sandrail.journal.merkle import EMPTY_ROOT, leaf_hash, node_hash

SIZE_MAX = 34
LEAVES = [leaf_hash(b"leaf %d" % n) for n in range(SIZE_MAX)]

# The leaves and roots with which implementations of RFC 6962 are commonly compared.
KNOWN_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
KNOWN_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def defined_root(leaves: list[bytes]) -> bytes:
    """The root by the letter of RFC 9162, section 2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return node_hash(defined_root(leaves[:k]), defined_root(leaves[k:]))


def defined_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """The inclusion proof by the letter of section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m < k:
        return [*defined_path(m, leaves[:k]), defined_root(leaves[k:])]
    return [*defined_path(m - k, leaves[k:]), defined_root(leaves[:k])]


def defined_subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """The consistency proof by the letter of section 2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [defined_root(leaves)]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m <= k:
        return [*defined_subproof(m, leaves[:k], whole), defined_root(leaves[k:])]
    return [*defined_subproof(m - k, leaves[k:], False), defined_root(leaves[:k])]


def test_known_roots() -> None:
    tree = MerkleTree(leaf_hash(bytes.fromhex(leaf)) for leaf in KNOWN_LEAVES)
    for size, root in KNOWN_ROOTS.items():
        assert tree.root(size).hex() == root
    assert MerkleTree().root() == EMPTY_ROOT


def test_every_root_and_proof_is_the_defined_one_and_verifies() -> None:
    tree = MerkleTree()
    for size in range(1, SIZE_MAX + 1):
        tree.append(LEAVES[size - 1])
        leaves = LEAVES[:size]
        root = defined_root(leaves)
        assert tree.root() == root
        joined = tree.inclusions()
        for index in range(size):
            proof = tree.inclusion(index)
            assert proof == defined_path(index, leaves)
            assert b"".join(proof) == joined[index]
            verify_inclusion(leaves[index], index, size, proof, root=root)
        for old in range(1, size + 1):
            proof = tree.consistency(old)
            assert proof == defined_subproof(old, leaves, True)
            verify_consistency(old, tree.root(old), size, root, proof=proof)


def test_a_grown_tree_still_answers_for_its_earlier_sizes() -> None:
    grown = MerkleTree(LEAVES)
    for size in range(1, SIZE_MAX + 1):
        then = MerkleTree(LEAVES[:size])
        assert grown.root(size) == then.root()
        assert grown.inclusion(size // 2, size) == then.inclusion(size // 2)
        assert grown.consistency(max(size // 3, 1), size) == then.consistency(max(size // 3, 1))


@given(st.lists(st.integers(0, 9), max_size=8))
def test_leaves_may_come_in_any_portions(portions: list[int]) -> None:
    tree = MerkleTree()
    total = 0
    for portion in portions:
        tree.extend(leaf_hash(b"%d" % n) for n in range(total, total + portion))
        total += portion
    assert tree.root() == MerkleTree(leaf_hash(b"%d" % n) for n in range(total)).root()


def test_a_changed_inclusion_proof_never_holds() -> None:
    tree = MerkleTree(LEAVES)
    for size in (1, 2, 3, 7, 8, 13, 33):
        root = tree.root(size)
        for index in range(size):
            proof = tree.inclusion(index, size)
            wrong: list[tuple[bytes, int, int, list[bytes]]] = [
                (leaf_hash(b"another"), index, size, proof),
                (LEAVES[index], index, size, [*proof, bytes(32)]),
                (LEAVES[index], size, size, proof),
                (LEAVES[index], -1, size, proof),
            ]
            wrong += [(LEAVES[index], index, size, proof[:-1])] * bool(proof)
            wrong += [
                (LEAVES[index], other, size, proof) for other in range(size) if other != index
            ]
            for at in range(len(proof)):
                changed = [*proof[:at], leaf_hash(proof[at]), *proof[at + 1 :]]
                wrong.append((LEAVES[index], index, size, changed))
            for leaf, place, claimed, hashes in wrong:
                with pytest.raises(ProofError):
                    verify_inclusion(leaf, place, claimed, hashes, root=root)


def test_a_rewritten_tree_is_never_consistent() -> None:
    tree = MerkleTree(LEAVES)
    for old in range(1, SIZE_MAX):
        for changed_at in {0, old // 2, old - 1}:
            other = MerkleTree(
                leaf_hash(b"rewritten") if n == changed_at else leaf
                for n, leaf in enumerate(LEAVES)
            )
            with pytest.raises(ProofError):
                verify_consistency(
                    old, tree.root(old), SIZE_MAX, other.root(), proof=other.consistency(old)
                )
        proof = tree.consistency(old)
        for bad in ([], proof[:-1], [*proof, bytes(32)], [leaf_hash(proof[0]), *proof[1:]]):
            with pytest.raises(ProofError):
                verify_consistency(old, tree.root(old), SIZE_MAX, tree.root(), proof=bad)
    with pytest.raises(ProofError):
        verify_consistency(5, tree.root(5), 5, tree.root(6), proof=[])
    with pytest.raises(ProofError):
        verify_consistency(6, tree.root(6), 5, tree.root(5), proof=[])


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    tree = MerkleTree(LEAVES[:5])
    for ask in (
        lambda: tree.inclusion(5),
        lambda: tree.inclusion(3, 3),
        lambda: tree.root(6),
        lambda: tree.consistency(0),
        lambda: tree.consistency(6),
    ):
        with pytest.raises(ProofError, match=r"has [35] leaves"):
            ask()
