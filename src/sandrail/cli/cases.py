"""``sandrail selfcheck``: the regulator's own engine, offline, before anybody pays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandrail.casework import load_application, self_check
from sandrail.casework.report import SelfCheckReport
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.rulebook import load_pack
from sandrail.world import RealClock, parse_instant

__all__ = ["selfcheck"]


def selfcheck(
    application: Annotated[Path, typer.Argument(help="The application, a TOML file.")],
    pack: Annotated[str, typer.Option(help="Name of the pack, or its folder.")] = "pakistan",
    on: Annotated[str, typer.Option(help="Day whose rules apply; today by default.")] = "",
    json_: JsonFlag = False,
) -> None:
    """Say whether an application is in scope, what it lacks, and which limits it would get.

    Exit 0 when it is ready to submit, 4 when it has gaps or is prohibited.
    """
    speaker = Speaker(as_json=json_)
    at_us = parse_instant(on) if on else RealClock().now_us()
    report = self_check(load_application(application), load_pack(pack), at_us=at_us)
    _say(speaker, report)
    speaker.answer(report.as_data() | {"ready": report.ready})
    if not report.ready:
        raise typer.Exit(4)


def _say(speaker: Speaker, report: SelfCheckReport) -> None:
    speaker.table(
        f"Self-check under {report.pack_id} on {report.on}",
        ("topic", "question", "standing", "why", "source"),
        [(a.topic, a.question, a.standing, a.why, a.citation) for a in report.answers],
    )
    speaker.table(
        "Limits it would get",
        ("rule", "asked", "granted", "why"),
        [(a.rule_id, a.asked, a.granted, a.why) for a in report.limits],
    )
    standing = "ready to submit" if report.ready else f"{len(report.gaps)} points to close"
    scope = "in scope" if report.in_scope else "out of scope"
    speaker.line(f"The application is {scope}: {standing}.")
