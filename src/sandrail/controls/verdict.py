"""What a control answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from sandrail.rulebook import Text

__all__ = [
    "CANNOT_WAIT",
    "NO_RULE",
    "TORN_CHAIN",
    "WITH_ITS_CHAIN",
    "CustomerCode",
    "CustomerText",
    "Outcome",
    "Verdict",
]

NO_RULE = 255
"""In place of a rule's bit: nothing objected, or the row was answered before."""
WITH_ITS_CHAIN = 254
"""Nothing objected to the row, but another row of its linked chain waits, and so does this one."""
CANNOT_WAIT = 253
"""The row finishes a hold, which cannot wait, in a chain that must."""
TORN_CHAIN = 252
"""The row would finish one row of a held chain without the others."""


class Outcome(IntEnum):
    """The answer of a control, from the mildest to the strictest; the strictest wins."""

    ALLOW = 0
    WARN = 1
    HOLD = 2
    BLOCK = 3
    FREEZE = 4

    @property
    def moves(self) -> bool:
        """Whether the ledger posts the instruction, at once or as a hold."""
        return self <= Outcome.HOLD


class CustomerCode(StrEnum):
    """What a firm's own pages may tell apart."""

    DONE = "done"
    PROCESSING = "processing"
    NOT_CARRIED_OUT = "not_carried_out"
    LIMIT = "limit"
    LIMIT_WAITS = "limit_waits"
    FUNDS = "funds"


@dataclass(frozen=True, slots=True)
class CustomerText:
    """What may be shown to the customer of an instruction; nothing else of an answer may.

    Attributes:
        code: stable, for programs.
        words: one or two sentences, in every language of the house.
    """

    code: CustomerCode
    words: Text

    def as_dict(self) -> dict[str, object]:
        """Return it as plain data, the words by language."""
        return {"code": self.code.value, "words": dict(self.words.forms)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer to one instruction, as the firm's staff may see it.

    Attributes:
        outcome: the strictest answer of all controls.
        control: guardrail that gave it, ``G05``; empty when nothing objected.
        rule: id of the rule in the pack, ``G05.transfer_max``; empty when nothing objected.
        reason: one sentence with the numbers, without any alert logic.
        citation: where the rule comes from.
        limit: the rule's value as text with its unit; empty when the rule has no number.
        excess_minor: by how much the value must shrink to pass every limit, in minor units of the
            pack's currency; 0 when nothing objected, -1 when a smaller amount would not help.
        breached: ids of all rules that objected, in the order of the program.
        customer_text: the only part of it that a customer may see.
    """

    outcome: Outcome
    control: str
    rule: str
    reason: str
    citation: str
    limit: str
    excess_minor: int
    breached: tuple[str, ...]
    customer_text: CustomerText
