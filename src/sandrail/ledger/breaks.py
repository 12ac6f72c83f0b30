"""What becomes of a break: it clears by itself, or two people resolve it by adjusting entries.

Every step is a fact; nothing recorded is ever edited. Kinds, all JSON::

    ledger.reconciled            at_us, matched, under_way, found, cleared
    ledger.adjustment_proposed   break_id, round, rows, reason, by
    ledger.adjustment_rejected   break_id, by, reason
    ledger.adjustment_approved   break_id, batch_seq, by
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from sandrail.journal import Draft, Fact, Journal, Json, json_payload, parse_payload
from sandrail.ledger.codes import Outcome, RowFlag
from sandrail.ledger.errors import AccountError, AdjustmentError, FourEyesError
from sandrail.ledger.ledger import Posted
from sandrail.ledger.limits import ADJUSTMENT_ROWS_MAX, REASON_CHARS_MAX
from sandrail.ledger.reconcile import Break, BreakKind, Reconciliation, Source
from sandrail.ledger.rows import TransferRow, rows_of
from sandrail.ledger.state import RowColumns
from sandrail.world import Actor, derive_id, hex_id

__all__ = ["BreakBook", "BreakRecord", "BreakState", "Poster"]

RECONCILED = "ledger.reconciled"
PROPOSED = "ledger.adjustment_proposed"
REJECTED = "ledger.adjustment_rejected"
APPROVED = "ledger.adjustment_approved"
KINDS = (RECONCILED, PROPOSED, REJECTED, APPROVED)


class BreakState(StrEnum):
    """Where a break stands."""

    OPEN = "open"
    PROPOSED = "proposed"
    RESOLVED = "resolved"
    """Two people agreed on the adjusting entries; they are posted."""
    CLEARED = "cleared"
    """The other side arrived; the next reconciliation no longer found it."""


@dataclass(frozen=True, slots=True)
class BreakRecord:
    """A break and what was done about it.

    Attributes:
        found: the break as first found.
        first_seen_us: when a reconciliation first reported it.
        state: where it stands.
        round: how often an adjustment was proposed.
        rows: the adjusting entries proposed last, linked, so that all or none is posted.
        reason, proposed_by: why, and by whom.
        closed_by: who approved; empty for a break that cleared by itself.
    """

    found: Break
    first_seen_us: int
    state: BreakState
    round: int = 0
    rows: tuple[TransferRow, ...] = ()
    reason: str = ""
    proposed_by: str = ""
    closed_by: str = ""


class Poster(Protocol):
    """Posts adjusting entries: a ``Ledger``, or whatever else keeps the books of a journal."""

    def post(self, rows: RowColumns, key: str, at_us: int) -> Posted:
        """Post rows, all of a chain or none; the same key and rows are posted once."""
        ...


class BreakBook:
    """All breaks of a journal, derived from its facts."""

    def __init__(self, ledger: Poster, journal: Journal) -> None:
        """Replay what is recorded about breaks; ``ledger`` posts the adjusting entries."""
        self._ledger = ledger
        self._journal = journal
        self._records: dict[str, BreakRecord] = {}
        for fact in journal.facts(kinds=KINDS):
            self._apply(fact)

    # --- reading ---

    def record_of(self, break_id: str) -> BreakRecord:
        """Return a break and its history.

        Raises:
            AccountError: no such break.
        """
        record = self._records.get(break_id)
        if record is None:
            raise AccountError(
                f"There is no break {break_id[:32]}.",
                why=f"{len(self._records)} breaks are recorded.",
                fix="Record a reconciliation first, and take the id from there.",
                code="ledger.unknown_break",
            )
        return record

    def records(self) -> list[BreakRecord]:
        """Return every break ever found, in the order in which they were found."""
        return list(self._records.values())

    def waiting(self) -> list[BreakRecord]:
        """Return the breaks that are open or proposed, the oldest first."""
        live = [
            record
            for record in self._records.values()
            if record.state in (BreakState.OPEN, BreakState.PROPOSED)
        ]
        return sorted(live, key=lambda record: (record.found.since_us, record.found.id))

    def ageing(self, now_us: int, *, bounds_us: Sequence[int]) -> list[int]:
        """Return how many waiting breaks are younger than each bound, and last, older than all."""
        counts = [0] * (len(bounds_us) + 1)
        for record in self.waiting():
            age_us = record.found.age_us(now_us)
            counts[sum(age_us >= bound for bound in sorted(bounds_us))] += 1
        return counts

    # --- acting ---

    def record(
        self,
        reconciliation: Reconciliation,
        *,
        further: Sequence[Break] = (),
        actor: Actor,
        at_us: int,
    ) -> list[Break]:
        """Record a reconciliation; return the breaks not seen before.

        ``further`` are breaks of supply. A waiting break that is no longer found has cleared; one
        that was resolved or cleared before and is found again under its id stays as it is, unless
        it had cleared, which opens it again.
        """
        found = {item.id: item for item in (*reconciliation.breaks, *further)}
        waiting = {record.found.id for record in self.waiting()}
        cleared = sorted(waiting - set(found))
        new = [item for id_, item in found.items() if self._is_new(id_)]
        payload: dict[str, Json] = {
            "at_us": reconciliation.at_us,
            "matched": reconciliation.matched,
            "under_way": reconciliation.under_way,
            "found": [_as_json(item) for item in new],
            "cleared": list(cleared),
        }
        self._commit(RECONCILED, payload, actor, at_us)
        return new

    def propose(
        self,
        break_id: str,
        rows: Sequence[TransferRow],
        *,
        reason: str,
        actor: Actor,
        at_us: int,
    ) -> BreakRecord:
        """Propose adjusting entries for an open break; none at all means: explained, nothing to do.

        Ids of the rows are given by the ledger, so that no adjustment is posted twice.

        Raises:
            AdjustmentError: the break is not open, the reason is empty, or there are too many rows.
        """
        record = self.record_of(break_id)
        self._require_state(record, BreakState.OPEN)
        if not 0 < len(reason.strip()) <= REASON_CHARS_MAX or len(rows) > ADJUSTMENT_ROWS_MAX:
            raise AdjustmentError(
                "The adjustment cannot be proposed.",
                why=f"It needs a reason of 1 to {REASON_CHARS_MAX} characters and at most"
                f" {ADJUSTMENT_ROWS_MAX} rows; this one has {len(rows)}.",
                fix="Say what was found and why these entries correct it.",
            )
        number = record.round + 1
        linked: list[Json] = [
            {
                "id": hex_id(derive_id("adjust", break_id, number, place)),
                "debit": row.debit,
                "credit": row.credit,
                "amount": row.amount,
            }
            for place, row in enumerate(rows)
        ]
        payload: dict[str, Json] = {
            "break_id": break_id,
            "round": number,
            "rows": linked,
            "reason": reason.strip(),
            "by": actor.id,
        }
        self._commit(PROPOSED, payload, actor, at_us)
        return self.record_of(break_id)

    def reject(self, break_id: str, *, reason: str, actor: Actor, at_us: int) -> BreakRecord:
        """Turn a proposal down; the break is open again. The proposer may do this too."""
        self._require_state(self.record_of(break_id), BreakState.PROPOSED)
        payload: dict[str, Json] = {"break_id": break_id, "by": actor.id, "reason": reason}
        self._commit(REJECTED, payload, actor, at_us)
        return self.record_of(break_id)

    def approve(self, break_id: str, *, actor: Actor, at_us: int) -> Posted | None:
        """Post the proposed entries and resolve the break; return what was posted.

        Raises:
            FourEyesError: the approver is the proposer.
            AdjustmentError: nothing is proposed, or the ledger refuses an entry; the proposal then
                stands, to be rejected.
        """
        record = self.record_of(break_id)
        self._require_state(record, BreakState.PROPOSED)
        if actor.id == record.proposed_by:
            raise FourEyesError(
                f"{actor.id} proposed this adjustment and cannot approve it.",
                why="An adjusting entry needs two people.",
                fix="Let somebody else look at it.",
                break_id=break_id,
            )
        posted = None
        if record.rows:
            key = f"adjust/{break_id}/{record.round}"
            posted = self._ledger.post(rows_of(record.rows), key, at_us)
            outcomes = [Outcome(code) for code in posted.outcomes.tolist()]
            if not all(outcome.accepted for outcome in outcomes):
                raise AdjustmentError(
                    "The ledger refuses the adjusting entries.",
                    why=f"Outcomes: {', '.join(outcome.name for outcome in outcomes)}.",
                    fix="Reject the proposal and propose entries that can be posted.",
                )
        payload: dict[str, Json] = {
            "break_id": break_id,
            "batch_seq": posted.seq if posted else -1,
            "by": actor.id,
        }
        self._commit(APPROVED, payload, actor, at_us)
        return posted

    # --- inside ---

    def _is_new(self, break_id: str) -> bool:
        record = self._records.get(break_id)
        return record is None or record.state is BreakState.CLEARED

    def _require_state(self, record: BreakRecord, state: BreakState) -> None:
        if record.state is not state:
            raise AdjustmentError(
                f"The break {record.found.id} is {record.state.value}, not {state.value}.",
                why="A break is open, then proposed, then resolved; or it clears by itself.",
                fix="Look at its record first.",
            )

    def _commit(self, kind: str, payload: Mapping[str, Json], actor: Actor, at_us: int) -> None:
        draft = Draft(kind, at_us, actor.id, json_payload(payload))
        self._apply(self._journal.commit([draft])[0])

    def _apply(self, fact: Fact) -> None:
        payload: Any = parse_payload(fact)
        if fact.kind == RECONCILED:
            for item in payload["found"]:
                found = _from_json(item)
                self._records[found.id] = BreakRecord(found, payload["at_us"], BreakState.OPEN)
            for break_id in payload["cleared"]:
                self._change(break_id, state=BreakState.CLEARED)
        elif fact.kind == PROPOSED:
            self._change(
                payload["break_id"],
                state=BreakState.PROPOSED,
                round=payload["round"],
                rows=_linked(payload["rows"]),
                reason=payload["reason"],
                proposed_by=payload["by"],
            )
        elif fact.kind == REJECTED:
            self._change(payload["break_id"], state=BreakState.OPEN, rows=())
        else:
            self._change(payload["break_id"], state=BreakState.RESOLVED, closed_by=payload["by"])

    def _change(self, break_id: str, **changes: Any) -> None:
        self._records[break_id] = replace(self._records[break_id], **changes)


def _linked(rows: Sequence[Mapping[str, Any]]) -> tuple[TransferRow, ...]:
    """Return the rows as one chain: all but the last are linked to the next."""
    last = len(rows) - 1
    return tuple(
        TransferRow(
            id=int(row["id"], 16),
            debit=row["debit"],
            credit=row["credit"],
            amount=row["amount"],
            flags=RowFlag.LINKED if place < last else RowFlag.NONE,
        )
        for place, row in enumerate(rows)
    )


def _as_json(item: Break) -> dict[str, Json]:
    return {
        "id": item.id,
        "kind": item.kind.value,
        "mirror": item.mirror.value,
        "reference": item.reference,
        "asset": item.asset,
        "inside_minor": item.inside_minor,
        "outside_minor": item.outside_minor,
        "since_us": item.since_us,
        "where": list(item.where),
        "text": item.text,
    }


def _from_json(item: Mapping[str, Any]) -> Break:
    changed = {
        "kind": BreakKind(item["kind"]),
        "mirror": Source(item["mirror"]),
        "where": tuple(item["where"]),
    }
    return Break(**{**item, **changed})
