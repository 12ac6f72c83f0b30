"""Gate and ledger together in plain Python: the truth about whole batches and linked chains.

Differently from the kernel on purpose: a chain is tried on copies of everything, and what is held
together is remembered as a list of ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sandrail.controls import (
    CANNOT_WAIT,
    GATED,
    NO_RULE,
    TORN_CHAIN,
    WITH_ITS_CHAIN,
    Findings,
    GateRows,
    Kind,
    Outcome,
)
from sandrail.controls.reference import ReferenceGate, ReferenceRow
from sandrail.ledger import GateDecision, RowColumns, RowFlag, TransferRow
from sandrail.ledger import Outcome as Posting
from sandrail.ledger.reference import ReferenceBook

FINISHING = (Kind.SETTLE, Kind.RELEASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What gate and ledger say about one row."""

    decision: int
    rule: int
    breached: int
    excess: int
    outcome: Posting = Posting.NOT_RUN


@dataclass(frozen=True, slots=True)
class Asked:
    """One row, as ledger and gate read it, and what the stateless controls said."""

    row: TransferRow
    kind: Kind
    asset: int
    party: int
    value: int
    facts: int
    stateless: Answer


def asked_of(rows: RowColumns, asked: GateRows, found: Findings) -> list[Asked]:
    """Return columns as rows."""
    result = []
    for line in zip(*rows, *asked, *found, strict=True):
        n = [int(item) for item in line]
        row = TransferRow(
            id=n[0] << 64 | n[1], debit=n[2], credit=n[3], amount=n[4] << 64 | n[5],
            flags=RowFlag(n[6]), pending_id=n[7] << 64 | n[8], timeout_us=n[9],
        )  # fmt: skip
        party = n[13] if n[13] >= 0 else n[14]
        stateless = Answer(*n[17:21])
        result.append(Asked(row, Kind(n[11]), n[12], party, n[15], n[16], stateless))
    return result


@dataclass
class ReferenceDesk(ReferenceBook):
    """A book whose rows pass a gate."""

    gate: ReferenceGate = field(kw_only=True)
    contra: Sequence[int] = field(kw_only=True)
    event_of: dict[int, int] = field(default_factory=dict)
    held_with: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def judge(self, batch: Sequence[Asked], now_us: int) -> list[Answer]:
        """Expire what is due, then judge and post chain by chain."""
        for id_ in self.expire(now_us):
            if id_ in self.event_of:
                self.gate.release(self.event_of[id_])
        answers: list[Answer] = []
        chain: list[Asked] = []
        for item in batch:
            chain.append(item)
            if not item.row.flags & RowFlag.LINKED:
                answers += self._chain(chain, now_us)
                chain = []
        if chain:
            known = all(item.row.id in self.transfers for item in chain)
            last = Posting.LINKED_FAILED if known else Posting.CHAIN_OPEN
            reasons = [Posting.LINKED_FAILED] * (len(chain) - 1) + [last]
            answers += [self._turn_away(i, r, now_us) for i, r in zip(chain, reasons, strict=True)]
        return answers

    def _chain(self, chain: list[Asked], now_us: int) -> list[Answer]:
        known = [item.row.id in self.transfers for item in chain]
        if len(chain) > 1 and any(known):
            return [self._turn_away(item, Posting.LINKED_FAILED, now_us) for item in chain]
        before = self._saved()
        answers = self._try(chain, now_us, waits=False)
        waits = answers[-1].decision == Outcome.HOLD and answers[-1].outcome.accepted
        if len(chain) > 1 and waits:
            self._restore(before)
            before = self._saved()
            answers = self._try(chain, now_us, waits=True)
            if answers[-1].outcome.accepted:
                ids = tuple(item.row.id for item in chain)
                self.held_with.update(dict.fromkeys(ids, ids))
        if answers[-1].outcome.accepted:
            self._finish(chain)
            return answers
        if len(chain) > 1:
            self._restore(before)
            return self._failed(chain, answers, now_us)
        return answers

    def _try(self, chain: list[Asked], now_us: int, *, waits: bool) -> list[Answer]:
        """Post rows until one is refused or, unless all of it waits already, one must wait."""
        answers: list[Answer] = []
        for place, item in enumerate(chain):
            if item.row.id in self.transfers:
                answers.append(self._again(item))
            else:
                answer = self._decide(chain, place, now_us, waits=waits)
                outcome = self._post_row(_decided(item, answer), now_us)
                answers.append(replace(answer, outcome=outcome))
            if not answers[-1].outcome.accepted:
                break
            if len(chain) > 1 and answers[-1].decision == Outcome.HOLD and not waits:
                break
            if GATED >> item.kind & 1:
                final = answers[-1].outcome is Posting.POSTED
                self.event_of[item.row.id] = self.gate.commit(_gated(item), now_us, final=final)
        return answers

    def _decide(self, chain: list[Asked], place: int, now_us: int, *, waits: bool) -> Answer:
        item = chain[place]
        found = item.stateless
        if GATED >> item.kind & 1:
            row = _gated(item, self._held(item), self._supply(item))
            outcome, rule, breached, excess = self.gate.check(row, now_us)
            stricter = outcome > found.decision
            found = Answer(
                int(outcome) if stricter else found.decision,
                rule if stricter else found.rule,
                breached | found.breached,
                found.excess or excess,
            )
        if found.decision >= Outcome.BLOCK:
            return found
        if item.kind in FINISHING and waits:
            return replace(found, decision=int(Outcome.BLOCK), rule=CANNOT_WAIT)
        if item.kind in FINISHING and self._tears(chain, place):
            return replace(found, decision=int(Outcome.BLOCK), rule=TORN_CHAIN)
        if waits and item.kind not in FINISHING and found.decision < Outcome.HOLD:
            return replace(found, decision=int(Outcome.HOLD), rule=WITH_ITS_CHAIN)
        return found

    def _tears(self, chain: list[Asked], place: int) -> bool:
        """Whether a row finishes a part of what was held together."""
        item = chain[place]
        pending = self.transfers.get(item.row.pending_id)
        together = self.held_with.get(item.row.pending_id)
        if pending is None or pending.state.name != "OPEN" or together is None:
            return False
        wanted = dict(enumerate(together, start=place - together.index(item.row.pending_id)))
        beside = [n for n in (place - 1, place + 1) if n in wanted]
        if not beside:
            return False
        alike = all(
            0 <= n < len(chain)
            and chain[n].kind is item.kind
            and chain[n].row.pending_id == wanted[n]
            for n in beside
        )
        return not alike or item.row.amount not in (0, pending.row.amount)

    def _failed(self, chain: list[Asked], answers: list[Answer], now_us: int) -> list[Answer]:
        """Use the ids of a failed chain up; the culprit keeps its own answer."""
        culprit = len(answers) - 1
        result = []
        for place, item in enumerate(chain):
            answer = answers[place] if place <= culprit else item.stateless
            reason = answer.outcome if place == culprit else Posting.LINKED_FAILED
            if item.row.id in self.transfers:
                result.append(self._again(item))
            else:
                outcome = self._refuse(_decided(item, answer), now_us, reason)
                result.append(replace(answer, outcome=outcome))
        return result

    def _turn_away(self, item: Asked, reason: Posting, now_us: int) -> Answer:
        if item.row.id in self.transfers:
            return self._again(item)
        outcome = self._refuse(_decided(item, item.stateless), now_us, reason)
        return replace(item.stateless, outcome=outcome)

    def _again(self, item: Asked) -> Answer:
        decision = int(self.transfers[item.row.id].row.decision)
        return Answer(decision, NO_RULE, 0, 0, self._known(item.row))

    def _finish(self, chain: list[Asked]) -> None:
        for item in chain:
            event = self.event_of.get(item.row.pending_id)
            if item.kind is Kind.SETTLE and event is not None:
                self.gate.settle(event)
            elif item.kind is Kind.RELEASE and event is not None:
                self.gate.release(event)

    def _held(self, item: Asked) -> int:
        if not 0 <= item.row.credit < len(self.accounts):
            return item.row.amount
        found = self.accounts[item.row.credit]
        held = found.credits_pending + found.credits_posted - found.debits_posted
        return max(held, 0) + item.row.amount

    def _supply(self, item: Asked) -> int:
        found = self.accounts[self.contra[item.asset]]
        issued = found.debits_pending + found.debits_posted - found.credits_posted
        return max(issued, 0) + (item.row.amount if item.kind is Kind.ISSUE else 0)

    def _saved(self) -> tuple[object, ...]:
        gate = (list(self.gate.events), self.gate.client_funds)
        return (
            list(self.accounts), dict(self.transfers), list(self.waiting), gate, dict(self.event_of)
        )  # fmt: skip

    def _restore(self, saved: tuple[object, ...]) -> None:
        self.accounts, self.transfers, self.waiting, gate, self.event_of = saved  # type: ignore[assignment]
        self.gate.events, self.gate.client_funds = gate  # type: ignore[misc]


def _decided(item: Asked, answer: Answer) -> TransferRow:
    return replace(item.row, decision=GateDecision(answer.decision))


def _gated(item: Asked, holding: int = 0, supply: int = 0) -> ReferenceRow:
    return ReferenceRow(item.kind, item.asset, item.party, item.value, item.facts, holding, supply)
