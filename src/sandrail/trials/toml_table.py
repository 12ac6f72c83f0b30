"""Reads one TOML table so that nothing in it is ignored and every defect has one precise error.

A key that nobody asks for is an error, as a misspelt limit would otherwise be no limit at all.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from sandrail.trials.errors import PlanError
from sandrail.trials.limits import NAME_CHARS_MAX, TEXT_CHARS_MAX

__all__ = ["TomlTable"]

Choice = TypeVar("Choice", bound=StrEnum)
_ABSENT = object()


class TomlTable:
    """A table of a plan file, together with the name of its place in the file."""

    def __init__(self, values: object, *, where: str) -> None:
        if not isinstance(values, dict):
            raise PlanError(
                f"{where} is not a table.",
                why=f"It holds a {type(values).__name__}.",
                fix=f"Write it as [{where}] with one key a line.",
                where=where,
            )
        self._values = values
        self._asked: list[str] = []
        self.where = where

    def text(self, key: str, *, default: str | None = None, chars_max: int = TEXT_CHARS_MAX) -> str:
        """Return a non-empty printable text."""
        value = self._take(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, value, "a text in quotes")
        if not 1 <= len(value) <= chars_max or not value.replace("\n", " ").isprintable():
            raise self._wrong(key, value[:40], f"1 to {chars_max} printable characters")
        return value

    def optional_text(self, key: str) -> str:
        """Return a text that may be absent or empty."""
        value = self._take(key, "")
        return "" if value == "" else self.text(key, chars_max=NAME_CHARS_MAX)

    def integer(self, key: str, *, low: int, high: int) -> int:
        """Return a whole number between ``low`` and ``high``, both included."""
        value = self._take(key, None)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self._wrong(key, value, f"a whole number from {low} to {high}")
        return value

    def day(self, key: str) -> datetime.date:
        """Return a local date, written without quotes."""
        value = self._take(key, None)
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            raise self._wrong(key, value, "a date without quotes, such as 2027-01-04")
        return value

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """Return a member of an enumeration by its value."""
        value = self._take(key, None)
        if not isinstance(value, str) or value not in [member.value for member in kind]:
            raise self._wrong(key, value, "one of " + ", ".join(member.value for member in kind))
        return kind(value)

    def texts(self, key: str, *, count_max: int) -> tuple[str, ...]:
        """Return a list of texts, empty when the key is absent."""
        value = self._take(key, [])
        if not isinstance(value, list) or len(value) > count_max:
            raise self._wrong(key, value, f"a list of at most {count_max} texts")
        if not all(isinstance(item, str) and item for item in value):
            raise self._wrong(key, value, "a list that holds texts only")
        return tuple(value)

    def table(self, key: str) -> TomlTable:
        """Return the sub-table ``key``."""
        return TomlTable(self._take(key, None), where=f"{self.where}.{key}".lstrip("."))

    def tables(self, key: str, *, count_max: int, count_min: int = 0) -> Sequence[TomlTable]:
        """Return the array of tables ``[[key]]``, empty when absent and ``count_min`` is 0."""
        value = self._take(key, [] if count_min == 0 else None)
        if not isinstance(value, list) or not count_min <= len(value) <= count_max:
            raise self._wrong(key, value, f"{count_min} to {count_max} tables [[{key}]]")
        prefix = f"{self.where}.{key}".lstrip(".")
        return [TomlTable(item, where=f"{prefix}[{n + 1}]") for n, item in enumerate(value)]

    def integers(self, *, low: int, high: int) -> dict[str, int]:
        """Return every remaining key as a whole number, in the order of the file."""
        names = [name for name in self._values if name not in self._asked]
        return {name: self.integer(name, low=low, high=high) for name in names}

    def finish(self) -> None:
        """Refuse the table if it holds a key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                raise PlanError(
                    f"{self.where or 'The plan'} has an unknown key {key!r}.",
                    why="A key that is not understood would silently not be enforced.",
                    fix="Remove it, or spell it as one of: " + ", ".join(sorted(self._asked)) + ".",
                    code="trials.plan_unknown_key",
                    where=self.where,
                    key=key,
                )

    def _take(self, key: str, default: object) -> object:
        self._asked.append(key)
        value = self._values.get(key, _ABSENT)
        if value is not _ABSENT:
            return value
        if default is None:
            raise PlanError(
                f"{self.where or 'The plan'} lacks {key!r}.",
                why="The trial cannot be run or judged without it.",
                fix=f"Add {key} to {('[' + self.where + ']') if self.where else 'the plan'}.",
                code="trials.plan_missing_key",
                where=self.where,
                key=key,
            )
        return default

    def _wrong(self, key: str, value: object, wanted: str) -> PlanError:
        place = f"{self.where}.{key}".lstrip(".")
        return PlanError(
            f"{place} cannot be {value!r}.",
            why=f"It must be {wanted}.",
            fix=f"Correct {key} in the plan file.",
            where=self.where,
            key=key,
        )
