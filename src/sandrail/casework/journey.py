"""Journeys: a case told as data, step by step, that a lawyer can read and a machine replays.

A journey file names an application, the people and the steps. Each step is an act of the casebook
or one of the longer walks (``file``, ``evaluate``, ``consult``, ``vote``). A step may also say that
it must be refused, and by which rule: what does not work is part of the story.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Protocol, TypeVar

from pydantic import ConfigDict, Field, StrictInt, StrictStr, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from sandrail.casework.application import Application
from sandrail.casework.casebook import Casebook
from sandrail.casework.deciding import Outcome
from sandrail.casework.documents import read_document
from sandrail.casework.entry import Grounds, Pair
from sandrail.casework.errors import JourneyError
from sandrail.casework.limits import APPLICATION_BYTES_MAX, JOURNEY_STEPS_MAX
from sandrail.casework.people import People, load_people
from sandrail.casework.read import application_from_data, load_application
from sandrail.casework.text import Code, Count, Line, Text, why_unfit
from sandrail.casework.walk import Walk
from sandrail.journal import Journal
from sandrail.rulebook import Pack
from sandrail.world import (
    DAY_US,
    Actor,
    SandrailError,
    iso,
    parse_instant,
    parse_toml,
    read_limited,
)

__all__ = ["Journey", "Played", "StepDone", "load_journey", "play"]

_EXACT = ConfigDict(extra="forbid")
Value = StrictStr | StrictInt | bool | list[str]


@checked(frozen=True, slots=True, config=_EXACT)
class Step:
    """One step. ``do`` says which; the other fields are its particulars.

    Attributes:
        do: an act or a walk.
        name: under which name later steps refer to its application or instrument.
        about: the application or instrument, by such a name.
        by: who does it, by the id in the people file; otherwise whoever has the role.
        checker: the second person.
        wait_days: days that pass before it.
        reasons: coded reasons.
        evidence: files beside the journey, taken in by their hash.
        text: what is written.
        points: what is asked.
        change: fields of the application that differ from its file, by dotted path.
        application: the application's file.
        failed: gates that are found not to be met.
        silent: agencies that do not answer.
        conditions: what an approval is subject to.
        products: what an instrument covers.
        months: how long it runs, where the application does not say.
        outcome: what is decided.
        stage: the stage that opens.
        expect: the code of the refusal that must follow.
        note: for the reader.
    """

    do: Code
    name: Code = ""
    about: Code = ""
    by: Code = ""
    checker: Code = ""
    wait_days: Count = 0
    reasons: tuple[Code, ...] = ()
    evidence: tuple[Line, ...] = ()
    text: Text = "-"
    points: tuple[Text, ...] = ()
    change: dict[str, Value] = Field(default_factory=dict)
    application: Line = ""
    previous: Code = ""
    failed: tuple[Code, ...] = ()
    silent: tuple[Code, ...] = ()
    conditions: tuple[Line, ...] = ()
    products: tuple[Code, ...] = ()
    months: Count = 0
    outcome: Outcome | None = None
    stage: Code = ""
    expect: Code = ""
    note: Text = "-"


@checked(frozen=True, slots=True, config=_EXACT)
class Journey:
    """A journey as its file tells it."""

    format: Annotated[str, Field(pattern=r"^sandrail/journey/1$")]
    title: Line
    pack: Code
    people: tuple[Line, ...]
    starts: Line
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=JOURNEY_STEPS_MAX)]
    summary: Text = "-"


@dataclass(frozen=True, slots=True)
class StepDone:
    """What a step came to: the facts it wrote, or the refusal that was expected."""

    do: str
    at: str
    facts: int
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """A journey that was played to its end.

    Attributes:
        book: the casebook as it stands now.
        steps: what each step came to.
        names: ids by the names that the journey gave them.
    """

    book: Casebook
    steps: tuple[StepDone, ...]
    names: Mapping[str, str]


@dataclass(slots=True)
class _Stage:
    """Where a journey is being played."""

    folder: Path
    walk: Walk
    names: dict[str, str] = field(default_factory=dict)

    def subject(self, step: Step) -> str:
        return self.called(step.about, step)

    def called(self, name: str, step: Step) -> str:
        if name not in self.names:
            raise _bad(step, f"nothing is called {name!r} yet")
        return self.names[name]

    def grounds(self, step: Step) -> Grounds:
        hashes = tuple(read_document(self.folder, path).sha256 for path in step.evidence)
        return Grounds(step.reasons, hashes, "" if step.note == "-" else step.note)

    def actor(self, step: Step) -> Actor:
        return self.walk.people[step.by]

    def pair(self, step: Step) -> Pair:
        if not step.by:
            return self.walk.deciders
        return Pair(self.walk.people[step.by], self.walk.people[step.checker])


Verb = Callable[[Step, _Stage], None]
"""How a step is played."""

_Who = TypeVar("_Who", Actor, Pair, contravariant=True)


class _Act(Protocol[_Who]):
    """An act of the casebook on one case or instrument."""

    def __call__(self, subject: str, /, *, by: _Who, grounds: Grounds, at_us: int) -> object: ...


_READER: TypeAdapter[Journey] = TypeAdapter(Journey)


def load_journey(path: Path | str) -> Journey:
    """Read a journey file, or ``journey.toml`` of a folder.

    Raises:
        JourneyError: it cannot be read, or a step has a field that no step has.
    """
    file = _journey_file(path)
    try:
        data = read_limited(file, bytes_max=APPLICATION_BYTES_MAX)
        return _READER.validate_python(parse_toml(data))
    except (OSError, ValueError, ValidationError) as error:
        raise JourneyError(
            f"The journey {file} cannot be played.",
            why=f"{why_unfit(error)}.",
            fix="Compare it with the files in examples/journeys.",
        ) from error


def _journey_file(path: Path | str) -> Path:
    given = Path(path)
    return given / "journey.toml" if given.is_dir() else given


def play(path: Path | str, *, journal: Journal, pack: Pack) -> Played:
    """Play a journey into a journal. The same file and journal name give the same facts.

    Raises:
        JourneyError: a step was refused that should not have been, or the other way round.
    """
    journey = load_journey(path)
    folder = Path(path).parent
    book = Casebook.open(journal, pack)
    people = People.together([load_people(folder / name) for name in journey.people])
    stage = _Stage(folder, Walk(book, people, parse_instant(journey.starts)))
    done = [_play_step(step, stage, journal) for step in journey.steps]
    return Played(book, tuple(done), dict(stage.names))


def _play_step(step: Step, stage: _Stage, journal: Journal) -> StepDone:
    verb = _VERBS.get(step.do)
    if verb is None:
        raise _bad(step, f"the steps are {', '.join(sorted(_VERBS))}")
    stage.walk.now_us += step.wait_days * DAY_US
    before = journal.head.seq
    refused = ""
    try:
        verb(step, stage)
    except JourneyError:
        raise
    except SandrailError as error:
        if not step.expect or error.stable_code != step.expect:
            raise _bad(step, f"it was refused ({error.stable_code}): {error}") from error
        refused = f"{error.stable_code}: {error.what} {error.why}"
    if step.expect and not refused:
        raise _bad(step, f"it should have been refused with {step.expect}")
    if refused and journal.head.seq != before:
        raise _bad(step, "a refused step has written facts")
    return StepDone(step.do, iso(stage.walk.now_us), journal.head.seq - before, refused)


def _application(step: Step, stage: _Stage) -> Application:
    application = load_application(stage.folder / step.application)
    data = application.as_data()
    for path, value in step.change.items():
        _set(data, path, value, step)
    if step.previous:
        data["previous"] = stage.called(step.previous, step)
    return application_from_data(data)


def _set(data: object, path: str, value: object, step: Step) -> None:
    *parents, last = path.split(".")
    for part in parents:
        data = _child(data, part, step)
    if isinstance(data, list) and _is_place(last, data):
        data[int(last)] = value
    elif isinstance(data, dict):
        data[last] = value
    else:
        raise _bad(step, f"nothing can be changed at {path}")


def _child(data: object, part: str, step: Step) -> object:
    if isinstance(data, list) and _is_place(part, data):
        return data[int(part)]
    if isinstance(data, dict):
        return data.setdefault(part, {})
    raise _bad(step, f"the application has nothing at {part}")


def _is_place(text: str, items: list[object]) -> bool:
    return text.isascii() and text.isdecimal() and int(text) < len(items)


def _file(step: Step, stage: _Stage) -> None:
    case = stage.walk.file(_application(step, stage))
    stage.names[step.name or "case"] = case.id


def _evaluate(step: Step, stage: _Stage) -> None:
    stage.walk.evaluate(stage.subject(step), failed=step.failed)


def _consult(step: Step, stage: _Stage) -> None:
    stage.walk.consult(stage.subject(step), silent=step.silent)


def _vote(step: Step, stage: _Stage) -> None:
    in_favour = step.outcome is not Outcome.REFUSE
    stage.walk.vote(stage.subject(step), in_favour=in_favour, grounds=stage.grounds(step))


def _decide(step: Step, stage: _Stage) -> None:
    if step.outcome is None:
        raise _bad(step, "it names no outcome")
    stage.walk.book.decide(
        stage.subject(step),
        step.outcome,
        grounds=stage.grounds(step),
        by=stage.pair(step),
        at_us=stage.walk.now_us,
        conditions=step.conditions,
    )


def _meet(step: Step, stage: _Stage) -> None:
    stage.walk.book.meet_condition(
        stage.subject(step),
        step.text,
        by=stage.pair(step),
        grounds=stage.grounds(step),
        at_us=stage.walk.now_us,
    )


def _grant(step: Step, stage: _Stage) -> None:
    case = stage.walk.book.docket.case(stage.subject(step))
    permission = stage.walk.grant(
        case, products=step.products, grounds=stage.grounds(step), months=step.months
    )
    stage.names[step.name or "instrument"] = permission.id


def _go_live(step: Step, stage: _Stage) -> None:
    stage.walk.go_live(stage.subject(step), grounds=stage.grounds(step))


def _open_stage(step: Step, stage: _Stage) -> None:
    stage.walk.book.open_stage(
        stage.subject(step),
        step.stage,
        by=stage.pair(step),
        grounds=stage.grounds(step),
        at_us=stage.walk.now_us,
    )


def _ask(step: Step, stage: _Stage) -> None:
    stage.walk.book.ask(
        stage.subject(step),
        step.points,
        by=stage.actor(step),
        grounds=stage.grounds(step),
        at_us=stage.walk.now_us,
    )


def _answer(step: Step, stage: _Stage) -> None:
    amended = _application(step, stage) if step.application else None
    stage.walk.book.answer(
        stage.subject(step),
        step.text,
        by=stage.actor(step),
        at_us=stage.walk.now_us,
        application=amended,
    )


def _alone(act_of: Callable[[Casebook], _Act[Actor]]) -> Verb:
    """Return the step in which one person acts, on grounds."""

    def play_it(step: Step, stage: _Stage) -> None:
        about, by, grounds = stage.subject(step), stage.actor(step), stage.grounds(step)
        act_of(stage.walk.book)(about, by=by, grounds=grounds, at_us=stage.walk.now_us)

    return play_it


def _together(act_of: Callable[[Casebook], _Act[Pair]]) -> Verb:
    """Return the step in which two people act, on grounds."""

    def play_it(step: Step, stage: _Stage) -> None:
        about, by, grounds = stage.subject(step), stage.pair(step), stage.grounds(step)
        act_of(stage.walk.book)(about, by=by, grounds=grounds, at_us=stage.walk.now_us)

    return play_it


def _tick(step: Step, stage: _Stage) -> None:
    del step
    stage.walk.book.tick(at_us=stage.walk.now_us)


_VERBS: Final[Mapping[str, Verb]] = {
    "answer": _answer,
    "appeal": _alone(lambda book: book.appeal),
    "ask": _ask,
    "consult": _consult,
    "decide": _decide,
    "end": _together(lambda book: book.end),
    "evaluate": _evaluate,
    "file": _file,
    "go_live": _go_live,
    "grant": _grant,
    "meet_condition": _meet,
    "open_stage": _open_stage,
    "report_final": _alone(lambda book: book.report_final),
    "resume": _together(lambda book: book.resume),
    "suspend": _alone(lambda book: book.suspend),
    "tick": _tick,
    "vote": _vote,
    "withdraw": _alone(lambda book: book.withdraw),
}


def _bad(step: Step, why: str) -> JourneyError:
    return JourneyError(
        f"The step {step.do!r} of the journey does not go as it says.",
        why=why[:1].upper() + why[1:] + ("" if why.endswith(".") else "."),
        fix="Correct the step, or the rule that it tells about.",
        step=step.do,
    )
