"""``sandrail screen NAME`` and ``sandrail screen FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandrail.cli.options import LISTS, ListsOption
from sandrail.cli.screen_index import AllowStale, Standing, UnFile, lists_to_stand_on
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.screening import (
    NUMBER_PATTERNS,
    Decision,
    IdentityError,
    Match,
    PartyIdentity,
    Screener,
    ScreeningResult,
    count_rows,
    identity_from,
    screen_file,
    strength,
    unread_columns,
    unusable_numbers,
    what_would_change,
)

__all__ = ["name_"]

_TABLES = (".csv", ".parquet", ".pq")
_STYLE = {Decision.CLEAR: "green", Decision.REVIEW: "yellow", Decision.HIT: "bold red"}
_EXIT = {Decision.CLEAR: 0, Decision.REVIEW: 10, Decision.HIT: 11}
_MEANS = {
    Decision.CLEAR: "CLEAR   Nothing on these lists stands in this party's way.",
    Decision.REVIEW: "REVIEW  An officer must look; until then the party's transfers wait.",
    Decision.HIT: "HIT     As good as certainly a listed party: frozen.",
}
_BESIDE = {
    "dob": "the date of birth",
    "father": "the father's name",
    "country": "the country",
}
_UNSTATED = "unstated"
_SHOWN_MAX = 3
OUT_HELP = (
    "Where verdicts go (csv or parquet), when NAME is a file. Columns read: name, other_names, "
    "father_name, dob, cnic, country, wallets, kind, passport, place, lei, imo, registration; "
    "several values parted "
    "by ';'. Columns added: match_id, list, score (likeness in thousandths), decision, reason. "
    "Others pass unread."
)


def name_(
    name: Annotated[str, typer.Argument(help="A name in any script, or a csv or parquet file.")],
    out: Annotated[Path | None, typer.Option(help=OUT_HELP)] = None,
    other_name: Annotated[
        list[str] | None, typer.Option(help="The name in another script, or an alias; repeatable.")
    ] = None,
    dob: Annotated[str, typer.Option(help="1957-03-01, 1957, c. 1957 ...")] = "",
    father: Annotated[str, typer.Option(help="Father's name.")] = "",
    cnic: Annotated[str, typer.Option(help="National identity number.")] = "",
    passport: Annotated[str, typer.Option(help="Passport number.")] = "",
    lei: Annotated[str, typer.Option(help="Legal entity identifier.")] = "",
    imo: Annotated[str, typer.Option(help="IMO number of a ship.")] = "",
    registration: Annotated[str, typer.Option(help="Number of a firm in its register.")] = "",
    wallet: Annotated[list[str] | None, typer.Option(help="Wallet address; repeatable.")] = None,
    country: Annotated[str, typer.Option(help="Nationality.")] = "",
    place: Annotated[str, typer.Option(help="District or city.")] = "",
    kind: Annotated[
        str, typer.Option(help="person, organisation or vessel; all are searched without it.")
    ] = "",
    lists: ListsOption = LISTS,
    un_file: UnFile = None,
    allow_stale: AllowStale = False,
    json_: JsonFlag = False,
) -> None:
    """Screen one name (exit code 0 clear, 10 review, 11 hit), or every row of a file (0)."""
    speaker = Speaker(as_json=json_)
    _require_place_for_verdicts(name, out)
    standing = lists_to_stand_on(lists, un_file, allow_stale=allow_stale)
    screener = Screener(standing.index)
    if standing.warning:
        speaker.aside.print(standing.warning, style="bold yellow", markup=False)
    if out is not None:
        _screen_file(speaker, Path(name), out, screener)
        return
    others, wallets = ";".join(other_name or ()), ";".join(wallet or ())
    identity = identity_from(
        {
            "name": name,
            "other_names": others,
            "dob": dob,
            "father_name": father,
            "cnic": cnic,
            "passport": passport,
            "lei": lei,
            "imo": imo,
            "registration": registration,
            "wallets": wallets,
            "country": country,
            "place": place,
            "kind": kind,
        }
    )  # fmt: skip
    raise typer.Exit(_EXIT[_answered(speaker, identity, screener, standing)])


def _answered(
    speaker: Speaker, identity: PartyIdentity, screener: Screener, standing: Standing
) -> Decision:
    """Screen a party, tell the verdict on paper or as data, and return it."""
    result = screener.screen(identity)
    changes, unusable = what_would_change(screener, identity, result), unusable_numbers(identity)
    _show(speaker, result, screener, standing, changes)
    for said in unusable:
        speaker.line(f"{said} Ask for it again, and screen again.", "bold yellow")
    told = {"lists": list(standing.versions), "warning": standing.warning}
    told |= {"unusable": list(unusable), "would_change_it": list(changes)}
    speaker.answer({**result.as_dict(), **told})
    return result.decision


def _require_place_for_verdicts(name: str, out: Path | None) -> None:
    if out is None and Path(name).suffix.lower() in _TABLES and Path(name).exists():
        raise IdentityError(
            f"{name} is a file, not a name.",
            why="Without --out there is nowhere to write a verdict for each of its rows.",
            fix=f"Run sandrail screen {name} --out verdicts.csv.",
        )


def _screen_file(speaker: Speaker, source: Path, target: Path, screener: Screener) -> None:
    total, unread = count_rows(source), unread_columns(source)
    with speaker.progress() as bar:
        task = bar.add_task("Screening", total=total)
        counts = screen_file(
            source, target, screener=screener, progress=lambda n: bar.advance(task, n)
        )
    fields = {n: getattr(counts, n) for n in ("rows", "clear", "review", "hit", "unscreened")}
    if unread:
        speaker.aside.print(f"Not read, passed on: {', '.join(unread)}.", markup=False)
    speaker.line(", ".join(f"{k} {v:,}" for k, v in fields.items()) + f" -> {target}")
    if counts.unscreened:
        speaker.line(
            "Who is unscreened is not cleared: the row says what to correct.", "bold yellow"
        )
    speaker.answer({**fields, "unread": list(unread), "out": str(target)})


def _show(
    speaker: Speaker,
    result: ScreeningResult,
    screener: Screener,
    standing: Standing,
    changes: tuple[str, ...],
) -> None:
    speaker.line(_MEANS[result.decision], _STYLE[result.decision])
    speaker.line(result.explanation)
    for match in result.matches[:_SHOWN_MAX]:
        _show_match(speaker, match, screener, standing)
    if len(result.matches) > _SHOWN_MAX:
        speaker.line(f"{len(result.matches) - _SHOWN_MAX} weaker matches are not shown; --json.")
    if changes:
        speaker.line("What would change the verdict:", "bold")
        for change in changes:
            speaker.line(f"  - {change}")
        speaker.line("  Ask the customer, compare with the document, and never read the list out.")
    speaker.line(
        f"Stood on {', '.join(standing.versions)} (together {result.list_version}).", "dim"
    )


def _show_match(speaker: Speaker, match: Match, screener: Screener, standing: Standing) -> None:
    version = next((v for v in standing.versions if v.startswith(f"{match.source}/")), match.source)
    speaker.table(
        f"{match.listed_name}: entry {match.entry_id} of {version}",
        ("field", "the party", "the list", "speaks", "why"),
        [
            (line.field, line.given, line.listed, strength(line.weight_milli), line.reason)
            for line in match.evidence
        ],
    )
    if match.pattern in NUMBER_PATTERNS:
        speaker.line("A number names one holder: nothing has to be weighed.", "dim")
        return
    total = sum(line.weight_milli for line in match.evidence)
    needed = screener.threshold_milli(match.pattern)
    sums = " ".join(f"{line.field} {line.weight_milli / 1000:+.1f}" for line in match.evidence)
    side = "at or above" if total >= needed else "below"
    beside = match.pattern.split("+")[1:]
    known = [_BESIDE[word] for word in beside if word != _UNSTATED] or ["nothing beside it"]
    unsaid = ", and nobody said what the party is" if _UNSTATED in beside else ""
    speaker.line(
        f"Weighed: {sums}, together {total / 1000:+.1f}: {side} {needed / 1000:+.1f}, from which "
        f"an officer looks when the name and {' and '.join(known)} can be compared{unsaid}.",
        "dim",
    )
