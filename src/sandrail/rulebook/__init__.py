"""The law as dated, cited data: loads packs, and says what applies on a day and why."""

from sandrail.rulebook.catalogue import GUARDRAILS, Guardrail
from sandrail.rulebook.errors import (
    ConditionError,
    PackError,
    PackMismatchError,
    Problem,
    RuleMissingError,
    UnknownEntryError,
    WrongAccessorError,
)
from sandrail.rulebook.load import find_packs, load_pack, parse_pack
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.permission import Condition, Permission, effective_rules
from sandrail.rulebook.resolve import Resolution, RuleSet
from sandrail.rulebook.rule import Rule, Value
from sandrail.rulebook.sources import Source
from sandrail.rulebook.stages import Stage, StageLimit
from sandrail.rulebook.texts import Text
from sandrail.rulebook.vocabulary import (
    Bound,
    FirmAction,
    Outcome,
    SourceKind,
    Status,
    strictest,
)

__all__ = [
    "GUARDRAILS",
    "Bound",
    "Condition",
    "ConditionError",
    "FirmAction",
    "Guardrail",
    "Outcome",
    "Pack",
    "PackError",
    "PackMismatchError",
    "Permission",
    "Problem",
    "Resolution",
    "Rule",
    "RuleMissingError",
    "RuleSet",
    "Source",
    "SourceKind",
    "Stage",
    "StageLimit",
    "Status",
    "Text",
    "UnknownEntryError",
    "Value",
    "WrongAccessorError",
    "effective_rules",
    "find_packs",
    "load_pack",
    "parse_pack",
    "strictest",
]
