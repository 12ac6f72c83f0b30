"""A permission's rules, compiled: what the gate runs over columns.

A control contributes *row tests* (arrays in, array out, no state) and *limits* (one line of a table
that the sequential kernel interprets). Both name the rule of the pack they enforce, so every answer
can be traced to a citation. Compiling reads the rulebook once; running reads no rule at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sandrail.controls.errors import ProgramError
from sandrail.controls.limits import RULES_MAX, WINDOWS_MAX
from sandrail.controls.verdict import Outcome
from sandrail.rulebook import Text
from sandrail.world import digest

__all__ = [
    "NO_WINDOW",
    "GateRows",
    "Limit",
    "Measure",
    "Program",
    "ProgramTable",
    "RowTest",
    "RuleRef",
    "Snapshot",
    "Window",
    "assemble",
]

Bools = npt.NDArray[np.bool_]
NO_WINDOW = -1
_I64_MAX = 2**63 - 1


class Measure(IntEnum):
    """What a limit is compared with."""

    VALUE = 0
    """The value of this one instruction."""
    WINDOW_SUM = 1
    """Value moved by the initiating customer inside a rolling window, this one included."""
    WINDOW_COUNT = 2
    """Instructions of the initiating customer inside a rolling window, this one included."""
    HOLDING = 3
    """Units on the credited account afterwards, holds included; in units of the asset."""
    SUPPLY = 4
    """Units in issue afterwards, holds included; in units of the asset."""
    RESERVE = 5
    """Units in issue afterwards against those the attested reserve covers."""
    CLIENT_FUNDS = 6
    """Value held for all customers of the firm afterwards."""


@dataclass(frozen=True, slots=True)
class RuleRef:
    """What a verdict says about a rule.

    Attributes:
        id: of the rule in the pack, ``G05.transfer_max``.
        guardrail: ``G05``.
        title: short name for people.
        limit_text: value with its unit, as printed in the guideline.
        citation: source of the rule, or of the condition that tightened it.
        titles: the short name in the pack's languages; None where there is only ``title``.
    """

    id: str
    guardrail: str
    title: str
    limit_text: str
    citation: str
    titles: Text | None = None

    def title_in(self, language: str) -> str:
        """Return the short name in a language, or as it is where it has none in it."""
        return self.title if self.titles is None else self.titles.in_language(language)


@dataclass(frozen=True, slots=True)
class Window:
    """A rolling window: an event counts while it is younger than ``duration_us``.

    Attributes:
        duration_us: length in microseconds.
        kinds: bit mask of the kinds whose value and number count.
    """

    duration_us: int
    kinds: int


@dataclass(frozen=True, slots=True)
class Limit:
    """One line of the kernel's table.

    Attributes:
        rule: the rule enforced.
        measure: what is compared.
        limit: value in minor units of the pack's currency, a count, or units of the asset;
            ignored for RESERVE, whose limit is the reserve itself.
        outcome: answer when the limit is passed.
        kinds: bit mask of the kinds it acts on.
        inclusive: whether reaching the limit exactly still passes.
        window: for the two window measures.
        asset: index of the asset, or -1 for every asset.
        warn_at: measure from which a passing row gets a WARN; none by default.
        unless: bits of the row's ``facts`` that, when all set, exempt it; 0 exempts nothing.
    """

    rule: RuleRef
    measure: Measure
    limit: int
    outcome: Outcome
    kinds: int
    inclusive: bool = True
    window: Window | None = None
    asset: int = -1
    warn_at: int = _I64_MAX
    unless: int = 0


class GateRows(NamedTuple):
    """The columns that controls read; one entry an instruction.

    Attributes:
        kind: u1, a ``Kind``.
        asset: i4, index of the asset.
        debtor: i8, party that gives, -1 for the firm itself.
        creditor: i8, party that receives, -1 for the firm itself.
        value: i8, minor units of the pack's currency, rounded up.
        facts: u4, bits of ``RowFact``.
    """

    kind: npt.NDArray[np.uint8]
    asset: npt.NDArray[np.int32]
    debtor: npt.NDArray[np.int64]
    creditor: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]
    facts: npt.NDArray[np.uint32]


class Snapshot(NamedTuple):
    """What the gate knows besides the rows, as of one batch.

    Attributes:
        now_us: instant of the batch.
        paused: the supervisor stopped the firm.
        lists_published_us: instant of the oldest sanctions list in use; long ago for none.
        attested_us: newest reserve attestation of each asset; long ago for none.
        party_status: u1 per party, ``PartyStatus``.
        party_screen: u1 per party, ``Screen``.
        party_consent: u1 per party, index into ``consent_holds``; 0 for who never agreed.
        consent_holds: bool per consent, whether it is enough today; the entry 0 is False.
        stops: rule of the firm to the instant from which it stops what enters.
    """

    now_us: int
    paused: bool
    lists_published_us: int
    attested_us: npt.NDArray[np.int64]
    party_status: npt.NDArray[np.uint8]
    party_screen: npt.NDArray[np.uint8]
    party_consent: npt.NDArray[np.uint8] = np.zeros(0, dtype=np.uint8)
    consent_holds: Bools = np.zeros(256, dtype=np.bool_)
    stops: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RowTest:
    """A stateless control.

    Attributes:
        rule: the rule enforced.
        outcome: answer for the rows that breach.
        kinds: bit mask of the kinds it acts on.
        breaches: from rows and snapshot to one boolean a row; reads nothing else.
    """

    rule: RuleRef
    outcome: Outcome
    kinds: int
    breaches: Callable[[GateRows, Snapshot], Bools]


class ProgramTable(NamedTuple):
    """The limits as the kernel reads them; one entry a limit, windows after it."""

    rule: npt.NDArray[np.int64]
    measure: npt.NDArray[np.uint8]
    window: npt.NDArray[np.int64]
    limit: npt.NDArray[np.int64]
    limit_hi: npt.NDArray[np.uint64]
    limit_lo: npt.NDArray[np.uint64]
    outcome: npt.NDArray[np.uint8]
    kinds: npt.NDArray[np.uint32]
    asset: npt.NDArray[np.int64]
    warn_at: npt.NDArray[np.int64]
    unless: npt.NDArray[np.uint32]
    window_us: npt.NDArray[np.int64]
    window_kinds: npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Program:
    """Everything the gate enforces for one permission.

    Attributes:
        rules: the rules in the order of their bits.
        tests: stateless controls.
        limits: stateful controls.
        windows: rolling windows the limits count over.
        table: the limits as arrays.
        content_hash: SHA-256 over the whole program; recorded with every batch it judged.
    """

    rules: tuple[RuleRef, ...]
    tests: tuple[RowTest, ...]
    limits: tuple[Limit, ...]
    windows: tuple[Window, ...]
    table: ProgramTable
    content_hash: str

    def rule_id(self, number: int) -> str:
        """Return the id of the rule that a finding names; empty when it names none of the pack."""
        return self.rules[number].id if number < len(self.rules) else ""


def assemble(tests: Sequence[RowTest], limits: Sequence[Limit]) -> Program:
    """Number the rules and lay the limits out as arrays."""
    rules = tuple(dict.fromkeys([t.rule for t in tests] + [limit.rule for limit in limits]))
    if len(rules) > RULES_MAX:
        raise ProgramError(
            f"The permission compiles to {len(rules)} rules.",
            why=f"A program holds at most {RULES_MAX}: each is one bit of a recorded mask.",
            fix="Split the permission, or merge rules in the pack.",
        )
    windows = tuple(dict.fromkeys(limit.window for limit in limits if limit.window))
    if len(windows) > WINDOWS_MAX:
        raise ProgramError(
            f"The permission counts over {len(windows)} different windows.",
            why=f"A program counts over at most {WINDOWS_MAX}.",
            fix="Let rules share a window length.",
        )
    return Program(
        rules=rules,
        tests=tuple(tests),
        limits=tuple(limits),
        windows=windows,
        table=_table(limits, rules, windows),
        content_hash=_content_hash(rules, tests, limits, windows),
    )


def _table(
    limits: Sequence[Limit], rules: Sequence[RuleRef], windows: Sequence[Window]
) -> ProgramTable:
    strict = [limit.limit if limit.inclusive else limit.limit - 1 for limit in limits]
    return ProgramTable(
        rule=np.array([rules.index(limit.rule) for limit in limits], dtype=np.int64),
        measure=np.array([limit.measure for limit in limits], dtype=np.uint8),
        window=np.array(
            [windows.index(limit.window) if limit.window else NO_WINDOW for limit in limits],
            dtype=np.int64,
        ),
        limit=np.array([min(value, _I64_MAX) for value in strict], dtype=np.int64),
        limit_hi=np.array([value >> 64 for value in strict], dtype=np.uint64),
        limit_lo=np.array([value & (2**64 - 1) for value in strict], dtype=np.uint64),
        outcome=np.array([limit.outcome for limit in limits], dtype=np.uint8),
        kinds=np.array([limit.kinds for limit in limits], dtype=np.uint32),
        asset=np.array([limit.asset for limit in limits], dtype=np.int64),
        warn_at=np.array([min(limit.warn_at, _I64_MAX) for limit in limits], dtype=np.int64),
        unless=np.array([limit.unless for limit in limits], dtype=np.uint32),
        window_us=np.array([window.duration_us for window in windows], dtype=np.int64),
        window_kinds=np.array([window.kinds for window in windows], dtype=np.uint32),
    )


def _content_hash(
    rules: Sequence[RuleRef],
    tests: Sequence[RowTest],
    limits: Sequence[Limit],
    windows: Sequence[Window],
) -> str:
    return digest(
        {
            "rules": [[r.id, r.limit_text, r.citation] for r in rules],
            "tests": [[t.rule.id, int(t.outcome), t.kinds] for t in tests],
            "limits": [
                [
                    limit.rule.id,
                    int(limit.measure),
                    limit.limit,
                    int(limit.outcome),
                    limit.kinds,
                    limit.inclusive,
                    windows.index(limit.window) if limit.window else NO_WINDOW,
                    limit.asset,
                    limit.warn_at,
                    limit.unless,
                ]
                for limit in limits
            ],
            "windows": [[w.duration_us, w.kinds] for w in windows],
        }
    )
