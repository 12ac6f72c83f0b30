"""Is every file there, unchanged, and no other?"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from sandrail.evidence.bundle import SLICE
from sandrail.evidence.limits import BUNDLE_FILES_MAX, MANIFEST_BYTES_MAX
from sandrail.evidence.manifest import FORMAT, MANIFEST, manifest_digest
from sandrail.evidence.opened import Opened, Wrong
from sandrail.journal import verify_slice
from sandrail.world import InputError, SandrailError, parse_canonical

__all__ = ["check_files", "check_self"]

_HASH = re.compile(r"[0-9a-f]{64}")
_SECTIONS = {
    "format": str, "files": list, "journal": dict, "trial": str, "seed": int, "pack": dict,
    "plan": dict, "permission": dict, "program": str, "lists": list, "keys": list, "chain": dict,
    "outcome": dict, "made_by": dict, "digest": str,
}  # fmt: skip


def check_self(opened: Opened) -> str:
    """The manifest is canonical, complete, and carries its own digest."""
    data = opened.read(MANIFEST)
    if len(data) > MANIFEST_BYTES_MAX or not data.endswith(b"\n"):
        raise Wrong("It is no manifest: too long, or cut.", file=MANIFEST)
    try:
        manifest = parse_canonical(data[:-1])
    except InputError as error:
        raise Wrong(f"{error.what} {error.why}", file=MANIFEST) from error
    if not isinstance(manifest, dict) or not _shaped(manifest):
        raise Wrong(f"Its sections are not those of {FORMAT}.", file=MANIFEST)
    if manifest["digest"] != manifest_digest(manifest):
        raise Wrong("It was changed: its own digest does not hold.", file=MANIFEST)
    opened.take_manifest(manifest)
    return f"{FORMAT}, made by sandrail {manifest['made_by'].get('sandrail', 'unknown')}"


def check_files(opened: Opened) -> str:
    """Size and SHA-256 of every file are those of the manifest; nothing is missing or added."""
    listed = {item["path"]: item for item in opened.manifest["files"]}
    if len(opened.paths) > BUNDLE_FILES_MAX:
        raise Wrong(f"There are more than {BUNDLE_FILES_MAX} files.")
    for path in opened.paths:
        if path != MANIFEST and path not in listed:
            raise Wrong("The manifest does not name this file.", file=path)
    for path, item in listed.items():
        data = opened.read(path)
        if len(data) != item["bytes"] or hashlib.sha256(data).hexdigest() != item["sha256"]:
            fact, why = _where(opened) if path == SLICE else (None, "")
            raise Wrong(f"The file is not the one that was bundled.{why}", file=path, fact=fact)
    size = sum(item["bytes"] for item in listed.values())
    return f"{len(listed)} files, {size:,} bytes"


def _where(opened: Opened) -> tuple[int | None, str]:
    """Return the fact at which a changed slice first goes wrong."""
    try:
        verify_slice(opened.folder / SLICE)
    except SandrailError as error:
        seq = error.fields.get("seq")
        return (seq if isinstance(seq, int) else None), f" {error.why}"
    return None, " It is a whole slice, but another one."


def _shaped(manifest: dict[str, Any]) -> bool:
    kinds = {name: type(value) for name, value in manifest.items()}
    if kinds != _SECTIONS or manifest["format"] != FORMAT:
        return False
    return isinstance(manifest["pack"].get("id"), str) and all(
        isinstance(item, dict)
        and {"path", "bytes", "sha256"} == set(item)
        and isinstance(item["path"], str)
        and type(item["bytes"]) is int
        and _HASH.fullmatch(str(item["sha256"])) is not None
        for item in manifest["files"]
    )
