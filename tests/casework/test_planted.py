"""Planted faults: each rule is taken out, and a scenario that holds without the fault breaks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import PurePosixPath
from typing import Any

import pytest

from sandrail.casework import (
    Application,
    Casebook,
    DocumentError,
    ForbiddenError,
    Grounds,
    NotReadyError,
    Observation,
    Outcome,
    Pair,
    People,
    SelfCheckReport,
    State,
    StateError,
    Verdict,
    Walk,
    check_document,
    clocks_of,
    doors,
    load_application,
    load_people,
    prove_not_rewritten,
    self_check,
    take_snapshot,
)
from sandrail.casework import case as case_module
from sandrail.casework import clocks as clocks_module
from sandrail.casework import deciding as deciding_module
from sandrail.casework import derive as derive_module
from sandrail.casework import desk as desk_module
from sandrail.casework import documents as documents_module
from sandrail.casework import entry as entry_module
from sandrail.casework import evaluating as evaluating_module
from sandrail.casework import permissions as permissions_module
from sandrail.casework import register as register_module
from sandrail.casework import supervising as supervising_module
from sandrail.casework import timers as timers_module
from sandrail.casework.errors import BrokenCaseError, RegisterError
from sandrail.journal import Draft, Journal, json_payload, parse_payload
from sandrail.rulebook import load_pack
from sandrail.world import DAY_US, Role
from tests.casework.conftest import EXAMPLE, START_US, sha
from tests.casework.test_documents import archive

self_check_module = sys.modules["sandrail.casework.self_check"]
PACK = load_pack("pakistan")
APPLICATION: Application = load_application(EXAMPLE / "application.toml")
PEOPLE: People = load_people(EXAMPLE / "people.toml")
YES = Grounds(("MET-1",), (sha("minutes"),))
NO = Grounds(("AML-1",), (sha("minutes"),))
OFFICER, SECOND = PEOPLE["pvara:c.officer"], PEOPLE["pvara:c.second"]
WATCH, OTHER_WATCH = PEOPLE.with_role(Role.SUPERVISOR)


def fresh() -> Walk:
    return Walk(Casebook.open(Journal.in_memory("planted"), PACK), PEOPLE, START_US)


def found(walk: Walk) -> str:
    case = walk.file(APPLICATION)
    seen = Observation("in_scope", Verdict.MET, "Read.", (sha("page"),))
    return walk.book.find(case.id, seen, by=OFFICER, at_us=walk.now_us).id


def issued(walk: Walk) -> str:
    permission = walk.grant(walk.approve(APPLICATION, grounds=YES), products=("art",), grounds=YES)
    return permission.id


def author_does_not_confirm() -> None:
    walk = fresh()
    finding = found(walk)
    with pytest.raises(ForbiddenError):
        walk.book.confirm(finding, by=OFFICER, at_us=walk.now_us)


def one_person_is_not_two() -> None:
    with pytest.raises(ForbiddenError):
        Pair(WATCH, WATCH)


def strangers_do_not_act_for_a_firm() -> None:
    walk = fresh()
    stranger = changed(PEOPLE["mehran:p.rehmati"], organisation="PK-F-0009")
    with pytest.raises(ForbiddenError):
        walk.book.start(APPLICATION, by=stranger, at_us=START_US)


def conflicted_officers_stay_out() -> None:
    walk = fresh()
    case = walk.file(APPLICATION)
    walk.book.declare_conflict(case.id, "A cousin.", by=OFFICER, at_us=walk.now_us)
    seen = Observation("in_scope", Verdict.MET, "Read.", (sha("page"),))
    with pytest.raises(ForbiddenError):
        walk.book.find(case.id, seen, by=OFFICER, at_us=walk.now_us)


def evaluators_do_not_vote() -> None:
    walk = fresh()
    case = walk.file(APPLICATION)
    walk.evaluate(case.id)
    walk.consult(case.id)
    pair = Pair(OFFICER, PEOPLE["pvara:m.moderator"])
    walk.book.refer(case.id, by=pair, at_us=walk.now_us)
    voter = changed(OFFICER, role=Role.COMMITTEE_MEMBER)
    with pytest.raises(ForbiddenError):
        walk.book.vote(case.id, in_favour=True, by=voter, grounds=YES, at_us=walk.now_us)


def deciders_do_not_judge_appeals() -> None:
    walk = fresh()
    case = walk.refuse(APPLICATION, failed=("minimum_aml",), grounds=NO)
    signatory, reason = PEOPLE["mehran:g.mehrani"], Grounds(("APPEAL-1",), (sha("x"),))
    walk.book.appeal(case.id, by=signatory, grounds=reason, at_us=walk.now_us)
    judge = changed(PEOPLE["pvara:k.member"], role=Role.APPEAL_PANEL)
    pair = Pair(judge, PEOPLE["pvara:a.appeal"])
    with pytest.raises(ForbiddenError):
        walk.book.decide(case.id, Outcome.REMIT, grounds=reason, by=pair, at_us=walk.now_us)


def decisions_rest_on_evidence() -> None:
    walk = fresh()
    case = walk.file(APPLICATION)
    walk.evaluate(case.id)
    walk.consult(case.id)
    walk.vote(case.id, in_favour=True, grounds=YES)
    with pytest.raises(NotReadyError):
        walk.book.decide(
            case.id,
            Outcome.APPROVE,
            grounds=Grounds(("MET-1",)),
            by=walk.deciders,
            at_us=walk.now_us,
        )


def failed_gates_are_not_outvoted() -> None:
    walk = fresh()
    case = walk.file(APPLICATION)
    walk.evaluate(case.id, failed=("minimum_aml",))
    walk.consult(case.id)
    walk.vote(case.id, in_favour=True, grounds=YES)
    with pytest.raises(NotReadyError):
        walk.book.decide(case.id, Outcome.APPROVE, grounds=YES, by=walk.deciders, at_us=walk.now_us)


def heads_follow_the_vote() -> None:
    walk = fresh()
    case = walk.file(APPLICATION)
    walk.evaluate(case.id)
    walk.consult(case.id)
    walk.vote(case.id, in_favour=False, grounds=NO)
    with pytest.raises(NotReadyError):
        walk.book.decide(case.id, Outcome.APPROVE, grounds=YES, by=walk.deciders, at_us=walk.now_us)


def agencies_are_heard() -> None:
    walk = fresh()
    case = walk.file(APPLICATION)
    walk.evaluate(case.id)
    pair = Pair(OFFICER, PEOPLE["pvara:m.moderator"])
    with pytest.raises(NotReadyError):
        walk.book.refer(case.id, by=pair, at_us=walk.now_us)


def questions_stop_the_clock() -> None:
    walk = fresh()
    case = walk.file(APPLICATION)
    reason = Grounds(("COMPLETE-1",))
    case = walk.book.ask(case.id, ["Why?"], by=OFFICER, grounds=reason, at_us=walk.now_us)
    (read,) = [
        it for it in clocks_of(case, PACK, at_us=walk.now_us + 20 * DAY_US) if it.id == "evaluation"
    ]
    assert read.used == 0


def late_answers_are_refused() -> None:
    walk = fresh()
    case = walk.file(APPLICATION)
    reason = Grounds(("COMPLETE-1",))
    walk.book.ask(case.id, ["Why?"], by=OFFICER, grounds=reason, at_us=walk.now_us)
    with pytest.raises(StateError):
        walk.book.answer(
            case.id, "So.", by=PEOPLE["mehran:g.mehrani"], at_us=walk.now_us + 40 * DAY_US
        )


def instruments_run_out() -> None:
    walk = fresh()
    instrument_id = issued(walk)
    end = walk.book.docket.instrument(instrument_id).permission.valid_to_us
    walk.book.tick(at_us=end)
    assert walk.book.docket.instrument(instrument_id).state is State.EXPIRED


def nothing_moves_after_the_end() -> None:
    walk = fresh()
    instrument_id = issued(walk)
    walk.go_live(instrument_id, grounds=YES)
    live = walk.book.docket.instrument(instrument_id)
    assert not doors(live, live.permission.valid_to_us).transfers
    assert doors(live, live.permission.valid_to_us).redemptions


def exams_come_first() -> None:
    walk = fresh()
    instrument_id = issued(walk)
    pair = Pair(WATCH, PEOPLE["pvara:h.head"])
    with pytest.raises(NotReadyError):
        walk.book.open_stage(instrument_id, "stage_1", by=pair, grounds=YES, at_us=walk.now_us)


def forged_facts_are_refused() -> None:
    journal = Journal.in_memory("forged")
    walk = Walk(Casebook.open(journal, PACK), PEOPLE, START_US)
    walk.file(APPLICATION)
    fact = next(iter(journal.facts(kinds=["casework.completed"])))
    forged = parse_payload(fact) | {"source": "evaluation", "target": "in_principle"}
    forged |= {"data": {"conditions": []}, "reasons": ["MET-1"], "evidence": [], "note": ""}
    journal.commit([Draft("casework.approved", fact.at_us, "x", json_payload(forged))])
    with pytest.raises(BrokenCaseError):
        Casebook.open(journal, PACK)


def rewritten_registers_are_found() -> None:
    journal = Journal.in_memory("register")
    walk = Walk(Casebook.open(journal, PACK), PEOPLE, START_US)
    issued(walk)
    snapshot = take_snapshot(journal, walk.book.docket, PACK, at_us=walk.now_us)
    forged = changed(snapshot, entries=(changed(snapshot.entries[0], stage="stage_3"),))
    with pytest.raises(RegisterError):
        prove_not_rewritten(forged, journal, PACK)


def archives_are_not_bombs() -> None:
    with pytest.raises(DocumentError):
        check_document("bomb.zip", archive({"zeros": b"\x00" * 20_000_000}))


def archives_do_not_escape() -> None:
    with pytest.raises(DocumentError):
        check_document("slip.zip", archive({"../../x": b"x"}))


def stages_come_in_order() -> None:
    walk = fresh()
    instrument_id = issued(walk)
    walk.go_live(instrument_id, grounds=YES)
    pair = Pair(WATCH, PEOPLE["pvara:h.head"])
    with pytest.raises(NotReadyError):
        walk.book.open_stage(instrument_id, "stage_3", by=pair, grounds=YES, at_us=walk.now_us)


def late_cases_are_written_forwards() -> None:
    walk = fresh()
    case = walk.file(APPLICATION)
    with pytest.raises(StateError):
        walk.book.declare_conflict(case.id, "A cousin.", by=OFFICER, at_us=START_US)


def gaps_are_found() -> None:
    risk = APPLICATION.risk
    assert risk is not None
    worse = changed(APPLICATION, risk=changed(risk, retention_years=1))
    report: SelfCheckReport = self_check(worse, PACK, at_us=START_US)
    assert [it for it in report.gaps if it.citation.startswith("G33.retention_min")]


@dataclass(frozen=True)
class Mutant:
    """A rule taken out: ``target.name`` becomes ``value``, and ``scenario`` must notice."""

    target: Any
    name: str
    value: Any
    scenario: Callable[[], None]


def _nothing(*args: object, **kwargs: object) -> None:
    del args, kwargs


def _no(*args: object, **kwargs: object) -> bool:
    del args, kwargs
    return False


def _empty(*args: object, **kwargs: object) -> tuple[()]:
    del args, kwargs
    return ()


MUTANTS = {
    "the author may confirm": Mutant(
        permissions_module, "_reviewing", _nothing, author_does_not_confirm
    ),
    "a pair may be one person": Mutant(
        entry_module.Pair, "__post_init__", _nothing, one_person_is_not_two
    ),
    "anybody acts for a firm": Mutant(
        permissions_module, "_outsider", _nothing, strangers_do_not_act_for_a_firm
    ),
    "conflicts are forgotten": Mutant(
        case_module.Case, "conflicted", _no, conflicted_officers_stay_out
    ),
    "evaluators vote": Mutant(permissions_module, "_voting", _nothing, evaluators_do_not_vote),
    "deciders judge themselves": Mutant(
        permissions_module, "_appealing", _nothing, deciders_do_not_judge_appeals
    ),
    "no separation at all": Mutant(
        permissions_module, "_separation", _nothing, author_does_not_confirm
    ),
    "evidence is optional": Mutant(
        desk_module, "_require_grounds", _nothing, decisions_rest_on_evidence
    ),
    "gates are advice": Mutant(
        deciding_module, "require_gates", _nothing, failed_gates_are_not_outvoted
    ),
    "votes are advice": Mutant(
        deciding_module, "require_committee", _nothing, heads_follow_the_vote
    ),
    "agencies are skipped": Mutant(
        evaluating_module, "require_consulted", _nothing, agencies_are_heard
    ),
    "the clock never stops": Mutant(clocks_module, "_stops", _empty, questions_stop_the_clock),
    "nothing is ever late": Mutant(timers_module, "is_late", _no, late_answers_are_refused),
    "nothing is ever due": Mutant(supervising_module, "due_entries", _empty, instruments_run_out),
    "replay believes everything": Mutant(
        derive_module, "check_entry", _nothing, forged_facts_are_refused
    ),
    "archives are not looked into": Mutant(
        documents_module, "_check_archive", _nothing, archives_are_not_bombs
    ),
    "paths are believed": Mutant(
        documents_module, "safe_relative_path", PurePosixPath, archives_do_not_escape
    ),
    "stages are skipped": Mutant(
        supervising_module.Supervising, "_require_next_stage", _nothing, stages_come_in_order
    ),
    "cases run backwards": Mutant(
        desk_module, "_require_order", _nothing, late_cases_are_written_forwards
    ),
}


@pytest.mark.parametrize("fault", sorted(MUTANTS))
def test_the_scenario_holds_without_the_fault(fault: str) -> None:
    MUTANTS[fault].scenario()


@pytest.mark.parametrize("fault", sorted(MUTANTS))
def test_the_planted_fault_is_killed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = MUTANTS[fault]
    monkeypatch.setattr(mutant.target, mutant.name, mutant.value)
    with pytest.raises((AssertionError, pytest.fail.Exception, BrokenCaseError)):
        mutant.scenario()


def test_an_end_that_is_off_by_one_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = doors
    monkeypatch.setitem(globals(), "doors", lambda it, at_us: honest(it, at_us - 1))
    with pytest.raises(AssertionError):
        nothing_moves_after_the_end()


def test_an_instrument_that_passes_its_exam_by_birth_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    born = derive_module._created

    def passed(entry: Any) -> Any:
        return changed(born(entry), exam_passed=True, drill_passed=True)

    monkeypatch.setattr(derive_module, "_created", passed)
    with pytest.raises(pytest.fail.Exception):
        exams_come_first()


def test_a_register_that_is_not_compared_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = register_module.register_entries
    told = {}

    def whatever_was_told(docket: Any, pack: Any, *, at_us: int) -> Any:
        entries = list(honest(docket, pack, at_us=at_us))
        return told.get("entries", entries)

    monkeypatch.setattr(register_module, "register_entries", whatever_was_told)
    journal = Journal.in_memory("register")
    walk = Walk(Casebook.open(journal, PACK), PEOPLE, START_US)
    issued(walk)
    snapshot = take_snapshot(journal, walk.book.docket, PACK, at_us=walk.now_us)
    forged = changed(snapshot, entries=(changed(snapshot.entries[0], stage="stage_3"),))
    told["entries"] = list(forged.entries)
    with pytest.raises(pytest.fail.Exception), pytest.raises(RegisterError):
        prove_not_rewritten(forged, journal, PACK)


def test_a_self_check_that_overlooks_gaps_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    gaps_are_found()
    monkeypatch.setattr(self_check_module, "_satisfied", lambda rule, reading: True)
    with pytest.raises(AssertionError):
        gaps_are_found()
