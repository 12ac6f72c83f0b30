"""The dossier: everything a report and a bundle are made from, read out of the journal itself.

Nothing in it comes from the run. Whoever holds the facts and the pack they name gets the same
dossier and so, byte for byte, the same report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from sandrail.casework import Case, Instrument, docket_of
from sandrail.controls import Program
from sandrail.evidence.errors import DossierError
from sandrail.evidence.limits import FACTS_MAX
from sandrail.evidence.plan_text import plan_toml
from sandrail.evidence.tally import Asked, asked_rows
from sandrail.journal import Fact, Head, Journal, JournalSlice, parse_payload
from sandrail.money import Asset, Money
from sandrail.rulebook import Pack, Permission, effective_rules, find_packs, parse_pack
from sandrail.screening import ScreeningList
from sandrail.transfers import DeskTerms
from sandrail.trials import (
    KIND_LIST,
    LISTS_UPDATED,
    STAGE_KINDS,
    AttackReport,
    BreakLife,
    DayClose,
    LimitLine,
    TestPlan,
    break_lives,
    parse_plan,
    read_list,
)
from sandrail.world import MALFORMED, SandrailError

__all__ = [
    "Dossier",
    "Ending",
    "ListUpdate",
    "StageMove",
    "Told",
    "dossier_of",
    "pack_files",
    "read_dossier",
]

OPENED = "trials.opened"
DAY_CLOSED = "trials.day_closed"
FINISHED = "trials.finished"
DESK_OPENED = "transfers.opened"
PERMISSION_CHANGED = "transfers.permission"


@dataclass(frozen=True, slots=True)
class Told:
    """A hypothesis as the trial judged it.

    Attributes:
        id, statement, metric, unit, comparison, threshold: the claim.
        value: what was measured; None when nothing could be.
        holds: whether it held.
    """

    id: str
    statement: str
    metric: str
    unit: str
    comparison: str
    threshold: int
    value: int | None
    holds: bool


@dataclass(frozen=True, slots=True)
class StageMove:
    """A stage that opened, or that did not.

    Attributes:
        stage: id in the plan; day: of the trial; opened: whether its gate held.
        narrowed: whether it was left again, because its gate no longer held.
        evidence: ids of the hypotheses asked, each with whether it held.
        seq: the fact.
    """

    stage: str
    day: int
    opened: bool
    narrowed: bool
    evidence: tuple[tuple[str, bool], ...]
    seq: int


@dataclass(frozen=True, slots=True)
class ListUpdate:
    """A change of the sanctions lists in mid-trial.

    Attributes:
        seq: the fact; at_us: since when the gate knew; published_us: when the list came out.
        after: names the lists since then.
        freezes, unfreezes: customers whom the change concerned, by number.
    """

    seq: int
    at_us: int
    published_us: int
    after: str
    freezes: tuple[int, ...]
    unfreezes: tuple[int, ...]

    @property
    def freeze_us(self) -> int:
        """How long it took from the publication until the gate knew."""
        return self.at_us - self.published_us


@dataclass(frozen=True, slots=True)
class Ending:
    """How the trial ended.

    Attributes:
        at_us: when; seq: the fact.
        recommendation: what the signed exit terms make of the evidence.
        hypotheses: each with its value.
        metrics: everything that was measured.
        attacks: one report an adversary.
    """

    at_us: int
    seq: int
    recommendation: str
    hypotheses: tuple[Told, ...]
    metrics: Mapping[str, int | None]
    attacks: tuple[AttackReport, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """One supervised trial, as its journal tells it.

    Attributes:
        journal: the journal's name; facts: all of them; head: the last one.
        pack: the law; files: the bytes of its files by name.
        plan: what was signed; plan_file: as a file.
        terms: permission and assets of the desk, as it opened; program: what the gate enforced.
        permissions: each permission that was in force, with its first instant and its fact.
        trial: ``firm/plan``; seed: the root of all chance.
        lists: every version of a sanctions list that was in force, in order.
        opened_us: when the trial began; rehearsal: whether an unsigned plan was allowed.
        days: ends of the days; stages: openings; ending: the end.
        asked: every gated row of the trial; a desk that goes on afterwards is not measured.
        breaks: disagreements between the books, each with its end.
        list_updates: changes of the sanctions lists in mid-trial.
        instrument, case: behind the permission; None in a rehearsal.
    """

    journal: str
    facts: tuple[Fact, ...]
    head: Head
    pack: Pack
    files: Mapping[str, bytes]
    plan: TestPlan
    plan_file: bytes
    terms: DeskTerms
    program: Program
    permissions: tuple[tuple[int, int, Permission], ...]
    trial: str
    seed: int
    lists: tuple[ScreeningList, ...]
    opened_us: int
    rehearsal: bool
    days: tuple[DayClose, ...]
    stages: tuple[StageMove, ...]
    ending: Ending
    asked: Asked
    breaks: tuple[BreakLife, ...]
    list_updates: tuple[ListUpdate, ...]
    instrument: Instrument | None
    case: Case | None

    @property
    def last_program(self) -> Program:
        """What the gate enforced at the end."""
        at_us = self.permissions[-1][0]
        return replace(self.terms, permission=self.permission).compile(at_us)

    def limit_line(self, rule_id: str) -> LimitLine:
        """Return a limit over the trial, in minor units of the pack's currency."""
        return LimitLine.of(
            (at_us, effective_rules(self.pack, given, at_us)[rule_id].money(self.pack).minor)
            for at_us, _, given in self.permissions
        )

    @property
    def granted(self) -> Permission:
        """The permission as the trial began under it, before any stage opened."""
        return self.terms.permission

    @property
    def permission(self) -> Permission:
        """The permission as the gate enforced it at the end, after every stage."""
        return self.permissions[-1][2]

    @property
    def first_lists(self) -> tuple[ScreeningList, ...]:
        """The sanctions lists as the trial began with them, before any change."""
        plain = cast("dict[str, Any]", parse_payload(_only(self.facts, OPENED)))
        return self.lists[: len(plain["lists"])]

    @property
    def measured(self) -> tuple[Fact, ...]:
        """The facts up to the trial's end; what comes after it measures nothing."""
        return self.facts[: self.ending.seq + 1]

    @property
    def token(self) -> Asset:
        """The token on trial."""
        return self.terms.assets[0].asset

    @property
    def last(self) -> DayClose:
        """The last day's end."""
        return self.days[-1]

    @property
    def passed(self) -> bool:
        """Whether every hypothesis held."""
        return all(item.holds for item in self.ending.hypotheses)

    def money(self, minor: int) -> str:
        """Return an amount of the pack's currency as text, without its code."""
        return Money(self.pack.currency, minor).text()

    def tokens(self, minor: int) -> str:
        """Return an amount of the token as text, without its code."""
        return Money(self.token, minor).text()


def pack_files(folder: str | Path) -> dict[str, bytes]:
    """Return the files that make a pack, by name: the TOML files of its folder."""
    return {file.name: file.read_bytes() for file in sorted(Path(folder).glob("*.toml"))}


def read_dossier(
    source: Journal | JournalSlice, pack: str | Path = "", *, until: int | None = None
) -> Dossier:
    """Read a dossier from a journal or from a slice of one.

    Args:
        source: holds the whole journal from its first fact on; a slice is verified on the way.
        pack: the pack that the journal names: a folder, or the id of an installed one; the
            installed one of the right id when empty.
        until: take in facts up to and including this one; all when None.

    Raises:
        DossierError: there is no finished trial in it, or it was run under another pack.
        ChainError, SliceError: the facts are not what was recorded.
    """
    if isinstance(source, Journal):
        name, stream = source.name, source.facts(until=None if until is None else until + 1)
    else:
        name, stream = source.journal, iter(source)
    facts = tuple(fact for fact in stream if until is None or fact.seq <= until)
    return dossier_of(name, facts, files=_given_files(pack))


def dossier_of(
    journal: str, facts: Sequence[Fact], *, files: Mapping[str, bytes] | None = None
) -> Dossier:
    """Return the dossier of facts that are already verified; see ``read_dossier``."""
    if not facts or facts[0].seq != 0 or len(facts) > FACTS_MAX:
        raise _bad("It does not hold a journal from its first fact on.", seq=0)
    opened = _only(facts, OPENED)
    desk = _only(facts, DESK_OPENED)
    finished = _only(facts, FINISHED)
    plain = cast("dict[str, Any]", parse_payload(opened))
    found = _files_of(str(plain["pack"])) if files is None else files
    pack = parse_pack(found)
    if (pack.id, pack.content_hash) != (plain["pack"], plain["pack_hash"]):
        raise _bad(
            f"The trial ran under {plain['pack']} {plain['pack_hash'][:12]}; the pack given is "
            f"{pack.id} {pack.content_hash[:12]}.",
            seq=opened.seq,
        )
    try:
        plan_file = plan_toml(plain["plan"])
        plan = parse_plan(plan_file)
        terms = DeskTerms.from_plain(parse_payload(desk), pack)
        instrument, case = _papers(facts, terms.permission.id)
        return Dossier(
            journal=journal,
            facts=tuple(facts),
            head=facts[-1].head,
            pack=pack,
            files=dict(sorted(found.items())),
            plan=plan,
            plan_file=plan_file,
            terms=terms,
            program=terms.compile(desk.at_us),
            permissions=((desk.at_us, desk.seq, terms.permission), *_changes(facts)),
            trial=str(plain["trial"]),
            seed=plain["seed"],
            lists=tuple(read_list(fact) for fact in facts if fact.kind == KIND_LIST),
            opened_us=opened.at_us,
            rehearsal=bool(plain["rehearsal"]),
            days=tuple(_close(fact) for fact in facts if fact.kind == DAY_CLOSED),
            stages=tuple(_stage(fact) for fact in facts if fact.kind in STAGE_KINDS),
            ending=_ending(finished),
            asked=asked_rows(facts[: finished.seq + 1]),
            breaks=break_lives(facts),
            list_updates=tuple(_list_update(fact) for fact in facts if fact.kind == LISTS_UPDATED),
            instrument=instrument,
            case=case,
        )
    except MALFORMED as error:
        raise _bad(f"A fact has not the shape that is written: {error!r}.", opened.seq) from error


def _given_files(pack: str | Path) -> dict[str, bytes] | None:
    if not str(pack):
        return None
    return pack_files(find_packs().get(str(pack), Path(pack)))


def _files_of(pack_id: str) -> dict[str, bytes]:
    folder = find_packs().get(pack_id)
    if folder is None:
        raise _bad(f"It names the pack {pack_id}, which is not installed.", seq=0)
    return pack_files(folder)


def _only(facts: Iterable[Fact], kind: str) -> Fact:
    found = [fact for fact in facts if fact.kind == kind]
    if len(found) != 1:
        seq = found[1].seq if found else 0
        raise _bad(f"It holds {len(found)} facts of kind {kind}; a report is about one.", seq)
    return found[0]


def _changes(facts: Iterable[Fact]) -> Iterator[tuple[int, int, Permission]]:
    for fact in facts:
        if fact.kind == PERMISSION_CHANGED:
            plain = cast("dict[str, Any]", parse_payload(fact))
            yield fact.at_us, fact.seq, Permission.from_plain(plain["permission"])


def _close(fact: Fact) -> DayClose:
    plain = cast("dict[str, Any]", parse_payload(fact))
    return DayClose(**plain | {"breaks": tuple(plain["breaks"])})


def _stage(fact: Fact) -> StageMove:
    plain = cast("dict[str, Any]", parse_payload(fact))
    evidence = tuple((item["id"], item["holds"]) for item in plain["evidence"])
    opened, _, narrowed = (fact.kind == kind for kind in STAGE_KINDS)
    return StageMove(plain["stage"], plain["day"], opened, narrowed, evidence, fact.seq)


def _list_update(fact: Fact) -> ListUpdate:
    plain = cast("dict[str, Any]", parse_payload(fact))
    return ListUpdate(
        seq=fact.seq,
        at_us=fact.at_us,
        published_us=plain["published_us"],
        after=plain["after"],
        freezes=tuple(plain["freezes"]),
        unfreezes=tuple(plain["unfreezes"]),
    )


def _ending(fact: Fact) -> Ending:
    plain = cast("dict[str, Any]", parse_payload(fact))
    attacks = tuple(
        AttackReport(**item | {"reasons": tuple((name, count) for name, count in item["reasons"])})
        for item in plain["attacks"]
    )
    return Ending(
        at_us=fact.at_us,
        seq=fact.seq,
        recommendation=plain["recommendation"],
        hypotheses=tuple(Told(**item) for item in plain["verdicts"]),
        metrics=plain["metrics"],
        attacks=attacks,
    )


def _papers(facts: Sequence[Fact], permission_id: str) -> tuple[Instrument | None, Case | None]:
    """Derive the case behind a permission, from what is left of it where a law removed a part."""
    try:
        docket = docket_of(facts)
    except SandrailError as error:
        seq = error.fields.get("seq")
        raise _bad(str(error), seq if isinstance(seq, int) else 0) from error
    instrument = docket.instruments.get(permission_id)
    case = None if instrument is None else docket.cases.get(instrument.application_id)
    return instrument, case


def _bad(why: str, seq: int) -> DossierError:
    return DossierError(
        "The journal does not hold one finished trial that can be reported on.",
        why=why,
        fix="Give the whole journal of one trial, run to its end, and the pack that it names.",
        seq=seq,
    )
