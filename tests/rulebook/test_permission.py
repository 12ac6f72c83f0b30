"""A permission narrows the pack for one firm, and never widens it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sandrail.rulebook import (
    Condition,
    ConditionError,
    Pack,
    PackMismatchError,
    Permission,
    RuleMissingError,
    UnknownEntryError,
    Value,
    effective_rules,
    load_pack,
)
from sandrail.rulebook.limits import CONDITIONS_PER_PERMISSION_MAX
from sandrail.world import canonical_bytes, parse_instant

AT_US = parse_instant("2026-12-01")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("pakistan")


def _permission(pack: Pack, *conditions: Condition, stage: str = "") -> Permission:
    return Permission(
        id="PK-SB-0001",
        firm_id="firm-1",
        instrument="SANDBOX_APPROVAL",
        pack_id=pack.id,
        pack_hash=pack.content_hash,
        products=("art",),
        stage=stage,
        valid_from_us=AT_US,
        valid_to_us=AT_US + 1,
        conditions=conditions,
    )


def _on(rule_id: str, value: Value, unit: str) -> Condition:
    return Condition(rule_id, value, unit, "notice 7")


def test_without_conditions_the_pack_applies(pack: Pack) -> None:
    rules = effective_rules(pack, _permission(pack), AT_US)
    assert rules["G02.customers_max"].integer == 500
    assert rules["G02.customers_max"].set_by == "pack"


def test_a_later_stage_widens_what_the_pack_says_it_widens(pack: Pack) -> None:
    rules = effective_rules(pack, _permission(pack, stage="stage_2"), AT_US)
    assert rules["G02.customers_max"].integer == 2000
    assert rules["G02.customers_max"].set_by == "stage: stage_2"
    assert rules["G05.transfer_max"].set_by == "pack"


@pytest.mark.parametrize(
    "condition",
    [
        _on("G05.transfer_max", "50000", "PKR"),
        _on("G05.transfer_max", "100000", "PKR"),
        _on("G12.reserve_ratio_min", 102, "percent"),
        _on("G21.travel_rule_above", "0", "PKR"),
        _on("G35.sharia_ruling_required", True, "yes_no"),
        _on("G03.classes_allowed", ("professional",), "names"),
        _on("G19.lists", ("UN", "NACTA", "OFAC"), "names"),
    ],
    ids=lambda condition: f"{condition.rule_id} {condition.value}",
)
def test_a_condition_tightens(pack: Pack, condition: Condition) -> None:
    rule = effective_rules(pack, _permission(pack, condition), AT_US)[condition.rule_id]
    assert rule.value == condition.value
    assert rule.set_by == "condition: notice 7"


@pytest.mark.parametrize(
    "condition",
    [
        _on("G05.transfer_max", "100000.01", "PKR"),
        _on("G12.reserve_ratio_min", 99, "percent"),
        _on("G21.travel_rule_above", "1000001", "PKR"),
        _on("G14.mint_matches_reserve", False, "yes_no"),
        _on("G17.interest_allowed", True, "yes_no"),
        _on("G03.classes_allowed", ("retail_person", "public"), "names"),
        _on("G19.lists", ("UN",), "names"),
    ],
    ids=lambda condition: f"{condition.rule_id} {condition.value}",
)
def test_a_condition_that_loosens_is_refused(pack: Pack, condition: Condition) -> None:
    with pytest.raises(ConditionError) as raised:
        effective_rules(pack, _permission(pack, condition), AT_US)
    assert raised.value.stable_code == "rulebook.condition_loosens"
    assert condition.rule_id in raised.value.what


def test_stage_first_then_conditions(pack: Pack) -> None:
    condition = _on("G02.customers_max", 1500, "customers")
    rules = effective_rules(pack, _permission(pack, condition, stage="stage_2"), AT_US)
    assert rules["G02.customers_max"].integer == 1500


@pytest.mark.parametrize(
    "condition",
    [
        _on("G05.transfer_max", "50000", "USD"),
        _on("G05.transfer_max", 50000, "PKR"),
        _on("G05.transfer_max", "50000.123", "PKR"),
        _on("G02.customers_max", True, "customers"),
    ],
)
def test_a_condition_in_another_form_is_refused(pack: Pack, condition: Condition) -> None:
    with pytest.raises(ConditionError) as raised:
        effective_rules(pack, _permission(pack, condition), AT_US)
    assert raised.value.stable_code == "rulebook.condition_unfit"


def test_unknown_rules_and_stages_are_named(pack: Pack) -> None:
    with pytest.raises(RuleMissingError):
        effective_rules(pack, _permission(pack, _on("G05.nothing_max", "1", "PKR")), AT_US)
    with pytest.raises(UnknownEntryError, match="stage_9"):
        effective_rules(pack, _permission(pack, stage="stage_9"), AT_US)


def test_another_version_of_the_pack_is_refused(pack: Pack) -> None:
    with pytest.raises(PackMismatchError):
        effective_rules(pack, replace(_permission(pack), pack_hash="0" * 64), AT_US)


def test_conditions_are_limited_in_number(pack: Pack) -> None:
    many = [_on("G05.transfer_max", "1", "PKR")] * (CONDITIONS_PER_PERMISSION_MAX + 1)
    with pytest.raises(ConditionError):
        effective_rules(pack, _permission(pack, *many), AT_US)


def test_the_day_is_the_packs_own_not_utc(pack: Pack) -> None:
    before = parse_instant("2025-12-01T18:59:59Z")
    after = parse_instant("2025-12-01T19:00:00Z")
    permission = _permission(pack)
    resolved = [
        len(effective_rules(pack, permission, at_us).resolution("G33.retention_min").strands)
        for at_us in (before, after)
    ]
    assert resolved == [1, 2]


def test_the_hash_of_a_permission_covers_every_field(pack: Pack) -> None:
    permission = _permission(pack, _on("G19.lists", ("UN", "NACTA"), "names"))
    changed = [
        replace(permission, id="x"),
        replace(permission, products=()),
        replace(permission, stage="stage_1"),
        replace(permission, valid_to_us=0),
        replace(permission, conditions=()),
    ]
    hashes = {one.content_hash for one in [permission, *changed]}
    assert len(hashes) == 1 + len(changed)


def test_a_permission_is_read_back_from_plain_data(pack: Pack) -> None:
    listed = Condition("G20.tagged_categories", ("theft", "mixer"), "names", "notice 8")
    given = _permission(pack, _on("G05.transfer_max", "50000", "PKR"), listed, stage="stage_2")
    assert Permission.from_plain(json.loads(canonical_bytes(given.as_plain()))) == given


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), 7),
        (("products",), "art"),
        (("products", 0), None),
        (("valid_from_us",), True),
        (("valid_to_us",), "1"),
        (("conditions",), {}),
        (("conditions", 0), []),
        (("conditions", 0, "value"), None),
        (("conditions", 0, "value"), [1]),
        (("conditions", 0, "unit"), 1),
    ],
)
def test_plain_data_of_another_shape_is_no_permission(
    pack: Pack, path: tuple[str | int, ...], value: object
) -> None:
    plain = json.loads(
        canonical_bytes(_permission(pack, _on("G05.transfer_max", "50000", "PKR")).as_plain())
    )
    inner = plain
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(TypeError):
        Permission.from_plain(plain)


@pytest.mark.parametrize(
    ("rule_id", "text", "value"),
    [
        ("G05.transfer_max", "50000", "50000"),
        ("G06.daily_count_max", "5", 5),
        ("G06.daily_count_max", "few", "few"),
        ("G03.retail_consent_required", "1", "1"),
    ],
)
def test_a_value_written_as_text_takes_the_form_of_its_rule(
    pack: Pack, rule_id: str, text: str, value: Value
) -> None:
    rule = effective_rules(pack, _permission(pack), AT_US)[rule_id]
    assert Condition.on(rule, text, citation="n") == Condition(rule_id, value, rule.unit, "n")
    assert Condition.on(rule, text, citation="n", unit="x").unit == "x"
