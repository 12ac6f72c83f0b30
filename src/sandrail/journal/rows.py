"""What a fact contributes to the Merkle tree: one leaf, under which each row has its own place.

A fact whose payload is a frame carries rows, and the owner of one row should be able to prove it
without being shown the others. So the rows of the frame's main table form a tree of their own, and
the fact's leaf holds::

    "sandrail/leaf/1\\n"
    hash of the fact         32 bytes
    number of rows            8 bytes, big-endian; 0 when the payload is no frame
    root of the rows' tree   32 bytes; zeros when there are none

A row's leaf holds ``"sandrail/row/1\\n"``, the SHA-256 of the canonical JSON schema of the main
table, and the row's values in that order, little-endian, without gaps.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sandrail.journal.errors import FrameError, ProofError
from sandrail.journal.fact import Fact
from sandrail.journal.frame import COLUMN_TYPES, Frame, decode_frame
from sandrail.journal.limits import COLUMN_WIDTH_MAX, COLUMNS_MAX, SCHEMA_PLANS_MAX
from sandrail.journal.merkle import MerkleTree, leaf_hash
from sandrail.world import canonical_bytes

__all__ = [
    "NO_ROWS",
    "Rows",
    "RowsRoot",
    "fact_leaf",
    "pack_row",
    "packed_row_leaf",
    "row_leaf",
    "rows_of",
    "rows_root",
    "unpack_row",
]

_LEAF_TAG = b"sandrail/leaf/1\n"
_ROW_TAG = b"sandrail/row/1\n"
_CODES = dict(zip(COLUMN_TYPES, "BHIQbhiq", strict=True))
_HEX = frozenset("0123456789abcdef")
_COUNT = struct.Struct(">Q")
Schema = Sequence[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class RowsRoot:
    """What a fact's leaf says about its rows.

    Attributes:
        count: how many there are.
        root: the root of their tree, or zeros when there are none.
    """

    count: int
    root: bytes


NO_ROWS = RowsRoot(0, bytes(32))


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one fact and their tree.

    Attributes:
        schema: name, type and width of each column of the main table.
        packed: the values of each row, one byte string per row.
        tree: the tree over the rows' leaves.
    """

    schema: Schema
    packed: Sequence[bytes]
    tree: MerkleTree

    @property
    def summary(self) -> RowsRoot:
        """What the fact's leaf says about these rows."""
        return RowsRoot(len(self.packed), self.tree.root()) if self.packed else NO_ROWS


def rows_of(fact: Fact) -> Rows:
    """Return the rows of a fact; none when its payload is not a frame.

    Raises:
        ProofError: the payload was redacted, so that its rows are gone.
    """
    if fact.is_redacted:
        raise ProofError(
            f"The rows of fact {fact.seq} are gone.",
            why="Its payload was redacted.",
            fix="The journal.redacted fact that names it keeps the root of its rows.",
            seq=fact.seq,
        )
    try:
        frame = decode_frame(fact.payload)
    except FrameError:
        return Rows((), (), MerkleTree())
    schema = _main_schema(frame)
    packed = _pack(frame, schema)
    prefix = b"\x00" + _row_prefix(tuple(schema))
    sha256 = hashlib.sha256
    return Rows(schema, packed, MerkleTree([sha256(prefix + row).digest() for row in packed]))


def rows_root(fact: Fact) -> RowsRoot:
    """Return what the fact's leaf says about its rows."""
    return rows_of(fact).summary


def fact_leaf(fact_hash: bytes, rows: RowsRoot) -> bytes:
    """Return the hash of a fact's leaf."""
    return leaf_hash(_LEAF_TAG + fact_hash + _COUNT.pack(rows.count) + rows.root)


def row_leaf(fact: Fact, row: int) -> bytes:
    """Return the hash of the leaf of one row of a columnar fact.

    Raises:
        ProofError: the fact has no such row.
    """
    leaves = rows_of(fact).tree.leaf_hashes
    if not 0 <= row < len(leaves):
        raise ProofError(
            f"Fact {fact.seq} has no row {row}.",
            why=f"It has {len(leaves)}.",
            fix="Rows are counted from 0.",
            code="journal.no_such_leaf",
        )
    return leaves[row]


def packed_row_leaf(schema: Schema, packed: bytes) -> bytes:
    """Return the hash of the leaf of a row from its packed values."""
    return leaf_hash(_row_prefix(tuple(schema)) + packed)


def pack_row(schema: Schema, values: Mapping[str, object]) -> bytes:
    """Return the packed form of a row given as plain values, as a receipt holds them.

    Raises:
        ProofError: the values do not fit the schema.
    """
    if len(schema) > COLUMNS_MAX or [name for name, _, _ in schema] != list(values):
        raise _unfit("Its columns are not those of its schema.")
    plan = _plan_of(tuple(schema))
    items: list[object] = []
    for (name, type_name, width), value in zip(schema, values.values(), strict=True):
        items += _plain_items(name, type_name == "u1", width, value)
    try:
        return plan.pack(*items)
    except struct.error as error:
        raise _unfit(f"A value does not fit its column: {error}.") from error


def unpack_row(schema: Schema, packed: bytes) -> dict[str, object]:
    """Return a packed row as plain values: integers, lists of them, and hexadecimal for bytes."""
    items = iter(_plan_of(tuple(schema)).unpack(packed))
    values: dict[str, object] = {}
    for name, type_name, width in schema:
        if not width:
            values[name] = next(items)
        elif type_name == "u1":
            values[name] = next(items).hex()
        else:
            values[name] = [next(items) for _ in range(width)]
    return values


def _plain_items(name: str, is_bytes: bool, width: int, value: object) -> list[object]:
    """Return what the packing of one column takes, after checking its kind and its length."""
    if width and is_bytes:
        if isinstance(value, str) and len(value) == 2 * width and _HEX.issuperset(value):
            return [bytes.fromhex(value)]
        raise _unfit(f"The value of {name} is not {width} bytes in hexadecimal.")
    items = value if width else [value]
    if (
        not isinstance(items, list)
        or len(items) != (width or 1)
        or any(type(item) is not int for item in items)
    ):
        raise _unfit(f"The value of {name} is not {width or 1} whole numbers.")
    return items


@lru_cache(maxsize=SCHEMA_PLANS_MAX)
def _plan_of(schema: tuple[tuple[str, str, int], ...]) -> struct.Struct:
    """Return how a row of this schema is packed."""
    layout = "<"
    for name, type_name, width in schema:
        code = _CODES.get(type_name)
        if code is None or not 0 <= width <= COLUMN_WIDTH_MAX:
            raise _unfit(f"The column {name} has an unknown type.")
        layout += f"{width}s" if width and type_name == "u1" else f"{width or 1}{code}"
    return struct.Struct(layout)


def _main_schema(frame: Frame) -> Schema:
    names = {dtype: name for name, dtype in COLUMN_TYPES.items()}
    return tuple(
        (name, names[array.dtype], array.shape[1] if array.ndim == 2 else 0)
        for name, array in frame.columns.items()
        if "." not in name
    )


def _pack(frame: Frame, schema: Schema) -> list[bytes]:
    if not frame.rows:
        return []
    parts = [
        np.ascontiguousarray(frame.columns[name]).view(np.uint8).reshape(frame.rows, -1)
        for name, _, _ in schema
    ]
    table = np.concatenate(parts, axis=1)
    size = table.shape[1]
    data = table.tobytes()
    return [data[at : at + size] for at in range(0, len(data), size)]


@lru_cache(maxsize=SCHEMA_PLANS_MAX)
def _row_prefix(schema: tuple[tuple[str, str, int], ...]) -> bytes:
    plain = [list(column) for column in schema]
    return _ROW_TAG + hashlib.sha256(canonical_bytes(plain)).digest()


def _unfit(why: str) -> ProofError:
    return ProofError(
        "The receipt's row cannot be read.",
        why=why,
        fix="Ask for a new receipt.",
    )
