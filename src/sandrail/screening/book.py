"""Decisions remembered: what was found about each party, and on which lists it stood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sandrail.screening.index import Index
from sandrail.screening.nouns import Decision, PartyIdentity, ScreeningResult
from sandrail.screening.screen import Screener

__all__ = ["ScreeningBook"]


class ScreeningBook:
    """The screened parties of one trial.

    The gate reads :meth:`statuses` and nothing else: one byte a party.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self._screener = Screener(index)
        self._parties: dict[int, PartyIdentity] = {}
        self._results: dict[int, ScreeningResult] = {}
        self._memory: dict[tuple[str, str], ScreeningResult] = {}

    def screen(self, identity: PartyIdentity) -> ScreeningResult:
        """Return the verdict on a party; the same party and lists are never matched twice."""
        key = (identity.version(), self.index.version)
        found = self._memory.get(key)
        if found is None or found.party_no != identity.party_no:
            found = self._screener.screen(identity)
            self._memory[key] = found
        self._parties[identity.party_no] = identity
        self._results[identity.party_no] = found
        return found

    def screen_all(self, identities: Iterable[PartyIdentity]) -> list[ScreeningResult]:
        """Screen many parties, in order."""
        return [self.screen(identity) for identity in identities]

    def status_of(self, party_no: int) -> Decision:
        """Return the byte the gate sees for one party."""
        found = self._results.get(party_no)
        return found.decision if found else Decision.UNSCREENED

    def statuses(self, count: int) -> NDArray[np.uint8]:
        """Return the bytes of parties ``0`` to ``count - 1``; never screened means 3."""
        out = np.full(count, int(Decision.UNSCREENED), dtype=np.uint8)
        for party_no, result in self._results.items():
            if 0 <= party_no < count:
                out[party_no] = int(result.decision)
        return out

    def results(self) -> Sequence[ScreeningResult]:
        """Return the verdict in force for each party, by party number."""
        return [self._results[no] for no in sorted(self._results)]
