"""What a guardrail is: one file that turns rules of the pack into checks.

A newcomer adds a guardrail by writing a module with a ``CONTROL`` and naming it in
``catalogue.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sandrail.controls.program import GateRows, Limit, RowTest, RuleRef
from sandrail.controls.verdict import Outcome
from sandrail.money import Asset
from sandrail.rulebook import Pack, Permission, Rule, RuleSet

__all__ = ["AssetTerms", "Control", "Setting", "either_party", "party_column"]

NEVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class AssetTerms:
    """How an asset of the trial is valued in the pack's currency.

    Attributes:
        asset: the asset.
        price_numerator, price_denominator: minor units of the pack's currency for one minor unit of
            the asset, as a fraction of integers.
        form: of a security, ``share`` or ``bond``; empty for anything else.
    """

    asset: Asset
    price_numerator: int = 1
    price_denominator: int = 1
    form: str = ""

    def units_within(self, value_minor: int) -> int:
        """Return the most units of the asset whose value does not pass ``value_minor``."""
        return value_minor * self.price_denominator // self.price_numerator


@dataclass(frozen=True, slots=True)
class Setting:
    """What a control compiles from.

    Attributes:
        pack: where the rules come from.
        rules: the rules in force for the permission, conditions applied.
        permission: the instrument whose limits are compiled.
        assets: terms of each asset, in the order of their index.
    """

    pack: Pack
    rules: RuleSet
    permission: Permission
    assets: tuple[AssetTerms, ...]

    def rule(self, rule_id: str) -> Rule | None:
        """Return a rule, or None where the pack has none: the guardrail is then off."""
        return self.rules.get(rule_id)

    def ref(self, rule: Rule) -> RuleRef:
        """Return what verdicts say about the rule."""
        return RuleRef(
            id=rule.id,
            guardrail=rule.guardrail,
            title=str(rule.title),
            limit_text=rule.text,
            citation=rule.citation if rule.set_by == "pack" else f"{rule.citation}; {rule.set_by}",
            titles=rule.title,
        )

    def outcome(self, rule: Rule) -> Outcome:
        """Return what the gate answers when the rule is broken."""
        return Outcome(rule.outcome.rank)

    def minor(self, rule: Rule) -> int:
        """Return a money rule in minor units of the pack's currency."""
        return rule.money(self.pack).minor

    def warn_at(self, rule: Rule, limit: int) -> int:
        """Return the measure from which the rule asks for a warning; far away when it asks none."""
        return -(-limit * rule.warn_at_percent // 100) if rule.warn_at_percent else NEVER


@dataclass(frozen=True, slots=True)
class Control:
    """One guardrail of the catalogue that acts on a transfer.

    Attributes:
        guardrail: ``G05``.
        title: short name.
        reads: ids of the rules it enforces, in the order they are tried.
        compile: from a setting to its checks; empty when the pack sets none of its rules.
    """

    guardrail: str
    title: str
    reads: tuple[str, ...]
    compile: Callable[[Setting], Sequence[RowTest | Limit]]


def party_column(
    values: npt.NDArray[np.uint8], parties: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint8]:
    """Return ``values`` at the parties of the rows; 0 where the party is the firm itself."""
    if values.shape[0] == 0:
        return np.zeros(parties.shape[0], dtype=np.uint8)
    return np.where(parties >= 0, values[np.maximum(parties, 0)], 0).astype(np.uint8)


def either_party(
    values: npt.NDArray[np.uint8], rows: GateRows, wanted: int
) -> npt.NDArray[np.bool_]:
    """Return the rows in which the debtor or the creditor has the wanted value."""
    debtor = party_column(values, rows.debtor) == wanted
    creditor = party_column(values, rows.creditor) == wanted
    either: npt.NDArray[np.bool_] = debtor | creditor
    return either
