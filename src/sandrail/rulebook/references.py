"""Whether the sections of a pack fit together: what points somewhere, and what must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from sandrail.rulebook.calendars import Weekday
from sandrail.rulebook.criteria import SCORES, CriterionKind
from sandrail.rulebook.errors import Problem
from sandrail.rulebook.forms import AnswerType
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.rule import decimal_fraction
from sandrail.rulebook.units import DURATIONS_US, UNITS, Dimension

__all__ = ["calendar_problems", "criteria_problems", "form_problems", "reference_problems"]

_WHOLE_PERCENT = 100
_OUTSIDERS = frozenset({"firm", "public", "bank"})
_CHOICES = frozenset({AnswerType.CHOICE, AnswerType.CHOICES})


def reference_problems(pack: Pack) -> Iterator[Problem]:
    """Yield every reference to an entry that is not there."""
    agencies = {one.id for one in pack.authorities}
    instruments = {one.id for one in pack.instruments}
    deadlines = {one.id for one in pack.deadlines}
    rules = {one.id for one in pack.rules}
    cited = rules | {one.id for one in pack.criteria} | {one.id for one in pack.prohibitions}
    activities = {one.id for one in pack.activities}
    for index, activity in enumerate(pack.activities):
        where = f"activities[{index}] {activity.id}"
        yield from _unknown(activity.instruments, instruments, f"{where}.instruments")
        parts = [part.agency for part in activity.agencies]
        yield from _unknown(parts, agencies, f"{where}.agencies")
    for index, kind in enumerate(pack.instruments):
        where = f"instruments[{index}] {kind.id}"
        yield from _unknown(kind.requires, instruments, f"{where}.requires")
        yield from _unknown(filter(None, [kind.decision]), deadlines, f"{where}.decision")
        named = [condition.rule for condition in kind.conditions if condition.rule]
        yield from _unknown(named, rules, f"{where}.conditions")
    for index, duty in enumerate(pack.reports):
        where = f"reports[{index}] {duty.id}"
        yield from _unknown(duty.to, agencies | _OUTSIDERS, f"{where}.to")
        yield from _unknown(filter(None, [duty.deadline]), deadlines, f"{where}.deadline")
        yield from _unknown(duty.rules, rules, f"{where}.rules")
    for index, reason in enumerate(pack.reasons):
        yield from _unknown(reason.cites, cited, f"reasons[{index}] {reason.id}.cites")
    for index, form in enumerate(pack.forms):
        yield from _unknown([form.instrument], instruments, f"forms[{index}] {form.id}.instrument")
    for index, formula in enumerate(pack.capital):
        where = f"capital[{index}] {formula.id}"
        yield from _unknown([formula.activity], activities, f"{where}.activity")
        yield from _amount(formula.amount, formula.unit, pack, where)
        yield from _amount(formula.share_percent, "percent", pack, where)
    for index, fee in enumerate(pack.fees):
        where = f"fees[{index}] {fee.id}"
        yield from _unknown(filter(None, [fee.instrument]), instruments, f"{where}.instrument")
        yield from _amount(fee.amount, fee.unit, pack, where)
    for index, rate in enumerate(pack.rates):
        where = f"rates[{index}] {rate.unit}"
        yield from _amount(rate.value, pack.currency_code, pack, where)


def criteria_problems(pack: Pack) -> Iterator[Problem]:
    """Yield weights that do not add up, anchors that are missing, questions nobody asks."""
    scored = [one for one in pack.criteria if one.kind is CriterionKind.SCORED]
    total = sum(one.weight_percent for one in scored)
    if scored and total != _WHOLE_PERCENT:
        yield Problem(
            "bad_weights",
            "criteria",
            f"The weights add up to {total} percent.",
            "Make the weights of the scored criteria add up to 100.",
        )
    questions = {question.id for form in pack.forms for question in form.questions()}
    for index, criterion in enumerate(pack.criteria):
        where = f"criteria[{index}] {criterion.id}"
        if criterion.kind is CriterionKind.GATE and criterion.weight_percent:
            yield Problem(
                "bad_weights",
                f"{where}.weight_percent",
                "A gate is passed or not; it has no weight.",
                "Leave the weight out.",
            )
        wanted = len(SCORES) if criterion.kind is CriterionKind.SCORED else 0
        if len(criterion.anchors) != wanted:
            yield Problem(
                "bad_anchors",
                f"{where}.anchors",
                f"It has {len(criterion.anchors)} anchors, and {wanted} belong there.",
                "Describe each score from 0 to 4; a gate has none.",
            )
        if questions:
            yield from _unknown(criterion.questions, questions, f"{where}.questions")


def form_problems(pack: Pack) -> Iterator[Problem]:
    """Yield questions asked twice, choices without options, rows without columns."""
    for index, form in enumerate(pack.forms):
        counted = Counter(question.id for question in form.questions())
        for question in form.questions():
            where = f"forms[{index}] {form.id}: {question.id}"
            if counted[question.id] > 1:
                yield Problem("duplicate_id", where, "It is asked twice.", "Keep one of them.")
            if bool(question.options) != (question.type in _CHOICES):
                yield Problem(
                    "missing_key",
                    f"{where}.options",
                    f"A question of type {question.type.value!r} and {len(question.options)} "
                    "options do not go together.",
                    "Give options to choices, and to nothing else.",
                )
            if bool(question.columns) != (question.type is AnswerType.ROWS):
                yield Problem(
                    "missing_key",
                    f"{where}.columns",
                    f"A question of type {question.type.value!r} and {len(question.columns)} "
                    "columns do not go together.",
                    "Give columns to rows, and to nothing else.",
                )


def calendar_problems(pack: Pack) -> Iterator[Problem]:
    """Yield calendars that never work, holidays entered twice, clocks in no unit of time."""
    calendars = {one.id for one in pack.calendars}
    for index, calendar in enumerate(pack.calendars):
        where = f"calendars[{index}] {calendar.id}"
        if set(calendar.weekend) == set(Weekday):
            yield Problem("bad_calendar", where, "No day is a working day.", "Shorten the weekend.")
        for day, count in Counter(one.day for one in calendar.holidays).items():
            if count > 1:
                yield Problem(
                    "bad_calendar", where, f"{day} is a holiday {count} times.", "Keep one."
                )
            if day > calendar.covers_to:
                yield Problem(
                    "bad_calendar", where, f"{day} lies after covers_to.", "Move covers_to."
                )
    for index, clock in enumerate(pack.deadlines):
        where = f"deadlines[{index}] {clock.id}"
        timely = UNITS.get(clock.unit) is Dimension.CALENDAR or clock.unit in DURATIONS_US
        if not timely:
            yield Problem(
                "bad_unit", f"{where}.unit", f"{clock.unit!r} is no unit of time.", "Use days."
            )
        if clock.unit == "working_days" and not calendars:
            yield Problem(
                "unknown_reference", where, "It counts working days.", "Add a [[calendars]]."
            )
        yield from _unknown(filter(None, [clock.calendar]), calendars, f"{where}.calendar")


def _unknown(named: Iterable[str], known: Collection[str], where: str) -> Iterator[Problem]:
    for name in named:
        if name not in known:
            listed = ", ".join(sorted(known)) or "nothing"
            yield Problem(
                "unknown_reference", where, f"There is no {name!r}.", f"The pack has {listed}."
            )


def _amount(text: str, unit: str, pack: Pack, where: str) -> Iterator[Problem]:
    if unit != "percent" and unit not in pack.assets:
        yield Problem(
            "bad_unit",
            f"{where}.unit",
            f"{unit!r} is no currency of the pack.",
            f"Use {', '.join(pack.assets)}.",
        )
    elif decimal_fraction(text) is None:
        yield Problem(
            "bad_value", where, f"{text!r} is not decimal text.", 'Write "150000000" in quotes.'
        )
