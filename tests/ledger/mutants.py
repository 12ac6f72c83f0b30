"""Copies of the ledger with one fault planted in each, interpreted instead of compiled.

A copy is made of the ledger's own source: its modules are read, one line is changed, and they run
as ordinary Python under another package name. That takes milliseconds where compiling takes half a
minute, and runs the very lines that the compiler sees.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

import sandrail.ledger
from sandrail import money

SOURCE = Path(sandrail.ledger.__file__).parent
MODULES = (
    "state",
    "ints",
    "rows",
    "id_index",
    "legs",
    "timeouts",
    "kernel",
    "rewind",
    "book",
    "snapshot",
    "facts",
    "history",
    "ledger",
    "batcher",
    "check",
    "reconcile",
    "breaks",
)
"""In an order in which each imports only from those before it."""

PACKAGE = "mutant_ledger"


def _interpreted(name: str) -> Callable[..., Any]:
    function = getattr(money, name)
    plain: Callable[..., Any] = function.py_func
    return plain


def _same(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


@contextmanager
def faulty_ledger(module: str, old: str, new: str) -> Iterator[types.ModuleType]:
    """Provide a package like ``sandrail.ledger`` in which ``old`` reads ``new`` in one module.

    The text must occur exactly once, so that a fault cannot silently miss its place.
    """
    jit = types.ModuleType(f"{PACKAGE}_jit")
    jit.__dict__.update(
        dict.fromkeys(("I64", "U64", "Column"), Any),
        kernel=_same,
        kernel_part=_same,
        lean_part=_same,
    )
    arithmetic = types.ModuleType(f"{PACKAGE}_money")
    arithmetic.__dict__.update({name: getattr(money, name) for name in money.__all__})
    for name in ("add128", "sub128", "lt128", "le128"):
        setattr(arithmetic, name, _interpreted(name))
    package = types.ModuleType(PACKAGE)
    package.__path__ = []
    made = {jit.__name__: jit, arithmetic.__name__: arithmetic, PACKAGE: package}
    sys.modules.update(made)
    try:
        for name in MODULES:
            if not (SOURCE / f"{name}.py").exists():
                continue
            text = (SOURCE / f"{name}.py").read_text()
            if name == module:
                assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {name}.py"
                text = text.replace(old, new)
            made[f"{PACKAGE}.{name}"] = _load(name, text)
            made_here = vars(made[f"{PACKAGE}.{name}"])
            package.__dict__.update({k: v for k, v in made_here.items() if k[0] != "_"})
        with np.errstate(over="ignore"):
            yield package
    finally:
        for name in made:
            sys.modules.pop(name, None)


def _load(name: str, text: str) -> types.ModuleType:
    for other in MODULES:
        text = text.replace(f"sandrail.ledger.{other} import", f"{PACKAGE}.{other} import")
    text = text.replace("from sandrail.world.jit import", f"from {PACKAGE}_jit import")
    text = text.replace("from sandrail.money import", f"from {PACKAGE}_money import")
    module = types.ModuleType(f"{PACKAGE}.{name}")
    sys.modules[module.__name__] = module
    exec(compile(text, f"<{name} with a fault>", "exec"), module.__dict__)
    if name == "state":
        # Interpreted, the fields of a record are attributes only of numpy's own record type.
        for record in ("ACCOUNT", "TRANSFER", "WIDE"):
            setattr(module, record, np.dtype((np.record, getattr(module, record))))
    return module
