"""Do report, checkpoint and manifest follow from the facts?"""

from __future__ import annotations

from sandrail.evidence.bundle import (
    CHECKPOINT,
    PLAN,
    REPORT,
    SLICE,
    bank_files,
    contract_files,
    list_files,
)
from sandrail.evidence.checkpoint import checkpoint_of
from sandrail.evidence.manifest import MANIFEST, manifest_data
from sandrail.evidence.opened import Opened, Wrong
from sandrail.evidence.rails import chain_records
from sandrail.evidence.report import render
from sandrail.journal import CheckpointError, VerifyingKey, verify_checkpoint

__all__ = ["check_checkpoint", "check_manifest", "check_report"]


def check_report(opened: Opened) -> str:
    """The report made again from facts and bundled pack has the same bytes."""
    again = render(opened.view).encode()
    was = opened.read(REPORT)
    if again == was:
        return f"{len(was):,} bytes, the same"
    place = next(
        (n for n, (a, b) in enumerate(zip(was, again, strict=False)) if a != b),
        min(len(was), len(again)),
    )
    line = again.count(b"\n", 0, place) + 1
    made = opened.manifest["made_by"].get("sandrail")
    raise Wrong(f"Made again it differs from line {line} on (made by {made}).", file=REPORT)


def check_checkpoint(opened: Opened) -> str:
    """Origin, size and root are this journal's, and it is signed by whom it should be.

    Without a key from the reader, the keys that the manifest names have to have signed it. That
    shows that nothing was cut off or touched up since; whose keys they are, it does not show.
    """
    text = opened.read(CHECKPOINT).decode("utf-8", "replace")
    checkpoint = checkpoint_of(opened.dossier)
    body = checkpoint.text()
    root = checkpoint.root.hex()[:16]
    named = [VerifyingKey.parse(str(key)) for key in opened.manifest["keys"]]
    if text == body:
        if opened.keys or named:
            raise Wrong("It is not signed, and a signature was asked for.", file=CHECKPOINT)
        return f"{checkpoint.size} facts, root {root}…, not signed"
    if not text.startswith(body + "\n"):
        raise Wrong("It names another journal, size or root than the facts have.", file=CHECKPOINT)
    keys = opened.keys or named
    if not keys:
        return f"{checkpoint.size} facts, root {root}…, signed; no key was given to judge by"
    try:
        for key in named:
            verify_checkpoint(text, keys=[key], origin=checkpoint.origin)
        verify_checkpoint(text, keys=keys, origin=checkpoint.origin)
    except CheckpointError as error:
        raise Wrong(f"{error.what} {error.why}", file=CHECKPOINT) from error
    if not opened.keys:
        who = ", ".join(str(key).partition("+")[0] for key in named)
        return f"{checkpoint.size} facts, root {root}…, signed by {who}, whom the bundle names"
    return f"{checkpoint.size} facts, root {root}…, signed by a trusted key"


def check_manifest(opened: Opened) -> str:
    """Every claim of the manifest, and every copy taken out of the journal, follows from it."""
    dossier = opened.dossier
    copies = {
        **bank_files(dossier, opened.statements),
        **list_files(dossier),
        **contract_files(chain_records(dossier.facts)),
    }
    for path, data in copies.items():
        if opened.read(path) != data:
            raise Wrong("It is not what the journal holds.", file=path)
    files = {item["path"]: (item["bytes"], item["sha256"]) for item in opened.manifest["files"]}
    again = manifest_data(dossier, opened.chain, files, keys=opened.manifest["keys"])
    for name, value in again.items():
        if name not in ("digest", "made_by") and opened.manifest[name] != value:
            raise Wrong(f"Its section {name!r} does not follow from the facts.", file=MANIFEST)
    allowed = {*copies, *_other_files(opened)}
    for path in files:
        if path not in allowed:
            raise Wrong("Nothing in the journal calls for this file.", file=path)
    return f"{len(again) - 2} sections, {len(copies)} copies"


def _other_files(opened: Opened) -> set[str]:
    packs = {f"packs/{opened.pack.id}/{name}" for name in opened.dossier.files}
    return {PLAN, SLICE, REPORT, CHECKPOINT} | packs
