"""The small codec agrees with the general one, and refuses what that refuses."""

from __future__ import annotations

import subprocess
import sys

import pytest
from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from hypothesis import given
from hypothesis import strategies as st

from sandrail.rails.chain import CallError
from sandrail.rails.chain.codec import decode_values, encode_values

VALUES: dict[str, st.SearchStrategy[object]] = {
    "address": st.binary(min_size=20, max_size=20),
    "uint256": st.integers(0, 2**256 - 1),
    "uint64": st.integers(0, 2**64 - 1),
    "bool": st.booleans(),
    "bytes32": st.binary(min_size=32, max_size=32),
    "string": st.text(st.characters(codec="utf-8"), max_size=50),
    "bytes": st.binary(max_size=70),
}
SIGNED = {"int256": st.integers(-(2**255), 2**255 - 1), "int8": st.integers(-128, 127)}
LISTS = {"uint256[]": st.lists(st.integers(0, 9)), "(uint8,bool)": st.just((7, True))}


def drawn(
    data: st.DataObject, known: dict[str, st.SearchStrategy[object]]
) -> tuple[list[str], list[object]]:
    kinds = data.draw(st.lists(st.sampled_from(sorted(known)), max_size=6))
    return kinds, [data.draw(known[kind]) for kind in kinds]


@given(st.data())
def test_what_is_encoded_is_what_the_general_codec_encodes(data: st.DataObject) -> None:
    kinds, values = drawn(data, {**VALUES, **LISTS})  # type: ignore[dict-item]
    assert encode_values(kinds, values) == encode(kinds, values)


@given(st.data())
def test_what_is_encoded_comes_back(data: st.DataObject) -> None:
    kinds, values = drawn(data, {**VALUES, **SIGNED})  # type: ignore[dict-item]
    assert list(decode_values(kinds, encode(kinds, values))) == values


@given(st.sampled_from(sorted({**VALUES, **SIGNED})), st.binary(max_size=130))
def test_noise_is_refused_wherever_the_general_codec_refuses_it(kind: str, noise: bytes) -> None:
    try:
        (expected,) = decode([kind], noise)
    except (DecodingError, UnicodeDecodeError, OverflowError):
        if kind not in ("string", "bytes"):  # it also asks for clean padding behind a text
            with pytest.raises(CallError):
                decode_values([kind], noise)
        return
    if kind == "address":
        expected = bytes.fromhex(expected[2:])
    assert decode_values([kind], noise) == (expected,)


@pytest.mark.parametrize(
    ("kinds", "values"),
    [
        (["string"], [b"x"]),
        (["bytes"], ["x"]),
        (["string"], [5]),
        (["uint8", "uint8"], [1]),
        (["uint8[]"], [[256]]),
        (["uint8[]"], ["x"]),
    ],
)
def test_values_that_do_not_fit_are_an_error(kinds: list[str], values: list[object]) -> None:
    with pytest.raises(CallError) as caught:
        encode_values(kinds, values)
    assert caught.value.stable_code == "chain.bad_argument"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("string", "20" + "00" * 0),
        ("string", "00" * 31 + "20" + "00" * 31 + "02" + "41"),
        ("bytes", "ff" * 32),
        ("string", "00" * 31 + "20" + "00" * 31 + "01" + "ff" + "00" * 31),
        ("uint8[]", "00" * 31 + "20"),
    ],
)
def test_bytes_that_end_too_early_or_are_no_text_are_refused(kind: str, data: str) -> None:
    with pytest.raises(CallError):
        decode_values([kind], bytes.fromhex(data))


def test_the_slow_libraries_are_not_loaded_with_the_room() -> None:
    code = (
        "import sys, sandrail.rails.chain\n"
        "print([name for name in ('eth_abi', 'eth', 'simular') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
