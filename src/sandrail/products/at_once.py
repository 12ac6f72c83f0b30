"""Many callers in the same instant: each with an instruction of its own, all at one counter."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sandrail.controls import Kind
from sandrail.products.nouns import Step
from sandrail.transfers import Counter, Desk, Instruction, InstructionBatch, Reply
from sandrail.world import TransferId

__all__ = ["submit_at_once"]


def submit_at_once(desk: Desk, batch: InstructionBatch, *, key: str) -> Step:
    """Submit every row through a caller of its own and return what all of them were told.

    The callers stand in the order of the rows, so the same batch has the same answers.
    """
    items = [_instruction(batch, row) for row in range(batch.rows)]
    # A thread of its own, as the caller may be inside an event loop already.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="callers") as callers:
        counter, replies = callers.submit(asyncio.run, _all(desk, items, key)).result()
    answers = [counter.answers(reply) for reply in replies]
    return Step(
        decision=np.array([reply.decision for reply in replies], dtype=np.uint8),
        outcome=np.array([reply.outcome for reply in replies], dtype=np.uint8),
        rule=np.array([answer.found.rule[0] for answer in answers], dtype=np.uint8),
        program=desk.floor.program,
    )


async def _all(desk: Desk, items: Sequence[Instruction], key: str) -> tuple[Counter, list[Reply]]:
    counter = Counter(desk)
    try:
        calls = [counter.submit(item, key=f"{key}/{n}") for n, item in enumerate(items)]
        return counter, list(await asyncio.gather(*calls))
    finally:
        await counter.close()


def _instruction(batch: InstructionBatch, row: int) -> Instruction:
    return Instruction(
        id=TransferId((int(batch.id_hi[row]) << 64) | int(batch.id_lo[row])),
        kind=Kind(int(batch.kind[row])),
        asset=int(batch.asset[row]),
        amount_minor=int(batch.amount_lo[row]),
        debtor=int(batch.debtor[row]),
        creditor=int(batch.creditor[row]),
        facts=int(batch.facts[row]),
    )
