"""One party against the lists: candidates, evidence field by field, verdict.

The name is worth what the fitted model says; every other attribute adds or takes away by
:mod:`attributes`. The sum is compared with the threshold of the attribute pattern at hand, because
a name alone must be held to more than a name with a date of birth.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sandrail.screening.attributes import (
    REASONS,
    compare_countries,
    compare_dates,
    compare_fathers,
    compare_places,
)
from sandrail.screening.encoding import UNKNOWN_PARTNERS
from sandrail.screening.finding import Candidate, Finder, Floors
from sandrail.screening.fold import tokens_of
from sandrail.screening.index import KINDS, Index
from sandrail.screening.limits import CNIC_DIGITS, MATCHES_SHOWN_MAX, SHOWN_BELOW_MILLI
from sandrail.screening.model import FAMILIES, NAME_MILLI_MAX, Model, load_model
from sandrail.screening.nouns import (
    Decision,
    Evidence,
    Identifier,
    Kind,
    ListEntry,
    Match,
    PartyIdentity,
    ScreeningResult,
    clean_identifier,
    is_imo,
)
from sandrail.screening.pairs import PairComparer, with_halves
from sandrail.screening.wording import explain_name

__all__ = ["Screener"]

_NAME_FLOOR_MILLI = -6_500
"""A name less like than this is not the same name, whatever else agrees."""

_LOW_ALIAS_MILLI = 700
_IDENTIFIER_MILLI = 14_000
_TOGETHER = 64
"""Parties searched in one go: as many as spare most of what it costs to enter a kernel."""

_WEAK_ALIAS = " The publisher calls this alias weak: alone it freezes nobody."
_SCHEMES = {
    "cnic": "national identity number",
    "passport": "passport number",
    "lei": "legal entity identifier",
    "wallet": "wallet address",
    "imo": "number of the ship",
    "registration": "registration number",
}
_BODIES = (Kind.ENTITY, Kind.VESSEL)
_CERTAIN = frozenset(REASONS[code] for code in ("father.same", "father.same_rare"))


_CALLED = {"entity": "organisation", "entity_cross": "organisation", "vessel": "vessel"}


class Screener:
    """An index with a model and working memory; one per thread."""

    def __init__(self, index: Index, *, model: Model | None = None) -> None:
        self.index = index
        self.model = model or load_model()
        self._pairs = PairComparer()
        worth = self.model.attributes
        listed_name = {
            family: max(
                v for p, v in self.model.review_milli.items() if p.partition("+")[0] == family
            )
            - min(0, worth["country.other"])
            for family in _CALLED
        }
        self._finder = Finder(index, self.model, listed_name=listed_name)
        self._lowest = {
            (family, dated): self._least_threshold(family, dated=dated) - SHOWN_BELOW_MILLI
            for family in dict.fromkeys(f for own in FAMILIES.values() for f in own)
            for dated in (False, True)
        }
        self._least = {
            (kind, dated): tuple(self._least_name(family, dated=dated) for family in families)
            for kind, families in FAMILIES.items()
            for dated in (False, True)
        }

    def _least_name(self, family: str, *, dated: bool) -> int:
        """Return what a name must be worth for a date of birth, if there is one, to matter."""
        bare = self._lowest[family, False]
        if not dated or family not in FAMILIES[Kind.PERSON]:
            return bare
        dates = max(w for code, w in self.model.attributes.items() if code.startswith("dob"))
        return min(bare, self._lowest[family, True]) - dates

    def _least_threshold(self, family: str, *, dated: bool) -> int:
        patterns = (family, f"{family}+father")
        dob = tuple(p.replace(family, f"{family}+dob") for p in patterns) if dated else patterns
        return min(self.threshold_milli(pattern) for pattern in dob)

    def screen(self, identity: PartyIdentity) -> ScreeningResult:
        """Give the verdict on one party."""
        return self._screen_together((identity,))[0]

    def screen_many(self, identities: Iterable[PartyIdentity]) -> Iterator[ScreeningResult]:
        """Give the verdicts on many parties, in order; a few at a time are searched together."""
        waiting = iter(identities)
        while together := tuple(islice(waiting, _TOGETHER)):
            yield from self._screen_together(together)

    def _screen_together(self, identities: Sequence[PartyIdentity]) -> list[ScreeningResult]:
        hopes = [self._hope(identity) for identity in identities]
        asked = [
            (identity, self._floors(identity, hope))
            for identity, hope in zip(identities, hopes, strict=True)
        ]
        found = self._finder.find(asked)
        return list(map(self._verdict_on, identities, hopes, found))

    def _floors(self, identity: PartyIdentity, hope: int) -> Floors:
        """Return what a name must be worth, by kind, for the rest to matter."""
        kinds = (identity.kind,) if identity.kind in KINDS else KINDS
        floors = {}
        for kind in kinds:
            same, other = self._least[kind, identity.dob is not None]
            floors[kind] = max(same - hope, _NAME_FLOOR_MILLI), max(other - hope, _NAME_FLOOR_MILLI)
        return floors

    def _verdict_on(
        self, identity: PartyIdentity, hope: int, candidates: Sequence[Candidate]
    ) -> ScreeningResult:
        matches = self._by_identifier(identity)
        known = {(m.source, m.entry_id) for m in matches}
        for candidate in candidates:
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

    def _by_identifier(self, identity: PartyIdentity) -> list[Match]:
        found: list[Match] = []
        for number in identity.identifiers():
            for place, block in enumerate(self.index.blocks):
                for row in block.table.rows_with_identifier(number.scheme, number.value):
                    if (place, row) not in self.index.dead:
                        found += self._number_match(identity, number, block.table.entry(row))
        return found

    def _number_match(
        self, identity: PartyIdentity, number: Identifier, entry: ListEntry
    ) -> list[Match]:
        """Every register counts its firms from one: the number of another country's says little."""
        registered = number.scheme == "registration"
        if registered and entry.kind is Kind.PERSON:
            return []
        known = compare_countries(identity.country, entry.countries)[0] if registered else ""
        if known == "country.other":
            return []
        sure = not registered or known == "country.same"
        reason = f"The {_SCHEMES[number.scheme]} is on the list"
        reason += ": it has one holder." if sure else ", but perhaps that of another register."
        line = Evidence(number.scheme, number.value, number.value, _IDENTIFIER_MILLI, reason)
        return [
            Match(
                entry_id=entry.id,
                source=entry.source,
                listed_name=entry.name,
                score_milli=1000,
                decision=Decision.HIT if sure else Decision.REVIEW,
                pattern="entity+registration" if registered else number.scheme,
                evidence=(line,),
            )
        ]

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
        of_person = family in FAMILIES[Kind.PERSON]
        father = self._father(identity, entry, listed.text) if of_person else None
        if father is not None:
            lines.append(father)
            pattern += "+father" if entry.father_names else ""
        lines += self._other_evidence(identity, entry)
        if not of_person and any(line.field == "country" for line in lines):
            pattern += "+country"
        if identity.kind is Kind.UNKNOWN and not of_person:
            reason = f"The party's kind was not said; this is a listed {_CALLED[family]}."
            lines.append(Evidence("kind", "", _CALLED[family], 0, reason))
            pattern += "+unstated"
        certain = date_code == "dob.same_day" or (father is not None and father.reason in _CERTAIN)
        return self._verdict(
            entry,
            candidate,
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
        candidate: Candidate,
        pattern: str,
        lines: Sequence[Evidence],
        *,
        sure: bool,
        shown: bool,
    ) -> Match | None:
        total = sum(line.weight_milli for line in lines)
        threshold = self.threshold_milli(pattern)
        if total < threshold - SHOWN_BELOW_MILLI and not shown:
            return None
        decision = Decision.CLEAR
        if total >= threshold:
            freezes = sure and total >= threshold + self.model.hit_margin_milli
            decision = Decision.HIT if freezes else Decision.REVIEW
        odds = max(min(total, 30_000), -30_000) / 1000  # tidy: log-odds
        name = lines[0]
        listed = candidate.part.searcher.tokens(candidate.name)
        told = explain_name(candidate.words, listed, self._partners(candidate, listed))
        return Match(
            entry_id=entry.id,
            source=entry.source,
            listed_name=name.listed,
            score_milli=round(1000 / (1 + math.exp(-odds))),
            decision=decision,
            pattern=pattern,
            evidence=(name._replace(reason=told + name.reason), *lines[1:]),
        )

    def _partners(self, candidate: Candidate, listed: tuple[str, ...]) -> list[int]:
        """Return the partners by which the name was weighed, where it was read word by word."""
        words = candidate.words
        joined, *partners = candidate.partners[: len(words) + 1]
        if partners[0] == UNKNOWN_PARTNERS:
            return self._pairs.partners(words, listed)
        return with_halves(partners, words, listed) if joined else partners

    def threshold_milli(self, pattern: str) -> int:
        """Return the log-odds (thousandths) from which a person must look, for a pattern.

        A pattern that was never fitted is held to that of what is left without the father's name,
        without the date, or without both.
        """
        review = self.model.review_milli
        if pattern in review:
            return review[pattern]
        family, *extras = pattern.split("+")
        for left_out in (("father",), ("dob",), ("father", "dob")):
            known = "+".join([family, *(one for one in extras if one not in left_out)])
            if known in review:
                return review[known]
        return review[family]

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
        if identity.imo:
            given = clean_identifier("imo", identity.imo)
            listed = [i.value for i in entry.identifiers if i.scheme == "imo"]
            if listed and given not in listed and is_imo(given):
                lines.append(self._line("imo", given, listed[0], "imo.other"))
        return lines


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
    called = _CALLED.get(first.pattern.partition("+")[0], "party")
    lead = {
        Decision.HIT: f"This is as good as certainly the listed {called}",
        Decision.REVIEW: f"This may be the listed {called}",
    }.get(decision, f"The nearest listed {called} is not this one")
    reasons = " ".join(line.reason for line in first.evidence)
    more = f" {len(matches) - 1} more resemble it." if len(matches) > 1 else ""
    return f"{lead}: {first.listed_name} ({first.source} {first.entry_id}). {reasons}{more}"
