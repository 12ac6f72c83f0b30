"""Writes the bundle: one folder from which a stranger verifies a trial without our server.

::

    bundle/
        manifest.json           every file with its size and SHA-256; what the bundle claims
        checkpoint.txt          origin, size and tree root of the journal; signed if a key is given
        journal.slice           every fact, hash-chained, with bank messages and the chain's calls
        packs/<id>/*.toml       the law that the verdicts were given under
        plan.toml               what was signed
        contracts/*.json        the compiled contracts that ran
        bank/<date>.xml         the reserve account's statements, as the bank sent them
        report.html             for people; made from the above, again and again the same
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sandrail.evidence.checkpoint import checkpoint_of, checkpoint_text
from sandrail.evidence.dossier import Dossier
from sandrail.evidence.errors import BundleError, BundleFault
from sandrail.evidence.manifest import MANIFEST, manifest_bytes, manifest_data
from sandrail.evidence.rails import (
    BankStatement,
    bank_messages,
    chain_records,
    deployments,
    run_chain,
    statements,
)
from sandrail.evidence.report import render_report
from sandrail.journal import SigningKey, write_slice
from sandrail.rails.chain import contracts_dir, load_artifact
from sandrail.trials import list_bytes
from sandrail.world import date_of

__all__ = [
    "CHECKPOINT",
    "PLAN",
    "REPORT",
    "SLICE",
    "bank_files",
    "contract_files",
    "list_files",
    "write_bundle",
]

CHECKPOINT = "checkpoint.txt"
PLAN = "plan.toml"
REPORT = "report.html"
SLICE = "journal.slice"


def write_bundle(dossier: Dossier, folder: str | Path, *, keys: Sequence[SigningKey] = ()) -> Path:
    """Write the bundle of a dossier and return its folder; the same dossier gives the same bytes.

    It appears whole or not at all. An earlier bundle at the same place is replaced.

    Args:
        dossier: of a finished trial.
        folder: where; its parent exists.
        keys: sign the checkpoint; without any it is not signed.

    Raises:
        BundleError: the folder holds something that is no bundle.
        BundleFault: it cannot be written.
    """
    target = Path(folder)
    _require_replaceable(target)
    try:
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            _fill(partial, dossier, keys)
            partial.chmod(0o755)
            if target.exists():
                shutil.rmtree(target)
            os.replace(partial, target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise BundleFault(
            f"The bundle {target} could not be written.",
            why=f"{error.strerror or error}.",
            fix="Choose a folder that exists, with space, that this user may write to.",
        ) from error
    return target


def bank_files(dossier: Dossier, sent: Sequence[BankStatement]) -> dict[str, bytes]:
    """Return the reserve account's statements by path, as the bank sent them."""
    offset = dossier.pack.utc_offset_minutes
    days = (date_of(item.read.from_us, utc_offset_minutes=offset) for item in sent)
    return {f"bank/{day.isoformat()}.xml": item.xml for day, item in zip(days, sent, strict=True)}


def list_files(dossier: Dossier) -> dict[str, bytes]:
    """Return every version of a sanctions list that was in force, one entry a line."""
    return {
        f"lists/{one.version.replace('/', '-')}.jsonl": list_bytes(one) for one in dossier.lists
    }


def contract_files(records: Sequence[bytes]) -> dict[str, bytes]:
    """Return the artefacts of the contracts that a call log creates and that ship with us."""
    found = {}
    for item in deployments(records):
        path = contracts_dir() / "artifacts" / f"{item.name}.json"
        if path.is_file() and item.initcode.startswith(load_artifact(item.name).creation):
            found[f"contracts/{item.name}.json"] = path.read_bytes()
    return found


def _fill(folder: Path, dossier: Dossier, keys: Sequence[SigningKey]) -> None:
    records = chain_records(dossier.facts)
    chain = run_chain(records, engine="auto")
    sent = statements(bank_messages(dossier.facts), currency=dossier.pack.currency)
    files = {
        PLAN: dossier.plan_file,
        REPORT: render_report(dossier).encode(),
        CHECKPOINT: checkpoint_text(checkpoint_of(dossier), keys).encode(),
        **{f"packs/{dossier.pack.id}/{name}": data for name, data in dossier.files.items()},
        **contract_files(records),
        **bank_files(dossier, sent),
        **list_files(dossier),
    }
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    write_slice(folder / SLICE, dossier.journal, dossier.facts)
    files[SLICE] = (folder / SLICE).read_bytes()
    names = [str(key.verifying_key) for key in keys]
    (folder / MANIFEST).write_bytes(
        manifest_bytes(manifest_data(dossier, chain, files, keys=names))
    )


def _require_replaceable(target: Path) -> None:
    taken = target.exists() or target.is_symlink()
    if taken and not (target.is_dir() and (target / MANIFEST).is_file()):
        empty = target.is_dir() and not target.is_symlink() and not any(target.iterdir())
        if not empty:
            raise BundleError(
                f"{target} is not a bundle and is not replaced.",
                why=f"It holds no {MANIFEST}.",
                fix="Choose another folder, or remove this one yourself.",
                code="evidence.folder_taken",
            )
