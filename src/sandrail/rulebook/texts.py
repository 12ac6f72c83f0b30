"""A text in the languages of a pack."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.dataclasses import dataclass
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from sandrail.rulebook.limits import TEXT_CHARS_MAX

__all__ = ["LocalText", "Text"]

ANY = ""
_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or more languages.

    Attributes:
        forms: pairs of language code and text, in the order of the file; the code is empty for a
            text that was given without a language.
    """

    forms: tuple[tuple[str, str], ...]

    def in_language(self, language: str) -> str:
        """Return the text in ``language``, or its first form when it has none in it."""
        return next((text for code, text in self.forms if code == language), self.forms[0][1])

    def has(self, language: str) -> bool:
        """Tell whether the text was written in ``language``."""
        return any(code == language for code, _ in self.forms)

    def language_of(self, asked: str) -> str:
        """Return the language that ``in_language(asked)`` is written in (``en`` if unmarked)."""
        return asked if self.has(asked) else self.forms[0][0] or "en"

    def __str__(self) -> str:
        return self.forms[0][1]


def read_text(value: object) -> object:
    """Turn what the file holds (a string, or a table of languages) into a ``Text``."""
    if isinstance(value, Text):
        return value
    forms = {ANY: value} if isinstance(value, str) else value
    if not isinstance(forms, dict) or not forms:
        raise PydanticCustomError(
            "rulebook.wrong_type", "is no text; write a string, or a table such as {{en = ...}}"
        )
    for language, text in forms.items():
        if not isinstance(text, str) or not text.strip():
            raise PydanticCustomError("rulebook.wrong_type", "holds an empty or non-text form")
        if len(text) > TEXT_CHARS_MAX:
            raise PydanticCustomError(
                "rulebook.too_large", f"is longer than {TEXT_CHARS_MAX} characters"
            )
        if language and (len(language) != _LETTERS or not language.isalpha()):
            raise PydanticCustomError(
                "rulebook.bad_choice", f"has {language!r} where a two-letter language code belongs"
            )
    return Text(tuple(forms.items()))


class _TextSchema:
    """Tells editors what a text looks like in the file."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return handler(source)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        del schema, handler
        forms: JsonSchemaValue = {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z]{2}$"},
            "additionalProperties": {"type": "string"},
        }
        return {"anyOf": [{"type": "string"}, forms]}


LocalText = Annotated[Text, BeforeValidator(read_text), _TextSchema()]
"""The type of a field that holds a ``Text``."""
