"""``sandrail firm``: how a firm stands, what is told about it, and who lifts a pause."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Annotated, Any

import typer

from sandrail.cli.desk import actor_named, desk_in, open_desk
from sandrail.cli.options import DEMO_JOURNAL, AtOption, ByOption, JournalOption
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.controls import (
    NO_DAY,
    OBSERVATIONS,
    Consequence,
    ObservationError,
    read_observation,
)
from sandrail.journal import Journal
from sandrail.transfers import FirmDesk
from sandrail.world import iso, nests_deeper

__all__ = ["firm_app"]

firm_app = typer.Typer(
    help="The firm as a whole: pauses, escalations, reports owed.", no_args_is_help=True
)

NESTING_MAX = 4

ReasonOption = Annotated[str, typer.Option(help="Why; it is kept for ever.")]
RuleArgument = Annotated[str, typer.Argument(help="Rule of the pack, such as G30.break_age_max.")]


@firm_app.command("status")
def status(
    at: AtOption = "", journal: JournalOption = DEMO_JOURNAL, json_: JsonFlag = False
) -> None:
    """Show what stands still, what is owed, and what begins by itself if nothing is done."""
    speaker = Speaker(as_json=json_)
    with Journal.open(journal, read_only=True) as opened:
        firm = FirmDesk(open_desk(opened, at)).status()
    parts = {
        "standing": firm.standing,
        "missing": firm.missing,
        "reports": firm.reports,
        "ahead": firm.ahead,
    }
    speaker.line(f"As of {iso(firm.at_us)}")
    for title, many in parts.items():
        if many:
            _table(speaker, title, many)
    if not any(parts.values()):
        speaker.line("  Nothing stands still, nothing is owed.")
    speaker.answer(
        {"at_us": firm.at_us}
        | {title: [one.as_plain() for one in many] for title, many in parts.items()}
    )


@firm_app.command("observe")
def observe(
    what: Annotated[str, typer.Argument(help="Kind, such as break_opened.")],
    told: Annotated[
        list[str] | None, typer.Argument(help="Fields as name=value, such as case=B1 minor=500.")
    ] = None,
    by: ByOption = "firm:operations",
    at: AtOption = "",
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Tell the desk something about the firm; what follows is recorded in the same commit."""
    speaker = Speaker(as_json=json_)
    with _firm(journal, at) as (firm, now_us):
        plain = {"what": what, "at_us": now_us} | _fields(what, told or [])
        news = firm.observe(read_observation(plain, OBSERVATIONS), actor=actor_named(by))
    _say(speaker, news, "Recorded; nothing follows.")


@firm_app.command("lift")
def lift(
    rule: RuleArgument,
    reason: ReasonOption,
    by: ByOption,
    confirmed_by: Annotated[str, typer.Option(help="The second person.")],
    at: AtOption = "",
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Lift every pause under a rule; two people and a reason are needed."""
    speaker = Speaker(as_json=json_)
    with _firm(journal, at) as (firm, _):
        cases = firm.lift(
            rule, reason=reason, actor=actor_named(by), confirmed_by=actor_named(confirmed_by)
        )
    _say(speaker, cases, "")


@firm_app.command("answer")
def answer(
    rule: RuleArgument,
    reason: ReasonOption,
    by: ByOption,
    at: AtOption = "",
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Close every escalation under a rule: somebody looked, and says what came of it."""
    speaker = Speaker(as_json=json_)
    with _firm(journal, at) as (firm, _):
        cases = firm.answer(rule, reason=reason, actor=actor_named(by))
    _say(speaker, cases, "")


@firm_app.command("file")
def file(
    rule: RuleArgument,
    subject: Annotated[str, typer.Argument(help="What the report is about, as status shows it.")],
    reference: Annotated[str, typer.Option(help="The receiver's reference.")],
    by: ByOption,
    at: AtOption = "",
    journal: JournalOption = DEMO_JOURNAL,
    json_: JsonFlag = False,
) -> None:
    """Record that a report was handed in."""
    speaker = Speaker(as_json=json_)
    with _firm(journal, at) as (firm, _):
        firm.file_report(rule, subject, reference=reference, actor=actor_named(by))
    speaker.line(f"Filed: {rule} on {subject}, reference {reference}.")
    speaker.answer({"rule": rule, "subject": subject, "reference": reference})


@contextmanager
def _firm(journal: str, at: str) -> Iterator[tuple[FirmDesk, int]]:
    with desk_in(journal, at) as desk:
        yield FirmDesk(desk), desk.instant()


def _fields(what: str, told: Sequence[str]) -> dict[str, Any]:
    """Read ``name=value``; a text stays a text, everything else is read as JSON."""
    kind = OBSERVATIONS.get(what)
    texts = {one.name for one in fields(kind) if one.type == "str"} if kind else set()
    found: dict[str, Any] = {}
    for one in told:
        name, _, value = one.partition("=")
        try:
            deep = nests_deeper(value, NESTING_MAX)
            found[name] = value if name in texts or deep else json.loads(value)
        except json.JSONDecodeError as error:
            raise ObservationError(
                f"The field {name!r} cannot be read.",
                why=f"{value[:40]!r} is neither a number, true or false, nor a list.",
                fix="Write minor=500, segregated=true, refs='[\"R1\"]'.",
            ) from error
    return found


def _say(speaker: Speaker, many: Sequence[Consequence], otherwise: str) -> None:
    if many:
        _table(speaker, "consequences", many)
    elif otherwise:
        speaker.line(otherwise)
    speaker.answer({"consequences": [one.as_plain() for one in many]})


def _table(speaker: Speaker, title: str, many: Sequence[Consequence]) -> None:
    speaker.table(
        title.capitalize(),
        ("effect", "rule", "about", "since", "due", "why"),
        [
            (
                one.effect.value,
                one.rule,
                one.subject,
                iso(one.since_us),
                "" if one.due_us == NO_DAY else iso(one.due_us),
                one.reason,
            )
            for one in many
        ],
    )
