"""What the pack says about exposure: categories, hops, and the lines above which a wallet waits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandrail.rulebook import Pack, Rule, RuleSet
from sandrail.wallets.errors import LinesError
from sandrail.wallets.kernel import LineTable
from sandrail.wallets.limits import CATEGORIES_MAX, HOPS_MAX, MILLION

__all__ = ["EXPOSURE_RULES", "ExposureLines", "lines_from_rules"]

CATEGORIES = "G20.tagged_categories"
HOPS = "G20.exposure_hops_max"
WEIGHT = "G20.hop_weight"
DIRECT_SHARE = "G20.direct_share_above"
DIRECT_VALUE = "G20.direct_value_above"
SHARE = "G20.exposure_share_above"
VALUE = "G20.exposure_value_above"

EXPOSURE_RULES = (CATEGORIES, HOPS, WEIGHT, DIRECT_SHARE, DIRECT_VALUE, SHARE, VALUE)
"""Rules that the graph computes with; the gate reads its decisions only."""

_PPM_PER_BASIS_POINT = 100


@dataclass(frozen=True, slots=True)
class ExposureLines:
    """When a wallet counts as exposed. Both lines of a pair must be passed.

    Attributes:
        categories: tags that taint, in the order of the pack.
        hops: how far taint is told apart; what came further is shown but decides nothing.
        hop_weight_ppm: millionths by which each hop after the first counts less.
        direct_share_ppm, direct_value_minor: share of all received, and value, above which
            receiving from a tagged wallet itself counts.
        share_ppm, value_minor: the same for all of it, hops weighed.
    """

    categories: tuple[str, ...]
    hops: int
    hop_weight_ppm: int
    direct_share_ppm: int
    direct_value_minor: int
    share_ppm: int
    value_minor: int

    def __post_init__(self) -> None:
        fits = 0 < len(self.categories) <= CATEGORIES_MAX and 0 < self.hops <= HOPS_MAX
        if not fits or not 0 <= self.hop_weight_ppm <= MILLION:
            raise LinesError(
                "The pack's lines on exposure cannot be computed with.",
                why=f"It names {len(self.categories)} categories and {self.hops} hops, each of "
                f"which weighs {self.hop_weight_ppm} millionths of the one before.",
                fix=f"Name 1 to {CATEGORIES_MAX} categories, 1 to {HOPS_MAX} hops, "
                "and a weight of at most 100 percent.",
            )

    @property
    def cells(self) -> int:
        """How many ingredients a balance is told apart into."""
        return len(self.categories) * (self.hops + 1)

    def weights_ppm(self) -> tuple[int, ...]:
        """Return what each hop counts, in millionths rounded down; 0 for further away."""
        found, weight = [], MILLION
        for _ in range(self.hops):
            found.append(weight)
            weight = weight * self.hop_weight_ppm // MILLION
        return (*found, 0)

    def table(self) -> LineTable:
        """Return the lines as the kernel reads them."""
        lines = (self.direct_share_ppm, self.direct_value_minor, self.share_ppm, self.value_minor)
        return LineTable(
            np.array(self.weights_ppm(), dtype=np.int64), np.array(lines, dtype=np.int64)
        )


def lines_from_rules(rules: RuleSet, pack: Pack) -> ExposureLines | None:
    """Return the lines of the rules in force; None where the pack names no categories or hops.

    Raises:
        LinesError: the pack sets some of the lines and not the others.
    """
    found = {rule_id: rules.get(rule_id) for rule_id in EXPOSURE_RULES}
    if found[CATEGORIES] is None:
        return None
    missing = [rule_id for rule_id, rule in found.items() if rule is None]
    if missing:
        raise LinesError(
            "The pack's lines on exposure are incomplete.",
            why=f"It sets {CATEGORIES} but not {', '.join(missing)}.",
            fix="Set all of them, or none.",
        )
    given = {rule_id: rule for rule_id, rule in found.items() if rule is not None}
    return ExposureLines(
        categories=given[CATEGORIES].names,
        hops=given[HOPS].integer,
        hop_weight_ppm=_ppm(given[WEIGHT]),
        direct_share_ppm=_ppm(given[DIRECT_SHARE]),
        direct_value_minor=given[DIRECT_VALUE].money(pack).minor,
        share_ppm=_ppm(given[SHARE]),
        value_minor=given[VALUE].money(pack).minor,
    )


def _ppm(rule: Rule) -> int:
    return rule.basis_points * _PPM_PER_BASIS_POINT
