"""A supervised test: the signed plan, the people, the attackers, the run and its outcome."""

from sandrail.trials.adversaries import (
    Adversary,
    Attack,
    Fate,
    ListedPerson,
    Scene,
    Surroundings,
    invite,
)
from sandrail.trials.behaviour import Today, day_intents, run_on_issuer
from sandrail.trials.errors import (
    NotPermitted,
    PlanError,
    PopulationError,
    SignatureMismatch,
    TrialBroken,
    UnsignedPlan,
)
from sandrail.trials.intents import IntentKind, Intents
from sandrail.trials.metrics import METRICS, Metric, Unit
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
from sandrail.trials.run import Moment, TrialRun, run_trial
from sandrail.trials.setting import Setting, permission_for

__all__ = [
    "METRICS",
    "Adversary",
    "AdversaryKind",
    "AdversaryPlan",
    "Attack",
    "AttackReport",
    "Comparison",
    "DayClose",
    "Fate",
    "Hypothesis",
    "HypothesisVerdict",
    "IntentKind",
    "Intents",
    "LimitAsked",
    "ListedPerson",
    "Metric",
    "Moment",
    "NotPermitted",
    "People",
    "PlanError",
    "PopulationError",
    "Recommendation",
    "ScenarioKind",
    "Scene",
    "Setting",
    "Signature",
    "SignatureMismatch",
    "Stage",
    "Surroundings",
    "TestPlan",
    "Today",
    "TrialBroken",
    "TrialOutcome",
    "TrialRun",
    "Unit",
    "UnsignedPlan",
    "day_intents",
    "draw_people",
    "invite",
    "load_plan",
    "parse_plan",
    "permission_for",
    "run_on_issuer",
    "run_trial",
]
