"""Compiled contracts: where they are, and what is read from them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import sandrail
from sandrail.rails.chain.abi import Interface
from sandrail.rails.chain.codec import encode_values
from sandrail.rails.chain.errors import ArtifactError, CallError
from sandrail.rails.chain.limits import INITCODE_BYTES_MAX, JSON_DEPTH_MAX
from sandrail.world import canonical_bytes, nests_deeper, parse_canonical

__all__ = ["Artifact", "contracts_dir", "load_artifact"]


@dataclass(frozen=True, slots=True)
class Artifact:
    """A compiled contract.

    Attributes:
        name: of the contract.
        abi_json: the JSON ABI as canonical text.
        creation: creation code without constructor arguments.
        runtime: deployed code before immutables are filled in.
        compiler: name and version.
        source_sha256: hash of the source, in hexadecimal; empty when the source is not known.
        events_once: the contract promises that a call reports only events of its own, each at most
            once and in the order of their declaration, and its constructor none. The fast engine
            can run no other; the reference engine checks that the promise is kept.
        interface: functions and events, parsed.
    """

    name: str
    abi_json: str
    creation: bytes
    runtime: bytes
    compiler: str
    source_sha256: str
    events_once: bool
    interface: Interface

    def initcode(self, args: tuple[object, ...]) -> bytes:
        """Return the creation code with its arguments.

        Raises:
            CallError: the arguments do not fit, or the code is longer than an EVM takes.
        """
        types = self.interface.constructor
        if len(types) != len(args):
            raise CallError(
                f"The constructor of {self.name} takes {len(types)} arguments, not {len(args)}.",
                why=f"Its inputs are ({', '.join(types)}).",
                fix="Give exactly these, in order.",
                code="chain.bad_argument",
            )
        code = self.creation + encode_values(types, args)
        if len(code) > INITCODE_BYTES_MAX:
            raise CallError(
                f"The creation code of {self.name} has {len(code)} bytes.",
                why=f"An EVM runs at most {INITCODE_BYTES_MAX} (EIP-3860).",
                fix="Split the contract.",
            )
        return code

    def descriptor(self) -> bytes:
        """Return what a call log keeps beside the creation code, as canonical bytes."""
        return canonical_bytes(
            {
                "abi": self.abi_json,
                "compiler": self.compiler,
                "events_once": self.events_once,
                "name": self.name,
                "source_sha256": self.source_sha256,
            }
        )

    @classmethod
    def from_descriptor(cls, descriptor: bytes) -> Artifact:
        """Return the artefact of a call log; it carries no code, the record does."""
        return _build(parse_canonical(descriptor), b"", b"")

    @classmethod
    def from_json(cls, text: str) -> Artifact:
        """Read an artefact file.

        Raises:
            ArtifactError: it is not one.
        """
        try:
            if nests_deeper(text, JSON_DEPTH_MAX):
                raise ValueError(f"it nests deeper than {JSON_DEPTH_MAX} levels")
            data = json.loads(text)
        except ValueError as error:
            raise _bad(f"it is not JSON: {error}") from error
        if not isinstance(data, dict):
            raise _bad("it is not an object")
        creation, runtime = _code(data, "bytecode"), _code(data, "runtime")
        return _build({**data, "abi": json.dumps(data.get("abi"))}, creation, runtime)


def contracts_dir() -> Path:
    """Return the folder of the contracts: in the package once installed, else the checkout."""
    package = Path(sandrail.__file__).resolve().parent
    installed = package / "_data" / "contracts"
    return installed if installed.is_dir() else package.parent.parent / "contracts"


@lru_cache(maxsize=32)
def load_artifact(name: str) -> Artifact:
    """Return one of Sandrail's own contracts, such as ``SupervisedToken``.

    Raises:
        ArtifactError: there is none of that name, or its file is damaged.
    """
    path = contracts_dir() / "artifacts" / f"{name}.json"
    if not name.isidentifier() or not path.is_file():
        raise ArtifactError(
            f"There is no contract {name!r}.",
            why=f"{path} does not exist.",
            fix="Run python contracts/compile.py, or check the name.",
            code="chain.artifact_missing",
        )
    return Artifact.from_json(path.read_text("utf-8"))


def _build(data: object, creation: bytes, runtime: bytes) -> Artifact:
    if not isinstance(data, dict):
        raise _bad("it is not an object")
    texts = {key: data.get(key) for key in ("name", "compiler", "source_sha256", "abi")}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise _bad(f"its {key} is missing")
    abi = json.loads(str(texts["abi"]))
    return Artifact(
        name=str(texts["name"]),
        abi_json=json.dumps(abi, sort_keys=True, separators=(",", ":")),
        creation=creation,
        runtime=runtime,
        compiler=str(texts["compiler"]),
        source_sha256=str(texts["source_sha256"]),
        events_once=data.get("events_once") is True,
        interface=Interface(abi),
    )


def _code(data: dict[str, object], key: str) -> bytes:
    value = data.get(key)
    try:
        return bytes.fromhex(str(value).removeprefix("0x"))
    except ValueError as error:
        raise _bad(f"its {key} is not hexadecimal") from error


def _bad(why: str) -> ArtifactError:
    return ArtifactError(
        "The file is not a contract artefact.",
        why=f"As far as it was read, {why}.",
        fix="Compile the contract again with python contracts/compile.py.",
    )
