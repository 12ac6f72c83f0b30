from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.journal import FrameError, decode_frame, encode_frame, is_frame
from sandrail.journal.limits import COLUMNS_MAX

TYPES = ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8"]


def sample() -> dict[str, np.ndarray[Any, Any]]:
    return {
        "id": np.array([1, 2, 3], dtype="<u8"),
        "flag": np.array([0, 1, 0], dtype="<u1"),
        "hash": np.arange(96, dtype=np.uint8).reshape(3, 32),
        "touched.no": np.array([7, 8, 9, 10, 11], dtype="<i4"),
        "touched.balance": np.arange(40, dtype="<u8").reshape(5, 8),
    }


def assert_same(left: dict[str, Any], right: Any) -> None:
    assert list(left) == list(right)
    for name, array in left.items():
        assert right[name].dtype == array.dtype
        assert np.array_equal(right[name], array)


def test_what_goes_in_comes_out_without_a_copy() -> None:
    data = encode_frame(sample(), {"key": "k1", "at_us": 5})
    frame = decode_frame(data)
    assert_same(sample(), frame.columns)
    assert frame.meta == {"key": "k1", "at_us": 5}
    assert frame.rows == 3
    source = np.frombuffer(data, np.uint8)
    for column in frame.columns.values():
        assert np.shares_memory(column, source)
        assert not column.flags.writeable
        assert column.flags.aligned


def test_the_layout_is_the_documented_one() -> None:
    """Rebuilt by hand from the docstring, so that the format cannot drift unnoticed."""
    data = encode_frame({"a": np.array([258], "<u2"), "t.b": np.array([-1, 1], "<i8")}, {"k": 1})
    schema, meta = b'[["a","u2",0],["t.b","i8",0]]', b'{"k":1}'
    head = b"SRFRAME1" + struct.pack("<II", len(schema), len(meta)) + schema + meta
    head += bytes(-len(head) % 8)
    body = struct.pack("<QQ", 1, 2) + struct.pack("<H", 258) + bytes(6) + struct.pack("<qq", -1, 1)
    assert data == head + body


@given(
    rows=st.integers(0, 20),
    other_rows=st.integers(0, 5),
    shape=st.lists(st.tuples(st.sampled_from(TYPES), st.integers(0, 9)), max_size=12),
    seed=st.integers(0, 2**32),
)
def test_any_columns_survive(
    rows: int, other_rows: int, shape: list[tuple[str, int]], seed: int
) -> None:
    random = np.random.default_rng(seed)
    columns = {}
    for no, (type_name, width) in enumerate(shape):
        count = other_rows if no % 2 else rows
        raw = random.bytes(count * int(type_name[1]) * (width or 1))
        array = np.frombuffer(raw, "<" + type_name)
        columns[f"t.c{no}" if no % 2 else f"c{no}"] = (
            array.reshape(count, width) if width else array
        )
    data = encode_frame(columns, {"seed": seed})
    assert_same(columns, decode_frame(data).columns)
    assert encode_frame(decode_frame(data).columns, {"seed": seed}) == data


def test_a_flipped_bit_is_refused_or_gives_other_values() -> None:
    whole = encode_frame(sample(), {"key": "k1"})
    for position in range(len(whole)):
        data = bytearray(whole)
        data[position] ^= 1 << position % 8
        try:
            frame = decode_frame(bytes(data))
        except FrameError:
            continue
        assert encode_frame(frame.columns, frame.meta) == bytes(data), "a second form was accepted"


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    for candidate in (data, b"SRFRAME1" + data):
        try:
            frame = decode_frame(candidate)
        except FrameError:
            continue
        assert encode_frame(frame.columns, frame.meta) == candidate


@pytest.mark.parametrize("cut", range(0, 500, 7))
def test_a_cut_or_longer_frame_is_refused(cut: int) -> None:
    data = encode_frame(sample(), {"key": "k1"})
    with pytest.raises(FrameError):
        decode_frame(data[: cut % len(data)])
    with pytest.raises(FrameError):
        decode_frame(data + bytes(cut + 1))


def test_non_contiguous_columns_are_taken_by_value() -> None:
    wide = np.arange(20, dtype=np.uint64).reshape(10, 2)
    frame = decode_frame(encode_frame({"a": wide[:, 1], "b": wide[:, 0][::1]}))
    assert frame.columns["a"].tolist() == list(range(1, 20, 2))
    assert frame.columns["b"].tolist() == list(range(0, 20, 2))


@pytest.mark.parametrize(
    "columns",
    [
        {"a": np.zeros(3)},
        {"a": np.zeros(3, dtype=bool)},
        {"a": np.zeros(3, dtype=">u8")},
        {"a": np.zeros(3, dtype=object)},
        {"a": np.zeros((3, 2, 2), dtype=np.uint8)},
        {"a": np.zeros((3, 0), dtype=np.uint8)},
        {"a": np.zeros((), dtype=np.uint8)},
        {"A": np.zeros(3, dtype=np.uint8)},
        {"a.b.c": np.zeros(3, dtype=np.uint8)},
        {"": np.zeros(3, dtype=np.uint8)},
        {"a" * 65: np.zeros(3, dtype=np.uint8)},
        {"a": [1, 2, 3]},
        {"a": np.zeros(3, dtype=np.uint8), "b": np.zeros(2, dtype=np.uint8)},
        {"a": np.zeros((2, 5000), dtype=np.uint8)},
        {f"c{n}": np.zeros(1, dtype=np.uint8) for n in range(COLUMNS_MAX + 1)},
    ],
)
def test_unfit_columns_are_refused(columns: Any) -> None:
    for _ in range(2):  # a remembered layout must not let the second try through
        with pytest.raises(FrameError):
            encode_frame(columns)


def test_columns_of_another_length_get_a_table_of_their_own() -> None:
    with pytest.raises(FrameError, match=r"table\.column"):
        encode_frame({"a": np.zeros(3, np.uint8), "b": np.zeros(4, np.uint8)})
    encode_frame({"a": np.zeros(3, np.uint8), "touched.b": np.zeros(4, np.uint8)})


def test_a_schema_with_a_repeated_or_odd_entry_is_refused() -> None:
    good = encode_frame({"a": np.zeros(8, np.uint8), "b": np.zeros(8, np.uint8)})
    for swap in (b'[["a","u1",0],["a","u1",0]]', b'[["a","f8",0],["b","u1",0]]'):
        with pytest.raises(FrameError):
            decode_frame(good.replace(b'[["a","u1",0],["b","u1",0]]', swap))


def test_an_empty_frame_and_no_meta() -> None:
    frame = decode_frame(encode_frame({}))
    assert (dict(frame.columns), dict(frame.meta), frame.rows) == ({}, {}, 0)
    assert is_frame(encode_frame({}))
    assert not is_frame(b"{}")


def test_a_frame_is_read_from_a_part_of_a_larger_buffer_and_stays_read_only() -> None:
    data = encode_frame(sample(), {"key": "k1"})
    buffer = bytearray(bytes(16) + data)
    frame = decode_frame(memoryview(buffer)[16:])  # type: ignore[arg-type]
    assert_same(sample(), frame.columns)
    assert not any(column.flags.writeable for column in frame.columns.values())
