"""The kernel of the path, interpreted instead of compiled, with one fault planted in it.

The sources of ledger, controls and transfers are read, one line is changed, and they run as
ordinary Python: milliseconds instead of half a minute, and the very lines that the compiler sees.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import sandrail
from sandrail import controls, ledger, money

SOURCE = Path(sandrail.__file__).parent
MODULES = (
    "ledger.ints", "ledger.id_index", "ledger.legs", "ledger.timeouts", "ledger.kernel",
    "ledger.rewind", "controls.kernel", "transfers.kernel",
)  # fmt: skip
"""In an order in which each imports only from those before it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One line that reads otherwise.

    Attributes:
        name: what goes wrong.
        module: where; ``old`` occurs there exactly once and is read as ``new``.
    """

    name: str
    module: str
    old: str
    new: str


FAULTS = (
    Fault("rows before the one that waits are posted", "transfers.kernel",
          "                rewind_chain(book, touched)\n                return _WAITS",
          "                return _STANDS"),
    Fault("only the row that waits is held", "transfers.kernel",
          "    elif waits and decision < _HOLD:", "    elif False:"),
    Fault("a held chain is finished row by row", "transfers.kernel",
          "        elif tears_chain(book, rows, asked[0], first, last, i):", "        elif False:"),
    Fault("the row before is not looked at", "transfers.kernel",
          "    before = slot > 0 and waits_with_next(book, slot - 1)", "    before = False"),
    Fault("the row after is not looked at", "transfers.kernel",
          "    after = waits_with_next(book, slot)", "    after = False"),
    Fault("a part of a held amount may be settled", "transfers.kernel",
          "    if before or after:\n        entry", "    if False:\n        entry"),
    Fault("a finishing row waits", "transfers.kernel",
          "        if waits:\n            decision = overrule(found, i, _BLOCK",
          "        if False:\n            decision = overrule(found, i, _BLOCK"),
    Fault("the headroom of a chain that failed stays used", "transfers.kernel",
          "            forget(table,", "            0 and forget(table,"),
    Fault("a released hold keeps its headroom", "transfers.kernel",
          "            release_event(table, gate, event, now_us)\n\n\n@lean_part\ndef waits",
          "            pass\n\n\n@lean_part\ndef waits"),
    Fault("an expired hold keeps its headroom", "transfers.kernel",
          "            release_event(table, gate, event, now_us)\n    n =",
          "            pass\n    n ="),
    Fault("a retry is judged again", "transfers.kernel",
          "        restate(book, rows, found, i)\n        return known", "        return known"),
    Fault("an undone event still counts", "controls.kernel",
          "            state.party[party, PER_WINDOW * w] -= value\n"
          "            state.party[party, PER_WINDOW * w + 1] -= 1\n"
          "        if state.party[party, PER_WINDOW * w + 2] == event:",
          "            pass\n        if state.party[party, PER_WINDOW * w + 2] == event:"),
    Fault("an undone exit has left the client funds", "controls.kernel",
          "        state.totals[CLIENT_FUNDS] += value\n    if party < 0:",
          "        pass\n    if party < 0:"),
    Fault("rewinding leaves the ids used", "ledger.rewind",
          "        remove_newest_id(book, slot)\n", ""),
    Fault("rewinding leaves the balances", "ledger.rewind",
          "            undo_entry(book, slot)", "            pass"),
)  # fmt: skip


def _same(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


@contextmanager
def interpreted(fault: Fault | None = None) -> Iterator[Callable[..., int]]:
    """Provide ``judge_and_post`` as ordinary Python, with or without a fault."""
    jit = types.ModuleType("plain_jit")
    jit.__dict__.update(dict.fromkeys(("I64", "U64", "Column"), Any), kernel=_same, lean_part=_same)
    made = {"plain_jit": jit}
    for room in (money, ledger, controls):
        name = room.__name__.split(".")[-1]
        plain = types.ModuleType(f"plain_{name}")
        plain.__dict__.update({key: getattr(room, key) for key in room.__all__})
        made[plain.__name__] = plain
    for name in ("add128", "sub128", "lt128", "le128"):
        setattr(made["plain_money"], name, getattr(money, name).py_func)
    sys.modules.update(made)
    try:
        for name in MODULES:
            module = _loaded(name, fault)
            made[module.__name__] = module
            room = made.get("plain_" + name.split(".")[0])
            if room is not None:
                room.__dict__.update({k: v for k, v in vars(module).items() if k in vars(room)})
        with np.errstate(over="ignore"):
            yield _on_records(made["plain_transfers.kernel"].judge_and_post)
    finally:
        for name in made:
            sys.modules.pop(name, None)


def _loaded(name: str, fault: Fault | None) -> types.ModuleType:
    text = (SOURCE / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
    if fault is not None and fault.module == name:
        assert text.count(fault.old) == 1, f"{fault.name}: {text.count(fault.old)} times in {name}"
        text = text.replace(fault.old, fault.new)
    for other in MODULES:
        text = text.replace(f"from sandrail.{other} import", f"from plain_{other} import")
    for room in ("money", "ledger", "controls"):
        text = text.replace(f"from sandrail.{room} import", f"from plain_{room} import")
    text = text.replace("from sandrail.world.jit import", "from plain_jit import")
    module = types.ModuleType(f"plain_{name}")
    sys.modules[module.__name__] = module
    exec(compile(text, f"<{name}, interpreted>", "exec"), module.__dict__)
    return module


def _on_records(judge_and_post: Callable[..., int]) -> Callable[..., int]:
    """Interpreted, the fields of a record are attributes only of numpy's own record type."""

    def run(table: Any, gate: Any, book: Any, *rest: Any) -> int:
        views = {
            name: column.view(np.dtype((np.record, column.dtype)))
            for name, column in book._asdict().items()
            if column.dtype.names
        }
        return judge_and_post(table, gate, book._replace(**views), *rest)

    return run
