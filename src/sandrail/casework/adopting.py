"""Adopting a new version of the law for an instrument: what would change for this firm, and when.

A permission is bound to the version of the pack that it was given under, so that no limit changes
behind a firm's back. When the authority publishes another version, two people adopt it for an
instrument, and what changes by it is written down rule by rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sandrail.casework.errors import ApplicationError, StateError
from sandrail.rulebook import (
    Condition,
    Pack,
    Permission,
    RuleDiff,
    RuleSet,
    Standing,
    diff_rules,
    effective_rules,
    stricter_of_both,
)
from sandrail.world import date_of, start_of_day

__all__ = ["Adoption", "RuleChange", "plan_adoption"]

_DAY = timedelta(days=1)
_WORDS = {
    Standing.EXCEEDS: "tighter",
    Standing.FALLS_SHORT: "looser",
    Standing.DIFFERS: "other",
    Standing.ONLY_LEFT: "new",
    Standing.ONLY_RIGHT: "gone",
}


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that binds the firm otherwise under the new version.

    Attributes:
        rule_id: the rule.
        applies_from: the day from which it does, ISO 8601: that of the adoption, or a later one
            that the law itself names.
        before: what binds under the former version on that day; empty for nothing.
        after: what binds under the new one; empty for nothing.
        standing: ``tighter``, ``looser``, ``other``, ``new`` or ``gone``, as the firm feels it.
        because: why, with the source of the new value.
    """

    rule_id: str
    applies_from: str
    before: str
    after: str
    standing: str
    because: str

    def as_data(self) -> dict[str, object]:
        """Return the change as plain data."""
        return {
            "rule": self.rule_id,
            "applies_from": self.applies_from,
            "before": self.before,
            "after": self.after,
            "standing": self.standing,
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopting a version comes to for one permission.

    Attributes:
        permission: as it would be, bound to the new version.
        former_hash: the version it is bound to now.
        changes: rule by rule, by day and id.
        overtaken: the conditions that the new law is stricter than; they now stand at its value.
    """

    permission: Permission
    former_hash: str
    changes: tuple[RuleChange, ...]
    overtaken: tuple[str, ...]

    def as_data(self) -> dict[str, object]:
        """Return the adoption as plain data, the form in which it is journalled."""
        return {
            "permission": self.permission.as_plain(),
            "former_hash": self.former_hash,
            "changes": [it.as_data() for it in self.changes],
            "overtaken": list(self.overtaken),
        }


def plan_adoption(permission: Permission, former: Pack, new: Pack, *, at_us: int) -> Adoption:
    """Work out what adopting ``new`` would change for a permission given under ``former``.

    Conditions are kept. Where the new law is stricter than one, it takes the law's value.

    Raises:
        StateError: the permission is bound to ``new`` already.
        ApplicationError: ``new`` is no version of the same pack.
        PackMismatchError: ``former`` is not the version that the permission is bound to.
        RuleMissingError: a condition is on a rule that ``new`` does not have.
        UnknownEntryError: ``new`` does not have the stage that the firm stands in.
    """
    if new.id != permission.pack_id:
        raise ApplicationError(
            f"{permission.id} cannot adopt {new.id}.",
            why=f"It was given under {permission.pack_id}, which is another law.",
            fix="Give a new version of the same pack.",
            code="casework.other_pack",
        )
    if new.content_hash == permission.pack_hash:
        raise StateError(
            f"{permission.id} stands under this version already.",
            why=f"Its hash is {new.content_hash[:12]}.",
            fix="Open the casebook with the new version of the pack.",
            code="casework.adopted_already",
        )
    effective_rules(former, permission, at_us)
    conditions, overtaken = _carried(permission, new, at_us)
    after = replace(permission, pack_hash=new.content_hash, conditions=conditions)
    effective_rules(new, after, at_us)
    changes = _changes((former, permission), (new, after), at_us)
    return Adoption(after, permission.pack_hash, tuple(changes), overtaken)


def _carried(
    permission: Permission, new: Pack, at_us: int
) -> tuple[tuple[Condition, ...], tuple[str, ...]]:
    bare = replace(permission, pack_hash=new.content_hash, conditions=())
    rules = effective_rules(new, bare, at_us)
    carried, overtaken = [], []
    for condition in permission.conditions:
        both = stricter_of_both(rules[condition.rule_id], condition, pack=new)
        if both.value != condition.value:
            overtaken.append(condition.rule_id)
        carried.append(replace(condition, value=both.value))
    return tuple(carried), tuple(overtaken)


def _changes(
    before: tuple[Pack, Permission], after: tuple[Pack, Permission], at_us: int
) -> Iterable[RuleChange]:
    """Yield each difference with the first day of the permission on which it shows."""
    zone = after[0].utc_offset_minutes
    first = date_of(at_us, utc_offset_minutes=zone)
    last = date_of(after[1].valid_to_us - 1, utc_offset_minutes=zone)
    told: dict[str, tuple[str, str]] = {}
    for day in (first, *_days_of_change((before[0], after[0]), first, last)):
        instant = max(at_us, start_of_day(day, utc_offset_minutes=zone))
        old, new = _binding(before, instant), _binding(after, instant)
        for row in diff_rules(new, old):
            texts = (row.right.text if row.right else "", row.left.text if row.left else "")
            if row.standing is Standing.EQUALS:
                told.pop(row.rule_id, None)
            elif told.get(row.rule_id) != texts:
                told[row.rule_id] = texts
                yield _change(row, day, texts)


def _change(row: RuleDiff, day: date, texts: tuple[str, str]) -> RuleChange:
    source = f" {row.left.citation}." if row.left is not None else ""
    return RuleChange(
        rule_id=row.rule_id,
        applies_from=day.isoformat(),
        before=texts[0],
        after=texts[1],
        standing=_WORDS[row.standing],
        because=f"{row.because}{source}",
    )


def _binding(under: tuple[Pack, Permission], at_us: int) -> RuleSet:
    return effective_rules(under[0], under[1], at_us)


def _days_of_change(packs: Iterable[Pack], first: date, last: date) -> list[date]:
    """Return the days after ``first`` on which a rule of either version begins or has ended."""
    days = {
        day
        for pack in packs
        for rule in pack.rules
        for day in (rule.valid_from, rule.valid_to + _DAY if rule.valid_to else None)
        if day is not None and first < day <= last
    }
    return sorted(days)
