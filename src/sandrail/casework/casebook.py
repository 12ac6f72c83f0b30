"""The casebook: every application and instrument of one regulator, derived from its journal."""

from __future__ import annotations

from sandrail.casework.deciding import Deciding
from sandrail.casework.evaluating import Evaluating
from sandrail.casework.filing import Filing
from sandrail.casework.supervising import Supervising
from sandrail.journal import Journal
from sandrail.rulebook import Pack

__all__ = ["Casebook"]


class Casebook(Filing, Evaluating, Deciding, Supervising):
    """All commands on all cases. State is derived from the journal's facts; nothing is edited."""

    @classmethod
    def open(cls, journal: Journal, pack: Pack) -> Casebook:
        """Replay a journal's casework facts and check each against the tables.

        Raises:
            BrokenCaseError: a fact contradicts the lifecycle, naming the fact.
        """
        return cls(journal, pack)
