"""The manifest of a bundle: what is in it, and what it claims to prove. Canonical JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from sandrail import __version__
from sandrail.evidence.dossier import Dossier
from sandrail.evidence.rails import ChainRun
from sandrail.evidence.tally import Fate, Origin
from sandrail.world import canonical_bytes, digest

__all__ = [
    "FORMAT",
    "MANIFEST",
    "manifest_bytes",
    "manifest_data",
    "manifest_digest",
    "transfers_by_fate",
]

FORMAT = "sandrail/bundle/2"
MANIFEST = "manifest.json"


def manifest_data(
    dossier: Dossier,
    chain: ChainRun,
    files: Mapping[str, bytes | tuple[int, str]],
    *,
    keys: Sequence[str] = (),
) -> dict[str, object]:
    """Return the manifest as plain data; all but ``keys`` follows from the journal and the files.

    ``keys`` are the public keys that signed the checkpoint, as text.
    """
    head = chain.chain.head()
    data: dict[str, object] = {
        "format": FORMAT,
        "files": [
            {"path": path, "bytes": size, "sha256": sha256}
            for path, (size, sha256) in sorted(
                (path, _measured(data)) for path, data in files.items()
            )
        ],
        "journal": {
            "name": dossier.journal,
            "facts": len(dossier.facts),
            "head": dossier.head.hash.hex(),
        },
        "trial": dossier.trial,
        "seed": dossier.seed,
        "pack": {"id": dossier.pack.id, "hash": dossier.pack.content_hash},
        "plan": {
            "id": dossier.plan.id,
            "hash": dossier.plan.content_hash,
            "terms_hash": dossier.plan.terms_hash,
        },
        "permission": {
            "id": dossier.permission.id,
            "hash": dossier.permission.content_hash,
        },
        "program": dossier.program.content_hash,
        "lists": [one.version for one in dossier.lists],
        "keys": list(keys),
        "chain": {"id": chain.chain.id, "blocks": head.number, "digest": head.digest.hex()},
        "outcome": {
            "recommendation": dossier.ending.recommendation,
            "hypotheses": {item.id: item.holds for item in dossier.ending.hypotheses},
            "transfers": transfers_by_fate(dossier),
            "supply_minor": dossier.last.supply_minor,
            "liability_minor": dossier.last.liability_minor,
            "reserve_minor": dossier.last.reserve_minor,
        },
        "made_by": {"sandrail": __version__},
    }
    return data | {"digest": manifest_digest(data)}


def manifest_digest(data: Mapping[str, object]) -> str:
    """Return the SHA-256 over everything in a manifest but the digest itself."""
    return digest({name: value for name, value in data.items() if name != "digest"})


def manifest_bytes(data: Mapping[str, object]) -> bytes:
    """Return the bytes of a manifest: canonical JSON and a line feed."""
    return canonical_bytes(data) + b"\n"


def transfers_by_fate(dossier: Dossier) -> dict[str, int]:
    """Return how many of the customers' instructions ended how."""
    fate = dossier.asked.of(Origin.CUSTOMER).fate
    return {name.value: int((fate == number).sum()) for number, name in enumerate(Fate)}


def _measured(data: bytes | tuple[int, str]) -> tuple[int, str]:
    return (len(data), hashlib.sha256(data).hexdigest()) if isinstance(data, bytes) else data
