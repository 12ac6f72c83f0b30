"""What happens to an instrument after it is issued: exam, stages, stop and go, extension, exit."""

from __future__ import annotations

from dataclasses import replace

from sandrail.casework.adopting import plan_adoption
from sandrail.casework.case import Case, Instrument
from sandrail.casework.desk import Desk
from sandrail.casework.entry import Grounds, Pair
from sandrail.casework.errors import ApplicationError, NotReadyError
from sandrail.casework.lifecycle import DOORS_OPEN, Act, Doors
from sandrail.casework.permissions import require
from sandrail.casework.timers import due_entries, onboarding_end
from sandrail.rulebook import Condition, Pack, Permission, effective_rules, tightened
from sandrail.world import Actor, iso

__all__ = ["Supervising", "doors"]


def doors(instrument: Instrument, at_us: int) -> Doors:
    """Return what the firm may do under the instrument at an instant.

    A pure function of the instrument and the time: an instrument that has run out is shut even
    before the entry that says so is written. Redemptions are never shut.
    """
    by_state = DOORS_OPEN[instrument.state]
    permission = instrument.permission
    runs = permission.valid_from_us <= at_us < permission.valid_to_us
    return Doors(
        onboarding=(
            instrument.operates
            and by_state.onboarding
            and runs
            and not instrument.onboarding_stopped
            and at_us < instrument.onboarding_to_us
        ),
        transfers=instrument.operates and by_state.transfers and runs,
    )


class Supervising(Desk):
    """Every act on an instrument that is not a decision of the committee."""

    def record_exam(
        self, instrument_id: str, *, passed: bool, by: Actor, grounds: Grounds, at_us: int
    ) -> Instrument:
        """Record the adversary exam that comes before going live."""
        instrument = self.docket.instrument(instrument_id)
        data = {"passed": passed}
        return self._instrument_act(
            Act.EXAM_RECORDED, instrument, by, at_us=at_us, grounds=grounds, data=data
        )

    def record_drill(
        self, instrument_id: str, *, passed: bool, by: Actor, grounds: Grounds, at_us: int
    ) -> Instrument:
        """Record the wind-down drill that comes before going live."""
        instrument = self.docket.instrument(instrument_id)
        data = {"passed": passed}
        return self._instrument_act(
            Act.DRILL_RECORDED, instrument, by, at_us=at_us, grounds=grounds, data=data
        )

    def open_stage(
        self,
        instrument_id: str,
        stage: str,
        *,
        by: Pair,
        grounds: Grounds,
        at_us: int,
        conditions: tuple[Condition, ...] | None = None,
    ) -> Permission:
        """Open a stage: the first live one after exam and drill, later ones earned by evidence.

        Conditions that are tighter than what the new stage gives stay: they were set for this firm.
        ``conditions`` replaces them, where it was agreed beforehand how far this stage widens.

        Raises:
            ConditionError: a condition loosens the pack at that stage.
        """
        instrument = self.docket.instrument(instrument_id)
        require(by.maker, Act.STAGE_OPENED, instrument)
        if not (instrument.exam_passed and instrument.drill_passed):
            raise NotReadyError(
                f"{instrument_id} cannot go live.",
                why=f"Adversary exam passed: {_yes(instrument.exam_passed)}; "
                f"wind-down drill passed: {_yes(instrument.drill_passed)}.",
                fix="Record both first.",
                code="casework.exam_open",
            )
        self._require_running(instrument, at_us=at_us)
        self._require_next_stage(instrument, stage)
        permission = replace(instrument.permission, stage=stage)
        if conditions is not None:
            permission = replace(permission, conditions=conditions)
        return self._change_permission(
            Act.STAGE_OPENED, instrument, permission, by=by, grounds=grounds, at_us=at_us
        )

    def narrow(
        self,
        instrument_id: str,
        conditions: tuple[Condition, ...],
        *,
        by: Pair,
        grounds: Grounds,
        at_us: int,
    ) -> Permission:
        """Tighten an instrument by further conditions; a condition on a rule replaces an older one.

        Raises:
            ConditionError: a condition loosens the pack or the condition it would replace.
        """
        instrument = self.docket.instrument(instrument_id)
        before = instrument.permission
        rules = effective_rules(self.pack, before, at_us)
        for condition in conditions:
            tightened(rules[condition.rule_id], condition, pack=self.pack)
        ids = {condition.rule_id for condition in conditions}
        kept = tuple(it for it in before.conditions if it.rule_id not in ids)
        permission = replace(before, conditions=(*kept, *conditions))
        return self._change_permission(
            Act.NARROWED, instrument, permission, by=by, grounds=grounds, at_us=at_us
        )

    def adopt_pack(
        self, instrument_id: str, *, former: Pack, by: Pair, grounds: Grounds, at_us: int
    ) -> Permission:
        """Bind an instrument to this casebook's version of the pack, and record what that changes.

        Args:
            instrument_id: the instrument.
            former: the version that it is bound to now.
            by: a supervisor and a head.
            grounds: reasons and evidence, such as the notice that announced the new version.
            at_us: when.

        Raises:
            PackMismatchError: ``former`` is not the version that it is bound to.
            StateError: it is bound to this version already.
        """
        instrument = self.docket.instrument(instrument_id)
        require(by.maker, Act.PACK_ADOPTED, instrument)
        adoption = plan_adoption(instrument.permission, former, self.pack, at_us=at_us)
        end = onboarding_end(self.pack, adoption.permission.valid_to_us)
        data = adoption.as_data() | {"onboarding_to_us": end}
        after = self._instrument_act(
            Act.PACK_ADOPTED, instrument, by, at_us=at_us, grounds=grounds, data=data
        )
        return after.permission

    def suspend(self, instrument_id: str, *, by: Actor, grounds: Grounds, at_us: int) -> Instrument:
        """Stop a firm with one hand: one supervisor and a reason are enough."""
        instrument = self.docket.instrument(instrument_id)
        return self._instrument_act(Act.SUSPENDED, instrument, by, at_us=at_us, grounds=grounds)

    def resume(self, instrument_id: str, *, by: Pair, grounds: Grounds, at_us: int) -> Instrument:
        """Let a firm go on: two people, a reason and evidence."""
        instrument = self.docket.instrument(instrument_id)
        self._require_running(instrument, at_us=at_us)
        return self._instrument_act(
            Act.RESUMED,
            instrument,
            by,
            at_us=at_us,
            grounds=grounds,
            target=instrument.suspended_from,
        )

    def request_extension(
        self, instrument_id: str, *, by: Actor, grounds: Grounds, at_us: int
    ) -> Instrument:
        """Ask for more time, before the instrument runs out."""
        instrument = self.docket.instrument(instrument_id)
        self._require_running(instrument, at_us=at_us)
        return self._instrument_act(
            Act.EXTENSION_REQUESTED, instrument, by, at_us=at_us, grounds=grounds
        )

    def extend(
        self, instrument_id: str, *, valid_to_us: int, by: Pair, grounds: Grounds, at_us: int
    ) -> Permission:
        """Grant more time."""
        instrument = self.docket.instrument(instrument_id)
        self._require_running(instrument, at_us=at_us)
        if valid_to_us <= instrument.permission.valid_to_us:
            raise ApplicationError(
                f"{instrument_id} is not extended by that.",
                why=f"It runs to {iso(instrument.permission.valid_to_us)} already.",
                fix="Name a later instant.",
                code="casework.bad_terms",
            )
        permission = replace(instrument.permission, valid_to_us=valid_to_us)
        return self._change_permission(
            Act.EXTENDED, instrument, permission, by=by, grounds=grounds, at_us=at_us
        )

    def decline_extension(
        self, instrument_id: str, *, by: Pair, grounds: Grounds, at_us: int
    ) -> Instrument:
        """Decline more time; the instrument runs on to its end."""
        instrument = self.docket.instrument(instrument_id)
        return self._instrument_act(
            Act.EXTENSION_DECLINED, instrument, by, at_us=at_us, grounds=grounds
        )

    def report_final(
        self, instrument_id: str, *, by: Actor, grounds: Grounds, at_us: int
    ) -> Instrument:
        """Hand in the final report of a test, before the instrument runs out.

        The first hash in ``grounds.evidence`` is that of the report.
        """
        instrument = self.docket.instrument(instrument_id)
        self._require_running(instrument, at_us=at_us)
        return self._instrument_act(
            Act.FINAL_REPORTED, instrument, by, at_us=at_us, grounds=grounds
        )

    def end(self, instrument_id: str, *, by: Pair, grounds: Grounds, at_us: int) -> Instrument:
        """Close an instrument for good: every customer is paid or migrated, and it is shown."""
        instrument = self.docket.instrument(instrument_id)
        if instrument.open_appeal is not None:
            raise NotReadyError(
                f"{instrument_id} cannot be closed.",
                why="The firm's appeal is not judged yet.",
                fix="Let the panel judge it first.",
                code="casework.appeal_open",
            )
        return self._instrument_act(Act.ENDED, instrument, by, at_us=at_us, grounds=grounds)

    def tick(self, *, at_us: int) -> list[Case | Instrument]:
        """Let everything that is due happen: applications lapse, instruments run out.

        For an instrument onboarding ends first, then everything but redemptions. Calling it twice
        does nothing the second time; calling it late changes only when the entry is written, since
        commands and ``doors`` look at the time themselves.
        """
        entries = list(due_entries(self.docket, self.pack, at_us=at_us))
        return [it for entry in entries for it in self._record([entry])]

    def _change_permission(
        self,
        act: Act,
        instrument: Instrument,
        permission: Permission,
        *,
        by: Pair,
        grounds: Grounds,
        at_us: int,
    ) -> Permission:
        effective_rules(self.pack, permission, at_us)
        data = {
            "permission": permission.as_plain(),
            "onboarding_to_us": onboarding_end(self.pack, permission.valid_to_us),
        }
        after = self._instrument_act(act, instrument, by, at_us=at_us, grounds=grounds, data=data)
        return after.permission

    def _require_next_stage(self, instrument: Instrument, stage: str) -> None:
        wanted = self.pack.stage(stage)
        current = instrument.permission.stage
        number = self.pack.stage(current).number if current else 0
        live = [it for it in self.pack.stages if it.live and it.number > number]
        following = min(live, key=lambda it: it.number, default=None)
        if following is None or wanted.number > following.number or not wanted.live:
            raise NotReadyError(
                f"{instrument.id} cannot move to {stage}.",
                why=f"It stands in {current or 'no stage'}; "
                f"next comes {following.id if following else 'none'}.",
                fix="Open the stages in their order.",
                code="casework.stage_skipped",
            )

    def _require_running(self, instrument: Instrument, *, at_us: int) -> None:
        if at_us >= instrument.permission.valid_to_us:
            raise NotReadyError(
                f"{instrument.id} has run out.",
                why=f"It ended at {iso(instrument.permission.valid_to_us)}.",
                fix="Only the way out for customers is left; apply anew.",
                code="casework.expired",
            )


def _yes(value: bool) -> str:
    return "yes" if value else "no"
