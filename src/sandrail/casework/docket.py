"""The docket: every case and every instrument, as far as the journal tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from sandrail.casework.case import Case, Finding, Instrument
from sandrail.casework.derive import advance_case, advance_instrument
from sandrail.casework.entry import Entry
from sandrail.casework.errors import UnknownError
from sandrail.casework.lifecycle import Act, State

__all__ = ["Docket"]


class Docket:
    """Cases and instruments by id. ``apply`` is the only thing that changes it."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}
        self._instruments: dict[str, Instrument] = {}
        self._last_seq = -1

    @property
    def cases(self) -> Mapping[str, Case]:
        """Every case, in the order in which they were opened."""
        return MappingProxyType(self._cases)

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """Every instrument, in the order in which they were issued."""
        return MappingProxyType(self._instruments)

    @property
    def last_seq(self) -> int:
        """The journal sequence up to which the docket is derived; -1 before the first entry."""
        return self._last_seq

    def case(self, case_id: str) -> Case:
        """Return a case.

        Raises:
            UnknownError: there is none of that id.
        """
        if case_id not in self._cases:
            raise _unknown("application", case_id, self._cases)
        return self._cases[case_id]

    def instrument(self, instrument_id: str) -> Instrument:
        """Return an instrument.

        Raises:
            UnknownError: there is none of that id.
        """
        if instrument_id not in self._instruments:
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
        self._last_seq = max(self._last_seq, entry.seq)
        return after

    def _next(self, entry: Entry) -> Case | Instrument:
        instrument = self._instruments.get(entry.subject)
        if instrument is not None or entry.act is Act.INSTRUMENT_CREATED:
            return advance_instrument(instrument, entry)
        return advance_case(self._cases.get(entry.subject), entry)

    def in_state(self, state: State) -> Iterator[Case]:
        """Yield the cases in a state, oldest first."""
        return (case for case in self._cases.values() if case.state is state)


def _unknown(what: str, wanted: str, known: Iterable[str]) -> UnknownError:
    near = get_close_matches(wanted, list(known), n=3)
    return UnknownError(
        f"There is no {what} {wanted!r}.",
        why="No entry of this journal opened one of that id.",
        fix=f"Perhaps {' or '.join(near)}." if near else "Check the id against the register.",
        code=f"casework.unknown_{what}",
    )
