"""What a regulator publishes, generated from its pack: guideline, blank forms, perimeter matrix."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from sandrail.rulebook.calendars import Calendar
from sandrail.rulebook.capital import CapitalFormula
from sandrail.rulebook.catalogue import GUARDRAILS
from sandrail.rulebook.diff import Standing, diff_packs
from sandrail.rulebook.errors import UnknownEntryError
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.resolve import RuleSet
from sandrail.rulebook.rule import Rule
from sandrail.rulebook.vocabulary import Bound, Outcome, Status
from sandrail.rulebook.words import RIGHT_TO_LEFT, guardrail_title, quantity, rule_value, words_in

__all__ = [
    "answer_at",
    "publish_comparison",
    "publish_form",
    "publish_guidelines",
    "publish_perimeter",
    "style_source",
]

_TEMPLATES = Path(__file__).parent / "templates"


def publish_guidelines(pack: Pack, language: str = "", *, on: date | None = None) -> str:
    """Return the guideline as one self-contained HTML page in a language of the pack.

    Args:
        pack: the pack.
        language: one of its languages; its first when empty.
        on: the day whose rules are shown; the day of publication when none is given.

    Raises:
        UnknownEntryError: the pack does not promise that language.
    """
    rules = pack.in_force(on or pack.published)
    return _render(
        "guideline.html", pack, language, rules=rules, groups=_by_guardrail(rules, language)
    )


def publish_form(
    pack: Pack,
    form_id: str,
    *,
    language: str = "",
    answers: Mapping[str, object] | None = None,
) -> str:
    """Return a form as one HTML page: blank, to be printed, or filled in as a worked example.

    Args:
        pack: the pack.
        form_id: a form of the pack.
        language: one of the pack's languages; its first when empty.
        answers: an application as plain data; a question's id is the path of its answer in it.
    """
    form = pack.form(form_id)
    found = {question.id: answer_at(answers or {}, question.id) for question in form.questions()}
    return _render("form.html", pack, language, form=form, filled=answers is not None, found=found)


def publish_perimeter(pack: Pack, language: str = "") -> str:
    """Return the matrix of activities by agency and instrument as one HTML page."""
    return _render("perimeter.html", pack, language)


def publish_comparison(left: Pack, right: Pack, *, on: date | None = None) -> str:
    """Return where one pack exceeds, equals or falls short of another, as a page to be printed.

    The page is in the first language of the left pack, whose view it takes.
    """
    diff = diff_packs(left, right, on=on)
    counts = [(standing.value, diff.count(standing)) for standing in Standing]
    return _render("comparison.html", left, "", other=right, diff=diff, counts=counts)


def style_source() -> str:
    """Return the source expression that lets a strict Content-Security-Policy show these pages.

    They carry their style inside, so that a saved page stays whole; the policy names its hash.
    """
    page = (_TEMPLATES / "page.html").read_text(encoding="utf-8")
    style = page.split("<style>", 1)[1].split("</style>", 1)[0]
    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"


def _render(name: str, pack: Pack, language: str, **values: object) -> str:
    language = language or pack.languages[0]
    if language not in pack.languages:
        raise UnknownEntryError(
            f"The pack {pack.id} is not written in {language!r}.",
            why=f"It promises {', '.join(pack.languages)}.",
            fix="Ask for one of these, or add the language to every text of the pack.",
            pack=pack.id,
            section="languages",
        )
    words = words_in(language)
    return _template(name).render(
        pack=pack,
        language=language,
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        w=words,
        statuses=[status.value for status in Status],
        value_of=lambda rule: _bounded(rule, language),
        crossed=lambda rule: _consequence(rule, language),
        quantity=lambda value, unit: quantity(value, unit, language),
        figure=lambda formula: _figure(formula, language),
        weekend=_weekend,
        **values,
    )


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _by_guardrail(rules: RuleSet, language: str) -> list[tuple[str, str, tuple[Rule, ...]]]:
    groups = (
        (one.id, guardrail_title(one, language), rules.of_guardrail(one.id))
        for one in GUARDRAILS.values()
    )
    return [group for group in groups if group[2]]


def _bounded(rule: Rule, language: str) -> str:
    """Return the value with the word that says on which side of it one may be."""
    words = words_in(language)
    text = rule_value(rule, language)
    match rule.bound:
        case Bound.MAX:
            key = "at_most" if rule.inclusive else "less_than"
        case Bound.MIN:
            key = "at_least" if rule.inclusive else "more_than"
        case Bound.ABOVE:
            key = "and_above" if rule.inclusive else "more_than"
        case _:
            return text
    word_follows = key == "and_above" or (language == "ur" and key in ("less_than", "more_than"))
    return f"{text} {words[key]}" if word_follows else f"{words[key]} {text}"


def _consequence(rule: Rule, language: str) -> str:
    words = words_in(language)
    outcomes = [] if rule.outcome is Outcome.ALLOW and rule.actions else [rule.outcome.value]
    return "; ".join(words[key] for key in (*outcomes, *(action.value for action in rule.actions)))


def _figure(formula: CapitalFormula, language: str) -> str:
    whole, point, part = formula.amount.partition(".")
    amount = f"{formula.unit} {int(whole):,}{point}{part}"
    if not formula.share_of:
        return amount
    share = quantity(formula.share_percent, "percent", language)
    named = formula.share_of.replace("_", " ")
    return f"{amount} {words_in(language)['larger_of']} {named}: {share}"


def _weekend(calendar: Calendar) -> str:
    return ", ".join(day.value for day in calendar.weekend)


def answer_at(answers: Mapping[str, object], path: str) -> object:
    """Return what stands at a dotted path, or None."""
    node: object = answers
    for step in path.split("."):
        if not isinstance(node, Mapping) or step not in node:
            return None
        node = node[step]
    return node
