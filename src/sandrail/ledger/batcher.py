"""Many callers, one commit: single requests that arrive together are recorded together.

One caller pays one flush of the disk a request; a thousand callers pay one between them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, TypeVar

from sandrail.ledger.book import Balance
from sandrail.ledger.codes import Outcome, RowFlag
from sandrail.ledger.errors import BusyError, RowsError
from sandrail.ledger.ledger import Ledger, Posted
from sandrail.ledger.limits import CALLERS_WAITING_MAX, GROUP_REQUESTS_MAX
from sandrail.ledger.rows import TransferRow, rows_of
from sandrail.world import Clock

__all__ = ["GroupCommitter", "LedgerBatcher", "PostedRow"]

WIDE = range(2**128)
SIGNED = range(-(2**63), 2**63)

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class GroupCommitter(Generic[Request, Answer]):
    """Gathers requests of one event loop and hands them, in order of arrival, to one commit.

    ``commit`` returns one answer per request and never runs twice at a time. When it raises,
    everybody in that group gets the exception: check a request before ``submit`` for what is wrong
    with it alone.

    By default the commit runs in the loop itself: nothing else happens in the loop for the
    millisecond that the disk takes, and a group costs no change of thread, which on a busy machine
    takes longer than the disk. With ``threaded`` it runs in a thread of its own, and what arrives
    meanwhile goes into the next group.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Request]], Sequence[Answer]],
        *,
        group_max: int = GROUP_REQUESTS_MAX,
        waiting_max: int = CALLERS_WAITING_MAX,
        threaded: bool = False,
    ) -> None:
        """Take the function that makes requests durable."""
        self._commit = commit
        self._group_max = group_max
        self._waiting_max = waiting_max
        self._waiting: list[tuple[Request, asyncio.Future[Answer]]] = []
        self._draining: asyncio.Task[None] | None = None
        self._thread = (
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="group-commit")
            if threaded
            else None
        )

    async def submit(self, request: Request) -> Answer:
        """Return the durable answer to one request.

        Raises:
            BusyError: too many callers are waiting; nothing was recorded.
        """
        if len(self._waiting) >= self._waiting_max:
            raise BusyError(
                "Too many callers are waiting for the ledger.",
                why=f"{len(self._waiting)} wait; the limit is {self._waiting_max}.",
                fix="Try again with the same id; it will not move money twice.",
            )
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        while self._waiting:
            group = self._waiting[: self._group_max]
            del self._waiting[: self._group_max]
            work = asyncio.ensure_future(self._answer([item[0] for item in group]))
            await asyncio.wait([work])
            error = work.exception()
            if error is not None:
                for _, future in group:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), answer in zip(group, work.result(), strict=True):
                if not future.done():
                    future.set_result(answer)
        self._draining = None

    async def _answer(self, requests: Sequence[Request]) -> Sequence[Answer]:
        if self._thread is None:
            return self._commit(requests)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._commit, requests)

    async def close(self) -> None:
        """Wait for what was submitted, then give the thread back."""
        if self._draining is not None:
            await self._draining
        if self._thread is not None:
            self._thread.shutdown()

    async def __aenter__(self) -> GroupCommitter[Request, Answer]:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


@dataclass(frozen=True, slots=True)
class PostedRow:
    """The durable answer to one row of a group."""

    posted: Posted
    row: int

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        return Outcome(int(self.posted.outcomes[self.row]))

    @property
    def debit_after(self) -> Balance:
        """The debit account right after the row."""
        return Balance.of(self.posted.debit_after[self.row])

    @property
    def credit_after(self) -> Balance:
        """The credit account right after the row."""
        return Balance.of(self.posted.credit_after[self.row])


class LedgerBatcher(GroupCommitter[TransferRow, PostedRow]):
    """Posts single transfers of many callers; the transfer's id makes a retry safe."""

    def __init__(self, ledger: Ledger, *, clock: Clock) -> None:
        """Take over a ledger; nobody else may post to it meanwhile."""
        super().__init__(self._post_group)
        self._ledger = ledger
        self._clock = clock

    async def post(self, row: TransferRow) -> PostedRow:
        """Return the durable outcome of one transfer.

        Raises:
            RowsError: the row does not fit its columns, or is linked to a next one.
            BusyError: too many callers are waiting.
        """
        _require_alone(row)
        return await self.submit(row)

    def _post_group(self, rows: Sequence[TransferRow]) -> list[PostedRow]:
        at_us = max(self._clock.now_us(), self._ledger.book.last_us)
        posted = self._ledger.post(rows_of(rows), self._ledger.next_key("group"), at_us)
        return [PostedRow(posted, place) for place in range(len(rows))]


def _fits(row: TransferRow) -> tuple[bool, ...]:
    """Say of each number of a row whether it fits its column; cheaper than making the columns."""
    return (
        row.id in WIDE,
        row.amount in WIDE,
        row.pending_id in WIDE,
        row.debit in SIGNED,
        row.credit in SIGNED,
        row.timeout_us in SIGNED,
        0 <= row.flags < 2**32,
    )


def _require_alone(row: TransferRow) -> None:
    """Refuse, before it joins others, a row that would spoil the whole group."""
    if not all(_fits(row)):
        rows_of([row])
    if row.flags & RowFlag.LINKED:
        raise RowsError(
            "A linked row cannot be posted alone.",
            why="Its chain would go on with the row of another caller.",
            fix="Post the whole chain as one batch with Ledger.post.",
        )
