"""Checking a call log: against recorded headers, and one engine against another."""

from __future__ import annotations

from collections.abc import Sequence

from sandrail.rails.chain.embedded import EmbeddedChain
from sandrail.rails.chain.errors import CallLogError
from sandrail.rails.chain.open import engines_here, replay
from sandrail.rails.chain.port import BlockHeader

__all__ = ["compare_engines", "replay_checked"]


def replay_checked(
    records: Sequence[bytes], *, headers: Sequence[BlockHeader], engine: str = "auto"
) -> EmbeddedChain:
    """Execute a call log anew and insist on the headers that were recorded.

    Args:
        records: from the genesis on.
        headers: as ``EmbeddedChain.headers`` gave them, genesis first; may end before the log.

    Raises:
        CallLogError: the log is damaged (``chain.bad_log``), or a block comes out differently
            (``chain.replay_mismatch``); the error names the first such block.
    """
    chain = replay(records, engine=engine)
    made = chain.headers()
    for number, expected in enumerate(headers):
        if number >= len(made) or made[number] != expected:
            raise CallLogError(
                f"Block {number} of {chain.id} does not come out as recorded.",
                why=_difference(expected, made[number] if number < len(made) else None),
                fix="Compare the call log with its source; one of the two was changed.",
                code="chain.replay_mismatch",
                block=number,
                engine=chain.engine,
            )
    return chain


def compare_engines(
    records: Sequence[bytes], *, engines: Sequence[str] | None = None
) -> list[EmbeddedChain]:
    """Execute a call log on several engines and insist that they agree on every receipt.

    Args:
        records: from the genesis on.
        engines: by name; all that this machine has when not given.

    Raises:
        CallLogError: they disagree (``chain.engine_disagrees``); the error names the first receipt
            that differs, or the log is damaged.
    """
    chains = [replay(records, engine=name) for name in engines or engines_here()]
    first = chains[0]
    for other in chains[1:]:
        number = _first_difference(first, other)
        if number is not None:
            one, two = first.receipt_at(number), other.receipt_at(number)
            raise CallLogError(
                f"{first.engine} and {other.engine} disagree about the call {one.ref:032x}.",
                why=f"In block {one.block}: {one.ok} {one.reason!r} with {len(one.logs)} events "
                f"against {two.ok} {two.reason!r} with {len(two.logs)}.",
                fix="Trust neither until the difference is understood; report it.",
                code="chain.engine_disagrees",
                block=one.block,
                ref=f"{one.ref:032x}",
            )
    return chains


def _first_difference(one: EmbeddedChain, two: EmbeddedChain) -> int | None:
    if one.headers() == two.headers() and one.open_digest() == two.open_digest():
        return None
    for number in range(one.receipt_count):
        if one.receipt_at(number)._replace(gas_used=0) != two.receipt_at(number)._replace(
            gas_used=0
        ):
            return number
    raise AssertionError("equal receipts gave unequal digests")


def _difference(expected: BlockHeader, made: BlockHeader | None) -> str:
    if made is None:
        return f"The log ends before it; {expected.receipts} receipts were recorded there."
    if made.timestamp_us != expected.timestamp_us:
        return "Its instant is another."
    if made.receipts != expected.receipts:
        return f"It holds {made.receipts} receipts where {expected.receipts} were recorded."
    if made.prev_digest != expected.prev_digest:
        return "The block before it is another."
    return f"Its digest is {made.digest.hex()} where {expected.digest.hex()} was recorded."
