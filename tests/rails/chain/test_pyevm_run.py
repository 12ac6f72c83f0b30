"""The faster loop and py-evm's own do the same: words, gas, errors, logs and storage."""

from __future__ import annotations

from typing import Any

import pytest
from eth.vm.forks.cancun.computation import CancunComputation
from eth.vm.forks.cancun.transaction_context import CancunTransactionContext
from eth.vm.message import Message
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandrail.rails.chain import pyevm_run
from sandrail.rails.chain.pyevm_engine import _context
from sandrail.rails.chain.pyevm_state import Accounts, SandboxState

pytestmark = pytest.mark.evm
ME, OTHER = bytes(19) + b"\xaa", bytes(19) + b"\xbb"


class PlainState(SandboxState):
    """The same state under py-evm's own loop."""

    computation_class = CancunComputation


def outcome(kind: type[SandboxState], code: bytes, data: bytes, gas: int) -> dict[str, object]:
    """Run a program and return all that can be seen of it."""
    accounts = Accounts()
    accounts.code[ME] = code
    accounts.code[OTHER] = bytes.fromhex("60015f5500")
    accounts.storage[ME, 1] = 77
    state = kind(accounts, _context(5, 1_000))
    accounts.begin()
    message = Message(gas=gas, to=ME, sender=OTHER, value=0, data=data, code=code)
    context = CancunTransactionContext(gas_price=0, origin=OTHER)
    done: Any = state.computation_class.apply_message(state, message, context)
    return {
        "error": type(done._error).__name__,
        "output": bytes(done.output),
        "gas": done.get_gas_remaining(),
        "refund": done.get_gas_refund(),
        "logs": done.get_log_entries(),
        "stack": [
            int.from_bytes(v, "big") if isinstance(v, bytes) else v for v in done._stack.values
        ]
        if done.is_success
        else None,
        "memory": bytes(done._memory._bytes) if done.is_success else None,
        "storage": accounts.storage,
        "code": accounts.code,
    }


def assert_same(code: bytes, data: bytes = b"", gas: int = 200_000) -> dict[str, object]:
    """Run both and compare."""
    plain, fast = (outcome(kind, code, data, gas) for kind in (PlainState, SandboxState))
    assert fast == plain
    return fast


# Opcodes that a program of two hundred bytes can do something with.
WORDS = st.one_of(
    st.integers(0, 40).map(lambda n: bytes([0x60, n])),
    st.binary(min_size=2, max_size=2).map(lambda b: b"\x61" + b),
    st.binary(min_size=32, max_size=32).map(lambda b: b"\x7f" + b),
    st.just(b"\x5f"),
)
COMMON = st.sampled_from(
    [bytes([op]) for op in (*range(0x01, 0x0C), *range(0x10, 0x1E), 0x20, 0x35, 0x36, 0x38, 0x50)]
    + [bytes([op]) for op in (0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x5B)]
    + [bytes([op]) for op in (0x5C, 0x5D, 0x5E, *range(0x80, 0xA5), 0xF3, 0xFD)]
)
PROGRAMS = st.lists(
    st.one_of(WORDS, WORDS, COMMON, COMMON, COMMON, st.binary(max_size=2)), max_size=70
)


@pytest.mark.filterwarnings("ignore:SELFDESTRUCT")
@settings(max_examples=400, deadline=None)
@given(
    parts=PROGRAMS,
    data=st.binary(max_size=70),
    gas=st.sampled_from([0, 3, 50, 700, 5_000, 200_000]),
)
@example(parts=[b"\x7f"], data=b"", gas=200_000)
@example(parts=[b"\x5b\x5f\x56"], data=b"", gas=5_000)
def test_random_programs_do_the_same_in_both_loops(
    parts: list[bytes], data: bytes, gas: int
) -> None:
    assert_same(b"".join(parts), data, gas)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("00", "NoneType"),
        ("", "NoneType"),
        ("01", "InsufficientStack"),
        ("50", "InsufficientStack"),
        ("51", "InsufficientStack"),
        ("5f52", "InsufficientStack"),
        ("91", "InsufficientStack"),
        ("8f", "InsufficientStack"),
        ("57", "InsufficientStack"),
        ("5f57", "InsufficientStack"),
        ("600456fe5b00", "NoneType"),
        ("600356fe5b00", "InvalidJumpDestination"),
        ("60ff56", "InvalidJumpDestination"),
        ("600256605b5b", "InvalidJumpDestination"),
        ("5f60ff57", "NoneType"),
        ("fe", "InvalidInstruction"),
        ("0c", "InvalidInstruction"),
        ("5b5f56", "OutOfGas"),
        ("5b365f56", "FullStack"),
        ("5b5f600056", "FullStack"),
        ("7f" + "ff" * 31, "NoneType"),
        ("7f" + "ff" * 32 + "51", "OutOfGas"),
        ("5f5ffd", "Revert"),
        ("60015f5260205ff3", "NoneType"),
        ("5f5f5f5f5f73" + OTHER.hex() + "5af100", "NoneType"),
    ],
)
def test_an_edge_is_the_same_edge_in_both_loops(code: str, error: str) -> None:
    assert assert_same(bytes.fromhex(code))["error"] == error


def test_a_full_stack_is_full_in_both_loops() -> None:
    assert assert_same(b"\x5f" * 1_024)["error"] == "NoneType"
    assert assert_same(b"\x5f" * 1_025)["error"] == "FullStack"
    assert assert_same(b"\x5f" * 1_024 + b"\x80")["error"] == "FullStack"


def test_a_wrong_loop_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    code = bytes.fromhex("60026003035f5260205ff3")
    assert_same(code)
    pyevm_run._decode.cache_clear()
    monkeypatch.setitem(pyevm_run._BINARY, 0x03, lambda a, b: a + b)
    with pytest.raises(AssertionError):
        assert_same(code)
    pyevm_run._decode.cache_clear()
