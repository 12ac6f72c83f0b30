"""``may``: every act, every role, every state; and the rules that keep people apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandrail.casework import (
    APPLICATION_MACHINE,
    INSTRUMENT_MACHINE,
    Act,
    Application,
    Denial,
    ForbiddenError,
    Grounds,
    NotReadyError,
    Observation,
    Outcome,
    Pair,
    People,
    Permit,
    Score,
    State,
    StateError,
    Verdict,
    View,
    Walk,
    may,
)
from sandrail.casework.law import Law
from sandrail.casework.lifecycle import CLOSED, transitions_from
from sandrail.world import Actor, Role
from tests.casework.conftest import sha

EVIDENCE = (sha("page"),)


def test_every_act_is_allowed_to_somebody_and_to_nobody_else(
    walk: Walk, application: Application
) -> None:
    """The table is the only source: in each state each role gets exactly what a row grants."""
    case = walk.file(application)
    for state in State:
        there = replace(case, state=state)
        for act in Act:
            rows = transitions_from(state, act)
            for role in Role:
                firm = role in {Role.FIRM_PREPARER, Role.FIRM_SIGNATORY}
                organisation = case.firm_id if firm else "pvara"
                answer = may(Actor("x:1", "X", role, organisation), act, there)
                if not rows:
                    assert isinstance(answer, Denial) and answer.wrong_state
                elif role not in rows[0].makers:
                    assert isinstance(answer, Denial)
                elif isinstance(answer, Permit):
                    assert set(answer.targets) == {row.target for row in rows}


def test_nothing_leads_out_of_a_closed_state() -> None:
    for state in CLOSED:
        assert {act for act in Act if transitions_from(state, act)} == {Act.REDACTED}


@pytest.mark.parametrize("machine", [APPLICATION_MACHINE, INSTRUMENT_MACHINE])
def test_every_state_can_be_reached_and_left(machine: tuple) -> None:  # type: ignore[type-arg]
    reached, frontier = {State.NEW}, [State.NEW]
    while frontier:
        state = frontier.pop()
        for row in machine:
            if row.source is state and row.target not in reached:
                reached.add(row.target)
                frontier.append(row.target)
    assert reached == {row.source for row in machine} | {row.target for row in machine}
    stuck = reached - {row.source for row in machine}
    assert stuck <= CLOSED


@pytest.mark.parametrize("machine", [APPLICATION_MACHINE, INSTRUMENT_MACHINE])
def test_rows_of_one_act_agree_on_people_and_needs(machine: tuple) -> None:  # type: ignore[type-arg]
    """``may`` answers from the first row, so the rows of an act in a state must not differ."""
    for row in machine:
        for other in transitions_from(row.source, row.act):
            assert (row.makers, row.checkers, row.need) == (
                other.makers,
                other.checkers,
                other.need,
            )


def test_whoever_declares_a_conflict_sees_and_does_nothing_more(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.file(application)
    officer = people["pvara:c.officer"]
    assert may(officer, View.FINDINGS, case).granted
    case = walk.book.declare_conflict(
        case.id, "A cousin owns shares.", by=officer, at_us=walk.now_us
    )
    assert not may(officer, View.FINDINGS, case).granted
    seen = Observation("in_scope", Verdict.MET, "Read.", EVIDENCE)
    with pytest.raises(ForbiddenError) as caught:
        walk.book.find(case.id, seen, by=officer, at_us=walk.now_us)
    assert caught.value.stable_code == "casework.conflict_of_interest"


def test_an_officer_of_the_firm_itself_is_no_officer(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.file(application)
    inside = replace(people["pvara:c.officer"], organisation=case.firm_id)
    answer = may(inside, Act.FOUND, case)
    assert isinstance(answer, Denial)
    assert answer.code == "casework.conflict_of_interest"


def test_scores_are_blind_until_both_are_in(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.file(application)
    one, two = people["pvara:c.officer"], people["pvara:c.second"]
    law = Law.of(walk.book.pack, case.kind)
    sheet = tuple(Score(criterion, 3, EVIDENCE) for criterion in law.scorecard)
    case = walk.book.score(case.id, sheet, by=one, at_us=walk.now_us)
    for actor in (one, two, people["pvara:h.head"]):
        answer = may(actor, View.SCORES, case)
        assert isinstance(answer, Denial) and answer.code == "casework.blind"
    with pytest.raises(ForbiddenError) as caught:
        walk.book.score(case.id, sheet, by=one, at_us=walk.now_us)
    assert caught.value.stable_code == "casework.scored_already"
    case = walk.book.score(case.id, sheet, by=two, at_us=walk.now_us)
    assert may(two, View.SCORES, case).granted
    assert not may(people["mehran:g.mehrani"], View.SCORES, case).granted
    third = replace(one, id="pvara:third")
    with pytest.raises(ForbiddenError):
        walk.book.score(case.id, sheet, by=third, at_us=walk.now_us)


def test_a_difference_is_moderated_before_anything_goes_on(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.file(application)
    law = Law.of(walk.book.pack, case.kind)
    for actor, points in ((people["pvara:c.officer"], 4), (people["pvara:c.second"], 2)):
        sheet = tuple(
            Score(criterion, points if criterion == "need" else 3, EVIDENCE)
            for criterion in law.scorecard
        )
        walk.book.score(case.id, sheet, by=actor, at_us=walk.now_us)
    with pytest.raises(NotReadyError, match="need is not moderated"):
        walk.book.consult(
            case.id,
            {"SBP": "?"},
            by=people["pvara:c.officer"],
            due_us=walk.now_us + 10,
            at_us=walk.now_us,
        )
    moderate = {
        "points": 3,
        "by": people["pvara:m.moderator"],
        "grounds": Grounds(("moderated",)),
        "at_us": walk.now_us,
    }
    with pytest.raises(StateError, match="needs no moderation"):
        walk.book.moderate(case.id, criterion="innovation", **moderate)  # type: ignore[arg-type]
    after = walk.book.moderate(case.id, criterion="need", **moderate)  # type: ignore[arg-type]
    assert after.moderated == {"need": 3}


def test_who_evaluated_does_not_vote(
    walk: Walk, application: Application, people: People, grounds: Grounds
) -> None:
    case = walk.file(application)
    walk.evaluate(case.id)
    walk.consult(case.id)
    officers = Pair(people["pvara:c.officer"], people["pvara:m.moderator"])
    walk.book.refer(case.id, by=officers, at_us=walk.now_us)
    evaluator = replace(people["pvara:c.officer"], role=Role.COMMITTEE_MEMBER)
    with pytest.raises(ForbiddenError) as caught:
        walk.book.vote(case.id, in_favour=True, by=evaluator, grounds=grounds, at_us=walk.now_us)
    assert caught.value.stable_code == "casework.same_person"


def test_an_agency_answers_through_its_own_officer(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.file(application)
    walk.evaluate(case.id)
    officer = people["pvara:c.officer"]
    asked = {"SBP": "Reserve account?", "SECP": "Is it a security?"}
    due = walk.now_us + 10
    walk.book.consult(case.id, asked, by=officer, due_us=due, at_us=walk.now_us)
    stranger = people["fbr:t.officer"]
    with pytest.raises(ForbiddenError) as caught:
        walk.book.answer_consultation(
            case.id, "None.", objection=False, by=stranger, at_us=walk.now_us
        )
    assert caught.value.stable_code == "casework.other_agency"
    after = walk.book.answer_consultation(
        case.id, "None.", objection=True, by=people["sbp:r.officer"], at_us=walk.now_us
    )
    assert [it.agency for it in after.consultations if it.closed] == ["SBP"]
    assert after.consultations[0].objection


def test_the_appeal_panel_is_made_of_others(
    walk: Walk, application: Application, people: People
) -> None:
    refusal = Grounds(("AML-1",), EVIDENCE)
    case = walk.refuse(application, failed=("minimum_aml",), grounds=refusal)
    signatory = people["mehran:g.mehrani"]
    walk.book.appeal(case.id, by=signatory, grounds=Grounds(("APPEAL-1",)), at_us=walk.now_us)
    member = replace(people["pvara:k.member"], role=Role.APPEAL_PANEL)
    one, two = people.with_role(Role.APPEAL_PANEL)
    remit = {"grounds": Grounds(("APPEAL-1",), EVIDENCE), "at_us": walk.now_us}
    for pair in (Pair(member, one), Pair(one, member)):
        with pytest.raises(ForbiddenError) as caught:
            walk.book.decide(case.id, Outcome.REMIT, by=pair, **remit)  # type: ignore[arg-type]
        assert caught.value.stable_code == "casework.same_person"
    walk.book.decide(case.id, Outcome.REMIT, by=Pair(one, two), **remit)  # type: ignore[arg-type]
    again = walk.book.docket.case(case.id)
    assert (again.state, again.round, again.findings, again.sheets) == (State.EVALUATION, 2, (), ())


def test_the_public_sees_nothing_of_a_case(walk: Walk, application: Application) -> None:
    case = walk.file(application)
    citizen = Actor("public:1", "A citizen", Role.PUBLIC, "public")
    for view in View:
        assert isinstance(may(citizen, view, case), Denial)


def test_a_firm_sees_its_case_and_no_findings_about_it(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.file(application)
    own = people["mehran:p.rehmati"]
    other = replace(own, organisation="PK-F-0009")
    assert may(own, View.CASE, case).granted
    assert not may(own, View.FINDINGS, case).granted
    assert not may(other, View.CASE, case).granted
