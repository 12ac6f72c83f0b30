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
from sandrail.ledger.rows import TransferRow, packed_row, rows_of_packed
from sandrail.world import Clock

__all__ = ["GroupCommitter", "LedgerBatcher", "PostedRow"]

_OUTCOMES = {int(outcome): outcome for outcome in Outcome}

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
        self._loop: asyncio.AbstractEventLoop | None = None  # while a group is under way
        self._idle: list[asyncio.Future[None]] = []
        self._thread = (
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="group-commit")
            if threaded
            else None
        )

    def submit(self, request: Request) -> asyncio.Future[Answer]:
        """Return the future durable answer to one request; to be called inside the loop.

        The future fails with ``BusyError`` when too many callers are waiting; nothing was recorded.
        """
        loop = self._loop or asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        if len(self._waiting) >= self._waiting_max:
            answer.set_exception(self._busy())
            return answer
        self._waiting.append((request, answer))
        if self._loop is None:
            self._loop = loop
            # By the time the loop comes to it, whoever else is awake has submitted too.
            loop.call_soon(self._next_group)
        return answer

    def _next_group(self) -> None:
        """Commit what waits, up to the limit of a group, and see to it that the rest follows."""
        loop, group = self._loop, self._waiting[: self._group_max]
        assert loop is not None
        del self._waiting[: self._group_max]
        requests, answers = [item[0] for item in group], [item[1] for item in group]
        delivering = _Delivering(answers)
        if self._thread is None:
            with delivering:
                delivering.tell(self._commit(requests))
            self._group_ended()
            return
        committed = loop.run_in_executor(self._thread, self._commit, requests)

        def tell(done: asyncio.Future[Sequence[Answer]]) -> None:
            with delivering:
                delivering.tell(done.result())
            self._group_ended()

        committed.add_done_callback(tell)

    def _group_ended(self) -> None:
        loop = self._loop
        assert loop is not None
        if self._waiting:
            loop.call_soon(self._next_group)
            return
        self._loop = None
        for idle in self._idle:
            idle.set_result(None)
        self._idle.clear()

    async def close(self) -> None:
        """Wait for what was submitted, then give the thread back."""
        if self._loop is not None:
            idle: asyncio.Future[None] = self._loop.create_future()
            self._idle.append(idle)
            await idle
        if self._thread is not None:
            self._thread.shutdown()

    def _busy(self) -> BusyError:
        return BusyError(
            "Too many callers are waiting for the ledger.",
            why=f"{len(self._waiting)} wait; the limit is {self._waiting_max}.",
            fix="Try again with the same id; it will not move money twice.",
        )

    async def __aenter__(self) -> GroupCommitter[Request, Answer]:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


class _Delivering(Generic[Answer]):
    """Gives every caller of a group its answer, or all of them the exception that ended it."""

    def __init__(self, callers: Sequence[asyncio.Future[Answer]]) -> None:
        self._callers = callers

    def tell(self, answers: Sequence[Answer]) -> None:
        for caller, answer in zip(self._callers, answers, strict=True):
            if not caller.done():
                caller.set_result(answer)

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is None:
            return False
        for caller in self._callers:
            if not caller.done():
                caller.set_exception(error)
        return isinstance(error, Exception)


@dataclass(frozen=True, slots=True)
class PostedRow:
    """The durable answer to one row of a group."""

    posted: Posted
    row: int

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        return _OUTCOMES[self.posted.outcomes.item(self.row)]

    @property
    def debit_after(self) -> Balance:
        """The debit account right after the row."""
        return Balance.of(self.posted.debit_after[self.row])

    @property
    def credit_after(self) -> Balance:
        """The credit account right after the row."""
        return Balance.of(self.posted.credit_after[self.row])


class LedgerBatcher(GroupCommitter[bytes, PostedRow]):
    """Posts single transfers of many callers; the transfer's id makes a retry safe."""

    def __init__(self, ledger: Ledger, *, clock: Clock) -> None:
        """Take over a ledger; nobody else may post to it meanwhile."""
        super().__init__(self._post_group)
        self._ledger = ledger
        self._clock = clock

    def post(self, row: TransferRow) -> asyncio.Future[PostedRow]:
        """Return the future durable outcome of one transfer; ``await`` it inside the loop.

        The future fails with ``BusyError`` when too many callers are waiting.

        Raises:
            RowsError: the row does not fit its columns, or is linked to a next one.
            AmountError: its id or amount is outside 128 bits.
        """
        if row.flags != RowFlag.NONE and RowFlag.LINKED & row.flags:
            raise RowsError(
                "A linked row cannot be posted alone.",
                why="Its chain would go on with the row of another caller.",
                fix="Post the whole chain as one batch with Ledger.post.",
            )
        return self.submit(packed_row(row))

    def _post_group(self, rows: Sequence[bytes]) -> list[PostedRow]:
        at_us = max(self._clock.now_us(), self._ledger.book.last_us)
        posted = self._ledger.post(rows_of_packed(rows), self._ledger.next_key("group"), at_us)
        return [PostedRow(posted, place) for place in range(len(rows))]
