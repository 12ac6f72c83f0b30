"""What a regulator allows one firm: a permission, whose conditions may only tighten the pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from sandrail.rulebook.errors import ConditionError, PackMismatchError
from sandrail.rulebook.limits import CONDITIONS_PER_PERMISSION_MAX
from sandrail.rulebook.pack import Pack
from sandrail.rulebook.resolve import RuleSet, is_tighter, resolve
from sandrail.rulebook.rule import Rule, Value
from sandrail.rulebook.validity import value_problem
from sandrail.world import date_of, digest

__all__ = ["Condition", "Permission", "effective_rules", "stricter_of_both", "tightened"]

_DAY = timedelta(days=1)
_Kind = TypeVar("_Kind")


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
    value: Value
    unit: str
    citation: str

    @classmethod
    def on(cls, rule: Rule, text: str, *, citation: str, unit: str = "") -> Condition:
        """Return a condition whose value somebody wrote as text.

        Whether value and unit fit the rule is seen when the rules are resolved.

        Args:
            rule: the rule that it tightens.
            text: the value, a number where the rule's own value is one.
            citation: the decision or notice that sets it.
            unit: as written; the rule's own when nobody wrote one.
        """
        is_number = type(rule.value) is int and text.isascii() and text.isdecimal()
        return cls(rule.id, int(text) if is_number else text, unit or rule.unit, citation)

    def as_plain(self) -> dict[str, object]:
        """The condition as plain data."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {
            "rule_id": self.rule_id,
            "value": value,
            "unit": self.unit,
            "citation": self.citation,
        }

    @classmethod
    def from_plain(cls, plain: object) -> Condition:
        """Read what ``as_plain`` wrote.

        Raises:
            KeyError, TypeError: it has another shape.
        """
        rule_id, unit, citation = (_in(plain, k, str) for k in ("rule_id", "unit", "citation"))
        value = _in(plain, "value", object)
        if isinstance(value, list | tuple):
            value = _texts(value)
        elif not isinstance(value, bool | int | str):
            raise TypeError(f"a condition cannot have a {type(value).__name__}")
        return cls(rule_id, value, unit, citation)


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
            "conditions": [condition.as_plain() for condition in self.conditions],
        }

    @classmethod
    def from_plain(cls, plain: object) -> Permission:
        """Read what ``as_plain`` wrote.

        Raises:
            KeyError, TypeError: it has another shape.
        """
        return cls(
            id=_in(plain, "id", str),
            firm_id=_in(plain, "firm_id", str),
            instrument=_in(plain, "instrument", str),
            pack_id=_in(plain, "pack_id", str),
            pack_hash=_in(plain, "pack_hash", str),
            products=_texts(_in(plain, "products", object)),
            stage=_in(plain, "stage", str),
            valid_from_us=_in(plain, "valid_from_us", int),
            valid_to_us=_in(plain, "valid_to_us", int),
            conditions=tuple(
                Condition.from_plain(one) for one in _items(_in(plain, "conditions", object))
            ),
        )

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal."""
        return digest(self.as_plain())


def _in(plain: object, key: str, kind: type[_Kind]) -> _Kind:
    if not isinstance(plain, Mapping):
        raise TypeError(f"an object was expected where {type(plain).__name__} is")
    value = plain[key]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{key} is {type(value).__name__}")
    return value


def _items(value: object) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"a list was expected where {type(value).__name__} is")
    return tuple(value)


def _texts(value: object) -> tuple[str, ...]:
    found = _items(value)
    texts = tuple(item for item in found if isinstance(item, str))
    if len(texts) != len(found):
        raise TypeError("texts were expected")
    return texts


def effective_rules(pack: Pack, permission: Permission, at_us: int) -> RuleSet:
    """Return the rules that bind this firm at an instant: pack, then stage, then conditions.

    The instant picks the day in the pack's zone. A rule that the law tightens from a day on holds
    from that day on; a condition that it has overtaken stays, and the stricter of both binds.
    Whether the permission itself still runs is a guardrail of its own (G01), because an expired
    firm still has to let its customers out.

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
        rule = rules[condition.rule_id]
        new = _with_value(rule, condition, pack=pack)
        if not is_tighter(new, rule):
            if not _was_tighter(new, pack, permission, rules.on):
                raise _loosens(rule, new)
            law = f"the law since; condition: {condition.citation}"
            new = replace(resolve((rule, new)).rule, set_by=law)
        rules = rules.with_rules([new])
    return rules


def tightened(rule: Rule, condition: Condition, *, pack: Pack) -> Rule:
    """Return the rule with the condition's value.

    Raises:
        ConditionError: it does not fit the rule, or loosens it.
    """
    new = _with_value(rule, condition, pack=pack)
    if not is_tighter(new, rule):
        raise _loosens(rule, new)
    return new


def stricter_of_both(rule: Rule, condition: Condition, *, pack: Pack) -> Rule:
    """Return the rule where it is the stricter one, and else the condition's value.

    Raises:
        ConditionError: the condition does not fit the rule.
    """
    return resolve((rule, _with_value(rule, condition, pack=pack))).rule


def _was_tighter(new: Rule, pack: Pack, permission: Permission, until: date) -> bool:
    """Tell whether a condition tightened its rule on a day of the permission before ``until``.

    The law may grow stricter than a condition later on; then both still hold, the stricter first.
    """
    start = date_of(permission.valid_from_us, utc_offset_minutes=pack.utc_offset_minutes)
    begins = [it.valid_from for it in pack.rules if it.id == new.id and it.valid_from]
    ends = [it.valid_to + _DAY for it in pack.rules if it.id == new.id and it.valid_to]
    for day in (start, *(it for it in (*begins, *ends) if start < it < until)):
        rules = pack.in_force(day)
        if permission.stage:
            rules = pack.at_stage(rules, permission.stage)
        before = rules.get(new.id)
        if before is not None and before.unit == new.unit and is_tighter(new, before):
            return True
    return False


def _with_value(rule: Rule, condition: Condition, *, pack: Pack) -> Rule:
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
    return new


def _loosens(rule: Rule, new: Rule) -> ConditionError:
    return ConditionError(
        f"A condition loosens {rule.id} from {rule.text} to {new.text}.",
        why=f"A condition may only tighten, and the rule binds by {rule.bound.value!r}. "
        f"{rule.citation}",
        fix="Ask for a later stage, or change the pack with its own source.",
        code="rulebook.condition_loosens",
        rule=rule.id,
    )


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
            fix="Load that version of the pack, or let two people adopt this one for the "
            "instrument: sandrail case adopt.",
            permission=permission.id,
        )
