"""Appeals: by the firm, in time, judged by people who took no part in what is appealed.

An appeal lifts nothing by itself. A refusal stays a refusal and a suspended firm stays suspended
until the panel has spoken; the way out stays open for customers either way.
"""

from __future__ import annotations

from dataclasses import replace

from sandrail.casework.case import Case, Instrument
from sandrail.casework.desk import Desk
from sandrail.casework.entry import Entry, Grounds
from sandrail.casework.errors import StateError
from sandrail.casework.lifecycle import Act, State
from sandrail.casework.permissions import require
from sandrail.casework.timers import require_in_time
from sandrail.rulebook import Condition, Permission
from sandrail.world import Actor

__all__ = ["Appealing", "attacked_entry", "permission_without", "state_after_appeal"]


class Appealing(Desk):
    """What a firm does against a decision."""

    def appeal(
        self, subject_id: str, *, by: Actor, grounds: Grounds, at_us: int
    ) -> Case | Instrument:
        """Appeal a refusal, or the last narrowing, suspension, revocation or exit of an instrument.

        Raises:
            StateError: there is nothing to appeal, it is appealed already, or the time has passed.
        """
        instrument = self.docket.instruments.get(subject_id)
        if instrument is None:
            case = self.docket.case(subject_id)
            require_in_time(case, self.pack, clock="appeal", at_us=at_us)
            return self._case_act(Act.APPEALED, case, by, at_us=at_us, grounds=grounds)
        require(by, Act.APPEALED, instrument)
        decided = instrument.appealable
        if decided is None or instrument.open_appeal is not None:
            raise StateError(
                f"There is nothing to appeal about {subject_id}.",
                why="No decision on it narrows or ends it, or the last one is appealed already.",
                fix="Wait for the panel, or answer the officers in the case.",
                code="casework.no_appeal",
            )
        require_in_time(instrument, self.pack, clock="appeal", at_us=at_us)
        data = {"against": decided.seq}
        return self._instrument_act(
            Act.APPEALED, instrument, by, at_us=at_us, grounds=grounds, data=data
        )


def attacked_entry(instrument: Instrument) -> Entry:
    """Return the decision that the open appeal is about.

    Raises:
        StateError: no appeal is open.
    """
    appeal = instrument.open_appeal
    if appeal is None:
        raise StateError(
            f"No appeal is open about {instrument.id}.",
            why="The firm has lodged none, or it is judged already.",
            fix="Look at the history of the instrument.",
            code="casework.no_appeal",
        )
    return instrument.entry(appeal.against)


def state_after_appeal(instrument: Instrument, act: Act) -> State:
    """Return where an instrument stands once its appeal is judged.

    A decision that is set aside leads back to the state before it, as long as the instrument still
    stands where the decision had put it; what has happened since is not undone.
    """
    attacked = attacked_entry(instrument)
    undone = act is Act.SET_ASIDE and instrument.state is attacked.target
    return attacked.source if undone else instrument.state


def _conditions(entry: Entry) -> dict[str, Condition]:
    """Return the conditions that an act left the permission with, by rule."""
    permission = Permission.from_plain(entry.data["permission"])
    return {it.rule_id: it for it in permission.conditions}


def permission_without(instrument: Instrument, narrowing: Entry) -> Permission:
    """Return the permission with the conditions as they were before a narrowing.

    A condition that was changed again since stays as it is now.
    """
    place = instrument.history.index(narrowing)
    earlier = [it for it in instrument.history[:place] if "permission" in it.data]
    before, then = _conditions(earlier[-1]), _conditions(narrowing)
    undone = {rule_id: it for rule_id, it in then.items() if before.get(rule_id) != it}
    now = instrument.permission
    kept = tuple(it for it in now.conditions if undone.get(it.rule_id) != it)
    gone = {it.rule_id for it in now.conditions} - {it.rule_id for it in kept}
    restored = tuple(it for rule_id, it in before.items() if rule_id in gone)
    return replace(now, conditions=(*kept, *restored))
