"""Measures limits again from what was served, in plain Python and without the gate's code.

The gate enforces a limit with a compiled kernel; this auditor adds the served amounts up once more,
the slow and obvious way. A limit that both agree on was not overshot.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np

from sandrail.trials.intents import IntentKind
from sandrail.trials.tape import TapeRows
from sandrail.world import DAY_US

__all__ = ["holding_overshoot", "transfer_overshoot", "window_overshoot"]


def window_overshoot(
    rows: TapeRows, *, limit_minor: int, window_us: int = DAY_US, parties: Sequence[int] = ()
) -> int:
    """Return the largest excess of a party's served entries within a rolling window.

    An entry counts while it is younger than the window. The party is who pays, or who receives when
    the issuer gives. Redemptions do not count.

    Args:
        rows: in the order in which they were served.
        limit_minor: the limit, included in what is allowed.
        window_us: length of the window.
        parties: only these; all when empty.
    """
    recent: dict[int, deque[tuple[int, int]]] = {}
    sums: dict[int, int] = {}
    worst = 0
    for at_us, party, amount in _served_entries(rows):
        if parties and party not in parties:
            continue
        queue = recent.setdefault(party, deque())
        total = sums.get(party, 0) + amount
        queue.append((at_us, amount))
        while at_us - queue[0][0] >= window_us:
            total -= queue.popleft()[1]
        sums[party] = total
        worst = max(worst, total - limit_minor)
    return worst


def transfer_overshoot(rows: TapeRows, *, limit_minor: int) -> int:
    """Return the largest excess of a single served entry over the limit."""
    return max((amount - limit_minor for _, _, amount in _served_entries(rows)), default=0)


def holding_overshoot(rows: TapeRows, *, limit_minor: int) -> int:
    """Return the largest excess of what an entry left a receiver with; redemptions subtract."""
    holding: dict[int, int] = {}
    worst = 0
    mask = rows.served
    columns = (rows.kind, rows.payer, rows.payee, rows.amount_minor)
    for kind, payer, payee, amount in zip(*(c[mask].tolist() for c in columns), strict=True):
        if kind == IntentKind.BUY:
            holding[payee] = holding.get(payee, 0) + amount
            worst = max(worst, holding[payee] - limit_minor)
        elif kind == IntentKind.PAY:
            holding[payer] = holding.get(payer, 0) - amount
            holding[payee] = holding.get(payee, 0) + amount
            worst = max(worst, holding[payee] - limit_minor)
        elif kind == IntentKind.REDEEM:
            holding[payer] = holding.get(payer, 0) - amount
        else:
            holding[payer] = holding.get(payer, 0) + amount
    return worst


def _served_entries(rows: TapeRows) -> Iterable[tuple[int, int, int]]:
    mask = rows.served & (rows.is_entry == 1)
    party = np.where(rows.payer >= 0, rows.payer, rows.payee)
    return zip(
        rows.at_us[mask].tolist(),
        party[mask].tolist(),
        rows.amount_minor[mask].tolist(),
        strict=True,
    )
