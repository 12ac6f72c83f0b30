"""Small rules for tests."""

from __future__ import annotations

from datetime import date

from sandrail.rulebook import Bound, Outcome, Rule, Source, SourceKind, Status, Text, Value
from sandrail.rulebook.rule import bound_from_name

SOURCE = Source("https://example.org/gazette", "Gazette", date(2026, 1, 2), SourceKind.OFFICIAL)


def make_rule(
    rule_id: str = "G05.transfer_max",
    *,
    value: Value = "100",
    unit: str = "PKR",
    bound: Bound | None = None,
    **others: object,
) -> Rule:
    """Return a rule; everything not given is the plainest possible."""
    given: dict[str, object] = {
        "title": Text((("", "A rule"),)),
        "source": SOURCE,
        "status": Status.LAW,
        "outcome": Outcome.BLOCK,
        "bound": bound or bound_from_name(rule_id, unit=unit),
    } | others
    return Rule(id=rule_id, value=value, unit=unit, **given)  # type: ignore[arg-type]
