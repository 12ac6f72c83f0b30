"""Compiled rules: base units, and one hash that moves exactly when a decision could."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sandrail.rulebook import Outcome, Pack, Rule, compile_rules, load_pack
from sandrail.rulebook.vocabulary import FirmAction
from sandrail.world import HOUR_US, canonical_bytes

DAY = date(2026, 12, 1)


def _row(pack: Pack, rule_id: str) -> dict[str, object]:
    rows = compile_rules(pack.in_force(DAY), pack=pack).rows
    return next(row for row in rows if row["id"] == rule_id)


def _hash(pack: Pack) -> str:
    return compile_rules(pack.in_force(DAY), pack=pack).content_hash


def test_quantities_are_in_base_units() -> None:
    pack = load_pack("pakistan")
    assert _row(pack, "G05.transfer_max")["quantity"] == 10_000_000
    assert _row(pack, "G12.attestation_age_max")["quantity"] == 24 * HOUR_US
    assert _row(pack, "G28.complaints_share_max")["quantity"] == "3/10"
    assert _row(pack, "G14.mint_matches_reserve")["quantity"] == 1
    assert _row(pack, "G19.lists")["quantity"] == ["UN", "NACTA"]
    assert _row(pack, "G02.customers_max")["quantity"] == 500
    assert _row(pack, "G33.retention_min")["quantity"] == 10
    assert _row(pack, "G19.lists")["outcome"] == 4


def test_every_pack_compiles_to_canonical_data() -> None:
    for pack_id in ("pakistan", "uae", "eu", "aifc", "singapore", "fatf", "example"):
        pack = load_pack(pack_id)
        compiled = compile_rules(pack.in_force(DAY), pack=pack)
        assert canonical_bytes(compiled.rows)
        assert len(compiled.rows) == len(pack.in_force(DAY))


def test_the_hash_moves_exactly_when_a_decision_could() -> None:
    pack = load_pack("example")
    rule = pack.rules[3]

    def changed(**what: object) -> Pack:
        other: Rule = replace(rule, **what)  # type: ignore[arg-type]
        return replace(pack, rules=(*pack.rules[:3], other, *pack.rules[4:]))

    same = [changed(note="another note"), changed(value="250.00")]
    moved = [
        changed(value="251"),
        changed(inclusive=False),
        changed(outcome=Outcome.HOLD),
        changed(actions=(FirmAction.REPORT,)),
        changed(warn_at_percent=80),
        changed(applies_to=("professional",)),
    ]
    assert {_hash(one) for one in same} == {_hash(pack)}
    assert len({_hash(one) for one in [pack, *moved]}) == 1 + len(moved)
