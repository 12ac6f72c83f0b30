"""What the pack says about wallets and the desk applies itself."""

from __future__ import annotations

from dataclasses import dataclass

from sandrail.rulebook import Pack, RuleSet

__all__ = ["WalletRules"]


@dataclass(frozen=True, slots=True)
class WalletRules:
    """The pack's rules on wallets that the desk applies itself.

    Attributes:
        categories: tags that list a wallet, first wins.
        proof_above_minor: value with a self-hosted wallet above which it is proven.
        proof_age_us: how long a proof counts.
        cooling_us: how long a newly named wallet waits.
        quorum_min: keys that sign at least.
        hot_basis_points: share of what is kept that may be online; None where no rule bounds it.
    """

    categories: tuple[str, ...]
    proof_above_minor: int
    proof_age_us: int
    cooling_us: int
    quorum_min: int
    hot_basis_points: int | None

    @classmethod
    def of(cls, rules: RuleSet, pack: Pack) -> WalletRules:
        """Return what the rules in force say; where they say nothing, nothing is asked."""
        tagged, line = rules.get("G20.tagged_categories"), rules.get("G22.ownership_proof_above")
        age, cooling = rules.get("G22.ownership_proof_age_max"), rules.get("G18.allow_list_cooling")
        quorum, hot = rules.get("G18.key_quorum_min"), rules.get("G18.hot_share_max")
        return cls(
            categories=() if tagged is None else tagged.names,
            proof_above_minor=0 if line is None else line.money(pack).minor,
            proof_age_us=2**62 if age is None else age.duration_us,
            cooling_us=0 if cooling is None else cooling.duration_us,
            quorum_min=1 if quorum is None else quorum.integer,
            hot_basis_points=None if hot is None else hot.basis_points,
        )
