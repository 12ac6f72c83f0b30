"""A receipt: proof that one fact, or one row of it, is in a journal as its keeper signed it.

Its owner keeps a small JSON file and the keeper's public key and needs nothing else: no server, no
journal, and no sight of anybody else's rows. See docs/concepts/journal.md for what is in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandrail.journal.checkpoint import Checkpoint, VerifyingKey, verify_checkpoint
from sandrail.journal.errors import DraftError, ProofError
from sandrail.journal.fact import Draft, chain_hash, check_draft
from sandrail.journal.limits import RECEIPT_BYTES_MAX
from sandrail.journal.merkle import HASH_BYTES, verify_inclusion
from sandrail.journal.rows import (
    NO_ROWS,
    RowsRoot,
    fact_leaf,
    pack_row,
    packed_row_leaf,
    unpack_row,
)
from sandrail.world import InputError, canonical_bytes, parse_canonical

__all__ = ["FactHeader", "Proven", "Receipt", "verify_receipt"]

FORMAT = "sandrail/receipt/1"
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class FactHeader:
    """Everything of a fact but its payload; enough to compute its hash.

    Attributes are those of ``Fact``.
    """

    seq: int
    kind: str
    at_us: int
    actor: str
    payload_hash: bytes
    prev_hash: bytes

    @property
    def hash(self) -> bytes:
        """The hash of the fact."""
        return chain_hash(
            self.seq,
            kind=self.kind,
            at_us=self.at_us,
            actor=self.actor,
            links=(self.prev_hash, self.payload_hash),
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof for one row of a fact, or for a fact as a whole.

    Attributes:
        header: the fact.
        rows: what the fact's leaf says about its rows.
        proof: hashes from the fact's leaf to the root of the journal's tree, joined.
        note: the signed checkpoint that names that root.
        row: the row's place, or -1 for the fact as a whole.
        schema: name, type and width of the row's columns.
        packed: the row's values.
        row_proof: hashes from the row's leaf to the root of the fact's rows, joined.
    """

    header: FactHeader
    rows: RowsRoot
    proof: bytes
    note: str
    row: int = -1
    schema: Sequence[tuple[str, str, int]] = ()
    packed: bytes = b""
    row_proof: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the receipt as canonical JSON."""
        header = self.header
        value: dict[str, object] = {
            "checkpoint": self.note,
            "fact": {
                "actor": header.actor,
                "at_us": header.at_us,
                "kind": header.kind,
                "payload_hash": header.payload_hash.hex(),
                "prev_hash": header.prev_hash.hex(),
                "seq": header.seq,
            },
            "format": FORMAT,
            "proof": self.proof.hex(),
            "rows": {"count": self.rows.count, "root": self.rows.root.hex()},
        }
        if self.row >= 0:
            value["row"] = {
                "index": self.row,
                "proof": self.row_proof.hex(),
                "schema": [list(column) for column in self.schema],
                "values": list(unpack_row(self.schema, self.packed).values()),
            }
        return canonical_bytes(value)


@dataclass(frozen=True, slots=True)
class Proven:
    """What a receipt proves.

    Attributes:
        checkpoint: the signed state of the journal that holds it.
        header: the fact.
        row: the row's place in the fact, or -1 when the receipt is for the fact as a whole.
        values: the row's values by column; empty for a whole fact.
    """

    checkpoint: Checkpoint
    header: FactHeader
    row: int
    values: Mapping[str, object]


def verify_receipt(data: bytes, *, keys: Sequence[VerifyingKey], origin: str = "") -> Proven:
    """Verify a receipt, offline, and return what it proves.

    Raises:
        ProofError: it is malformed, or a proof in it does not hold.
        CheckpointError: its checkpoint is not signed by one of ``keys``, or is of another origin.
    """
    value = _read(data)
    header = _read_header(_part(value, "fact", 6))
    rows = _read_rows(_part(value, "rows", 2))
    checkpoint = verify_checkpoint(_text(value, "checkpoint"), keys=keys, origin=origin)
    leaf = fact_leaf(header.hash, rows)
    proof = _hashes(value, "proof")
    verify_inclusion(leaf, header.seq, checkpoint.size, proof, root=checkpoint.root)
    if "row" not in value:
        return Proven(checkpoint, header, -1, {})
    row = _part(value, "row", 4)
    schema = _read_schema(row.get("schema"))
    index = _whole(row, "index")
    given = row.get("values")
    if not isinstance(given, list) or len(given) != len(schema):
        raise _unreadable("Its row has not one value per column.")
    values = {name: item for (name, _, _), item in zip(schema, given, strict=True)}
    packed = pack_row(schema, values)
    row_leaf = packed_row_leaf(schema, packed)
    verify_inclusion(row_leaf, index, rows.count, _hashes(row, "proof"), root=rows.root)
    return Proven(checkpoint, header, index, values)


def _read(data: bytes) -> dict[str, Any]:
    if len(data) > RECEIPT_BYTES_MAX:
        raise _unreadable(f"It has more than {RECEIPT_BYTES_MAX} bytes.")
    try:
        value = parse_canonical(data)
    except InputError as error:
        raise _unreadable(error.what) from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _unreadable(f"It does not say that it is a {FORMAT}.")
    if len(value) != (6 if "row" in value else 5):
        raise _unreadable("It holds something that a receipt does not.")
    return value


def _read_header(fact: dict[str, Any]) -> FactHeader:
    header = FactHeader(
        seq=_whole(fact, "seq"),
        kind=_text(fact, "kind"),
        at_us=_whole(fact, "at_us"),
        actor=_text(fact, "actor"),
        payload_hash=_hash(fact, "payload_hash"),
        prev_hash=_hash(fact, "prev_hash"),
    )
    if header.seq < 0:
        raise _unreadable("Its fact has a place before the first.")
    try:
        check_draft(Draft(header.kind, header.at_us, header.actor, b""))
    except DraftError as error:
        raise _unreadable(error.what) from error
    return header


def _read_rows(rows: dict[str, Any]) -> RowsRoot:
    read = RowsRoot(_whole(rows, "count"), _hash(rows, "root"))
    if read.count < 0 or (read.count == 0 and read != NO_ROWS):
        raise _unreadable("Its number of rows cannot be.")
    return read


def _read_schema(value: object) -> list[tuple[str, str, int]]:
    if isinstance(value, list):
        columns = [tuple(column) for column in value if isinstance(column, list)]
        shapes = [tuple(type(item) for item in column) for column in columns]
        if len(columns) == len(value) and all(shape == (str, str, int) for shape in shapes):
            return columns
    raise _unreadable("Its schema cannot be read.")


def _part(value: dict[str, Any], key: str, size: int) -> dict[str, Any]:
    part = value.get(key)
    if not isinstance(part, dict) or len(part) != size:
        raise _unreadable(f"Its {key} is malformed.")
    return part


def _whole(value: dict[str, Any], key: str) -> int:
    number = value.get(key)
    if type(number) is not int or not -(2**63) <= number < 2**63:
        raise _unreadable(f"Its {key} is not a whole number of 64 bits.")
    return number


def _text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str):
        raise _unreadable(f"Its {key} is not a text.")
    return text


def _hash(value: dict[str, Any], key: str) -> bytes:
    hashes = _hashes(value, key)
    if len(hashes) != 1:
        raise _unreadable(f"Its {key} is not one hash.")
    return hashes[0]


def _hashes(value: dict[str, Any], key: str) -> list[bytes]:
    text = _text(value, key)
    if len(text) % (2 * HASH_BYTES) or not _HEX.issuperset(text):
        raise _unreadable(f"Its {key} is not a row of hashes.")
    data = bytes.fromhex(text)
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def _unreadable(why: str) -> ProofError:
    return ProofError(
        "The receipt cannot be read.",
        why=why,
        fix="Take it unchanged from where it was issued.",
    )
