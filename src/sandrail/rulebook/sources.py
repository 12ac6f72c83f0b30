"""Where a value comes from. No value enters a pack without one."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, ValidationInfo, WithJsonSchema
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from sandrail.rulebook.vocabulary import SourceKind

__all__ = ["Source", "Sourced"]


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Source:
    """A public document, page or report.

    Attributes:
        address: where a reader finds it: an https address, or a page of this documentation.
        title: what it is, in our words.
        seen: the day on which somebody of ours read it there.
        kind: who speaks.
        tag: its short name in the pack.
        note: what to keep in mind, such as "a summary, compare with the regulations".
    """

    address: str
    title: str
    seen: date
    kind: SourceKind = SourceKind.PRESS
    tag: str = ""
    note: str = ""

    def __str__(self) -> str:
        return f"{self.title} <{self.address}> (seen {self.seen.isoformat()})"


def find_source(value: object, info: ValidationInfo) -> object:
    """Replace a source's tag by the source that the pack lists under it."""
    if not isinstance(value, str):
        return value
    sources: dict[str, Source] = (info.context or {}).get("sources", {})
    if value not in sources:
        raise PydanticCustomError(
            "rulebook.unknown_source",
            "is {tag}, which the pack does not list",
            {"tag": repr(value)},
        )
    return sources[value]


Sourced = Annotated[Source, BeforeValidator(find_source), WithJsonSchema({"type": "string"})]
"""The type of a field that names a source by its tag."""
