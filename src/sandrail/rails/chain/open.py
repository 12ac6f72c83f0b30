"""Opening a chain, and replaying one from its call log."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence

from sandrail.rails.chain.embedded import EmbeddedChain
from sandrail.rails.chain.engine import Engine
from sandrail.rails.chain.errors import CallError, CallLogError
from sandrail.rails.chain.limits import BATCH_CALLS_MAX
from sandrail.rails.chain.port import Call
from sandrail.rails.chain.records import Genesis, parse_record

__all__ = ["ENGINES", "engines_here", "open_chain", "replay"]


def _simular() -> Engine:
    from sandrail.rails.chain.simular_engine import SimularEngine

    return SimularEngine()


def _py_evm() -> Engine:
    # Imported when it is asked for: py-evm takes a second to load.
    from sandrail.rails.chain.pyevm_engine import PyEvmEngine

    return PyEvmEngine()


ENGINES: dict[str, Callable[[], Engine]] = {"simular": _simular, "py-evm": _py_evm}
"""How to make each engine; another engine is one more line here."""


def engines_here() -> tuple[str, ...]:
    """Return the engines that this machine can run, fastest first."""
    fast = ("simular",) if importlib.util.find_spec("simular") else ()
    return (*fast, "py-evm")


def open_chain(name: str, *, genesis_us: int, engine: str = "auto") -> EmbeddedChain:
    """Return a new chain whose first block opens at ``genesis_us``.

    Args:
        name: of the economy; part of every digest.
        genesis_us: instant of the first open block, in microseconds.
        engine: ``simular`` (fast), ``py-evm`` (reference), or ``auto`` for the fastest there is.

    Raises:
        EngineMissing: the engine is not installed.
        CallError: the engine is unknown or the name unfit.
    """
    chosen = engines_here()[0] if engine == "auto" else engine
    make = ENGINES.get(chosen)
    if make is None:
        raise CallError(
            f"There is no engine {engine!r}.",
            why=f"The engines are {', '.join(ENGINES)}, and auto.",
            fix="Name one of them.",
        )
    return EmbeddedChain(name, make(), genesis_us=genesis_us)


def replay(
    records: Sequence[bytes], *, engine: str = "auto", until_block: int | None = None
) -> EmbeddedChain:
    """Return the chain that a call log describes, executed anew.

    Args:
        records: as ``Chain.records`` gave them, from the genesis on.
        engine: as for ``open_chain``; another than the one that wrote the log proves most.
        until_block: stop once this block is sealed; its successor is open then.

    Raises:
        CallLogError: the log is damaged or does not begin at a genesis.
    """
    genesis = parse_record(records[0]) if records else None
    if not isinstance(genesis, Genesis):
        raise CallLogError(
            "The call log has no beginning.",
            why="Its first record is not a genesis.",
            fix="Replay from the first record on.",
        )
    chain = open_chain(genesis.name, genesis_us=genesis.timestamp_us, engine=engine)
    calls: list[Call] = []
    for data in records[1:]:
        record = parse_record(data)
        if isinstance(record, Call) and len(calls) < BATCH_CALLS_MAX:
            calls.append(record)
            continue
        chain.apply(calls)
        calls = [record] if isinstance(record, Call) else []
        if not isinstance(record, Call):
            chain.replay(record)
            if until_block is not None and chain.head().number >= until_block:
                break
    chain.apply(calls)
    return chain
