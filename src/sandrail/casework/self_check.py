"""The self-check: the regulator's own engine, offline, before anybody pays.

A pure function of an application, a pack and a day. It answers what a machine can answer and says
of the rest that a person will judge it; it never says that an application will be granted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from sandrail.casework.application import Application, Finance, InstrumentKind, LimitAsked
from sandrail.casework.law import concerns
from sandrail.casework.probes import PROBES, Probe, Reading
from sandrail.casework.report import Answer, LimitAnswer, SelfCheckReport, Standing, Topic
from sandrail.casework.text import money_of
from sandrail.rulebook import (
    Activity,
    Bound,
    Condition,
    Pack,
    Rule,
    RuleSet,
    Source,
    Status,
    capital_required,
)
from sandrail.world import date_of, digest

__all__ = ["proposed_conditions", "self_check"]

_LIMIT_GUARDRAILS = ("G01", "G02", "G04", "G05", "G06", "G07", "G08")
_MLRO = "mlro"


def self_check(application: Application, pack: Pack, *, at_us: int) -> SelfCheckReport:
    """Answer an application under the rules that are in force on a day.

    Args:
        application: what the firm says.
        pack: the law.
        at_us: an instant of the day whose rules apply, in the pack's zone.
    """
    on = date_of(at_us, utc_offset_minutes=pack.utc_offset_minutes)
    rules = pack.in_force(on)
    data = application.as_data()
    scope = tuple(_scope(application, pack))
    answers = (
        *scope,
        *_prohibited(application, pack),
        *_people(application),
        *(
            _probe(it, application, rules)
            for it in PROBES
            if it.rule_id in rules and it.applies(application)
        ),
        *(_capital(it, application, pack) for it in [application.finance] if it is not None),
        *_form(application),
        *_required_answers(application.instrument, pack, data),
        *_criteria(application.instrument, pack, data),
    )
    return SelfCheckReport(
        application_hash=digest(data),
        pack_id=pack.id,
        pack_hash=pack.content_hash,
        on=on.isoformat(),
        in_scope=all(it.standing is not Standing.STOP for it in scope),
        prohibited=any(
            it.topic is Topic.PROHIBITED and it.standing is Standing.STOP for it in answers
        ),
        answers=answers,
        limits=tuple(_limits(application, rules)),
    )


def proposed_conditions(
    application: Application, pack: Pack, *, at_us: int, citation: str
) -> tuple[Condition, ...]:
    """Return the conditions that give the firm what it asked for where that is tighter."""
    report = self_check(application, pack, at_us=at_us)
    rules = pack.in_force(date_of(at_us, utc_offset_minutes=pack.utc_offset_minutes))
    return tuple(
        Condition(limit.rule_id, limit.value, limit.unit, citation)
        for limit in report.limits
        if limit.value != rules[limit.rule_id].value
    )


def _scope(application: Application, pack: Pack) -> Iterator[Answer]:
    perimeter = application.perimeter
    question = "Does it need an authorisation here?"
    if not perimeter.activities:
        why = "No activity is named, so there is nothing to authorise."
        yield Answer(Topic.SCOPE, question, Standing.STOP, why)
    elif not perimeter.in_or_from_country:
        why = "The service is not offered in or from the country."
        yield Answer(Topic.SCOPE, question, Standing.STOP, why)
    elif perimeter.token is not None and perimeter.token.legal_tender:
        why = f"{perimeter.token.symbol} is legal tender, which is not a virtual asset."
        yield Answer(Topic.SCOPE, question, Standing.STOP, why)
    else:
        why = f"By function it concerns {_class_of(application)}, in or from the country."
        yield Answer(Topic.SCOPE, question, Standing.MET, why)
    known = {activity.id: activity for activity in pack.activities}
    outside = [it for it in perimeter.activities if it in known and not known[it].in_scope]
    for name in perimeter.activities:
        yield _activity(name, known, application, alone=len(outside) == len(perimeter.activities))


def _activity(
    name: str, known: Mapping[str, Activity], application: Application, *, alone: bool
) -> Answer:
    """Say whether the pack lets the instrument asked for cover an activity."""
    activity = known.get(name)
    question = f"Can {application.instrument.value} cover {name}?"
    if activity is None:
        why = f"The pack knows {', '.join(known)}; {name} is none of them."
        return Answer(Topic.SCOPE, question, Standing.GAP, why)
    citation = _cite(activity.id, activity.status, activity.source)
    if not activity.in_scope:
        why = f"{activity.title} needs no authorisation: {activity.function}"
        standing = Standing.STOP if alone else Standing.MET
        return Answer(Topic.SCOPE, question, standing, why, citation)
    if activity.instruments and application.instrument.value not in activity.instruments:
        why = f"{activity.title} is covered by {', '.join(activity.instruments)} only."
        return Answer(Topic.SCOPE, question, Standing.GAP, why, citation)
    return Answer(Topic.SCOPE, question, Standing.MET, f"{activity.title}.", citation)


def _class_of(application: Application) -> str:
    """Classify a token by what it does; its name plays no part."""
    token = application.perimeter.token
    if token is None:
        return "virtual assets of others"
    if token.redeemable_at_par and token.reference.isalpha() and token.reference.isupper():
        return f"a token redeemable at par in {token.reference}"
    if token.backing:
        return f"a token that is a claim on {', '.join(token.backing)}"
    return "a token without backing"


def _prohibited(application: Application, pack: Pack) -> Iterator[Answer]:
    """Answer the prohibited list; what the token does counts more than what was answered."""
    answers = application.perimeter.prohibited_answers
    shown = _shown_by_token(application)
    for it in pack.prohibitions:
        if answers.get(it.id):
            standing, why = Standing.STOP, f"The applicant answers yes. {it.because}"
        elif it.id in shown:
            standing, why = Standing.STOP, f"{shown[it.id]} {it.because}"
        elif it.id not in answers:
            field = f"perimeter.prohibited_answers.{it.id}"
            standing, why = Standing.GAP, f"The field {field} is missing."
        else:
            standing, why = Standing.MET, "Answered no."
        yield Answer(
            Topic.PROHIBITED,
            str(it.question),
            standing,
            why,
            _cite(it.id, it.status, it.source),
            it.question.forms,
        )
    for name in sorted(set(answers) - {it.id for it in pack.prohibitions}):
        if answers[name]:
            words = name.replace("_", " ")
            why = "The applicant answers yes; the pack has no such prohibition."
            yield Answer(Topic.PROHIBITED, f"Does it involve {words}?", Standing.TO_JUDGE, why)


def _shown_by_token(application: Application) -> dict[str, str]:
    """Return the prohibitions that the description of the token itself runs into."""
    token = application.perimeter.token
    if token is None:
        return {}
    shown = {
        "virtual_asset_backing": (token.backed_by_virtual_assets, "is backed by virtual assets"),
        "algorithmic_stablecoin": (token.algorithmic_stabilisation, "is held by an algorithm"),
        "anonymity_enhanced_asset": (token.anonymity_enhanced, "hides its parties"),
        "interest_on_stablecoin": (token.pays_interest, "pays interest"),
        "unbacked_issuance": (not token.backing, "has no backing"),
    }
    return {
        name: f"By its description {token.symbol} {words}."
        for name, (runs_into, words) in shown.items()
        if runs_into
    }


def _criteria(kind: InstrumentKind, pack: Pack, data: Mapping[str, object]) -> Iterator[Answer]:
    """Say of every criterion whether its questions are answered; people judge the answers."""
    for criterion in pack.criteria:
        asked = [it for it in criterion.questions if concerns(pack, kind, it)]
        if criterion.questions and not asked:
            continue
        empty = [it for it in asked if is_empty(data, it)]
        if empty:
            standing = Standing.GAP
            why = f"Nothing stands in {', '.join(empty)}, which it is judged by."
        else:
            standing = Standing.TO_JUDGE
            signs = "; ".join(str(it) for it in criterion.positive)
            why = f"Its questions are answered; an officer judges them. What speaks for it: {signs}"
        yield Answer(
            Topic.CRITERIA,
            str(criterion.test),
            standing,
            why,
            _cite(criterion.id, criterion.status, criterion.source),
            criterion.test.forms,
        )


def _required_answers(
    kind: InstrumentKind, pack: Pack, data: Mapping[str, object]
) -> Iterator[Answer]:
    """Name the required questions of the pack's form that stand empty."""
    for form in pack.forms:
        if form.instrument != kind.value:
            continue
        for question in form.questions():
            if question.required and is_empty(data, question.id):
                why = f"The field {question.id} is required and stands empty."
                citation = _cite(form.id, form.status, form.source)
                label = question.label
                yield Answer(Topic.FORM, str(label), Standing.GAP, why, citation, label.forms)


def is_empty(data: Mapping[str, object], path: str) -> bool:
    """Tell whether nothing stands at a dotted path of an application's plain data."""
    value: object = data
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return True
        value = value[part]
    return value is None or value == "" or value == [] or value == {}


def _capital(finance: Finance, application: Application, pack: Pack) -> Answer:
    """Work out the capital it would need and compare it with the capital it has."""
    has = money_of(finance.paid_up_capital)
    overheads = money_of(finance.annual_fixed_overheads)
    needed = capital_required(
        pack.capital,
        activities=application.perimeter.activities,
        figures={"annual_fixed_overheads": overheads},
        combine=pack.capital_sum,
        assets=pack.assets,
    )
    question = "Is the paid-up capital enough?"
    steps = " ".join(line.because for line in needed.lines)
    sources = {_cite(it.formula.id, it.formula.status, it.formula.source) for it in needed.lines}
    citation = "; ".join(sorted(sources))
    if needed.required is None or needed.required.asset.code != has.asset.code:
        why = f"It has {has}; the requirement is for a person to work out. {needed.because} {steps}"
        return Answer(Topic.CAPITAL, question, Standing.TO_JUDGE, why.strip(), citation)
    enough = has.minor >= needed.required.minor
    why = f"It has {has} and would need {needed.required}. {needed.because} {steps}"
    if needed.unanswered:
        why += f" The pack asks nothing for {', '.join(needed.unanswered)}."
    return Answer(Topic.CAPITAL, question, Standing.MET if enough else Standing.GAP, why, citation)


def _cite(entry_id: str, status: Status, source: Source) -> str:
    return f"{entry_id} ({status.value}; {source.title}, {source.address})"


def _people(application: Application) -> Iterator[Answer]:
    officers = application.people_in(_MLRO)
    question = "Is there a money-laundering reporting officer of the firm's own?"
    if not officers:
        yield Answer(Topic.PEOPLE, question, Standing.GAP, "Nobody in section B has that role.")
    elif any(officer.outsourced for officer in officers):
        yield Answer(Topic.PEOPLE, question, Standing.GAP, "The officer is outsourced.")
    else:
        names = ", ".join(officer.name for officer in officers)
        yield Answer(Topic.PEOPLE, question, Standing.MET, f"{names}.")
    silent = [it.name for it in application.people if not it.fit_and_proper_declared]
    question = "Has every key individual declared to be fit and proper?"
    if silent:
        why = f"The declaration is missing for {', '.join(silent)}."
        yield Answer(Topic.PEOPLE, question, Standing.GAP, why)
    else:
        why = f"All {len(application.people)} have; whether they are, a person will judge."
        yield Answer(Topic.PEOPLE, question, Standing.TO_JUDGE, why)


def _probe(probe: Probe, application: Application, rules: RuleSet) -> Answer:
    rule = rules[probe.rule_id]
    reading = probe.read(application)
    question = f"{rule.title}?"
    if reading is None:
        why = f"The field {probe.field} is empty; the rule is {rule.text}."
        return Answer(probe.topic, question, Standing.GAP, why, rule.citation)
    standing = Standing.MET if _satisfied(rule, reading) else Standing.GAP
    if standing is Standing.GAP and probe.topic is Topic.PROHIBITED:
        standing = Standing.STOP
    why = f"The application says {_shown(reading, rule)} in {probe.field}; the rule is {rule.text}."
    resolution = rules.resolution(rule.id)
    if len(resolution.strands) > 1:
        why += f" {resolution.because}"
    return Answer(probe.topic, question, standing, why, rule.citation)


def _satisfied(rule: Rule, reading: Reading) -> bool:
    match rule.bound:
        case Bound.MUST:
            return bool(reading) or not rule.flag
        case Bound.MAY:
            return not reading or rule.flag
        case Bound.ONLY:
            return isinstance(reading, tuple) and set(reading) <= set(rule.names)
        case Bound.ALL:
            return isinstance(reading, tuple) and set(reading) >= set(rule.names)
        case Bound.MAX | Bound.MIN:
            return isinstance(reading, Fraction) and not rule.crossed_by(reading)
        case _:
            return True


def _shown(reading: Reading, rule: Rule) -> str:
    if isinstance(reading, bool):
        return "yes" if reading else "no"
    if isinstance(reading, tuple):
        return ", ".join(reading) or "none"
    number = Fraction(reading or 0)
    text = str(number) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"
    return f"{text} {rule.unit.replace('_', ' ')}"


def _form(application: Application) -> Iterator[Answer]:
    """Points of form that every pack shares: a test has a plan, a way out and money for it."""
    sections = {
        "a test plan": application.test_plan,
        "a plan for customers": application.consumers,
        "money and token flows": application.flows,
        "a way out": application.exit,
    }
    for name, section in sections.items():
        if section is None and application.instrument.value == "SANDBOX_APPROVAL":
            why = f"The application has no {name.removeprefix('a ')}."
            yield Answer(Topic.EXIT, f"Is there {name}?", Standing.GAP, why)
    way_out = application.exit
    if way_out is not None and way_out.wind_down_tested_on is None:
        why = "The wind-down plan has not been tried; a test on synthetic holders is enough."
        yield Answer(Topic.EXIT, "Was the wind-down rehearsed?", Standing.GAP, why)


def _limits(application: Application, rules: RuleSet) -> Iterator[LimitAnswer]:
    asked = {it.rule: it for it in application.test_plan.limits} if application.test_plan else {}
    for rule in rules:
        limits = rule.guardrail in _LIMIT_GUARDRAILS and rule.bound is Bound.MAX
        # A lower line is asked for by name only; who asks for none keeps the pack's.
        if limits or (rule.bound is Bound.ABOVE and rule.id in asked):
            yield _limit(rule, asked.get(rule.id))


def _limit(rule: Rule, asked: LimitAsked | None) -> LimitAnswer:
    def answer(granted: Rule, why: str) -> LimitAnswer:
        shown = "" if asked is None else f"{asked.value} {asked.unit}"
        return LimitAnswer(
            rule.id, shown, granted.text, granted.value, rule.unit, why, rule.citation
        )

    if asked is None:
        return answer(rule, "Nothing else was asked for; the pack's value applies.")
    if asked.unit != rule.unit:
        return answer(rule, f"Asked in {asked.unit}; the rule counts in {rule.unit}.")
    wanted = _with_value(rule, asked.value)
    if wanted is None:
        return answer(rule, f"{asked.value!r} is not a number; the pack's value applies.")
    if wanted.fraction <= rule.fraction:
        return answer(wanted, "Within the pack's limit, so what was asked for applies.")
    return answer(rule, f"More than the pack allows ({rule.text}); a later stage may widen it.")


def _with_value(rule: Rule, text: str) -> Rule | None:
    if isinstance(rule.value, int):
        return replace(rule, value=int(text)) if text.isdecimal() else None
    whole, _, part = text.partition(".")
    return replace(rule, value=text) if (whole + part).isdecimal() and text.isascii() else None
