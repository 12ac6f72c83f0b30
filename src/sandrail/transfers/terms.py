"""What a desk is opened with: a permission under a pack, and the assets it may move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sandrail.controls import AssetTerms, Program, Setting, compile_program
from sandrail.money import Asset, AssetKind
from sandrail.rulebook import Pack, Permission, Rule, effective_rules
from sandrail.transfers.errors import InstructionError, ReplayMismatch

__all__ = ["CUSTOMERS_RULE", "DeskTerms"]

FULL_RATIO_BASIS_POINTS = 10_000
_RATIO_RULE = "G12.reserve_ratio_min"
CUSTOMERS_RULE = "G02.customers_max"
"""Enforced where customers are taken on."""


@dataclass(frozen=True, slots=True)
class DeskTerms:
    """The legal and economic setting of one desk.

    Attributes:
        pack: the rulebook.
        permission: whose limits the gate enforces.
        assets: what may move, in the order of their index.
    """

    pack: Pack
    permission: Permission
    assets: tuple[AssetTerms, ...]

    def compile(self, at_us: int) -> Program:
        """Return what the gate enforces from ``at_us`` on."""
        return compile_program(self.setting(at_us))

    def reserve_ratio_basis_points(self, at_us: int) -> int:
        """Return the ratio of reserve to units in issue that the rules ask for."""
        rule = self.setting(at_us).rule(_RATIO_RULE)
        return FULL_RATIO_BASIS_POINTS if rule is None else rule.basis_points

    def customers_rule(self, at_us: int) -> Rule | None:
        """Return the rule that bounds the number of customers, None where there is none."""
        return self.setting(at_us).rule(CUSTOMERS_RULE)

    def asset_number(self, code: str) -> int:
        """Return the index of an asset.

        Raises:
            InstructionError: the desk does not move it.
        """
        for number, terms in enumerate(self.assets):
            if terms.asset.code == code:
                return number
        known = ", ".join(terms.asset.code for terms in self.assets)
        raise InstructionError(
            f"The desk does not move {code!r}.",
            why=f"The permission covers {known}.",
            fix=f"Use one of {known}, or apply for the product.",
            code="transfers.unknown_asset",
            asset=code,
        )

    def as_plain(self) -> dict[str, object]:
        """Return the terms as canonical data."""
        return {
            "pack": self.pack.id,
            "pack_hash": self.pack.content_hash,
            "permission": self.permission.as_plain(),
            "assets": [
                {
                    "code": terms.asset.code,
                    "scale": terms.asset.scale,
                    "kind": terms.asset.kind.value,
                    "caip19": terms.asset.caip19,
                    "price": [terms.price_numerator, terms.price_denominator],
                }
                | ({"form": terms.form} if terms.form else {})
                for terms in self.assets
            ],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, object], pack: Pack) -> DeskTerms:
        """Read terms back from a fact, under the pack they were written for.

        Raises:
            ReplayMismatch: the pack is another one than the fact names.
        """
        if (plain["pack"], plain["pack_hash"]) != (pack.id, pack.content_hash):
            raise ReplayMismatch(
                "The journal was written under another pack than the one given.",
                why=f"It names {plain['pack']} {str(plain['pack_hash'])[:12]}; "
                f"given was {pack.id} {pack.content_hash[:12]}.",
                fix="Load the version of the pack that the journal names; a bundle carries it.",
            )
        assets = cast("list[dict[str, Any]]", plain["assets"])
        return cls(
            pack=pack,
            permission=Permission.from_plain(plain["permission"]),
            assets=tuple(
                AssetTerms(
                    Asset(item["code"], item["scale"], AssetKind(item["kind"]), item["caip19"]),
                    price_numerator=item["price"][0],
                    price_denominator=item["price"][1],
                    form=item.get("form", ""),
                )
                for item in assets
            ),
        )

    def setting(self, at_us: int) -> Setting:
        """Return what guardrails are compiled from at an instant."""
        rules = effective_rules(self.pack, self.permission, at_us)
        return Setting(self.pack, rules, self.permission, self.assets)
