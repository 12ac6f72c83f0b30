"""The reference engine: py-evm, pure Python, right gas, raw logs; always installed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from eth.vm import execution_context as _execution_context
from eth.vm import message as _message
from eth.vm.forks.cancun import transaction_context as _transaction_context
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from sandrail.rails.chain.abi import Function
from sandrail.rails.chain.artifact import Artifact
from sandrail.rails.chain.engine import NO_REASON, Contract, Engine, Outcome, plain_reason
from sandrail.rails.chain.errors import CallLogError
from sandrail.rails.chain.limits import BLOCK_GAS_LIMIT, CALL_GAS_MAX, CHAIN_ID_OPCODE
from sandrail.rails.chain.port import Address, Log
from sandrail.rails.chain.pyevm_state import Accounts, SandboxState

__all__ = ["PyEvmEngine"]

_ZERO = Address(bytes(20))
_ERROR_STRING = bytes.fromhex("08c379a0")

# What a transaction costs besides its execution: EIP-2, EIP-2028 and EIP-3529.
GAS_TRANSACTION = 21_000
GAS_CREATION = 32_000
GAS_ZERO_BYTE = 4
GAS_OTHER_BYTE = 16
REFUND_PART_MAX = 5

# Typed as anything: py-evm has address and hash types of its own.
ExecutionContext: Any = _execution_context.ExecutionContext
Message: Any = _message.Message
TransactionContext: Any = _transaction_context.CancunTransactionContext


class PyEvmEngine:
    """py-evm in this process."""

    def __init__(self, accounts: Accounts | None = None) -> None:
        self._accounts = accounts or Accounts()
        self._state = SandboxState(self._accounts, _context(1, 0))

    @property
    def name(self) -> str:
        """Name of the engine."""
        return "py-evm"

    def require(self, artifact: Artifact) -> None:
        """Accept every contract: logs come raw and arguments as bytes."""

    def create(self, sender: Address, initcode: bytes, address: Address) -> Outcome:
        """Run creation code."""
        message = Message(
            gas=CALL_GAS_MAX,
            to=b"",
            sender=sender,
            value=0,
            data=b"",
            code=initcode,
            create_address=address,
        )
        computation = self._run(message, sender, create=True)
        if computation.is_error:
            return Outcome(False, _reason(computation), (), 0)
        self._accounts.nonces[sender] = self._accounts.nonces.get(sender, 0) + 1
        return Outcome(True, NO_REASON, _raw_logs(computation), _gas(computation, initcode))

    def attach(self, contract: Contract) -> None:
        """Nothing to learn: calls arrive as bytes."""

    def call(
        self, sender: Address, contract: Contract, function: Function, data: bytes, text: str
    ) -> Outcome:
        """Execute a call."""
        computation = self._run(self._message(sender, contract, data), sender)
        if computation.is_error:
            return Outcome(False, _reason(computation), (), 0)
        accounts = self._accounts
        accounts.nonces[sender] = accounts.nonces.get(sender, 0) + 1
        logs = _raw_logs(computation)
        if logs and contract.artifact.events_once:
            _check_promise(contract, logs)
        return Outcome(True, NO_REASON, logs, _gas(computation, data))

    def view(
        self, contract: Contract, function: Function, data: bytes, text: str
    ) -> tuple[bytes | None, str]:
        """Answer a view and undo whatever it wrote."""
        computation = self._run(self._message(_ZERO, contract, data), _ZERO)
        self._accounts.discard(0)
        if computation.is_error:
            return None, _reason(computation)
        return bytes(computation.output), NO_REASON

    def open_block(self, number: int, timestamp_s: int) -> None:
        """Let later executions see this number and time."""
        self._state.execution_context = _context(number, timestamp_s)

    def copy(self) -> Engine:
        """Return an independent engine in the same state."""
        twin = PyEvmEngine(self._accounts.copy())
        twin._state.execution_context = self._state.execution_context
        return twin

    def _message(self, sender: Address, contract: Contract, data: bytes) -> Any:
        code = self._accounts.code[contract.address]
        return Message(
            gas=CALL_GAS_MAX, to=contract.address, sender=sender, value=0, data=data, code=code
        )

    def _run(self, message: Any, sender: Address, *, create: bool = False) -> Any:
        self._accounts.begin()
        for address in (sender, message.storage_address, _ZERO):  # EIP-2929; EIP-3651: coinbase
            self._accounts.warm(address)
        kind = self._state.computation_class
        run = kind.apply_create_message if create else kind.apply_message
        return run(self._state, message, TransactionContext(gas_price=0, origin=sender))


def _context(number: int, timestamp_s: int) -> Any:
    return ExecutionContext(
        coinbase=_ZERO,
        timestamp=timestamp_s,
        block_number=number,
        difficulty=0,
        mix_hash=bytes(32),
        gas_limit=BLOCK_GAS_LIMIT,
        prev_hashes=(),
        chain_id=CHAIN_ID_OPCODE,
        base_fee_per_gas=0,
        excess_blob_gas=0,
    )


def _gas(computation: Any, data: bytes) -> int:
    """Return what a transaction with these bytes would have paid for, refunds taken off."""
    zeros = data.count(0)
    bytes_gas = GAS_ZERO_BYTE * zeros + GAS_OTHER_BYTE * (len(data) - zeros)
    used = GAS_TRANSACTION + bytes_gas + computation.get_gas_used()
    if computation.msg.is_create:
        used += GAS_CREATION
    return int(used - min(computation.get_gas_refund(), used // REFUND_PART_MAX))


def _raw_logs(computation: Any) -> tuple[Log, ...]:
    entries: Iterable[tuple[bytes, tuple[int, ...], bytes]] = computation.get_log_entries()
    return tuple(
        Log(
            Address(bytes(address)),
            tuple(topic.to_bytes(32, "big") for topic in topics),
            bytes(data),
        )
        for address, topics, data in entries
    )


def _check_promise(contract: Contract, logs: tuple[Log, ...]) -> None:
    # The fast engine cannot see a broken promise; here it is seen, whichever engine ran first.
    known = contract.artifact.interface.events_by_topic
    own = [log for log in logs if log.address == contract.address and log.topics]
    order = [known[log.topics[0]].order for log in own if log.topics[0] in known]
    if len(order) < len(logs) or any(later <= earlier for earlier, later in pairwise(order)):
        raise CallLogError(
            f"{contract.artifact.name} breaks its promise about events.",
            why="A call reported an event twice, out of the order of declaration, or not its own.",
            fix="Clear events_once in its artefact and run it on py-evm only.",
            code="chain.promise_broken",
        )


def _reason(computation: Any) -> str:
    output = bytes(computation.output)
    if not output.startswith(_ERROR_STRING):
        return NO_REASON
    try:
        (text,) = decode(["string"], output[4:])
    except (DecodingError, ValueError):
        return NO_REASON
    return plain_reason(text)
