"""The casebook: every application and instrument of one regulator, derived from its journal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from sandrail.casework.appealing import Appealing
from sandrail.casework.deciding import Deciding
from sandrail.casework.desk import Desk
from sandrail.casework.evaluating import Evaluating
from sandrail.casework.filing import Filing
from sandrail.casework.redacting import Redacting
from sandrail.casework.supervising import Supervising
from sandrail.journal import Journal
from sandrail.rulebook import Pack

__all__ = ["Casebook"]

Room = TypeVar("Room", bound=type[Desk])


def _one_at_a_time(room: Room) -> Room:
    """Let every command take its turn, from the first check to the last fact.

    Two officers who press the button at once get one act and one clear refusal; without turns both
    would pass the checks, and the second would stumble over the first.
    """
    for name in dir(room):
        command = getattr(room, name)
        if not name.startswith("_") and callable(command) and name != "open":
            setattr(room, name, _taking_turns(command))
    return room


def _taking_turns(command: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(command)
    def taken(self: Desk, *positional: Any, **named: Any) -> Any:
        with self.turn:
            return command(self, *positional, **named)

    return taken


@_one_at_a_time
class Casebook(Filing, Evaluating, Deciding, Supervising, Appealing, Redacting):
    """All commands on all cases. State is derived from the journal's facts; nothing is edited.

    Commands may come from several threads; reading never waits, as what is read is frozen.
    """

    @classmethod
    def open(cls, journal: Journal, pack: Pack) -> Casebook:
        """Replay a journal's casework facts and check each against the tables.

        Raises:
            BrokenCaseError: a fact contradicts the lifecycle, naming the fact.
        """
        return cls(journal, pack)
