"""What a regulator allows one firm: a permission, whose conditions may only tighten the pack."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sandrail.rulebook.errors import ConditionError, PackMismatchError
from sandrail.rulebook.limits import CONDITIONS_PER_PERMISSION_MAX
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.resolve import RuleSet, is_tighter
from sandrail.rulebook.rule import Rule
from sandrail.rulebook.validity import value_problem
from sandrail.world import date_of, digest

__all__ = ["Condition", "Permission", "effective_rules"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that a machine can apply.

    Attributes:
        rule_id: the rule it tightens.
        value: the new value, in the form of the rule's own value.
        unit: the unit, which must be the rule's own.
        citation: the decision or notice that sets it.
    """

    rule_id: str
    value: bool | int | str | tuple[str, ...]
    unit: str
    citation: str


@dataclass(frozen=True, slots=True)
class Permission:
    """What a firm may do, from when to when, within which limits.

    Attributes:
        id: public identifier.
        firm_id: whose it is.
        instrument: kind of instrument, ``SANDBOX_APPROVAL``.
        pack_id: the pack it was given under.
        pack_hash: that pack's content hash.
        products: the products it covers.
        stage: the stage of the pack that it stands in; empty for none.
        valid_from_us: first instant.
        valid_to_us: first instant at which it no longer holds.
        conditions: what the regulator tightened.
    """

    id: str
    firm_id: str
    instrument: str
    pack_id: str
    pack_hash: str
    products: tuple[str, ...]
    stage: str
    valid_from_us: int
    valid_to_us: int
    conditions: tuple[Condition, ...] = ()

    def as_plain(self) -> dict[str, object]:
        """The permission as plain data, the form its hash is taken over."""
        return {
            "id": self.id,
            "firm_id": self.firm_id,
            "instrument": self.instrument,
            "pack_id": self.pack_id,
            "pack_hash": self.pack_hash,
            "products": list(self.products),
            "stage": self.stage,
            "valid_from_us": self.valid_from_us,
            "valid_to_us": self.valid_to_us,
            "conditions": [
                {
                    "rule_id": condition.rule_id,
                    "value": list(condition.value)
                    if isinstance(condition.value, tuple)
                    else condition.value,
                    "unit": condition.unit,
                    "citation": condition.citation,
                }
                for condition in self.conditions
            ],
        }

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal."""
        return digest(self.as_plain())


def effective_rules(pack: Pack, permission: Permission, at_us: int) -> RuleSet:
    """Return the rules that bind this firm at an instant: pack, then stage, then conditions.

    The instant picks the day in the pack's zone. Whether the permission itself still runs is a
    guardrail of its own (G01), because an expired firm still has to let its customers out.

    Raises:
        PackMismatchError: the permission was given under another pack or another version of it.
        UnknownEntryError: the pack has no such stage.
        RuleMissingError: a condition names a rule that is not in force on that day.
        ConditionError: a condition loosens a rule or does not fit it.
    """
    _require_same_pack(pack, permission)
    rules = pack.in_force(date_of(at_us, utc_offset_minutes=pack.utc_offset_minutes))
    if permission.stage:
        rules = pack.at_stage(rules, permission.stage)
    for condition in permission.conditions:
        rules = rules.with_rules([tightened(rules[condition.rule_id], condition, pack=pack)])
    return rules


def tightened(rule: Rule, condition: Condition, *, pack: Pack) -> Rule:
    """Return the rule with the condition's value; a condition never loosens a rule."""
    if condition.unit != rule.unit:
        raise ConditionError(
            f"A condition on {rule.id} is given in {condition.unit!r}.",
            why=f"The rule counts in {rule.unit!r}, and conditions are not converted.",
            fix=f"Give the condition in {rule.unit!r}.",
            rule=rule.id,
        )
    new = replace(rule, value=condition.value, set_by=f"condition: {condition.citation}")
    problem = value_problem(new, assets=pack.assets)
    if problem:
        raise ConditionError(
            f"A condition on {rule.id} has a value that does not fit: {problem}.",
            why=f"The rule's own value is {rule.text}.",
            fix="Write the value in the same form.",
            rule=rule.id,
        )
    if not is_tighter(new, rule):
        raise ConditionError(
            f"A condition loosens {rule.id} from {rule.text} to {new.text}.",
            why=f"A condition may only tighten, and the rule binds by {rule.bound.value!r}. "
            f"{rule.citation}",
            fix="Ask for a later stage, or change the pack with its own source.",
            code="rulebook.condition_loosens",
            rule=rule.id,
        )
    return new


def _require_same_pack(pack: Pack, permission: Permission) -> None:
    if len(permission.conditions) > CONDITIONS_PER_PERMISSION_MAX:
        raise ConditionError(
            f"The permission {permission.id} has {len(permission.conditions)} conditions.",
            why=f"At most {CONDITIONS_PER_PERMISSION_MAX} are read.",
            fix="Merge conditions on the same rule.",
        )
    if (permission.pack_id, permission.pack_hash) != (pack.id, pack.content_hash):
        raise PackMismatchError(
            f"The permission {permission.id} was given under {permission.pack_id} "
            f"{permission.pack_hash[:12]}, not under {pack.id} {pack.content_hash[:12]}.",
            why="Limits are those of the pack as it stood when the permission was given.",
            fix="Load that version of the pack, or issue the permission anew.",
            permission=permission.id,
        )
