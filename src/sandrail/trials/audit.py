"""Measures limits again from what was served, in plain Python and without the gate's code.

The gate enforces a limit with a compiled kernel; this auditor adds the served amounts up once more,
the slow and obvious way. A limit that both agree on was not overshot.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np

from sandrail.trials.intents import IntentKind
from sandrail.trials.limit_line import LimitLine
from sandrail.trials.tape import TapeRows
from sandrail.world import DAY_US

__all__ = ["holding_overshoot", "transfer_overshoot", "window_overshoot"]


def window_overshoot(
    rows: TapeRows,
    *,
    limit_minor: int | LimitLine,
    window_us: int = DAY_US,
    parties: Sequence[int] = (),
) -> int:
    """Return the largest excess of a party's served entries within a rolling window.

    An entry counts while it is younger than the window. The party is who pays, or who receives when
    the issuer gives. Redemptions do not count.

    Args:
        rows: in the order in which they were served.
        limit_minor: the limit, included in what is allowed; a line where it changed.
        window_us: length of the window.
        parties: only these; all when empty.
    """
    line = _line(limit_minor)
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
        worst = max(worst, total - line.at(at_us))
    return worst


def transfer_overshoot(rows: TapeRows, *, limit_minor: int | LimitLine) -> int:
    """Return the largest excess of a single served entry over the limit."""
    line = _line(limit_minor)
    served = _served_entries(rows)
    return max((amount - line.at(at_us) for at_us, _, amount in served), default=0)


def holding_overshoot(rows: TapeRows, *, limit_minor: int | LimitLine) -> int:
    """Return the largest excess of what an entry left a receiver with; redemptions subtract."""
    line = _line(limit_minor)
    holding: dict[int, int] = {}
    worst = 0
    mask = rows.served
    columns = (rows.kind, rows.payer, rows.payee, rows.amount_minor, rows.at_us)
    for kind, payer, payee, amount, at in zip(*(c[mask].tolist() for c in columns), strict=True):
        if kind == IntentKind.BUY:
            holding[payee] = holding.get(payee, 0) + amount
            worst = max(worst, holding[payee] - line.at(at))
        elif kind == IntentKind.PAY:
            holding[payer] = holding.get(payer, 0) - amount
            holding[payee] = holding.get(payee, 0) + amount
            worst = max(worst, holding[payee] - line.at(at))
        elif kind == IntentKind.REDEEM:
            holding[payer] = holding.get(payer, 0) - amount
        else:
            holding[payer] = holding.get(payer, 0) + amount
    return worst


def _line(limit: int | LimitLine) -> LimitLine:
    return limit if isinstance(limit, LimitLine) else LimitLine.flat(limit)


def _served_entries(rows: TapeRows) -> Iterable[tuple[int, int, int]]:
    mask = rows.served & (rows.is_entry == 1)
    party = np.where(rows.payer >= 0, rows.payer, rows.payee)
    return zip(
        rows.at_us[mask].tolist(),
        party[mask].tolist(),
        rows.amount_minor[mask].tolist(),
        strict=True,
    )
