"""Artefacts: what is read, and one error per defect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandrail.rails.chain import Artifact, ArtifactError, CallError, contracts_dir, load_artifact

GOOD = {
    "abi": [],
    "bytecode": "0x6000",
    "compiler": "vyper 0.4.3",
    "name": "X",
    "runtime": "0x00",
    "source_sha256": "",
}


def test_the_contracts_are_found() -> None:
    token = load_artifact("SupervisedToken")
    assert token.compiler == "vyper 0.4.3"
    assert len(token.runtime) <= 24_576, "EIP-170"
    assert len(token.creation) <= 49_152, "EIP-3860"
    assert token.events_once


def test_every_contract_has_an_artefact_and_every_artefact_a_contract() -> None:
    folder = contracts_dir()
    sources = {path.stem for path in folder.glob("*.vy")}
    assert sources == {path.stem for path in (folder / "artifacts").glob("*.json")}


def test_a_descriptor_keeps_the_interface() -> None:
    token = load_artifact("SupervisedToken")
    again = Artifact.from_descriptor(token.descriptor())
    assert again.descriptor() == token.descriptor()
    assert again.interface.by_selector.keys() == token.interface.by_selector.keys()


@pytest.mark.parametrize("name", ["Nothing", "../SupervisedToken", "", "a/b"])
def test_a_contract_that_is_not_there_is_said(name: str) -> None:
    with pytest.raises(ArtifactError) as caught:
        load_artifact(name)
    assert caught.value.stable_code == "chain.artifact_missing"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        (json.dumps({**GOOD, "name": 5}), "its name is missing"),
        (json.dumps({**GOOD, "compiler": None}), "its compiler is missing"),
        (json.dumps({**GOOD, "bytecode": "0xzz"}), "its bytecode is not hexadecimal"),
        (json.dumps({**GOOD, "runtime": None}), "its runtime is not hexadecimal"),
        (json.dumps({**GOOD, "abi": "x"}), "a list of objects"),
    ],
)
def test_a_defect_of_an_artefact_has_its_own_words(text: str, why: str) -> None:
    with pytest.raises(ArtifactError, match=why):
        Artifact.from_json(text)


def test_creation_code_has_a_limit_and_its_arguments() -> None:
    artefact = Artifact.from_json(json.dumps({**GOOD, "bytecode": "00" * 49_153}))
    with pytest.raises(CallError, match="49153 bytes"):
        artefact.initcode(())
    with pytest.raises(CallError, match="takes 0 arguments"):
        artefact.initcode((1,))
    with pytest.raises(CallError, match="not a value of the ABI type address"):
        load_artifact("ReserveOracle").initcode((2, "owner", b"attester"))


def test_an_installed_package_has_its_own_contracts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "sandrail"
    (package / "_data" / "contracts").mkdir(parents=True)
    monkeypatch.setattr("sandrail.__file__", str(package / "__init__.py"))
    assert contracts_dir() == package / "_data" / "contracts"
