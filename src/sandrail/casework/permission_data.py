"""A permission as plain data and back, for the facts that carry one."""

from __future__ import annotations

from sandrail.casework.entry import items, number, table, texts
from sandrail.rulebook import Condition, Permission

__all__ = ["permission_from"]


def permission_from(value: object) -> Permission:
    """Read what ``Permission.as_plain`` wrote; raises ``KeyError`` or ``TypeError``."""
    data = table(value)
    return Permission(
        id=str(data["id"]),
        firm_id=str(data["firm_id"]),
        instrument=str(data["instrument"]),
        pack_id=str(data["pack_id"]),
        pack_hash=str(data["pack_hash"]),
        products=texts(data["products"]),
        stage=str(data["stage"]),
        valid_from_us=number(data["valid_from_us"]),
        valid_to_us=number(data["valid_to_us"]),
        conditions=tuple(_condition(row) for row in items(data["conditions"])),
    )


def _condition(value: object) -> Condition:
    data = table(value)
    raw = data["value"]
    if not isinstance(raw, bool | int | str | list):
        raise TypeError(f"a condition cannot have a {type(raw).__name__}")
    return Condition(
        rule_id=str(data["rule_id"]),
        value=texts(raw) if isinstance(raw, list) else raw,
        unit=str(data["unit"]),
        citation=str(data["citation"]),
    )
