"""One party against the lists: candidates, evidence field by field, verdict.

The name is worth what the fitted model says; every other attribute adds or takes away by
:mod:`attributes`. The sum is compared with the threshold of the attribute pattern at hand, because
a name alone must be held to more than a name with a date of birth.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sandrail.screening.attributes import (
    REASONS,
    compare_countries,
    compare_dates,
    compare_fathers,
    compare_places,
)
from sandrail.screening.fold import tokens_of
from sandrail.screening.index import Index, Part
from sandrail.screening.limits import CNIC_DIGITS, MATCHES_SHOWN_MAX
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
from sandrail.screening.wording import explain_name

__all__ = ["Candidate", "Screener"]

_NAME_FLOOR_MILLI = -6_500
"""A name less like than this is not the same name, whatever else agrees."""

_SHOWN_BELOW_MILLI = 1000
_LOW_ALIAS_MILLI = 700
_IDENTIFIER_MILLI = 14_000
_WEAK_ALIAS = " The publisher calls this alias weak: alone it freezes nobody."
_SCHEMES = {
    "cnic": "national identity number",
    "passport": "passport number",
    "lei": "legal entity identifier",
    "wallet": "wallet address",
}
_CERTAIN = frozenset(REASONS[code] for code in ("father.same", "father.same_rare"))


class Candidate(NamedTuple):
    """An entry whose name resembles the party's.

    Attributes:
        milli: thousandths of the log-odds of the name alone.
        place: block and row.
        name: number of the listed name in its part.
        part: where that number means something.
        family: ``latin``, ``cross`` or ``entity``.
        given: the party's spelling that matched.
    """

    milli: int
    place: tuple[int, int]
    name: int
    part: Part
    family: str
    given: str


class Screener:
    """An index with a model and working memory; one per thread."""

    def __init__(self, index: Index, *, model: Model | None = None) -> None:
        self.index = index
        self.model = model or load_model()
        self._pairs = PairComparer()
        weights = self.model.weights
        self._person_weights = np.stack([weights["latin"], weights["cross"]])
        self._entity_weights = np.stack([weights["entity"], weights["entity"]])
        self._floor = np.zeros(1)
        self._lowest = {
            (family, dated): self._least_threshold(family, dated=dated) - _SHOWN_BELOW_MILLI
            for family in ("latin", "cross", "entity")
            for dated in (False, True)
        }
        dates = max(w for code, w in self.model.attributes.items() if code.startswith("dob"))
        bare = min(t for (_, dated), t in self._lowest.items() if not dated)
        self._least = {False: bare, True: min(bare, *self._lowest.values()) - dates}

    def _least_threshold(self, family: str, *, dated: bool) -> int:
        patterns = (family, f"{family}+father")
        dob = tuple(p.replace(family, f"{family}+dob") for p in patterns) if dated else patterns
        return min(self.threshold_milli(pattern) for pattern in dob)

    def screen(self, identity: PartyIdentity) -> ScreeningResult:
        """Give the verdict on one party."""
        matches = self._by_identifier(identity)
        known = {(m.source, m.entry_id) for m in matches}
        hope = self._hope(identity)
        for candidate in self._candidates(identity, hope):
            block, row = candidate.place
            entry = self.index.blocks[block].table.entry(row)
            if known and (entry.source, entry.id) in known:
                continue
            match = self._weigh(identity, entry, candidate, hope)
            if match is not None:
                matches.append(match)
        if len(matches) > 1:
            matches.sort(key=lambda m: (-m.decision, -m.score_milli, m.source, m.entry_id))
            matches = matches[:MATCHES_SHOWN_MAX]
        decision = matches[0].decision if matches else Decision.CLEAR
        return ScreeningResult(
            party_no=identity.party_no,
            party_version=identity.version(),
            list_version=self.index.version,
            decision=decision,
            matches=tuple(matches),
            explanation=_explain(decision, matches),
        )

    def screen_many(self, identities: Iterable[PartyIdentity]) -> Iterator[ScreeningResult]:
        """Give the verdicts on many parties, in order, one at a time."""
        return map(self.screen, identities)

    def _by_identifier(self, identity: PartyIdentity) -> list[Match]:
        found: list[Match] = []
        for number in identity.identifiers():
            for place, block in enumerate(self.index.blocks):
                for row in block.table.rows_with_identifier(number.scheme, number.value):
                    if (place, row) in self.index.dead:
                        continue
                    entry = block.table.entry(row)
                    reason = f"The {_SCHEMES[number.scheme]} is on the list: it has one holder."
                    line = Evidence(
                        number.scheme, number.value, number.value, _IDENTIFIER_MILLI, reason
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

    def _candidates(self, identity: PartyIdentity, hope: int) -> list[Candidate]:
        """Return the entries worth weighing, best name first."""
        least = self._least[identity.dob is not None] - hope
        self._floor[0] = max(least, _NAME_FLOOR_MILLI) / 1000  # tidy: log-odds
        found: list[Candidate] = []
        for name in (identity.name, *identity.other_names):
            for person in _readings(identity.kind):
                tokens = tokens_of(name, entity=not person)
                if tokens and any(t[0] != "." for t in tokens):
                    found += self._search(tokens, name, person=person)
        if len(found) > 1:
            best: dict[tuple[int, int], Candidate] = {}
            for one in sorted(found, key=lambda c: (-c.milli, c.place)):
                best.setdefault(one.place, one)
            return list(best.values())
        return found

    def _search(self, tokens: tuple[str, ...], given: str, *, person: bool) -> Iterator[Candidate]:
        weights = self._person_weights if person else self._entity_weights
        families = ("latin", "cross") if person else ("entity", "entity")
        for number, block in enumerate(self.index.blocks):
            part = block.people if person else block.others
            if part.name_rank.size == 0:
                continue
            for reading in (tokens, *(part.searcher.apart(tokens) if person else ())):
                for milli, row, name, crossed in part.searcher.best(reading, weights, self._floor):
                    if (number, row) not in self.index.dead:
                        yield Candidate(milli, (number, row), name, part, families[crossed], given)

    def _weigh(
        self, identity: PartyIdentity, entry: ListEntry, candidate: Candidate, hope: int
    ) -> Match | None:
        """Add up the evidence, unless it could not matter whatever the rest said."""
        family, milli = candidate.family, min(candidate.milli, NAME_MILLI_MAX)
        date_milli, date_code, date_listed = 0, "", None
        if identity.dob is not None and entry.dobs:
            date_milli, date_code, date_listed = compare_dates(
                identity.dob, entry.dobs, self.model.attributes
            )
        namesake = candidate.milli >= self.threshold_milli(family)
        if milli + date_milli + hope < self._lowest[family, bool(date_code)] and not namesake:
            return None
        listed = entry.names[int(candidate.part.name_rank[candidate.name])]
        milli -= _LOW_ALIAS_MILLI if listed.quality == "low" else 0
        weak = _WEAK_ALIAS if listed.quality == "low" else ""
        lines = [Evidence("name", candidate.given, listed.text, milli, weak)]
        pattern = family
        if date_code:
            given, text = str(identity.dob), str(date_listed)
            lines.append(Evidence("date of birth", given, text, date_milli, REASONS[date_code]))
            pattern += "+dob"
        father = self._father(identity, entry, listed.text)
        if father is not None:
            lines.append(father)
            pattern += "+father" if entry.father_names else ""
        lines += self._other_evidence(identity, entry)
        certain = date_code == "dob.same_day" or (father is not None and father.reason in _CERTAIN)
        return self._verdict(
            entry,
            listed.text,
            pattern,
            lines,
            sure=certain and listed.quality != "low",
            shown=namesake,
        )

    def _hope(self, identity: PartyIdentity) -> int:
        """Return the most that evidence beside name and date could add, in thousandths."""
        worth = self.model.attributes
        most = 0
        if identity.father_name:
            most += max(w for k, w in worth.items() if k.startswith("father"))
        if identity.country:
            most += worth["country.same"]
        if identity.place:
            most += worth["place.same"]
        return most + (worth["number.near"] if identity.cnic else 0)

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
        total = sum(line.weight_milli for line in lines)
        threshold = self.threshold_milli(pattern)
        if total < threshold - _SHOWN_BELOW_MILLI and not shown:
            return None
        decision = Decision.CLEAR
        if total >= threshold:
            freezes = sure and total >= threshold + self.model.hit_margin_milli
            decision = Decision.HIT if freezes else Decision.REVIEW
        odds = max(min(total, 30_000), -30_000) / 1000  # tidy: log-odds
        name = lines[0]
        entity = pattern.partition("+")[0] == "entity"
        told = explain_name(name.given, name.listed, entity=entity, pairs=self._pairs)
        return Match(
            entry_id=entry.id,
            source=entry.source,
            listed_name=listed,
            score_milli=round(1000 / (1 + math.exp(-odds))),
            decision=decision,
            pattern=pattern,
            evidence=(name._replace(reason=told + name.reason), *lines[1:]),
        )

    def threshold_milli(self, pattern: str) -> int:
        """Return the log-odds (thousandths) from which a person must look, for a pattern."""
        review = self.model.review_milli
        if pattern in review:
            return review[pattern]
        family, *extras = pattern.split("+")
        return review.get(f"{family}+dob" if "dob" in extras else family, review[family])

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
                return self._line(
                    "father's name", identity.father_name, listed_name, "father.patronymic"
                )
        return None

    def _father_line(self, identity: PartyIdentity, given: tuple[str, ...], text: str) -> Evidence:
        features = self._pairs.features_of(given, tokens_of(text)).tolist()
        code = compare_fathers(features[1], features[2], features[4])
        return self._line("father's name", identity.father_name, text, code)

    def _line(self, field: str, given: str, listed: str, code: str) -> Evidence:
        return Evidence(field, given, listed, self.model.attributes[code], REASONS[code])

    def _other_evidence(self, identity: PartyIdentity, entry: ListEntry) -> list[Evidence]:
        lines = []
        if identity.country:
            code, text = compare_countries(identity.country, entry.countries)
            if code:
                lines.append(self._line("country", identity.country, text, code))
        if identity.place:
            code, text = compare_places(identity.place, entry.places)
            if code:
                lines.append(self._line("place", identity.place, text, code))
        if identity.cnic:
            code, given, text = _other_number(identity, entry)
            if code:
                lines.append(self._line("cnic", given, text, code))
        return lines


def _readings(kind: Kind) -> tuple[bool, ...]:
    if kind is Kind.PERSON:
        return (True,)
    return (True, False) if kind is Kind.UNKNOWN else (False,)


def _whole(number: str) -> bool:
    return len(number) == CNIC_DIGITS and number.isdigit()


def _other_number(identity: PartyIdentity, entry: ListEntry) -> tuple[str, str, str]:
    """A national number that differs from the listed one speaks against, if both are whole."""
    listed = [i.value for i in entry.identifiers if i.scheme == "cnic" and _whole(i.value)]
    given = "".join(c for c in identity.cnic if c.isdigit())
    if not listed or not _whole(given) or given in listed:
        return "", given, ""
    near = any(sum(a != b for a, b in zip(one, given, strict=True)) <= 1 for one in listed)
    return "number.near" if near else "number.other", given, listed[0]


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
