"""The law as dated, cited data: loads packs, and says what applies on a day and why."""

from sandrail.rulebook.calendars import (
    Calendar,
    Holiday,
    Weekday,
    add_months,
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
from sandrail.rulebook.cases import Case, CaseResult, load_cases, run_case, run_cases
from sandrail.rulebook.catalogue import GUARDRAILS, Guardrail
from sandrail.rulebook.clocks import DueDay, due_day
from sandrail.rulebook.compiled import CompiledRules, compile_rules
from sandrail.rulebook.criteria import SCORES, Criterion, CriterionKind, Evaluation
from sandrail.rulebook.diff import PackDiff, RuleDiff, Standing, diff_dates, diff_packs, diff_rules
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
from sandrail.rulebook.lint import Placeholder, Remark, lint_pack, list_placeholders
from sandrail.rulebook.load import find_packs, load_pack, parse_pack
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.perimeter import Activity, AgencyPart, Part, Prohibition
from sandrail.rulebook.permission import (
    Condition,
    Permission,
    effective_rules,
    stricter_of_both,
    tightened,
)
from sandrail.rulebook.publish import (
    publish_comparison,
    publish_form,
    publish_guidelines,
    publish_perimeter,
    style_source,
)
from sandrail.rulebook.regime import (
    Authority,
    Deadline,
    Decides,
    Fee,
    Rate,
    Reason,
    ReportDuty,
    Runner,
)
from sandrail.rulebook.resolve import Resolution, RuleSet
from sandrail.rulebook.rule import Rule, Value
from sandrail.rulebook.schema import pack_schema, pack_schema_text
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
    "Case",
    "CaseResult",
    "CompiledRules",
    "Condition",
    "ConditionError",
    "Criterion",
    "CriterionKind",
    "Deadline",
    "Decides",
    "DueDay",
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
    "PackDiff",
    "PackError",
    "PackMismatchError",
    "Part",
    "Permission",
    "Placeholder",
    "Problem",
    "Prohibition",
    "Question",
    "Rate",
    "Reason",
    "Remark",
    "ReportDuty",
    "Resolution",
    "Rule",
    "RuleDiff",
    "RuleMissingError",
    "RuleSet",
    "Runner",
    "Source",
    "SourceKind",
    "Stage",
    "StageLimit",
    "Standing",
    "StandingCondition",
    "Status",
    "Text",
    "UnknownEntryError",
    "Value",
    "Weekday",
    "WrongAccessorError",
    "add_months",
    "add_working_days",
    "capital_required",
    "compile_rules",
    "diff_dates",
    "diff_packs",
    "diff_rules",
    "due_day",
    "effective_rules",
    "find_packs",
    "lint_pack",
    "list_placeholders",
    "load_cases",
    "load_pack",
    "pack_schema",
    "pack_schema_text",
    "parse_pack",
    "publish_comparison",
    "publish_form",
    "publish_guidelines",
    "publish_perimeter",
    "run_case",
    "run_cases",
    "stricter_of_both",
    "strictest",
    "style_source",
    "tightened",
    "working_days_between",
]
