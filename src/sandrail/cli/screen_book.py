"""``sandrail screen book · rescreen · clear · clearances``: the customers of a journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sandrail.cli.desk import actor_named, desk_on
from sandrail.cli.options import LISTS, JournalOption, ListsOption
from sandrail.cli.screen_index import (
    AllowStale,
    Standing,
    lists_to_stand_on,
)
from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.controls import PartyStatus
from sandrail.journal import Journal
from sandrail.screening import (
    Decision,
    GoodGuy,
    IdentityError,
    Index,
    IndexDamagedError,
    KeptVersion,
    ListStore,
    Match,
    RescreenReport,
    ScreeningBook,
    ScreeningList,
    ScreeningResult,
    read_parties,
    read_record,
)
from sandrail.trials import KIND_LIST, FollowedLists, list_draft, lists_in_force
from sandrail.world import SYSTEM, Clock, RealClock, TrialClock, iso, parse_instant

__all__ = ["book", "clear", "clearances", "rescreen"]

DEFAULT = "sandrail.db"
_SHOWN_MAX = 20
_US_PER_S = 1_000_000

Customers = Annotated[
    Path, typer.Argument(help="csv or parquet of the customers: party_no, name and what is known.")
]
CustomersOption = Annotated[
    Path, typer.Option("--customers", help="csv or parquet of the customers, with party_no.")
]
At = Annotated[str, typer.Option(help="Instant; now, or a later journal's own, if not given.")]


def book(
    customers: Customers,
    journal: JournalOption = DEFAULT,
    lists: ListsOption = LISTS,
    at: At = "",
    allow_stale: AllowStale = False,
    json_: JsonFlag = False,
) -> None:
    """Screen every customer of a file into a journal; a verdict given before is not given twice."""
    speaker = Speaker(as_json=json_)
    standing = lists_to_stand_on(lists, allow_stale=allow_stale)
    with _book_in(journal, customers, lists=lists, at=at, standing=standing) as kept:
        if kept.index.version != standing.index.version:
            raise IdentityError(
                f"The book stands on lists {kept.index.version}; other lists are in force now.",
                why="New customers are screened on the lists that the others stand on.",
                fix=f"Run sandrail screen rescreen {customers} --journal {journal} first.",
                code="screening.lists_moved",
            )
        before = kept.journal.head.seq
        results = kept.book.screen_all(read_parties(customers))
        written = kept.journal.head.seq - before
        told = kept.tell_gate()
    counts = _counts(result.decision for result in results)
    speaker.line(f"{len(results):,} customers: {_words(counts)}; {written:,} verdicts recorded.")
    speaker.line(_gate_words(told))
    speaker.answer({**counts, "customers": len(results), "recorded": written, "gate": told})


def rescreen(
    customers: Customers,
    journal: JournalOption = DEFAULT,
    lists: ListsOption = LISTS,
    at: At = "",
    allow_stale: AllowStale = False,
    json_: JsonFlag = False,
) -> None:
    """Put the lists now in force under a book: who is concerned is screened again, all or none."""
    speaker = Speaker(as_json=json_)
    standing = lists_to_stand_on(lists, allow_stale=allow_stale)
    with _book_in(journal, customers, lists=lists, at=at, standing=standing) as kept:
        started_us = RealClock().now_us()
        report = kept.put_in_force(ListStore(lists).lists_in_force())
        told = kept.tell_gate(report)
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
    by: Annotated[str, typer.Option(help="Who rules it out, such as firm:mlro/s.khan.")],
    confirmed_by: Annotated[str, typer.Option(help="The second person.")],
    customers: CustomersOption,
    days: Annotated[int, typer.Option(min=1, help="For how long.")] = 180,
    journal: JournalOption = DEFAULT,
    lists: ListsOption = LISTS,
    at: At = "",
    json_: JsonFlag = False,
) -> None:
    """Rule a listed entry out for a customer: two persons, a reason, an end."""
    speaker = Speaker(as_json=json_)
    with _book_in(journal, customers, lists=lists, at=at) as kept:
        match = kept.match(party, entry)
        first, second = actor_named(by), actor_named(confirmed_by)
        result = kept.book.clear(
            party, match, reason=reason, by=first, confirmed_by=second, days=days
        )
        told = kept.tell_gate()
    speaker.line(f"Customer {party} is not {match.listed_name} ({entry}): {result.decision.name}.")
    speaker.line(
        f"By {by}, confirmed by {confirmed_by}, for {days} days; it ends sooner when the entry or "
        "the customer changes."
    )
    speaker.line(_gate_words(told))
    speaker.answer({"party_no": party, "entry": entry, "decision": result.decision.name,
                    "matches_left": len(result.matches), "gate": told})  # fmt: skip


def clearances(journal: JournalOption = DEFAULT, at: At = "", json_: JsonFlag = False) -> None:
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


@dataclass(frozen=True, slots=True)
class _Kept:
    """The book of a journal that is open to write.

    Attributes:
        journal: holds the verdicts; book: restored from them.
        at: the instant asked for; empty for now.
    """

    journal: Journal
    book: ScreeningBook
    at: str

    @property
    def index(self) -> Index:
        """The lists that the book stands on."""
        return self.book.index

    def match(self, party: int, entry: str) -> Match:
        """Return what a customer's verdict says of a listed entry, such as ``un/6908555``."""
        source, _, entry_id = entry.partition("/")
        found = [result for result in self.book.results() if result.party_no == party]
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

    def put_in_force(self, lists: Sequence[ScreeningList]) -> RescreenReport:
        """Put new lists in force; the journal of a trial holds its lists, so these go in first."""
        own = {one.source: one for one in lists_in_force(self.journal.facts(kinds=[KIND_LIST]))}
        if own:
            now_us = _clock(self.journal, self.at).now_us()
            fresh = [one for one in lists if own.get(one.source) != one]
            if fresh:
                self.journal.commit([list_draft(one, at_us=now_us) for one in fresh])
            lists = tuple((own | {one.source: one for one in lists}).values())
        return self.book.update_lists(lists)

    def tell_gate(self, report: RescreenReport | None = None) -> int:
        """Tell the journal's desk the verdicts; return for how many customers, -1 without a desk.

        One order, always: the verdicts are durable, then the gate learns them, then whom they name
        is frozen. A transfer that stands before the gate's bytes was judged by the old verdicts.
        """
        if next(iter(self.journal.facts(kinds=["transfers.opened"])), None) is None:
            return -1
        self.book.require_known(self.book.ended())
        with desk_on(self.journal, self.at) as desk:
            if report is not None:
                published_us = _clock(self.journal, self.at).now_us()
                desk.set_lists(report.after, published_us=published_us)
            count = desk.floor.parties.count
            screens = self.book.statuses(count)
            desk.set_screening(np.arange(count), screens, list_version=self.index.version)
            named = [] if report is None else [p.party_no for p in report.proposals if p.freezes]
            hit = [no for no in named if no < count and screens[no] == Decision.HIT]
            if hit:
                reason = f"G19: named on the lists {self.index.version}"
                parties = np.array(hit, dtype=np.int64)
                desk.set_status(parties, PartyStatus.FROZEN, reason=reason, actor=SYSTEM)
        return int(count)


@contextmanager
def _book_in(
    journal: str, customers: Path, *, lists: Path, at: str, standing: Standing | None = None
) -> Iterator[_Kept]:
    """Open a journal to write, with its book on the lists that its verdicts stand on.

    Clearances that have ended excuse nothing from here on: whom they covered is judged again first.

    Args:
        standing: the lists in force now, for a journal that has no verdict yet.
    """
    with Journal.open(journal) as opened:
        index = _lists_of_journal(opened, lists, standing)
        restored = ScreeningBook.restore(
            index, opened, clock=_clock(opened, at), identities=read_parties(customers)
        )
        restored.lapse()
        yield _Kept(opened, restored, at)


def _lists_of_journal(journal: Journal, folder: Path, standing: Standing | None = None) -> Index:
    """Return the lists that a journal's verdicts stand on.

    A trial's journal holds its lists; those of another are in the store.

    Args:
        folder: the list store.
        standing: the lists in force now; what a journal without any verdict stands on.

    Raises:
        IndexDamagedError: no combination that was ever in force has the version of the verdicts.
    """
    followed = FollowedLists()
    for fact in journal.facts(kinds=FollowedLists.KINDS):
        followed.take(fact)
    if followed.any:
        return followed.index
    version = read_record(journal).list_version
    if standing is not None and version in ("", standing.index.version):
        return standing.index
    return _index_of_version(ListStore(folder), version)


def _index_of_version(store: ListStore, version: str) -> Index:
    in_force: dict[str, KeptVersion] = {}
    for kept in store.history():
        if kept.state != "in_force":
            continue
        in_force[kept.source] = kept
        versions = tuple(sorted(one.version for one in in_force.values()))
        if Index((), frozenset(), versions).version == version:
            return Index.build([store.load(one) for one in in_force.values()])
    raise IndexDamagedError(
        f"The verdicts stood on lists {version or 'that nobody recorded'}.",
        why="The list store never had such lists in force together.",
        fix="Give --lists the store that the book was screened with.",
    )


def _clock(journal: Journal, at: str) -> Clock:
    """Return a clock that never runs behind the journal, which may live on a trial's time."""
    if at:
        return TrialClock(parse_instant(at))
    real = RealClock()
    last_us = journal.fact(journal.head.seq).at_us if journal.head.seq >= 0 else 0
    return real if last_us <= real.now_us() else TrialClock(last_us)


def _gate_words(told: int) -> str:
    if told < 0:
        return "The journal has no desk, so no gate was told."
    return f"The gate was told the verdicts on {told:,} customers."


def _counts(decisions: Iterable[Decision]) -> dict[str, int]:
    found = list(decisions)
    return {one.name.lower(): found.count(one) for one in Decision}


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
