"""``sandrail screen book · rescreen · clear · clearances``: the customers of a journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sandrail.cli.desk import open_desk
from sandrail.cli.screen_index import AllowStale, Folder, index_of_version, lists_to_stand_on
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.controls import PartyStatus
from sandrail.journal import Journal
from sandrail.screening import (
    Decision,
    GoodGuy,
    IdentityError,
    ListStore,
    Match,
    RescreenReport,
    ScreeningBook,
    ScreeningResult,
    read_parties,
    read_record,
)
from sandrail.world import SYSTEM, Actor, Clock, RealClock, Role, TrialClock, iso, parse_instant

__all__ = ["book", "clear", "clearances", "rescreen"]

FOLDER = Path("lists")
_SHOWN_MAX = 20
_US_PER_S = 1_000_000

Customers = Annotated[
    Path, typer.Argument(help="csv or parquet of the customers: party_no, name and what is known.")
]
CustomersOption = Annotated[
    Path, typer.Option("--customers", help="csv or parquet of the customers, with party_no.")
]
JournalOption = Annotated[str, typer.Option("--journal", help="A file, or a postgresql:// URL.")]
At = Annotated[str, typer.Option(help="Instant; now, or a later journal's own, if not given.")]


def book(
    customers: Customers,
    journal: JournalOption = "sandrail.db",
    lists: Folder = FOLDER,
    at: At = "",
    allow_stale: AllowStale = False,
    json_: JsonFlag = False,
) -> None:
    """Screen every customer of a file into a journal; a verdict given before is not given twice."""
    speaker = Speaker(as_json=json_)
    standing = lists_to_stand_on(lists, allow_stale=allow_stale)
    with Journal.open(journal) as opened:
        version = read_record(opened).list_version
        if version not in ("", standing.index.version):
            raise IdentityError(
                f"The book stands on lists {version}; other lists are in force now.",
                why="New customers are screened on the lists that the others stand on.",
                fix=f"Run sandrail screen rescreen {customers} --journal {journal} first.",
                code="screening.lists_moved",
            )
        kept = ScreeningBook.restore(standing.index, opened, clock=_clock(opened, at))
        parties = list(read_parties(customers))
        kept.meet(parties)
        before = opened.head.seq
        results = kept.screen_all(parties)
        written = opened.head.seq - before
        told = _tell_gate(opened, kept, at)
    counts = _counts(result.decision for result in results)
    speaker.line(f"{len(results):,} customers: {_words(counts)}; {written:,} verdicts recorded.")
    speaker.line(_gate_words(told))
    speaker.answer({**counts, "customers": len(results), "recorded": written, "gate": told})


def rescreen(
    customers: Customers,
    journal: JournalOption = "sandrail.db",
    lists: Folder = FOLDER,
    at: At = "",
    allow_stale: AllowStale = False,
    json_: JsonFlag = False,
) -> None:
    """Put the lists now in force under a book: who is concerned is screened again, all or none."""
    speaker = Speaker(as_json=json_)
    standing = lists_to_stand_on(lists, allow_stale=allow_stale)
    store = ListStore(lists)
    with Journal.open(journal) as opened:
        version = read_record(opened).list_version
        before = index_of_version(store, version) if version else standing.index
        kept = ScreeningBook.restore(
            before, opened, clock=_clock(opened, at), identities=read_parties(customers)
        )
        started_us = RealClock().now_us()
        report = kept.update_lists(store.lists_in_force())
        told = _tell_gate(opened, kept, at, report)
        took_us = RealClock().now_us() - started_us
    _say_rescreen(speaker, report, took_us)
    speaker.line(_gate_words(told))
    speaker.answer(
        {**report.as_dict(), "time_to_freeze_us": took_us, "gate": told, "kind": "rescreened"}
    )


def _say_rescreen(speaker: Speaker, report: RescreenReport, took_us: int) -> None:
    change = report.change
    speaker.line(
        f"Lists {report.before} -> {report.after}: {len(change.added)} entries added, "
        f"{len(change.changed)} changed, {len(change.removed)} removed; {report.looked_at:,} "
        "customers screened again."
    )
    speaker.table(
        "Proposed",
        ("customer", "was", "is", "what follows"),
        [
            (
                p.party_no,
                p.before.name,
                p.after.name,
                "frozen, or held, at once" if p.freezes else "stays frozen until two people agree"
                if p.before is Decision.HIT else "held no longer",
            )
            for p in report.proposals[:_SHOWN_MAX]
        ],
    )  # fmt: skip
    more = len(report.proposals) - _SHOWN_MAX
    if more > 0:
        speaker.line(f"... and {more:,} more; --json names all.")
    seconds, rest = divmod(took_us, _US_PER_S)
    speaker.line(f"Time to freeze: {seconds}.{rest // 1000:03} s from the call to the gate.")


def clear(
    party: Annotated[int, typer.Argument(help="Number of the customer.")],
    entry: Annotated[str, typer.Argument(help="List and entry ruled out, such as un/6908555.")],
    reason: Annotated[str, typer.Option(help="What differs, and which document shows it.")],
    by: Annotated[str, typer.Option(help="Who rules it out, such as firm:s.khan.")],
    confirmed_by: Annotated[str, typer.Option(help="The second person.")],
    customers: CustomersOption,
    days: Annotated[int, typer.Option(min=1, help="For how long.")] = 180,
    journal: JournalOption = "sandrail.db",
    lists: Folder = FOLDER,
    at: At = "",
    json_: JsonFlag = False,
) -> None:
    """Rule a listed entry out for a customer: two persons, a reason, an end."""
    speaker = Speaker(as_json=json_)
    with Journal.open(journal) as opened:
        index = index_of_version(ListStore(lists), read_record(opened).list_version)
        kept = ScreeningBook.restore(
            index, opened, clock=_clock(opened, at), identities=read_parties(customers)
        )
        match = _match(kept, party, entry)
        officers = [_officer(person) for person in (by, confirmed_by)]
        result = kept.clear(
            party, match, reason=reason, by=officers[0], confirmed_by=officers[1], days=days
        )
        told = _tell_gate(opened, kept, at)
    speaker.line(f"Customer {party} is not {match.listed_name} ({entry}): {result.decision.name}.")
    speaker.line(
        f"By {by}, confirmed by {confirmed_by}, for {days} days; it ends sooner when the entry or "
        "the customer changes."
    )
    speaker.line(_gate_words(told))
    speaker.answer({"party_no": party, "entry": entry, "decision": result.decision.name,
                    "matches_left": len(result.matches), "gate": told})  # fmt: skip


def clearances(
    journal: JournalOption = "sandrail.db", at: At = "", json_: JsonFlag = False
) -> None:
    """List every entry that was ruled out: for whom, by whom, why, and whether it still holds."""
    speaker = Speaker(as_json=json_)
    with Journal.open(journal, read_only=True) as opened:
        record = read_record(opened)
        now_us = _clock(opened, at).now_us()
    rows = [
        {**good.as_dict(), "standing": _standing(good, record.results, now_us)}
        for _, good in sorted(record.cleared.items())
    ]
    speaker.table(
        "Entries ruled out",
        ("customer", "entry", "standing", "until", "by, and", "reason"),
        [
            (
                row["party_no"],
                f"{row['source']}/{row['entry_id']}",
                row["standing"],
                iso(int(str(row["expires_us"])))[:10],
                f"{row['by']}, {row['confirmed_by']}",
                row["reason"],
            )
            for row in rows
        ],
    )
    speaker.answer({"clearances": rows})


def _standing(good: GoodGuy, results: Mapping[int, ScreeningResult], now_us: int) -> str:
    """Say whether a clearance holds, as far as the journal alone can tell."""
    if now_us >= good.expires_us:
        return "ended: its time is over"
    result = results.get(good.party_no)
    if result is None or result.party_version != good.party_version:
        return "ended: the customer changed"
    if any((m.source, m.entry_id) == (good.source, good.entry_id) for m in result.matches):
        return "ended: the entry changed, and matches again"
    return "holds"


def _match(kept: ScreeningBook, party: int, entry: str) -> Match:
    source, _, entry_id = entry.partition("/")
    found = [result for result in kept.results() if result.party_no == party]
    matches = found[0].matches if found else ()
    for match in matches:
        if (match.source, match.entry_id) == (source, entry_id):
            return match
    known = ", ".join(f"{m.source}/{m.entry_id}" for m in matches)
    raise IdentityError(
        f"Customer {party} does not match {entry}.",
        why=f"On record are {known or 'no matches'}.",
        fix="Give the list and the entry as the verdict names them.",
        code="screening.no_match",
    )


def _officer(person: str) -> Actor:
    organisation, sign, _ = person.partition(":")
    if not sign:
        raise IdentityError(
            f"{person!r} does not say whose officer this is.",
            why="A clearance names two people and where they work.",
            fix="Give organisation and person, such as firm:s.khan.",
        )
    return Actor(person, person, Role.MLRO, organisation)


def _clock(journal: Journal, at: str) -> Clock:
    """Return a clock that never runs behind the journal, which may live on a trial's time."""
    if at:
        return TrialClock(parse_instant(at))
    real = RealClock()
    last_us = journal.fact(journal.head.seq).at_us if journal.head.seq >= 0 else 0
    return real if last_us <= real.now_us() else TrialClock(last_us)


def _tell_gate(
    journal: Journal, kept: ScreeningBook, at: str, report: RescreenReport | None = None
) -> int:
    """Tell the desk of this journal the verdicts; return for how many customers, -1 without one.

    One order, always: the verdicts are durable, then the gate learns them, then whom they name is
    frozen. A transfer that stands before the gate's bytes was judged by the old verdicts.
    """
    if next(iter(journal.facts(kinds=["transfers.opened"])), None) is None:
        return -1
    desk = open_desk(journal, at)
    if report is not None:
        desk.set_lists(report.after, published_us=_clock(journal, at).now_us())
    count = desk.floor.parties.count
    screens = kept.statuses(count)
    desk.set_screening(np.arange(count), screens, list_version=kept.index.version)
    named = [] if report is None else [p for p in report.proposals if p.after is Decision.HIT]
    hit = np.array([p.party_no for p in named if p.party_no < count], dtype=np.int64)
    if len(hit):
        reason = f"G19: named on the lists {kept.index.version}"
        desk.set_status(hit, PartyStatus.FROZEN, reason=reason, actor=SYSTEM)
    return int(count)


def _gate_words(told: int) -> str:
    if told < 0:
        return "The journal has no desk, so no gate was told."
    return f"The gate was told the verdicts on {told:,} customers."


def _counts(decisions: Iterable[Decision]) -> dict[str, int]:
    found = list(decisions)
    return {one.name.lower(): found.count(one) for one in Decision}


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
