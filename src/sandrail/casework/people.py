"""Reads a file of actors: who signs, checks, votes and answers in an example or a small office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from sandrail.casework.errors import ApplicationError, UnknownError
from sandrail.casework.limits import APPLICATION_BYTES_MAX, PEOPLE_MAX
from sandrail.casework.text import Code, Line, why_unfit
from sandrail.world import Actor, Role, parse_toml, read_limited

__all__ = ["People", "load_people"]

_EXACT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, config=_EXACT)
class _Listed:
    id: Code
    name: Line
    role: Role
    organisation: Code
    name_ur: Line | None = None


@dataclass(frozen=True, slots=True, config=_EXACT)
class _File:
    format: Annotated[str, Field(pattern=r"^sandrail/people/1$")]
    people: Annotated[tuple[_Listed, ...], Field(min_length=1, max_length=PEOPLE_MAX)]


_READER: TypeAdapter[_File] = TypeAdapter(_File)


class People:
    """Actors by id and by role, in the order of their file."""

    def __init__(self, listed: Mapping[str, Actor], *, names_ur: Mapping[str, str]) -> None:
        self._actors = dict(listed)
        self._names_ur = dict(names_ur)

    @classmethod
    def together(cls, lists: Sequence[People]) -> People:
        """Return everybody of several lists; an id stands for the same person in all of them.

        Raises:
            ApplicationError: two lists say different things about an id.
        """
        actors: dict[str, Actor] = {}
        names_ur: dict[str, str] = {}
        for people in lists:
            for actor_id, actor in people._actors.items():
                if actors.setdefault(actor_id, actor) != actor:
                    raise ApplicationError(
                        f"{actor_id} stands for two people.",
                        why=f"One list says {actors[actor_id].name}, another {actor.name}.",
                        fix="Give one of them another id.",
                        code="casework.bad_people",
                    )
            names_ur |= people._names_ur
        return cls(actors, names_ur=names_ur)

    def __getitem__(self, actor_id: str) -> Actor:
        if actor_id not in self._actors:
            raise UnknownError(
                f"Nobody is listed as {actor_id!r}.",
                why=f"Listed are {', '.join(self._actors)}.",
                fix="Correct the id, or add the person to the file.",
                code="casework.unknown_person",
            )
        return self._actors[actor_id]

    def __len__(self) -> int:
        return len(self._actors)

    def with_role(self, role: Role, *, organisation: str | None = None) -> tuple[Actor, ...]:
        """Return everybody who has ``role``, of one organisation or of any."""
        return tuple(
            actor
            for actor in self._actors.values()
            if actor.role is role and organisation in (None, actor.organisation)
        )

    def first(self, role: Role, *, organisation: str | None = None) -> Actor:
        """Return the first person who has ``role``.

        Raises:
            UnknownError: nobody has it.
        """
        found = self.with_role(role, organisation=organisation)
        if not found:
            raise UnknownError(
                f"Nobody is listed as {role.value.replace('_', ' ')}.",
                why=f"Of {organisation or 'any organisation'}.",
                fix="Add such a person to the file.",
                code="casework.unknown_person",
            )
        return found[0]

    def urdu_name(self, actor_id: str) -> str:
        """Return the name in Urdu script, or the name as written where the file has none."""
        return self._names_ur.get(actor_id, self[actor_id].name)


def load_people(path: Path | str) -> People:
    """Read a people file.

    Raises:
        ApplicationError: the file cannot be read, or an entry is not a person.
    """
    file = Path(path)
    try:
        data = read_limited(file, bytes_max=APPLICATION_BYTES_MAX)
        parsed = _READER.validate_python(parse_toml(data))
    except (OSError, ValueError, ValidationError) as error:
        raise ApplicationError(
            f"The people file {file} cannot be used.",
            why=f"{why_unfit(error)}.",
            fix="Compare it with examples/rupee-art/people.toml.",
            code="casework.bad_people",
        ) from error
    actors: dict[str, Actor] = {}
    for it in parsed.people:
        if it.id in actors:
            raise ApplicationError(
                f"{it.id} is listed twice in {file}.",
                why="An id stands for one person.",
                fix="Give the second person another id.",
                code="casework.bad_people",
            )
        actors[it.id] = Actor(it.id, it.name, it.role, it.organisation)
    names_ur = {it.id: it.name_ur for it in parsed.people if it.name_ur is not None}
    return People(actors, names_ur=names_ur)
