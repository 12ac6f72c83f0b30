"""The guardrails G01 to G35: the engine's vocabulary. Their numbers come from packs.

A guardrail that only rations (windows, caps, velocity, quotas) never stands between a customer and
the way out: redemptions and off-ramps pass it. Guardrails against crime still hold them.

A customer is told the limits that ration customers, and what only a customer can cure. What guards
against crime is never told, and neither are the firm's own affairs, of which the authority speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["GUARDRAILS", "Guardrail"]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One kind of executable boundary.

    Attributes:
        id: ``G01`` to ``G35``.
        title: what it bounds.
        lets_exits_pass: a redemption or off-ramp is never stopped by it.
        tells_customer: the customer may be told that it was this rule, and its limit.
    """

    id: str
    title: str
    lets_exits_pass: bool
    tells_customer: bool


_RATIONING: Final = {
    "G01": "Test window",
    "G02": "Number of customers",
    "G03": "Customer classes",
    "G04": "Holding per customer",
    "G05": "Single transfer",
    "G06": "Velocity",
    "G07": "Aggregate client funds",
    "G08": "Issued supply",
    "G09": "Size of an instrument",
    "G10": "Transition trigger",
    "G11": "Use as a means of exchange",
    "G12": "Reserve ratio",
    "G13": "Reserve composition",
    "G14": "Mint and burn match the reserve",
    "G15": "Redemption time",
    "G16": "Attestations of the reserve",
    "G17": "Segregation of client money",
    "G27": "Capital",
    "G28": "Complaints and harm",
    "G29": "Incidents",
    "G30": "Reconciliation",
    "G31": "Disclosure and consent",
    "G32": "Marketing",
    "G33": "Retention of records",
    "G34": "Prices",
    "G35": "Sharia screen",
}
_GUARDING: Final = {
    "G18": "Custody",
    "G19": "Sanctions screening of people",
    "G20": "Screening of addresses",
    "G21": "Travel-rule data",
    "G22": "Self-hosted wallets",
    "G23": "Counterparty VASP",
    "G24": "Anonymity tools",
    "G25": "Corridors and foreign exchange",
    "G26": "Suspicious and cash reports",
}

_TOLD: Final = frozenset({"G01", "G02", "G04", "G05", "G06", "G07", "G08", "G09", "G31"})

GUARDRAILS: Final[dict[str, Guardrail]] = {
    id_: Guardrail(id_, title, id_ in _RATIONING, id_ in _TOLD)
    for id_, title in sorted((_RATIONING | _GUARDING).items())
}
"""Every guardrail by its id."""
