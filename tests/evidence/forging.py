"""A forger who knows everything but a signing key: changes facts and makes the rest fit again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.evidence import Dossier, write_bundle
from sandrail.evidence.dossier import dossier_of
from sandrail.evidence.manifest import MANIFEST, manifest_bytes, manifest_digest
from sandrail.journal import (
    Draft,
    Fact,
    Journal,
    Json,
    encode_frame,
    frame_of,
    json_payload,
    parse_payload,
    write_slice,
)

Columns = dict[str, npt.NDArray[Any]]
Change = Callable[[Fact], bytes]


def forged(dossier: Dossier, folder: Path, *, seq: int, change: Change) -> Path:
    """Write the bundle of a journal in which one fact differs, the chain computed anew."""
    facts = rechained(dossier, seq=seq, change=change)
    return write_bundle(dossier_of(dossier.journal, facts, files=dossier.files), folder)


def smuggled(dossier: Dossier, bundle: Path, *, seq: int, change: Change) -> Path:
    """Put a journal in which one fact differs into a sound bundle, and make the hashes fit."""
    (bundle / "journal.slice").unlink()
    facts = rechained(dossier, seq=seq, change=change)
    write_slice(bundle / "journal.slice", dossier.journal, facts)
    reseal(bundle)
    return bundle


def rechained(dossier: Dossier, *, seq: int, change: Change) -> tuple[Fact, ...]:
    """Return the facts with one payload changed, chained anew; what rests on a hash follows it."""
    journal = Journal.in_memory(dossier.journal)
    new_hash: dict[bytes, bytes] = {}
    for fact in dossier.facts:
        payload = change(fact) if fact.seq == seq else _follow(fact, new_hash)
        sealed = journal.commit([Draft(fact.kind, fact.at_us, fact.actor, payload)])[0]
        new_hash[fact.hash.hex().encode()] = sealed.hash.hex().encode()
    return tuple(journal.facts())


def _follow(fact: Fact, new_hash: Mapping[bytes, bytes]) -> bytes:
    payload = fact.payload
    if fact.kind.startswith("casework."):
        for old, new in new_hash.items():
            payload = payload.replace(old, new)
    return payload


def in_json(alter: Callable[[dict[str, Any]], None]) -> Change:
    """Change a small fact."""

    def change(fact: Fact) -> bytes:
        plain: dict[str, Any] = json.loads(json.dumps(parse_payload(fact)))
        alter(plain)
        return json_payload(plain)

    return change


def in_columns(alter: Callable[[Columns, Mapping[str, Json]], None]) -> Change:
    """Change a columnar fact."""

    def change(fact: Fact) -> bytes:
        frame = frame_of(fact)
        columns = {name: np.array(column) for name, column in frame.columns.items()}
        alter(columns, frame.meta)
        return encode_frame(columns, frame.meta)

    return change


def first(dossier: Dossier, kind: str, wanted: Callable[[Fact], bool] = lambda _: True) -> int:
    """Return the number of the first fact of a kind that is as wanted."""
    return next(fact.seq for fact in dossier.facts if fact.kind == kind and wanted(fact))


def reseal(bundle: Path, alter: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
    """Make the manifest fit the files again, perhaps with other claims."""
    manifest = json.loads((bundle / MANIFEST).read_bytes())
    for item in manifest["files"]:
        data = (bundle / item["path"]).read_bytes()
        item["bytes"], item["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    alter(manifest)
    manifest["digest"] = manifest_digest(manifest)
    (bundle / MANIFEST).write_bytes(manifest_bytes(manifest))
