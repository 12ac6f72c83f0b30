"""Two packs side by side: stricter, equal, looser, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sandrail.rulebook import (
    Bound,
    Pack,
    PackDiff,
    RuleDiff,
    Standing,
    diff_dates,
    diff_packs,
    load_pack,
)
from sandrail.rulebook.regime import Rate

DAY = date(2026, 12, 1)


def _row(diff: PackDiff, rule_id: str) -> RuleDiff:
    return next(row for row in diff.rows if row.rule_id == rule_id)


def test_pakistan_against_the_union() -> None:
    diff = diff_packs(load_pack("pakistan"), load_pack("eu"), on=DAY)
    assert _row(diff, "G21.travel_rule_above").standing is Standing.FALLS_SHORT
    assert _row(diff, "G01.window_months_max").standing is Standing.EXCEEDS
    assert _row(diff, "G12.reserve_ratio_min").standing is Standing.EQUALS
    assert _row(diff, "G09.bond_issue_max").standing is Standing.ONLY_RIGHT
    assert _row(diff, "G05.transfer_max").standing is Standing.ONLY_LEFT


def test_amounts_are_compared_at_the_rate_that_a_pack_states_and_the_row_says_so() -> None:
    row = _row(
        diff_packs(load_pack("pakistan"), load_pack("fatf"), on=DAY), "G21.travel_rule_above"
    )
    assert row.standing is Standing.FALLS_SHORT
    assert "about PKR 280,000" in row.because


def test_without_a_rate_amounts_only_differ() -> None:
    pakistan = replace(load_pack("pakistan"), rates=())
    row = _row(diff_packs(pakistan, load_pack("fatf"), on=DAY), "G21.travel_rule_above")
    assert row.standing is Standing.DIFFERS
    assert "rate" in row.because


def test_against_nought_no_rate_is_needed() -> None:
    pakistan = replace(load_pack("pakistan"), rates=())
    row = _row(diff_packs(pakistan, load_pack("eu"), on=DAY), "G21.travel_rule_above")
    assert row.standing is Standing.FALLS_SHORT


def test_the_mirror_image_of_a_diff_is_its_opposite() -> None:
    opposite = {
        Standing.EXCEEDS: Standing.FALLS_SHORT,
        Standing.FALLS_SHORT: Standing.EXCEEDS,
        Standing.ONLY_LEFT: Standing.ONLY_RIGHT,
        Standing.ONLY_RIGHT: Standing.ONLY_LEFT,
    }
    packs = [load_pack(pack_id) for pack_id in ("pakistan", "uae", "eu", "fatf", "singapore")]
    for one in packs:
        for other in packs:
            there, back = diff_packs(one, other, on=DAY), diff_packs(other, one, on=DAY)
            for row, mirrored in zip(there.rows, back.rows, strict=True):
                assert row.rule_id == mirrored.rule_id
                assert mirrored.standing is opposite.get(row.standing, row.standing)


def test_a_pack_equals_itself() -> None:
    for pack_id in ("pakistan", "eu", "example"):
        pack = load_pack(pack_id)
        assert diff_packs(pack, pack).changed == ()


def test_one_changed_number_is_the_only_row_that_changes() -> None:
    pack = load_pack("example")
    changed = _with_value(pack, "G05.transfer_max", "251")
    rows = diff_packs(changed, pack).changed
    assert [(row.rule_id, row.standing) for row in rows] == [
        ("G05.transfer_max", Standing.FALLS_SHORT)
    ]


def test_what_a_new_regulation_changed() -> None:
    diff = diff_dates(load_pack("pakistan"), date(2026, 1, 1), after=DAY)
    assert _row(diff, "G12.reserve_ratio_min").standing is Standing.ONLY_LEFT
    assert _row(diff, "G33.retention_min").standing is Standing.EQUALS
    assert diff.count(Standing.ONLY_RIGHT) == 0


def test_rules_that_bind_in_other_ways_are_not_ranked() -> None:
    example = load_pack("example")
    rules = [
        replace(rule, bound=Bound.FACT) if rule.id == "G05.transfer_max" else rule
        for rule in example.rules
    ]
    row = _row(diff_packs(example, replace(example, rules=tuple(rules))), "G05.transfer_max")
    assert row.standing is Standing.DIFFERS
    assert "other ways" in row.because


def test_an_analyst_reads_first_where_the_pack_falls_short() -> None:
    diff = diff_packs(load_pack("pakistan"), load_pack("eu"), on=DAY)
    standings = [row.standing for row in diff.by_concern]
    assert standings[0] is Standing.FALLS_SHORT
    assert standings[-1] is Standing.ONLY_LEFT
    assert sorted(row.rule_id for row in diff.by_concern) == [row.rule_id for row in diff.rows]


def test_a_row_is_plain_data_for_machines() -> None:
    row = diff_packs(load_pack("pakistan"), load_pack("eu"), on=DAY).rows[0]
    assert set(row.as_plain()) >= {"rule", "standing", "left", "right", "because"}


def test_a_rate_of_the_right_hand_pack_serves_as_well() -> None:
    fatf = load_pack("fatf")
    source = fatf.sources["fatf16"]
    rate = Rate(unit="PKR", value="0.0036", source=source, status=fatf.rules[0].status)
    pakistan = replace(load_pack("pakistan"), rates=())
    row = _row(diff_packs(pakistan, replace(fatf, rates=(rate,)), on=DAY), "G21.travel_rule_above")
    assert row.standing is Standing.FALLS_SHORT
    assert "about PKR 277,777.78" in row.because


def _with_value(pack: Pack, rule_id: str, value: str) -> Pack:
    rules = [replace(rule, value=value) if rule.id == rule_id else rule for rule in pack.rules]
    return replace(pack, rules=tuple(rules))
