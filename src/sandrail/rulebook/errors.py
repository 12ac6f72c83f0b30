"""Errors of the rulebook.

::

    InputError
    ├── PackError             a pack that cannot be read; ``problems`` lists every defect found
    │                         rulebook.<defect>, the list is ``DEFECTS`` below
    ├── RuleMissingError      rulebook.rule_missing: no such rule is in force on that day
    ├── WrongAccessorError    rulebook.wrong_accessor: money was asked of a rule that counts heads
    ├── UnknownEntryError     rulebook.unknown_entry: no such stage, activity, form, ... in the pack
    └── CalendarError         rulebook.bad_period: a period that no calendar can count
    RefusedError
    └── ConditionError        rulebook.{condition_loosens, condition_unfit}
    ConflictError
    └── PackMismatchError     rulebook.pack_mismatch: the permission was given under another pack
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sandrail.world import ConflictError, InputError, RefusedError

__all__ = [
    "DEFECTS",
    "CalendarError",
    "ConditionError",
    "PackError",
    "PackMismatchError",
    "Problem",
    "RuleMissingError",
    "UnknownEntryError",
    "WrongAccessorError",
]

DEFECTS: Final[dict[str, str]] = {
    "not_found": "No pack has this id and no file this path.",
    "too_large": "A file, a text or a list is longer than the rulebook reads.",
    "not_utf8": "A file is not UTF-8 text.",
    "syntax": "A file is not TOML.",
    "duplicate_section": "Two files of one pack define the same top-level key.",
    "unknown_key": "A key that the format does not have, often a typing error.",
    "missing_key": "A key that must be there is not.",
    "wrong_type": "A value of another kind than the key holds.",
    "float": "A number with a binary fraction; money and ratios are decimal text.",
    "bad_id": "An identifier that does not follow the pattern of its kind.",
    "duplicate_id": "Two entries of one section share their id.",
    "unknown_guardrail": "A rule of a guardrail outside G01 to G35.",
    "bad_unit": "A unit that is neither known nor a declared currency.",
    "bad_value": "A value that does not fit its unit.",
    "bad_bound": "A bound that contradicts the rule's name or its unit.",
    "bad_outcome": "A word that is not an outcome or a firm action.",
    "bad_status": "A word that is not a legal status.",
    "bad_choice": "A word outside the list that the key allows.",
    "bad_date": "Something that is not a calendar date.",
    "missing_source": "An entry without its source.",
    "unknown_source": "A source that the pack does not list.",
    "bad_address": "A source's address that cannot be followed.",
    "unseen_source": "A source seen after the pack was published.",
    "placeholder_source": "A placeholder that borrows authority, or a law that we made up.",
    "dates_reversed": "A validity that ends before it begins.",
    "overlapping_dates": "Two values of one rule on the same day.",
    "incomparable_strands": "Two laws give one rule in units that cannot be compared.",
    "unknown_reference": "An entry that points at another one which is not there.",
    "stage_order": "Stages whose numbers do not run 1, 2, 3, ...",
    "stage_unfit": "A stage limit that does not fit the rule it changes.",
    "bad_weights": "Weights of scored criteria that do not add up to one hundred percent.",
    "bad_anchors": "Anchors that do not describe every score.",
    "missing_language": "A text that lacks one of the languages the pack promises.",
    "bad_currency": "A pack whose currency is not among its assets.",
    "bad_calendar": "A calendar without a working day, or with a holiday twice.",
    "unsafe_text": "A text with invisible control characters, such as direction marks.",
    "bad_case": "A case file that cannot be read.",
}
"""What can be wrong with a pack: the second half of each ``rulebook.*`` code, with its meaning."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect of a pack.

    Attributes:
        defect: key of ``DEFECTS``.
        where: file and entry, ``guardrails.toml: rules[3] G05.transfer_max.unit``.
        what: what is wrong, with the values involved.
        fix: what to write instead.
    """

    defect: str
    where: str
    what: str
    fix: str

    @property
    def code(self) -> str:
        """The stable error code."""
        return f"rulebook.{self.defect}"


class PackError(InputError):
    """A pack that cannot be read.

    Attributes:
        problems: every defect found, the first one first; the error's text tells the first.
    """

    code = "rulebook.pack"

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        more = len(problems) - 1
        super().__init__(
            f"{first.where}: {first.what}",
            why=DEFECTS[first.defect] + (f" ({more} more problems follow.)" if more else ""),
            fix=first.fix,
            code=first.code,
            where=first.where,
            problems=len(problems),
        )
        self.problems = tuple(problems)


class RuleMissingError(InputError):
    """No rule of that id is in force on the day asked for."""

    code = "rulebook.rule_missing"


class WrongAccessorError(InputError):
    """A rule was read as something it is not."""

    code = "rulebook.wrong_accessor"


class UnknownEntryError(InputError):
    """The pack has no entry of that id in the section asked for."""

    code = "rulebook.unknown_entry"


class CalendarError(InputError):
    """A period that no calendar can count."""

    code = "rulebook.bad_period"


class ConditionError(RefusedError):
    """A condition of a permission that would loosen the rule or does not fit it."""

    code = "rulebook.condition_unfit"


class PackMismatchError(ConflictError):
    """A permission given under one pack, read with another."""

    code = "rulebook.pack_mismatch"
