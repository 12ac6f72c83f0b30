"""Who let go, or gave back, what the gate had held: on record before anything moves.

    transfers.hold_decided     holds, approved, role

The hold itself ends later: at once for a transfer, when the bank has paid for a redemption. So the
end says what moved, and this fact says who wanted it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sandrail.journal import Fact, json_payload, parse_payload
from sandrail.ledger import GateDecision, PendingState
from sandrail.transfers.duties import HOLD
from sandrail.transfers.errors import InstructionError, mismatch
from sandrail.transfers.firm_facts import Drafted, require_signed
from sandrail.transfers.floor import Floor

__all__ = ["APPLY", "draft_hold_decided", "read_hold_decided"]

_HEX = 16


def draft_hold_decided(
    floor: Floor, holds: Sequence[int], *, approved: bool, signed: Mapping[str, object]
) -> Drafted:
    """Return the fact that somebody decided about holds of the gate.

    Args:
        holds: ids of what was held; all rows of a linked chain.
        approved: they go on; given back otherwise.
        signed: what ``Desk.require_duty`` returned of who decided.

    Raises:
        InstructionError: one of them is no open hold of the gate.
    """
    flaw = _flaw(floor, holds)
    if flaw:
        raise InstructionError(
            "There is nothing to decide about.",
            why=flaw,
            fix="Decide about what the gate holds and nobody has finished.",
            code="transfers.no_hold",
        )
    plain = {"holds": [f"{one:032x}" for one in holds], "approved": approved}
    return HOLD, json_payload(plain | dict(signed))


def read_hold_decided(fact: Fact) -> tuple[list[int], bool]:
    """Return the ids that a decision names, and whether they may go on."""
    plain = cast("dict[str, Any]", parse_payload(fact))
    return [int(one, _HEX) for one in plain["holds"]], plain["approved"] is True


def _decided(floor: Floor, fact: Fact) -> None:
    """It moves nothing; it has to be about holds, and by somebody whose role it is."""
    require_signed(fact, cast("dict[str, Any]", parse_payload(fact)))
    flaw = _flaw(floor, read_hold_decided(fact)[0])
    if flaw:
        raise mismatch(fact, flaw)


def _flaw(floor: Floor, holds: Sequence[int]) -> str:
    if not holds:
        return "It names no hold."
    for one in holds:
        found = floor.book.transfer(one)
        if found is None or found.row.decision is not GateDecision.HOLD:
            return f"The gate did not hold {one:032x}."
        if found.state is not PendingState.OPEN:
            return f"The hold {one:032x} is over: {found.state.name.lower()}."
    return ""


APPLY: dict[str, Callable[[Floor, Fact], None]] = {HOLD: _decided}
