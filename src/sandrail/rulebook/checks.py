"""What must hold across a whole pack. Each check is a pure function that yields problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from itertools import combinations

from sandrail.money import AmountError
from sandrail.rulebook.errors import Problem
from sandrail.rulebook.pack import PACK_ID, Pack
from sandrail.rulebook.references import (
    calendar_problems,
    criteria_problems,
    form_problems,
    reference_problems,
)
from sandrail.rulebook.resolve import comparable
from sandrail.rulebook.rule import Rule
from sandrail.rulebook.sources import Source
from sandrail.rulebook.texts import ANY, Text
from sandrail.rulebook.validity import rule_problems, source_problem, value_problem
from sandrail.rulebook.vocabulary import SourceKind, Status

__all__ = ["entries_of", "pack_problems"]

Check = Callable[[Pack], Iterable[Problem]]
"""A check names places as ``section[index] id``; ``pack_problems`` adds the file."""
_CODE_LETTERS = 2


def pack_problems(pack: Pack, *, origin: Mapping[str, str]) -> list[Problem]:
    """Return every defect of a pack that has the right keys and types."""
    found: list[Problem] = []
    for check in _CHECKS:
        found += check(pack)
        if found and check in _DECISIVE:
            break
    return [
        Problem(problem.defect, _in_file(problem.where, origin), problem.what, problem.fix)
        for problem in found
    ]


def entries_of(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every record inside a pack with its path, outermost first."""
    yield path, value
    if isinstance(value, Source | Text):
        return
    if not is_dataclass(value) or isinstance(value, type):
        return
    for field in fields(value):
        inner = getattr(value, field.name)
        here = f"{path}.{field.name}" if path else field.name
        if isinstance(inner, tuple):
            if inner and is_dataclass(inner[0]):
                yield from _members(inner, here)
        elif is_dataclass(inner):
            yield from entries_of(inner, here)


def _members(items: tuple[object, ...], path: str) -> Iterator[tuple[str, object]]:
    for index, item in enumerate(items):
        label = getattr(item, "id", None) or getattr(item, "rule", "")
        yield from entries_of(item, f"{path}[{index}]{f' {label}' if label else ''}")


def _in_file(where: str, origin: Mapping[str, str]) -> str:
    section = where.split("[")[0].split(".")[0]
    return f"{origin[section]}: {where}" if section in origin else where


def _metadata(pack: Pack) -> Iterator[Problem]:
    if not PACK_ID.fullmatch(pack.id):
        yield Problem(
            "bad_id", "id", f"{pack.id!r} is not the id of a pack.", "Use small letters: pakistan."
        )
    codes = [entry.code for entry in pack.asset_entries]
    try:
        known = pack.assets
    except AmountError as error:
        yield Problem("bad_unit", "assets", error.what, error.fix)
        return
    if pack.currency_code not in known:
        yield Problem(
            "bad_currency",
            "currency",
            f"{pack.currency_code!r} is not among the assets {', '.join(codes)}.",
            "Declare it under [[assets]] with its scale.",
        )
    for code, count in Counter(codes).items():
        if count > 1:
            yield Problem("duplicate_id", "assets", f"{code} is there twice.", "Keep one of them.")
    for language in pack.languages or ("",):
        if len(language) != _CODE_LETTERS or not language.islower():
            yield Problem(
                "bad_choice",
                "languages",
                f"{language!r} is no two-letter language code.",
                'Write languages = ["en", "ur"], the leading one first.',
            )


def _sources(pack: Pack) -> Iterator[Problem]:
    for tag, source in pack.sources.items():
        where = f"sources.{tag}"
        ours = source.kind is SourceKind.OURS
        if not source.address.startswith(("docs/",) if ours else ("https://", "http://")):
            yield Problem(
                "bad_address",
                f"{where}.address",
                f"{source.address!r} cannot be followed.",
                "Give a page under docs/."
                if ours
                else "Give an address that starts with https://.",
            )
        if source.seen > pack.published:
            yield Problem(
                "unseen_source",
                f"{where}.seen",
                f"It was seen on {source.seen}, the pack was published on {pack.published}.",
                "Correct one of the two days.",
            )


def _rules(pack: Pack) -> Iterator[Problem]:
    assets = pack.assets
    for index, rule in enumerate(pack.rules):
        yield from rule_problems(rule, assets=assets, where=f"rules[{index}] {rule.id}")


def _strands(pack: Pack) -> Iterator[Problem]:
    by_id: dict[str, list[tuple[int, Rule]]] = {}
    for index, rule in enumerate(pack.rules):
        by_id.setdefault(rule.id, []).append((index, rule))
    for group in by_id.values():
        for (_, one), (index, other) in combinations(group, 2):
            if not _share_a_day(one, other):
                continue
            where = f"rules[{index}] {other.id}"
            if one.strand == other.strand:
                yield Problem(
                    "overlapping_dates",
                    where,
                    f"{one.text} ({_span(one)}) and {other.text} ({_span(other)}) hold together.",
                    "End the one before the other begins, or name the two laws by 'strand'.",
                )
            elif not comparable(one, other):
                yield Problem(
                    "incomparable_strands",
                    where,
                    f"{one.text} ({one.strand}) and {other.text} ({other.strand}).",
                    "State both in one unit and with one bound.",
                )


def _share_a_day(one: Rule, other: Rule) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    last = min(one.valid_to or date.max, other.valid_to or date.max)
    return first <= last


def _span(rule: Rule) -> str:
    return f"{rule.valid_from or 'always'} to {rule.valid_to or 'open'}"


def _stages(pack: Pack) -> Iterator[Problem]:
    numbers = [stage.number for stage in pack.stages]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Problem(
            "stage_order", "stages", f"The stages are numbered {numbers}.", "Number them 1, 2, 3."
        )
    first_rules = {rule.id: rule for rule in reversed(pack.rules)}
    for index, stage in enumerate(pack.stages):
        for limit in stage.limits:
            where = f"stages[{index}] {stage.id}.limits {limit.rule}"
            rule = first_rules.get(limit.rule)
            if rule is None:
                yield Problem(
                    "unknown_reference", where, "There is no such rule.", "Add it to the rules."
                )
                continue
            problem = value_problem(
                Rule(
                    id=rule.id,
                    title=rule.title,
                    value=limit.value,
                    unit=rule.unit,
                    source=limit.source,
                    status=limit.status,
                    outcome=rule.outcome,
                ),
                assets=pack.assets,
            )
            if problem:
                yield Problem(
                    "stage_unfit", where, f"{limit.value!r}: {problem}.", f"Like {rule.text}."
                )


def _unique_ids(pack: Pack) -> Iterator[Problem]:
    for field in fields(pack):
        entries = getattr(pack, field.name)
        if field.name == "rules" or not isinstance(entries, tuple):
            continue
        ids = [entry.id for entry in entries if hasattr(entry, "id")]
        for entry_id, count in Counter(ids).items():
            if count > 1:
                yield Problem(
                    "duplicate_id",
                    f"{field.name}[{len(ids) - 1 - ids[::-1].index(entry_id)}] {entry_id}",
                    f"{entry_id!r} is there {count} times.",
                    "Give each entry an id of its own.",
                )


def _entries(pack: Pack) -> Iterator[Problem]:
    for path, entry in entries_of(pack):
        if isinstance(entry, Text):
            yield from _languages(entry, pack.languages, path)
        elif not isinstance(entry, Rule):
            status, source = getattr(entry, "status", None), getattr(entry, "source", None)
            if isinstance(status, Status) and isinstance(source, Source):
                problem = source_problem(status, source.kind, where=path)
                if problem:
                    yield problem


def _languages(text: Text, languages: tuple[str, ...], where: str) -> Iterator[Problem]:
    if text.has(ANY):
        return
    missing = [language for language in languages if not text.has(language)]
    extra = [code for code, _ in text.forms if code not in languages]
    if missing or extra:
        yield Problem(
            "missing_language",
            where,
            f"The text {str(text)[:40]!r} "
            + (f"lacks {', '.join(missing)}." if missing else f"has also {', '.join(extra)}."),
            f"Give it in {', '.join(languages)}, or as one string without a language.",
        )


_CHECKS: tuple[Check, ...] = (
    _metadata,
    _sources,
    _unique_ids,
    _rules,
    _strands,
    _stages,
    reference_problems,
    criteria_problems,
    form_problems,
    calendar_problems,
    _entries,
)
_DECISIVE = frozenset({_metadata, _rules})
