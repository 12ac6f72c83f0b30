"""Plain words for what the facts call by code: outcomes, adversaries, units, and some Urdu."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = [
    "ADVERSARIES",
    "COMPARISONS",
    "DECISIONS",
    "LEDGER_WORDS",
    "RECOMMENDATIONS",
    "URDU_RECOMMENDATIONS",
    "plain",
]

RECOMMENDATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"graduate": "Graduate", "extend_or_wind_down": "Extend or wind down"}
)

URDU_RECOMMENDATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "graduate": "آزمائش کامیاب؛ اگلے مرحلے کی اجازت کی سفارش کی جاتی ہے",
        "extend_or_wind_down": "آزمائش میں توسیع یا اسے سمیٹنے کی سفارش کی جاتی ہے",
    }
)

DECISIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "graduated": "Graduated",
        "wind_down_ordered": "Wind-down ordered",
        "prohibited_deferred": "Prohibited or deferred",
        "revoked": "Revoked",
    }
)

COMPARISONS: Final[Mapping[str, str]] = MappingProxyType(
    {">=": "at least", "<=": "at most", "==": "exactly"}
)

LEDGER_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "OVERDRAFT": "The payer had not enough",
        "EXISTS": "Known already; nothing moved again",
        "ID_ALREADY_REFUSED": "Refused before under the same reference",
        "ID_CONFLICT": "Reference used before for something else",
        "REFUSED_BY_GATE": "Stopped by the gate",
        "ACCOUNT_FROZEN": "An account is frozen",
        "ACCOUNT_CLOSED": "An account is closed",
        "SAME_ACCOUNT": "Payer and receiver are one",
        "AMOUNT_ZERO": "A transfer of nothing",
        "LINKED_FAILED": "A linked leg failed",
    }
)

ADVERSARIES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "sanctioned_person": (
            "Listed person",
            "applies under {size} spellings of listed names, then buys and passes tokens on",
        ),
        "namesake": (
            "Namesake (innocent)",
            "{size} who bear a listed name, with another father and another date of birth, buy "
            "and pay: they are to be served",
        ),
        "mule": (
            "Mule without a link",
            "{size} who have nothing in common with any entry buy and pay for somebody else: "
            "a name shows nothing, and screening serves them",
        ),
        "structurer": (
            "Structurer",
            "splits a large sum into payments below the line, through {size} accomplices",
        ),
        "limit_splitter": (
            "Limit splitter",
            "sends {size} requests in the same instant against one cap",
        ),
        "over_minter": (
            "Over-issuing issuer",
            "asks {size} times for tokens without money, at the gate and past it on the chain",
        ),
        "webhook_repeater": (
            "Repeated notices",
            "delivers {size} payment notices of the bank a second time",
        ),
    }
)


def plain(code: str) -> str:
    """Return a code such as ``agency_officer`` as words."""
    return code.replace("_", " ")
