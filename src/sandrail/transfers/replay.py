"""From facts back to a desk: every recorded answer is computed again and compared.

This is also how a stranger verifies the verdicts of a bundle: nothing is believed, everything is
run again under the pack that the facts name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from sandrail.controls import GateRows, PartyStatus
from sandrail.journal import Fact, Frame, frame_of, parse_payload
from sandrail.ledger import RowColumns
from sandrail.ledger import apply_fact as apply_ledger_fact
from sandrail.rulebook import Pack, Permission
from sandrail.transfers.batch_fact import KIND_BATCH, JudgedBatch, decode_batch
from sandrail.transfers.errors import InstructionError, ReplayMismatch, mismatch
from sandrail.transfers.firm_facts import APPLY as _APPLY_FIRM
from sandrail.transfers.firm_facts import require_signed, require_told
from sandrail.transfers.floor import Floor
from sandrail.transfers.holds import APPLY as _APPLY_HOLDS
from sandrail.transfers.terms import DeskTerms
from sandrail.transfers.wallet_facts import APPLY as _APPLY_WALLETS

__all__ = ["KINDS", "KIND_OPENED", "apply_fact", "rebuild"]

KIND_OPENED = "transfers.opened"


def rebuild(facts: Iterable[Fact], pack: Pack, *, after: Floor | None = None) -> Floor:
    """Run the facts of a desk again and return where it stands.

    Args:
        after: where it stood before the first of the facts; None before it was opened.

    Raises:
        ReplayMismatch: a fact is missing, was written under another pack, or records an answer that
            running it again does not give; the error names fact and row.
    """
    floor = after
    for fact in facts:
        if fact.kind == KIND_OPENED:
            if floor is not None:
                raise mismatch(fact, "The desk was opened before.")
            floor = _opened(fact, pack)
        elif fact.kind in KINDS:
            if floor is None:
                raise mismatch(fact, "It stands before the desk was opened.")
            apply_fact(floor, fact)
    if floor is None:
        raise ReplayMismatch(
            "There is no desk in this journal.",
            why=f"It holds no fact of kind {KIND_OPENED}.",
            fix="Create the desk first, or check that this is the right journal.",
        )
    return floor


def apply_fact(floor: Floor, fact: Fact) -> None:
    """Take one fact over; an answer that cannot be reproduced is an error."""
    _APPLY[fact.kind](floor, fact)
    floor.now_us = max(floor.now_us, fact.at_us)


def _opened(fact: Fact, pack: Pack) -> Floor:
    plain = parse_payload(fact)
    floor = Floor(DeskTerms.from_plain(plain, pack), at_us=fact.at_us)
    if floor.program.content_hash != plain["program"]:
        raise mismatch(fact, "Its permission and pack compile to another program than it names.")
    return floor


def _onboarded(floor: Floor, fact: Fact) -> None:
    frame = frame_of(fact)
    refs = cast("list[str]", frame.meta["refs"])
    accounts = len(refs) * len(floor.terms.assets)
    if cast(int, frame.meta["first_account"]) + accounts != floor.book.account_count:
        raise mismatch(fact, "Its customers' accounts are not the ones opened before it.")
    owners = floor.book.state.accounts["owner"][floor.book.account_count - accounts :][:accounts]
    if not np.array_equal(owners, floor.holder_accounts(len(refs))["owner"]):
        raise mismatch(fact, "The accounts opened before it belong to somebody else.")
    floor.onboard(refs, frame.columns["customer_class"])


def _ledger(floor: Floor, fact: Fact) -> None:
    apply_ledger_fact(floor.book, fact)


def _screened(floor: Floor, fact: Fact) -> None:
    frame = frame_of(fact)
    version = str(frame.meta["list_version"])
    floor.set_screening(_parties(floor, fact, frame), frame.columns["screen"], version)


def _status(floor: Floor, fact: Fact) -> None:
    frame = frame_of(fact)
    status = PartyStatus(cast(int, frame.meta["status"]))
    floor.set_status(_parties(floor, fact, frame), status)


def _lists(floor: Floor, fact: Fact) -> None:
    plain = cast("dict[str, Any]", parse_payload(fact))
    floor.set_lists(plain["version"], plain["published_us"])


def _reserve(floor: Floor, fact: Fact) -> None:
    plain = cast("dict[str, Any]", parse_payload(fact))
    floor.set_reserve(plain["asset"], plain["reserve_minor"], plain["attested_us"])


def _permission(floor: Floor, fact: Fact) -> None:
    # What began under the old rules stands under the new ones.
    require_told(floor, fact)
    plain = cast("dict[str, Any]", parse_payload(fact))
    require_signed(fact, plain)
    floor.set_permission(Permission.from_plain(plain["permission"]), fact.at_us)
    if floor.program.content_hash != plain["program"]:
        raise mismatch(fact, "Its permission compiles to another program than it names.")


def _paused(floor: Floor, fact: Fact) -> None:
    require_signed(fact, parse_payload(fact))
    floor.paused = True


def _resumed(floor: Floor, fact: Fact) -> None:
    require_signed(fact, parse_payload(fact))
    floor.paused = False


def _opened_again(floor: Floor, fact: Fact) -> None:
    """The desk's own opening, taken over by the desk that has just written it."""


def _refused(floor: Floor, fact: Fact) -> None:
    """A refusal before the gate changes nothing; it is evidence."""


def _batch(floor: Floor, fact: Fact) -> None:
    frame = frame_of(fact)
    require_told(floor, fact)
    if frame.meta["program"] != floor.program.content_hash:
        raise mismatch(fact, "It was judged by another program than the one in force.")
    recorded = decode_batch(frame)
    rows = RowColumns._make(column.copy() for column in recorded.rows)
    rows.decision[:] = 0
    asked = GateRows._make(column.copy() for column in recorded.asked)
    strays = floor.strays(rows, asked)
    if strays.any():
        raise mismatch(fact, f"In row {int(strays.argmax())} the gate judged another transfer.")
    try:
        floor.wallets.require_known(recorded.wallet, asked.debtor, asked.creditor)
    except InstructionError as error:
        raise mismatch(fact, error.why) from error
    again = floor.judge(rows, asked, recorded.requests, fact.at_us, recorded.wallet)
    _compare(fact, recorded, again)
    floor.requests.add_fact(fact.seq, *recorded.requests)


def _compare(fact: Fact, recorded: JudgedBatch, again: JudgedBatch) -> None:
    pairs: dict[str, tuple[npt.NDArray[Any], npt.NDArray[Any]]] = {
        "fact about the row": (recorded.asked.facts, again.asked.facts),
        "decision": (recorded.found.outcome, again.rows.decision),
        "outcome": (recorded.outcome, again.outcome),
        "rule": (recorded.found.rule, again.found.rule),
        "breached": (recorded.found.breached, again.found.breached),
        "excess": (recorded.found.excess, again.found.excess),
        "touched account": (recorded.touched, again.touched),
        "balance": (recorded.balances, again.balances),
        "expired hold": (recorded.expired, again.expired),
    }
    for name, (was, now) in pairs.items():
        if was.shape != now.shape:
            raise mismatch(fact, f"It has {len(was)} entries of {name}; run again, {len(now)}.")
        if not np.array_equal(was, now):
            row = int(np.argmax(was != now if was.ndim == 1 else (was != now).any(axis=1)))
            raise mismatch(
                fact, f"In entry {row} the {name} is {was[row]}; run again, it is {now[row]}."
            )


def _parties(floor: Floor, fact: Fact, frame: Frame) -> npt.NDArray[np.int64]:
    parties = frame.columns["party"]
    if parties.size and not 0 <= int(parties.min()) <= int(parties.max()) < floor.parties.count:
        raise mismatch(fact, "It names a customer that was never onboarded.")
    return parties


_APPLY: dict[str, Callable[[Floor, Fact], None]] = {
    KIND_OPENED: _opened_again,
    "ledger.asset_defined": _ledger,
    "ledger.accounts_opened": _ledger,
    "ledger.flags_set": _ledger,
    "transfers.onboarded": _onboarded,
    "transfers.screened": _screened,
    "transfers.status": _status,
    "transfers.lists": _lists,
    "transfers.reserve": _reserve,
    "transfers.permission": _permission,
    "transfers.paused": _paused,
    "transfers.resumed": _resumed,
    "transfers.refused": _refused,
    KIND_BATCH: _batch,
    **_APPLY_HOLDS,
    **_APPLY_FIRM,
    **_APPLY_WALLETS,
}

KINDS = tuple(_APPLY)
"""The kinds of fact that a desk writes."""
