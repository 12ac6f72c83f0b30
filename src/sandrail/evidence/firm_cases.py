"""What concerned the whole firm: pauses, escalations and reports owed, each with its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from sandrail.controls import Consequence, Effect
from sandrail.journal import Fact, parse_payload

__all__ = ["FirmCase", "firm_cases"]

BEGIN = ("firm.paused", "firm.escalated", "firm.report_due")
CLOSED = ("firm.lifted", "firm.answered")
FILED = "firm.report_filed"


@dataclass(frozen=True, slots=True)
class FirmCase:
    """A pause, an escalation or a report that was owed.

    Attributes:
        told: what followed, under which rule, since when; seq: the fact.
        ended_us: when people ended it, -1 while it stands; ended_seq: the fact, or -1.
        by: who ended it; confirmed_by: the second person of a pause, else empty.
        because: their reason, or the reference of a report.
    """

    told: Consequence
    seq: int
    ended_us: int = -1
    ended_seq: int = -1
    by: str = ""
    confirmed_by: str = ""
    because: str = ""

    @property
    def late(self) -> bool:
        """Whether a report was handed in after its clock, as far as it was handed in."""
        return 0 < self.told.due_us <= self.ended_us


def firm_cases(facts: Iterable[Fact]) -> tuple[FirmCase, ...]:
    """Return every case that concerned the whole firm, in the order in which they began."""
    cases: list[FirmCase] = []
    for fact in facts:
        if fact.kind not in (*BEGIN, *CLOSED, FILED):
            continue
        plain = cast("dict[str, Any]", parse_payload(fact))
        if fact.kind in BEGIN:
            cases.append(FirmCase(Consequence.from_plain(plain), fact.seq))
            continue
        keys = (
            [(Effect.REPORT.value, plain["rule"], plain["subject"])]
            if fact.kind == FILED
            else [tuple(key) for key in plain["cases"]]
        )
        for place, case in enumerate(cases):
            if case.ended_seq < 0 and case.told.key in keys:
                cases[place] = replace(
                    case,
                    ended_us=fact.at_us,
                    ended_seq=fact.seq,
                    by=fact.actor,
                    confirmed_by=str(plain.get("confirmed_by", "")),
                    because=str(plain.get("reason", plain.get("reference", ""))),
                )
    return tuple(cases)
