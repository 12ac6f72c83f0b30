"""One party against the lists: candidates, evidence field by field, verdict.

The name is worth what the fitted model says; every other attribute adds or takes away by
:mod:`attributes`. The sum is compared with the threshold of the attribute pattern at hand, because
a name alone must be held to more than a name with a date of birth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sandrail.screening.attributes import compare_countries, compare_dates, compare_places
from sandrail.screening.fold import tokens_of
from sandrail.screening.index import Index, Part
from sandrail.screening.limits import MATCHES_SHOWN_MAX
from sandrail.screening.model import NAME_MILLI_MAX, Model, load_model
from sandrail.screening.nouns import (
    Decision,
    Evidence,
    Kind,
    ListEntry,
    Match,
    PartyIdentity,
    ScreeningResult,
)
from sandrail.screening.pairs import PairComparer

__all__ = ["Candidate", "Screener"]

_FLOOR = np.array([-6.5])
"""A name less like than this is not the same name, whatever else agrees."""

_SHOWN_BELOW_MILLI = 1000
_LOW_ALIAS_MILLI = 700
_IDENTIFIER = 14.0
_OTHER_NUMBER = -3.0


class Candidate(NamedTuple):
    """An entry whose name resembles the party's.

    Attributes:
        place: block and row.
        milli: thousandths of the log-odds of the name alone.
        rank: which of the entry's names.
        family: ``latin``, ``cross`` or ``entity``.
        given: the party's spelling that matched.
    """

    place: tuple[int, int]
    milli: int
    rank: int
    family: str
    given: str


class Screener:
    """An index with a model and working memory; one per thread."""

    def __init__(self, index: Index, *, model: Model | None = None) -> None:
        self.index = index
        self.model = model or load_model()
        self.lowest = min(_milli(t) for t in self.model.review.values()) - _SHOWN_BELOW_MILLI
        self._pairs = PairComparer()
        weights = self.model.weights
        self._person_weights = np.stack([weights["latin"], weights["cross"]])
        self._entity_weights = np.stack([weights["entity"], weights["entity"]])

    def screen(self, identity: PartyIdentity) -> ScreeningResult:
        """Give the verdict on one party."""
        matches = self._by_identifier(identity)
        known = {(m.source, m.entry_id) for m in matches}
        for candidate in self._candidates(identity):
            block, row = candidate.place
            entry = self.index.blocks[block].table.entry(row)
            if (entry.source, entry.id) not in known:
                match = self._weigh(identity, entry, candidate)
                if match is not None:
                    matches.append(match)
        matches.sort(key=lambda m: (-m.decision, -m.score_milli, m.source, m.entry_id))
        matches = matches[:MATCHES_SHOWN_MAX]
        decision = max((m.decision for m in matches), default=Decision.CLEAR)
        return ScreeningResult(
            party_no=identity.party_no,
            party_version=identity.version(),
            list_version=self.index.version,
            decision=decision,
            matches=tuple(matches),
            explanation=_explain(decision, matches),
        )

    def _by_identifier(self, identity: PartyIdentity) -> list[Match]:
        found: list[Match] = []
        for number in identity.identifiers():
            for place, block in enumerate(self.index.blocks):
                for row in block.table.rows_with_identifier(number.scheme, number.value):
                    if (place, row) in self.index.dead:
                        continue
                    entry = block.table.entry(row)
                    reason = f"The {number.scheme} {number.value} is on the list."
                    line = Evidence(
                        number.scheme, number.value, number.value, int(_IDENTIFIER * 1000), reason
                    )
                    found.append(
                        Match(
                            entry_id=entry.id,
                            source=entry.source,
                            listed_name=entry.name,
                            score_milli=1000,
                            decision=Decision.HIT,
                            pattern=f"{number.scheme}",
                            evidence=(line,),
                        )
                    )
        return found

    def _candidates(self, identity: PartyIdentity) -> list[Candidate]:
        """Return the entries worth weighing, best name first."""
        best: dict[tuple[int, int], Candidate] = {}
        for name in (identity.name, *identity.other_names):
            for person in _readings(identity.kind):
                tokens = tokens_of(name, entity=not person)
                if not tokens or not any(t[0] != "." for t in tokens):
                    continue
                for number, block in enumerate(self.index.blocks):
                    part = block.people if person else block.others
                    if part.name_rank.size == 0:
                        continue
                    for found in self._search(number, part, tokens, name, person=person):
                        kept = best.get(found.place)
                        if kept is None or found.milli > kept.milli:
                            best[found.place] = found
        return sorted(best.values(), key=lambda c: (-c.milli, c.place))

    def _search(
        self, number: int, part: Part, tokens: tuple[str, ...], given: str, *, person: bool
    ) -> Iterator[Candidate]:
        weights = self._person_weights if person else self._entity_weights
        families = ("latin", "cross") if person else ("entity", "entity")
        entries = part.vocabulary.name_entry
        for milli, name, crossed in part.searcher.best(tokens, weights, _FLOOR):
            place = (number, int(entries[name]))
            if place not in self.index.dead:
                rank = int(part.name_rank[name])
                yield Candidate(place, milli, rank, families[crossed], given)

    def _weigh(
        self, identity: PartyIdentity, entry: ListEntry, candidate: Candidate
    ) -> Match | None:
        listed = entry.names[candidate.rank]
        name_milli = min(candidate.milli, NAME_MILLI_MAX)
        name_milli -= _LOW_ALIAS_MILLI if listed.quality == "low" else 0
        dated = identity.dob is not None and bool(entry.dobs)
        date_line = (0.0, "", "")
        if identity.dob is not None and entry.dobs:
            date_line = compare_dates(identity.dob, entry.dobs)
        hope = name_milli + _milli(date_line[0]) + self._hope(identity, entry)
        pattern = candidate.family + ("+dob" if dated else "")
        if hope < self.lowest and not self._is_namesake(candidate):
            return None
        lines = [
            Evidence("name", candidate.given, listed.text, name_milli, _name_reason(name_milli))
        ]
        if dated:
            weight, reason, text = date_line
            lines.append(Evidence("date of birth", str(identity.dob), text, _milli(weight), reason))
        father = self._father(identity, entry, listed.text)
        if father is not None:
            lines.append(father)
            pattern += "+father" if entry.father_names else ""
        lines += _other_evidence(identity, entry)
        namesake = self._is_namesake(candidate)
        certain = date_line[0] >= 7.0 or (father is not None and father.weight_milli >= 3000)
        return self._verdict(
            entry,
            listed.text,
            pattern,
            lines,
            sure=certain and listed.quality != "low",
            shown=namesake,
        )

    def _is_namesake(self, candidate: Candidate) -> bool:
        """Whether the bare name would have alarmed: then a clear verdict is explained, too."""
        return candidate.milli >= _milli(self.model.review[candidate.family])

    def _hope(self, identity: PartyIdentity, entry: ListEntry) -> int:
        """Return the most that evidence not yet looked at could add, in thousandths."""
        most = 0
        if identity.father_name:
            most += 5000
        if identity.country and entry.countries:
            most += 700
        if identity.place and entry.places:
            most += 1200
        return most + (5000 if identity.cnic and entry.identifiers else 0)

    def _verdict(
        self,
        entry: ListEntry,
        listed: str,
        pattern: str,
        lines: Sequence[Evidence],
        *,
        sure: bool,
        shown: bool,
    ) -> Match | None:
        total = sum(line.weight_milli for line in lines) / 1000
        threshold = self.threshold(pattern)
        if total < threshold - _SHOWN_BELOW_MILLI / 1000 and not shown:
            return None
        decision = Decision.CLEAR
        if total >= threshold:
            freezes = sure and total >= threshold + self.model.hit_margin
            decision = Decision.HIT if freezes else Decision.REVIEW
        return Match(
            entry_id=entry.id,
            source=entry.source,
            listed_name=listed,
            score_milli=round(1000 / (1 + math.exp(-max(min(total, 30.0), -30.0)))),
            decision=decision,
            pattern=pattern,
            evidence=tuple(lines),
        )

    def threshold(self, pattern: str) -> float:
        """Return the log-odds from which a person must look, for an attribute pattern."""
        review = self.model.review
        if pattern in review:
            return review[pattern]
        family, *extras = pattern.split("+")
        return review[f"{family}+dob"] if "dob" in extras else review.get(pattern, review[family])

    def _father(
        self, identity: PartyIdentity, entry: ListEntry, listed_name: str
    ) -> Evidence | None:
        """Compare the father's name, or look for it in a name that carries it."""
        given = tokens_of(identity.father_name) if identity.father_name else ()
        if not given:
            return None
        lines = [self._father_line(identity, given, text) for text in entry.father_names]
        if lines:
            return max(lines, key=lambda line: line.weight_milli)
        listed = tokens_of(listed_name)
        if len(listed) > 1 and given[0] not in tokens_of(identity.name):
            features = self._pairs.features_of(given[:1], listed[1:])
            if features[1] >= 0.85:
                reason = "The listed name carries the father's name as a patronymic."
                return Evidence("father's name", identity.father_name, listed_name, 1500, reason)
        return None

    def _father_line(self, identity: PartyIdentity, given: tuple[str, ...], text: str) -> Evidence:
        features = self._pairs.features_of(given, tokens_of(text))
        most, least = max(features[1], features[2]), min(features[1], features[2])
        if most >= 0.85 and least >= 0.4:
            weight = min(1000 + round(features[4] * 4000), 5000)
            reason = "The father's names agree."
        elif most >= 0.5:
            weight, reason = 0, "The father's names agree in part."
        else:
            weight, reason = -7000, "The father's names differ."
        return Evidence("father's name", identity.father_name, text, weight, reason)


def _readings(kind: Kind) -> tuple[bool, ...]:
    if kind is Kind.PERSON:
        return (True,)
    return (True, False) if kind is Kind.UNKNOWN else (False,)


def _other_number(identity: PartyIdentity, entry: ListEntry) -> Evidence | None:
    """A national number that differs from the listed one speaks against."""
    listed = [i.value for i in entry.identifiers if i.scheme == "cnic"]
    given = "".join(c for c in identity.cnic if c.isdigit())
    if not listed or not given or given in listed:
        return None
    near = any(
        len(one) == len(given) and sum(a != b for a, b in zip(one, given, strict=True)) <= 1
        for one in listed
    )
    weight = 5.0 if near else _OTHER_NUMBER
    reason = "The numbers differ in one digit." if near else "The national numbers differ."
    return Evidence("cnic", given, listed[0], _milli(weight), reason)


def _milli(weight: float) -> int:
    return round(weight * 1000)


def _name_reason(milli: int) -> str:
    if milli >= 3000:
        return "The names are the same or as good as the same."
    if milli >= 0:
        return "The names agree closely."
    return "The names agree in part." if milli >= -4000 else "The names agree a little."


def _other_evidence(identity: PartyIdentity, entry: ListEntry) -> list[Evidence]:
    lines = []
    weight, reason, text = compare_countries(identity.country, entry.countries)
    if reason:
        lines.append(Evidence("country", identity.country, text, _milli(weight), reason))
    weight, reason, text = compare_places(identity.place, entry.places)
    if reason:
        lines.append(Evidence("place", identity.place, text, _milli(weight), reason))
    number = _other_number(identity, entry)
    return [*lines, number] if number is not None else lines


def _explain(decision: Decision, matches: Sequence[Match]) -> str:
    if not matches:
        return "No listed name resembles this party."
    first = matches[0]
    lead = {
        Decision.HIT: "This is as good as certainly the listed party",
        Decision.REVIEW: "This may be the listed party",
    }.get(decision, "The nearest listed party is not this one")
    reasons = " ".join(line.reason for line in first.evidence)
    more = f" {len(matches) - 1} more resemble it." if len(matches) > 1 else ""
    return f"{lead}: {first.listed_name} ({first.source} {first.entry_id}). {reasons}{more}"
