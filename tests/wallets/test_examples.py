"""The example does what it says: dust freezes nobody, a peel chain over five mules waits."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from sandrail.journal import Journal

PATH = Path(__file__).parents[2] / "examples" / "wallets" / "dust_and_peel_chain.py"


def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dust_and_peel_chain", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_dusted_go_on_and_the_launderer_waits() -> None:
    journals = [Journal.in_memory("wallets") for _ in range(2)]
    told = example()
    found, again = (told.run(journal) for journal in journals)
    assert (found.dusted, found.dusted_stopped, found.honest_stopped) == (199, 0, 0)
    assert (found.arrived_minor, found.held_minor, found.cashed_minor) == (0, 7_000_000, 0)
    assert len(found.chain) == 6
    assert again == found and journals[0].head == journals[1].head
