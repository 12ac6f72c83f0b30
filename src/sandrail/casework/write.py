"""Writes an application back as a file, and says where two versions of one differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from sandrail.casework.application import Application

__all__ = ["application_text", "diff_applications"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def application_text(application: Application) -> str:
    """Return the application as TOML that ``parse_application`` reads back as the same."""
    return "".join(_table("", application.as_data())).lstrip("\n")


def diff_applications(before: Application, after: Application) -> tuple[tuple[str, str, str], ...]:
    """Return every field that differs, with its text in both; empty where there is none."""
    old, new = dict(_leaves("", before.as_data())), dict(_leaves("", after.as_data()))
    paths = dict.fromkeys((*old, *new))
    return tuple(
        (path, old.get(path, ""), new.get(path, ""))
        for path in paths
        if old.get(path) != new.get(path)
    )


def _table(path: str, data: Mapping[str, object]) -> Iterator[str]:
    """Yield a table: plain values first, since TOML counts whatever follows a header to it."""
    for key, value in data.items():
        if not isinstance(value, dict) and not _is_rows(value):
            yield f"{_key(key)} = {_value(value)}\n"
    for key, value in data.items():
        inner = f"{path}.{_key(key)}" if path else _key(key)
        if isinstance(value, dict):
            yield f"\n[{inner}]\n"
            yield from _table(inner, value)
        elif isinstance(value, list) and _is_rows(value):
            for row in value:
                yield f"\n[[{inner}]]\n"
                yield from _table(inner, row)


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(it, dict) for it in value)


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(it) for it in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key)


def _leaves(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}" if path else key, inner)
    elif isinstance(value, list) and _is_rows(value):
        for place, inner in enumerate(value):
            yield from _leaves(f"{path}.{place}", inner)
    else:
        yield path, value if isinstance(value, str) else _value(value)
