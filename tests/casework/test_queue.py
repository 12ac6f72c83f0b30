"""The office's queue: everybody sees what they can move, the most urgent first."""

from __future__ import annotations

from dataclasses import replace

from sandrail.casework import Application, Grounds, People, State, Walk, queue_for
from sandrail.rulebook import Pack
from sandrail.world import DAY_US


def test_the_most_urgent_comes_first_and_late_ones_are_marked(
    walk: Walk, application: Application, people: People, pack: Pack
) -> None:
    old = walk.file(application)
    walk.now_us += 20 * DAY_US
    new = walk.file(application)
    officer = people["pvara:c.officer"]
    items = queue_for(officer, walk.book.docket, pack, at_us=walk.now_us)
    assert [item.id for item in items] == [old.id, new.id]
    assert not items[1].urgent
    later = queue_for(officer, walk.book.docket, pack, at_us=walk.now_us + 30 * DAY_US)
    assert all(item.urgent and item.clock is not None and item.clock.late for item in later)


def test_everybody_sees_their_own_work(
    walk: Walk, application: Application, people: People, pack: Pack
) -> None:
    case = walk.file(application)
    at_us = walk.now_us

    def seen(actor_id: str) -> list[str]:
        return [it.id for it in queue_for(people[actor_id], walk.book.docket, pack, at_us=at_us)]

    assert seen("pvara:c.officer") == [case.id]
    assert seen("pvara:k.member") == [case.id], "a member may declare a conflict early"
    assert seen("mehran:g.mehrani") == [case.id], "the firm may withdraw"
    assert seen("sbp:r.officer") == []
    stranger = replace(people["mehran:g.mehrani"], organisation="PK-F-0009")
    assert queue_for(stranger, walk.book.docket, pack, at_us=at_us) == ()


def test_a_question_moves_the_case_to_the_firms_side(
    walk: Walk, application: Application, people: People, pack: Pack
) -> None:
    case = walk.file(application)
    officer = people["pvara:c.officer"]
    reason = Grounds(("COMPLETE-1",))
    walk.book.ask(case.id, ["Why?"], by=officer, grounds=reason, at_us=walk.now_us)
    at_us = walk.now_us + 28 * DAY_US
    assert queue_for(officer, walk.book.docket, pack, at_us=at_us) == ()
    firm = people["mehran:g.mehrani"]
    (item,) = queue_for(firm, walk.book.docket, pack, at_us=at_us)
    assert item.state is State.RFI_OPEN and "answered" in item.acts
    assert item.urgent and item.clock is not None and item.clock.id == "information"


def test_a_conflict_takes_the_case_off_the_desk(
    walk: Walk, application: Application, people: People, pack: Pack
) -> None:
    case = walk.file(application)
    officer = people["pvara:c.officer"]
    walk.book.declare_conflict(case.id, "A cousin.", by=officer, at_us=walk.now_us)
    assert queue_for(officer, walk.book.docket, pack, at_us=walk.now_us) == ()
