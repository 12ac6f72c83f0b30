"""What a desk knows of wallets as plain data and columns, and back.

Taint is not kept: it follows from flows, tags and clearances, and is computed again. The decisions
are kept only to see that they come out as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sandrail.transfers.errors import DeskSnapshotDamaged
from sandrail.transfers.wallet_state import WaitingHold, WalletState
from sandrail.wallets import (
    Approval,
    Ceremony,
    Challenge,
    Change,
    Hosting,
    Method,
    Movement,
    Proof,
    Seen,
    TagUpdate,
)

__all__ = ["restore_wallets", "wallets_as_columns", "wallets_as_plain"]

Columns = dict[str, npt.NDArray[Any]]


def wallets_as_plain(state: WalletState) -> dict[str, object]:
    """Return all but the flows; dictionaries keep their order."""
    graph = state.traced()
    return {
        "wallets": [[one.address, int(one.hosting), one.owner] for one in state.register],
        "tags": [
            TagUpdate(name, version, tuple(state.tags.source(name).items()), ()).as_plain()
            for name, version in state.tags.versions.items()
        ],
        "excused": [
            [node, until_us, *(graph.excused(node) if graph is not None else (0, 0))]
            for node, until_us in state.excused_until_us.items()
        ],
        "unstated": [list(change) for change in state.unstated],
        "ceremonies": [held.as_plain() for held in state.ceremonies.values()],
        "challenges": [
            [one.wallet, one.customer, one.asset, f"{nonce:032x}", one.expires_us]
            for nonce, one in state.challenges.items()
        ],
        "proofs": [
            [one.wallet, one.party, one.method.value, one.proven_us, one.expires_us, one.evidence]
            for one in state.proofs.values()
        ],
        "allowed": [[*pair, at_us] for pair, at_us in state.allowed_us.items()],
        "approvals": [
            [one.ceremony, one.key, one.digest, one.expires_us, one.signature]
            for given in state.given.values()
            for one in given.values()
        ],
        "unsigned": [
            [f"{id_:032x}", f"{one.id:032x}", one.kind, one.asset, f"{one.amount_minor:032x}",
             one.customer, one.wallet]
            for id_, one in state.unsigned.items()
        ],
        "unproven": [[*pair, str(minor)] for pair, minor in state.unproven.items()],
        "open": [
            [f"{id_:032x}", one.sender, one.receiver, *one.pair, str(one.unproven_minor)]
            for id_, one in state.open.items()
        ],
    }  # fmt: skip


def wallets_as_columns(state: WalletState) -> Columns:
    """Return flows, decisions that are not clean, and payments that may prove a wallet."""
    graph = state.traced()
    none = np.zeros(0, dtype=np.int64)
    sender, receiver, value = (none, none, none) if graph is None else graph.flows_so_far()
    marked = none if graph is None else np.flatnonzero(graph.decision)
    ids = list(state.deposits)
    paid = np.array(list(state.deposits.values()), dtype=np.int64).reshape(-1, 3)
    return {
        "flow.sender": sender,
        "flow.receiver": receiver,
        "flow.value": value,
        "marked.node": marked.astype(np.int64),
        "marked.decision": np.zeros(0, np.uint8) if graph is None else graph.decision[marked],
        "deposit.hi": np.array([id_ >> 64 for id_ in ids], dtype=np.uint64),
        "deposit.lo": np.array([id_ & (2**64 - 1) for id_ in ids], dtype=np.uint64),
        "deposit.row": paid,
    }


def restore_wallets(
    state: WalletState, plain: Mapping[str, Any], columns: Columns, *, customers: int
) -> None:
    """Fill an empty state; its rules are those under which the state was kept.

    Args:
        customers: how many the desk has.

    Raises:
        DeskSnapshotDamaged: the decisions do not come out as they were.
    """
    for address, hosting, owner in plain["wallets"]:
        state.register.add(address, Hosting(hosting), owner)
    for update in plain["tags"]:
        state.tags.apply(TagUpdate.from_plain(update))
    _require_ends(columns, 2 * max(len(state.register), customers) + 1)
    _restore_graph(state, plain, columns)
    state.unstated = [Change(*change) for change in plain["unstated"]]
    state.ceremonies = {one["id"]: Ceremony.from_plain(one) for one in plain["ceremonies"]}
    for wallet, customer, asset, nonce, expires_us in plain["challenges"]:
        number = int(nonce, 16)
        asked = Challenge(state.desk, wallet, customer, asset, number, expires_us)
        state.challenges[number] = asked
    for wallet, party, method, proven_us, expires_us, evidence in plain["proofs"]:
        proof = Proof(wallet, party, Method(method), proven_us, expires_us, evidence)
        state.proofs[party, wallet] = proof
    state.allowed_us = {(party, wallet): at_us for party, wallet, at_us in plain["allowed"]}
    for one in plain["approvals"]:
        state.approve(Approval(*one))
    for id_, own, kind, asset, amount, customer, wallet in plain["unsigned"]:
        state.unsigned[int(id_, 16)] = Movement(
            state.desk, int(own, 16), kind, asset, int(amount, 16), customer, wallet
        )
    state.unproven = {(party, wallet): int(minor) for party, wallet, minor in plain["unproven"]}
    for id_, sender, receiver, party, wallet, minor in plain["open"]:
        state.open[int(id_, 16)] = WaitingHold(sender, receiver, (party, wallet), int(minor))
    ids = zip(columns["deposit.hi"].tolist(), columns["deposit.lo"].tolist(), strict=True)
    rows = columns["deposit.row"].tolist()
    for (hi, lo), (party, wallet, value) in zip(ids, rows, strict=True):
        state.deposits[hi << 64 | lo] = (party, wallet, value)


def _restore_graph(state: WalletState, plain: Mapping[str, Any], columns: Columns) -> None:
    graph = state.traced()
    if graph is None:
        return
    graph.add_flows(columns["flow.sender"], columns["flow.receiver"], columns["flow.value"])
    for node, until_us, direct, weighed in plain["excused"]:
        state.excused_until_us[node] = until_us
        graph.excuse(node, Seen(direct, weighed))
    if graph is state.graph:
        state.retag()
    marked = np.flatnonzero(graph.decision)
    if not np.array_equal(marked, columns["marked.node"]) or not np.array_equal(
        graph.decision[marked], columns["marked.decision"]
    ):
        raise _damaged("The flows give other decisions about wallets than it holds.")


def _require_ends(columns: Columns, last: int) -> None:
    """Kernels check no bounds: an end of a flow is a node that somebody knows, or -1."""
    ends = np.concatenate([columns["flow.sender"], columns["flow.receiver"]])
    if ends.size and not -1 <= int(ends.min()) <= int(ends.max()) <= last:
        raise _damaged("A flow has an end that nobody knows.")


def _damaged(why: str) -> DeskSnapshotDamaged:
    return DeskSnapshotDamaged(
        "The wallets of the snapshot cannot be used.", why=why, fix="Replay the facts instead."
    )
