"""The law as dated, cited data: loads packs, and says what applies on a day and why."""

from sandrail.rulebook.calendars import (
    Calendar,
    Holiday,
    Weekday,
    add_working_days,
    working_days_between,
)
from sandrail.rulebook.capital import (
    CapitalAnswer,
    CapitalFormula,
    CapitalLine,
    CapitalSum,
    capital_required,
)
from sandrail.rulebook.catalogue import GUARDRAILS, Guardrail
from sandrail.rulebook.criteria import SCORES, Criterion, CriterionKind, Evaluation
from sandrail.rulebook.errors import (
    CalendarError,
    ConditionError,
    PackError,
    PackMismatchError,
    Problem,
    RuleMissingError,
    UnknownEntryError,
    WrongAccessorError,
)
from sandrail.rulebook.forms import AnswerType, Form, FormSection, Option, Question
from sandrail.rulebook.instruments import InstrumentKind, StandingCondition
from sandrail.rulebook.load import find_packs, load_pack, parse_pack
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.perimeter import Activity, AgencyPart, Part, Prohibition
from sandrail.rulebook.permission import Condition, Permission, effective_rules
from sandrail.rulebook.regime import Authority, Deadline, Decides, Fee, Reason, ReportDuty, Runner
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
    "SCORES",
    "Activity",
    "AgencyPart",
    "AnswerType",
    "Authority",
    "Bound",
    "Calendar",
    "CalendarError",
    "CapitalAnswer",
    "CapitalFormula",
    "CapitalLine",
    "CapitalSum",
    "Condition",
    "ConditionError",
    "Criterion",
    "CriterionKind",
    "Deadline",
    "Decides",
    "Evaluation",
    "Fee",
    "FirmAction",
    "Form",
    "FormSection",
    "Guardrail",
    "Holiday",
    "InstrumentKind",
    "Option",
    "Outcome",
    "Pack",
    "PackError",
    "PackMismatchError",
    "Part",
    "Permission",
    "Problem",
    "Prohibition",
    "Question",
    "Reason",
    "ReportDuty",
    "Resolution",
    "Rule",
    "RuleMissingError",
    "RuleSet",
    "Runner",
    "Source",
    "SourceKind",
    "Stage",
    "StageLimit",
    "StandingCondition",
    "Status",
    "Text",
    "UnknownEntryError",
    "Value",
    "Weekday",
    "WrongAccessorError",
    "add_working_days",
    "capital_required",
    "effective_rules",
    "find_packs",
    "load_pack",
    "parse_pack",
    "strictest",
    "working_days_between",
]
