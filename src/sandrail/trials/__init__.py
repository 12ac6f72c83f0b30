"""A supervised test: the signed plan, the people, the attackers, the run and its outcome."""

from sandrail.trials.adversaries import (
    DISGUISES,
    Adversary,
    Attack,
    Fate,
    ListedPerson,
    Scene,
    Surroundings,
    invite,
)
from sandrail.trials.asked import KIND_ASKED, read_asked
from sandrail.trials.behaviour import Today, day_intents, run_on_issuer
from sandrail.trials.customers import LISTS_UPDATED
from sandrail.trials.errors import (
    NotPermitted,
    OtherRun,
    PlanError,
    PopulationError,
    SignatureMismatch,
    UnsignedPlan,
)
from sandrail.trials.exam import ExamResult, exam_plan, mark
from sandrail.trials.intents import IntentKind, Intents
from sandrail.trials.limit_line import LimitLine
from sandrail.trials.list_facts import (
    KIND_LIST,
    FollowedLists,
    list_bytes,
    list_draft,
    lists_in_force,
    read_list,
)
from sandrail.trials.metrics import METRICS, Metric, Unit
from sandrail.trials.office import Office
from sandrail.trials.officers import SIMULATED, Officers
from sandrail.trials.onboarding import identity_of, listed_persons
from sandrail.trials.outcome import (
    AttackReport,
    DayClose,
    HypothesisVerdict,
    Recommendation,
    TrialOutcome,
)
from sandrail.trials.plan import (
    AdversaryKind,
    AdversaryPlan,
    Comparison,
    Hypothesis,
    LimitAsked,
    ScenarioKind,
    Signature,
    Stage,
    TestPlan,
)
from sandrail.trials.plan_file import load_plan, parse_plan
from sandrail.trials.population import People, draw_people
from sandrail.trials.reconciling import (
    BREAK_KINDS,
    BreakLife,
    age_hours_max,
    break_lives,
    stray_minor,
    supply_position,
)
from sandrail.trials.retracing import RetracedJournal, retraced
from sandrail.trials.run import Moment, TrialRun, run_trial
from sandrail.trials.setting import Setting, permission_for
from sandrail.trials.stages import STAGE_KINDS

__all__ = [
    "BREAK_KINDS",
    "DISGUISES",
    "KIND_ASKED",
    "KIND_LIST",
    "LISTS_UPDATED",
    "METRICS",
    "SIMULATED",
    "STAGE_KINDS",
    "Adversary",
    "AdversaryKind",
    "AdversaryPlan",
    "Attack",
    "AttackReport",
    "BreakLife",
    "Comparison",
    "DayClose",
    "ExamResult",
    "Fate",
    "FollowedLists",
    "Hypothesis",
    "HypothesisVerdict",
    "IntentKind",
    "Intents",
    "LimitAsked",
    "LimitLine",
    "ListedPerson",
    "Metric",
    "Moment",
    "NotPermitted",
    "Office",
    "Officers",
    "OtherRun",
    "People",
    "PlanError",
    "PopulationError",
    "Recommendation",
    "RetracedJournal",
    "ScenarioKind",
    "Scene",
    "Setting",
    "Signature",
    "SignatureMismatch",
    "Stage",
    "Surroundings",
    "TestPlan",
    "Today",
    "TrialOutcome",
    "TrialRun",
    "Unit",
    "UnsignedPlan",
    "age_hours_max",
    "break_lives",
    "day_intents",
    "draw_people",
    "exam_plan",
    "identity_of",
    "invite",
    "list_bytes",
    "list_draft",
    "listed_persons",
    "lists_in_force",
    "load_plan",
    "mark",
    "parse_plan",
    "permission_for",
    "read_asked",
    "read_list",
    "retraced",
    "run_on_issuer",
    "run_trial",
    "stray_minor",
    "supply_position",
]
