"""Tells the desk what concerns the firm as a whole, day by day; what follows is the gate's answer.

Breaks between the books, attestations, counts of the supply, redemptions asked and paid: each is an
observation with its instant. Pauses, escalations and reports follow from the pack, by the clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.controls import (
    AttestationMade,
    BreakClosed,
    BreakOpened,
    RedemptionsAsked,
    RedemptionsPaid,
    SupplyCounted,
)
from sandrail.ledger import BreakRecord, BreakState
from sandrail.products import Books, Orders
from sandrail.transfers import Desk, FirmDesk
from sandrail.trials.officers import Officers
from sandrail.world import hex_id

__all__ = ["FirmWatch"]

ATTESTED_EVERY_DAYS = 25
AUDITOR = "Independent accountant of the trial (simulated)"
MATCHING, RECONCILIATION, ATTESTATION = "G14", "G30", "G16"


class FirmWatch:
    """Feeds one firm's desk with observations, and lifts a pause once its cause is settled."""

    def __init__(self, desk: Desk, officers: Officers) -> None:
        """Watch the firm of an open desk."""
        self._desk = desk
        self._firm = FirmDesk(desk)
        self._officers = officers
        self._open: dict[str, None] = {}
        self._attested_day = 0
        self._paid: list[str] = []

    def attest(self, day: int, *, late_until_day: int, evidence: str) -> None:
        """Let the accountant attest the reserve when it is due, unless that is late."""
        due = not self._attested_day or day >= self._attested_day + ATTESTED_EVERY_DAYS
        if due and day >= late_until_day:
            self._attested_day = day
            made = AttestationMade(at_us=self._now_us(), by=AUDITOR, evidence=evidence)
            self._firm.observe(made, actor=self._officers.controller)
            self._lift(ATTESTATION, "The attestation is in.")

    def asked(self, orders: Orders, accepted: Sequence[int]) -> None:
        """Tell of redemptions that were put on hold to be paid."""
        if accepted:
            refs = tuple(hex_id(orders.id_at(row)) for row in accepted)
            self._firm.observe(RedemptionsAsked(at_us=self._now_us(), refs=refs))

    def ended(self, numbers: Sequence[int]) -> None:
        """Remember redemptions that were paid or given back, to be told at the next step."""
        self._paid += [hex_id(number) for number in numbers]

    def tell_ended(self) -> None:
        """Tell of redemptions that ended since the last time, in one observation."""
        if self._paid:
            refs, self._paid = tuple(self._paid), []
            self._firm.observe(RedemptionsPaid(at_us=self._now_us(), refs=refs))

    def close(self, books: Books, waiting: Sequence[BreakRecord], asset: str) -> None:
        """Tell how the day ended: the supply on both sides, and breaks that came and went."""
        now_us = self._now_us()
        counted = SupplyCounted(
            at_us=now_us,
            asset=asset,
            outside_units=books.supply_minor,
            recorded_units=books.liability_minor,
        )
        self._firm.observe(counted)
        for record in waiting:
            if record.found.id not in self._open:
                self._open[record.found.id] = None
                found = record.found
                minor = abs((found.inside_minor or 0) - (found.outside_minor or 0))
                between = f"ledger and {found.mirror.value}"
                opened = BreakOpened(at_us=now_us, case=found.id, between=between, minor=minor)
                self._firm.observe(opened)
        self.settled(waiting)
        self._firm.look()

    def settled(self, waiting: Sequence[BreakRecord]) -> None:
        """Tell of breaks that no longer wait; when none does, two people let the firm go on."""
        still = [record.found.id for record in waiting if record.state is not BreakState.RESOLVED]
        gone = [case for case in self._open if case not in still]
        for case in gone:
            del self._open[case]
            closed = BreakClosed(at_us=self._now_us(), case=case, because="resolved or cleared")
            self._firm.observe(closed)
        if gone and not self._open:
            self._lift(RECONCILIATION, "Every break between the books has ended.")
            self._lift(MATCHING, "The supply on chain is the one on the books.")

    def _lift(self, guardrail: str, reason: str) -> None:
        """Lift what stands under a guardrail: the supervisor asks, the head agrees."""
        standing = self._firm.status().standing
        rules = dict.fromkeys(
            one.rule
            for one in standing
            if one.rule.startswith(guardrail + ".") and one.effect.pauses
        )
        for rule in rules:
            self._firm.lift(
                rule,
                reason=reason,
                actor=self._officers.watch,
                confirmed_by=self._officers.head,
            )

    def _now_us(self) -> int:
        return self._desk.clock.now_us()
