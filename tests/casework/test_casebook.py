"""The path from a draft to an instrument, and everybody who may not walk it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandrail.casework import (
    Application,
    BrokenCaseError,
    Casebook,
    ForbiddenError,
    Grounds,
    NotReadyError,
    Observation,
    Outcome,
    Pair,
    People,
    State,
    StateError,
    Terms,
    Verdict,
    Walk,
    doors,
)
from sandrail.journal import Draft, Journal, json_payload, parse_payload
from sandrail.rulebook import Condition, ConditionError, Pack, effective_rules
from sandrail.world import Actor, Role, SandrailError
from tests.casework.conftest import START_US, sha


def _evaluated(walk: Walk, application: Application) -> str:
    case = walk.file(application)
    walk.evaluate(case.id)
    return case.id


def test_an_application_becomes_a_permission_that_the_gate_can_use(
    walk: Walk, application: Application, pack: Pack, grounds: Grounds
) -> None:
    case = walk.approve(application, grounds=grounds)
    permission = walk.grant(case, products=("art",), grounds=grounds)
    rules = effective_rules(pack, permission, permission.valid_from_us)
    assert rules["G05.transfer_max"].value == "75000"
    assert rules["G12.reserve_ratio_min"].set_by == "pack"
    assert walk.book.docket.case(case.id).state is State.GRANTED
    instrument = walk.book.docket.instrument(permission.id)
    assert instrument.state is State.PREPARATION
    assert not doors(instrument, permission.valid_from_us).onboarding
    walk.go_live(permission.id, grounds=grounds)
    live = walk.book.docket.instrument(permission.id)
    assert live.state is State.LIVE
    assert doors(live, permission.valid_from_us).onboarding


def test_replay_gives_the_same_docket(
    walk: Walk, application: Application, pack: Pack, journal: Journal, grounds: Grounds
) -> None:
    case = walk.approve(application, grounds=grounds)
    walk.grant(case, products=("art",), grounds=grounds)
    again = Casebook.open(journal, pack)
    assert again.docket.cases == walk.book.docket.cases
    assert again.docket.instruments == walk.book.docket.instruments


def test_same_people_and_instants_give_the_same_journal(
    application: Application, people: People, pack: Pack, grounds: Grounds
) -> None:
    heads = []
    for _ in range(2):
        journal = Journal.in_memory("same")
        walk = Walk(Casebook.open(journal, pack), people, START_US)
        walk.grant(walk.approve(application, grounds=grounds), products=("art",), grounds=grounds)
        heads.append(journal.head)
    assert heads[0] == heads[1]


def test_the_author_of_a_finding_cannot_confirm_it(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.file(application)
    author = people["pvara:c.officer"]
    seen = Observation("fit_and_proper", Verdict.MET, "CVs and records read.", (sha("cv"),))
    finding = walk.book.find(case.id, seen, by=author, at_us=walk.now_us)
    before = walk.book.docket.case(case.id)
    same_person_in_another_role = replace(author, role=Role.MODERATOR)
    for actor in (author, same_person_in_another_role):
        with pytest.raises(ForbiddenError) as caught:
            walk.book.confirm(finding.id, by=actor, at_us=walk.now_us)
        assert caught.value.stable_code == "casework.same_person"
        assert "never confirms" in caught.value.why
    assert walk.book.docket.case(case.id) == before
    confirmed = walk.book.confirm(finding.id, by=people["pvara:c.second"], at_us=walk.now_us)
    assert confirmed.reviewer == people["pvara:c.second"]


def test_two_different_signatories_of_the_attestation_submit(
    walk: Walk, application: Application, people: People
) -> None:
    preparer = people["mehran:p.rehmati"]
    case = walk.book.start(application, by=preparer, at_us=START_US)
    walk.book.check(case.id, by=preparer, at_us=START_US)
    first, second = people["mehran:g.mehrani"], people["mehran:t.sanduri"]
    with pytest.raises(ForbiddenError, match="both maker and checker"):
        walk.book.submit(case.id, signatories=(first, first), at_us=START_US)
    with pytest.raises(ForbiddenError, match="does not sign"):
        walk.book.submit(case.id, signatories=(first, people["mehran:n.badami"]), at_us=START_US)
    assert (
        walk.book.submit(case.id, signatories=(first, second), at_us=START_US).state == "submitted"
    )


def test_an_application_is_submitted_only_after_a_self_check(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.book.start(application, by=people["mehran:p.rehmati"], at_us=START_US)
    pair = (people["mehran:g.mehrani"], people["mehran:t.sanduri"])
    with pytest.raises(StateError, match="may not do 'submitted'"):
        walk.book.submit(case.id, signatories=pair, at_us=START_US)


def test_a_firm_acts_for_itself_only(walk: Walk, application: Application, people: People) -> None:
    stranger = replace(people["mehran:p.rehmati"], id="other:x", organisation="PK-F-0002")
    with pytest.raises(ForbiddenError) as caught:
        walk.book.start(application, by=stranger, at_us=START_US)
    assert caught.value.stable_code == "casework.other_firm"


def test_nothing_is_referred_before_the_evaluation_is_done(
    walk: Walk, application: Application, people: People
) -> None:
    case = walk.file(application)
    pair = Pair(people["pvara:c.officer"], people["pvara:m.moderator"])
    with pytest.raises(NotReadyError) as caught:
        walk.book.refer(case.id, by=pair, at_us=walk.now_us)
    assert "0 of 2 blind scores" in caught.value.why
    assert "minimum_aml has no confirmed finding" in caught.value.why


def test_approval_needs_every_gate_votes_a_reason_and_evidence(
    walk: Walk, application: Application, people: People, grounds: Grounds
) -> None:
    case_id = _evaluated(walk, application)
    walk.consult(case_id)
    officers = Pair(people["pvara:c.officer"], people["pvara:m.moderator"])
    walk.book.refer(case_id, by=officers, at_us=walk.now_us)
    decide = {"by": walk.deciders, "at_us": walk.now_us}
    with pytest.raises(NotReadyError, match="committee has not decided"):
        walk.book.decide(case_id, Outcome.APPROVE, grounds=grounds, **decide)
    for member in people.with_role(Role.COMMITTEE_MEMBER):
        walk.book.vote(case_id, in_favour=True, by=member, grounds=grounds, at_us=walk.now_us)
    with pytest.raises(NotReadyError, match="needs evidence"):
        walk.book.decide(case_id, Outcome.APPROVE, grounds=Grounds(grounds.reasons), **decide)
    decision = walk.book.decide(case_id, Outcome.APPROVE, grounds=grounds, **decide)
    assert decision.maker != decision.checker
    assert decision.grounds == grounds


def test_a_failed_gate_cannot_be_outvoted(
    walk: Walk, application: Application, people: People, grounds: Grounds
) -> None:
    case = walk.file(application)
    walk.evaluate(case.id, failed=("minimum_aml",))
    walk.consult(case.id)
    walk.vote(case.id, in_favour=True, grounds=grounds)
    with pytest.raises(NotReadyError, match="cannot be approved") as caught:
        walk.book.decide(
            case.id, Outcome.APPROVE, grounds=grounds, by=walk.deciders, at_us=walk.now_us
        )
    assert "minimum_aml: not_met" in caught.value.why


def test_a_condition_may_only_tighten(
    walk: Walk, application: Application, grounds: Grounds, pack: Pack
) -> None:
    case = walk.approve(application, grounds=grounds)
    wider = Condition("G05.transfer_max", "100001", "PKR", "test")
    terms = Terms(("art",), walk.now_us, walk.now_us + 10, "preparation", (wider,))
    before = walk.book.docket.case(case.id)
    with pytest.raises(ConditionError, match="loosens"):
        walk.book.grant(case.id, terms, grounds=grounds, by=walk.deciders, at_us=walk.now_us)
    assert walk.book.docket.case(case.id) == before
    assert not walk.book.docket.instruments


def test_one_stops_and_two_restart(
    walk: Walk, application: Application, people: People, grounds: Grounds
) -> None:
    permission = walk.grant(
        walk.approve(application, grounds=grounds), products=("art",), grounds=grounds
    )
    walk.go_live(permission.id, grounds=grounds)
    one, two = people.with_role(Role.SUPERVISOR)
    reason = Grounds(("BREACH-1",))
    stopped = walk.book.suspend(permission.id, by=one, grounds=reason, at_us=walk.now_us)
    at_us = permission.valid_from_us
    assert not doors(stopped, at_us).transfers
    assert doors(stopped, at_us).redemptions
    with pytest.raises(ForbiddenError, match="two people"):
        walk.book.resume(permission.id, by=one, grounds=grounds, at_us=walk.now_us)  # type: ignore[arg-type]
    again = walk.book.resume(permission.id, by=Pair(one, two), grounds=grounds, at_us=walk.now_us)
    assert doors(again, at_us).transfers


def test_a_case_runs_forwards(walk: Walk, application: Application, people: People) -> None:
    case = walk.file(application)
    with pytest.raises(StateError, match="later than"):
        walk.book.declare_conflict(
            case.id, "A cousin.", by=people["pvara:c.officer"], at_us=START_US
        )


def test_a_forged_fact_is_refused_on_opening(
    walk: Walk, application: Application, journal: Journal, pack: Pack
) -> None:
    case = walk.file(application)
    fact = next(iter(journal.facts(kinds=["casework.completed"])))
    forged = parse_payload(fact) | {"source": "evaluation", "target": "in_principle"}
    journal.commit([Draft("casework.approved", fact.at_us, "x", json_payload(forged))])
    with pytest.raises(BrokenCaseError) as caught:
        Casebook.open(journal, pack)
    assert caught.value.fields["subject"] == case.id


def test_every_error_says_what_why_and_fix(
    walk: Walk, application: Application, people: People
) -> None:
    nobody = Actor("x:y", "Somebody", Role.PUBLIC, "nowhere")
    with pytest.raises(SandrailError) as caught:
        walk.book.start(application, by=nobody, at_us=START_US)
    assert caught.value.what
    assert caught.value.why
    assert caught.value.fix


def test_an_amendment_is_signed_by_two_and_comes_before_the_evaluation(
    walk: Walk, application: Application, people: People
) -> None:
    preparer = people["mehran:p.rehmati"]
    first, second = people["mehran:g.mehrani"], people["mehran:t.sanduri"]
    case = walk.book.start(application, by=preparer, at_us=START_US)
    walk.book.check(case.id, by=preparer, at_us=START_US)
    walk.book.submit(case.id, signatories=(first, second), at_us=START_US)
    assert application.risk is not None
    better = replace(application, risk=replace(application.risk, retention_years=12))
    reason = Grounds(("correction",))
    amend = {"grounds": reason, "at_us": START_US}
    with pytest.raises(ForbiddenError, match="both maker and checker"):
        walk.book.amend(case.id, better, signatories=(first, first), **amend)  # type: ignore[arg-type]
    with pytest.raises(ForbiddenError, match="does not sign"):
        walk.book.amend(case.id, better, signatories=(first, preparer), **amend)  # type: ignore[arg-type]
    other = replace(better, firm=replace(better.firm, id="PK-F-0009"))
    with pytest.raises(StateError, match="another application"):
        walk.book.amend(case.id, other, signatories=(first, second), **amend)  # type: ignore[arg-type]
    amended = walk.book.amend(case.id, better, signatories=(first, second), **amend)  # type: ignore[arg-type]
    assert amended.state is State.SUBMITTED
    assert [version.number for version in amended.versions] == [1, 2]
    assert amended.versions[0].application == application, "the earlier version stays"
    filed = walk.file(application)
    with pytest.raises(StateError) as caught:
        walk.book.amend(
            filed.id, better, signatories=(first, second), grounds=reason, at_us=walk.now_us
        )
    assert caught.value.stable_code == "casework.wrong_state"


def test_a_firm_may_withdraw_until_there_is_a_decision(
    walk: Walk, application: Application, people: People, grounds: Grounds
) -> None:
    signatory, reason = people["mehran:g.mehrani"], Grounds(("changed-plans",))
    case = walk.file(application)
    gone = walk.book.withdraw(case.id, by=signatory, grounds=reason, at_us=walk.now_us)
    assert gone.state is State.WITHDRAWN
    again = walk.file(replace(application, previous=case.id))
    assert again.application.previous == case.id
    refused = walk.refuse(
        application, failed=("minimum_aml",), grounds=Grounds(("AML-1",), grounds.evidence)
    )
    with pytest.raises(StateError):
        walk.book.withdraw(refused.id, by=signatory, grounds=reason, at_us=walk.now_us)
