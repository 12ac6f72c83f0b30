"""How two names of organisations agree beyond their letters: trade, place, number and legal form.

``Sigma Steel`` and ``Sigma Foods`` share their rarest word and are two firms; ``Sigma Steel Ltd``
and ``Sigma Steel`` are one. The pairing of words cannot see that; these few facts can.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from sandrail.screening.business_words import PLACES, TRADES

__all__ = ["AGREEMENT_NAMES", "body_agreement"]

AGREEMENT_NAMES = (
    "the legal forms are of one family",
    "the legal forms are of different families",
    "each has a trade that the other has not",
    "only the query has a trade of its own",
    "only the listed name has a trade of its own",
    "the numbers differ",
    "only one has a number",
    "each has a place that the other has not",
    "only the listed name has a place of its own",
    "the words of their own are the same",
    "one of them has no word of its own",
    "the names are the same but for the legal form",
)
"""What each position of an agreement means; 0 or 1 each."""


class _Words(NamedTuple):
    own: frozenset[str]
    trades: frozenset[str]
    places: frozenset[str]
    numbers: frozenset[str]
    forms: frozenset[str]
    bare: tuple[str, ...]


@lru_cache(maxsize=65_536)
def _sorted(tokens: tuple[str, ...]) -> _Words:
    """Sort the words of a name by what they say."""
    forms = frozenset(word for word in tokens if word[0] == ".")
    bare = tuple(word for word in tokens if word[0] != ".")
    numbers = frozenset(word for word in bare if word.isdigit())
    trades = frozenset(word for word in bare if word in TRADES)
    places = frozenset(word for word in bare if word in PLACES)
    own = frozenset(bare) - numbers - trades - places
    return _Words(own, trades, places, numbers, forms - {".group"}, bare)


def body_agreement(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[float, ...]:
    """Return the facts of :data:`AGREEMENT_NAMES` about two folded names, the listed one second."""
    a, b = _sorted(ours), _sorted(theirs)
    trade_a, trade_b = bool(a.trades - b.trades), bool(b.trades - a.trades)
    place_a, place_b = bool(a.places - b.places), bool(b.places - a.places)
    both_forms = bool(a.forms and b.forms)
    same_form = both_forms and not a.forms.isdisjoint(b.forms)
    return (
        1.0 * same_form,
        1.0 * (both_forms and not same_form),
        1.0 * (trade_a and trade_b),
        1.0 * (trade_a and not trade_b),
        1.0 * (trade_b and not trade_a),
        1.0 * bool(a.numbers and b.numbers and a.numbers != b.numbers),
        1.0 * (bool(a.numbers) != bool(b.numbers)),
        1.0 * (place_a and place_b),
        1.0 * (place_b and not place_a),
        1.0 * bool(a.own and a.own == b.own),
        1.0 * (not a.own or not b.own),
        1.0 * (a.bare == b.bare),
    )
