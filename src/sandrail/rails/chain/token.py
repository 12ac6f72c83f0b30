"""The supervised token as Python sees it: one method per act, amounts in minor units.

Every act comes twice: ``transfer_call`` builds a ``Call`` to put in a batch, ``transfer`` builds it
and applies it alone. A refusal by the contract is a ``Receipt`` with ``ok=False``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandrail.money import Asset
from sandrail.rails.chain.abi import Function
from sandrail.rails.chain.artifact import load_artifact
from sandrail.rails.chain.codec import word_of_uint
from sandrail.rails.chain.errors import CallError
from sandrail.rails.chain.port import Address, Call, Chain, Receipt
from sandrail.world import SECOND_US, derive_id

__all__ = ["SHUT_MINOR", "SupervisedToken", "TokenRoles", "TokenTerms"]

SHUT_MINOR = 2**256 - 1
"""The frozen amount that shuts an account: it neither sends nor receives."""


@dataclass(frozen=True, slots=True)
class TokenRoles:
    """Who may do what; the same address may hold several roles.

    Attributes:
        owner: names minters and role holders, ends a pause.
        attester: says what is in reserve.
        minter: issues, up to its allowance and never beyond the reserve.
        redeemer: burns against a payout.
        pauser: stops everything but redemptions and orders.
        freezer: freezes accounts in part or in full.
        enforcer: moves tokens under a written order.
    """

    owner: Address
    attester: Address
    minter: Address
    redeemer: Address
    pauser: Address
    freezer: Address
    enforcer: Address


@dataclass(frozen=True, slots=True)
class TokenTerms:
    """What the rulebook and the firm settle about a token; none of it is this code's to say.

    Attributes:
        title: the token's name, up to 48 bytes.
        attestation_age_max_us: after this time an attestation covers no mint; whole seconds.
        reserve_ratio_bps: reserve asked for each unit of supply; 10000 is one to one.
        minter_allowance_minor: how much the minter may issue in total.
    """

    title: str
    attestation_age_max_us: int
    reserve_ratio_bps: int
    minter_allowance_minor: int


@dataclass(frozen=True, slots=True)
class SupervisedToken:
    """A ``SupervisedToken`` contract and its ``ReserveOracle`` on a chain.

    Attributes:
        chain: where it lives.
        asset: what it counts; the scale is the contract's decimals.
        roles: who acts.
        address, oracle: the two contracts.
    """

    chain: Chain
    asset: Asset
    roles: TokenRoles
    address: Address
    oracle: Address

    @classmethod
    def deploy(
        cls, chain: Chain, *, asset: Asset, terms: TokenTerms, roles: TokenRoles
    ) -> SupervisedToken:
        """Create oracle and token and give the minter its allowance.

        Raises:
            CallError: a contract refuses its terms.
        """
        if terms.attestation_age_max_us % SECOND_US:
            raise CallError(
                "The age of an attestation must be whole seconds.",
                why=f"An EVM cannot tell {terms.attestation_age_max_us} microseconds.",
                fix="Give a multiple of one second.",
                code="chain.bad_argument",
            )
        oracle = _create(
            chain, "ReserveOracle", (asset.scale, roles.owner, roles.attester), roles.owner
        )
        arguments = (
            terms.title,
            asset.code,
            asset.scale,
            roles.owner,
            roles.pauser,
            roles.freezer,
            roles.enforcer,
            roles.redeemer,
            oracle,
            terms.attestation_age_max_us // SECOND_US,
            terms.reserve_ratio_bps,
        )
        address = _create(chain, "SupervisedToken", arguments, roles.owner)
        token = cls(chain, asset, roles, address, oracle)
        receipt = token.set_minter(terms.minter_allowance_minor)
        if not receipt.ok:
            raise _refused_terms("set_minter", receipt)
        return token

    def on(self, chain: Chain) -> SupervisedToken:
        """Return the same token on a fork or a replay of its chain."""
        return SupervisedToken(chain, self.asset, self.roles, self.address, self.oracle)

    # Moving money

    def transfer_call(self, ref: int, sender: Address, receiver: Address, minor: int) -> Call:
        """Return the call by which ``sender`` pays ``receiver``."""
        return Call(ref, sender, self.address, _token("transfer").encode(receiver, minor))

    def mint_call(self, ref: int, receiver: Address, minor: int) -> Call:
        """Return the call that issues to ``receiver``; ``ref`` becomes the on-chain order."""
        data = _token("mint").encode(receiver, minor, word_of_uint(ref))
        return Call(ref, self.roles.minter, self.address, data)

    def burn_call(self, ref: int, holder: Address, minor: int) -> Call:
        """Return the call that redeems from ``holder``; ``ref`` becomes the on-chain order."""
        data = _token("burn").encode(holder, minor, word_of_uint(ref))
        return Call(ref, self.roles.redeemer, self.address, data)

    def transfer(self, sender: Address, receiver: Address, minor: int, *, ref: int) -> Receipt:
        """Pay from ``sender`` to ``receiver``."""
        return self._do(self.transfer_call(ref, sender, receiver, minor))

    def mint(self, receiver: Address, minor: int, *, ref: int) -> Receipt:
        """Issue to ``receiver``."""
        return self._do(self.mint_call(ref, receiver, minor))

    def burn(self, holder: Address, minor: int, *, ref: int) -> Receipt:
        """Redeem from ``holder``."""
        return self._do(self.burn_call(ref, holder, minor))

    def transfer_batch(
        self,
        refs: Sequence[int],
        senders: Sequence[Address],
        receivers: Sequence[Address],
        minors: Sequence[int],
    ) -> list[Receipt]:
        """Pay row by row; a refused row does not stop the rest. All four have one length."""
        build = self.transfer_call
        rows = zip(refs, senders, receivers, minors, strict=True)
        return self.chain.apply(
            [build(ref, payer, payee, minor) for ref, payer, payee, minor in rows]
        )

    # Supervising

    def forced_transfer(
        self, sender: Address, receiver: Address, minor: int, *, order: bytes, ref: int
    ) -> Receipt:
        """Move tokens under a written order; ``order`` is its 32-byte hash."""
        data = _token("forced_transfer").encode(sender, receiver, minor, order)
        return self._do(Call(ref, self.roles.enforcer, self.address, data))

    def freeze(
        self, holder: Address, *, minor: int = SHUT_MINOR, ref: int | None = None
    ) -> Receipt:
        """Freeze exactly ``minor`` of a holder; by default shut the account."""
        data = _token("setFrozenTokens").encode(holder, minor)
        return self._administer(self.roles.freezer, self.address, data, ref)

    def unfreeze(self, holder: Address, *, ref: int | None = None) -> Receipt:
        """Thaw everything of a holder."""
        return self.freeze(holder, minor=0, ref=ref)

    def pause(self, *, ref: int | None = None) -> Receipt:
        """Stop transfers, approvals and minting."""
        return self._administer(self.roles.pauser, self.address, _token("pause").encode(), ref)

    def unpause(self, *, ref: int | None = None) -> Receipt:
        """End a pause; the owner does, not the pauser."""
        return self._administer(self.roles.owner, self.address, _token("unpause").encode(), ref)

    def set_minter(self, allowance_minor: int, *, ref: int | None = None) -> Receipt:
        """Set what the minter may still issue in total."""
        data = _token("set_minter").encode(self.roles.minter, allowance_minor)
        return self._administer(self.roles.owner, self.address, data, ref)

    def attest_reserve(
        self, minor: int, *, as_of_us: int, evidence: bytes, ref: int | None = None
    ) -> Receipt:
        """Record what is in reserve; ``evidence`` is the 32-byte hash of the statement."""
        data = _oracle("attest").encode(minor, as_of_us // SECOND_US, evidence)
        return self._administer(self.roles.attester, self.oracle, data, ref)

    # Asking

    def total_supply(self) -> int:
        """Return the supply in minor units."""
        return self._ask("totalSupply")

    def balance_of(self, holder: Address) -> int:
        """Return what a holder has, frozen or not, in minor units."""
        return self._ask("balanceOf", holder)

    def frozen_of(self, holder: Address) -> int:
        """Return what is frozen of a holder; it may exceed the balance."""
        return self._ask("getFrozenTokens", holder)

    def mintable(self) -> int:
        """Return what the attested reserve still covers; 0 when the attestation is stale."""
        return self._ask("mintable")

    def paused(self) -> bool:
        """Return whether the token is paused."""
        return bool(self._ask("paused"))

    def attested_reserve(self) -> tuple[int, int]:
        """Return the attested reserve in minor units and the instant it was counted."""
        reserve, as_of_s = _oracle("latest").decode_output(
            self.chain.view(self.oracle, _oracle("latest").encode())
        )
        return _integer(reserve), _integer(as_of_s) * SECOND_US

    def restriction(self, sender: Address, receiver: Address, minor: int) -> str:
        """Return in words what stops this transfer, empty when nothing does."""
        code = self._ask("detectTransferRestriction", sender, receiver, minor)
        if code == 0:
            return ""
        function = _token("messageForTransferRestriction")
        answer = self.chain.view(self.address, function.encode(code))
        return str(function.decode_output(answer)[0])

    def _ask(self, name: str, *arguments: object) -> int:
        # Every question but one is answered by a single word.
        return int.from_bytes(self.chain.view(self.address, _token(name).encode(*arguments)), "big")

    def _do(self, call: Call) -> Receipt:
        return self.chain.apply([call])[0]

    def _administer(self, actor: Address, to: Address, data: bytes, ref: int | None) -> Receipt:
        return self._do(Call(ref or _next_ref(self.chain), actor, to, data))


def _token(name: str) -> Function:
    return load_artifact("SupervisedToken").interface.functions[name]


def _oracle(name: str) -> Function:
    return load_artifact("ReserveOracle").interface.functions[name]


def _next_ref(chain: Chain) -> int:
    return derive_id("chain", chain.id, chain.position)


def _create(chain: Chain, name: str, arguments: Sequence[object], sender: Address) -> Address:
    receipt = chain.deploy(load_artifact(name), arguments, sender=sender, ref=_next_ref(chain))
    if receipt.contract is None:
        raise _refused_terms(name, receipt)
    return receipt.contract


def _refused_terms(what: str, receipt: Receipt) -> CallError:
    return CallError(
        f"The contract refuses its terms at {what}.",
        why=(receipt.reason or "It reverted without a reason") + ".",
        fix="Check roles, ages and ratios.",
        code="chain.bad_argument",
    )


def _integer(value: object) -> int:
    if not isinstance(value, int):
        raise CallError(f"{value!r} came back where a number was expected.")
    return value
