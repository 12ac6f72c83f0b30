"""Remarks of a careful reader, and the list of what is ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sandrail.rulebook import (
    Outcome,
    Pack,
    SourceKind,
    Status,
    find_packs,
    lint_pack,
    list_placeholders,
    load_pack,
    parse_pack,
)


def _kinds(pack: Pack, today: date | None = None) -> set[str]:
    return {remark.kind for remark in lint_pack(pack, today=today)}


def test_the_example_pack_raises_no_question() -> None:
    assert lint_pack(load_pack("example")) == ()


def test_law_known_from_the_press_is_remarked_upon() -> None:
    remarks = lint_pack(load_pack("pakistan"))
    where = {remark.where.split()[-1] for remark in remarks if remark.kind == "second_hand_law"}
    assert {"G12.reserve_ratio_min", "G33.retention_min"} <= where
    assert "G21.travel_rule_above" not in where


def test_no_pack_has_an_unused_source_or_a_rule_without_consequence() -> None:
    for pack_id in find_packs():
        assert not _kinds(load_pack(pack_id)) & {
            "unused_source",
            "no_consequence",
            "untranslated",
        }, pack_id


def test_a_source_not_read_for_a_year_is_stale() -> None:
    assert "stale_source" not in _kinds(load_pack("uae"), date(2027, 11, 21))
    assert "stale_source" in _kinds(load_pack("uae"), date(2027, 11, 22))


def test_a_rule_that_has_ended_is_named() -> None:
    pack = load_pack("example")
    ended = replace(pack.rules[0], valid_to=date(2026, 1, 1))
    pack = replace(pack, rules=(ended, *pack.rules[1:]))
    assert _kinds(pack) == {"not_in_force"}


def test_a_limit_without_consequence_is_named() -> None:
    pack = load_pack("example")
    silent = replace(pack.rules[0], outcome=Outcome.ALLOW)
    assert _kinds(replace(pack, rules=(silent, *pack.rules[1:]))) == {"no_consequence"}


def test_a_calendar_that_ends_this_year_is_named() -> None:
    assert "short_calendar" in _kinds(load_pack("pakistan"), date(2028, 1, 1))


def test_an_untranslated_text_of_a_bilingual_pack_is_named() -> None:
    text = (find_packs()["example"] / "pack.toml").read_text(encoding="utf-8")
    pack = parse_pack({"pack.toml": text.replace('["en"]', '["en", "ur"]').encode()})
    assert "untranslated" in _kinds(pack)


def test_the_list_of_placeholders_holds_what_is_ours_and_nothing_else() -> None:
    pack = load_pack("pakistan")
    listed = {placeholder.where for placeholder in list_placeholders(pack)}
    for index, rule in enumerate(pack.rules):
        ours = rule.source.kind is SourceKind.OURS
        assert (f"rules[{index}] {rule.id}" in listed) == ours
        assert (rule.status is Status.PLACEHOLDER) == ours
    assert any("G05.transfer_max" in where for where in listed)
    assert any(placeholder.text == "PKR 100,000" for placeholder in list_placeholders(pack))


@pytest.mark.parametrize("pack_id", ["aifc", "fatf"])
def test_a_pack_without_numbers_of_ours_lists_none(pack_id: str) -> None:
    assert list_placeholders(load_pack(pack_id)) == ()


def test_the_gap_to_the_international_line_is_a_remark_when_asked_for() -> None:
    pakistan, fatf = load_pack("pakistan"), load_pack("fatf")
    gaps = [remark for remark in lint_pack(pakistan, standard=fatf) if remark.kind == "fatf_gap"]
    assert [gap.where for gap in gaps] == ["G21.travel_rule_above"]
    assert "USD 1,000" in gaps[0].text
    assert "fatf_gap" not in _kinds(pakistan)
    assert not [one for one in lint_pack(load_pack("eu"), standard=fatf) if one.kind == "fatf_gap"]
