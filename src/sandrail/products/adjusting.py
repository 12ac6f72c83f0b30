"""Adjusting entries on a desk's books, and the accounts that they need.

An adjusting entry says what a reconciliation found and two people agreed on. It takes the desk's
own path, as legs that no gate judges, so that one journal has one ledger.
"""

from __future__ import annotations

import numpy as np

from sandrail.controls import Kind
from sandrail.ledger import AccountFlag, ChartCode, Posted, RowColumns, RowFlag
from sandrail.products.art import MONEY, TOKEN
from sandrail.products.rows import rows_of
from sandrail.transfers import Desk
from sandrail.world import AccountNo

__all__ = ["Adjuster"]

_FLAGS = {
    ChartCode.SUSPENSE: AccountFlag.NONE,
    ChartCode.LOSSES: AccountFlag.NONE,
    ChartCode.OWN_FUNDS: AccountFlag.MUST_NOT_OVERDRAW_CREDITS,
    ChartCode.TOKENS_BY_ORDER: AccountFlag.MUST_NOT_OVERDRAW_CREDITS,
}


class Adjuster:
    """Posts adjusting entries for a ``BreakBook``; opens the firm's accounts when first needed."""

    def __init__(self, desk: Desk) -> None:
        """Post on an open desk."""
        self._desk = desk
        self._accounts: dict[ChartCode, AccountNo] = {}

    @property
    def reserve(self) -> AccountNo:
        """The account that mirrors the reserve at the bank."""
        return AccountNo(int(self._desk.floor.contra[MONEY]))

    @property
    def in_issue(self) -> AccountNo:
        """The account that mirrors the supply on the chain."""
        return AccountNo(int(self._desk.floor.contra[TOKEN]))

    def account(self, chart: ChartCode) -> AccountNo:
        """Return the firm's account of a kind: suspense, losses, own funds, tokens by order."""
        found = self._accounts.get(chart)
        if found is None:
            asset = TOKEN if chart is ChartCode.TOKENS_BY_ORDER else MONEY
            found = self._desk.open_account(asset, chart, _FLAGS[chart])
            self._accounts[chart] = found
        return found

    def post(self, rows: RowColumns, key: str, at_us: int) -> Posted:
        """Post rows as legs of the desk; the desk's clock stamps them, and it may not be behind."""
        assert at_us <= self._desk.clock.now_us()
        assert not rows.amount_hi.any()
        batch = rows_of(
            Kind.LEG,
            (rows.id_hi, rows.id_lo),
            asset=self._desk.floor.book.state.accounts["asset"][rows.debit],
            amount_minor=rows.amount_lo,
            debit=rows.debit,
            credit=rows.credit,
            linked=rows.flags & np.uint32(RowFlag.LINKED) != 0,
        )
        answers = self._desk.submit(batch, key=key)
        empty = np.zeros((0, 8), dtype=np.uint64)
        return Posted(answers.seq, answers.outcome, empty, empty, answers.repeated)
