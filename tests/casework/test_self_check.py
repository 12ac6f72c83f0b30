"""The self-check: explained, cited, offline, quick; and it follows the pack in every number."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from pathlib import Path

import pytest

from sandrail.casework import (
    Answer,
    Application,
    InstrumentKind,
    SelfCheckReport,
    Standing,
    load_application,
    proposed_conditions,
    self_check,
)
from sandrail.casework.probes import PROBES
from sandrail.casework.report import Topic
from sandrail.rulebook import Pack, load_pack
from sandrail.world import date_of
from tests.casework.conftest import START_US, edited_pack

JOURNEYS = Path(__file__).parents[2] / "examples" / "journeys"


def cited(report: SelfCheckReport, rule_id: str) -> Answer:
    return next(it for it in report.answers if it.citation.startswith(rule_id))


def test_the_example_is_ready_and_every_answer_is_explained(
    application: Application, pack: Pack
) -> None:
    report = self_check(application, pack, at_us=START_US)
    assert report.ready and report.in_scope and not report.prohibited
    assert {it.topic for it in report.answers} >= set(Topic) - {Topic.FORM, Topic.EXIT}
    for it in report.answers:
        assert it.question.endswith("?"), it.question
        assert it.why.endswith((".", ")", "۔")), it.why
    for limit in report.limits:
        assert limit.why and "(" in limit.citation


def test_the_packs_own_questions_come_in_its_languages(
    application: Application, pack: Pack
) -> None:
    report = self_check(application, pack, at_us=START_US)
    own = [
        it for it in report.answers if it.topic in {Topic.CRITERIA, Topic.PROHIBITED} and it.forms
    ]
    assert len(own) >= len(pack.criteria) + len(pack.prohibitions)
    for it in own:
        assert [language for language, _ in it.forms] == list(pack.languages)
        assert dict(it.forms)["en"] == it.question


def test_the_same_input_gives_the_same_report(application: Application, pack: Pack) -> None:
    one = self_check(application, pack, at_us=START_US)
    two = self_check(application, load_pack("pakistan"), at_us=START_US)
    assert one.content_hash == two.content_hash


@pytest.mark.parametrize(
    ("changes", "rule", "limit"),
    [
        (
            ("guardrails.toml", ('value = "100000"', 'value = "60000"')),
            "G05.transfer_max",
            "PKR 60,000",
        ),
        (
            ("guardrails.toml", ('value = "280000"', 'value = "150000"')),
            "G04.holding_max",
            "PKR 150,000",
        ),
    ],
)
def test_changing_a_number_in_the_pack_changes_the_limit_and_the_condition(
    application: Application,
    tmp_path: Path,
    changes: tuple[str, tuple[str, str]],
    rule: str,
    limit: str,
) -> None:
    tighter = edited_pack(tmp_path, changes=dict([changes]))
    report = self_check(application, tighter, at_us=START_US)
    granted = {it.rule_id: it.granted for it in report.limits}
    assert granted[rule] == limit
    conditions = proposed_conditions(application, tighter, at_us=START_US, citation="test")
    assert rule not in {it.rule_id for it in conditions}, "the pack is tighter than what was asked"


def test_a_longer_retention_in_the_pack_opens_a_gap(
    application: Application, tmp_path: Path
) -> None:
    longer = edited_pack(
        tmp_path,
        changes={"guardrails.toml": ('value = 10\nunit = "years"', 'value = 12\nunit = "years"')},
    )
    answer = cited(self_check(application, longer, at_us=START_US), "G33.retention_min")
    assert answer.standing is Standing.GAP
    assert "12 years" in answer.why


def test_the_conflict_of_two_laws_is_explained(application: Application, pack: Pack) -> None:
    answer = cited(self_check(application, pack, at_us=START_US), "G33.retention_min")
    assert "7 years" in answer.why and "10 years" in answer.why and "because" in answer.why


def test_what_the_token_does_outweighs_what_was_answered(
    application: Application, pack: Pack
) -> None:
    token = application.perimeter.token
    assert token is not None
    renamed = replace(token, algorithmic_stabilisation=True, name="Perfectly Safe Rupee")
    perimeter = replace(application.perimeter, token=renamed)
    report = self_check(replace(application, perimeter=perimeter), pack, at_us=START_US)
    assert report.prohibited and not report.ready
    stop = next(it for it in report.answers if it.standing is Standing.STOP)
    assert "held by an algorithm" in stop.why and stop.citation


def test_an_answer_of_yes_on_the_prohibited_list_stops(
    application: Application, pack: Pack
) -> None:
    answers = application.perimeter.prohibited_answers | {"mixing_service": True}
    perimeter = replace(application.perimeter, prohibited_answers=answers)
    assert self_check(replace(application, perimeter=perimeter), pack, at_us=START_US).prohibited


def test_a_prohibition_that_is_not_answered_is_a_gap(application: Application, pack: Pack) -> None:
    answers = dict(application.perimeter.prohibited_answers)
    del answers["mixing_service"]
    perimeter = replace(application.perimeter, prohibited_answers=answers)
    report = self_check(replace(application, perimeter=perimeter), pack, at_us=START_US)
    assert [it for it in report.gaps if "mixing_service" in it.why]
    assert not report.prohibited


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"in_or_from_country": False}, "not offered in or from"),
        ({"activities": ()}, "No activity is named"),
        ({"activities": ("software_only",)}, "needs no authorisation"),
    ],
)
def test_what_is_out_of_scope_is_said_so(
    application: Application, pack: Pack, change: dict[str, object], words: str
) -> None:
    perimeter = replace(application.perimeter, **change)  # type: ignore[arg-type]
    report = self_check(replace(application, perimeter=perimeter), pack, at_us=START_US)
    assert not report.in_scope
    assert any(words in it.why for it in report.answers if it.standing is Standing.STOP)


def test_an_activity_that_the_pack_does_not_know_is_a_gap(
    application: Application, pack: Pack
) -> None:
    perimeter = replace(application.perimeter, activities=("issuance", "time_travel"))
    report = self_check(replace(application, perimeter=perimeter), pack, at_us=START_US)
    assert any("time_travel is none of them" in it.why for it in report.gaps)


def test_capital_is_worked_out_and_compared(application: Application, pack: Pack) -> None:
    finance = application.finance
    assert finance is not None
    poor = replace(application, finance=replace(finance, paid_up_capital="PKR 1,000,000"))
    report = self_check(poor, pack, at_us=START_US)
    (answer,) = [it for it in report.answers if it.question.startswith("Is the paid-up capital")]
    assert answer.standing is Standing.GAP
    assert "PKR 1,000,000.00" in answer.why and "add up" in answer.why
    abroad = replace(application, finance=replace(finance, paid_up_capital="USD 9,000,000"))
    report = self_check(abroad, pack, at_us=START_US)
    (answer,) = [it for it in report.answers if it.question.startswith("Is the paid-up capital")]
    assert answer.standing is Standing.TO_JUDGE, "nobody converts a currency in secret"


def test_asking_for_more_than_the_pack_gets_the_packs_limit(
    application: Application, pack: Pack
) -> None:
    plan = application.test_plan
    assert plan is not None
    greedy = tuple(replace(it, value="999999999") for it in plan.limits)
    asked = replace(application, test_plan=replace(plan, limits=greedy))
    report = self_check(asked, pack, at_us=START_US)
    assert proposed_conditions(asked, pack, at_us=START_US, citation="test") == ()
    assert any("later stage may widen" in it.why for it in report.limits)


@pytest.mark.parametrize("value", ["all", "-5", "1e9", "٥٠٠"])
def test_a_limit_that_is_no_number_is_said_to_be_none(
    application: Application, pack: Pack, value: str
) -> None:
    plan = application.test_plan
    assert plan is not None
    odd = tuple(replace(it, value=value) for it in plan.limits)
    asked = replace(application, test_plan=replace(plan, limits=odd))
    report = self_check(asked, pack, at_us=START_US)
    assert proposed_conditions(asked, pack, at_us=START_US, citation="test") == ()
    assert any("is not a number" in it.why for it in report.limits)


def test_other_instruments_are_asked_their_own_questions(pack: Pack) -> None:
    application = load_application(JOURNEYS / "international-exchange" / "application.toml")
    for kind in (InstrumentKind.EOI, InstrumentKind.NOC, InstrumentKind.CONDITIONAL_LICENCE):
        report = self_check(replace(application, instrument=kind), pack, at_us=START_US)
        assert not [it for it in report.gaps if "test_plan" in it.why], kind


def test_an_expression_of_interest_needs_only_its_own_sections(pack: Pack) -> None:
    application = load_application(JOURNEYS / "international-exchange" / "application.toml")
    short = replace(
        application,
        instrument=InstrumentKind.EOI,
        risk=None,
        technology=None,
        finance=None,
        innovation=None,
        consumers=None,
        flows=None,
        exit=None,
    )
    assert self_check(short, pack, at_us=START_US).gaps == ()


def test_before_the_rules_were_in_force_nothing_is_claimed(
    application: Application, pack: Pack
) -> None:
    report = self_check(application, pack, at_us=0)
    assert report.limits == ()
    assert report.on == "1970-01-01"


def test_every_probe_asks_a_rule_of_the_pack(pack: Pack) -> None:
    rules = pack.in_force(date_of(START_US))
    assert [probe.rule_id for probe in PROBES if probe.rule_id not in rules] == []
    assert len({probe.rule_id for probe in PROBES}) == len(PROBES)


def test_a_self_check_takes_less_than_50_ms(application: Application, pack: Pack) -> None:
    times = []
    for _ in range(7):
        start = time.thread_time()
        self_check(application, pack, at_us=START_US)
        times.append(time.thread_time() - start)
    assert statistics.median(times) <= 0.050
