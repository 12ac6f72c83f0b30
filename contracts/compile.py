"""Compile the Vyper contracts to the artefacts that Sandrail deploys.

Run ``python contracts/compile.py`` after every change of a ``.vy`` file and commit the result; a
test compiles again and compares, so a forgotten run fails.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import vyper
from vyper.compiler import compile_code
from vyper.compiler.settings import OptimizationLevel, Settings

HERE = Path(__file__).resolve().parent
EVM_VERSION = "cancun"
OUTPUTS = ("abi", "bytecode", "bytecode_runtime")


def bytecode_of(source: str) -> str:
    """Return unoptimised creation code, fast: for tests that compile many variants."""
    settings = Settings(evm_version=EVM_VERSION, optimize=OptimizationLevel.NONE)
    return str(compile_code(source, output_formats=("bytecode",), settings=settings)["bytecode"])


def compile_contract(source: str, *, name: str) -> dict[str, object]:
    """Return the artefact of one contract as plain data."""
    settings = Settings(evm_version=EVM_VERSION, optimize=OptimizationLevel.GAS)
    built = compile_code(source, output_formats=OUTPUTS, settings=settings)
    return {
        "abi": built["abi"],
        "bytecode": built["bytecode"],
        "compiler": f"vyper {vyper.__version__.split('+')[0]}",
        "evm_version": EVM_VERSION,
        "events_once": True,
        "name": name,
        "runtime": built["bytecode_runtime"],
        "source_sha256": hashlib.sha256(source.encode()).hexdigest(),
    }


def artefact_text(artefact: dict[str, object]) -> str:
    """Return the artefact file's exact text."""
    return json.dumps(artefact, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the artefact of every contract beside this file."""
    for path in sorted(HERE.glob("*.vy")):
        text = artefact_text(compile_contract(path.read_text("utf-8"), name=path.stem))
        (HERE / "artifacts" / f"{path.stem}.json").write_text(text, "utf-8")
        sys.stdout.write(f"{path.stem}: {len(text)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
