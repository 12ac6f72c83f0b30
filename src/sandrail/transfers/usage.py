"""What customers paid each other in the running quarter, counted batch by batch."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from sandrail.controls import MOVES_BETWEEN_CUSTOMERS, GateRows, Usage
from sandrail.ledger import ACCEPTED_MAX
from sandrail.rulebook import Pack, add_months
from sandrail.world import date_of

__all__ = ["usage_after"]

_MONTHS = 3


def usage_after(
    before: Usage | None,
    asked: GateRows,
    outcome: npt.NDArray[np.uint8],
    now_us: int,
    *,
    pack: Pack,
) -> Usage:
    """Return the quarter's use with a batch in it; a new quarter begins at nothing.

    Counted are transfers and remittances that the ledger took, as a posting or as a hold.
    """
    day = date_of(now_us, utc_offset_minutes=pack.utc_offset_minutes)
    first = date(day.year, day.month - (day.month - 1) % _MONTHS, 1)
    quarter = f"{first.year}-Q{first.month // _MONTHS + 1}"
    days = (add_months(first, months=_MONTHS) - first).days
    paid = ((np.uint32(1) << asked.kind.astype(np.uint32)) & MOVES_BETWEEN_CUSTOMERS) != 0
    paid &= (outcome > 0) & (outcome <= ACCEPTED_MAX)
    same = before is not None and before.quarter == quarter
    return Usage(
        quarter=quarter,
        days=days,
        count=int(paid.sum()) + (before.count if before is not None and same else 0),
        value_minor=sum(asked.value[paid].tolist())
        + (before.value_minor if before is not None and same else 0),
        at_us=now_us,
    )
