"""A frame: named columns of integers in one byte string, read back without copying.

Layout, integers little-endian::

    "SRFRAME1"                       8 bytes
    schema length, meta length       4 + 4 bytes
    schema                           canonical JSON, see below
    meta                             canonical JSON object
    zeros up to a multiple of 8
    rows of each table               8 bytes each, in the order in which the schema names them
    each column                      its bytes, then zeros up to a multiple of 8

The schema is a list of ``[name, type, width]``; ``width`` is 0 for a plain column and the number of
items in each row for a fixed-width one, such as 32 for a hash. A name with a dot, ``touched.no``,
belongs to the table before the dot; a name without one belongs to the frame's main table, whose
rows are what receipts are given for. Columns of one table have the same number of rows.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from sandrail.journal.errors import FrameError
from sandrail.journal.fact import Fact, Json, require_payload
from sandrail.journal.limits import (
    COLUMN_NAME_CHARS_MAX,
    COLUMN_WIDTH_MAX,
    COLUMNS_MAX,
    HEADER_BYTES_MAX,
    PAYLOAD_BYTES_MAX,
    ROWS_MAX,
    SCHEMA_PLANS_MAX,
)
from sandrail.world import InputError, canonical_bytes, parse_canonical

__all__ = [
    "COLUMN_TYPES",
    "MAIN_TABLE",
    "Array",
    "Frame",
    "decode_frame",
    "encode_frame",
    "frame_of",
    "is_frame",
]

Array: TypeAlias = npt.NDArray[Any]

MAIN_TABLE = ""
_MAGIC = b"SRFRAME1"
_LENGTHS = struct.Struct("<II")
_PREFIX_BYTES = len(_MAGIC) + _LENGTHS.size
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?", re.ASCII)
COLUMN_TYPES = {
    name: np.dtype("<" + name) for name in ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8")
}
_TYPE_NAMES = {dtype: name for name, dtype in COLUMN_TYPES.items()}
_PADS = [bytes(n) for n in range(8)]
_NO_META = b"{}"

_PlanKey: TypeAlias = tuple[tuple[str, np.dtype[Any], tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    dtype: np.dtype[Any]
    width: int
    table_no: int
    row_bytes: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """One column layout: its schema bytes and where each column belongs."""

    schema: bytes
    columns: tuple[_Column, ...]
    tables: tuple[str, ...]
    table_nos: tuple[int, ...]
    counts: struct.Struct


@dataclass(frozen=True, slots=True)
class Frame:
    """Columns as read from a payload.

    Attributes:
        columns: read-only arrays by name, in recorded order.
        meta: the JSON object recorded beside them.
        schema: the canonical JSON that names the columns and their types.
        rows: number of rows of the main table.
    """

    columns: Mapping[str, Array]
    meta: Mapping[str, Json]
    schema: bytes
    rows: int


_plans: dict[_PlanKey, _Plan] = {}
_plans_by_schema: dict[bytes, _Plan] = {}


def encode_frame(columns: Mapping[str, Array], meta: Mapping[str, Json] | None = None) -> bytes:
    """Return the bytes of ``columns`` (1-D, or 2-D of fixed width) and of ``meta``.

    Raises:
        FrameError: a bad name, a type outside u1 u2 u4 u8 i1 i4 i8 (little-endian), columns of one
            table that differ in length, or too much of anything.
    """
    plan = _plan_for(columns)
    meta_bytes = canonical_bytes(meta) if meta else _NO_META
    arrays = list(columns.values())
    lengths = [len(array) for array in arrays]
    counts = [0] * len(plan.tables)
    for table_no, length in zip(plan.table_nos, lengths, strict=True):
        counts[table_no] = length
    for table_no, length in zip(plan.table_nos, lengths, strict=True):
        if counts[table_no] != length:
            raise _uneven(plan, columns)
    head_bytes = _PREFIX_BYTES + len(plan.schema) + len(meta_bytes)
    parts: list[Any] = [
        _MAGIC,
        _LENGTHS.pack(len(plan.schema), len(meta_bytes)),
        plan.schema,
        meta_bytes,
        _PADS[-head_bytes & 7],
        plan.counts.pack(*counts),
    ]
    for array in arrays:
        parts.append(array if array.flags.c_contiguous else np.ascontiguousarray(array))
        pad = -array.nbytes & 7
        if pad:
            parts.append(_PADS[pad])
    data = b"".join(parts)
    if max(counts, default=0) > ROWS_MAX or len(data) > PAYLOAD_BYTES_MAX:
        raise FrameError(
            f"A frame of {max(counts)} rows and {len(data)} bytes is too large.",
            why=f"A frame has at most {ROWS_MAX} rows in a table and {PAYLOAD_BYTES_MAX} bytes.",
            fix="Split the batch.",
        )
    if len(meta_bytes) > HEADER_BYTES_MAX:
        raise _too_long("meta", len(meta_bytes))
    return data


def is_frame(payload: bytes) -> bool:
    """Whether the payload says that it is a frame."""
    return payload[: len(_MAGIC)] == _MAGIC


def frame_of(fact: Fact) -> Frame:
    """Return the frame in a fact's payload.

    Raises:
        RedactedError: the payload was removed by law.
        FrameError: it is no frame; the error names the fact.
    """
    require_payload(fact)
    try:
        return decode_frame(fact.payload)
    except FrameError as error:
        raise FrameError(
            f"The payload of fact {fact.seq} ({fact.kind}) is not a frame.",
            why=error.what,
            fix="Read it with parse_payload if it is JSON.",
            seq=fact.seq,
        ) from error


def decode_frame(data: bytes) -> Frame:
    """Return the columns in ``data`` as read-only views of it.

    Raises:
        FrameError: anything that ``encode_frame`` would not have written.
    """
    plan, meta, at = _decode_head(data)
    end = at + plan.counts.size
    if end > len(data):
        raise _malformed("it ends before the row counts")
    counts = plan.counts.unpack_from(data, at)
    if max(counts, default=0) > ROWS_MAX:
        raise _malformed(f"a table claims {max(counts)} rows, more than {ROWS_MAX}")
    columns: dict[str, Array] = {}
    frozen = type(data) is bytes
    for column in plan.columns:
        rows = counts[column.table_no]
        at, end = end, end + rows * column.row_bytes
        padded = end + (-end & 7)
        if padded > len(data):
            raise _malformed(f"it ends inside the column {column.name}")
        if padded != end and data[end:padded] != _PADS[padded - end]:
            raise _malformed(f"the filling after the column {column.name} is not zero")
        array = np.frombuffer(data, column.dtype, rows * (column.width or 1), at)
        if not frozen:
            array.flags.writeable = False
        columns[column.name] = array.reshape(rows, column.width) if column.width else array
        end = padded
    if end != len(data):
        raise _malformed(f"{len(data) - end} bytes follow the last column")
    main = plan.tables.index(MAIN_TABLE) if MAIN_TABLE in plan.tables else None
    return Frame(columns, meta, plan.schema, 0 if main is None else counts[main])


def _decode_head(data: bytes) -> tuple[_Plan, Mapping[str, Json], int]:
    if not isinstance(data, bytes | memoryview) or len(data) > PAYLOAD_BYTES_MAX:
        raise _malformed(f"a frame is bytes, at most {PAYLOAD_BYTES_MAX}")
    if len(data) < _PREFIX_BYTES or data[: len(_MAGIC)] != _MAGIC:
        raise _malformed(f"it does not begin with {_MAGIC.decode()}")
    schema_bytes, meta_bytes = _LENGTHS.unpack_from(data, len(_MAGIC))
    schema_end = _PREFIX_BYTES + schema_bytes
    meta_end = schema_end + meta_bytes
    start = meta_end + (-meta_end & 7)
    if max(schema_bytes, meta_bytes) > HEADER_BYTES_MAX or start > len(data):
        raise _malformed("its header is longer than the frame or the limit")
    if data[meta_end:start] != _PADS[start - meta_end]:
        raise _malformed("the filling after the header is not zero")
    plan = _plan_of_schema(bytes(data[_PREFIX_BYTES:schema_end]))
    raw_meta = bytes(data[schema_end:meta_end])
    meta = {} if raw_meta == _NO_META else _parse_json(raw_meta, "meta")
    if not isinstance(meta, dict):
        raise _malformed("its meta is not an object")
    return plan, meta, start


def _plan_for(columns: Mapping[str, Array]) -> _Plan:
    try:
        key = tuple([(name, array.dtype, array.shape[1:]) for name, array in columns.items()])
    except AttributeError as error:
        raise FrameError(
            "A frame is made of NumPy arrays.",
            why=str(error).capitalize() + ".",
            fix="Pass np.asarray(values, dtype=np.uint64) or another whole-number type.",
        ) from error
    plan = _plans.get(key)
    if plan is not None:
        return plan
    entries: list[list[object]] = []
    for name, array in columns.items():
        type_name = _TYPE_NAMES.get(array.dtype)
        if (
            type_name is None
            or array.ndim not in (1, 2)
            or (array.ndim == 2 and not array.shape[1])
        ):
            raise FrameError(
                f"The column {name!r} has type {array.dtype} and {array.ndim} dimensions.",
                why="A column is 1-D, or 2-D of fixed width, of " + " ".join(COLUMN_TYPES) + ".",
                fix="Convert it with astype; write booleans as u1 and money as minor units.",
            )
        entries.append([name, type_name, array.shape[1] if array.ndim == 2 else 0])
    plan = _build_plan(entries, canonical_bytes(entries))
    if len(_plans) >= SCHEMA_PLANS_MAX:
        _plans.clear()
    _plans[key] = plan
    return plan


def _plan_of_schema(schema: bytes) -> _Plan:
    plan = _plans_by_schema.get(schema)
    if plan is not None:
        return plan
    plan = _build_plan(_parse_json(schema, "schema"), schema)
    if len(_plans_by_schema) >= SCHEMA_PLANS_MAX:
        _plans_by_schema.clear()
    _plans_by_schema[schema] = plan
    return plan


def _build_plan(entries: object, schema: bytes) -> _Plan:
    if not isinstance(entries, list) or len(entries) > COLUMNS_MAX:
        raise _malformed(f"a schema is a list of at most {COLUMNS_MAX} columns")
    tables: dict[str, int] = {}
    columns: dict[str, _Column] = {}
    for entry in entries:
        name, dtype, width = _read_entry(entry)
        if name in columns:
            raise _malformed(f"the column {name!r} is named twice")
        table = name.partition(".")[0] if "." in name else MAIN_TABLE
        table_no = tables.setdefault(table, len(tables))
        row_bytes = dtype.itemsize * (width or 1)
        columns[name] = _Column(name, dtype, width, table_no, row_bytes)
    if len(schema) > HEADER_BYTES_MAX:
        raise _too_long("schema", len(schema))
    return _Plan(
        schema=schema,
        columns=tuple(columns.values()),
        tables=tuple(tables),
        table_nos=tuple(column.table_no for column in columns.values()),
        counts=struct.Struct(f"<{len(tables)}Q"),
    )


def _read_entry(entry: object) -> tuple[str, np.dtype[Any], int]:
    if not isinstance(entry, list) or len(entry) != 3:
        raise _malformed(f"{entry!r} is not [name, type, width]")
    name, type_name, width = entry
    if not isinstance(name, str) or len(name) > COLUMN_NAME_CHARS_MAX or not _NAME.fullmatch(name):
        raise _malformed(f"{name!r} is not the name of a column")
    if not isinstance(type_name, str) or type_name not in COLUMN_TYPES:
        raise _malformed(f"the column {name} has the unknown type {type_name!r}")
    if type(width) is not int or not 0 <= width <= COLUMN_WIDTH_MAX:
        raise _malformed(f"the column {name} has the width {width!r}")
    return name, COLUMN_TYPES[type_name], width


def _parse_json(data: bytes, part: str) -> Any:
    try:
        return parse_canonical(data)
    except InputError as error:
        raise _malformed(f"its {part} is not canonical JSON") from error


def _malformed(why: str) -> FrameError:
    return FrameError(
        "The bytes or columns are not a frame.",
        why=why[0].upper() + why[1:] + ".",
        fix="Write frames with encode_frame only; restore a damaged file from its source.",
    )


def _too_long(part: str, size: int) -> FrameError:
    return _malformed(f"its {part} has {size} bytes, more than {HEADER_BYTES_MAX}")


def _uneven(plan: _Plan, columns: Mapping[str, Array]) -> FrameError:
    lengths = ", ".join(f"{name}: {len(array)}" for name, array in columns.items())
    return FrameError(
        "Columns of one table differ in length.",
        why=f"{lengths}; tables: {', '.join(name or 'main' for name in plan.tables)}.",
        fix="Put columns of another length into a table of their own: name them table.column.",
    )
