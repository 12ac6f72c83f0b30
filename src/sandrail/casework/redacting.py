"""The act of taking personal data out of an entry by law."""

from __future__ import annotations

from sandrail.casework.case import Case, Instrument
from sandrail.casework.desk import Desk
from sandrail.casework.entry import Grounds, Pair
from sandrail.casework.errors import ApplicationError, UnknownError
from sandrail.casework.lifecycle import Act
from sandrail.casework.limits import LAW_CHARS_MAX
from sandrail.casework.redaction import what_remains

__all__ = ["Redacting"]


class Redacting(Desk):
    """What a regulator does when a law asks that somebody be forgotten."""

    def redact(
        self, subject_id: str, seq: int, *, law: str, by: Pair, grounds: Grounds, at_us: int
    ) -> Case | Instrument:
        """Take personal data and free text out of one entry; the case goes on.

        What is left is recorded first, then the payload is removed; if the power fails in between,
        doing it again finishes it.

        Args:
            subject_id: the application or the instrument.
            seq: the fact that holds the entry.
            law: the law or order that demands it, in words that may be published.
            by: a case officer and a head.
            grounds: the reason.
            at_us: when.

        Raises:
            UnknownError: the case has no such entry.
            ApplicationError: no law is named, or the entry is redacted already.
        """
        subject = self.docket.instruments.get(subject_id) or self.docket.case(subject_id)
        entry = next((it for it in subject.history if it.seq == seq), None)
        if entry is None or entry.act is Act.REDACTED:
            raise UnknownError(
                f"{subject_id} has no entry in fact {seq} that could be redacted.",
                why=f"Its entries are in the facts {_span(subject)}.",
                fix="Take the number from the history of the case.",
                code="casework.unknown_entry",
            )
        if not 0 < len(law.strip()) <= len(law) <= LAW_CHARS_MAX or entry.redacted_under:
            raise ApplicationError(
                f"Fact {seq} of {subject_id} is not redacted.",
                why="It is redacted already, or no law is named that demands it.",
                fix=f"Name the law or order, in 1 to {LAW_CHARS_MAX} characters.",
                code="casework.bad_redaction",
            )
        if not any(_names(it.data, seq) for it in subject.history if it.act is Act.REDACTED):
            data = {"seq": seq, "law": law, "remains": what_remains(entry)}
            self._act(
                Act.REDACTED,
                subject,
                by,
                at_us=at_us,
                grounds=grounds,
                target=subject.state,
                data=data,
            )
        self._journal.redact(seq, at_us=at_us, actor=by.checker.id, reason=law)
        self._replay()
        return self.docket.instruments.get(subject_id) or self.docket.case(subject_id)


def _names(data: object, seq: int) -> bool:
    return isinstance(data, dict) and data.get("seq") == seq


def _span(subject: Case | Instrument) -> str:
    return f"{subject.history[0].seq} to {subject.history[-1].seq}"
