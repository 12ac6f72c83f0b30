"""From columns to answers: the stateless half of the gate, and the words for both halves."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.controls.customer_text import customer_text
from sandrail.controls.kernel import INCURABLE
from sandrail.controls.program import Bools, GateRows, Measure, Program, Snapshot
from sandrail.controls.verdict import (
    CANNOT_WAIT,
    NO_RULE,
    TORN_CHAIN,
    WITH_ITS_CHAIN,
    Outcome,
    Verdict,
)
from sandrail.money import Asset, Money

__all__ = ["Findings", "explain", "run_tests"]

Breaches = Callable[[GateRows, Snapshot], Bools]


class Findings(NamedTuple):
    """Answers to a batch, one entry a row.

    Attributes:
        outcome: u1, an ``Outcome``.
        rule: u1, bit of the first rule that gave it, ``NO_RULE`` for none, or what the linked chain
            asks for: ``WITH_ITS_CHAIN``, ``CANNOT_WAIT``, ``TORN_CHAIN``.
        breached: u8, mask of every rule that objected.
        excess: i8, by how much the value must shrink; 0 none, -1 no amount would help.
    """

    outcome: npt.NDArray[np.uint8]
    rule: npt.NDArray[np.uint8]
    breached: npt.NDArray[np.uint64]
    excess: npt.NDArray[np.int64]


def run_tests(program: Program, rows: GateRows, snapshot: Snapshot) -> Findings:
    """Run every stateless control over a batch; the strictest answer wins, the first names it."""
    n = rows.kind.shape[0]
    found = Findings(
        outcome=np.zeros(n, dtype=np.uint8),
        rule=np.full(n, NO_RULE, dtype=np.uint8),
        breached=np.zeros(n, dtype=np.uint64),
        excess=np.zeros(n, dtype=np.int64),
    )
    kinds = np.uint32(1) << rows.kind.astype(np.uint32)
    asked = int(np.bitwise_or.reduce(kinds))
    # Entries and exits often share a question; what nobody in the batch can breach is not asked.
    answered: dict[Breaches, Bools | None] = {}
    for test in program.tests:
        if not asked & test.kinds:
            continue
        if test.breaches not in answered:
            hit = test.breaches(rows, snapshot)
            answered[test.breaches] = hit if hit.any() else None
        breaches = answered[test.breaches]
        if breaches is None:
            continue
        hit = breaches & ((kinds & np.uint32(test.kinds)) != 0)
        bit = program.rules.index(test.rule)
        stricter = hit & (found.outcome < test.outcome)
        found.outcome[stricter] = test.outcome
        found.rule[stricter] = bit
        found.breached[hit] |= np.uint64(1 << bit)
        found.excess[hit] = INCURABLE
    return found


def explain(
    program: Program, findings: Findings, i: int, *, currency: Asset, at_par: bool = True
) -> Verdict:
    """Return the answer to row ``i`` in words: the rule, its source, and what would pass.

    Args:
        at_par: a minor unit of the row's asset is worth one of the currency. Where it is not, what
            passes a limit in units is not said in money, since rounding would make it a guess.
    """
    outcome = Outcome(int(findings.outcome[i]))
    mask = int(findings.breached[i])
    breached = tuple(ref.id for bit, ref in enumerate(program.rules) if mask >> bit & 1)
    number = int(findings.rule[i])
    if number in _WITHOUT_RULE:
        rule, reason = _WITHOUT_RULE[number]
        told = customer_text(outcome)
        return Verdict(outcome, rule[:5], rule, reason, "", "", 0, breached, told)
    ref = program.rules[number]
    excess = int(findings.excess[i])
    if not at_par and any(
        limit.measure in _IN_UNITS and limit.rule.id in breached for limit in program.limits
    ):
        excess = INCURABLE
    return Verdict(
        outcome=outcome,
        control=ref.guardrail,
        rule=ref.id,
        reason=_reason(outcome, ref.title, ref.limit_text, _cure(excess, currency)),
        citation=ref.citation,
        limit=ref.limit_text,
        excess_minor=excess,
        breached=breached,
        customer_text=customer_text(outcome, ref),
    )


_IN_UNITS = (Measure.HOLDING, Measure.SUPPLY, Measure.RESERVE)
_WITHOUT_RULE = {
    NO_RULE: ("", "No guardrail objects."),
    WITH_ITS_CHAIN: (
        "CHAIN.waits",
        "The instruction waits because another one of its linked chain waits.",
    ),
    CANNOT_WAIT: (
        "CHAIN.cannot_wait",
        "The instruction is refused: it finishes a hold, which cannot wait, and another one of its"
        " linked chain must. Finish the hold by itself.",
    ),
    TORN_CHAIN: (
        "CHAIN.torn",
        "The instruction is refused: it would finish a part of a held chain. Finish all of the"
        " chain in full, linked in its order.",
    ),
}
_VERBS = {
    Outcome.ALLOW: "passes",
    Outcome.WARN: "passes, with a warning,",
    Outcome.HOLD: "waits",
    Outcome.BLOCK: "is refused",
    Outcome.FREEZE: "is frozen",
}


def _reason(outcome: Outcome, title: str, limit: str, cure: str) -> str:
    bound = f" ({limit})" if limit else ""
    return f"The instruction {_VERBS[outcome]} under “{title}”{bound}.{cure}"


def _cure(excess: int, currency: Asset) -> str:
    return f" {Money(currency, excess)} less would pass." if excess > 0 else ""
