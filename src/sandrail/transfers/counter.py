"""Many single callers, one commit: the counter in front of a desk.

Callers of one event loop hand in one instruction each; whoever arrives while a commit is on its
way to the disk goes into the next one, judged in the order of arrival. Every caller gets the answer
only when it is durable, and no limit is overshot, because a group is one batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sandrail.ledger import GroupCommitter
from sandrail.transfers.answers import Answers
from sandrail.transfers.batch_fact import RequestRows, bytes_column
from sandrail.transfers.desk import Desk
from sandrail.transfers.instructions import (
    Instruction,
    batch_of_packed,
    body_hash_of_one,
    check_single,
    packed_of,
)
from sandrail.transfers.requests import Place, key_digest
from sandrail.world import SandrailError

__all__ = ["Counter", "Reply"]


class Reply(NamedTuple):
    """The answer to one caller.

    Attributes:
        seq, row: the fact and the row that record it.
        decision: the gate's, an ``Outcome`` of controls.
        outcome: the ledger's.
        repeated: it was answered before; nothing moved now.
    """

    seq: int
    row: int
    decision: int
    outcome: int
    repeated: bool


class _Request(NamedTuple):
    name: bytes
    body: bytes
    packed: bytes
    item: Instruction


class Counter:
    """Takes single instructions from many callers; use within one event loop."""

    def __init__(self, desk: Desk) -> None:
        """Stand in front of a desk; nobody else submits to it meanwhile."""
        self._desk = desk
        self._group: GroupCommitter[_Request, Reply | SandrailError] = GroupCommitter(self._commit)

    async def submit(self, item: Instruction, *, key: str) -> Reply:
        """Return the durable answer to one instruction.

        Raises:
            InstructionError: it cannot be read. KeyConflict: its key was used for another one.
        """
        packed = packed_of(item)
        request = _Request(key_digest(key), body_hash_of_one(packed), packed, item)
        reply = await self._group.submit(request)
        if isinstance(reply, SandrailError):
            raise reply
        return reply

    async def close(self) -> None:
        """Wait until everybody has an answer."""
        await self._group.close()

    def answers(self, reply: Reply) -> Answers:
        """Return the whole answer behind a reply, with its verdict in words."""
        return self._desk.answers(Place(reply.seq, reply.row, 1), repeated=reply.repeated)

    def _commit(self, group: Sequence[_Request]) -> list[Reply | SandrailError]:
        """Answer a group: what was asked before from the record, what is new in one commit."""
        replies: list[Reply | SandrailError | None] = [None] * len(group)
        fresh: dict[bytes, int] = {}
        twins: list[int] = []
        for number, request in enumerate(group):
            try:
                place = self._desk.floor.requests.find(request.name, request.body)
                if place is not None:
                    replies[number] = self._repeat(place)
                elif request.name in fresh:
                    twins.append(number)
                else:
                    check_single(request.item, assets=len(self._desk.floor.terms.assets))
                    if request.item.wallet:
                        self._desk.floor.wallets.require_known_one(request.item)
                    fresh[request.name] = number
            except SandrailError as error:
                self._desk.refuse(error)
                replies[number] = error
        if fresh:
            self._commit_fresh(group, list(fresh.values()), replies)
        for number in twins:
            replies[number] = self._commit([group[number]])[0]
        return [reply for reply in replies if reply is not None]

    def _commit_fresh(
        self,
        group: Sequence[_Request],
        numbers: Sequence[int],
        replies: list[Reply | SandrailError | None],
    ) -> None:
        chosen = [group[number] for number in numbers]
        requests = RequestRows(
            key=bytes_column([request.name for request in chosen]),
            body=bytes_column([request.body for request in chosen]),
            rows=np.ones(len(chosen), dtype=np.int64),
        )
        seq, judged = self._desk.submit_new(batch_of_packed([r.packed for r in chosen]), requests)
        decisions, outcomes = judged.found.outcome.tolist(), judged.outcome.tolist()
        for row, number in enumerate(numbers):
            replies[number] = Reply(seq, row, decisions[row], outcomes[row], False)

    def _repeat(self, place: Place) -> Reply:
        answers = self._desk.answers(place, repeated=True)
        decision, outcome = int(answers.found.outcome[0]), int(answers.outcome[0])
        return Reply(place.seq, place.first_row, decision, outcome, True)
