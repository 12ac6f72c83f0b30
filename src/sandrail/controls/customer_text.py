"""What a customer is told: the limit that was passed, or a sentence that says nothing of a reason.

Whoever is looked at because of sanctions or suspicion must not learn it from us. A sentence gives
nothing away only if it is said to many: the same two are said where the firm's own affairs stop
something (a pause, a stale price, the reserve), and while a bank takes its time. So nobody can tell
a payout that waits for the bank from one that waits for an officer, nor a frozen instruction from
one that a pause refused. What would pass is never said: it would be missing exactly where a second,
silent guardrail objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sandrail.controls.program import RuleRef
from sandrail.controls.verdict import CustomerCode, CustomerText, Outcome
from sandrail.rulebook import GUARDRAILS, Text

__all__ = ["customer_text", "plain_text"]


_WORDS: Final[Mapping[CustomerCode, Mapping[str, str]]] = MappingProxyType(
    {
        CustomerCode.DONE: {
            "en": "Your instruction was carried out.",
            "ur": "آپ کی ہدایت پر عمل ہو گیا۔",
        },
        CustomerCode.PROCESSING: {
            "en": "Your instruction is being processed.",
            "ur": "آپ کی ہدایت پر کارروائی جاری ہے۔",
        },
        CustomerCode.NOT_CARRIED_OUT: {
            "en": "Your instruction could not be carried out.",
            "ur": "آپ کی ہدایت پر عمل نہیں ہو سکا۔",
        },
        CustomerCode.LIMIT: {
            "en": "Your instruction was not carried out. This rule applies: “{title}”{limit}.",
            "ur": "آپ کی ہدایت پر عمل نہیں ہوا۔ اس پر یہ قاعدہ لاگو ہے: “{title}”{limit}۔",
        },
        CustomerCode.LIMIT_WAITS: {
            "en": "Your instruction waits. This rule applies: “{title}”{limit}.",
            "ur": "آپ کی ہدایت رکی ہوئی ہے۔ اس پر یہ قاعدہ لاگو ہے: “{title}”{limit}۔",
        },
        CustomerCode.FUNDS: {
            "en": "Your instruction was not carried out: the balance is not sufficient.",
            "ur": "آپ کی ہدایت پر عمل نہیں ہوا: رقم کافی نہیں ہے۔",
        },
    }
)

_NEUTRAL: Final[Mapping[Outcome, CustomerCode]] = MappingProxyType(
    {
        Outcome.ALLOW: CustomerCode.DONE,
        Outcome.WARN: CustomerCode.DONE,
        Outcome.HOLD: CustomerCode.PROCESSING,
        Outcome.BLOCK: CustomerCode.NOT_CARRIED_OUT,
        Outcome.FREEZE: CustomerCode.NOT_CARRIED_OUT,
    }
)
_TOLD: Final[Mapping[Outcome, CustomerCode]] = MappingProxyType(
    {Outcome.HOLD: CustomerCode.LIMIT_WAITS, Outcome.BLOCK: CustomerCode.LIMIT}
)


def customer_text(outcome: Outcome, rule: RuleRef | None = None) -> CustomerText:
    """Return what the customer is told of an answer.

    Args:
        outcome: the answer.
        rule: what gave it; None when no rule of the pack did.
    """
    guardrail = None if rule is None else GUARDRAILS.get(rule.guardrail)
    if rule is None or guardrail is None or not guardrail.tells_customer or outcome not in _TOLD:
        return plain_text(_NEUTRAL[outcome])
    limit = f" ({rule.limit_text})" if rule.limit_text else ""
    code = _TOLD[outcome]
    forms = (
        (language, words.format(title=rule.title_in(language), limit=limit))
        for language, words in _WORDS[code].items()
    )
    return CustomerText(code, Text(tuple(forms)))


def plain_text(code: CustomerCode) -> CustomerText:
    """Return a text that names no rule; ``code`` is none of the two of limits."""
    assert code not in _TOLD.values()
    return CustomerText(code, Text(tuple(_WORDS[code].items())))
