"""The ledger at every day's end, read from the balances that its batches recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandrail.journal import Fact, frame_of
from sandrail.ledger import Balance, ChartCode
from sandrail.transfers import KIND_BATCH

__all__ = ["LedgerDay", "ledger_days"]

ACCOUNTS_OPENED = "ledger.accounts_opened"
DAY_CLOSED = "trials.day_closed"
NOTHING = Balance(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """The ledger when a day was closed, in minor units.

    Attributes:
        liability_minor: units of the token in issue.
        waiting_minor: money of customers that backs no token.
        leaving_minor: units on hold for a redemption or a transfer.
        holdings: units posted to each holder, by party; holders of nothing are left out.
    """

    liability_minor: int
    waiting_minor: int
    leaving_minor: int
    holdings: dict[int, int]


def ledger_days(facts: Iterable[Fact]) -> list[LedgerDay]:
    """Return the ledger as of each ``trials.day_closed`` fact, in order."""
    charts: list[tuple[int, int]] = []
    balances: dict[int, Balance] = {}
    days = []
    for fact in facts:
        if fact.kind == ACCOUNTS_OPENED:
            columns = frame_of(fact).columns
            charts += zip(columns["chart"].tolist(), columns["owner"].tolist(), strict=True)
        elif fact.kind == KIND_BATCH:
            columns = frame_of(fact).columns
            if "touched.no" in columns:
                lines = columns["touched.balance"]
                for place, account in enumerate(columns["touched.no"].tolist()):
                    balances[account] = Balance.of(lines[place])
        elif fact.kind == DAY_CLOSED:
            days.append(_day(charts, balances))
    return days


def _day(charts: Sequence[tuple[int, int]], balances: dict[int, Balance]) -> LedgerDay:
    sums = {ChartCode.TOKENS_IN_ISSUE: 0, ChartCode.RESERVE_AT_BANK: 0}
    leaving = 0
    holdings: dict[int, int] = {}
    for account, balance in sorted(balances.items()):
        chart, owner = charts[account]
        if chart in (ChartCode.TOKENS_IN_ISSUE, ChartCode.RESERVE_AT_BANK):
            sums[ChartCode(chart)] += balance.net_debit
        elif chart == ChartCode.TOKEN_HOLDING:
            leaving += balance.debits_pending
            if balance.net_credit:
                holdings[owner] = holdings.get(owner, 0) + balance.net_credit
    return LedgerDay(
        liability_minor=sums[ChartCode.TOKENS_IN_ISSUE],
        waiting_minor=sums[ChartCode.RESERVE_AT_BANK],
        leaving_minor=leaving,
        holdings=holdings,
    )
