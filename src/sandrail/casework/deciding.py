"""Decisions: approve or refuse, meet conditions, issue an instrument, judge an appeal or exit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sandrail.casework.appealing import (
    attacked_entry,
    permission_without,
    state_after_appeal,
)
from sandrail.casework.application import InstrumentKind
from sandrail.casework.case import Case, Decision, Instrument
from sandrail.casework.clocks import add_months
from sandrail.casework.desk import Desk
from sandrail.casework.entry import Entry, Grounds, Pair
from sandrail.casework.errors import ApplicationError, NotReadyError, StateError
from sandrail.casework.law import Law
from sandrail.casework.lifecycle import RUNNING_STATES, Act, State
from sandrail.casework.permissions import require
from sandrail.casework.public_id import instrument_id
from sandrail.casework.readiness import require_committee, require_evaluated, require_gates
from sandrail.casework.timers import onboarding_end, require_in_time
from sandrail.rulebook import Condition, Pack, Permission, effective_rules
from sandrail.world import DAY_US, date_of, iso, start_of_day

__all__ = ["Deciding", "Outcome", "Terms"]


class Outcome(StrEnum):
    """What can be decided, about an application or about an instrument at its exit."""

    APPROVE = "approved"
    REFUSE = "refused"
    UPHOLD = "upheld"
    REMIT = "remitted"
    GRADUATE = "graduated"
    WIND_DOWN = "wind_down_ordered"
    PROHIBIT_OR_DEFER = "prohibited_deferred"
    REVOKE = "revoked"
    SET_ASIDE = "set_aside"


_ABOUT_INSTRUMENT: Final = {
    Outcome.GRADUATE,
    Outcome.WIND_DOWN,
    Outcome.PROHIBIT_OR_DEFER,
    Outcome.REVOKE,
    Outcome.SET_ASIDE,
}
_ON_APPEAL: Final = {Outcome.UPHOLD, Outcome.SET_ASIDE}


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of an instrument that is to be issued.

    Attributes:
        products: what it covers.
        valid_from_us: first instant.
        valid_to_us: first instant at which it no longer holds.
        stage: stage of the pack it starts in; empty for none.
        conditions: what is tightened.
    """

    products: tuple[str, ...]
    valid_from_us: int
    valid_to_us: int
    stage: str = ""
    conditions: tuple[Condition, ...] = ()


class Deciding(Desk):
    """Every act that a committee, a head or an appeal panel signs."""

    def decide(
        self,
        subject_id: str,
        outcome: Outcome,
        *,
        grounds: Grounds,
        by: Pair,
        at_us: int,
        conditions: tuple[str, ...] = (),
    ) -> Decision:
        """Decide about an application or, at its exit, about its instrument.

        Args:
            subject_id: an application; where the outcome is about an instrument, its id, or that of
                the application that led to it.
            outcome: what is decided.
            grounds: coded reasons and the evidence they rest on.
            by: who proposes and who agrees; two people.
            at_us: when.
            conditions: what has to be met before an approved instrument is issued, in words.

        Raises:
            NotReadyError: votes, findings or reports that the decision rests on are missing.
            StateError: the outcome does not fit the state.
            ForbiddenError: one of the two may not decide here.
        """
        act = Act(outcome.value)
        if outcome in _ABOUT_INSTRUMENT or subject_id in self.docket.instruments:
            instrument = self._instrument_behind(subject_id)
            if outcome in _ON_APPEAL:
                return self._judge_appeal(act, instrument, grounds=grounds, by=by, at_us=at_us)
            after = self._instrument_act(act, instrument, by, at_us=at_us, grounds=grounds)
            return after.decisions[-1]
        case = self.docket.case(subject_id)
        require(by.maker, act, case)
        self._require_ready(case, outcome)
        data = {"conditions": list(conditions)}
        decided = self._case_act(act, case, by, at_us=at_us, grounds=grounds, data=data)
        return decided.decisions[-1]

    def _judge_appeal(
        self, act: Act, instrument: Instrument, *, grounds: Grounds, by: Pair, at_us: int
    ) -> Decision:
        """Let a decision on an instrument stand, or set it aside and undo it."""
        require(by.maker, act, instrument)
        attacked = attacked_entry(instrument)
        data: dict[str, object] = {"against": attacked.seq}
        if act is Act.SET_ASIDE and attacked.act is Act.NARROWED:
            data["permission"] = permission_without(instrument, attacked).as_plain()
        after = self._instrument_act(
            act,
            instrument,
            by,
            at_us=at_us,
            grounds=grounds,
            target=state_after_appeal(instrument, act),
            data=data,
        )
        return after.decisions[-1]

    def meet_condition(
        self, case_id: str, condition: str, *, by: Pair, grounds: Grounds, at_us: int
    ) -> Case:
        """Record that a condition of the approval in principle is met, with its evidence."""
        case = self.docket.case(case_id)
        if condition not in case.conditions or condition in case.conditions_met:
            open_ = [it for it in case.conditions if it not in case.conditions_met]
            raise StateError(
                f"{condition!r} is not an open condition of {case_id}.",
                why=f"Open: {'; '.join(open_) or 'none'}.",
                fix="Name the condition in the words of the decision.",
            )
        data = {"condition": condition}
        return self._case_act(Act.CONDITION_MET, case, by, at_us=at_us, grounds=grounds, data=data)

    def grant(
        self, case_id: str, terms: Terms, *, grounds: Grounds, by: Pair, at_us: int
    ) -> Permission:
        """Issue the instrument of an application approved in principle.

        Returns:
            The permission: what the gate enforces, with its conditions.

        Raises:
            NotReadyError: a condition of the approval is open.
            ConditionError: a condition would loosen the pack.
        """
        case = self.docket.case(case_id)
        require(by.maker, Act.ISSUED, case)
        open_ = [it for it in case.conditions if it not in case.conditions_met]
        if open_:
            raise NotReadyError(
                f"The instrument of {case_id} cannot be issued yet.",
                why=f"Open conditions: {'; '.join(open_)}.",
                fix="Record each as met, with its evidence.",
                code="casework.condition_open",
            )
        require_in_time(case, self.pack, clock="conditions_met", at_us=at_us)
        permission = self._permission(case, terms, at_us=at_us)
        issued = self._entry(
            Act.ISSUED,
            case,
            by,
            at_us=at_us,
            grounds=grounds,
            data={"instrument": permission.id},
        )
        created = Entry(
            subject=permission.id,
            act=Act.INSTRUMENT_CREATED,
            by=by.maker,
            checker=by.checker,
            at_us=at_us,
            source=State.NEW,
            target=_first_state(case.kind),
            grounds=grounds,
            data={
                "application": case.id,
                "permission": permission.as_plain(),
                "onboarding_to_us": onboarding_end(self.pack, permission.valid_to_us),
                "operates": _operates(self.pack, case.kind),
            },
        )
        self._record([issued, created])
        return permission

    def _require_ready(self, case: Case, outcome: Outcome) -> None:
        law = Law.of(self.pack, case.kind)
        if outcome in {Outcome.APPROVE, Outcome.REFUSE}:
            require_evaluated(case, law)
            if case.state is State.COMMITTEE:
                require_committee(case, law, in_favour=outcome is Outcome.APPROVE)
        if outcome is Outcome.APPROVE:
            require_gates(case, law)

    def _permission(self, case: Case, terms: Terms, *, at_us: int) -> Permission:
        if not terms.products or not at_us <= terms.valid_from_us < terms.valid_to_us:
            raise ApplicationError(
                f"The terms of the instrument for {case.id} cannot be issued.",
                why=f"Products: {', '.join(terms.products) or 'none'}; "
                f"from {iso(terms.valid_from_us)} to {iso(terms.valid_to_us)}.",
                fix="Name a product, and a time that lies ahead.",
                code="casework.bad_terms",
            )
        self._require_predecessors(case)
        self._require_length(case.kind, terms)
        count = self.docket.numbered(Act.INSTRUMENT_CREATED, case.kind)
        permission = Permission(
            id=instrument_id(self.pack.jurisdiction, case.kind, count + 1),
            firm_id=case.firm_id,
            instrument=case.kind.value,
            pack_id=self.pack.id,
            pack_hash=self.pack.content_hash,
            products=terms.products,
            stage=terms.stage,
            valid_from_us=terms.valid_from_us,
            valid_to_us=terms.valid_to_us,
            conditions=terms.conditions,
        )
        effective_rules(self.pack, permission, terms.valid_from_us)
        return permission

    def _require_predecessors(self, case: Case) -> None:
        """An instrument that the pack puts behind another one needs that one to be running."""
        held = {
            it.kind.value
            for it in self.docket.instruments_of(case.firm_id)
            if it.state in RUNNING_STATES
        }
        for kind in self.pack.instruments:
            missing = [it for it in kind.requires if it not in held]
            if kind.id == case.kind.value and missing:
                raise NotReadyError(
                    f"{case.kind.value} cannot be issued to {case.firm_id}.",
                    why=f"It comes after {', '.join(missing)}, which the firm does not hold.",
                    fix="Issue that one first.",
                    code="casework.instrument_missing",
                )

    def _require_length(self, kind: InstrumentKind, terms: Terms) -> None:
        zone = self.pack.utc_offset_minutes
        for it in self.pack.instruments:
            if it.id == kind.value and it.months_max:
                start = date_of(terms.valid_from_us, utc_offset_minutes=zone)
                last = start_of_day(add_months(start, it.months_max), utc_offset_minutes=zone)
                if terms.valid_to_us > last + DAY_US:
                    raise ApplicationError(
                        f"A {kind.value} cannot run to {iso(terms.valid_to_us)}.",
                        why=f"It lasts at most {it.months_max} months, to {iso(last)} "
                        f"({it.source.title}).",
                        fix="Shorten it.",
                        code="casework.bad_terms",
                    )

    def _instrument_behind(self, subject_id: str) -> Instrument:
        case = self.docket.cases.get(subject_id)
        if case is None:
            return self.docket.instrument(subject_id)
        if case.instrument_id is None:
            raise StateError(
                f"{subject_id} has led to no instrument.",
                why=f"It is {case.state}.",
                fix="Decide about the application first.",
            )
        return self.docket.instrument(case.instrument_id)


def _operates(pack: Pack, kind: InstrumentKind) -> bool:
    """Tell whether customers may be served under an instrument, by the pack."""
    known = [it.operates for it in pack.instruments if it.id == kind.value]
    return known[0] if known else kind not in {InstrumentKind.EOI, InstrumentKind.NOC}


def _first_state(kind: InstrumentKind) -> State:
    return State.PREPARATION if kind is InstrumentKind.SANDBOX_APPROVAL else State.LIVE
