"""Errors of the products room.

::

    InputError
    └── ProductError         products.bad_terms, products.unknown_customer
    EvidenceError
    ├── RailFactError        products.bad_rail_fact: a recorded message or call is not as it was
    └── BooksDisagree        products.books_disagree: ledger and chain took different ways
"""

from __future__ import annotations

from sandrail.world import EvidenceError, InputError

__all__ = ["BooksDisagree", "ProductError", "RailFactError"]


class ProductError(InputError):
    """A product that cannot be set up, or a customer it does not have."""

    code = "products.bad_terms"


class RailFactError(EvidenceError):
    """What a rail said cannot be read back from its fact as it was."""

    code = "products.bad_rail_fact"


class BooksDisagree(EvidenceError):
    """The ledger took an instruction that the chain refused, or the other way round."""

    code = "products.books_disagree"
