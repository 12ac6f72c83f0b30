"""What a report says about screening: lists, verdicts, changes, and the fate of each attempt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from sandrail.controls import Kind
from sandrail.evidence.dossier import Dossier, ListUpdate
from sandrail.evidence.ground_truth import everybody, person_of, recruits_of, refs_of
from sandrail.evidence.tally import Asked, Fate, Origin
from sandrail.journal import parse_payload
from sandrail.screening import Decision
from sandrail.trials import DISGUISES, KIND_LIST, AdversaryKind

__all__ = ["Attempt", "ListShown", "Rescreen", "ScreeningPart", "screening_part"]

DECIDED, CLEARED = "screening.decided", "screening.cleared"
RESCREENED = "screening.rescreened"


@dataclass(frozen=True, slots=True)
class ListShown:
    """A version of a list that verdicts stood on.

    Attributes:
        title: the publisher's name for it; version: as verdicts name it; entries: how many.
        seq: the fact that holds it.
    """

    title: str
    version: str
    entries: int
    seq: int


@dataclass(frozen=True, slots=True)
class Rescreen:
    """What a change of lists did to the book.

    Attributes:
        seq: the fact; at_us: when; before, after: the lists, as verdicts name them together.
        added, changed, removed: entries; looked_at: parties matched again.
        freezes, unfreezes: parties whose verdict became stricter, or milder.
        update: what the gate was told of it, with the time it took; None if nothing.
    """

    seq: int
    at_us: int
    before: str
    after: str
    added: int
    changed: int
    removed: int
    looked_at: int
    freezes: int
    unfreezes: int
    update: ListUpdate | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody whom the plan sent to see what screening makes of it.

    Attributes:
        what: the disguise, or who it was; name: as applied with.
        father, born: as applied with.
        decision: the first verdict; entry: what it matched, empty if nothing; because: in words.
        lists: the lists it stood on; seq: the fact of the verdict, -1 if never admitted.
        asked, served: instructions; stopped: the rest, by fate; moved_minor: value that moved.
        expected: whether that is what should have happened.
    """

    what: str
    name: str
    father: str
    born: str
    decision: str
    entry: str
    because: str
    lists: str
    seq: int
    asked: int
    served: int
    stopped: str
    moved_minor: int
    expected: bool


@dataclass(frozen=True, slots=True)
class ScreeningPart:
    """The section of a report about screening.

    Attributes:
        lists: every version; parties: how many were screened; verdicts: facts of verdicts.
        first: how many parties got which first verdict; now: which verdict is in force.
        cleared: false alarms that two officers ruled out.
        rescreens: changes of lists; attempts: of listed persons, namesakes and mules.
    """

    lists: tuple[ListShown, ...]
    parties: int
    verdicts: int
    first: Mapping[str, int]
    now: Mapping[str, int]
    cleared: int
    rescreens: tuple[Rescreen, ...]
    attempts: tuple[Attempt, ...]


def screening_part(dossier: Dossier) -> ScreeningPart:
    """Read the section out of the facts."""
    lists, rescreens = [], []
    first: dict[int, tuple[int, Mapping[str, Any]]] = {}
    now: dict[int, str] = {}
    verdicts = cleared = 0
    shown = iter(dossier.lists)
    told = {update.after: update for update in dossier.list_updates}
    for fact in dossier.facts:
        if fact.kind == KIND_LIST:
            one = next(shown)
            lists.append(ListShown(one.title, one.version, len(one.entries), fact.seq))
        elif fact.kind == DECIDED:
            plain = cast("dict[str, Any]", parse_payload(fact))
            first.setdefault(int(plain["party_no"]), (fact.seq, plain))
            now[int(plain["party_no"])] = str(plain["decision"])
            verdicts += 1
        elif fact.kind == CLEARED:
            cleared += 1
        elif fact.kind == RESCREENED:
            plain = cast("dict[str, Any]", parse_payload(fact))
            rescreens.append(_rescreen(fact.seq, fact.at_us, plain, told))
    return ScreeningPart(
        lists=tuple(lists),
        parties=len(first),
        verdicts=verdicts,
        first=_counted(str(plain["decision"]) for _, plain in first.values()),
        now=_counted(now.values()),
        cleared=cleared,
        rescreens=tuple(rescreens),
        attempts=tuple(_attempts(dossier, first)),
    )


def _counted(names: Any) -> dict[str, int]:
    found = Counter(names)
    return {decision.name: found[decision.name] for decision in Decision if found[decision.name]}


def _rescreen(
    seq: int, at_us: int, plain: Mapping[str, Any], told: Mapping[str, ListUpdate]
) -> Rescreen:
    steps = [(Decision[before], Decision[after]) for _, before, after in plain["proposals"]]
    return Rescreen(
        seq=seq,
        at_us=at_us,
        before=str(plain["before"]),
        after=str(plain["after"]),
        added=len(plain["added"]),
        changed=len(plain["changed"]),
        removed=len(plain["removed"]),
        looked_at=int(plain["looked_at"]),
        freezes=sum(after > before for before, after in steps),
        unfreezes=sum(after < before for before, after in steps),
        update=told.get(str(plain["after"])),
    )


_TRIED = {
    AdversaryKind.SANCTIONED_PERSON: "",
    AdversaryKind.NAMESAKE: "not him: another father, another date of birth",
    AdversaryKind.MULE: "a mule without any link to the list",
}


def _attempts(
    dossier: Dossier, first: Mapping[int, tuple[int, Mapping[str, Any]]]
) -> Iterator[Attempt]:
    people = everybody(dossier)
    party_of = {person_of(ref): party for party, ref in enumerate(refs_of(dossier))}
    rows = dossier.asked.of(Origin.CUSTOMER)
    actor = np.where(rows.kind == Kind.ISSUE, rows.creditor, rows.debtor)
    for plan, persons in recruits_of(dossier):
        if plan.kind not in _TRIED:
            continue
        for number, person in enumerate(persons):
            party = party_of.get(person, -1)
            seq, plain = first.get(party, (-1, {}))
            mine = rows.where(actor == party) if party >= 0 else rows.where(actor == -2)
            served = int(mine.accepted.sum())
            match = next(iter(plain.get("matches", ())), None)
            is_clear = plain.get("decision", "") == Decision.CLEAR.name
            listed = plan.kind is AdversaryKind.SANCTIONED_PERSON
            yield Attempt(
                what=_TRIED[plan.kind] or DISGUISES[number % len(DISGUISES)],
                name=people.name[person],
                father=people.father_name[person],
                born=people.born[person].isoformat(),
                decision=str(plain.get("decision", "never admitted")),
                entry=f"{match['source']} {match['entry_id']}" if match else "",
                because=_because(match),
                lists=str(plain.get("list_version", "")),
                seq=seq,
                asked=len(mine.seq),
                served=served,
                stopped=_stopped(mine),
                moved_minor=int(mine.value[mine.accepted].sum()),
                expected=(served == 0 and not is_clear) if listed else served == len(mine.seq) > 0,
            )


def _because(match: Mapping[str, Any] | None) -> str:
    if match is None:
        return "No listed name or number resembles this party."
    return " ".join(str(line["reason"]) for line in match["evidence"])


def _stopped(rows: Asked) -> str:
    fates = Counter(tuple(Fate)[number] for number in rows.fate[~rows.accepted].tolist())
    return ", ".join(f"{count} {fate.value}" for fate, count in sorted(fates.items()))
