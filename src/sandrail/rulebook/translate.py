"""Turns what pydantic reports into problems in the pack's own words."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sandrail.rulebook.errors import DEFECTS, Problem
from sandrail.rulebook.limits import PROBLEMS_SHOWN_MAX
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.raw import Tree, path_text

__all__ = ["problems_of"]

_CHOICE_DEFECTS = {"status": "bad_status", "outcome": "bad_outcome", "actions": "bad_outcome"}
_FIXES = {
    "unknown_source": "List it under [sources.<tag>] with address, title and seen.",
    "wrong_type": "See the format in docs/guides/write-a-pack.md.",
    "bad_date": "Write a date without quotes: 2026-03-01.",
    "too_large": "Shorten it.",
    "bad_choice": "Use one of the words that the format lists.",
}


def problems_of(
    error: ValidationError, *, tree: Tree, origin: Mapping[str, str], root: str = ""
) -> list[Problem]:
    """Return one problem for each thing that pydantic found, in its order."""
    details = error.errors(include_url=False)[:PROBLEMS_SHOWN_MAX]
    return [_problem(detail, tree=tree, origin=origin, root=root) for detail in details]


def _problem(detail: ErrorDetails, *, tree: Tree, origin: Mapping[str, str], root: str) -> Problem:
    path = (root, *detail["loc"]) if root else detail["loc"]
    where = path_text(path, tree=tree, origin=origin)
    last = next((step for step in reversed(path) if isinstance(step, str)), "")
    kind = detail["type"]
    if kind == "unexpected_keyword_argument":
        return Problem("unknown_key", where, f"There is no key {last!r} here.", _near(last))
    if kind == "missing":
        defect = "missing_source" if last in ("source", "sources") else "missing_key"
        return Problem(defect, where, f"The key {last!r} is missing.", f"Add {last} = ...")
    if kind == "enum":
        defect = _CHOICE_DEFECTS.get(last, "bad_choice")
        words = (detail.get("ctx") or {}).get("expected", "")
        return Problem(defect, where, f"{detail['input']!r} is not one.", f"Use {words}.")
    if kind.startswith("date_"):
        return Problem("bad_date", where, f"{detail['input']!r} is no date.", _FIXES["bad_date"])
    defect = kind.removeprefix("rulebook.")
    if defect in DEFECTS:
        return Problem(defect, where, f"It {detail['msg']}.", _FIXES.get(defect, "Correct it."))
    return Problem("wrong_type", where, f"{detail['msg']}.", _FIXES["wrong_type"])


def _near(key: str) -> str:
    near = get_close_matches(key, _known_keys(), n=1)
    return f"Did you mean {near[0]!r}?" if near else "Remove it, or see the format's list of keys."


@cache
def _known_keys() -> tuple[str, ...]:
    """Every key of the format, so that a typing error gets its correction."""
    schema = TypeAdapter(Pack).json_schema()
    definitions = [schema, *schema.get("$defs", {}).values()]
    return tuple(sorted({key for part in definitions for key in part.get("properties", {})}))
