"""What a careful reader would ask about a pack that loads: remarks, not errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sandrail.rulebook.checks import entries_of
from sandrail.rulebook.diff import Standing, diff_packs
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.rule import Rule
from sandrail.rulebook.sources import Source
from sandrail.rulebook.texts import ANY, Text
from sandrail.rulebook.vocabulary import Bound, Outcome, SourceKind, Status

__all__ = ["Placeholder", "Remark", "lint_pack", "list_placeholders"]

_FIRM = frozenset({Status.LAW, Status.IN_FORCE})
_SECOND_HAND = frozenset({SourceKind.PRESS, SourceKind.SOCIAL, SourceKind.VENDOR})
_STALE_DAYS = 365


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at again.

    Attributes:
        kind: stable name of the question, ``second_hand_law``.
        where: the entry.
        text: the remark.
    """

    kind: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value of ours that waits for the authority's own."""

    where: str
    title: str
    text: str
    note: str


def list_placeholders(pack: Pack) -> tuple[Placeholder, ...]:
    """Return every entry that the pack marks as a placeholder, in the order of the pack."""
    found = []
    for path, entry in entries_of(pack):
        if getattr(entry, "status", None) is not Status.PLACEHOLDER:
            continue
        title = getattr(entry, "title", "") or getattr(entry, "name", "")
        note = getattr(entry, "note", "")
        found.append(Placeholder(path, str(title), _value_of(entry), str(note)))
    return tuple(found)


def lint_pack(
    pack: Pack, *, today: date | None = None, standard: Pack | None = None
) -> tuple[Remark, ...]:
    """Return what a careful reader would ask; an empty answer is not a certificate.

    Args:
        pack: a pack that loads.
        today: the day of reading; the pack's day of publication when none is given.
        standard: a pack to be measured by, such as ``fatf``; where this one falls short is asked.
    """
    day = today or pack.published
    remarks = [remark for check in _CHECKS for remark in check(pack, day)]
    if standard is not None:
        remarks += _gaps(pack, standard, day)
    return tuple(remarks)


def _value_of(entry: object) -> str:
    if isinstance(entry, Rule):
        return entry.text
    for name in ("amount", "value", "length"):
        if hasattr(entry, name):
            return f"{getattr(entry, name)} {getattr(entry, 'unit', '')}".strip()
    return ""


def _gaps(pack: Pack, standard: Pack, today: date) -> Iterator[Remark]:
    for row in diff_packs(pack, standard, on=today).rows:
        if row.standing is Standing.FALLS_SHORT:
            yield Remark(f"{standard.id}_gap", row.rule_id, row.because)


def _second_hand_law(pack: Pack, today: date) -> Iterator[Remark]:
    del today
    for path, entry in entries_of(pack):
        status, source = getattr(entry, "status", None), getattr(entry, "source", None)
        if status in _FIRM and isinstance(source, Source) and source.kind in _SECOND_HAND:
            text = f"Stated as {status}, known from {source.kind.value}: {source.title}."
            yield Remark("second_hand_law", path, text)


def _unused_sources(pack: Pack, today: date) -> Iterator[Remark]:
    del today
    used = {
        source.tag
        for _, entry in entries_of(pack)
        if isinstance(source := getattr(entry, "source", None), Source)
    }
    for tag in pack.sources:
        if tag not in used:
            yield Remark("unused_source", f"sources.{tag}", "No entry cites it.")


def _stale_sources(pack: Pack, today: date) -> Iterator[Remark]:
    for tag, source in pack.sources.items():
        age_days = (today - source.seen).days
        if source.kind is not SourceKind.OURS and age_days > _STALE_DAYS:
            yield Remark("stale_source", f"sources.{tag}", f"Last read {age_days} days ago.")


def _ended_rules(pack: Pack, today: date) -> Iterator[Remark]:
    by_id: dict[str, list[Rule]] = {}
    for rule in pack.rules:
        by_id.setdefault(rule.id, []).append(rule)
    for rule_id, strands in by_id.items():
        if not any(rule.holds_on(today) for rule in strands):
            yield Remark("not_in_force", rule_id, f"It does not hold on {today.isoformat()}.")


def _silent_limits(pack: Pack, today: date) -> Iterator[Remark]:
    del today
    for index, rule in enumerate(pack.rules):
        if rule.outcome is Outcome.ALLOW and not rule.actions and rule.bound is not Bound.FACT:
            text = "Crossing it has no consequence: no outcome and no action."
            yield Remark("no_consequence", f"rules[{index}] {rule.id}", text)


def _untranslated(pack: Pack, today: date) -> Iterator[Remark]:
    del today
    if len(pack.languages) == 1:
        return
    for path, entry in entries_of(pack):
        if isinstance(entry, Text) and entry.has(ANY):
            yield Remark("untranslated", path, f"{str(entry)[:60]!r} has one form only.")


def _short_calendar(pack: Pack, today: date) -> Iterator[Remark]:
    for index, calendar in enumerate(pack.calendars):
        if not calendar.covers(today.replace(month=12, day=31)):
            text = f"Its holidays end on {calendar.covers_to.isoformat()}."
            yield Remark("short_calendar", f"calendars[{index}] {calendar.id}", text)


_CHECKS: tuple[Callable[[Pack, date], Iterator[Remark]], ...] = (
    _second_hand_law,
    _unused_sources,
    _stale_sources,
    _ended_rules,
    _silent_limits,
    _untranslated,
    _short_calendar,
)
