"""The docket: every case and every instrument, as far as the journal tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from sandrail.casework.application import InstrumentKind
from sandrail.casework.case import Case, Finding, Instrument
from sandrail.casework.derive import advance_case, advance_instrument
from sandrail.casework.entry import Entry
from sandrail.casework.errors import BrokenCaseError, UnknownError
from sandrail.casework.lifecycle import Act
from sandrail.casework.redaction import Gap, read_entries
from sandrail.journal import Fact

__all__ = ["Docket", "docket_of"]


class Docket:
    """Cases and instruments by id. ``apply`` is the only thing that changes it."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}
        self._instruments: dict[str, Instrument] = {}
        self._withheld: dict[str, Gap] = {}
        self._gaps: list[Gap] = []

    @property
    def withheld(self) -> Mapping[str, Gap]:
        """Cases and instruments that cannot be told any more, each with the gap it is for."""
        return MappingProxyType(self._withheld)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Facts of cases whose payload is gone and that nothing stands in for."""
        return tuple(self._gaps)

    def numbered(self, act: Act, kind: InstrumentKind | None = None) -> int:
        """Return how many cases (``started``) or instruments were ever opened, gaps among them."""
        lost = len(self._withheld) + sum(gap.act is act for gap in self._gaps)
        if act is Act.STARTED:
            return len(self._cases) + lost
        return sum(it.kind is kind for it in self._instruments.values()) + lost

    @property
    def cases(self) -> Mapping[str, Case]:
        """Every case, in the order in which they were opened."""
        return MappingProxyType(self._cases)

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """Every instrument, in the order in which they were issued."""
        return MappingProxyType(self._instruments)

    def case(self, case_id: str) -> Case:
        """Return a case.

        Raises:
            UnknownError: there is none of that id.
        """
        if case_id not in self._cases:
            self._require_told(case_id)
            raise _unknown("application", case_id, self._cases)
        return self._cases[case_id]

    def instrument(self, instrument_id: str) -> Instrument:
        """Return an instrument.

        Raises:
            UnknownError: there is none of that id.
        """
        if instrument_id not in self._instruments:
            self._require_told(instrument_id)
            raise _unknown("instrument", instrument_id, self._instruments)
        return self._instruments[instrument_id]

    def finding(self, finding_id: str) -> tuple[Case, Finding]:
        """Return a finding and the case it belongs to.

        Raises:
            UnknownError: there is none of that id.
        """
        case = self._cases.get(finding_id.rpartition("/")[0])
        finding = None if case is None else case.finding(finding_id)
        if case is None or finding is None:
            known = [it.id for it in case.findings] if case else []
            raise _unknown("finding", finding_id, known)
        return case, finding

    def instruments_of(self, firm_id: str) -> Iterator[Instrument]:
        """Yield a firm's instruments, oldest first."""
        return (it for it in self._instruments.values() if it.firm_id == firm_id)

    def preview(self, entries: Iterable[Entry]) -> list[Case | Instrument]:
        """Return what the subjects would become, without changing anything.

        Raises:
            BrokenCaseError: an entry contradicts the tables.
        """
        return [self._next(entry) for entry in entries]

    def apply(self, entry: Entry) -> Case | Instrument:
        """Take a recorded entry in and return its subject as it is now.

        Raises:
            BrokenCaseError: the entry contradicts the tables.
        """
        after = self._next(entry)
        if isinstance(after, Case):
            self._cases[after.id] = after
        else:
            self._instruments[after.id] = after
        return after

    def replay(self, item: Entry | Gap) -> None:
        """Take in what a journal tells; a case that a gap makes untellable is withheld.

        Raises:
            BrokenCaseError: an entry contradicts the tables, and no gap explains it.
        """
        if isinstance(item, Gap):
            self._gaps.append(item)
        elif item.subject not in self._withheld:
            try:
                self.apply(item)
            except BrokenCaseError:
                if not self._gaps:
                    raise
                self._withheld[item.subject] = self._gaps[-1]
                self._cases.pop(item.subject, None)
                self._instruments.pop(item.subject, None)

    def _require_told(self, subject: str) -> None:
        gap = self._withheld.get(subject)
        if gap is not None:
            raise UnknownError(
                f"{subject} cannot be told any more.",
                why=f"Fact {gap.seq} of its history was redacted under: {gap.law}.",
                fix="Redact with Casebook.redact, which keeps what the case needs; "
                "for this one, restore a backup if the law allows it.",
                code="casework.case_withheld",
                seq=gap.seq,
            )

    def _next(self, entry: Entry) -> Case | Instrument:
        instrument = self._instruments.get(entry.subject)
        if instrument is not None:
            return advance_instrument(instrument, entry)
        if entry.act is Act.INSTRUMENT_CREATED:
            case = self._cases.get(str(entry.data.get("application")))
            return advance_instrument(None, entry, conflicts=case.conflicts if case else ())
        return advance_case(self._cases.get(entry.subject), entry)


def docket_of(facts: Iterable[Fact], *, before: int | None = None) -> Docket:
    """Return every case and instrument that facts tell of.

    Args:
        facts: of a whole journal; what stands in for a redacted entry comes later than the entry.
        before: leave out what happened from this fact on; nothing when None.

    Raises:
        BrokenCaseError: an entry contradicts the tables, and no gap explains it.
    """
    docket = Docket()
    for item in read_entries(facts):
        if before is None or item.seq < before:
            docket.replay(item)
    return docket


def _unknown(what: str, wanted: str, known: Iterable[str]) -> UnknownError:
    near = get_close_matches(wanted, list(known), n=3)
    return UnknownError(
        f"There is no {what} {wanted!r}.",
        why="No entry of this journal opened one of that id.",
        fix=f"Perhaps {' or '.join(near)}." if near else "Check the id against the register.",
        code=f"casework.unknown_{what}",
    )
