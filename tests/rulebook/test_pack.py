"""Looking things up in a pack, and what the first pack holds."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from datetime import date

import pytest

from sandrail.rulebook import (
    GUARDRAILS,
    CriterionKind,
    Pack,
    SourceKind,
    Status,
    UnknownEntryError,
    find_packs,
    load_pack,
)
from sandrail.rulebook.checks import entries_of
from sandrail.rulebook.errors import DEFECTS

from .test_load import BROKEN


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("pakistan")


@pytest.mark.parametrize(
    ("lookup", "known"),
    [
        ("stage", "stage_1"),
        ("authority", "SBP"),
        ("activity", "issuance"),
        ("prohibition", "mixing_service"),
        ("criterion", "innovation"),
        ("form", "sandbox_application"),
        ("instrument", "SANDBOX_APPROVAL"),
        ("deadline", "completeness"),
        ("report", "cash_transaction"),
        ("reason", "SCOPE-1"),
        ("calendar", "federal"),
    ],
)
def test_lookups_find_and_name_what_they_do_not_find(pack: Pack, lookup: str, known: str) -> None:
    find = getattr(pack, lookup)
    assert find(known).id == known
    with pytest.raises(UnknownEntryError) as raised:
        find(known[:-1])
    assert known in raised.value.fix


def test_the_first_calendar_is_the_default(pack: Pack) -> None:
    assert pack.calendar().id == "federal"


def test_every_guardrail_that_pakistan_needs_is_there(pack: Pack) -> None:
    have = {rule.guardrail for rule in pack.rules}
    foreign = {"G09", "G10", "G11"}
    assert have == set(GUARDRAILS) - foreign


def test_every_value_names_its_source_and_status() -> None:
    for pack_id in find_packs():
        for path, entry in entries_of(load_pack(pack_id)):
            status = getattr(entry, "status", None)
            if status is not None:
                assert isinstance(status, Status), path
                assert entry.source.address, path  # type: ignore[attr-defined]


def test_only_packs_of_ours_have_rules_of_ours() -> None:
    for pack_id in ("aifc", "uae", "eu", "singapore", "fatf"):
        for rule in load_pack(pack_id).rules:
            assert rule.source.kind is not SourceKind.OURS, (pack_id, rule.id)


def test_a_scorecard_adds_up_and_anchors_every_score(pack: Pack) -> None:
    scored = [one for one in pack.criteria if one.kind is CriterionKind.SCORED]
    assert sum(one.weight_percent for one in scored) == 100
    assert {len(one.anchors) for one in scored} == {5}
    assert len(pack.criteria) - len(scored) == 5


def test_forms_point_at_questions_by_the_fields_of_the_application(pack: Pack) -> None:
    form = pack.form("sandbox_application")
    assert [section.id for section in form.sections] == list("ABCDEFGHIJKLM")
    assert form.question("test_plan.hypotheses") is not None
    assert form.question("nothing") is None


def test_a_pack_cannot_be_changed(pack: Pack) -> None:
    with pytest.raises(FrozenInstanceError):
        pack.id = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        pack.rules[0].value = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        pack.assets["XXX"] = pack.currency  # type: ignore[index]


def test_a_pack_can_be_a_key(pack: Pack) -> None:
    assert {pack: 1}[load_pack("pakistan")] == 1


def test_rules_begin_on_the_day_that_their_source_names(pack: Pack) -> None:
    before = pack.in_force(date(2026, 2, 19))
    on_launch = pack.in_force(date(2026, 2, 20))
    assert "G05.transfer_max" not in before
    assert "G05.transfer_max" in on_launch


def test_every_defect_has_a_broken_pack_or_a_test_of_its_own() -> None:
    shown = {file.stem.split("--")[0] for file in BROKEN}
    elsewhere = {"not_found", "duplicate_section", "bad_case"}
    assert set(DEFECTS) == shown | elsewhere


def test_the_example_pack_shows_every_section_once() -> None:
    example = load_pack("example")
    empty = [
        field.name
        for field in fields(example)
        if field.name not in ("summary", "rates") and getattr(example, field.name) in ((), None, "")
    ]
    assert empty == []
