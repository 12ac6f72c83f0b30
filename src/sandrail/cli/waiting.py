"""Tells people that kernels are being compiled: the first run takes long, and says nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["tell_of_compiling"]

_KIND = "numba:compile"
_WORDS = "Compiling, once on this machine; it takes a minute or two. Later runs take seconds."


def tell_of_compiling(say: Callable[[str], None]) -> Callable[[], None]:
    """Say it when the first kernel is compiled; a kernel from the cache makes no noise.

    Returns:
        What ends the listening. Where no kernel was loaded, nobody listens.
    """
    if "numba" not in sys.modules:
        return lambda: None
    event: Any = import_module("numba.core.event")

    class Ear(event.Listener):  # type: ignore[misc]
        """Hears when the compiler begins and ends."""

        told = False

        def on_start(self, _: Any) -> None:
            if not self.told:
                self.told = True
                say(_WORDS)

        def on_end(self, _: Any) -> None:
            """Nothing is said."""

    ear = Ear()
    event.register(_KIND, ear)
    return lambda: event.unregister(_KIND, ear)
