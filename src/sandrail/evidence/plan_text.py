"""A plan as the journal holds it, written as the TOML file that a stranger can read and run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sandrail.trials import METRICS

__all__ = ["plan_toml"]

_HEAD = (("id", "id"), ("title", "title"), ("firm", "firm_id"), ("pack", "pack_id"))


def plan_toml(plan: Mapping[str, Any]) -> bytes:
    """Return the file whose terms are those of ``TestPlan.as_data``, signatures included."""
    return ("\n".join(_lines(plan)) + "\n").encode()


def _lines(plan: Mapping[str, Any]) -> Iterator[str]:
    yield "# The test plan, as it stands in the journal."
    yield from _section("[plan]", {name: plan[key] for name, key in _HEAD})
    yield f"start = {date.fromisoformat(plan['start']).isoformat()}"
    yield f"days = {_value(plan['days'])}"
    yield from _section("[token]", {"code": plan["token_code"], "scale": plan["token_scale"]})
    for item in plan["hypotheses"]:
        yield from _section("[[hypotheses]]", item | {"unit": METRICS[item["metric"]].unit.value})
    for item in plan["stages"]:
        yield from _section("[[stages]]", {k: v for k, v in item.items() if k != "limits"})
        for limit in item["limits"]:
            yield from _section("[[stages.limits]]", limit)
    for name in ("limits", "scenarios", "adversaries"):
        for item in plan[name]:
            yield from _section(f"[[{name}]]", item)
    yield from _section("[population.classes]", dict(plan["population"]["classes"]))
    yield from _section("[exit]", plan["exit"])
    for item in plan["signatures"]:
        signed = dict(item)
        day = date.fromisoformat(signed.pop("signed_on"))
        yield from _section("[[signatures]]", signed)
        yield f"signed_on = {day.isoformat()}"


def _section(header: str, values: Mapping[str, object]) -> Iterator[str]:
    yield ""
    yield header
    for key, value in values.items():
        yield f"{key} = {_value(value)}"


def _value(value: object) -> str:
    """Return a text, a whole number or a list of texts as TOML; JSON's escapes are TOML's too."""
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
