"""``sandrail verify`` and ``sandrail report``: check a bundle offline, make its report again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.evidence import (
    CHECKS,
    SLICE,
    Dossier,
    Standing,
    read_dossier,
    render_report,
    report_hash,
    verify_bundle,
    write_pdf,
)
from sandrail.journal import Journal, VerifyingKey, read_slice

__all__ = ["report", "verify"]

_MARKS = {Standing.HELD: "holds", Standing.FAILED: "FAILS", Standing.NOT_RUN: "not run"}


def verify(
    bundle: Annotated[Path, typer.Argument(help="Folder of the bundle.")] = Path("demo/bundle"),
    key: Annotated[
        list[str] | None,
        typer.Option(help="Public key (name+id+key) that must have signed the checkpoint."),
    ] = None,
    engine: Annotated[
        list[str] | None,
        typer.Option(
            help="EVM to run the calls on, simular or py-evm; all installed ones if none."
        ),
    ] = None,
    json_: JsonFlag = False,
) -> None:
    """Recompute a bundle from its own files; exit 5 and name file and fact if anything is off."""
    speaker = Speaker(as_json=json_)
    keys = [VerifyingKey.parse(text) for text in key or ()]
    with speaker.progress() as progress:
        task = progress.add_task("Checks", total=len(CHECKS))

        def tell(title: str) -> None:
            progress.update(task, description=title, advance=1)

        found = verify_bundle(bundle, keys=keys, engines=engine or (), progress=tell)
    speaker.table(
        f"Verification of {bundle}",
        ("check", "", "what was found"),
        [
            (check.title, _MARKS[check.standing], str(check.problem or check.detail))
            for check in found.checks
        ],
    )
    first = found.first_problem
    if first is None:
        speaker.line(f"All {len(found.checks)} checks hold.", style="green")
    else:
        speaker.line(f"The bundle does not hold. {first}", style="bold red")
    speaker.answer(found.as_data())
    if not found.ok:
        raise typer.Exit(5)


def report(
    source: Annotated[str, typer.Argument(help="Folder of a bundle, or a journal (file or URL).")],
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("report.html"),
    pack: Annotated[
        str, typer.Option(help="Folder or id of the pack; found by itself when not given.")
    ] = "",
    pdf: Annotated[bool, typer.Option(help="Write a PDF beside it; needs sandrail[pdf].")] = False,
    json_: JsonFlag = False,
) -> None:
    """Make the report of a trial again; the same facts give the same bytes."""
    speaker = Speaker(as_json=json_)
    dossier = _dossier(source, pack)
    out.write_text(render_report(dossier), encoding="utf-8")
    speaker.line(f"Report    {out}")
    speaker.line(f"SHA-256   {report_hash(dossier)}")
    printed = write_pdf(dossier, out.with_suffix(".pdf")) if pdf else None
    if printed is not None:
        speaker.line(f"PDF       {printed}")
    speaker.answer(
        {
            "report": str(out),
            "sha256": report_hash(dossier),
            "pdf": None if printed is None else str(printed),
            "journal_hash": dossier.head.hash.hex(),
        }
    )


def _dossier(source: str, pack: str) -> Dossier:
    folder = Path(source)
    if "://" not in source and (folder / SLICE).is_file():
        piece = read_slice(folder / SLICE)
        packs = sorted((folder / "packs").glob("*/pack.toml"))
        return read_dossier(piece, pack or (packs[0].parent if packs else ""))
    where: str | Path = source if "://" in source else folder
    with Journal.open(where, read_only=True) as journal:
        return read_dossier(journal, pack)
