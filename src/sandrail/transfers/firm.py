"""The firm's file at its desk: what is observed, what follows, who lifts it.

Observations come in as facts; guardrails of the firm are judged in the same commit; the gate
answers to a pause from the next row on. A deadline needs nobody: its pause begins at its instant,
and the next thing that happens on the desk records it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandrail.controls import (
    Consent,
    Consequence,
    DeletionAsked,
    Effect,
    Observation,
    ObservationError,
)
from sandrail.journal import Fact, json_payload
from sandrail.transfers.checks import (
    require_consents_fit,
    require_own_position,
    require_parties,
)
from sandrail.transfers.desk import Desk
from sandrail.transfers.errors import NotAllowed
from sandrail.transfers.firm_facts import KIND_OBSERVED, consented, draft_due, draft_observed
from sandrail.transfers.limits import OBSERVATIONS_MAX, REASON_CHARS_MAX
from sandrail.world import SYSTEM, Actor, iso

__all__ = ["FirmDesk", "FirmStatus"]


@dataclass(frozen=True, slots=True)
class FirmStatus:
    """How a firm stands.

    Attributes:
        at_us: as of when.
        standing: pauses and escalations in effect.
        missing: what stands only because something was not reported yet.
        reports: reports owed, the most urgent first.
        ahead: what takes effect by itself if nothing is done, the next first.
    """

    at_us: int
    standing: tuple[Consequence, ...]
    missing: tuple[Consequence, ...]
    reports: tuple[Consequence, ...]
    ahead: tuple[Consequence, ...]


class FirmDesk:
    """What a firm, its auditors and its supervisors tell the desk about the firm as a whole."""

    def __init__(self, desk: Desk) -> None:
        """Work on a desk; it may be opened anew any time, for all state is the desk's."""
        self._desk = desk

    def observe(self, *told: Observation, actor: Actor = SYSTEM) -> tuple[Consequence, ...]:
        """Record observations, in one commit with what takes effect by now; return the latter.

        Raises:
            NotAllowed: it is not the actor's to tell.
            ObservationError: one lies in the future, is a position that is not the desk's own, or
                the desk holds too many.
        """
        self._desk.require_duty(KIND_OBSERVED, actor)
        now_us = self._desk.instant()
        held = sum(len(many) for many in self._desk.floor.firm.view.seen.values())
        if held + len(told) > OBSERVATIONS_MAX:
            raise ObservationError(
                "The firm's file takes no more observations.",
                why=f"It holds {held} of {OBSERVATIONS_MAX}.",
                fix="Tell many redemptions in one observation.",
            )
        for one in told:
            if one.at_us > now_us:
                raise ObservationError(
                    f"{type(one).__name__} cannot be recorded yet.",
                    why=f"It speaks of {iso(one.at_us)}; the desk's clock stands at {iso(now_us)}.",
                    fix="Tell it when it has happened.",
                )
            require_own_position(self._desk.floor, one)
        customers = self._desk.floor.parties.count
        drafts, news = draft_observed(self._desk.floor.firm, told, now_us, customers=customers)
        if drafts:
            self._desk.record(*drafts, actor=actor, at_us=now_us)
        return tuple(news)

    def look(self, *, actor: Actor = SYSTEM) -> tuple[Consequence, ...]:
        """Record the desk's own position: customers, client funds, units in issue, reserves."""
        now_us = self._desk.instant()
        return self.observe(self._desk.floor.position(now_us), actor=actor)

    def advance(self) -> tuple[Consequence, ...]:
        """Record what took effect by itself until now, and return it."""
        now_us = self._desk.instant()
        drafts, news, _ = draft_due(self._desk.floor.firm, now_us)
        if drafts:
            self._desk.record(*drafts, at_us=now_us)
        return tuple(news)

    def require(self, told: Observation, *, actor: Actor = SYSTEM) -> None:
        """Ask for something, such as a listing or a deletion, and record question and answer.

        Raises:
            NotAllowed: a guardrail refuses it, and is named.
        """
        for one in self.observe(told, actor=actor):
            if one.effect is Effect.BLOCK:
                raise NotAllowed(
                    f"{type(told).__name__}: the answer is no.",
                    why=one.reason,
                    fix="Change what is asked, or wait until the rule allows it.",
                    code="transfers.refused_by_rule",
                    rule=one.rule,
                    citation=one.citation,
                )

    def consent(
        self, parties: npt.NDArray[np.int64], consent: Consent, *, actor: Actor = SYSTEM
    ) -> None:
        """Record that customers agreed to a version of the disclosure, in these languages.

        Raises:
            InstructionError: one of them was never onboarded. NotAllowed: too many versions.
        """
        require_parties(self._desk.floor, parties)
        require_consents_fit(self._desk.floor, consent)
        self._desk.record(consented(parties, consent), actor=actor)

    def lift(
        self, rule: str, *, reason: str, actor: Actor, confirmed_by: Actor
    ) -> tuple[Consequence, ...]:
        """Lift every pause that stands under a rule; two people and a reason are needed.

        Each is lifted for its own case. A cause that still stands is known to both who lift it; the
        next case pauses again.

        Raises:
            NotAllowed: not two people of the authority, no reason, or nothing stands under the
                rule.
        """
        signed = self._desk.require_duty("firm.lifted", actor, confirmed_by)
        self.advance()
        cases = self._cases(rule, reason, pauses=True)
        self._close("firm.lifted", cases, reason, actor, signed)
        return cases

    def answer(self, rule: str, *, reason: str, actor: Actor) -> tuple[Consequence, ...]:
        """Close every escalation under a rule: a person looked at it and says what came of it.

        Raises:
            NotAllowed: not the actor's to answer, no reason, or nothing stands under the rule.
        """
        signed = self._desk.require_duty("firm.answered", actor)
        self.advance()
        cases = self._cases(rule, reason, pauses=False)
        self._close("firm.answered", cases, reason, actor, signed)
        return cases

    def file_report(self, rule: str, subject: str, *, reference: str, actor: Actor) -> None:
        """Record that a report was handed in, under the receiver's reference.

        Raises:
            NotAllowed: not the actor's to file, or no such report is owed.
        """
        signed = self._desk.require_duty("firm.report_filed", actor)
        self.advance()
        owed = [(one.rule, one.subject) for one in self._desk.floor.firm.reports]
        if (rule, subject) not in owed or not _fits(reference):
            raise NotAllowed(
                f"No report under {rule} on {subject!r} can be filed.",
                why=f"{len(owed)} reports are owed; a reference has 1 to {REASON_CHARS_MAX} "
                "printable characters.",
                fix="Look at `sandrail firm status`.",
                code="transfers.nothing_owed",
            )
        plain = {"rule": rule, "subject": subject, "reference": reference} | signed
        self._desk.record(("firm.report_filed", json_payload(plain)), actor=actor)

    def redact(self, seq: int, *, reason: str, actor: Actor) -> Fact:
        """Remove the payload of a fact, unless a rule still keeps the record.

        Raises:
            NotAllowed: the time for which it is kept has not passed.
        """
        journal, now_us = self._desk.journal, self._desk.instant()
        asked = DeletionAsked(
            at_us=now_us, record=f"fact {seq}", recorded_us=journal.fact(seq).at_us
        )
        self.require(asked, actor=actor)
        return journal.redact(seq, at_us=now_us, actor=actor.id, reason=reason)

    def status(self) -> FirmStatus:
        """Return how the firm stands; nothing is recorded."""
        now_us = self._desk.instant()
        _, _, book = draft_due(self._desk.floor.firm, now_us)
        return FirmStatus(
            now_us, book.standing, book.missing(now_us), book.reports, book.ahead(now_us)
        )

    # --- inside ---

    def _cases(self, rule: str, reason: str, *, pauses: bool) -> tuple[Consequence, ...]:
        standing = self._desk.floor.firm.standing
        cases = tuple(one for one in standing if one.rule == rule and one.effect.pauses == pauses)
        if not cases or not _fits(reason):
            what = "pause" if pauses else "escalation"
            raise NotAllowed(
                f"No {what} under {rule} was closed.",
                why=f"{len(cases)} stand; a reason has 1 to {REASON_CHARS_MAX} printable "
                "characters.",
                fix="Look at `sandrail firm status`, and say why.",
                code="transfers.nothing_stands",
            )
        return cases

    def _close(
        self,
        kind: str,
        cases: Sequence[Consequence],
        reason: str,
        actor: Actor,
        signed: dict[str, object],
    ) -> None:
        plain: dict[str, object] = {"cases": [list(one.key) for one in cases], "reason": reason}
        self._desk.record((kind, json_payload(plain | signed)), actor=actor)


def _fits(text: str) -> bool:
    return 0 < len(text.strip()) <= REASON_CHARS_MAX and text.isprintable()
