"""Facts about wallets: how they are written, and how a replay takes them over.

A replay believes none of them: signatures, key ceremonies and the two persons of a clearance are
checked again, and decisions about wallets are computed again from the transfers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from sandrail.journal import Fact, encode_frame, frame_of, parse_payload
from sandrail.transfers.errors import mismatch
from sandrail.transfers.firm_facts import require_signed
from sandrail.transfers.floor import Floor
from sandrail.transfers.wallet_state import WalletState
from sandrail.wallets import (
    Approval,
    Ceremony,
    Challenge,
    Hosting,
    Method,
    Proof,
    ProofRefused,
    TagUpdate,
    check_signature,
)
from sandrail.wallets.limits import CHALLENGE_LIFE_US
from sandrail.world import SandrailError

__all__ = ["APPLY", "KIND_DECIDED", "draft_decided", "require_deposit"]

KIND_DECIDED = "wallets.decided"


def draft_decided(state: WalletState) -> tuple[str, bytes]:
    """Return the fact that states whose decision changed."""
    rows = np.array(state.unstated, dtype=np.int64).reshape(-1, 3)
    columns: dict[str, npt.NDArray[Any]] = {
        "node": np.ascontiguousarray(rows[:, 0]),
        "before": rows[:, 1].astype(np.uint8),
        "after": rows[:, 2].astype(np.uint8),
    }
    return KIND_DECIDED, encode_frame(columns, {})


def require_deposit(floor: Floor, challenge: Challenge, wallet: int, party: int, id_: int) -> None:
    """Require that a transfer is the exact payment that a challenge asked for, in time.

    Raises:
        ProofRefused: it is not.
    """
    found = floor.wallets.deposits.get(id_)
    transfer = floor.book.transfer(id_)
    asset = floor.terms.asset_number(challenge.asset)
    exact = (
        found is not None
        and transfer is not None
        and found[:2] == (party, wallet)
        and transfer.row.amount == challenge.deposit_minor()
        and transfer.at_us >= challenge.expires_us - CHALLENGE_LIFE_US
        and floor.book.asset_of(transfer.row.credit) == asset
        and floor.parties.accounts[party, asset] == transfer.row.credit
    )
    if not exact:
        raise ProofRefused(
            "The payment does not prove the wallet.",
            why=f"Transfer {id_:032x} is not {challenge.deposit_minor()} minor units of "
            f"{challenge.asset} from {challenge.wallet} to the customer, made after they were "
            "asked for.",
            fix="Send exactly the amount that was asked for, from the wallet itself.",
            code="wallets.bad_deposit",
        )


def _registered(floor: Floor, fact: Fact) -> None:
    for address, hosting, owner in cast("list[list[Any]]", parse_payload(fact)["wallets"]):
        if floor.wallets.register.find(address) is not None or owner >= floor.parties.count:
            raise mismatch(fact, f"It names {address} again, or an owner who is not there.")
        floor.wallets.add_wallet(address, Hosting(hosting), owner)


def _tagged(floor: Floor, fact: Fact) -> None:
    require_signed(fact, parse_payload(fact))
    floor.wallets.apply_tags(TagUpdate.from_plain(parse_payload(fact)))


def _decided(floor: Floor, fact: Fact) -> None:
    _, payload = draft_decided(floor.wallets)
    if payload != fact.payload:
        raise mismatch(fact, "The transfers so far give other decisions about wallets.")
    floor.wallets.unstated = []


def _observed(floor: Floor, fact: Fact) -> None:
    frame = frame_of(fact)
    require_signed(fact, frame.meta)
    columns = frame.columns
    sender, receiver = columns["sender"], columns["receiver"]
    unknown = floor.wallets.register.unknown(sender) | floor.wallets.register.unknown(receiver)
    if unknown.any():
        raise mismatch(fact, "It names a wallet that was never registered.")
    floor.wallets.observe(sender, receiver, columns["value"])
    floor.wallets.restate()


def _allowed(floor: Floor, fact: Fact) -> None:
    plain = cast("dict[str, Any]", parse_payload(fact))
    pair = (plain["party"], plain["wallet"])
    if plain["allowed"]:
        floor.wallets.allowed_us.setdefault(pair, fact.at_us)
    else:
        floor.wallets.allowed_us.pop(pair, None)


def _cleared(floor: Floor, fact: Fact) -> None:
    plain = cast("dict[str, Any]", parse_payload(fact))
    require_signed(fact, plain)
    state = floor.wallets
    if state.graph is None or state.graph.seen(plain["node"]).weighed != plain["value_minor"]:
        raise mismatch(fact, "The value it clears is not the one that the transfers give.")
    state.excuse(plain["node"], plain["until_us"])


def _challenged(floor: Floor, fact: Fact) -> None:
    plain = cast("dict[str, Any]", parse_payload(fact))
    wallet = floor.wallets.register.get(plain["wallet"])
    nonce = int(plain["nonce"], 16)
    floor.wallets.challenges[nonce] = Challenge(
        desk=floor.wallets.desk,
        wallet=wallet.address,
        customer=floor.parties.ref(plain["party"]),
        asset=plain["asset"],
        nonce=nonce,
        expires_us=plain["expires_us"],
    )


def _proven(floor: Floor, fact: Fact) -> None:
    plain = cast("dict[str, Any]", parse_payload(fact))
    state = floor.wallets
    challenge = state.challenges.pop(int(plain["nonce"], 16), None)
    if challenge is None:
        raise mismatch(fact, "Nobody asked for this proof, or it was given before.")
    number = state.register.require(challenge.wallet).number
    party, method = floor.parties.number(challenge.customer), Method(plain["method"])
    try:
        challenge.require_open(fact.at_us)
        if method is Method.SIGNATURE:
            check_signature(challenge, bytes.fromhex(plain["evidence"]))
        elif method is Method.MICRO_DEPOSIT:
            require_deposit(floor, challenge, number, party, int(plain["evidence"], 16))
    except SandrailError as error:
        raise mismatch(fact, error.why) from error
    until_us = fact.at_us + state.rules.proof_age_us
    proof = Proof(number, party, method, fact.at_us, until_us, plain["evidence"])
    state.proofs[party, number] = proof


def _ceremony(floor: Floor, fact: Fact) -> None:
    plain = parse_payload(fact)
    require_signed(fact, plain)
    held = Ceremony.from_plain(plain)
    state = floor.wallets
    try:
        state.check_ceremony(held)
    except SandrailError as error:
        raise mismatch(fact, error.why) from error
    state.hold_ceremony(held)


def _approved(floor: Floor, fact: Fact) -> None:
    approval = Approval(**cast("dict[str, Any]", parse_payload(fact)))
    state = floor.wallets
    try:
        state.check_approval(approval, fact.at_us, by=fact.actor)
    except SandrailError as error:
        raise mismatch(fact, error.why) from error
    if state.approved_before(approval):
        raise mismatch(fact, "The same key signed the same movement before.")
    state.approve(approval)


APPLY: dict[str, Callable[[Floor, Fact], None]] = {
    "wallets.registered": _registered,
    "wallets.tagged": _tagged,
    KIND_DECIDED: _decided,
    "wallets.observed": _observed,
    "wallets.allowed": _allowed,
    "wallets.cleared": _cleared,
    "wallets.challenged": _challenged,
    "wallets.proven": _proven,
    "custody.ceremony": _ceremony,
    "custody.approved": _approved,
}
