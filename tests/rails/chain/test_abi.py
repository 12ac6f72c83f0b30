"""ABI encoding agrees with the general codec, and refuses what is not canonical."""

from __future__ import annotations

import pytest
from eth_abi.abi import decode, encode
from hypothesis import given
from hypothesis import strategies as st

from sandrail.rails.chain import ArtifactError, CallError, load_artifact
from sandrail.rails.chain.abi import Function, Interface

VALUES = {
    "address": st.binary(min_size=20, max_size=20),
    "uint256": st.integers(0, 2**256 - 1),
    "uint8": st.integers(0, 255),
    "bool": st.booleans(),
    "bytes32": st.binary(min_size=32, max_size=32),
}


def function(*kinds: str) -> Function:
    inputs = [{"name": "x", "type": kind} for kind in kinds]
    return Function({"name": "f", "inputs": inputs, "outputs": [], "stateMutability": "nonpayable"})


@given(st.data())
def test_calldata_is_what_the_general_codec_makes(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=5))
    values = [data.draw(VALUES[kind]) for kind in kinds]
    made = function(*kinds).encode(*values)
    assert made[4:] == encode(kinds, values)
    assert function(*kinds).render(made) is not None


@given(st.binary(max_size=200))
def test_only_canonical_calldata_renders(noise: bytes) -> None:
    takes = function("address", "uint8", "bool")
    data = takes.selector + noise
    text = takes.render(data)
    if text is not None:
        assert encode(takes.inputs, decode(takes.inputs, noise)) == noise


@pytest.mark.parametrize(
    "word",
    ["01" + "00" * 31, "00" * 11 + "01" + "11" * 20, "00" * 31, "00" * 33],
    ids=["high bit", "dirty byte", "short", "long"],
)
def test_a_dirty_address_does_not_render(word: str) -> None:
    takes = function("address")
    assert takes.render(takes.selector + bytes.fromhex("00" * 12 + "11" * 20)) is not None
    assert takes.render(takes.selector + bytes.fromhex(word)) is None


def test_rendering_is_what_the_fast_engine_reads() -> None:
    takes = function("address", "uint256")
    text = takes.render(takes.encode(b"\x11" * 20, 255))
    assert text == f"(0x{'11' * 20}, 0x{255:064x})"
    assert function().render(function().encode()) == "()"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("address", b"\x00" * 19),
        ("address", "0x" + "11" * 20),
        ("uint256", -1),
        ("uint256", 2**256),
        ("uint8", 256),
        ("uint256", True),
        ("uint256", "5"),
        ("bool", 1),
        ("bytes32", b"\x00" * 31),
    ],
)
def test_a_value_of_another_type_is_an_error(kind: str, value: object) -> None:
    with pytest.raises(CallError) as caught:
        function(kind).encode(value)
    assert caught.value.stable_code == "chain.bad_argument"


def test_too_many_or_too_few_arguments_are_an_error() -> None:
    for values in ((), (1, 2)):
        with pytest.raises(CallError, match="takes 1 arguments"):
            function("uint256").encode(*values)


def test_selectors_and_topics_are_those_of_the_standards() -> None:
    interface = load_artifact("SupervisedToken").interface
    selectors = {name: interface.functions[name].selector.hex() for name in interface.functions}
    known = {
        "transfer": "a9059cbb",
        "transferFrom": "23b872dd",
        "approve": "095ea7b3",
        "allowance": "dd62ed3e",
        "balanceOf": "70a08231",
        "totalSupply": "18160ddd",
        "decimals": "313ce567",
        "name": "06fdde03",
        "symbol": "95d89b41",
    }
    assert {name: selectors[name] for name in known} == known
    assert interface.events["Approval"].topic.hex() == (
        "8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925"
    )


def test_two_functions_of_one_name_are_refused() -> None:
    entry = {"type": "function", "name": "f", "inputs": [], "outputs": []}
    with pytest.raises(ArtifactError, match="cannot be used"):
        Interface([entry, entry])


@pytest.mark.parametrize("abi", [None, {}, ["x"], [1]])
def test_an_interface_that_is_none_is_refused(abi: object) -> None:
    with pytest.raises(ArtifactError):
        Interface(abi)


def test_an_answer_that_does_not_decode_is_an_error() -> None:
    ask = load_artifact("SupervisedToken").interface.functions["name"]
    with pytest.raises(CallError, match="does not decode"):
        ask.decode_output(b"\xff" * 40)
