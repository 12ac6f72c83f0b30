"""When customers asked for their money, as a fact: how long they waited can be computed again."""

from __future__ import annotations

from collections.abc import Iterator

from sandrail.journal import Draft, Fact, encode_frame, frame_of
from sandrail.products import Orders
from sandrail.world import SYSTEM, Micros

__all__ = ["KIND_ASKED", "asked_draft", "read_asked"]

KIND_ASKED = "trials.redemptions_asked"


def asked_draft(orders: Orders, now_us: int) -> Draft:
    """Return the instants at which redemptions were asked for, ahead of the gate's answer."""
    columns = {
        "id_hi": orders.id_hi.astype("<u8"),
        "id_lo": orders.id_lo.astype("<u8"),
        "asked_us": orders.asked_us.astype("<i8"),
    }
    return Draft(KIND_ASKED, Micros(now_us), SYSTEM.id, encode_frame(columns, {}))


def read_asked(fact: Fact) -> Iterator[tuple[int, int]]:
    """Yield each redemption of a fact with the instant at which it was asked for."""
    columns = frame_of(fact).columns
    lines = zip(*(columns[name].tolist() for name in ("id_hi", "id_lo", "asked_us")), strict=True)
    for high, low, asked_us in lines:
        yield high << 64 | low, asked_us
