"""Every defect of a plan has one precise error; a signed plan cannot be edited unnoticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandrail.trials import PlanError, SignatureMismatch, load_plan, parse_plan

PLAN = Path(__file__).parents[2] / "examples" / "rupee-art" / "plan.toml"


def unsigned() -> str:
    return PLAN.read_text(encoding="utf-8").split("\n[[signatures]]")[0]


def test_the_example_plan_is_signed_by_both_sides() -> None:
    plan = load_plan(PLAN)
    assert plan.is_signed
    assert plan.population.customers == 500
    assert [stage.customers_max for stage in plan.stages] == [100, 500]
    assert len(plan.adversaries) == 5


def test_without_signatures_the_terms_hash_stays_and_the_plan_is_unsigned() -> None:
    plan = parse_plan(unsigned().encode())
    assert not plan.is_signed
    assert plan.terms_hash == load_plan(PLAN).terms_hash
    assert plan.content_hash != load_plan(PLAN).content_hash


def test_two_people_of_one_side_are_not_enough() -> None:
    text = PLAN.read_text(encoding="utf-8").replace('"pvara"', '"PK-F-0001"')
    assert not parse_plan(text.encode()).is_signed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("threshold = 1440", "threshold = 1441"),
        ('value = "75000"', 'value = "75001"'),
        ("days = 30", "days = 31"),
        ("salaried = 165", "salaried = 166"),
        ("size = 64", "size = 63"),
        ("wind_down_days = 10", "wind_down_days = 11"),
    ],
)
def test_any_edit_voids_the_signatures(old: str, new: str) -> None:
    text = PLAN.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(SignatureMismatch, match="signed other terms") as caught:
        parse_plan(text.replace(old, new, 1).encode())
    assert caught.value.stable_code == "trials.signature_mismatch"


def test_white_space_and_comments_are_no_terms() -> None:
    text = PLAN.read_text(encoding="utf-8").replace("days = 30", "days    =  30 # a month")
    assert parse_plan(text.encode()).is_signed


BROKEN = [
    ("days = 30", "dayz = 30", "trials.plan_missing_key", "lacks 'days'"),
    ("days = 30", "days = 30\ndayz = 3", "trials.plan_unknown_key", "unknown key 'dayz'"),
    ("days = 30", "days = 0", "trials.plan_bad_value", "plan.days cannot be 0"),
    ("days = 30", "days = true", "trials.plan_bad_value", "plan.days cannot be True"),
    ("days = 30", "days = 30.5", "trials.plan_bad_value", "plan.days cannot be 30.5"),
    ("start = 2027-01-04", 'start = "2027-01-04"', "trials.plan_bad_value", "plan.start"),
    ("start = 2027-01-04", "start = 2027-01-04T00:00:00", "trials.plan_bad_value", "plan.start"),
    ('id = "H2"', 'id = "H1"', "trials.plan_duplicate", "two entries for hypothesis 'H1'"),
    ('id = "stage-2"', 'id = "stage-1"', "trials.plan_duplicate", "stage 'stage-1'"),
    ('"G04.holding_max"', '"G05.transfer_max"', "trials.plan_duplicate", "limit"),
    ('metric = "duplicate_credits"', 'metric = "luck"', "trials.plan_bad_value", "'luck'"),
    ('unit = "minutes"', 'unit = "hours"', "trials.plan_bad_value", "in 'hours'"),
    ('comparison = "<="', 'comparison = "<"', "trials.plan_bad_value", "comparison cannot be '<'"),
    ("threshold = 1440", "threshold = -1", "trials.plan_bad_value", "threshold cannot be -1"),
    ("from_day = 1\n", "from_day = 2\n", "trials.plan_contradiction", "does not begin on day 1"),
    ("from_day = 8", "from_day = 1", "trials.plan_contradiction", "does not follow"),
    ("customers_max = 500", "customers_max = 50", "trials.plan_contradiction", "does not follow"),
    ('gate = ["H2"', 'gate = ["H99"', "trials.plan_contradiction", "'H99'"),
    ("day = 27", "day = 31", "trials.plan_contradiction", "begins on day 31"),
    ("student = 95", "astronaut = 95", "trials.plan_bad_value", "no class 'astronaut'"),
    ('kind = "structurer"', 'kind = "saint"', "trials.plan_bad_value", "kind cannot be 'saint'"),
    ("size = 64", "size = 5000", "trials.plan_bad_value", "size cannot be 5000"),
    ("[exit]", "[exits]", "trials.plan_missing_key", "lacks 'exit'"),
    ("[token]", "[[token]]", "trials.plan_bad_value", "token is not a table"),
    ('code = "PKRT"', "code = 7", "trials.plan_bad_value", "token.code cannot be 7"),
    ('title = "A rupee', 'title = "\\u0007A rupee', "trials.plan_bad_value", "plan.title"),
    ("[plan]", "[plan", "trials.plan_unreadable", "not a TOML file"),
]


@pytest.mark.parametrize(("old", "new", "code", "says"), BROKEN, ids=[row[3] for row in BROKEN])
def test_a_broken_plan_has_a_precise_error(old: str, new: str, code: str, says: str) -> None:
    text = unsigned()
    assert old in text
    with pytest.raises(PlanError) as caught:
        parse_plan(text.replace(old, new, 1).encode())
    assert caught.value.stable_code == code
    assert says in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize("data", [b"\xff\xfe", b"\x00", b"x" * (256 * 1024 + 1), b"a = 1\na = 2"])
def test_what_is_no_plan_is_refused(data: bytes) -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan(data)
    assert caught.value.stable_code in ("trials.plan_unreadable", "trials.plan_missing_key")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(PlanError, match="no-such-plan"):
        load_plan("no-such-plan.toml")
