"""Forms as data: sections, questions, help and the evidence asked for."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from sandrail.rulebook.limits import TEXT_CHARS_MAX
from sandrail.rulebook.sources import Sourced
from sandrail.rulebook.texts import LocalText
from sandrail.rulebook.vocabulary import Status

__all__ = ["AnswerType", "Form", "FormSection", "Option", "Question"]


class AnswerType(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    YES_NO = "yes_no"
    INTEGER = "integer"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    COUNTRY = "country"
    LEI = "lei"
    DOCUMENT = "document"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Option:
    """One of the answers to choose from."""

    id: str
    title: LocalText


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Question:
    """One question.

    Attributes:
        id: ``g_hypotheses``; unique in its form.
        label: the question.
        type: the kind of answer.
        help: what a good answer holds.
        required: an application without it is incomplete.
        options: for ``choice`` and ``choices``.
        columns: for ``rows``, what each row holds.
        chars_max: the longest text taken.
        evidence: a document goes with the answer.
    """

    id: str
    label: LocalText
    type: AnswerType
    help: LocalText | None = None
    required: bool = True
    options: tuple[Option, ...] = ()
    columns: tuple[str, ...] = ()
    chars_max: Annotated[int, Field(strict=True, ge=1, le=TEXT_CHARS_MAX)] = TEXT_CHARS_MAX
    evidence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class FormSection:
    """A part of a form, lettered as on paper."""

    id: str
    title: LocalText
    questions: tuple[Question, ...]
    about: LocalText | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Form:
    """A form that a firm fills in.

    Attributes:
        id: ``sandbox_application``.
        title: its name.
        instrument: the instrument that is applied for with it.
        sections: its parts.
    """

    id: str
    title: LocalText
    instrument: str
    sections: tuple[FormSection, ...]
    source: Sourced
    status: Status

    def questions(self) -> Iterator[Question]:
        """Yield every question in the order of the form."""
        for section in self.sections:
            yield from section.questions

    def question(self, question_id: str) -> Question | None:
        """Return a question by its id, or None."""
        return next((one for one in self.questions() if one.id == question_id), None)
