"""Every checker kills its mutant: a fault planted in a contract is noticed by the model."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import replace
from types import ModuleType

import pytest

from sandrail.rails.chain import contracts_dir, engines_here, load_artifact
from tests.contracts.mutants import MUTANTS, Mutant
from tests.contracts.test_token_model import run
from tests.contracts.world import Mismatch, World
from tests.makers.chain import needs

vyper = needs("vyper")
pytestmark = pytest.mark.evm


def compiler() -> ModuleType:
    """Return contracts/compile.py as a module."""
    spec = importlib.util.spec_from_file_location("compile", contracts_dir() / "compile.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COMPILER = compiler()


def compiled(text: str, cache: pytest.Cache | None) -> bytes:
    """Return creation code, compiled once per text and compiler and then remembered by pytest."""
    key = f"sandrail/vyper/{vyper.__version__}-{hashlib.sha256(text.encode()).hexdigest()}"
    known = cache.get(key, None) if cache else None
    code = known or COMPILER.bytecode_of(text)
    if cache and not known:
        cache.set(key, code)
    return bytes.fromhex(code.removeprefix("0x"))


def source(name: str) -> str:
    return (contracts_dir() / f"{name}.vy").read_text("utf-8")


@pytest.mark.parametrize("name", ["ReserveOracle", "SupervisedToken"])
def test_the_committed_artefact_is_what_the_source_compiles_to(name: str) -> None:
    text = COMPILER.artefact_text(COMPILER.compile_contract(source(name), name=name))
    assert text == (contracts_dir() / "artifacts" / f"{name}.json").read_text("utf-8")


def test_a_changed_source_compiles_to_another_artefact() -> None:
    text = source("ReserveOracle").replace("as_of >= self.as_of", "as_of > self.as_of")
    built = COMPILER.compile_contract(text, name="ReserveOracle")
    kept = json.loads((contracts_dir() / "artifacts" / "ReserveOracle.json").read_text("utf-8"))
    assert built["bytecode"] != kept["bytecode"]
    assert built["source_sha256"] != kept["source_sha256"]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_model_kills_the_mutant(mutant: Mutant, request: pytest.FixtureRequest) -> None:
    text = source(mutant.contract)
    assert text.count(mutant.old) == 1, "a mutant must still find its place"
    code = compiled(text.replace(mutant.old, mutant.new), request.config.cache)
    artifacts = {name: load_artifact(name) for name in ("SupervisedToken", "ReserveOracle")}
    artifacts[mutant.contract] = replace(artifacts[mutant.contract], creation=code)
    with pytest.raises(Mismatch):
        for seed in range(6):
            world = World.make(
                engines_here()[0],
                ratio_bps=(10_000, 10_150)[seed % 2],
                artifact=artifacts["SupervisedToken"],
                oracle_artifact=artifacts["ReserveOracle"],
            )
            run(world, seed, 600)
