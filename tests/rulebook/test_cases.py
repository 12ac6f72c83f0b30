"""The cases beside each pack hold, and a case that does not is caught."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sandrail.rulebook import (
    Case,
    PackError,
    find_packs,
    load_cases,
    load_pack,
    run_case,
    run_cases,
)
from sandrail.rulebook.limits import CASE_FILE_BYTES_MAX, CASES_PER_PACK_MAX

ALL = [
    pytest.param(pack_id, case, id=f"{pack_id}: {case.name}")
    for pack_id, folder in find_packs().items()
    for case in load_cases(folder / "cases")
]


@pytest.mark.parametrize(("pack_id", "case"), ALL)
def test_case(pack_id: str, case: Case) -> None:
    assert run_case(load_pack(pack_id), case).failures == ()


def test_every_pack_has_cases() -> None:
    for pack_id in find_packs():
        assert run_cases(load_pack(pack_id)), pack_id


def test_a_wrong_number_in_the_pack_fails_its_case() -> None:
    pack = load_pack("example")
    rules = [
        replace(rule, value="300") if rule.id == "G05.transfer_max" else rule for rule in pack.rules
    ]
    results = run_cases(replace(pack, rules=tuple(rules)))
    assert [result.passed for result in results] == [True, False, True, True]
    assert "crossed: expected True, got False" in results[1].failures


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- case: x\n  expect: {}\n  rulle: G05.transfer_max\n", "rulle"),
        ("- case: x\n  rule: G05.transfer_max\n", "expect"),
        ("- case: [unclosed\n", "expected"),
        ("case: x\n", "tuple"),
        ("- case: x\n  on: 2026-12-01\n  expect: {crossed: true}\n", "Keys should be strings"),
    ],
)
def test_an_unreadable_case_file_is_one_precise_error(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=says) as raised:
        load_cases(tmp_path)
    assert raised.value.stable_code == "rulebook.bad_case"
    assert "a.yaml" in raised.value.what


def test_a_case_that_expects_nothing_does_not_pass() -> None:
    case = Case(name="empty", expect={}, rule="G05.transfer_max")  # type: ignore[arg-type]
    assert not run_case(load_pack("example"), case).passed


def test_an_unexpected_error_fails_the_case() -> None:
    case = Case(name="x", expect={"crossed": True}, rule="G05.nothing")  # type: ignore[arg-type]
    failures = run_case(load_pack("example"), case).failures
    assert "error: rulebook.rule_missing" in failures


def test_a_quantity_or_figure_that_is_none_is_refused() -> None:
    pack = load_pack("example")
    for bad in (
        Case(name="x", expect={"crossed": True}, rule="G05.transfer_max", quantity="much"),  # type: ignore[arg-type]
        Case(name="x", expect={"required": "0"}, activities=("a",), figures={"b": "XYZ 1"}),  # type: ignore[arg-type]
    ):
        assert "error: rulebook.bad_case" in run_case(pack, bad).failures


def test_case_files_are_limited_in_length_and_number(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"#" * (CASE_FILE_BYTES_MAX + 1))
    with pytest.raises(PackError):
        load_cases(tmp_path)
    file.write_text("- {case: x, expect: {value: 1}}\n" * (CASES_PER_PACK_MAX + 1))
    with pytest.raises(PackError):
        load_cases(tmp_path)
