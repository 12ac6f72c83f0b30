"""Bounds of the products room."""

from __future__ import annotations

PAYOUT_ATTEMPTS_MAX = 3
"""How often a payout that the bank refuses is ordered anew before the hold is given back."""

SETTLE_ROUNDS_MAX = 8
"""How often one step asks the bank again; what is open then waits for the next step."""

NAME_CHARS_MAX = 40
"""Length of a product's name, part of every reference it makes."""
