"""One party against the lists: candidates, evidence, verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from sandrail.screening.fold import tokens_of
from sandrail.screening.nouns import (
    Decision,
    Evidence,
    Kind,
    ListEntry,
    Match,
    PartyIdentity,
    ScreeningList,
    ScreeningResult,
)

__all__ = ["Index"]


class Index:
    """The lists in force, searchable."""

    def __init__(self, entries: tuple[ListEntry, ...], version: str) -> None:
        self.entries = entries
        self.version = version
        self._names = [
            (" ".join(tokens_of(n.text, entity=e.kind is not Kind.PERSON)), row, n.text)
            for row, e in enumerate(entries)
            for n in e.names
        ]
        self._folded = [n[0] for n in self._names]
        self._keys = {i[:2]: row for row, e in enumerate(entries) for i in e.identifiers}

    @classmethod
    def build(cls, lists: Sequence[ScreeningList]) -> Index:
        """Index every entry of every list."""
        versions = "\n".join(sorted(one.version for one in lists))
        entries = tuple(e for one in lists for e in one.entries)
        return cls(entries, hashlib.sha256(versions.encode()).hexdigest()[:16])

    def screen(self, identity: PartyIdentity) -> ScreeningResult:
        """Give the verdict on one party."""
        best: dict[int, Match] = {}
        for row, match in self._found(identity):
            if row not in best or match.score_milli > best[row].score_milli:
                best[row] = match
        ordered = sorted(best.values(), key=lambda m: (-m.score_milli, m.source, m.entry_id))[:10]
        decision = max((m.decision for m in ordered), default=Decision.CLEAR)
        text = f"{len(ordered)} resembling entries; the strictest asks for {decision.name}."
        return ScreeningResult(
            identity.party_no, identity.version(), self.version, decision, tuple(ordered), text
        )

    def _found(self, identity: PartyIdentity) -> Iterable[tuple[int, Match]]:
        for key in identity.identifiers():
            row = self._keys.get(key[:2])
            if row is not None:
                reason = f"The {key.scheme} is on the list."
                line = Evidence(key.scheme, key.value, key.value, 12_000, reason)
                yield row, self._match(row, 1000, "identifier", self.entries[row].name, (line,))
        entity = identity.kind is not Kind.PERSON
        for name in (identity.name, *identity.other_names):
            folded = " ".join(tokens_of(name, entity=entity))
            for _, score, at in process.extract(
                folded, self._folded, scorer=fuzz.token_sort_ratio, limit=10, score_cutoff=88
            ):
                _, row, text = self._names[at]
                entry = self.entries[row]
                line = Evidence("name", name, text, int(score * 50), "The names resemble.")
                milli = int(score * 9)
                if (
                    identity.dob
                    and entry.dobs
                    and all(d.year != identity.dob.year for d in entry.dobs)
                ):
                    milli -= 400
                yield row, self._match(row, milli, "name", text, (line,))

    def _match(
        self, row: int, milli: int, pattern: str, text: str, evidence: tuple[Evidence, ...]
    ) -> Match:
        entry = self.entries[row]
        decision = (
            Decision.HIT if milli >= 990 else Decision.REVIEW if milli >= 780 else Decision.CLEAR
        )
        return Match(entry.id, entry.source, text, milli, decision, pattern, evidence)
