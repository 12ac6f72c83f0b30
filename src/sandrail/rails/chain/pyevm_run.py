"""A faster inner loop for py-evm: the opcodes that only move words about, without the ceremony.

Two opcodes in three of a token transfer push, copy, compare or jump. py-evm spends three
microseconds on each of them, mostly on calls between its layers. This loop decodes a contract once,
does those opcodes in place, and hands every other one, with all that touches state, gas schedules,
calls or logs, to py-evm's own function. The words, the gas and the errors are py-evm's; a test runs
both loops over contracts and over random programs and compares everything.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from eth import exceptions as _exceptions
from eth.vm import opcode_values as _op
from eth.vm.forks.cancun import computation as _cancun
from eth.vm.logic import invalid as _invalid

__all__ = ["SandboxComputation"]

# Typed as anything: py-evm's annotations describe interfaces that are not all its own.
CancunComputation: Any = _cancun.CancunComputation

PUSH, POP, DUP, SWAP, JUMP, JUMPI, JUMPDEST, MLOAD, MSTORE, UNARY, BINARY, REST = range(12)

_IN_MEMORY = (MLOAD, MSTORE)
_WORD_MAX = 2**256 - 1
_STACK_MAX = 1_024
_PROGRAMS_MAX = 256


class Step(NamedTuple):
    """One decoded instruction.

    Attributes:
        kind: which branch of the loop does it.
        gas: its static cost; 0 for the rest, which charge themselves.
        operand: a pushed word, a stack depth, or the function that does it.
        next: where the following instruction is.
    """

    kind: int
    gas: int
    operand: Any
    next: int


class Program(NamedTuple):
    """A decoded contract: a step for every position, and the positions one may jump to."""

    steps: tuple[Step, ...]
    jumpdests: frozenset[int]


def _shift_left(shift: int, value: int) -> int:
    return (value << shift) & _WORD_MAX if shift < 256 else 0


def _shift_right(shift: int, value: int) -> int:
    return value >> shift if shift < 256 else 0


_BINARY: dict[int, Callable[[int, int], int]] = {
    _op.ADD: lambda a, b: (a + b) & _WORD_MAX,
    _op.SUB: lambda a, b: (a - b) & _WORD_MAX,
    _op.MUL: lambda a, b: (a * b) & _WORD_MAX,
    _op.LT: lambda a, b: 1 if a < b else 0,
    _op.GT: lambda a, b: 1 if a > b else 0,
    _op.EQ: lambda a, b: 1 if a == b else 0,
    _op.AND: operator.and_,
    _op.OR: operator.or_,
    _op.XOR: operator.xor,
    _op.SHL: _shift_left,
    _op.SHR: _shift_right,
}
_UNARY: dict[int, Callable[[int], int]] = {
    _op.ISZERO: lambda a: 0 if a else 1,
    _op.NOT: lambda a: a ^ _WORD_MAX,
}
_PLAIN = {
    _op.POP: POP,
    _op.JUMP: JUMP,
    _op.JUMPI: JUMPI,
    _op.JUMPDEST: JUMPDEST,
    _op.MLOAD: MLOAD,
    _op.MSTORE: MSTORE,
}


def _step(code: bytes, at: int, opcodes: Any) -> Step:
    opcode = code[at]
    function = opcodes.get(opcode) or _invalid.InvalidOpcode(opcode)
    gas = getattr(function, "gas_cost", 0)
    if opcode in _BINARY:
        return Step(BINARY, gas, _BINARY[opcode], at + 1)
    if opcode in _UNARY:
        return Step(UNARY, gas, _UNARY[opcode], at + 1)
    if opcode in _PLAIN:
        return Step(_PLAIN[opcode], gas, function, at + 1)
    if _op.PUSH0 <= opcode <= _op.PUSH32:
        end = at + 1 + opcode - _op.PUSH0
        word = code[at + 1 : end].ljust(end - at - 1, b"\x00")
        return Step(PUSH, gas, int.from_bytes(word, "big"), end)
    if _op.DUP1 <= opcode <= _op.DUP16:
        return Step(DUP, gas, opcode - _op.DUP1 + 1, at + 1)
    if _op.SWAP1 <= opcode <= _op.SWAP16:
        return Step(SWAP, gas, opcode - _op.SWAP1 + 2, at + 1)
    return Step(REST, 0, function, at + 1)


@lru_cache(maxsize=_PROGRAMS_MAX)
def _decode(code: bytes) -> Program:
    """Decode a contract. Positions inside pushed data have steps too; nothing can jump there."""
    opcodes = CancunComputation.opcodes
    steps = [_step(code, at, opcodes) for at in range(len(code))]
    # Running off the end is a STOP, at whatever distance past it a last push may lead.
    stop = Step(REST, 0, opcodes[_op.STOP], len(code))
    jumpdests, at = set(), 0
    while at < len(code):
        if code[at] == _op.JUMPDEST:
            jumpdests.add(at)
        at = steps[at].next
    return Program((*steps, *([stop] * 33)), frozenset(jumpdests))


class SandboxComputation(CancunComputation):  # type: ignore[misc]
    """py-evm's Cancun computation with the faster loop for calls; creation keeps py-evm's own."""

    @classmethod
    def apply_computation(
        cls, state: Any, message: Any, transaction_context: Any, parent_computation: Any = None
    ) -> Any:
        if message.is_create or message.code_address in cls.get_precompiles():
            return super().apply_computation(
                state, message, transaction_context, parent_computation
            )
        with cls(state, message, transaction_context) as computation:
            parent = parent_computation
            computation.contracts_created = [] if parent is None else parent.contracts_created
            _run(computation, _decode(bytes(message.code)))
        return computation


def _run(computation: Any, program: Program) -> None:
    """Execute until something halts; an error is py-evm's own and is the caller's to record."""
    steps, jumpdests = program
    stack: list[int | bytes] = computation._stack.values
    meter, memory, code = computation._gas_meter, computation._memory, computation.code
    gas: int = meter.gas_remaining
    at = 0
    while True:
        kind, cost, operand, following = steps[at]
        if kind == REST or (kind in _IN_MEMORY and not _fits(stack, memory._bytes)):
            meter.gas_remaining = gas
            code.program_counter = at + 1
            try:
                operand(computation)
            except _exceptions.Halt:
                return
            gas = meter.gas_remaining
            at = following
            continue
        gas -= cost
        if gas < 0:
            raise _exceptions.OutOfGas("Out of gas in the inner loop")
        try:
            if kind == PUSH:
                stack.append(operand)
            elif kind == DUP:
                stack.append(stack[-operand])
            elif kind == SWAP:
                stack[-1], stack[-operand] = stack[-operand], stack[-1]
            elif kind == POP:
                stack.pop()
            elif kind == BINARY:
                stack[-2] = operand(_integer(stack[-1]), _integer(stack[-2]))
                stack.pop()
            elif kind == UNARY:
                stack[-1] = operand(_integer(stack[-1]))
            elif kind == MLOAD:
                place = _integer(stack[-1])
                stack[-1] = int.from_bytes(memory._bytes[place : place + 32], "big")
            elif kind == MSTORE:
                place, value = _integer(stack.pop()), _integer(stack.pop())
                memory._bytes[place : place + 32] = value.to_bytes(32, "big")
            elif kind != JUMPDEST:
                target = _integer(stack.pop())
                if kind == JUMP or _integer(stack.pop()):
                    following = _landing(target, jumpdests)
        except IndexError as error:
            raise _exceptions.InsufficientStack("Too few items on the stack") from error
        if len(stack) > _STACK_MAX:
            raise _exceptions.FullStack("Stack limit reached")
        at = following


def _fits(stack: list[int | bytes], memory: bytearray) -> bool:
    return bool(stack) and _integer(stack[-1]) + 32 <= len(memory)


def _landing(target: int, jumpdests: frozenset[int]) -> int:
    if target in jumpdests:
        return target
    raise _exceptions.InvalidJumpDestination("Invalid Jump Destination")


def _integer(value: int | bytes) -> int:
    return value if isinstance(value, int) else int.from_bytes(value, "big")
