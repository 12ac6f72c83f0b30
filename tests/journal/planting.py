"""Planting a fault: one function of the product with one passage of its source replaced."""

from __future__ import annotations

import inspect
import textwrap
from types import FunctionType
from typing import Any

import pytest

__all__ = ["plant"]


def plant(patch: pytest.MonkeyPatch, owner: Any, name: str, *, old: str, new: str) -> None:
    """Replace ``old``, which must occur exactly once, by ``new`` in the function ``owner.name``.

    ``owner`` is a module or a class; where other modules imported the function by its name, each of
    them is an owner of its own.
    """
    raw = inspect.getattr_static(owner, name)
    function = raw.__func__ if isinstance(raw, classmethod | staticmethod) else raw
    function = inspect.unwrap(function)
    assert isinstance(function, FunctionType)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1, f"{name} holds {old!r} {source.count(old)} times"
    lines = source.replace(old, new).splitlines()
    while lines[0].startswith("@"):
        del lines[0]
    scope: dict[str, Any] = {}
    text = "from __future__ import annotations\n" + "\n".join(lines)
    exec(compile(text, f"<planted in {name}>", "exec"), function.__globals__, scope)
    made = scope[name]
    for kind in (classmethod, staticmethod):
        if isinstance(raw, kind):
            made = kind(made)
    patch.setattr(owner, name, made)
