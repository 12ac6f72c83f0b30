"""The fast engine: revm through ``simular-evm``.

Its Python surface takes a function's name and its arguments as text, and reports events by name.
Three consequences, all dealt with here or in ``require``: only one-word arguments are expressible;
two events of one name in a transaction would collide, so a contract must promise that this never
happens; the order of events is lost and is put back from the interface.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

from sandrail.rails.chain.abi import Function
from sandrail.rails.chain.artifact import Artifact
from sandrail.rails.chain.codec import encode_values, word_of_uint
from sandrail.rails.chain.engine import NO_REASON, Contract, Engine, Outcome, plain_reason
from sandrail.rails.chain.errors import ArtifactError, CallLogError, EngineMissing
from sandrail.rails.chain.port import Address, Log

__all__ = ["SimularEngine"]

# The engine's library would walk and print the native stack into the text of every revert when the
# shell asks for Rust backtraces; a refusal is an everyday answer here and must not cost a
# millisecond.
os.environ.setdefault("RUST_LIB_BACKTRACE", "0")

_REVERTED = re.compile(r'Reverted: "(?P<text>(?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(?:u\{(?P<digits>[0-9a-f]+)\}|(?P<char>.))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_REVERT_TEXT = "revert: "
_NO_ARGUMENTS = "()"
_EMPTY_ABI = "[]"
_NEW = tuple.__new__  # a named tuple without the detour through its own constructor


class SimularEngine:
    """revm in this process."""

    def __init__(self, state: str | None = None) -> None:
        self._simular = _simular()
        self._abis: dict[bytes, Any] = {}
        self._addresses: dict[bytes, str] = {}
        self._evm = self._simular.PyEvm.from_snapshot(state or self._state(1, 0, None))
        self._number, self._timestamp_s = self._clock()

    @property
    def name(self) -> str:
        """Name of the engine."""
        return "simular"

    def require(self, artifact: Artifact) -> None:
        """Refuse a contract that this engine would misreport."""
        functions = artifact.interface.functions.values()
        events = artifact.interface.events.values()
        reasons = [
            *(f"{f.name} takes arguments of any length" for f in functions if not f.static),
            *(f"{f.name} answers values of any length" for f in functions if not _readable(f)),
            *(f"{e.name} reports values of any length" for e in events if not e.static),
        ]
        if not artifact.events_once:
            reasons.append("it does not promise to emit each event at most once in a transaction")
        if reasons:
            raise ArtifactError(
                f"The fast engine cannot run {artifact.name} faithfully.",
                why=f"{reasons[0][0].upper()}{reasons[0][1:]}.",
                fix="Open the chain with the engine py-evm.",
                code="chain.not_expressible",
            )

    def create(self, sender: Address, initcode: bytes, address: Address) -> Outcome:
        """Run creation code; the arguments are part of it, so no interface is needed."""
        abi = self._simular.PyAbi.from_abi_bytecode(_EMPTY_ABI, initcode)
        try:
            made = self._evm.deploy(_NO_ARGUMENTS, _text(sender), 0, abi)
        except RuntimeError as error:
            return Outcome(False, _reason(error), (), 0)
        if bytes.fromhex(made[2:]) != address:
            raise CallLogError(
                "The engine created the contract somewhere else.",
                why=f"{made} came back where 0x{address.hex()} follows from the sender's nonce.",
                fix="Report this: the nonces of the chain and of the engine have drifted apart.",
                code="chain.engine_disagrees",
            )
        return Outcome(True, NO_REASON, (), 0)

    def attach(self, contract: Contract) -> None:
        """Learn the interface of a contract."""
        abi = self._simular.PyAbi.from_abi_bytecode(_with_plain_answers(contract.artifact), None)
        self._abis[contract.address] = abi
        self._addresses[contract.address] = _text(contract.address)

    def call(
        self, sender: Address, contract: Contract, function: Function, data: bytes, text: str
    ) -> Outcome:
        """Execute a call."""
        address = contract.address
        try:
            result = self._evm.transact(
                function.name,
                text,
                "0x" + sender.hex(),
                self._addresses[address],
                0,
                self._abis[address],
            )
        except RuntimeError as error:
            return Outcome(False, _reason(error), (), 0)
        events = result.event
        logs = _logs(contract, events) if events else ()
        return _NEW(Outcome, (True, NO_REASON, logs, result.gas_used))

    def view(
        self, contract: Contract, function: Function, data: bytes, text: str
    ) -> tuple[bytes | None, str]:
        """Answer a view."""
        address = contract.address
        try:
            value = self._evm.call(
                function.name, text, self._addresses[address], self._abis[address]
            )
        except RuntimeError as error:
            return None, _reason(error)
        values = value if len(function.outputs) > 1 else [value][: len(function.outputs)]
        if function.answers_words:
            return b"".join([word_of_uint(word) for word in values]), NO_REASON
        return encode_values(function.outputs, values), NO_REASON

    def open_block(self, number: int, timestamp_s: int) -> None:
        """Move number and time; the usual step of one block needs no rebuild."""
        if (number, timestamp_s) == (self._number, self._timestamp_s):
            return
        if number == self._number + 1 and timestamp_s >= self._timestamp_s:
            self._evm.advance_block(timestamp_s - self._timestamp_s)
        else:
            state = self._evm.create_snapshot()
            self._evm = self._simular.PyEvm.from_snapshot(self._state(number, timestamp_s, state))
        self._number, self._timestamp_s = number, timestamp_s

    def copy(self) -> Engine:
        """Return an independent engine in the same state."""
        twin = SimularEngine(self._evm.create_snapshot())
        twin._abis = dict(self._abis)
        twin._addresses = dict(self._addresses)
        return twin

    def _clock(self) -> tuple[int, int]:
        state = json.loads(self._evm.create_snapshot())
        return int(state["block_num"]), int(state["timestamp"])

    def _state(self, number: int, timestamp_s: int, state: str | None) -> str:
        # A new machine starts at the wall clock; only a snapshot can say otherwise.
        data = json.loads(state or self._simular.PyEvm().create_snapshot())
        return json.dumps({**data, "block_num": number, "timestamp": timestamp_s})


def _simular() -> Any:
    try:
        import simular
    except ImportError as error:
        raise EngineMissing(
            "The fast engine is not installed.",
            why="The package simular-evm cannot be imported; it has wheels up to Python 3.11.",
            fix="Install sandrail[fast-evm], or open the chain with the engine py-evm.",
        ) from error
    return simular


def _text(address: bytes) -> str:
    return "0x" + address.hex()


def _readable(function: Function) -> bool:
    # Several values with a text among them make the engine's library panic.
    return function.answers_words or function.outputs in (("string",), ("bytes",))


def _with_plain_answers(artifact: Artifact) -> str:
    # An answer of one-word types is asked for as plain words: signed numbers would come back cut
    # to 64 bits, addresses as text. What a function answers is not part of its selector.
    entries = json.loads(artifact.abi_json)
    for entry in entries:
        function = artifact.interface.functions.get(entry.get("name", ""))
        if entry["type"] == "function" and function and function.answers_words:
            entry["outputs"] = [{"name": "", "type": "uint256"} for _ in function.outputs]
    return json.dumps(entries)


def _logs(contract: Contract, events: dict[str, list[object]]) -> tuple[Log, ...]:
    known = contract.artifact.interface.events
    address = contract.address
    if len(events) == 1:
        ((name, values),) = events.items()
        return (Log(address, *known[name].encode(values)),)
    found = sorted((known[name].order, name) for name in events)
    return tuple([Log(address, *known[name].encode(events[name])) for _, name in found])


def _reason(error: RuntimeError) -> str:
    match = _REVERTED.match(str(error))
    if match is None or not match["text"].startswith(_REVERT_TEXT):
        return NO_REASON
    text = match["text"].removeprefix(_REVERT_TEXT)
    return plain_reason(_ESCAPE.sub(_unescaped, text))


def _unescaped(escape: re.Match[str]) -> str:
    digits, char = escape["digits"], escape["char"]
    return chr(int(digits, 16)) if digits else _ESCAPES.get(char, char)
