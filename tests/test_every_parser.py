"""Whatever bytes arrive, a parser gives a value or an error of ours; never a crash, never a hang.

A parser is a public function whose name begins with a word of ``READS``. Each stands either in
``PARSERS``, where it is fed damaged forms of something valid, or in ``ELSEWHERE``, with the test
that does so in its own room. A new parser that stands in neither fails the first test.
"""

from __future__ import annotations

import ast
import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandrail.casework import load_people, read_snapshot
from sandrail.casework.export import snapshot_json
from sandrail.casework.journey import load_journey
from sandrail.casework.register import Snapshot
from sandrail.journal import (
    FactTree,
    Head,
    Journal,
    SigningKey,
    VerifyingKey,
    decode_frame,
    encode_frame,
    read_slice,
    sign_checkpoint,
    verify_checkpoint,
    verify_receipt,
    write_slice,
)
from sandrail.rails.bank import parse_bic, parse_iban
from sandrail.rails.bank.iban import read_iban
from sandrail.screening import read_parties
from sandrail.screening.tabular import read_chunks
from sandrail.trials import load_plan, parse_plan
from sandrail.world import SandrailError, parse_canonical, parse_instant
from tests.journal.makers import filled, frame_draft

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "sandrail"
EXAMPLES = ROOT / "examples"
READS = ("parse_", "read_", "decode", "load_")
ORIGIN = "fuzz.example/journal"
KEY = SigningKey(ORIGIN, bytes(range(32)))

ELSEWHERE = {
    "casework/documents.py": "tests/casework/test_documents.py",
    "casework/read.py": "tests/casework/test_read.py",
    "rails/bank/camt.py": "tests/rails/bank/test_messages.py",
    "rails/bank/pacs.py": "tests/rails/bank/test_messages.py",
    "rails/bank/xml.py": "tests/rails/bank/test_xml.py",
    "rails/chain/records.py": "tests/rails/chain/test_records.py",
    "rails/travel_rule/read.py": "tests/rails/travel_rule/test_wire.py",
    "rulebook/load.py": "tests/rulebook/test_hostile.py",
    "rulebook/cases.py": "tests/rulebook/test_cases.py",
    "screening/dates.py": "tests/screening/test_dates.py",
    "screening/fold.py": "tests/screening/test_fold.py",
    "screening/han.py": "tests/screening/test_han.py",
    "screening/sources": "tests/screening/test_sources.py",
    "world/toml.py": "tests/test_every_parser.py",
}
"""Files whose parsers their own room damages, and where."""

OF_OURS = {"rails/chain/artifact.py", "journal/stores/form.py", "screening/known.py"}
"""Files that read only what this package itself has written on this machine."""


JUNK = (
    b"\x00",
    b"\xff\xfe",
    b'"',
    b"[" * 40,
    b"{" * 40,
    b"9" * 5_000,
    b"-1",
    b"1e999",
    b"NaN",
    b"\xd8\x00",
    "\u202e".encode(),
    b"\n\n",
    b"2026-13-45",
    b"= = =",
    b"a.a.a=1\n",
)
"""Pieces that parsers of text, TOML, JSON and frames trip over."""

EXTREMES = (
    b"",
    b"\x00" * 4_096,
    b"[" * 100_000,
    b"a = " + b"[" * 100_000,
    b'{"a":' * 100_000,
    b"x" * (1 << 20),
    b"9" * 100_000,
    b"\xff" * 100,
)
"""Empty, binary, nested, long: nothing that any parser here may take for its own."""

IBAN = b"PK36SCBL0000001123456702"


class Parser(NamedTuple):
    """A parser, something it reads, and how bytes are handed to it."""

    name: str
    valid: Callable[[Path], bytes]
    read: Callable[[bytes, Path], object]


def _journal() -> Journal:
    journal = filled(Journal.in_memory("fuzz"), 2)
    journal.commit([frame_draft(4)])
    return journal


@cache
def _receipt(_: Path) -> bytes:
    tree = FactTree(_journal())
    tree.catch_up()
    note = sign_checkpoint(tree.checkpoint(ORIGIN), KEY)
    return tree.receipt(2, note=note, size=len(tree), row=1).to_bytes()


@cache
def _note(_: Path) -> bytes:
    tree = FactTree(_journal())
    tree.catch_up()
    return sign_checkpoint(tree.checkpoint(ORIGIN), KEY).encode()


def _example(name: str) -> Callable[[Path], bytes]:
    return lambda _: (EXAMPLES / name).read_bytes()


def _frame(_: Path) -> bytes:
    return encode_frame({"id": np.arange(4, dtype=np.uint64)}, {"asset": "PKRT"})


def _slice(tmp: Path) -> bytes:
    journal = _journal()
    write_slice(tmp / "valid.slice", "fuzz", journal.facts())
    return (tmp / "valid.slice").read_bytes()


def _text(read: Callable[[str], object]) -> Callable[[bytes, Path], object]:
    return lambda data, _: read(data.decode("utf-8", "replace"))


def _parquet(folder: Path) -> bytes:
    table = pyarrow.table({"party_no": [1, 2], "name": ["Ali Raza", "علی رضا"]})
    pyarrow.parquet.write_table(table, folder / "valid.parquet")
    return (folder / "valid.parquet").read_bytes()


def _file(
    read: Callable[[Path], object], *, name: str = "damaged"
) -> Callable[[bytes, Path], object]:
    def through_a_file(data: bytes, folder: Path) -> object:
        path = folder / name
        path.write_bytes(data)
        return read(path)

    return through_a_file


def _plain(read: Callable[[bytes], object]) -> Callable[[bytes, Path], object]:
    return lambda data, _: read(data)


def _snapshot(_: Path) -> bytes:
    return snapshot_json(Snapshot("fuzz", Head(3, bytes(32)), 1_000_000, ()))


PARSERS = (
    Parser("casework/export.py:read_snapshot", _snapshot, _plain(read_snapshot)),
    Parser(
        "casework/journey.py:load_journey",
        _example("journeys/remittance/journey.toml"),
        _file(load_journey),
    ),
    Parser("casework/people.py:load_people", _example("rupee-art/people.toml"), _file(load_people)),
    Parser("journal/frame.py:decode_frame", _frame, _plain(decode_frame)),
    Parser("journal/slice.py:read_slice", _slice, _file(lambda path: list(read_slice(path)))),
    Parser(
        "journal/checkpoint.py:verify_checkpoint",
        _note,
        _text(lambda note: verify_checkpoint(note, keys=[KEY.verifying_key])),
    ),
    Parser(
        "journal/checkpoint.py:VerifyingKey",
        lambda _: str(KEY.verifying_key).encode(),
        _text(VerifyingKey.parse),
    ),
    Parser(
        "journal/receipt.py:verify_receipt",
        _receipt,
        _plain(lambda data: verify_receipt(data, keys=[KEY.verifying_key])),
    ),
    Parser("rails/bank/iban.py:parse_bic", lambda _: b"SANDPKKAXXX", _text(parse_bic)),
    Parser("rails/bank/iban.py:parse_iban", lambda _: IBAN, _text(parse_iban)),
    Parser("rails/bank/iban.py:read_iban", lambda _: IBAN, _text(read_iban)),
    Parser(
        "screening/batch.py:read_parties",
        lambda _: "party_no,name,dob\n1,Ali Raza,1980-02-03\n2,علی رضا,\n".encode(),
        _file(lambda path: list(read_parties(path))),
    ),
    Parser(
        "screening/tabular.py:read_chunks",
        _parquet,
        _file(lambda path: list(read_chunks(path)), name="damaged.parquet"),
    ),
    Parser("trials/plan_file.py:parse_plan", _example("rupee-art/plan.toml"), _plain(parse_plan)),
    Parser("trials/plan_file.py:load_plan", _example("rupee-art/plan.toml"), _file(load_plan)),
    Parser(
        "world/canonical.py:parse_canonical",
        lambda _: '{"amount":7,"name":"آ","rows":[1,2,[3]]}'.encode(),
        _plain(parse_canonical),
    ),
    Parser("world/clock.py:parse_instant", lambda _: b"2026-09-11T00:00:00Z", _text(parse_instant)),
)


def parsers_in(source: Path) -> Iterator[str]:
    """Name every public function that reads what comes from outside: bytes, text or a path."""
    for file in sorted(source.rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith(READS):
                continue
            first = node.args.args[0].annotation if node.args.args else None
            if first is not None and set(ast.unparse(first).split(" | ")) & {
                "bytes",
                "str",
                "Path",
            }:
                yield f"{file.relative_to(source).as_posix()}:{node.name}"


def uncovered(names: Iterable[str]) -> list[str]:
    """Return the parsers that nobody damages."""
    here = {parser.name for parser in PARSERS}
    places = (*ELSEWHERE, *OF_OURS)
    return [it for it in names if it not in here and not it.startswith(places)]


def test_every_parser_is_fed_damaged_input_somewhere() -> None:
    assert uncovered(parsers_in(SOURCE)) == []
    assert all((ROOT / test).is_file() for test in ELSEWHERE.values())


def test_a_parser_that_nobody_damages_is_found(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text("def read_gift(data: bytes) -> int:\n    return len(data)\n")
    assert uncovered(parsers_in(tmp_path)) == ["new.py:read_gift"]


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_the_valid_form_is_read(parser: Parser, tmp_path: Path) -> None:
    parser.read(parser.valid(tmp_path), tmp_path)


edits = st.lists(
    st.tuples(
        st.sampled_from(("flip", "cut", "insert", "double", "drop")),
        st.integers(0, 2**20),
        st.sampled_from(JUNK) | st.binary(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=6,
)


def damaged(data: bytes, edits: Iterable[tuple[str, int, bytes]]) -> bytes:
    """Apply edits to bytes; a position counts modulo the length."""
    for edit, at, junk in edits:
        at %= len(data) + 1
        match edit:
            case "flip":
                data = (
                    data[:at] + bytes(b ^ 1 << at % 8 for b in data[at : at + 1]) + data[at + 1 :]
                )
            case "cut":
                data = data[:at]
            case "insert":
                data = data[:at] + junk + data[at:]
            case "double":
                data = data[:at] + data[at : at + 64] * 2 + data[at + 64 :]
            case _:
                data = data[:at] + data[at + len(junk) :]
    return data


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
@given(edits=edits)
def test_damaged_input_gives_a_value_or_an_error_of_ours(
    parser: Parser, edits: list[tuple[str, int, bytes]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = damaged(parser.valid(Path(folder)), edits)
        with contextlib.suppress(SandrailError):
            parser.read(data, Path(folder))


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
@pytest.mark.parametrize("data", EXTREMES, ids=lambda data: f"{data[:6]!r}x{len(data)}")
def test_extreme_input_is_refused(parser: Parser, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(SandrailError):
        parser.read(data, tmp_path)
