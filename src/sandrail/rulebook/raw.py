"""What can be said about a pack before its types are known: no fractions, no hidden characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sandrail.rulebook.errors import Problem
from sandrail.rulebook.limits import DEPTH_MAX, ENTRIES_MAX, PROBLEMS_SHOWN_MAX, TEXT_CHARS_MAX
from sandrail.rulebook.rule import bound_from_name

__all__ = ["Tree", "path_text", "raw_problems", "with_implied_bounds"]

Tree = dict[str, Any]
_RESERVED = frozenset({"content_hash"})
_VISIBLE_CONTROLS = frozenset("\n\t\u200c\u200d")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})


def raw_problems(tree: Tree, *, origin: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong with the tree as TOML gave it, before it is read as a pack."""
    problems: list[Problem] = []
    if not isinstance(tree.get("sources"), dict):
        where = path_text(("sources",), tree=tree, origin=origin)
        fix = "Add a table [sources.<tag>] for each source, with address, title and seen."
        return [Problem("missing_source", where, "The key 'sources' is missing.", fix)]
    for key, value in tree.items():
        if key in _RESERVED:
            where = path_text((key,), tree=tree, origin=origin)
            problems.append(Problem("unknown_key", where, "It is computed.", "Leave it out."))
            continue
        for path, defect, what, fix in _walk(value, (key,)):
            where = path_text(path, tree=tree, origin=origin)
            problems.append(Problem(defect, where, what, fix))
            if len(problems) >= PROBLEMS_SHOWN_MAX:
                return problems
    return problems


def with_implied_bounds(tree: Tree) -> Tree:
    """Return the tree with each rule's bound filled in from its name, where it is left out."""
    rules = tree.get("rules")
    if not isinstance(rules, list):
        return tree
    filled = [
        {"bound": bound_from_name(str(rule.get("id", "")), unit=str(rule.get("unit", ""))), **rule}
        if isinstance(rule, dict)
        else rule
        for rule in rules
    ]
    return tree | {"rules": filled}


def path_text(path: tuple[int | str, ...], *, tree: Tree, origin: Mapping[str, str]) -> str:
    """Return where a value stands, for a reader: ``guardrails.toml: rules[3] G05.transfer_max``."""
    file = origin.get(str(path[0])) or origin.get("id") if path else None
    parts: list[str] = []
    node: object = tree
    for step in path:
        if isinstance(step, int):
            node = node[step] if isinstance(node, list) and step < len(node) else None
            name = node.get("id", node.get("rule", "")) if isinstance(node, dict) else ""
            parts[-1:] = [f"{parts[-1] if parts else ''}[{step}]{f' {name}' if name else ''}"]
        else:
            node = node.get(step) if isinstance(node, dict) else None
            parts.append(step)
    return f"{file}: {'.'.join(parts)}" if file else ".".join(parts)


Found = tuple[tuple[int | str, ...], str, str, str]


def _walk(value: object, path: tuple[int | str, ...]) -> Iterator[Found]:
    if len(path) > DEPTH_MAX:
        yield path, "too_large", f"It nests deeper than {DEPTH_MAX} levels.", "Flatten it."
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, (*path, key))
    elif isinstance(value, list):
        if len(value) > ENTRIES_MAX:
            yield path, "too_large", f"It has {len(value)} entries.", f"Keep to {ENTRIES_MAX}."
            return
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index))
    else:
        yield from _walk_leaf(value, path)


def _walk_leaf(value: object, path: tuple[int | str, ...]) -> Iterator[Found]:
    if isinstance(value, float):
        yield (
            path,
            "float",
            f"{value!r} is a binary fraction.",
            "Write decimal text in quotes; binary fractions cannot hold most decimal amounts.",
        )
    elif isinstance(value, datetime) or (
        not isinstance(value, str | int | date) and value is not None
    ):
        yield path, "bad_date", f"{value!s} is no calendar date.", "Write 2026-03-01, no time."
    elif isinstance(value, str):
        if len(value) > TEXT_CHARS_MAX:
            yield path, "too_large", f"The text has {len(value)} characters.", "Shorten it."
        hidden = None
        if not value.isprintable():
            hidden = next((char for char in value if _is_hidden(char)), None)
        if hidden is not None:
            yield (
                path,
                "unsafe_text",
                f"The text holds the invisible character U+{ord(hidden):04X}.",
                "Remove it; direction is set by the page, not inside the text.",
            )


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN_CATEGORIES and char not in _VISIBLE_CONTROLS
