"""Earned limits: a stage opens on evidence, narrows on drift, and a person signs each step.

The permission is the ceiling that was agreed before. The first stage begins below it; the next one
widens up to it when the hypotheses of its gate hold, and two people sign. When one of them no
longer holds, the limits of the stage before come back. Gate, casework and register change together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sandrail.casework import Grounds, Pair
from sandrail.journal import Draft, json_payload
from sandrail.rulebook import Condition, Permission, RuleSet, effective_rules
from sandrail.transfers import Desk
from sandrail.trials.limit_line import LimitLine
from sandrail.trials.office import Office
from sandrail.trials.officers import Officers
from sandrail.trials.outcome import HypothesisVerdict
from sandrail.trials.plan import Stage, TestPlan
from sandrail.world import SYSTEM, Micros

__all__ = ["STAGE_KINDS", "StageKeeper", "stage_permission"]

OPENED = "trials.stage_opened"
REFUSED = "trials.stage_refused"
NARROWED = "trials.stage_narrowed"
STAGE_KINDS = (OPENED, REFUSED, NARROWED)

EARNED, DRIFTED = "MET-1", "BREACH-1"
"""Codes of the pack's register of reasons."""


class StageKeeper:
    """Which stage is open, and which limits that means.

    Attributes:
        now: the stage that is open.
        permissions: each permission that was in force, with its first instant.
    """

    def __init__(
        self, plan: TestPlan, desk: Desk, officers: Officers, *, office: Office | None
    ) -> None:
        self._plan = plan
        self._desk = desk
        self._officers = officers
        self._office = office
        self._place = 0
        self._narrowed = False
        self._ceiling = desk.floor.terms.permission
        self.permissions: list[tuple[int, Permission]] = [(desk.floor.now_us, self._ceiling)]

    @property
    def now(self) -> Stage:
        """The stage that is open."""
        return self._plan.stages[self._place]

    @property
    def following(self) -> Stage | None:
        """The stage that comes next; None in the last one, and after limits were narrowed.

        Who lost a stage gets it back from the committee, and not from the next morning's figures.
        """
        later = self._plan.stages[self._place + 1 :]
        return later[0] if later and not self._narrowed else None

    def begin(self) -> None:
        """Open the first stage; its limits may lie below the ceiling."""
        self._note(OPENED, self.now, 1, ())
        self._enforce(EARNED, widens=False)

    def judge(self, following: Stage, day: int, verdicts: Sequence[HypothesisVerdict]) -> bool:
        """Open the next stage if its gate holds; return whether it does."""
        holds = all(verdict.holds for verdict in verdicts)
        self._note(OPENED if holds else REFUSED, following, day, verdicts)
        if holds:
            self._place += 1
            self._enforce(EARNED, widens=True)
        return holds

    def review(self, day: int, verdicts: Sequence[HypothesisVerdict]) -> bool:
        """Go back a stage if what opened this one no longer holds; return whether it does."""
        if all(verdict.holds for verdict in verdicts):
            return False
        self._note(NARROWED, self.now, day, verdicts)
        self._place -= 1
        self._narrowed = True
        self._enforce(DRIFTED, widens=False)
        return True

    def amend(self, conditions: Sequence[Condition]) -> Permission:
        """Enforce other conditions from now on, signed by two: what a fork tries out.

        Raises:
            ConditionError: a condition loosens the pack.
        """
        ids = [condition.rule_id for condition in conditions]
        kept = tuple(one for one in self._ceiling.conditions if one.rule_id not in ids)
        self._ceiling = replace(self._ceiling, conditions=(*kept, *conditions))
        before = self._desk.floor.terms.permission
        kept = tuple(one for one in before.conditions if one.rule_id not in ids)
        wanted = replace(before, conditions=(*kept, *conditions))
        officers = self._officers
        self._desk.change_permission(wanted, actor=officers.watch, confirmed_by=officers.head)
        self.permissions.append((self._desk.clock.now_us(), wanted))
        return wanted

    def line(self, rule_id: str) -> LimitLine:
        """Return a limit over the trial so far, in minor units of the pack's currency."""
        pack = self._desk.floor.terms.pack
        return LimitLine.of(
            (at_us, effective_rules(pack, permission, at_us)[rule_id].money(pack).minor)
            for at_us, permission in self.permissions
        )

    # --- inside ---

    def _enforce(self, reason: str, *, widens: bool) -> None:
        """Let case, gate and register have the limits of the stage that is open now."""
        before = self._desk.floor.terms.permission
        rules = self._desk.floor.terms.pack.in_force(self._plan.start)
        wanted = stage_permission(self._ceiling, self._plan, self.now, rules)
        wanted = replace(wanted, stage=before.stage)
        if wanted.conditions == before.conditions and not (widens and self.now.opens):
            return
        now_us = self._desk.clock.now_us()
        pair = Pair(self._officers.watch, self._officers.head)
        if self._office is not None:
            wanted = self._sign(wanted, pair, reason, widens=widens, at_us=now_us)
        elif widens and self.now.opens:
            wanted = replace(wanted, stage=self.now.opens)
        self._desk.change_permission(wanted, actor=pair.maker, confirmed_by=pair.checker)
        self.permissions.append((now_us, wanted))

    def _sign(
        self, wanted: Permission, pair: Pair, reason: str, *, widens: bool, at_us: int
    ) -> Permission:
        assert self._office is not None
        book, instrument = self._office.book, self._office.instrument
        evidence = self._desk.journal.head.hash.hex()
        grounds = Grounds((reason,), (evidence,), note=f"Stage {self.now.id} of {self._plan.id}")
        if widens:
            return book.open_stage(
                instrument, self.now.opens, by=pair, grounds=grounds, at_us=at_us,
                conditions=wanted.conditions,
            )  # fmt: skip
        return book.narrow(instrument, wanted.conditions, by=pair, grounds=grounds, at_us=at_us)

    def _note(
        self, kind: str, stage: Stage, day: int, verdicts: Sequence[HypothesisVerdict]
    ) -> None:
        evidence = [verdict.as_data() for verdict in verdicts]
        payload = json_payload({"stage": stage.id, "day": day, "evidence": evidence})
        now_us = Micros(self._desk.clock.now_us())
        self._desk.journal.commit([Draft(kind, now_us, SYSTEM.id, payload)])


def stage_permission(
    ceiling: Permission, plan: TestPlan, stage: Stage, rules: RuleSet
) -> Permission:
    """Return the permission with the limits of a stage instead of the ceiling's."""
    # The plan's ceiling stands as conditions too: a wider stage of the pack does not lift it.
    own = {limit.rule: limit for limit in (*plan.limits, *stage.limits)}
    kept = tuple(one for one in ceiling.conditions if one.rule_id not in own)
    citation = f"{ceiling.id}, stage {stage.id} of {plan.id}"
    narrowed = tuple(
        Condition.on(rules[limit.rule], limit.value, citation=citation, unit=limit.unit)
        for limit in own.values()
    )
    return replace(ceiling, conditions=(*kept, *narrowed))
