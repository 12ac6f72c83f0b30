"""Faults planted in appeals, adoption, redaction and replay; a story each kills them all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from sandrail.casework import (
    Casebook,
    ForbiddenError,
    Grounds,
    NotReadyError,
    Outcome,
    Pair,
    State,
    StateError,
    adopting,
    deciding,
    derive,
    docket,
    permissions,
    plan_adoption,
    redaction,
)
from sandrail.casework.errors import BrokenCaseError
from sandrail.journal import Draft, Journal, json_payload, parse_payload
from sandrail.rulebook import Condition, PackMismatchError
from sandrail.world import DAY_US, HOUR_US, Role, SandrailError
from tests.casework.test_adopting import LIMIT, version
from tests.casework.test_planted import APPLICATION, PACK, PEOPLE, YES, fresh, issued
from tests.journal.planting import plant

HEAD = PEOPLE.first(Role.HEAD)
WATCH = Pair(PEOPLE.first(Role.SUPERVISOR), HEAD)
PANEL = Pair(*PEOPLE.with_role(Role.APPEAL_PANEL)[:2])
SIGNATORY = PEOPLE.first(Role.FIRM_SIGNATORY)
BREACH, WRONG = (Grounds((code,), YES.evidence) for code in ("BREACH-1", "APPEAL-1"))
LATE = 31 * DAY_US


def appeals() -> None:
    """Set aside is undone, and no more; in time; by others; and nothing closes meanwhile."""
    walk = fresh()
    live, book = issued(walk), walk.book
    walk.go_live(live, grounds=YES)

    def later() -> int:
        walk.now_us += HOUR_US
        return walk.now_us

    before = set(book.docket.instrument(live).permission.conditions)
    tighter = (Condition(LIMIT, "40000", "PKR", "notice 2"),)
    book.narrow(live, tighter, by=WATCH, grounds=BREACH, at_us=later())
    book.appeal(live, by=SIGNATORY, grounds=WRONG, at_us=later())
    with pytest.raises(StateError):
        book.appeal(live, by=SIGNATORY, grounds=WRONG, at_us=later())
    judge = type(HEAD)(HEAD.id, HEAD.name, Role.APPEAL_PANEL, HEAD.organisation)
    with pytest.raises(ForbiddenError):
        both = Pair(judge, PANEL.checker)
        book.decide(live, Outcome.SET_ASIDE, grounds=WRONG, by=both, at_us=later())
    book.decide(live, Outcome.SET_ASIDE, grounds=WRONG, by=PANEL, at_us=later())
    assert set(book.docket.instrument(live).permission.conditions) == before
    book.suspend(live, by=WATCH.maker, grounds=BREACH, at_us=later())
    book.appeal(live, by=SIGNATORY, grounds=WRONG, at_us=later())
    book.resume(live, by=WATCH, grounds=YES, at_us=later())
    book.report_final(live, by=SIGNATORY, grounds=YES, at_us=later())
    book.decide(live, Outcome.SET_ASIDE, grounds=WRONG, by=PANEL, at_us=later())
    assert book.docket.instrument(live).state is State.EXIT_REVIEW
    book.decide(live, Outcome.REVOKE, grounds=BREACH, by=walk.deciders, at_us=later())
    book.appeal(live, by=SIGNATORY, grounds=WRONG, at_us=later())
    with pytest.raises(NotReadyError):
        book.end(live, by=WATCH, grounds=YES, at_us=later())
    book.decide(live, Outcome.SET_ASIDE, grounds=WRONG, by=PANEL, at_us=later())
    book.suspend(live, by=WATCH.maker, grounds=BREACH, at_us=later())
    walk.now_us += LATE
    with pytest.raises(StateError):
        book.appeal(live, by=SIGNATORY, grounds=WRONG, at_us=later())


def adoption() -> None:
    """Conditions follow the law where it is stricter, and what comes later is told too."""
    walk = fresh()
    live = issued(walk)
    permission = walk.go_live(live, grounds=YES)
    plan = plan_adoption(permission, PACK, version("60000"), at_us=walk.now_us)
    values = {it.rule_id: it.value for it in plan.permission.conditions}
    assert (values[LIMIT], plan.overtaken) == ("60000", (LIMIT,))
    assert [it.standing for it in plan.changes] == ["tighter"]
    coming = plan_adoption(permission, PACK, version("60000 from"), at_us=walk.now_us)
    assert [it.rule_id for it in coming.changes] == [LIMIT]
    with pytest.raises(PackMismatchError):
        plan_adoption(permission, version("50000"), version("60000"), at_us=walk.now_us)


def forgetting() -> None:
    """Nothing of a person is left anywhere, and the case is told again all the same."""
    journal = Journal.in_memory("planted")
    walk = type(fresh())(Casebook.open(journal, PACK), PEOPLE, fresh().now_us)
    case = walk.file(APPLICATION)
    names = [person.name for person in APPLICATION.people]
    pair = Pair(PEOPLE["pvara:c.officer"], HEAD)
    for entry in list(walk.book.docket.case(case.id).history):
        walk.book.redact(case.id, entry.seq, law="Order 7", by=pair, grounds=YES, at_us=walk.now_us)
    kept = b"".join(fact.payload for fact in journal.facts()).decode()
    assert not [name for name in names if name in kept]
    again = Casebook.open(journal, PACK).docket.case(case.id)
    assert again.state is case.state and len(again.versions) == len(case.versions)
    assert sum(bool(entry.redacted_under) for entry in again.history) == len(case.history)


def _forged(change: Callable[[dict[str, Any]], None], error: str) -> None:
    journal = Journal.in_memory("forged")
    walk = type(fresh())(Casebook.open(journal, PACK), PEOPLE, fresh().now_us)
    walk.file(APPLICATION)
    facts = list(journal.facts())
    copy = Journal.in_memory("forged")
    for fact in facts:
        payload: dict[str, Any] = json.loads(json.dumps(parse_payload(fact)))
        if fact.kind == "casework.completed":
            change(payload)
        copy.commit([Draft(fact.kind, fact.at_us, fact.actor, json_payload(payload))])
    with pytest.raises(BrokenCaseError, match=re.escape(error)):
        Casebook.open(copy, PACK)


def roles() -> None:
    """An act by somebody whose role it is not, or by one person twice, is no act."""
    _forged(lambda it: it["by"].update(role="public"), "A public does not do this")
    _forged(
        lambda it: it["checker"].update(id=it["by"]["id"]), "The second person is missing, the same"
    )
    _forged(lambda it: it["checker"].update(role="public"), "or of another role")


FAULTS: dict[str, tuple[Callable[[], None], Any, str, str, str]] = {
    "a narrowing that was set aside stays": (
        appeals, deciding, "permission_without",
        "if undone.get(it.rule_id) != it)", "if True)",
    ),
    "what happened since is undone": (
        appeals, deciding, "state_after_appeal",
        "act is Act.SET_ASIDE and instrument.state is attacked.target", "act is Act.SET_ASIDE",
    ),
    "who took part judges": (
        appeals, permissions, "_judging", "if any(", "if False and any(",
    ),
    "an appeal has no end": (
        appeals, Casebook, "appeal",
        'require_in_time(instrument, self.pack, clock="appeal", at_us=at_us)', "pass",
    ),
    "an instrument is closed over an appeal": (
        appeals, Casebook, "end", "instrument.open_appeal is not None", "False",
    ),
    "a condition stays looser than the law": (
        adoption, adopting, "_carried", "value=both.value))", "value=condition.value))",
    ),
    "what comes later is not told": (
        adoption, adopting, "_days_of_change", "return sorted(days)", "return []",
    ),
    "names of people stay": (
        forgetting, redaction, "_person", "MASK if key in _OF_A_PERSON else value", "value",
    ),
    "who acted for the firm stays": (
        forgetting, redaction, "_actor", '{**actor, "name": MASK}', "dict(actor)",
    ),
    "what remains is not read": (
        forgetting, docket, "read_entries", "elif fact.seq in remains:", "elif False:",
    ),
    "the payload stays": (
        forgetting, Casebook, "redact",
        "self._journal.redact(seq, at_us=at_us, actor=by.checker.id, reason=law)", "pass",
    ),
    "nothing is kept of what goes": (
        forgetting, Casebook, "redact", "if not any(", "if False and not any(",
    ),
    "anybody does anything": (
        roles, derive, "check_entry", "if entry.by.role not in row.makers:", "if False:",
    ),
    "one person is two": (
        roles, derive, "check_entry", "checker.id == entry.by.id or ", "",
    ),
    "the second person has no role": (
        roles, derive, "check_entry", " or checker.role not in row.checkers", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", [appeals, adoption, forgetting, roles])
def test_the_story_as_it_should_be(story: Callable[[], None]) -> None:
    story()


@pytest.mark.parametrize("fault", FAULTS)
def test_the_planted_fault_is_killed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    story, owner, name, old, new = FAULTS[fault]
    plant(monkeypatch, owner, name, old=old, new=new)
    with pytest.raises((AssertionError, pytest.fail.Exception, SandrailError)):
        story()
