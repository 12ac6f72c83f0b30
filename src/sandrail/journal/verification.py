"""Walking a chain from one known head to its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sandrail.journal.fact import Fact, Head, verify_fact
from sandrail.journal.redaction import RedactionWatch

__all__ = ["verified_facts", "verify_chain"]


def verify_chain(facts: Iterable[Fact], after: Head) -> Head:
    """Check that ``facts`` follow ``after`` without a gap or a change; return the last head.

    Raises:
        ChainError: naming the first wrong fact.
    """
    head = after
    for fact in verified_facts(facts, after):
        head = fact.head
    return head


def verified_facts(facts: Iterable[Fact], after: Head) -> Iterator[Fact]:
    """Yield the same facts, each checked before it is handed on.

    Raises:
        ChainError: naming the first wrong fact; at the end, a payload missing without a record.
    """
    head = after
    watch = RedactionWatch()
    for fact in facts:
        head = verify_fact(fact, head)
        watch.see(fact)
        yield fact
    watch.finish()
