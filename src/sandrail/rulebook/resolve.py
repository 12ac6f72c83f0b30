"""What applies on a day, and which of several laws on one matter wins, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from sandrail.rulebook.errors import RuleMissingError
from sandrail.rulebook.rule import Rule
from sandrail.rulebook.vocabulary import Bound

__all__ = ["Resolution", "RuleSet", "comparable", "is_tighter", "resolve", "rules_on"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """How one rule was chosen out of several laws on the same matter.

    Attributes:
        rule: what applies.
        strands: every value that was in force, the applied one first.
        because: the reason, as a sentence for a reader.
    """

    rule: Rule
    strands: tuple[Rule, ...]
    because: str


class RuleSet:
    """The rules that apply on one day, by id.

    Attributes:
        pack_id: the pack they come from.
        on: the day.
    """

    __slots__ = ("_resolutions", "on", "pack_id")

    def __init__(self, pack_id: str, *, on: date, resolutions: Mapping[str, Resolution]) -> None:
        self.pack_id = pack_id
        self.on = on
        self._resolutions = dict(sorted(resolutions.items()))

    def __getitem__(self, rule_id: str) -> Rule:
        return self.resolution(rule_id).rule

    def get(self, rule_id: str) -> Rule | None:
        """Return the rule, or None when no rule of that id is in force."""
        found = self._resolutions.get(rule_id)
        return found.rule if found else None

    def resolution(self, rule_id: str) -> Resolution:
        """Return the rule together with the reason why it is this one."""
        found = self._resolutions.get(rule_id)
        if found is None:
            near = get_close_matches(rule_id, self._resolutions, n=3)
            raise RuleMissingError(
                f"The pack {self.pack_id} has no rule {rule_id} in force on {self.on.isoformat()}.",
                why=f"It has {len(self._resolutions)} rules on that day.",
                fix=f"Perhaps {' or '.join(near)}." if near else "Add the rule to the pack.",
                rule=rule_id,
                on=self.on.isoformat(),
            )
        return found

    def of_guardrail(self, guardrail: str) -> tuple[Rule, ...]:
        """Return the rules of one guardrail, ``G05``, by id."""
        return tuple(rule for rule in self if rule.guardrail == guardrail)

    def with_rules(self, changed: Iterable[Rule]) -> RuleSet:
        """Return a copy in which ``changed`` stand in the place of the rules of the same id."""
        resolutions = dict(self._resolutions)
        for rule in changed:
            before = self.resolution(rule.id)
            resolutions[rule.id] = Resolution(
                rule, (rule, *before.strands), f"Set by {rule.set_by}."
            )
        return RuleSet(self.pack_id, on=self.on, resolutions=resolutions)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._resolutions

    def __iter__(self) -> Iterator[Rule]:
        return (resolution.rule for resolution in self._resolutions.values())

    def __len__(self) -> int:
        return len(self._resolutions)

    def __repr__(self) -> str:
        return f"RuleSet({self.pack_id!r}, on={self.on.isoformat()}, {len(self)} rules)"


def rules_on(rules: Iterable[Rule], *, pack_id: str, on: date) -> RuleSet:
    """Return what applies on a day, out of all rules of a pack."""
    strands: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.holds_on(on):
            strands.setdefault(rule.id, []).append(rule)
    return RuleSet(
        pack_id,
        on=on,
        resolutions={rule_id: resolve(found) for rule_id, found in strands.items()},
    )


def resolve(strands: Sequence[Rule]) -> Resolution:
    """Choose among the laws on one matter: whoever obeys the strictest obeys them all.

    Lists are combined: names that every law allows (``only``), names that any law asks (``all``).
    """
    ordered = sorted(strands, key=_strictness_key)
    first = ordered[0]
    if len(ordered) == 1:
        return Resolution(first, (first,), f"The only rule on the matter: {first.citation}.")
    if first.bound in (Bound.ONLY, Bound.ALL):
        first = replace(first, value=_combined([rule.names for rule in ordered], first.bound))
    others = "; ".join(f"{rule.text} by {_name(rule)}" for rule in ordered[1:])
    because = (
        f"{first.text} by {_name(ordered[0])} applies against {others}, because {_reason(first)}"
    )
    return Resolution(first, tuple(ordered), because)


def is_tighter(new: Rule, old: Rule) -> bool:
    """Tell whether ``new`` binds at least as tightly as ``old``, value and inclusion together."""
    match old.bound:
        case Bound.MAX | Bound.MIN | Bound.ABOVE:
            return _strictness_key(new)[:2] <= _strictness_key(old)[:2]
        case Bound.MUST:
            return new.flag or not old.flag
        case Bound.MAY:
            return old.flag or not new.flag
        case Bound.ONLY:
            return set(new.names) <= set(old.names)
        case Bound.ALL:
            return set(new.names) >= set(old.names)
        case Bound.FACT:
            return new.value == old.value


def _strictness_key(rule: Rule) -> tuple[object, ...]:
    """Sort key: strictest value first, then the firmer law, then by name, so it never wavers."""
    tie = (-rule.status.weight, rule.strand)
    match rule.bound:
        case Bound.MAX:
            return (rule.fraction, rule.inclusive, *tie)
        case Bound.MIN:
            return (-rule.fraction, rule.inclusive, *tie)
        case Bound.ABOVE:
            return (rule.fraction, not rule.inclusive, *tie)
        case Bound.MUST:
            return (not rule.flag, False, *tie)
        case Bound.MAY:
            return (rule.flag, False, *tie)
        case _:
            return (0, False, *tie)


def _combined(lists: Sequence[tuple[str, ...]], bound: Bound) -> tuple[str, ...]:
    first = lists[0]
    if bound is Bound.ONLY:
        return tuple(name for name in first if all(name in names for names in lists))
    return tuple(dict.fromkeys(name for names in lists for name in names))


def _name(rule: Rule) -> str:
    return f"{rule.strand or rule.source.title} ({rule.status.value.replace('_', ' ')})"


def _reason(rule: Rule) -> str:
    match rule.bound:
        case Bound.MIN:
            return "who meets the longer or larger minimum also meets the others."
        case Bound.MAX:
            return "who stays within the smaller maximum also stays within the others."
        case Bound.ABOVE:
            return "who acts from the lower line on has also acted at the others."
        case Bound.MUST | Bound.MAY:
            return "who keeps the stricter duty also keeps the others."
        case Bound.ONLY:
            return "only what every law allows is allowed."
        case _:
            return "what any law asks for is asked for."


def comparable(one: Rule, other: Rule) -> bool:
    """Tell whether two strands can be weighed against each other."""
    return one.unit == other.unit and one.bound is other.bound and one.bound is not Bound.FACT
