"""Many people press the button at once: one act, clear refusals, and a journal that replays."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from sandrail.casework import (
    Application,
    Casebook,
    Grounds,
    Observation,
    People,
    Verdict,
    Walk,
)
from sandrail.casework import casebook as casebook_module
from sandrail.casework.desk import Desk
from sandrail.journal import Journal
from sandrail.rulebook import Pack
from sandrail.world import EvidenceError, SandrailError
from tests.casework.conftest import START_US, sha

THREADS = 16


def all_at_once(act: Callable[[int], object]) -> list[SandrailError]:
    """Run ``act`` in many threads that start together; return the errors they met."""
    start, errors = threading.Barrier(THREADS), []

    def run(number: int) -> None:
        start.wait()
        try:
            act(number)
        except SandrailError as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_a_finding_is_confirmed_once(walk: Walk, application: Application, people: People) -> None:
    case = walk.file(application)
    seen = Observation("in_scope", Verdict.MET, "Read.", (sha("page"),))
    finding = walk.book.find(case.id, seen, by=people["pvara:c.officer"], at_us=walk.now_us)
    second = people["pvara:c.second"]
    errors = all_at_once(lambda _: walk.book.confirm(finding.id, by=second, at_us=walk.now_us))
    assert len(errors) == THREADS - 1
    assert not [error for error in errors if isinstance(error, EvidenceError)]


def test_every_application_gets_an_id_of_its_own(
    book: Casebook, journal: Journal, application: Application, people: People, pack: Pack
) -> None:
    preparer = people["mehran:p.rehmati"]
    errors = all_at_once(lambda _: book.start(application, by=preparer, at_us=START_US))
    assert errors == []
    assert len(book.docket.cases) == THREADS
    assert Casebook.open(journal, pack).docket.cases == book.docket.cases


def test_an_instrument_is_issued_once(
    walk: Walk, application: Application, grounds: Grounds
) -> None:
    case = walk.approve(application, grounds=grounds)
    errors = all_at_once(
        lambda _: Walk(walk.book, walk.people, walk.now_us).grant(
            case, products=("art",), grounds=grounds
        )
    )
    assert len(errors) == THREADS - 1
    assert not [error for error in errors if isinstance(error, EvidenceError)]
    assert len(walk.book.docket.instruments) == 1


def test_every_command_takes_its_turn(book: Casebook) -> None:
    """A command that is added without a turn would be noticed here."""
    assert casebook_module.Casebook is Casebook
    for name in dir(Casebook):
        if not name.startswith("_") and name != "open":
            assert hasattr(getattr(Casebook, name), "__wrapped__"), name
    assert isinstance(book, Desk)


def test_without_turns_two_acts_collide(
    walk: Walk, application: Application, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: the turn is taken out, and both officers pass the checks."""
    case = walk.file(application)
    seen = Observation("in_scope", Verdict.MET, "Read.", (sha("page"),))
    finding = walk.book.find(case.id, seen, by=people["pvara:c.officer"], at_us=walk.now_us)
    second = people["pvara:c.second"]
    both = threading.Barrier(2)
    honest = Desk._entry

    def slow(self: Desk, *args: object, **named: object) -> object:
        entry = honest(self, *args, **named)  # type: ignore[arg-type]
        both.wait(timeout=5)
        return entry

    monkeypatch.setattr(Desk, "_entry", slow)
    bare = Casebook.confirm.__wrapped__  # type: ignore[attr-defined]
    errors: list[SandrailError] = []

    def confirm() -> None:
        try:
            bare(walk.book, finding.id, by=second, at_us=walk.now_us)
        except SandrailError as error:
            errors.append(error)

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error).__mro__[1] for error in errors] == [EvidenceError]
