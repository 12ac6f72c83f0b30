"""``sandrail verify`` and ``sandrail report``: check a bundle offline, make its report again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandrail.cli.places import write_whole
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.journal import CheckpointError, Journal, VerifyingKey, read_slice
from sandrail.world import InputError, read_limited, why_unreadable

if TYPE_CHECKING:
    from sandrail.evidence import Dossier

__all__ = ["report", "verify"]

KEY_BYTES_MAX = 1_000
"""Of a file that holds a public key; one takes about a hundred."""


def verify(
    bundle: Annotated[Path, typer.Argument(help="Folder of the bundle.")] = Path("demo/bundle"),
    key: Annotated[
        list[str] | None,
        typer.Option(help="Public key that signed the checkpoint: name+id+key, or its file."),
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
    from sandrail.evidence import CHECKS, Standing, verify_bundle

    marks = {Standing.HELD: "holds", Standing.FAILED: "FAILS", Standing.NOT_RUN: "not run"}
    speaker = Speaker(as_json=json_)
    keys = [_key(text) for text in key or ()]
    with speaker.progress() as progress:
        task = progress.add_task("Checks", total=len(CHECKS))

        def tell(title: str) -> None:
            progress.update(task, description=title, advance=1)

        found = verify_bundle(bundle, keys=keys, engines=engine or (), progress=tell)
    speaker.table(
        f"Verification of {bundle}",
        ("check", "", "what was found"),
        [
            (check.title, marks[check.standing], str(check.problem or check.detail))
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
    from sandrail.evidence import render_report, report_hash, write_pdf

    speaker = Speaker(as_json=json_)
    dossier = _dossier(source, pack)
    write_whole(out, render_report(dossier))
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


def _key(given: str) -> VerifyingKey:
    file = Path(given)
    try:
        if file.is_file():
            given = read_limited(file, bytes_max=KEY_BYTES_MAX).decode("utf-8")
        return VerifyingKey.parse(given)
    except (CheckpointError, ValueError) as error:
        said = error.why if isinstance(error, CheckpointError) else f"{why_unreadable(error)}."
        if "+" not in given:
            said = f"There is no file {given}, and it is not of the form name+id+key."
        raise InputError(
            "What --key gives is no public key.",
            why=said,
            fix="Give name+id+key as its keeper published it, or a file that holds only that.",
            code="cli.bad_key",
        ) from error


def _dossier(source: str, pack: str) -> Dossier:
    from sandrail.evidence import SLICE, read_dossier

    folder = Path(source)
    if "://" not in source and (folder / SLICE).is_file():
        piece = read_slice(folder / SLICE)
        packs = sorted((folder / "packs").glob("*/pack.toml"))
        return read_dossier(piece, pack or (packs[0].parent if packs else ""))
    with Journal.open(source, read_only=True) as journal:
        return read_dossier(journal, pack)
